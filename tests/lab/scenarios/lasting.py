# SPDX-License-Identifier: BSD-3-Clause
"""What takes its time: session timers. It runs beside the other groups."""

import time

from natlab import sip
from natlab.lasting import EXPIRES_S
from natlab.peers import Baresip, Linphone
from natlab.programs import RING_S
from natlab.ua import DOMAIN, Failed, establish

from .calls import registered
from .clients import SBC, check_tones

SLACK_S = 1


def asked(lab, since, host):
    """[(seconds since then, method)] of each request of the SBC in a dialog with this host that asks for a refresh, if
    it was answered 200."""
    asked, out = {}, []
    for packet in lab.capture.since(since):
        message = sip.Message.parse(packet.payload)
        if not message or host not in (packet.src, packet.dst):
            continue
        if message.is_request and message.method in ("UPDATE", "INVITE") and sip.param(message.get("to"), "tag"):
            asked.setdefault(message.branch, packet)
        elif not message.is_request and message.status == 200 and message.branch in asked:
            out.append((asked.pop(message.branch).t - since, message.method))
    return out


def session_timers(lab):
    """Real phones in a call with session timers: each is asked half way, and the call goes on. A phone is gone: the
    other one is told so (408)."""
    carol, dave = registered(lab, ("lan", "carol"), ("nat_b", "dave"))
    alice = Linphone(lab, "phone_a", SBC, "alice", 440, session_expires_enabled=1, session_expires_value=EXPIRES_S)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880, port=5070)
    try:
        for phone in (alice, bob):
            phone.registered()
        start = time.time()
        alice.do(f"call sip:bob@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        establish(carol, dave)
        dave.kill()
        lab.phones.remove(dave)
        ended = carol.expect("ended", timeout=EXPIRES_S / 2 + RING_S + SLACK_S, by="far side")["reason"]
        bob.do("hangup")
        bob.expect("CALL_CLOSED")
    finally:
        alice.quit()
        bob.quit()
    refreshed = {name: asked(lab, start, host) for name, host in (("alice", "203.0.113.10"), ("bob", "10.0.0.20"))}
    for name, seen in refreshed.items():
        if [round(at / 5) * 5 for at, _ in seen] != [EXPIRES_S // 2]:
            raise Failed(f"{name} was asked for a refresh {seen}")
    if "cause=408" not in ended:
        raise Failed(f"the one whose peer is gone heard {ended!r}")
    check_tones(bob.heard(1), alice.heard(1))
    return ", ".join(f"{seen[0][1]} to {name} after {seen[0][0]:.0f} s" for name, seen in refreshed.items())
