# SPDX-License-Identifier: BSD-3-Clause
"""Transfers by phones that others wrote. Those of the internet are carried out by the SBC, those of the LAN pass."""

import time

from natlab.peers import Baresip, Linphone
from natlab.programs import REALMS
from natlab.ua import DOMAIN, Failed

from .clients import SBC


TALK_S, END_S = 1.2, 0.4  # a linphone begins to record late
HERTZ = {"alice": 440, "bob": 880, "carol": 1320}


def check_end(*heard):
    """(listener, speaker) each: this is what the listener heard last."""
    for listener, speaker in heard:
        hertz, seconds = listener.heard(last_s=END_S)
        if abs(hertz - HERTZ[speaker.user]) > HERTZ[speaker.user] / 40 or seconds < END_S:
            raise Failed(f"{listener.user} heard {hertz} Hz for {seconds:.1f} s, wanted {speaker.user}")


def referred(lab, since):
    """Who sent a REFER, and to whom."""
    return [(p.src, p.dst) for p in lab.capture.since(since) if p.payload.startswith(b"REFER ")]


def baresip_transfers(lab):
    """baresip transfers blindly: with mode local the SBC calls the target, with mode pass the other baresip does."""
    alice = Baresip(lab, "phone_a", "192.168.1.10", SBC, "alice", HERTZ["alice"])
    bob, carol = (Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", user, HERTZ[user], port=port)
                  for user, port in (("bob", 5060), ("carol", 5066)))
    phones = alice, bob, carol
    try:
        for each in phones:
            each.registered()
        for transferor, rest, hops in ((alice, bob, 1), (bob, alice, 2)):
            start = time.time()
            transferor.do("dial", f"sip:{rest.user}@{DOMAIN}")
            for each in (alice, bob):
                each.expect("CALL_ESTABLISHED")
            time.sleep(TALK_S)
            transferor.do("transfer", f"sip:carol@{DOMAIN}")
            carol.expect("CALL_ESTABLISHED")
            transferor.expect("CALL_CLOSED")
            ended_by(lab, carol, rest)
            if len(referred(lab, start)) != hops:
                raise Failed(f"{transferor.user}'s REFER went {referred(lab, start)}")
    finally:
        for each in phones:
            each.quit()
    return "those who stayed heard each other"


def linphone_transfers(lab):
    """linphone transfers blindly and attended, which the SBC carries out; and is itself transferred by a baresip."""
    alice = Linphone(lab, "phone_a", SBC, "alice", HERTZ["alice"])
    bob, carol = (Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", user, HERTZ[user], port=port)
                  for user, port in (("bob", 5060), ("carol", 5066)))
    phones = alice, bob, carol
    try:
        for each in phones:
            each.registered()
        for step in (blind, attended):
            alice.do(f"call sip:bob@{DOMAIN}")
            bob.expect("CALL_ESTABLISHED")
            time.sleep(TALK_S)
            step(alice, bob, carol)
            ended_by(lab, carol, bob, heard=step is blind)
        bob.do("dial", f"sip:alice@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        time.sleep(TALK_S)
        bob.do("transfer", f"sip:carol@{DOMAIN}")
        carol.expect("CALL_ESTABLISHED")
        bob.expect("CALL_CLOSED")
        ended_by(lab, carol, alice)
    finally:
        for each in phones:
            each.quit()
    return "blind, attended, and as the one who is transferred"


def blind(alice, _, carol):
    alice.do(f"transfer sip:carol@{DOMAIN}")
    carol.expect("CALL_ESTABLISHED")


def attended(alice, bob, carol):
    """The one who is asked hears of it first; then the two calls, 2 and 3 of this linphone, become one."""
    alice.do("pause 2")
    time.sleep(0.5)
    alice.do(f"call sip:carol@{DOMAIN}")
    carol.expect("CALL_ESTABLISHED")
    time.sleep(TALK_S)
    check_end((carol, alice))
    alice.do("transfer 2 --to-call 3")


def ended_by(lab, one, other, heard=True):
    """Two are left; one of them hangs up, and each has heard the other. heard: not where one was on hold, after which a
    baresip plays but does not record: there it is enough that what each says arrives at the other."""
    start = time.time()
    time.sleep(TALK_S)
    crossed = delivered(lab, start)
    one.do("hangup")
    for each in (one, other):
        if isinstance(each, Baresip):
            each.expect("CALL_CLOSED")
        else:
            each.quit()  # which completes its recording
    check_end((one, other), *([(other, one)] if heard else []))
    if not heard and (len(crossed) != 2 or min(crossed.values()) < TALK_S * 40):
        raise Failed(f"what {one.user} and {other.user} say does not arrive: {crossed}")


def delivered(lab, since):
    """{SSRC of who speaks on the LAN: packets of it that came back to the LAN}"""
    audio = [p for p in lab.capture.since(since) if p.leg == "lan" and p.over == "udp" and len(p.payload) == 172]
    home = REALMS["lan"]
    spoken = {p.payload[8:12].hex() for p in audio if p.dst == home}
    return {ssrc: sum(1 for p in audio if p.src == home and p.payload[8:12].hex() == ssrc) for ssrc in spoken}
