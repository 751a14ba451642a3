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


