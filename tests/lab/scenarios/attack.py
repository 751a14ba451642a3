# SPDX-License-Identifier: BSD-3-Clause
"""Attacks on a call's media (CALLS.md M9): nothing may reach the attacker, next to nothing of his the victim."""

import time

from natlab.attack import MALLORY, MALLORY_PORT, NAME, SBC, Attacker
from natlab.ua import Failed, establish, hang_up

FORGED_MAX = 5  # packets that somebody may get through before he is told apart
FLOOD_S = 3
OTHER_PORT = 6666


def delivery(report, speaker):
    """(heard, lost, forged) of a phone's report."""
    heard = report["heard"].get(speaker, {"distinct": 0, "lost": 0})
    forged = report["heard"].get(NAME, {"received": 0})["received"]
    return heard["distinct"], heard["lost"], forged + report["junk"]


def judge(attacker, reports, at_least):
    """reports: ((listener's report, speaker), …)."""
    packets, octets = attacker.leaked()
    if packets:
        raise Failed(f"{packets} packets ({octets} bytes) reached the attacker")
    forged = 0
    for report, speaker in reports:
        heard, lost, more = delivery(report, speaker)
        forged += more
        if heard < at_least or lost:
            raise Failed(f"of {speaker} {heard} packets were heard, {lost} lost")
    if forged > FORGED_MAX:
        raise Failed(f"{forged} forged packets were heard")
    return f"0 bytes leaked, {forged} forged heard, none lost"


def two_phones(lab):
    alice, bob = lab.phone("nat_a", "alice"), lab.phone("nat_b", "bob")
    alice.register()
    bob.register()
    return alice, bob


def attack_spray(lab):
    """RTP, RTCP, STUN and DTLS to all media ports before, while a call is set up, during and after it."""
    alice, bob = two_phones(lab)
    attacker = Attacker(lab)
    spray = attacker.spray(4)
    time.sleep(0.3)
    establish(alice, bob)
    time.sleep(1.5)
    here, there = hang_up(alice, bob)
    sent, _ = attacker.end(spray)
    return f"{sent} packets: " + judge(attacker, ((here, "bob"), (there, "alice")), 50)


def attack_forged(lab):
    """Mid-call, the right SSRC and the next numbers: from a stranger, and from the speaker's address by another port."""
    alice, bob = two_phones(lab)
    attacker = Attacker(lab)
    establish(alice, bob)
    time.sleep(0.5)
    sent = 0
    for victim in ("alice", "bob"):
        for stranger in (True, False):
            stream = attacker.stream_of(victim)
            source = (MALLORY, MALLORY_PORT) if stranger else (stream.source, OTHER_PORT)
            sent += attacker.forge(source, stream)[0]
    time.sleep(0.3)
    here, there = hang_up(alice, bob)
    return f"{sent} packets: " + judge(attacker, ((here, "bob"), (there, "alice")), 150)


def attack_silent(lab):
    """While one side says nothing, a stranger goes on with its stream, and somebody at its own address begins another one;
    when it speaks again, it is heard at once."""
    alice, bob = two_phones(lab)
    attacker = Attacker(lab)
    establish(alice, bob)
    time.sleep(0.5)
    stream = attacker.stream_of("alice")
    alice.do("mute")
    time.sleep(1.2)
    sent = attacker.forge((MALLORY, MALLORY_PORT), stream)[0]
    sent += attacker.forge((stream.source, OTHER_PORT), stream._replace(ssrc=stream.ssrc ^ 1))[0]
    alice.do("unmute")
    time.sleep(0.8)
    here, there = hang_up(alice, bob)
    return f"{sent} packets: " + judge(attacker, ((here, "bob"), (there, "alice")), 40)


def both_since(alice, bob, seconds):
    """Both phones' reports of so long from now; what is on its way at the beginning or at the end counts on neither
    side."""
    for phone in (alice, bob):
        phone.do("forget")
    time.sleep(seconds)
    return alice.media(), bob.media()


def drops(lab):
    """Packets that the relay has refused for their source."""
    def find(value):
        if isinstance(value, dict):
            return sum(v if k == "drop_source" else find(v) for k, v in value.items())
        return 0
    return find(lab.programs.ng("statistics"))


def attack_flood(lab):
    """One media port is flooded at this machine's full speed from a made-up source: the call survives, and after it
    nothing is missing."""
    alice, bob = two_phones(lab)
    attacker = Attacker(lab)
    establish(alice, bob)
    time.sleep(0.5)
    stream = attacker.stream_of("alice")
    both_since(alice, bob, 0.5)
    refused = drops(lab)
    flood = attacker.flood((SBC, stream.target), FLOOD_S)
    during = both_since(alice, bob, FLOOD_S - 0.2)
    sent, seconds = attacker.end(flood)
    refused = drops(lab) - refused
    if refused < sent / 10:
        raise Failed(f"of {sent} packets of the flood {refused} came to the relay: this proves nothing")
    time.sleep(0.3)
    after = both_since(alice, bob, 1.0)
    hang_up(alice, bob)
    share = [100 * delivery(report, speaker)[0] / ((FLOOD_S - 0.2) * 50)
             for report, speaker in zip(during, ("bob", "alice"))]
    note = judge(attacker, ((after[0], "bob"), (after[1], "alice")), 40)
    forged = sum(delivery(report, speaker)[2] for report, speaker in zip(during, ("bob", "alice")))
    if forged > FORGED_MAX:
        raise Failed(f"{forged} packets of the flood were heard")
    return (f"{sent / seconds / 1000:.0f} kpps, of which the relay saw {100 * refused / sent:.0f} %, for "
            f"{seconds:.0f} s, {min(share[1], 100):.0f} % of the flooded and "
            f"{min(share[0], 100):.0f} % of the other direction heard meanwhile; then: {note}")
