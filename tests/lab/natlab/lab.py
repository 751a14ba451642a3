# SPDX-License-Identifier: BSD-3-Clause
"""lab.py: network, programs, capture and phones of one run, and the order in which they come and go."""

import collections
import glob
import os
import shutil
import sys
import tempfile
import time

import leakcheck

from .capture import Capture
from .net import Net
from .programs import HOMES, Programs, SILENCE_S, USERS
from .ua import DOMAIN, HERE, Failed, Ua

# What both sides of a call may know: names of users (they are also in the RTP payload) and their common domain.
MAY_CROSS = {DOMAIN, *USERS}

LOGS = ("rtpproxy.log", "sbc.log")

# Where phones live: namespace, address, the SBC's address that they use.
PLACES = {
    "nat_a": ("phone_a", "192.168.1.10", "198.51.100.5"),
    "nat_b": ("phone_b", "192.168.1.10", "198.51.100.5"),
    "lan": ("lan", "10.0.0.20", "10.0.0.5"),
    "wild": ("wild", "203.0.113.200", "198.51.100.5"),
    "wild6": ("wild", "[2001:db8:113::200]", "[2001:db8:51::5]"),
    "solo": ("solo", "172.16.0.5", "172.16.0.5"),
    "loopback": ("solo", "127.0.0.1", "127.0.0.1"),
    "lan6": ("lan", "[2001:db8:10::20]", "[2001:db8:10::5]"),
}


def default_build():
    """Where the Makefile puts things, told by the same variables."""
    build = os.path.join(HERE, "../..", os.environ.get("B", "build"))
    san = os.environ.get("SAN", "")
    return os.path.normpath(os.path.join(build, "san-" + san.replace(",", "-")) if san else build)


class Lab:
    """with Lab(...) as lab: everything runs; afterwards everything is gone but the folder of logs, if keep is set."""

    def __init__(self, build, port):
        self.tools = os.path.join(build, "tests/lab")
        self.dir = tempfile.mkdtemp(prefix="natsbc-lab-")
        self.net = Net()
        self.bin = os.path.join(build, "bin")
        self.port = port  # None: no SBC
        self.programs = Programs(self, self.bin, port)
        self.capture = Capture(self)
        self.phones = []
        self.ever_said = {}
        self.keep = False
        self.last_start = 0  # of a scenario

    def path(self, name):
        return os.path.join(self.dir, name)

    def __enter__(self):
        self.net.__enter__()
        try:
            self.capture.start()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *what):
        self.net.__exit__(*what)
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def phone(self, place, user, port=5060, media_port=4000, proxy=None, password=None, domain=DOMAIN):
        namespace, host, sbc = PLACES[place]
        phone = Ua(self, namespace, user, f"{host}:{port}", f"{proxy or sbc}:5060",
                   password or USERS.get(user, "nothing"), domain, media_port)
        self.phones.append(phone)
        return phone

    def stop_phones(self):
        """All at once: each takes leave of the SBC."""
        for phone in self.phones:
            phone.leave()
        for phone in self.phones:
            phone.stop()
        self.phones.clear()

    def check_leaks(self, since):
        """Over everything captured since: nothing that one party told is with another."""
        packets = self.capture.since(since)
        leaks = leakcheck.check(packets, HOMES, MAY_CROSS, self.ever_said)
        if leaks:
            raise Failed(f"{len(leaks)} leaks: " + leakcheck.describe(leaks[0]))
        return packets

    def get_over(self, start):
        """What a scenario that failed has left must not fail the next one: calls, and who said what (ever_said)."""
        for step in (lambda: self.programs.settle(SILENCE_S + 4), lambda: self.check_leaks(start)):
            try:
                step()
            except (Failed, RuntimeError, OSError):
                pass  # one failure is told already

    def tell_more(self):
        """The ends of the logs that the last scenario wrote to; and everything stays where it is."""
        self.keep = True
        out = []
        for name in LOGS:
            for path in sorted(glob.glob(self.path("**/" + name), recursive=True)):
                if os.path.getmtime(path) < self.last_start:
                    continue
                with open(path, errors="replace") as f:
                    out.append(f"    --- {os.path.relpath(path, self.dir)}")
                    out += ["    " + line.rstrip() for line in collections.deque(f, 15)]
        return "\n".join(out + [f"    logs and captures: {self.dir}"])

    def run(self, scenario, with_sbc):
        """(None or what went wrong, seconds, note). Programs that an earlier scenario has killed are started again."""
        self.net.forget_mappings()
        self.last_start = start = time.time()
        clock = time.monotonic()
        note, wrong = "", None
        try:
            if with_sbc and self.programs.dead():
                self.programs.restart()
            note = scenario(self) or ""
            if with_sbc:
                self.check_leaks(start)
                self.programs.settle()
        except Failed as error:
            wrong = str(error)
        except (RuntimeError, OSError, LookupError, ValueError) as error:
            wrong = f"{type(error).__name__}: {error}"
        finally:
            self.stop_phones()
        if wrong and with_sbc:
            self.get_over(start)
        dead = self.programs.dead() if with_sbc else ""
        if dead:
            wrong = f"{dead}; {wrong or note}"
        return wrong, time.monotonic() - clock, note
