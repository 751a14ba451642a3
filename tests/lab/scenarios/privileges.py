# SPDX-License-Identifier: BSD-3-Clause
"""What the programs may still do once they run, as the kernel tells it."""

import glob
import os

from natlab.programs import RELAY_USER, SBC_USER
from natlab.ua import Failed

NET_ADMIN = 1 << 12
HELD = ("CapInh", "CapPrm", "CapEff", "CapAmb")


def status_of(task):
    with open(task + "/status") as f:
        return {name: value.split() for name, value in (line.split(":", 1) for line in f)}


def wrong_in(status, user, capabilities, sandbox):
    """What is not as it should be in one thread."""
    want = {"Uid": [str(user)] * 4, "Gid": [str(user)] * 4, "Groups": []}
    if sandbox:  # which brings both to all threads
        want.update(NoNewPrivs=["1"], Seccomp=["2"])
    found = [f"{name} {status[name]}" for name, value in want.items() if status[name] != value]
    return found + [f"{name} {status[name]}" for name in HELD
                    if int(status[name][0], 16) & ~(capabilities if name in ("CapPrm", "CapEff") else 0)]


def check(name, pid, user, capabilities, sandbox):
    """The number of its threads. Only its first one holds capabilities, if any does."""
    tasks = glob.glob(f"/proc/{pid}/task/*")
    for task in tasks:
        first = task.endswith(f"/{pid}")
        wrong = wrong_in(status_of(task), user, capabilities if first else 0, sandbox)
        if first and int(status_of(task)["CapBnd"][0], 16) & ~capabilities:
            wrong.append("it may gain capabilities by running a program")
        if wrong:
            raise Failed(f"{name}, thread {os.path.basename(task)}: {', '.join(wrong)}")
    return len(tasks)


def privileges(lab):
    """The SBC is an ordinary user without capabilities, the relay one with CAP_NET_ADMIN in its first thread; neither may
    gain any, both are held to a list of system calls; nobody else's file is theirs."""
    programs = lab.programs
    plain = "/san-" not in lab.bin  # sanitizers need what the list forbids, and look into themselves
    counts = [check("sbc", programs.sbc.pid, SBC_USER, 0, plain),
              check("rtpproxy", programs.relay.pid, RELAY_USER, NET_ADMIN, plain)]
    for program, pid in (("sbc", programs.sbc.pid), ("rtpproxy", programs.relay.pid)):
        # What is not dumpable belongs to root in /proc: neither core files nor debuggers of the same user's.
        if plain and os.stat(f"/proc/{pid}/mem").st_uid != 0:
            raise Failed(f"{program} can be looked into by its own user")
    owner = os.stat(lab.path("state.db")).st_uid
    if owner != SBC_USER:
        raise Failed(f"the store belongs to user {owner}")
    return f"all of {counts[0]} and {counts[1]} threads"
