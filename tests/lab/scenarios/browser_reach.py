# SPDX-License-Identifier: BSD-3-Clause
"""Whom browsers reach, and by what: trunks of each kind, phones that have IPv4 alone; and a user with two tabs open."""

import time

from natlab.peers import Baresip
from natlab.programs import REALMS
from natlab.ua import Failed, establish, hang_up

from .browser import HIGH, LOW, check_browser, check_flow, until
from .clients import check_tones
from .dropin import ports_used
from .secure import check_clear, check_sealed, plain_phone

TALK_S = 1.2


def dial_phone(lab, alice, digit, place, sealed, **trunk):
    """The browser dials what leads to this trunk, which is a phone of ours."""
    start = time.time()
    there = lab.phone(place, "trunk", **trunk)
    establish(alice, there, to=f"+{digit}555")
    alice.connected()
    found = check_flow(lab, alice, there, f"with the trunk +{digit}")
    report, _ = hang_up(there, alice)[::-1]
    (check_sealed if sealed else check_clear)(lab, start, "lan", 1)
    there.stop()
    lab.phones.remove(there)
    return found


def dial_baresip(lab, alice):
    """DTLS on both sides, of which each has its own."""
    trunk = Baresip(lab, "lan", "10.0.0.42", REALMS["lan"], "+4555", HIGH, account=";mediaenc=dtls_srtp",
                    modules=["dtls_srtp"], registers=False)
    try:
        alice.do("call", to="+4555")
        until(alice, "answered")
        trunk.expect("CALL_ESTABLISHED")
        alice.connected()
        time.sleep(TALK_S)
        trunk.do("hangup")
        note = check_browser(alice.expect("ended", by="far side")["media"], HIGH, 0.5)
        trunk.expect("CALL_CLOSED")
        return note + "; " + check_tones(trunk.heard(), (HIGH, 1))
    finally:
        trunk.quit()


def browser_trunks(lab):
    """A browser calls trunks: in the clear, by SDES, with keys along (RFC 8643), by DTLS."""
    alice = lab.browser("nat_a", "alice", LOW)
    alice.register()
    dial_phone(lab, alice, 1, "voicemail", False)
    dial_phone(lab, alice, 2, "both", True, srtp="sdes")
    dial_phone(lab, alice, 3, "secure", True, srtp="osrtp")
    return dial_baresip(lab, alice)


def browser_ipv6(lab):
    """A browser that has IPv6 and a plain phone that has IPv4 call each other."""
    alice, bob = lab.browser("wild6", "alice", LOW), plain_phone(lab, "lan", "bob")
    alice.register()
    for caller, callee in ((alice, bob), (bob, alice)):
        establish(caller, callee)
        alice.connected()
        found = check_flow(lab, alice, bob, f"called by {caller.user}")
        report = alice.media()
        hang_up(caller, callee)
        if report["remote"].rpartition(":")[0].strip("[]") != REALMS["internet6"]:
            raise Failed(f"the browser speaks with {report['remote']}")
    return f"{found[0]} and {found[1]} packets, {report['remote']}"


def browser_tabs(lab):
    """alice has two browsers open behind two NATs. Both ring and answer early, so that both have keys; one answers, the
    other is told so, and its handshake and ports are gone."""
    here, there, bob = lab.browser("nat_a", "alice", LOW), lab.browser("nat_b", "alice", HIGH), plain_phone(lab, "lan", "bob")
    for tab in (here, there):
        tab.register()
    for answers, ends in ((here, there), (there, here)):
        bob.do("call", to="alice")
        for tab in (here, there):
            tab.expect("incoming", user="bob")
            tab.do("ring", early=True)
            bob.expect("ringing", status=183)
            tab.connected()
        ringing = ports_used(lab)
        answers.do("answer")
        answers.expect("answered")
        bob.expect("answered", status=200)
        answers.expect("confirmed")
        lost = ends.expect("ended", by="cancel")["media"]
        found = check_flow(lab, answers, bob, "with the one that has answered")
        talking = ports_used(lab)
        hang_up(bob, answers)
        if talking["internet"] != ringing["internet"] / 2 or lost["dtls"] != "connected":
            raise Failed(f"{ringing} ports while it rang, {talking} after the answer; DTLS of the other {lost['dtls']}")
    return f"{found[0]} and {found[1]} packets; ports: {ringing['internet']}, then {talking['internet']}"
