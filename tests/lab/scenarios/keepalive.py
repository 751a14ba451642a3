# SPDX-License-Identifier: BSD-3-Clause
"""A NAT forgets a quiet phone in seconds; the SBC must not let it."""

import time

from natlab.net import UDP_STREAM_TIMEOUT
from natlab.ua import Failed, check_audio, establish, hang_up

FIRST_PORT, PORTS = 5100, 800


def lan_to_nat_after_timeout(lab):
    """The NAT's timeout is over; the phone with keepalives is reached and talks, the one without is not."""
    caller = lab.phone("lan", "alice")
    bob = lab.phone("nat_b", "bob")
    # At a port of her own each time: an INVITE that nobody hears is sent for 32 s, and the next carol would hear it.
    carol = lab.phone("nat_a", "carol", port=FIRST_PORT + len(lab.logs) % PORTS, proxy="198.51.100.6")
    digests = [phone.register()["algorithm"] for phone in (caller, bob, carol)]
    if digests != ["MD5", "MD5", "SHA-256"]:
        raise Failed(f"registered with {digests}")
    if not lab.net.mappings("nat_a", "192.168.1.10"):
        raise Failed("carol's NAT has no mapping right after she registered: this proves nothing")
    time.sleep(UDP_STREAM_TIMEOUT + 1.5)
    if lab.net.mappings("nat_a", "192.168.1.10"):
        raise Failed("carol's NAT still has her mapping: this proves nothing")
    if not lab.net.mappings("nat_b", "192.168.1.10"):
        raise Failed("bob's NAT has forgotten him despite keepalives")
    keepalives = bob.media()["keepalives"]
    if not keepalives or carol.media()["keepalives"]:
        raise Failed(f"keepalives: bob {keepalives}, carol {carol.media()['keepalives']}")

    establish(caller, bob)
    time.sleep(0.6)
    here, there = hang_up(caller, bob)
    check_audio("alice", here, "bob", 25)
    check_audio("bob", there, "alice", 25)

    caller.do("call", to="carol")
    carol.silent_for(1.5)
    caller.do("cancel")
    caller.expect("cancelled", status=200)
    caller.expect("failed", status=487)
    return f"{keepalives} keepalives kept bob reachable; carol, without, was not"


def media_mapping(lab, port):
    """Is there still one for RTP of the phone behind it?"""
    return any(f"sport={port} " in line for line in lab.net.mappings("nat_a", "192.168.1.10"))


def put_on_hold(lab, near, far, proxy, n):
    """A call between two phones of these names, the far one of which holds the near one."""
    alice = lab.phone("nat_a", near, 5060 + n, 4000 + n, proxy=proxy)
    bob = lab.phone("lan", far, 5060 + n, 4000 + n)
    alice.register()
    bob.register()
    establish(bob, alice)
    time.sleep(0.5)
    bob.do("hold")
    alice.expect("changed", direction="recvonly")
    bob.expect("changed", status=200, direction="sendonly")
    alice.expect("confirmed")
    return alice, bob


def hold_outlives_nat(lab):
    """On hold neither side sends until the NAT's timeout is over. Then the far side speaks first: it is heard where the
    relay kept the way open, and not where it does not."""
    pairs = [(*put_on_hold(lab, near, far, proxy, n), n, kept) for near, far, proxy, n, kept in (
        ("alice", "bob", None, 0, True), ("carol", "dave", "198.51.100.6", 10, False))]
    time.sleep(0.1)
    for phone in (phone for pair in pairs for phone in pair[:2]):
        phone.do("forget")
    time.sleep(UDP_STREAM_TIMEOUT + 1.5)
    for near, _, n, kept in pairs:
        if media_mapping(lab, 4000 + n) != kept:
            raise Failed(f"the NAT's mapping for {near.user}'s audio is {'gone' if kept else 'still there'}")
    for _, far, _, _ in pairs:
        far.do("unmute")
    time.sleep(0.5)
    (kept, _), (lost, _) = (hang_up(near, far) for near, far, _, _ in pairs)  # by SIP nobody reaches the one who is lost
    check_audio("alice", kept, "bob", 20)
    if lost["heard"]:
        raise Failed("carol heard dave without keepalives: this proves nothing")
    return f"{kept['rtp_keepalives']} keepalives on hold; without them nothing was heard"
