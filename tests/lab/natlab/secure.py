# SPDX-License-Identifier: BSD-3-Clause
"""secure.py: the SBC of the group "secure": browsers, phones that encrypt, that must, and that do not."""

from .browser import ORIGIN
from .programs import REALMS, TRUNK, VEILED, Programs, configuration
from .ua import DOMAIN

SDES_REALM, DTLS_REALM = "quiet", "veiled"
# Trunks, and what the first digit after the "+" leads to. Where nothing is said, a trunk wants no SRTP.
TRUNKS = {"pbx": (TRUNK, None), "sealed": ("10.0.0.31", "sdes"), "maybe": ("10.0.0.41", "osrtp"),
          "shaken": ("10.0.0.42", "dtls")}
ROUTES = {"1": "pbx", "2": "sealed", "3": "maybe", "4": "shaken"}
BROWSERS = ("internet", "internet6")


class SecurePrograms(Programs):
    def write_files(self):
        self.lab.authority.issue("sbc-internet", f"DNS:{DOMAIN}", f"IP:{REALMS['internet']}")
        super().write_files()

    def configuration(self):
        own = self.lab.authority.path("sbc-internet")
        config = configuration(self.lab.dir, self.port)
        config["realms"] = realms = {name: config["realms"][name] for name in ("lan", *BROWSERS, SDES_REALM)}
        realms["lan"]["refer"] = "local"
        realms[DTLS_REALM] = {**realms["internet"], "address": VEILED, "media": {"ports": "24000-24199"},
                              "srtp": "dtls"}
        realms[SDES_REALM]["srtp"] = "sdes"
        del realms[SDES_REALM]["phones"]["digest"]  # baresip knows MD5 alone
        for name in BROWSERS:
            realms[name].update({"refer": "local", "listen": ["udp:5060", "ws:8080", "wss:8443"], "ws-origins": [ORIGIN], "tls": {
                "cert": own + ".pem", "key": own + ".key"}})
        config["trunks"] = {name: {"realm": "lan", "peers": [peer], "probe": "0", **({"srtp": srtp} if srtp else {})}
                            for name, (peer, srtp) in TRUNKS.items()}
        config["routes"] = [{"from": realm, "to-number": rf"^\+{digit}[0-9]+$", "send": [trunk]}
                            for realm in realms if realm != "lan" for digit, trunk in ROUTES.items()]
        return config
