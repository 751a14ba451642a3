# SPDX-License-Identifier: BSD-3-Clause
"""dropin.py: the relay alone, under a SIP server that others wrote: Kamailio and its rtpengine module."""

import os
import subprocess

from .capture import SIP_PORTS, wait_for
from .peers import kamailio_start
from .programs import MEDIA_PORTS, REALMS, SILENCE_S, Programs, in_use
from .ua import DOMAIN
from .wire import PORTS

NG_UDP = "udp:127.0.0.1:2223"
NG_TCP = "tcp:127.0.0.1:2224"
NG_LAN = "udp:10.0.0.5:2225"  # open to one host of the LAN
OPEN = ("lan", "internet", "lan6", "internet6")


class DropinPrograms(Programs):
    """rtpproxy and Kamailio, in the place of the SBC."""

    names = "rtpproxy", "kamailio"

    def configuration(self):
        realms = {name: {"address": REALMS[name], "media": {"ports": MEDIA_PORTS[name]}} for name in OPEN}
        return {"realms": realms, "log": {"level": "debug"},
                "relay": {"ng": ["unix:" + self.path("ng.sock"), NG_UDP, NG_TCP, NG_LAN, self.ng_stream],
                          "capture-dir": self.path("captures"),
                          "ng-from": ["10.0.0.20/32"], "port": self.port, "sessions": 1000, "delete-delay": "0",
                          "silence-timeout": f"{SILENCE_S}s"}}

    @property
    def ng_stream(self):
        return "unix-stream:" + self.path("ng.stream")

    def start_sbc(self):
        self.folder = self.lab.folder("kamailio")
        addresses = [f"[{a}]" if ":" in a else a for a in (REALMS[name] for name in OPEN)]
        self.sbc = kamailio_start(self.lab, self.namespace, "kamailio-rtpengine.cfg", self.folder,
                                  [f"udp:{a}:5060" for a in addresses] + [f"tcp:{REALMS['internet']}:{PORTS['ws']}"],
                                  THE_RELAY=NG_UDP, THE_DOMAIN=DOMAIN,
                                  FOLDER=self.folder)
        wait_for(lambda: self._alive(self.sbc, "kamailio") and self.sees_relay(), "kamailio", 20)

    def sees_relay(self):
        """Kamailio has the relay, and not for dead."""
        return "disabled: 0" in self.kamcmd("rtpengine.show", "all")

    def judged(self, packet):
        """A proxy hides nothing in SIP: only the media is looked at."""
        return packet._replace(payload=b"") if {packet.sport, packet.dport} & set(SIP_PORTS) else packet

    def kamcmd(self, *words):
        """What a running Kamailio says to a command."""
        done = subprocess.run(["kamcmd", "-s", "unix:" + os.path.join(self.folder, "ctl"), *words],
                              capture_output=True, text=True)
        return done.stdout + done.stderr

    def said(self):
        """Kamailio's log."""
        with open(os.path.join(self.folder, "log"), errors="replace") as f:
            return f.read()

    def relay_kill(self):
        """Without any farewell; its sessions are gone with it."""
        self.relay.kill()
        self.relay.wait()

    def relay_start(self):
        self.relay = self._spawn("rtpproxy")
        wait_for(lambda: self._alive(self.relay, "rtpproxy") and self.ng("ping"), "rtpproxy", 20)

    def end_calls(self):
        """Kamailio keeps no dialogs: of phones that left in a call nobody tells the relay."""
        for call in (self.ng("list") or {"calls": []})["calls"]:
            self.ng("delete", **{"call-id": call, "delete-delay": 0})

    def left_over(self):
        return {name: value for name, value in in_use(self.ng("statistics") or {"relay": "no answer"}).items()
                if value}

    def memories(self):
        return {}
