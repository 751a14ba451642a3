# SPDX-License-Identifier: BSD-3-Clause
"""Phones that others wrote."""

import time

from natlab.peers import Baresip
from natlab.ua import DOMAIN, Failed


def baresip(lab):
    """Two baresips, one behind NAT: they register, call, and each records the other's tone."""
    alice = Baresip(lab, "phone_a", "192.168.1.10", "198.51.100.5", "alice", 440)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880)
    try:
        for phone in (alice, bob):
            phone.registered()
        alice.do("dial", f"sip:bob@{DOMAIN}")
        for phone in (alice, bob):
            phone.expect("CALL_ESTABLISHED")
        time.sleep(1.5)
        alice.do("hangup")
        for phone in (alice, bob):
            phone.expect("CALL_CLOSED")
    finally:
        alice.quit()
        bob.quit()
    (low, low_s), (high, high_s) = bob.heard(), alice.heard()
    if abs(low - 440) > 10 or abs(high - 880) > 20 or min(low_s, high_s) < 1:
        raise Failed(f"bob recorded {low} Hz for {low_s:.1f} s, alice {high} Hz for {high_s:.1f} s")
    return f"alice's {low} Hz reached bob ({low_s:.1f} s), bob's {high} Hz reached alice ({high_s:.1f} s)"
