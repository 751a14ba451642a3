# SPDX-License-Identifier: BSD-3-Clause
"""Who is who: accounts at carriers, phones whose registrar is behind the SBC."""

import time

from natlab.capture import wait_for
from natlab.peers import Kamailio
from natlab.programs import REALMS
from natlab.ua import Failed, establish, hang_up
from natlab.who import CARRIER

from .calls import both_heard
from .transports import ENOUGH, TALK_S, phone


QUIET = REALMS["quiet"]  # phones there are ours, those of the internet are the PBX's


def from_there(lab, since, host, status):
    """How many responses with this status a host sent to the SBC."""
    start = b"SIP/2.0 %d " % status
    return sum(1 for p in lab.capture.since(since) if p.src == host and p.payload.startswith(start))


def account(lab):
    """An account at a Kamailio that wants passwords: the SBC registers, is called there, and answers its challenges."""
    start = time.time()
    server = Kamailio(lab, CARRIER, "udp", template="kamailio-who.cfg")
    try:
        wait_for(lambda: "trunk carrier: registered" in open(lab.path("sbc.log")).read(), "registration", 40)
        alice = phone(lab, "nat_b", "alice", "udp", proxy=QUIET)
        desk = lab.phone("lan", "desk", port=5066, proxy=server.host, password="desk-has-a-secret")
        desk.register()
        notes = []
        for caller, callee, to in ((desk, alice, "alice"), (alice, desk, "+555")):
            establish(caller, callee, to)
            time.sleep(TALK_S)
            notes.append(both_heard(lab, caller, callee, hang_up(callee, caller)[::-1], ENOUGH, rtcp=False))
        challenges = {status: from_there(lab, start, server.host, status) for status in (401, 407)}
    finally:
        lab.stop_phones()
        server.stop()
    if min(challenges.values()) < 1:
        raise Failed(f"the SBC was not asked for its password: {challenges}")
    return "; ".join(notes) + f"; challenges {challenges}"
