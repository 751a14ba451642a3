# SPDX-License-Identifier: BSD-3-Clause
"""who.py: the SBC of the group "who": phones of the internet have a registrar behind it; for those of its own it has
services, and two trunks of which either will do."""

import re

from .programs import REALMS, TRUNK, Programs, configuration

OURS = REALMS["quiet"]  # where the phones are that the SBC is the registrar of
HOME = "10.0.0.40"  # keeps the registrations of the phones of the internet
FIRST, SECOND = "10.0.0.62", "10.0.0.63"
NO_ANSWER_S = 2
PROBE_S, PROBE_FAILS, PROBE_PASSES = 1, 2, 3

SERVICES = [  # conf/examples/services.json has more
    {"to-user": "^bob$", "send": ["phones"], "next": ["busy"]},
    {"to-user": "^bob$", "send": ["phones:carol"]},
    {"to-user": "^dave$", "send": ["phones"], "timeout": f"{NO_ANSWER_S}s", "next": ["no-answer", "unreachable"]},
    {"to-user": "^dave$", "send": ["voicemail:8002"]},
    {"to-number": r"^\+8", "send": ["voicemail"]},
    {"to-number": r"^\+[0-9]+$", "send": ["first", "second"]},
]


# A phone signs the URI that it has (RFC 7616 3.4.6). Its credentials cross untouched, to its own registrar alone.
SIGNED_URI = re.compile(rb'(?mi)^((?:Proxy-)?Authorization: Digest .*?)\buri="[^"]*"')


class WhoPrograms(Programs):
    ours = "alice", "bob", "carol", "dave"
    probed = 3

    def judged(self, packet):
        if packet.dst != HOME:
            return packet
        return packet._replace(payload=SIGNED_URI.sub(rb"\1", packet.payload))

    def configuration(self):
        config = configuration(self.lab.dir, self.port)
        config["realms"] = {name: config["realms"][name] for name in ("lan", "internet", "quiet")}
        del config["realms"]["quiet"]["phones"]["digest"]
        probed = {"probe": f"{PROBE_S}s", "probe-fails": PROBE_FAILS, "probe-passes": PROBE_PASSES, "hunt": "1s"}
        phones = config["realms"]["internet"]["phones"]
        del phones["users"]
        phones["home"] = "home"
        config["trunks"] = {
            "home": {"realm": "lan", "peers": [HOME], **probed},
            "voicemail": {"realm": "lan", "peers": [TRUNK], "probe": "0"},
            "first": {"realm": "lan", "peers": [FIRST], **probed},
            "second": {"realm": "lan", "peers": [SECOND], **probed},
        }
        config["routes"] = SERVICES
        return config
