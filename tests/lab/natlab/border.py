# SPDX-License-Identifier: BSD-3-Clause
"""border.py: the SBC of the group "border": sbc-firewall beside it, which closes media ports but for calls, too."""

import contextlib
import json
import os
import subprocess

from .capture import wait_for
from .net import sh
from .programs import LSAN, OWN_RUN, SBC_USER, Programs, configuration
from .ua import Failed

IDLE_S = 6

# What an operator has of his own, where the SBC is: it must be the same at the end.
OPERATORS = """
table inet operators {
	set friends { type ipv4_addr; flags timeout; elements = { 192.0.2.77 timeout 1h } }
	chain input { type filter hook input priority 0; policy accept; ip saddr @friends counter accept; }
}
"""


class BorderPrograms(Programs):
    def __init__(self, *words):
        super().__init__(*words)
        self.firewall = None

    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        for realm in ("internet", "internet6"):
            config["realms"][realm]["listen"] = ["udp:5060", "tcp:5060"]
        config["pinholes"] = {"socket": self.path("firewall.sock"), "idle": f"{IDLE_S}s", "calls": "always"}
        return config

    def nft(self, *words):
        return self.lab.inside(self.namespace, "nft", *words)

    def operators(self):
        """The operator's table, without what time does to it."""
        rules = self.nft("-s", "-j", "list", "table", "inet", "operators")
        return [{k: {a: b for a, b in v.items() if a not in ("elem", "handle")} for k, v in one.items()}
                for one in json.loads(rules)["nftables"] if "metainfo" not in one]

    def holes(self):
        """How many elements the sets of our table have, bans left out."""
        with contextlib.suppress(ValueError, KeyError):
            table = json.loads(self.nft("-j", "list", "table", "inet", "natsbc"))["nftables"]
            return sum(len(one["set"].get("elem", ())) for one in table
                       if "set" in one and "ban" not in one["set"]["name"])
        return None  # there is no table

    def start(self):
        sh("ip", "netns", "exec", self.lab.net.ns(self.namespace), "nft", "-f", "-",
           input="add table inet operators\ndelete table inet operators\n" + OPERATORS)
        super().start()

    def start_firewall(self):
        self.firewall = self.lab.net.spawn(
            self.namespace, *OWN_RUN, os.path.join(self.bin, "sbc-firewall"), "-c", self.path("sbc.json"), "--user",
            str(SBC_USER), stdin=subprocess.DEVNULL, stdout=open(self.path("sbc-firewall.log"), "a"),
            stderr=subprocess.STDOUT, env={**os.environ, "LSAN_OPTIONS": LSAN})
        wait_for(lambda: self._alive(self.firewall, "sbc-firewall") and self.holes() is not None, "sbc-firewall", 20)

    def start_sbc(self):
        if not self.firewall:
            self.start_firewall()
        super().start_sbc()

    def dead(self):
        more = self.firewall and self.firewall.poll() is not None and f"sbc-firewall ended with {self.firewall.returncode}"
        return ", ".join(filter(None, (super().dead(), more)))

    def stop(self):
        codes = super().stop()
        if self.firewall:
            codes["sbc-firewall"] = self.lab.net.stop(self.firewall, 10.0)
        self.firewall = None
        return codes

    def settle(self, seconds=10.0):
        """No pinhole of a call is left, either."""
        super().settle(seconds)
        try:
            wait_for(lambda: self.holes() == 0, "pinholes to be closed", seconds)
        except RuntimeError:
            raise Failed(f"{self.holes()} pinholes are left after the call") from None
