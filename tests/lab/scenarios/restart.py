# SPDX-License-Identifier: BSD-3-Clause
"""The SBC or the relay is killed in the middle of calls."""

import signal
import time

from natlab.capture import wait_for
from natlab.programs import USERS
from natlab.ua import Failed, establish, hang_up

from .calls import both_heard, holds, registered

KEPT_S = 2.5  # a call so old is in the store
TALK_S = 1.0
BETWEEN = (("nat_a", "lan", "caller"), ("nat_a", "lan", "callee"), ("lan", "nat_b", "caller"),
           ("nat_a", "nat_b", "callee"))  # and who hangs up


def be_kept(lab):
    """Until calls that were just set up are in the store; a disk may have other work."""
    time.sleep(KEPT_S)
    wait_for(lambda: lab.programs.api("/api/v1/status")["store"]["waiting"] == 0, "the store's thread", 10)


def kill(lab, program):
    """SIGKILL; as a supervisor would see it."""
    program.kill()
    program.wait()
    lab.net.processes.remove(program)


def kill_sbc(lab):
    """How long there was none."""
    start = time.monotonic()
    kill(lab, lab.programs.sbc)
    lab.programs.start_sbc()
    return time.monotonic() - start


def restart_in_call(lab):
    """kill -9 of the SBC in four calls: no packet of audio is missing, and a hang-up of each side reaches the other."""
    users = iter(USERS)
    calls = [[lab.phone(place, next(users), 5060 + 2 * i, 4000 + 2 * i) for place in places]
             for i, (*places, _) in enumerate(BETWEEN)]
    for ends in calls:
        for phone in ends:
            phone.register()
        establish(*ends)
    be_kept(lab)
    away = kill_sbc(lab)
    there = len(lab.programs.api("/api/v1/calls")["calls"])
    if there != len(calls):
        raise Failed(f"{there} calls came back, wanted {len(calls)}")
    time.sleep(TALK_S)
    for (caller, callee), (*_, who) in zip(calls, BETWEEN):
        first, last = (caller, callee) if who == "caller" else (callee, caller)
        note = both_heard(lab, first, last, hang_up(first, last), int(45 * (KEPT_S + TALK_S)))
    return f"{len(calls)} calls, {note} in the last; back after {away:.2f} s"


def restart_then_hold(lab):
    """kill -9 of the SBC in a call: each side holds and resumes afterwards, and is killed once more in between."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    be_kept(lab)
    kill_sbc(lab)
    holds(lab, alice, bob)
    time.sleep(0.5)
    kill_sbc(lab)
    for phone in (alice, bob):
        phone.do("forget")
    time.sleep(TALK_S)
    return both_heard(lab, alice, bob, hang_up(alice, bob), 40)


def restart_by_quit(lab):
    """SIGQUIT, as for an upgrade: the SBC goes at once and by itself, and leaves even a call that is new to the next."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.3)
    sbc = lab.programs.sbc
    sbc.send_signal(signal.SIGQUIT)
    code = sbc.wait(5)
    lab.net.processes.remove(sbc)
    lab.programs.start_sbc()
    if code != 0:
        raise Failed(f"the SBC ended with {code}")
    time.sleep(TALK_S)
    return both_heard(lab, alice, bob, hang_up(alice, bob), int(50 * TALK_S))


def restart_of_both(lab):
    """kill -9 of SBC and relay: the call comes back, each hears the other again, also behind the NAT, and hangs up."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob)
    be_kept(lab)
    kill(lab, lab.programs.sbc)
    kill(lab, lab.programs.relay)
    lab.programs.relay = lab.programs._spawn("rtpproxy")
    wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
    lab.programs.start_sbc()
    wait_for(lambda: lab.programs.event("call-media-set-up-again") == 1, "the media to be set up again", 5)
    time.sleep(0.5)
    for phone in (alice, bob):
        phone.do("forget")
    time.sleep(TALK_S)
    return both_heard(lab, alice, bob, hang_up(alice, bob), int(45 * TALK_S))


def restart_leaves_none(lab):
    """kill -9 of the SBC while a call is being set up: its media session goes, the next call is as any other."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    alice.do("call", to="bob")
    bob.expect("incoming")
    bob.do("ring")
    alice.expect("ringing", status=180)
    if lab.programs.ng("list")["calls"] == []:
        raise Failed("there is no media session to be left over")
    kill_sbc(lab)
    wait_for(lambda: lab.programs.ng("list")["calls"] == [], "the session to be deleted", 5)
    lab.stop_phones()
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob)
    time.sleep(TALK_S)
    return both_heard(lab, alice, bob, hang_up(alice, bob), 40)
