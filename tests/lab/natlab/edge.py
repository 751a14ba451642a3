# SPDX-License-Identifier: BSD-3-Clause
"""edge.py: the SBC with all open that it has: every transport on every realm, trunks over TCP and TLS, and by name."""

import os

from .programs import Programs, REALMS, SBC_USER, configuration
from .ua import DOMAIN
from .wire import PORTS

ORIGIN = "https://phone.example.net"
STRANGE_ORIGIN = "https://evil.example.org"
OTHER_DOMAIN = "other.example.org"  # with a certificate of its own
NAME_SERVER = "10.0.0.53"
CARRIER = "carrier.test"  # a domain that only the lab's name server knows (dns/server.py)
PEERS = {"both": "10.0.0.31", "core": "10.0.0.40", "secure": "10.0.0.41", "strict": "10.0.0.42",
         "core-udp": "10.0.0.43", "core-tls": "10.0.0.44", "account": "10.0.0.45"}
NAMES = {"secure": "secure.example.net", "strict": "strict.example.net", "core-tls": "core.example.net"}
OPEN = ("lan", "internet", "lan6", "internet6")
LISTEN = ["udp:5060", "tcp:5060", "tls:5061", "ws:8080", "wss:8443"]

PER_SOURCE = 300  # connections of one source

# What the first digit after the "+" leads to.
ROUTES = {"1": "pbx", "2": "core", "3": "both", "4": "secure", "5": "strict", "6": "core-tls", "7": "named",
          "8": "core-udp", "9": "account"}
ACCOUNT_SECRET = "the-password-of-the-account"


class EdgePrograms(Programs):
    probed = 1

    def certify(self, realm, **more):
        """The SBC's own certificate of a realm, which it shows to trunks, too. Its address is in it, since phones look
        for what they were told to connect to; twice, since linphone knows names only."""
        return self.lab.authority.issue("sbc-" + realm, f"DNS:{DOMAIN}", f"URI:sip:{DOMAIN}",
                                        f"IP:{REALMS[realm]}", f"DNS:{REALMS[realm]}", **more)

    def write_files(self):
        if not os.path.exists(self.lab.authority.path(OTHER_DOMAIN + ".pem")):
            for realm in OPEN:
                self.certify(realm)
            self.lab.authority.issue(OTHER_DOMAIN, f"DNS:{OTHER_DOMAIN}")
        with open(os.open(self.path("account.secret"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(ACCOUNT_SECRET + "\n")
            os.fchown(f.fileno(), SBC_USER, SBC_USER)  # read again at SIGHUP
        super().write_files()

    def memories(self):
        """And connections of SIP that are open."""
        done = self.lab.inside("sbc", "ss", "-Htn", "state", "established")
        ours = sum(1 for line in done.splitlines() if line.split()[2].rpartition(":")[2] in map(str, PORTS.values()))
        return {**super().memories(), **({"connections": ours} if ours else {})}

    def configuration(self):
        authority = self.lab.authority
        config = configuration(self.lab.dir, self.port)
        config["realms"] = {name: config["realms"][name] for name in OPEN}
        for name, realm in config["realms"].items():
            own = authority.path("sbc-" + name)
            # These phones speak plain RTP over WebSocket, too: secure.py has those that do not.
            realm.update({"listen": LISTEN, "ws-origins": [ORIGIN], "srtp": "off", "tls": {
                "cert": own + ".pem", "key": own + ".key"}})
        config["realms"]["internet"]["refer"] = "local"
        config["realms"]["lan"]["tls"].update(ca=authority.ca, client="optional")
        other = authority.path(OTHER_DOMAIN)
        config["realms"]["internet"]["tls"]["more"] = [
            {"names": [OTHER_DOMAIN], "cert": other + ".pem", "key": other + ".key"}]
        trunks = {name: {"realm": "lan", "peers": [peer], "probe": "0"} for name, peer in PEERS.items()}
        trunks["core"]["transport"] = "tcp"
        trunks["core-udp"]["transport"] = "udp"
        for name in NAMES:
            trunks[name].update(transport="tls", verify={"ca": authority.ca, "names": [NAMES[name]]})
        trunks["strict"]["probe"] = "1s"
        trunks["account"]["register"] = {"user": "account", "password": "file:account.secret",
                                         "domain": "core.example.net"}
        trunks["named"] = {"realm": "lan", "peers": [CARRIER], "probe": "0"}
        config["trunks"].update(trunks)
        config["routes"] = [{"from": "internet", "to-number": rf"^\+{digit}[0-9]+$", "send": [trunk]}
                            for digit, trunk in ROUTES.items()]
        config["limits"]["connections-per-source"] = PER_SOURCE
        config["dns"] = {"servers": [NAME_SERVER]}
        return config
