# SPDX-License-Identifier: BSD-3-Clause
"""faults.py: the SBC of the group "faults": a trunk on each side, so that one program can play both sides of many calls."""

from .crowd import BY_INFO, CALLED, CALLER
from .programs import Programs, configuration

LOADED = "10.0.0.31"  # in the LAN: who is called by tests/lab/tools/call_load.c
SILENCE_S = 8  # longer than any program is away


class FaultsPrograms(Programs):
    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["realms"] = {name: config["realms"][name] for name in ("lan", "internet")}
        for realm, first in (("lan", 10000), ("internet", 20000)):
            config["realms"][realm]["media"]["ports"] = f"{first}-{first + 1999}"
        config["trunks"] = {"outside": {"realm": "internet", "peers": [CALLER], "probe": "0"},
                            "inside": {"realm": "lan", "peers": [CALLED], "probe": "0"},
                            "keys": {"realm": "lan", "peers": [BY_INFO], "probe": "0", "dtmf": "info"},
                            "loaded": {"realm": "lan", "peers": [f"{LOADED}:5090"], "probe": "0"}}
        config["routes"] = [{"from": "outside", "to-number": r"^\+1777[0-9]+$", "send": ["inside"]},
                            {"from": "outside", "to-number": r"^\+1888[0-9]+$", "send": ["keys"]},
                            {"from": "outside", "send": ["loaded"]}]
        config["limits"]["calls"] = 500
        config["relay"]["silence-timeout"] = f"{SILENCE_S}s"
        return config
