# SPDX-License-Identifier: BSD-3-Clause
"""What becomes of a browser's call: it is transferred, its NAT moves it, its network is gone."""

import subprocess
import time

from natlab.net import sh
from natlab.ua import Failed, establish, hang_up

from .browser import LOW, check_flow
from .secure import plain_phone, sealed_phone

ROUTINE_S = 10  # who checks so long after the nomination keeps up his consent (rtpproxy/session/ice.h)
CONSENT_S = 30  # RFC 7675 5.1


def handed_over(lab, alice, bob, target):
    """bob's REFER is carried out: alice's browser is offered another handshake, and hears the target."""
    target.expect("incoming")
    bob.expect("referred", status=202)
    target.do("ring")
    target.do("answer")
    target.expect("answered")
    alice.expect("changed")
    alice.expect("confirmed")
    target.expect("confirmed")
    told = [bob.expect("told")["status"]]
    while told[-1] < 200:
        told.append(bob.expect("told")["status"])
    print("CONN", alice.connection)
    time.sleep(1)
    print("CONN", alice.connection)
    alice.do("forget")
    found = check_flow(lab, alice, target, f"after the transfer to {target.user}")
    return told, found


def browser_transferred(lab):
    """A plain phone transfers a browser blindly, to a phone that must encrypt; then attended, to a plain one: the
    browser shakes hands anew each time, and hears the new party."""
    alice, bob = lab.browser("nat_a", "alice", LOW), plain_phone(lab, "lan", "bob")
    carol, dave = sealed_phone(lab, "nat_b", "carol"), lab.phone("first", "dave")
    dave.register()
    alice.register()
    establish(alice, bob)
    alice.connected()
    check_flow(lab, alice, bob, "at first")
    bob.do("refer", to="carol")
    blind = handed_over(lab, alice, bob, carol)
    bob.expect("ended", by="far side")
    hang_up(alice, carol)
    establish(bob, alice)
    alice.connected()
    bob.do("hold")
    alice.expect("changed")
    alice.expect("confirmed")
    bob.expect("changed")
    bob.do("park")
    establish(bob, dave)
    bob.do("refer", to="dave")
    return f"{blind}"
