# SPDX-License-Identifier: BSD-3-Clause
"""secure.py: the SBC of the group "secure": browsers and phones that encrypt, those that must, and those that do not."""

from .browser import ORIGIN
from .programs import REALMS, TRUNK, VEILED, Programs, configuration
from .ua import DOMAIN

SDES_REALM, DTLS_REALM = "quiet", "veiled"
SEALED, MAYBE = "10.0.0.31", "10.0.0.41"  # trunks that must encrypt, and that may
# What the first digit after the "+" leads to.
ROUTES = {"1": "pbx", "2": "sealed", "3": "maybe"}


class SecurePrograms(Programs):
    def write_files(self):
        self.lab.authority.issue("sbc-internet", f"DNS:{DOMAIN}", f"IP:{REALMS['internet']}")
        super().write_files()

    def configuration(self):
        own = self.lab.authority.path("sbc-internet")
        config = configuration(self.lab.dir, self.port)
        config["realms"] = realms = {name: config["realms"][name] for name in ("lan", "internet", SDES_REALM)}
        realms["internet"].update({"listen": ["udp:5060", "ws:8080", "wss:8443"], "ws-origins": [ORIGIN], "tls": {
            "cert": own + ".pem", "key": own + ".key"}})
        realms[DTLS_REALM] = {**realms["internet"], "address": VEILED, "listen": ["udp:5060"], "media": {
            "ports": "24000-24199"}, "topology": "hide"}
        for key in ("tls", "ws-origins"):
            del realms[DTLS_REALM][key]
        realms[SDES_REALM]["topology"] = "hide"
        del realms[SDES_REALM]["phones"]["digest"]
        config["trunks"] = {"pbx": {"realm": "lan", "peers": [TRUNK], "probe": "0"},
                            "sealed": {"realm": "lan", "peers": [SEALED], "probe": "0"},
                            "maybe": {"realm": "lan", "peers": [MAYBE], "probe": "0"}}
        config["routes"] = [{"from": realm, "to-number": rf"^\+{digit}[0-9]+$", "send": [trunk]}
                            for realm in realms for digit, trunk in ROUTES.items()]
        return config
