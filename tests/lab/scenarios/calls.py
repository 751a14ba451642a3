# SPDX-License-Identifier: BSD-3-Clause
"""Calls between phones, as they go and as they fail."""

import time

from natlab.programs import REALMS, RING_S, SILENCE_S
from natlab.ua import Failed, both_talk, check_audio, establish, hang_up

TALK_S = 1.0
ENOUGH = 40  # packets of the 50 in TALK_S


def registered(lab, *phones, **more):
    """(place, user) each: phones that are registered. more: see phone.py."""
    out = [lab.phone(place, user, **more) for place, user in phones]
    for phone in out:
        phone.register()
    return out


def both_heard(lab, one, other, reports, at_least=ENOUGH, rtcp=True):
    """Each heard the other, all of it, from the SBC's address on its side and from nowhere else."""
    heard = []
    for listener, speaker, report in ((one, other, reports[0]), (other, one, reports[1])):
        home = report["remote"][0]
        if home not in REALMS.values():
            raise Failed(f"{listener.user} was told to send media to {home}")
        heard.append(check_audio(listener.user, report, speaker.user, at_least, only_from=home)["distinct"])
        if rtcp and not report["rtcp_received"]:
            raise Failed(f"{listener.user} got no RTCP")
    return f"{heard[0]} and {heard[1]} packets heard"


def call(lab, caller, callee, who_ends):
    establish(caller, callee)
    both_talk(caller, callee, TALK_S, ENOUGH)
    first = caller if who_ends == "caller" else callee
    reports = hang_up(first, callee if first is caller else caller)
    return both_heard(lab, caller, callee, reports if first is caller else reports[::-1])


def nat_to_lan(lab):
    """A phone behind NAT registers and calls a LAN phone; then again, and the other side hangs up."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    note = call(lab, alice, bob, "caller")
    call(lab, alice, bob, "callee")
    return note


def lan_to_nat(lab):
    """A LAN phone calls a phone behind symmetric NAT."""
    alice, bob = registered(lab, ("lan", "alice"), ("nat_b", "bob"))
    return call(lab, alice, bob, "caller")


def holds(lab, alice, bob):
    """Each holds the other: nothing is sent then; resumed, both are heard again."""
    for holder, held in ((alice, bob), (bob, alice)):
        holder.do("hold")
        held.expect("changed", direction="recvonly")
        holder.expect("changed", status=200, direction="sendonly")
        held.expect("confirmed")
        before = held.media()["sent"], holder.media()["sent"]
        time.sleep(0.2)
        if (held.media()["sent"], holder.media()["sent"]) != before:
            raise Failed("the phones talk on hold")
        holder.do("resume")
        held.expect("changed", direction="sendrecv")
        holder.expect("changed", status=200, direction="sendrecv")
        held.expect("confirmed")
        for phone in (alice, bob):
            phone.do("forget")
        both_talk(alice, bob, 0.6, 25)
        both_heard(lab, alice, bob, (alice.media(), bob.media()), 25)


def nat_nat(lab):
    """Two phones behind two NATs, one symmetric, both with the same private address: audio, hold, resume."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.5)
    holds(lab, alice, bob)
    alice.do("forget")
    bob.do("forget")
    both_talk(alice, bob, 0.6, 25)
    return both_heard(lab, alice, bob, hang_up(bob, alice)[::-1], 25) + " after two holds"


def cancel(lab):
    """The caller gives up while it rings; the callee stops ringing, the caller gets 487."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    alice.do("call", to="bob")
    bob.expect("incoming")
    bob.do("ring")
    alice.expect("ringing", status=180)
    alice.do("cancel")
    alice.expect("cancelled", status=200)
    alice.expect("failed", status=487)
    bob.expect("ended", by="cancel")


def cancel_at_once(lab):
    """CANCEL right behind INVITE: nobody goes on ringing."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    alice.do("call", to="bob")
    alice.do("cancel")
    alice.expect("cancelled", status=200)
    alice.expect("failed", status=487)
    lab.programs.settle()
    seen = [e["event"] for e in bob.events(0.5)]
    if seen not in ([], ["incoming", "ended"]):
        raise Failed(f"bob saw {seen}")


