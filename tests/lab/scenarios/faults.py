# SPDX-License-Identifier: BSD-3-Clause
"""Programs that are killed, or stop, while many calls talk."""

import contextlib
import glob
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

from natlab.capture import wait_for
from natlab.crowd import BY_INFO, Crowd, Weather
from natlab.faults import LOADED
from natlab.ua import Failed

from .restart import be_kept, kill

CALLS = 24
UNTIL_NOTICED_S = 0.1  # what a supervisor takes to start the program again
TALK_S = 1.0
HANGS_S = 5.0
KEY_S = 0.4
BURSTS_SEED = 12  # of which a few hundred datagrams have some
KILLS, MOST_S = 20, 1.0  # seconds at most from one to the next
RATE, HOLD_MS = 20, 2500  # of the load
SETTLE_S = 40.0  # calls whose ends are gone have no media, and end by that


def relay_again(lab):
    """As a supervisor would: the relay is dead, and is started."""
    time.sleep(UNTIL_NOTICED_S)
    lab.programs.relay = lab.programs._spawn("rtpproxy")


def all_heard(crowd, down_s):
    """All are heard again, and then nothing is missing: the longest gap, in words."""
    crowd.heard_on()
    told = f"{max(crowd.gaps()):.2f} s without audio, {down_s:.2f} s of them until all was started again"
    crowd.forget()
    crowd.heard_on()
    if max(crowd.gaps()) > 0:
        raise Failed(f"audio is still missing: {sorted(crowd.gaps())[-3:]} s")
    return told


def relay_killed(lab):
    """kill -9 of the relay under 24 calls: all go on at the same ports, a second later, and nobody is asked; afterwards
    re-INVITEs cross, and every call ends as it should."""
    again = lab.programs.event("call-media-set-up-again")
    with Crowd(lab, CALLS) as crowd:
        crowd.begin()
        time.sleep(TALK_S)
        crowd.forget()
        time.sleep(TALK_S / 2)
        killed = time.monotonic()
        kill(lab, lab.programs.relay)
        relay_again(lab)
        down_s = time.monotonic() - killed
        told = all_heard(crowd, down_s)
        crowd.ask_again(crowd.callers[::3])
        crowd.hang_up()
    again = lab.programs.event("call-media-set-up-again") - again
    if again != CALLS:
        raise Failed(f"{again:.0f} calls were set up again, wanted {CALLS}")
    return f"{CALLS} calls, {told}"


def both_killed(lab):
    """kill -9 of SBC and relay under 24 calls, and both are started again: all calls come back, with their audio."""
    with Crowd(lab, CALLS) as crowd:
        crowd.begin()
        be_kept(lab)
        crowd.forget()
        time.sleep(TALK_S / 2)
        killed = time.monotonic()
        kill(lab, lab.programs.sbc)
        kill(lab, lab.programs.relay)
        relay_again(lab)
        down_s = time.monotonic() - killed
        lab.programs.start_sbc()
        wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
        told = all_heard(crowd, down_s)
        crowd.ask_again(crowd.callers[::3])
        crowd.hang_up()
    return f"{CALLS} calls, {told}"


