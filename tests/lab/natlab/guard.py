# SPDX-License-Identifier: BSD-3-Clause
"""guard.py: the SBC of the group "guard": it bans as by default; and an office with two hundred phones."""

import json
import os
import subprocess

from .programs import USERS, Programs, configuration
from .ua import Failed

OFFICE = 200  # phones: users "2000" and so on
PROBES_MAX = 20  # that a scanner may send before it is banned


def office_user(n):
    return f"{2000 + n}"


def password_of(user):
    return USERS.get(user, f"{user}-has-a-secret")


class GuardPrograms(Programs):
    ours = tuple(USERS)

    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["realms"] = {name: config["realms"][name] for name in ("lan", "internet")}
        config["realms"]["internet"]["listen"] = ["udp:5060", "tcp:5060"]
        for realm in config["realms"].values():
            del realm["guard"]
        config["limits"].update({"registrations": 2 * OFFICE, "connections-per-source": 4000})
        config["log"]["level"] = "debug"
        return config

    def write_files(self):
        super().write_files()
        names = [*USERS, *(office_user(n) for n in range(OFFICE))]
        with open(self.path("users.json"), "w") as f:
            json.dump({"users": [{"name": name, "password": password_of(name)} for name in names]}, f)

    def ctl(self, *words):
        """What sbcctl prints."""
        done = subprocess.run([os.path.join(self.bin, "sbcctl"), "-s", self.path("api.sock"), *words],
                              capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"sbcctl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def bans(self):
        return {b["network"]: b for b in self.api("/api/v1/bans")["bans"]}
