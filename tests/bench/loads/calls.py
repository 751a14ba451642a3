# SPDX-License-Identifier: BSD-3-Clause
"""calls.py: many calls by tests/lab/tools/call_load.c, which plays both sides, and what the SBC's side took for them."""

import json
import os
import subprocess
import time

from natlab.ua import Failed

from .rig import CALLED, CALLER, SBC, grown

HOLD_MS = 100     # a BYE right behind the ACK would overtake it in an SBC of several processes
SETTLE_S = 0.5
HOST = "carrier.example.net"  # who does not hide From and Call-ID has nothing to hide there
EVERY_END = "0123456789"
EVERY_SHORT_END = "0123456"


class Load:
    """Begins at once; result() waits for the end."""

    def __init__(self, rig, rate, calls, hold_ms=HOLD_MS, patience_ms=10000, mix="0"):
        self.rig, self.calls = rig, calls
        self.longest = calls / rate + (hold_ms + patience_ms) / 1000 + 20
        self.cpu, self.stolen_ms = rig.side_cpu_ms(), rig.side_stolen_ms()
        self.process = rig.net.spawn(
            "inet", *rig.loads, os.path.join(rig.build, "tests/lab/call_load"), "--caller", CALLER, "--called", CALLED,
            "--sbc", SBC["inet"], "--sbc-inner", SBC["lan"], "--called-netns", "/run/netns/" + rig.net.ns("lan"),
            "--rate", rate, "--calls", calls, "--hold", hold_ms, "--patience", patience_ms, "--mix", mix,
            "--host", HOST, stdout=subprocess.PIPE)

    def result(self):
        """What became of the calls (see call_load), and what the side took: cpu in ms by program; and what was taken
        from its processors meanwhile."""
        try:
            text = self.process.communicate(timeout=self.longest)[0]
        except subprocess.TimeoutExpired:
            self.rig.net.stop(self.process)
            raise Failed("the load does not end") from None
        if self.process.returncode:
            raise Failed(f"the load ended with {self.process.returncode}")
        time.sleep(SETTLE_S)
        out = json.loads(text)
        out["cpu"] = grown(self.rig.side_cpu_ms(), self.cpu)
        out["stolen_ms"] = self.rig.side_stolen_ms() - self.stolen_ms
        out["cpu_per_call"] = sum(out["cpu"].values()) / max(1, out["good"])
        out["goodput"] = out["good"] / max(out["seconds"], 0.001)
        return out


def place(rig, rate, seconds, **more):
    return Load(rig, rate, int(rate * seconds), **more).result()


def is_clean(result):
    """All calls good, and almost nothing sent twice."""
    return result["good"] >= 0.999 * result["calls"] and result["again"] <= 0.005 * result["calls"]
