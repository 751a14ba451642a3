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
    """A phone with IPv6 and one behind NAT, with IPv4 alone, call each other: media both ways, neither sees the other."""
    alice, bob = registered(lab, ("wild6", "alice"), ("nat_b", "bob"))
    start = time.time()
    notes = [call(lab, alice, bob, "caller"), call(lab, bob, alice, "caller")]
    packets = lab.check_leaks(start)
    for family, of_it in (("IPv6", lambda p: ":" in p.src), ("IPv4", lambda p: ":" not in p.src)):
        if sum(map(of_it, packets)) < 4 * ENOUGH:
            raise Failed(f"hardly any {family} packet captured: no leak would have been seen")
    return "; ".join(notes)
