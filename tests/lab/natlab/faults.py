# SPDX-License-Identifier: BSD-3-Clause
"""faults.py: the SBC of the group "faults": a trunk on each side, so that one program can play both sides of many calls."""

from .crowd import CALLED, CALLER
from .programs import Programs, configuration


class FaultsPrograms(Programs):
    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["realms"] = {name: config["realms"][name] for name in ("lan", "internet")}
        for realm, first in (("lan", 10000), ("internet", 20000)):
            config["realms"][realm]["media"]["ports"] = f"{first}-{first + 1999}"
        config["trunks"] = {"outside": {"realm": "internet", "peers": [CALLER], "probe": "0"},
                            "inside": {"realm": "lan", "peers": [CALLED], "probe": "0"}}
        config["routes"] = [{"from": "outside", "to-number": r"^\+[0-9]+$", "send": ["inside"]}]
        config["limits"]["calls"] = 500
        config["relay"]["silence-timeout"] = "20s"
        return config
