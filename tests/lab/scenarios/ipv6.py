# SPDX-License-Identifier: BSD-3-Clause
"""Phones with IPv6 addresses: no NAT to get through, all the rest is the same."""

import time

from natlab.ua import Failed

from .calls import ENOUGH, call, registered


def ipv6(lab):
    """A phone on the internet and one on the LAN, both with IPv6, call each other."""
    alice, bob = registered(lab, ("wild6", "alice"), ("lan6", "bob"))
    start = time.time()
    note = call(lab, alice, bob, "caller")
    call(lab, bob, alice, "caller")
    seen = sum(":" in p.src for p in lab.check_leaks(start))
    if seen < 8 * ENOUGH:
        raise Failed(f"{seen} IPv6 packets captured only: no leak would have been seen")
    return note


def ipv6_to_ipv4(lab):
    """Media does not cross between IPv6 and IPv4: the caller is told at once, nobody rings."""
    alice, bob = registered(lab, ("wild6", "alice"), ("lan", "bob"))
    alice.do("call", to="bob")
    got = alice.expect("failed")["status"]
    if got != 488:
        raise Failed(f"the caller got {got}, wanted 488")
    bob.silent_for(0.1)