def relay_hangs(lab):
    """The relay stands still for 5 s (kill -STOP): new calls are refused with 503 meanwhile, those that talk go on when
    it does, and nothing is left there of what was asked of it in vain."""
    with Crowd(lab, CALLS) as crowd:
        early, late = crowd.callers[:CALLS // 2], crowd.callers[CALLS // 2:]
        crowd.begin(early)
        lab.programs.relay.send_signal(signal.SIGSTOP)
        try:
            crowd.call(late)
            time.sleep(HANGS_S)
        finally:
            lab.programs.relay.send_signal(signal.SIGCONT)
        crowd.wait("refused", late)
        if {end.reason for end in late} != {"503"}:
            raise Failed(f"the callers heard {sorted({end.reason for end in late})}")
        time.sleep(1)
        crowd.forget()
        crowd.heard_on(early)
        if max(crowd.gaps(early)) > 0:
            raise Failed(f"audio is missing after it: {sorted(crowd.gaps(early))[-3:]} s")
        crowd.begin(late)
        crowd.hang_up()
    return f"{len(late)} calls refused, {len(early)} went on"


def sbc_hangs(lab):
    """The SBC stands still for 5 s: audio goes on, calls that were begun meanwhile are set up late, none is lost."""
    with Crowd(lab, CALLS) as crowd:
        early, late = crowd.callers[:CALLS // 2], crowd.callers[CALLS // 2:]
        crowd.begin(early)
        crowd.forget()
        lab.programs.sbc.send_signal(signal.SIGSTOP)
        try:
            crowd.call(late)
            time.sleep(HANGS_S)
        finally:
            lab.programs.sbc.send_signal(signal.SIGCONT)
        crowd.wait("up")
        if max(crowd.gaps(early)) > 0:
            raise Failed(f"audio is missing: {sorted(crowd.gaps(early))[-3:]} s")
        crowd.hang_up()
    return f"{len(late)} calls set up late"


def check_store(lab):
    """A copy of the file: the SBC is dead, and nobody else may leave traces beside it."""
    with tempfile.TemporaryDirectory(dir=lab.dir) as folder:
        for path in glob.glob(lab.path("state.db*")):
            shutil.copy(path, folder)
        with contextlib.closing(sqlite3.connect(os.path.join(folder, "state.db"))) as file:
            found = file.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise Failed(f"the store is damaged: {found[:3]}")


def load(lab, seconds):
    """Calls without media, one after the other, which last as long as it takes to be kept."""
    return lab.net.spawn("wild", os.path.join(lab.tools, "call_load"), "--caller", "203.0.113.200:5090", "--called",
                         f"{LOADED}:5090", "--sbc", "198.51.100.5:5060", "--sbc-inner", "10.0.0.5:5060",
                         "--called-netns", "/run/netns/" + lab.net.ns("lan"), "--rate", RATE, "--calls",
                         int(RATE * seconds), "--hold", HOLD_MS, "--patience", 8000, "--mix", "0123456789",
                         "--host", "carrier.example.net", stdout=subprocess.PIPE)


def random_kills(lab):
    """kill -9 of the SBC at 20 random moments under load (KILLS=200: so many): it always starts, its store is sound,
    calls that talk miss nothing, and nothing is left in the end."""
    kills = int(os.environ.get("KILLS", KILLS))
    chance = random.Random(kills)
    longest = 0.0
    with Crowd(lab, 8) as crowd:
        crowd.begin()
        be_kept(lab)
        crowd.forget()
        calls = load(lab, kills * MOST_S / 2)
        try:
            for _ in range(kills):
                time.sleep(chance.uniform(0, MOST_S))
                kill(lab, lab.programs.sbc)
                start = time.monotonic()
                check_store(lab)
                lab.programs.start_sbc()
                longest = max(longest, time.monotonic() - start)
            if max(crowd.gaps()) > 0:
                raise Failed(f"audio is missing: {sorted(crowd.gaps())[-3:]} s")
            crowd.hang_up()
            lab.programs.settle(SETTLE_S)
        finally:
            calls.send_signal(signal.SIGTERM)
            told = json.loads(calls.communicate(timeout=10)[0] or "{}")
            lab.net.stop(calls)
    return f"{kills} kills, {told['good']} of {told['calls']} calls good, back after {longest:.2f} s at most"


def keys_by_info(lab):
    """One side has keys as RTP (RFC 4733), the other by INFO: each hears what the other presses, in its own way only."""
    with Crowd(lab, 1, called=BY_INFO, prefix="+1888", info=True) as crowd:
        crowd.begin()
        time.sleep(TALK_S)
        caller, called = crowd.callers[0], crowd.called[0]
        for at, key in enumerate("15#"):
            crowd.do(lambda key=key: caller.media.press(key, False), at * KEY_S)
        wait_for(lambda: len(called.info) >= 3, "keys by INFO", 5)
        for at, key in enumerate("90*"):
            crowd.do(lambda key=key: called.key_by_info(key), at * KEY_S)
        wait_for(lambda: len(caller.media.pressed) >= 3, "keys as RTP", 5)
        time.sleep(KEY_S)
        heard = called.info, caller.media.pressed
        crowd.hang_up()
        if heard != ("15#", "90*") or called.media.pressed or caller.info or called.media.junk:
            raise Failed(f"heard {heard}; the other way {called.media.pressed!r}, {caller.info!r}")
    return f"{heard[0]} as RTP to INFO, {heard[1]} as INFO to RTP"


def bad_weather(lab):
    """On both wires one SIP message of five is lost, of ten one comes twice and one late: all calls are set up, each once,
    and end on both sides. Of audio that is lost, doubled and late the relay loses nothing more."""
    return through(lab, Weather(0.2, 0.1, 0.1), Weather(0.05, 0.1, 0.1))


def bursts(lab):
    """The wires go bad by turns, for five datagrams in the middle, of which four get lost: all calls are set up, each once,
    and end on both sides. The relay loses no more of their audio."""
    wires = Weather(bursts=(0.01, 0.2, 0.8), seed=BURSTS_SEED), Weather(bursts=(0.01, 0.2, 0.8))
    note = through(lab, *wires)
    times = [wire.turned_bad for wire in wires]
    if not all(times):
        raise Failed(f"the wires went bad {times} times: this proves nothing")
    return f"{note}; bad {times[0]} and {times[1]} times"


def through(lab, *wires):
    with Crowd(lab, CALLS, sip_weather=wires[0], media_weather=wires[1]) as crowd:
        crowd.begin()
        time.sleep(2 * TALK_S)
        for end in crowd.ends:
            crowd.do(lambda end=end: end.media.play(False))
        time.sleep(2 * Weather.LATE_S)
        missing, lost = crowd.missing(), wires[1].lost
        crowd.hang_up()
        more = [end.number for end in crowd.called if len(end.calls) != 1]
    if more:
        raise Failed(f"calls of {more} came more than once")
    if missing > lost:
        raise Failed(f"{missing} packets of audio are missing, {lost} were lost on the wire")
    return f"{wires[0].lost} messages lost on the wire; {missing} packets of audio missing, {lost} lost"


def broken_media(lab):
    """Of twenty packets of RTP one has a bit changed, anywhere: the rest is heard all the same, to the end."""
    with Crowd(lab, CALLS // 2, media_weather=Weather(broken=0.05)) as crowd:
        crowd.begin()
        time.sleep(3 * TALK_S)
        share = min(crowd.shares())
        crowd.hang_up()
    if share < 0.85:
        raise Failed(f"of one call only {share:.0%} were heard")
    return f"{share:.0%} heard at least"


FAULTS = [keys_by_info, bad_weather, bursts, broken_media, relay_killed, both_killed, relay_hangs, sbc_hangs, random_kills]
