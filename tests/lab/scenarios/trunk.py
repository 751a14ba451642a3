# SPDX-License-Identifier: BSD-3-Clause
"""Calls from and to a carrier (SIPp), which echoes the audio: the phone must hear itself."""

import time

from natlab.peers import Sipp
from natlab.ua import Failed, check_audio

NUMBER = "+15551234567"


def trunk_out(lab):
    """A phone behind NAT dials a number: the SBC brings it to the trunk."""
    alice = lab.phone("nat_a", "alice")
    alice.register()
    carrier = Sipp(lab, "trunk_answers")
    alice.do("call", to=NUMBER)
    alice.expect("ringing")
    alice.expect("answered", status=200)
    time.sleep(1)
    alice.do("bye")
    media = alice.expect("ended", by="us", status=200)["media"]
    carrier.finish()
    heard = check_audio("alice", media, "alice", 40, only_from="198.51.100.5")
    return f"{heard['distinct']} of {media['sent']} packets came back"


def trunk_in(lab):
    """The trunk brings a call to a phone behind symmetric NAT."""
    bob = lab.phone("nat_b", "bob")
    bob.register()
    carrier = Sipp(lab, "trunk_calls", service="bob")
    bob.expect("incoming", user="+15557654321")
    bob.do("answer")
    bob.expect("answered")
    bob.expect("confirmed")
    got = bob.expect("ended", by="far side")
    carrier.finish()
    heard = check_audio("bob", got["media"], "bob", 40, only_from="198.51.100.5")
    return f"{heard['distinct']} of {got['media']['sent']} packets came back"


def trunk_down(lab):
    """Nothing answers at the trunk's address: the caller is told, and not after minutes."""
    alice = lab.phone("nat_a", "alice")
    alice.register()
    start = time.monotonic()
    alice.do("call", to=NUMBER)
    got = alice.expect("failed", timeout=12)
    if got["status"] not in (408, 480, 500, 502, 503, 504):
        raise Failed(f"the caller got {got['status']}")
    return f"{got['status']} after {time.monotonic() - start:.1f} s"
