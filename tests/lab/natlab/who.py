# SPDX-License-Identifier: BSD-3-Clause
"""who.py: the SBC of the group "who": an account at a carrier that asks for passwords."""

import os

from .programs import REALMS, Programs, configuration

CARRIER = "10.0.0.43"
ACCOUNT = "acct"


class WhoPrograms(Programs):
    def write_files(self):
        secret = self.path("carrier.secret")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(f"{ACCOUNT}-has-a-secret\n")
        super().write_files()

    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["realms"] = {name: config["realms"][name] for name in ("lan", "internet", "quiet")}
        config["trunks"] = {
            "carrier": {"realm": "lan", "peers": [CARRIER], "probe": "1s", "register": {
                "user": ACCOUNT, "password": "file:carrier.secret", "domain": "carrier.example.net",
                "expires": "1m"}},
        }
        config["routes"] = [{"to-number": r"^\+[0-9]+$", "send": ["carrier"]}]
        return config
