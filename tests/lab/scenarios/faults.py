# SPDX-License-Identifier: BSD-3-Clause
"""Programs that are killed, or stop, while many calls talk."""

import time

from natlab.capture import wait_for
from natlab.crowd import Crowd
from natlab.ua import Failed

from .restart import KEPT_S, kill

CALLS = 24
GAP_S = 2.0  # no call may be without media for longer
UNTIL_NOTICED_S = 0.1  # what a supervisor takes to start the program again
TALK_S = 1.0


def relay_again(lab):
    """As a supervisor would: the relay is dead, and is started."""
    time.sleep(UNTIL_NOTICED_S)
    lab.programs.relay = lab.programs._spawn("rtpproxy")


def all_heard(crowd, before_s):
    """The longest gap, where none is too long and all are heard at the end."""
    longest = max(crowd.gaps())
    if longest > GAP_S:
        raise Failed(f"{longest:.2f} s without audio")
    crowd.forget()
    time.sleep(before_s)
    if max(crowd.gaps()) > 0:
        raise Failed(f"audio is still missing: {sorted(crowd.gaps())[-3:]} s")
    return longest


def relay_killed(lab):
    """kill -9 of the relay under 24 calls: all go on at the same ports within two seconds, nobody is asked; afterwards
    re-INVITEs cross, and every call ends as it should."""
    again = lab.programs.event("call-media-set-up-again")
    with Crowd(lab, CALLS) as crowd:
        crowd.begin()
        time.sleep(TALK_S)
        crowd.forget()
        time.sleep(TALK_S / 2)
        kill(lab, lab.programs.relay)
        relay_again(lab)
        time.sleep(2 * GAP_S)
        longest = all_heard(crowd, TALK_S)
        crowd.ask_again(crowd.callers[::3])
        crowd.hang_up()
    again = lab.programs.event("call-media-set-up-again") - again
    if again != CALLS:
        raise Failed(f"{again:.0f} calls were set up again, wanted {CALLS}")
    return f"{CALLS} calls, {longest:.2f} s without audio"


def both_killed(lab):
    """kill -9 of SBC and relay under 24 calls, and both are started again: all calls come back, with their audio."""
    with Crowd(lab, CALLS) as crowd:
        crowd.begin()
        time.sleep(KEPT_S)
        crowd.forget()
        time.sleep(TALK_S / 2)
        kill(lab, lab.programs.sbc)
        kill(lab, lab.programs.relay)
        relay_again(lab)
        lab.programs.start_sbc()
        wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
        time.sleep(2 * GAP_S)
        longest = all_heard(crowd, TALK_S)
        crowd.ask_again(crowd.callers[::3])
        crowd.hang_up()
    return f"{CALLS} calls, {longest:.2f} s without audio"


FAULTS = [relay_killed, both_killed]
