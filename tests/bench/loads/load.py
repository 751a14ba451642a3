# SPDX-License-Identifier: BSD-3-Clause
"""load.py: SIPp on both sides of the SBC."""

import csv
import glob
import os
import subprocess
import time

from natlab.capture import wait_for

from .rig import CALLED, CALLER, SBC

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Sipp:
    """One SIPp with a scenario of tests/bench/sipp; its error messages and counters are files of the rig."""

    def __init__(self, rig, namespace, scenario, address, *more):
        self.rig, self.namespace, self.scenario, self.address = rig, namespace, scenario, address
        self.out = rig.path(f"sipp-{scenario}.out")
        self.process = rig.net.spawn(
            namespace, *rig.loads, "sipp", "-sf", os.path.join(HERE, "sipp", scenario + ".xml"), "-i", address, "-p", 5060,
            "-nostdin", "-trace_err", "-error_file", rig.path(f"sipp-{scenario}.log"), "-trace_stat", "-fd", 1,
            "-stf", rig.path(f"sipp-{scenario}.csv"), *more, cwd=rig.dir, stdin=subprocess.DEVNULL,
            stdout=open(self.out, "w"), stderr=subprocess.STDOUT)

    def wait_until_it_listens(self):
        wait_for(lambda: self.rig.listens(self.namespace, self.address), "sipp")

    def counters(self):
        """The last line of its statistics."""
        with open(self.rig.path(f"sipp-{self.scenario}.csv")) as f:
            last = list(csv.DictReader(f, delimiter=";"))[-1]
        return {"calls": int(last["TotalCallCreated"]), "good": int(last["SuccessfulCall(C)"]),
                "failed": int(last["FailedCall(C)"]), "retransmissions": int(last["Retransmissions(C)"])}

    def stop(self):
        self.rig.net.stop(self.process)


class Called(Sipp):
    def __init__(self, rig):
        super().__init__(rig, "lan", "answers", CALLED)
        self.wait_until_it_listens()


class Calling(Sipp):
    """calls in all, at this rate; each is held for hold_ms. caller: the host in From and Call-ID."""

    def __init__(self, rig, rate, calls, hold_ms=0, caller=CALLER):
        for old in glob.glob(rig.path("*_rtt.csv")):
            os.unlink(old)
        super().__init__(rig, "inet", "calls", CALLER, "-r", rate, "-m", calls, "-l", calls, "-d", hold_ms,
                         "-trace_rtt", "-rtt_freq", 200, "-timeout", 60, "-key", "caller", caller, "-cid_str", "%u-%p@" + caller,
                         f"{SBC['inet']}:5060")

    def wait(self, seconds):
        self.process.wait(seconds)

    def answer_times(self):
        """INVITE to 180, ms, in ascending order."""
        times = []
        for name in glob.glob(self.rig.path("*_rtt.csv")):
            with open(name) as f:
                times += [float(row["response_time_ms"]) for row in csv.DictReader(f, delimiter=";")]
        return sorted(times)


def wait_until(true, seconds, every=0.2):
    """Whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def wait_for_number(read, wanted, seconds):
    """Waits until read() is at least wanted; the last number read."""
    wait_until(lambda: read() >= wanted, seconds)
    return read()
