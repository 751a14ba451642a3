# SPDX-License-Identifier: BSD-3-Clause
"""Phones that others wrote."""

import os
import subprocess
import time

from natlab.peers import Baresip, Linphone
from natlab.ua import DOMAIN, Failed
from natlab.wire import PORTS

SBC = "198.51.100.5"
TALK_S = 1.5


def check_tones(low, high, low_hertz=440, high_hertz=880):
    """low, high: (hertz, seconds) of what was recorded where these tones should be heard."""
    if abs(low[0] - low_hertz) > 10 or abs(high[0] - high_hertz) > 20 or min(low[1], high[1]) < 1:
        raise Failed(f"recorded {low[0]} Hz for {low[1]:.1f} s and {high[0]} Hz for {high[1]:.1f} s")
    return f"{low[0]} Hz ({low[1]:.1f} s) and {high[0]} Hz ({high[1]:.1f} s) heard"


def baresip_call(lab, transport):
    """alice's baresip is behind NAT, bob's on the LAN."""
    alice = Baresip(lab, "phone_a", "192.168.1.10", SBC, "alice", 440, transport)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880, transport)
    try:
        for phone in (alice, bob):
            phone.registered()
        for caller, callee in ((alice, bob), (bob, alice))[:1 if transport == "udp" else 2]:
            caller.do("dial", f"sip:{callee.user}@{DOMAIN}")
            for phone in (alice, bob):
                phone.expect("CALL_ESTABLISHED")
            time.sleep(TALK_S)
            caller.do("hangup")
            for phone in (alice, bob):
                phone.expect("CALL_CLOSED")
    finally:
        alice.quit()
        bob.quit()
    return check_tones(bob.heard(), alice.heard())


def baresip(lab):
    """Two baresips, one behind NAT: they register, call, and each records the other's tone."""
    return baresip_call(lab, "udp")


def linphone_call(lab, transport, other):
    """linphone behind NAT calls a baresip on the LAN, and is called by it: over its own connection."""
    alice = Linphone(lab, "phone_a", SBC, "alice", 440, transport)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880, other)
    try:
        for phone in (alice, bob):
            phone.registered()
        alice.do(f"call sip:bob@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        time.sleep(TALK_S)
        alice.do("terminate")
        bob.expect("CALL_CLOSED")
        bob.do("dial", f"sip:alice@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        time.sleep(TALK_S)
        bob.do("hangup")
        bob.expect("CALL_CLOSED")
    finally:
        alice.quit()
        bob.quit()
    return check_tones(bob.heard(), alice.heard())


def linphone(lab):
    """linphone behind NAT calls a baresip on the LAN, and is called back."""
    return linphone_call(lab, "udp", "udp")


def baresip_tcp(lab):
    """Two baresips over TCP, one behind NAT; each calls the other."""
    return baresip_call(lab, "tcp")


def baresip_tls(lab):
    """Two baresips over TLS, one behind NAT, whose Contact says 5061 and is not there; each calls the other."""
    return baresip_call(lab, "tls")


def linphone_tls(lab):
    """linphone over TLS behind NAT and baresip over TLS call each other."""
    return linphone_call(lab, "tls", "tls")


def linphone_certificate(lab):
    """linphone on the LAN, asked for a certificate, shows its own; without one, it waits for its user to type."""
    cert, key = lab.authority.issue("alice", f"URI:sip:alice@{DOMAIN}")
    alice = Linphone(lab, "lan", "10.0.0.5", "alice", 440, "tls", client_cert_chain=cert, client_cert_key=key)
    asked = Linphone(lab, "lan", "10.0.0.5", "carol", 660, "tls", audio_port=7178)
    bob = Baresip(lab, "phone_a", "192.168.1.10", SBC, "bob", 880)
    try:
        for phone in (alice, bob):
            phone.registered()
        bob.do("dial", f"sip:alice@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        time.sleep(TALK_S)
        bob.do("hangup")
        bob.expect("CALL_CLOSED")
        asked.prompted("Password for")
        asked.registered()
    finally:
        for phone in (alice, bob, asked):
            phone.quit()
    return check_tones(bob.heard(), alice.heard())


def linphone_tcp(lab):
    """linphone over TCP behind NAT and baresip over UDP call each other."""
    return linphone_call(lab, "tcp", "udp")


def sipsak(lab):
    """sipsak's OPTIONS over UDP, TCP and TLS. (TLS 1.2: it takes a session ticket of 1.3 for an error.)"""
    priorities = lab.path("gnutls.conf")
    with open(priorities, "w") as f:
        f.write("[overrides]\ndisabled-version = tls1.3\n")
    for way in ("udp", "tcp", "tls"):
        process = lab.net.spawn(
            "wild", "sipsak", "-v", "-s", f"sip:{SBC}", "-r", PORTS[way], "-E", way,
            f"--tls-ca-cert={lab.authority.ca}", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "GNUTLS_SYSTEM_PRIORITY_FILE": priorities})
        said = process.communicate(timeout=10)[0].decode("latin-1")
        lab.net.stop(process)
        if process.returncode or "SIP/2.0 200" not in said:
            raise Failed(f"sipsak over {way} ended with {process.returncode}: {said[-300:]}")
    return "200 over UDP, TCP, TLS"
