# SPDX-License-Identifier: BSD-3-Clause
"""lasting.py: the SBC of the group "lasting": session timers of its own with everybody, as short as they may be."""

from .programs import Programs, configuration

EXPIRES_S = 90  # RFC 4028 5: no less


class LastingPrograms(Programs):
    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        for realm in config["realms"].values():
            realm["session-timer"] = {"mode": "own", "expires": f"{EXPIRES_S}s"}
        return config