def busy(lab):
    """486 comes through; the SBC does not try again."""
    alice, bob = registered(lab, ("nat_b", "alice"), ("lan", "bob"))
    alice.do("call", to="bob")
    bob.expect("incoming")
    bob.do("reject", status=486)
    bob.expect("ended", by="us")
    alice.expect("failed", status=486)


def no_answer(lab):
    """Nobody answers: the SBC gives up after its ring timeout, and both sides know."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    alice.do("call", to="bob")
    bob.expect("incoming")
    bob.do("ring")
    alice.expect("ringing", status=180)
    got = alice.expect("failed", timeout=RING_S + 6)
    if got["status"] not in (408, 480, 487):
        raise Failed(f"the caller got {got['status']}")
    bob.expect("ended", by="cancel")
    return f"{got['status']} after {got['t'] - alice.history[-2]['t']:.1f} s"


def unknown_user(lab):
    """Calling nobody: 404 (or 480 for a user who is not there), and no port is taken."""
    alice, = registered(lab, ("nat_a", "alice"))
    got = []
    for to, allowed in (("nobody", (404,)), ("erin", (480,))):
        alice.do("call", to=to)
        got.append(alice.expect("failed")["status"])
        if got[-1] not in allowed:
            raise Failed(f"calling {to}: {got[-1]}, wanted {allowed}")
    return f"{got[0]} and {got[1]}"


def media_timeout(lab):
    """Both phones fall silent without BYE: the SBC ends the call on both sides."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob)
    time.sleep(0.3)
    alice.do("mute")
    bob.do("mute")
    start = time.monotonic()
    alice.expect("ended", timeout=SILENCE_S + 8, by="far side")
    bob.expect("ended", by="far side")
    return f"BYE to both after {time.monotonic() - start:.1f} s of silence"


def rtcp(lab):
    """RTCP goes both ways; a CNAME that says user and private address crosses as another name, always the same."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    both_talk(alice, bob, TALK_S, ENOUGH)
    reports = hang_up(alice, bob)
    note = both_heard(lab, alice, bob, reports)
    for listener, speaker, report in ((alice, bob, reports[0]), (bob, alice, reports[1])):
        if report["rtcp_received"] < 2 or len(report["cnames"]) != 1:
            raise Failed(f"{listener.user} got {report['rtcp_received']} reports of {report['cnames']}")
        if any(secret in report["cnames"][0] for secret in ("@", "192.168.1.10", speaker.user)):
            raise Failed(f"{listener.user} got the CNAME {report['cnames'][0]}")
    if reports[0]["cnames"] == reports[1]["cnames"]:
        raise Failed(f"both have the CNAME {reports[0]['cnames'][0]}")
    return f"{note}, {reports[0]['rtcp_received']} and {reports[1]['rtcp_received']} reports"


def unregister(lab):
    """A phone that has gone is not called any more."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    bob.register(expires=0)
    alice.do("call", to="bob")
    alice.expect("failed", status=480)
    bob.silent_for(0.1)


def nat_moves(lab):
    """The NAT forgets its mappings during a call and makes new ones: audio comes back by itself, both ways."""
    alice, bob = registered(lab, ("lan", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.4)
    lab.net.forget_mappings()
    time.sleep(2.2)
    alice.do("forget")
    bob.do("forget")
    both_talk(alice, bob, 0.6, 25)
    return both_heard(lab, alice, bob, hang_up(bob, alice)[::-1], 25) + " at the new place"


def vanished(lab):
    """A phone has lost its power: a call to it fails in time. (Nobody ever answers that INVITE: see all_over.)"""
    alice, dave = registered(lab, ("nat_a", "alice"), ("nat_b", "dave"))
    dave.kill()
    alice.do("call", to="dave")
    start = time.monotonic()
    got = alice.expect("failed", timeout=RING_S + 6)
    if got["status"] not in (408, 480):
        raise Failed(f"the caller got {got['status']}")
    return f"{got['status']} after {time.monotonic() - start:.1f} s"


def all_over(lab):
    """Timers of 32 s and registrations of phones that are gone run out: nothing at all is left, no byte of memory."""
    start = time.monotonic()
    while lab.programs.memories():
        if lab.programs.dead():
            raise Failed("a program died")
        if time.monotonic() - start > 75:
            raise Failed(f"still there: {lab.programs.memories()}")
        time.sleep(0.5)
    return "no call, leg, transaction, registration or kept message"
