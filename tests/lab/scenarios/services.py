# SPDX-License-Identifier: BSD-3-Clause
"""Services that routes make, with phones that others wrote; and what becomes of calls when a trunk is gone."""

import re
import time

from natlab.peers import Baresip
from natlab.ua import DOMAIN, Failed, establish, hang_up
from natlab.who import FIRST, NO_ANSWER_S, OURS, PROBE_PASSES, PROBE_S

from .certificates import wait_for_peer
from .clients import check_tones
from .transports import phone

TALK_S = 1.3
CALL_ID = re.compile(rb"(?mi)^Call-ID: *(\S+)")
LAN = "lan", "10.0.0.20", "10.0.0.5"


def talk(one, other):
    for each in (one, other):
        each.expect("CALL_ESTABLISHED")
    time.sleep(TALK_S)
    one.do("hangup")
    for each in (one, other):
        each.expect("CALL_CLOSED")


def services(lab):
    """bob is busy: carol's phone rings; dave does not answer, or has no phone: voicemail. All of them are baresips."""
    alice = Baresip(lab, "phone_a", "192.168.1.10", OURS, "alice", 440)
    bob = Baresip(lab, *LAN, "bob", 660, more="call_max_calls 1\n")
    carol = Baresip(lab, *LAN, "carol", 880, port=5066)
    dave = Baresip(lab, *LAN, "dave", 1100, port=5072, answers=False)
    phones = [alice, bob, carol, dave]
    voicemail = lab.phone("voicemail", "voicemail")
    try:
        for each in phones:
            each.registered()
        bob.do("dial", f"sip:+8000@{DOMAIN}")
        answered_by(voicemail, bob)
        alice.do("dial", f"sip:bob@{DOMAIN}")
        talk(alice, carol)
        note = check_tones(carol.heard(), alice.heard())
        bob.do("hangup")
        voicemail.expect("ended", by="far side")

        start = time.monotonic()
        alice.do("dial", f"sip:dave@{DOMAIN}")
        dave.expect("CALL_INCOMING")
        answered_by(voicemail, alice, to="8002")
        after = time.monotonic() - start
        dave.expect("CALL_CLOSED")
        alice.do("hangup")
        voicemail.expect("ended", by="far side")
        dave.quit()
        phones.remove(dave)
        alice.do("dial", f"sip:dave@{DOMAIN}")
        answered_by(voicemail, alice, to="8002")
        alice.do("hangup")
        voicemail.expect("ended", by="far side")
    finally:
        for each in phones:
            each.quit()
    if after < NO_ANSWER_S:
        raise Failed(f"voicemail was called after {after:.1f} s already, wanted {NO_ANSWER_S}")
    return f"{note}; voicemail after {after:.1f} s"


def answered_by(voicemail, caller, to=None):
    got = voicemail.expect("incoming")
    if to and f"sip:{to}@" not in got["uri"]:
        raise Failed(f"voicemail was called as {got['uri']}, wanted {to}")
    voicemail.do("answer")
    voicemail.expect("answered")
    voicemail.expect("confirmed")
    caller.expect("CALL_ESTABLISHED")


def two_trunks(lab):
    """Two trunks: the first goes down and comes back; calls go to the second meanwhile, and not back at its first sign
    of life."""
    if calls_to(lab, FIRST):  # of an earlier try: what nobody answers is sent for 32 s, and would be heard
        lab.programs.restart_sbc()
    first, second = lab.phone("first", "first"), lab.phone("second", "second")
    alice = phone(lab, "nat_a", "alice", "udp", proxy=OURS)
    for name in ("first", "second"):
        wait_for_peer(lab, name, "up")
    called(alice, first)
    first.kill()
    lab.phones.remove(first)
    at_once = called(alice, second)  # by hunting: nobody knows yet
    down = wait_for_peer(lab, "first", "down")
    before = calls_to(lab, FIRST)
    known = called(alice, second)
    tried = calls_to(lab, FIRST) - before
    since = time.time()
    first = lab.phone("first", "first")
    up = wait_for_peer(lab, "first", "up", 9 * PROBE_PASSES * PROBE_S)
    passed = probes_answered(lab, FIRST, since)
    # The INVITE that nobody answered is still sent again, and cancelled at the first sign of life (RFC 3261 9.1).
    first.expect("incoming", timeout=16)
    first.expect("ended", by="cancel")
    called(alice, first)
    if tried:
        raise Failed("the trunk is known to be down, yet it was called")
    if passed < PROBE_PASSES:
        raise Failed(f"up again after {passed} answers to OPTIONS, wanted {PROBE_PASSES}")
    return f"hunted in {at_once:.1f} s, down {down:.1f} s later, then {known:.2f} s; up again after {up:.1f} s"


def calls_to(lab, host):
    """The Call-IDs of the INVITEs that went there so far."""
    return {CALL_ID.search(p.payload).group(1) for p in lab.capture.since(0)
            if p.dst == host and p.payload.startswith(b"INVITE ")}


def probes_answered(lab, host, since):
    """How many different OPTIONS the host has answered."""
    return len({CALL_ID.search(p.payload).group(1) for p in lab.capture.since(since)
                if p.src == host and p.payload.startswith(b"SIP/2.0 200") and b" OPTIONS\r\n" in p.payload})


def called(alice, trunk):
    """Seconds until it rang there."""
    start = time.monotonic()
    establish(alice, trunk, "+555")
    took = time.monotonic() - start
    hang_up(alice, trunk)
    return took
