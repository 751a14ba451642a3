# SPDX-License-Identifier: BSD-3-Clause
"""registers.py: many registrations by tests/lab/tools/register_load.c, and the programs that take them: natsbc as a
registrar and as the edge of one, and a peer as a registrar."""

import json
import os
import selectors
import subprocess
import time

from natlab.capture import wait_for
from natlab.ua import Failed

from .kamailio import HERE, Kamailio
from .rig import CALLED, DOMAIN, SBC, BenchPrograms, grown

PHONE = "203.0.113.200"  # of namespace wild; no NAT in between: nobody is pinged
SETTLE_S = 0.5
PATIENCE_S = 20


class Registrar(BenchPrograms):
    """natsbc, which knows the passwords."""

    expires = "60s"

    def phones(self):
        return {**super().phones(), "expires": {"nat-udp": self.expires}}


class Edge(Registrar):
    """natsbc before a registrar in namespace lan, which asks nobody for a password."""

    name = "natsbc-edge"

    def phones(self):
        return {"home": "core", "domains": [DOMAIN], "limits": {"upstream": 0}, "expires": {"nat-udp": self.expires}}


class Peer(Kamailio):
    """One process, as natsbc is one; the memory is shared by all there are."""

    children = 1
    defines = ()

    def start(self):
        with open(os.path.join(HERE, "kamailio_registrar.cfg")) as f:
            text = f.read().replace("CHILDREN", str(self.children))
        with open(self.rig.path("kamailio.cfg"), "w") as f:
            f.write(text)
        self._spawn("kamailio", "-DD", "-E", "-f", self.rig.path("kamailio.cfg"), "-Y", self.rig.dir, "-m", 1024,
                    "-M", 16, *self.defines)
        wait_for(lambda: self.rig.listens(self.namespace, SBC["inet"]), "kamailio", 10)


class PeerWithPasswords(Peer):
    defines = ("-A", "WITH_PASSWORDS")


class Load:
    """with Load(rig, users) as load: then send() as often as wanted."""

    def __init__(self, rig, users, ports=256):
        self.rig = rig
        self.process = rig.net.spawn(
            "wild", *rig.loads, os.path.join(rig.build, "tests/lab/register_load"), "--phones", f"{PHONE}:20000",
            "--ports", min(ports, users), "--sbc", SBC["inet"], "--users", users, "--domain", DOMAIN, "--home", CALLED,
            "--home-netns", "/run/netns/" + rig.net.ns("lan"), "--sbc-inner", SBC["lan"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.rig.net.stop(self.process)

    def send(self, kind, rate, requests):
        """What became of them (see register_load), and what the SBC's side took: cpu in ms by program; and what was
        taken from its processors meanwhile."""
        cpu, stolen_ms = self.rig.side_cpu_ms(), self.rig.side_stolen_ms()
        self.process.stdin.write(f"{kind} {rate} {requests}\n")
        self.process.stdin.flush()
        out = json.loads(self._line(requests / rate + PATIENCE_S))
        time.sleep(SETTLE_S)
        out["cpu"] = grown(self.rig.side_cpu_ms(), cpu)
        answered = max(1, out["good"] + out["challenged"])
        out["cpu_each"] = sum(out["cpu"].values()) / answered
        out["stolen_each"] = (self.rig.side_stolen_ms() - stolen_ms) / answered
        return out

    def _line(self, seconds):
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            if not ready.select(seconds):
                raise Failed("the registrations do not end")
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"the load ended with {self.process.wait(5)}")
        return line
