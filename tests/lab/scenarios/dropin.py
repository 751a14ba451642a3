# SPDX-License-Identifier: BSD-3-Clause
"""The relay under Kamailio's rtpengine module: no SBC, the same phones behind the same NATs."""

import time

from natlab.ua import DOMAIN, Failed, establish, hang_up

from .calls import TALK_S, both_heard, registered


def by_way(callee, way):
    """A URI that makes Kamailio send other words to the relay (kamailio-rtpengine.cfg)."""
    return f"sip:{callee.user}@{DOMAIN};way={way}"


def call_by(lab, caller, callee, way="plain"):
    establish(caller, callee, by_way(callee, way))
    time.sleep(TALK_S)
    return both_heard(lab, caller, callee, hang_up(caller, callee))


def dropin_basic(lab):
    """A phone behind NAT and one on the LAN call each other through Kamailio: both hear."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    call_by(lab, alice, bob)
    return call_by(lab, bob, alice)
