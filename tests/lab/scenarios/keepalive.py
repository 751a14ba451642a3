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


def media_mapping(lab):
    """Is there still one for the phone's RTP?"""
    return any("sport=4000" in line for line in lab.net.mappings("nat_a", "192.168.1.10"))


def hold_outlives_nat(lab):
    """On hold neither side sends until the NAT's timeout is over. Then the far side speaks first: it is heard where the
    relay kept the way open, and not where it does not."""
    noted = []
    for proxy, kept in ((None, True), ("198.51.100.6", False)):
        alice, bob = lab.phone("nat_a", "alice", proxy=proxy), lab.phone("lan", "bob")
        alice.register()
        bob.register()
        establish(bob, alice)
        time.sleep(0.5)
        bob.do("hold")
        alice.expect("changed", direction="recvonly")
        bob.expect("changed", status=200, direction="sendonly")
        alice.expect("confirmed")
        time.sleep(0.1)
        for phone in (alice, bob):
            phone.do("forget")
        time.sleep(UDP_STREAM_TIMEOUT + 1.5)
        if media_mapping(lab) != kept:
            raise Failed(f"the NAT's mapping for alice's audio is {'gone' if kept else 'still there'}")
        bob.do("unmute")
        time.sleep(0.5)
        there, _ = hang_up(alice, bob)  # she is reached by SIP no more, where nothing kept her NAT open
        if kept:
            check_audio("alice", there, "bob", 20)
            noted.append(there["rtp_keepalives"])
        elif there["heard"]:
            raise Failed("alice heard bob without keepalives: this proves nothing")
        lab.stop_phones()
    return f"{noted[0]} keepalives on hold; without them nothing was heard"
