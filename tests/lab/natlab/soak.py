# SPDX-License-Identifier: BSD-3-Clause
"""soak.py: the SBC of the group "soak": all that it can do at once, and what is looked at when all is quiet again."""

import collections
import contextlib
import glob
import os
import re

from . import browser
from .border import BorderPrograms
from .crowd import CALLED, CALLER
from .edge import EdgePrograms, LISTEN, ORIGIN
from .programs import MEDIA_PORTS, configuration
from .ua import Final

LOADED = "10.0.0.61:5090"  # who is called by tests/lab/tools/call_load.c
CHAT = "10.0.0.62:5070"    # who takes requests that are no calls
STRANGER = "172.16.0.5"    # who sends broken messages
DNS_PORT = 53
SILENCE_S, HELD_S = 8, 25
PORTS_EACH = 1000          # of media, in each realm
SEALED = "quiet"           # the realm whose phones must encrypt
BAN_S = 3
GROWN_MB = 24              # of a program between two quiet moments
GROWN_FILES = 4

REPORT = re.compile(r"AddressSanitizer|ThreadSanitizer|LeakSanitizer|runtime error:|Assertion .* failed|"
                    r"^==\d+== *(?:Invalid|Use of uninit|Conditional jump|Process terminating)|"
                    r"stack smashing|\*\*\* ", re.M)
CHANGES = re.compile(r"\b(?:[0-9a-f]*\d[0-9a-f]*)\b|(?<=[\"' =<])[\w.+-]+@[\w.:\[\]-]+")


class SoakPrograms(EdgePrograms, BorderPrograms):
    probed = 8  # trunks that are asked, register, or are located

    def configuration(self):
        config = super().configuration()
        base = configuration(self.lab.dir, self.port)
        realms = config["realms"]
        realms[SEALED] = {**base["realms"][SEALED], "srtp": "sdes"}
        for realm, ports in MEDIA_PORTS.items():
            first = int(ports.partition("-")[0])
            realms[realm]["media"]["ports"] = f"{first}-{first + PORTS_EACH - 1}"
        realms["internet"].update({"srtp": "auto", "ws-origins": [ORIGIN, browser.ORIGIN], "listen": LISTEN})
        realms["internet"]["guard"] = {"ban": f"{BAN_S}s"}
        config["trunks"].update({
            "outside": {"realm": "internet", "peers": [CALLER], "probe": "0"},
            "inside": {"realm": "lan", "peers": [CALLED], "probe": "0"},
            "loaded": {"realm": "lan", "peers": [LOADED], "probe": "0"},
            "chat": {"realm": "lan", "peers": [CHAT], "probe": "0"}})
        config["trunks"]["strict"]["probe"] = "10s"
        config["trunks"].pop("pbx")  # has the address of "inside"
        config["routes"] = [{"from": "outside", "to-number": r"^\+1777[0-9]+$", "send": ["inside"]},
                            {"from": "outside", "to-number": r"^\+1999[0-9]*$", "send": ["chat"]},
                            {"from": "outside", "send": ["loaded"]},
                            *(r for r in config["routes"] if r["send"] != ["pbx"])]
        config["limits"].update({"calls": 500, "registrations": 2000})
        config["pinholes"] = {"socket": self.path("firewall.sock"), "idle": "6s", "calls": "always"}
        config["relay"].update({"silence-timeout": f"{SILENCE_S}s", "held-timeout": f"{HELD_S}s"})
        config["log"]["level"] = os.environ.get("SOAK_LOG", "info")
        return config

    def judged(self, packet):
        """What strangers broke has no words of theirs in it that could be looked for; and names that are asked for are
        those of the configuration, whose words others use, too."""
        return packet._replace(payload=b"") if packet.src == STRANGER or packet.dport == DNS_PORT else packet

    @property
    def keeps_freed(self):
        """Sanitizers do, so that memory says nothing; at the end they tell what leaked."""
        return "/san-" in self.bin

    def running(self):
        return {"sbc": self.sbc, "rtpproxy": self.relay, "sbc-firewall": self.firewall}

    def sizes(self):
        """{program: (pid, megabytes, descriptors)}"""
        out = {}
        for name, process in self.running().items():
            pid = self.pid_of(process)
            with open(f"/proc/{pid}/status") as f:
                kilobytes = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
            out[name] = pid, kilobytes / 1024, len(os.listdir(f"/proc/{pid}/fd"))
        return out

    @staticmethod
    def pid_of(process):
        """valgrind and "ip netns exec" become the program: there is one process."""
        return process.pid

    def logs(self):
        for path in sorted(glob.glob(self.path("*.log"))):
            with open(path, errors="replace") as f:
                yield os.path.basename(path), f.read()

    def reports(self):
        """Of sanitizers and the like: (log, the first line of each)."""
        return [(name, text[found.start():].split("\n", 1)[0][:200])
                for name, text in self.logs() for found in REPORT.finditer(text)]

    def complaints(self):
        """{(log, line without what changes): how often} of all warnings and errors."""
        out = collections.Counter()
        for name, text in self.logs():
            for line in text.splitlines():
                if not line.startswith(("<5>", "<6>", "<7>")):
                    out[name, CHANGES.sub("N", line)[:200]] += 1
        return out

    def grown(self, before):
        """What has grown too much in those that are the same processes as then."""
        now, out = self.sizes(), []
        for name, (pid, megabytes, files) in now.items():
            was = before.get(name)
            much = megabytes > was[1] + GROWN_MB and not self.keeps_freed if was else False
            if was and was[0] == pid and (much or files > was[2] + GROWN_FILES):
                out.append(f"{name}: {was[1]:.0f} to {megabytes:.0f} MB, {was[2]} to {files} descriptors: "
                           f"{self.open_files(pid)}")
        return out

    @staticmethod
    def open_files(pid):
        kinds = collections.Counter()
        for fd in glob.glob(f"/proc/{pid}/fd/*"):
            with contextlib.suppress(OSError):
                kinds[re.sub(r"\d+", "N", os.readlink(fd))] += 1
        return dict(kinds)

    def check(self):
        """At any time: no program has ended by itself, nor has one complained of itself."""
        wrong = [self.dead()] if self.dead() else []
        wrong += [f"{name}: {line}" for name, line in self.reports()]
        if wrong:
            raise Final("; ".join(wrong[:5]))
