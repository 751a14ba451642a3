# SPDX-License-Identifier: BSD-3-Clause
"""Transfers by phones that others wrote. Those of the internet are carried out by the SBC, those of the LAN pass."""

import time

from natlab.peers import Baresip, Linphone
from natlab.ua import DOMAIN, Failed

from .clients import SBC


TALK_S = 1.2
HERTZ = {"alice": 440, "bob": 880, "carol": 1320}


def check_end(*heard):
    """(listener, speaker) each: this is what the listener heard last."""
    for listener, speaker in heard:
        hertz, seconds = listener.heard(last_s=TALK_S - 0.3)
        if abs(hertz - HERTZ[speaker.user]) > HERTZ[speaker.user] / 40 or seconds < TALK_S / 2:
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
            time.sleep(TALK_S)
            carol.do("hangup")
            for each in (rest, carol):
                each.expect("CALL_CLOSED")
            check_end((rest, carol), (carol, rest))
            if len(referred(lab, start)) != hops:
                raise Failed(f"{transferor.user}'s REFER went {referred(lab, start)}")
    finally:
        for each in phones:
            each.quit()
    return "those who stayed heard each other"
