# SPDX-License-Identifier: BSD-3-Clause
"""What takes its time: session timers. It runs beside the other groups."""

import time

from natlab.lasting import EXPIRES_S
from natlab.peers import Baresip, Linphone
from natlab.ua import DOMAIN, Failed, establish

from .calls import registered
from .clients import SBC, check_tones

GIVE_UP_S = 32  # 64*T1: a refresh that is not answered


def session_timers(lab):
    """Real phones in calls with session timers: each is asked half way, and the call goes on; and when a phone is gone,
    the other one is told (408)."""
    carol, dave = registered(lab, ("lan", "carol"), ("nat_b", "dave"))
    alice = Linphone(lab, "phone_a", SBC, "alice", 440, session_expires_enabled=1, session_expires_value=EXPIRES_S)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880, port=5070)
    try:
        for phone in (alice, bob):
            phone.registered()
        start = time.time()
        establish(carol, dave)
        dave.kill()
        lab.phones.remove(dave)
        alice.do(f"call sip:bob@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        for i in range(9):
            time.sleep(10)
            print(i, carol.events())
        bob.do("hangup")
        bob.expect("CALL_CLOSED")
    finally:
        alice.quit()
        bob.quit()
    return check_tones(bob.heard(), alice.heard())
