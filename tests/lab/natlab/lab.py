# SPDX-License-Identifier: BSD-3-Clause
"""lab.py: network, programs, capture and phones of one run, and the order in which they come and go."""

import collections
import functools
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import leakcheck

from . import spoil
from .capture import Capture, Packet
from .browser import Browser
from .certs import Authority
from .net import Net
from .programs import HOMES, Programs, SILENCE_S, USERS
from .ua import DOMAIN, HERE, Failed, Final, Leaked, NotHere, Ua
from .wire import PORTS, SECURE

# What both sides of a call may know: names of users (they are also in the RTP payload) and their common domain.
MAY_CROSS = {DOMAIN, *USERS}

LOGS = ("rtpproxy.log", "sbc.log", "firewall.log")

# Where phones live: namespace, address, the SBC's address that they use.
PLACES = {
    "nat_a": ("phone_a", "192.168.1.10", "198.51.100.5"),
    "nat_b": ("phone_b", "192.168.1.10", "198.51.100.5"),
    "lan": ("lan", "10.0.0.20", "10.0.0.5"),
    "both": ("lan", "10.0.0.31", "10.0.0.5"),
    "secure": ("lan", "10.0.0.41", "10.0.0.5"),
    "strict": ("lan", "10.0.0.42", "10.0.0.5"),
    "voicemail": ("lan", "10.0.0.30", "10.0.0.5"),
    "first": ("lan", "10.0.0.62", "10.0.0.5"),
    "second": ("lan", "10.0.0.63", "10.0.0.5"),
    "named": ("lan", "10.0.0.62", "10.0.0.5"),
    "wild": ("wild", "203.0.113.200", "198.51.100.5"),
    "wild6": ("wild", "[2001:db8:113::200]", "[2001:db8:51::5]"),
    "solo": ("solo", "172.16.0.5", "172.16.0.5"),
    "beyond": ("wild", "5.0.0.200", "5.0.0.1"),  # of a router that "solo" is behind (scenarios/router.py)
    "loopback": ("solo", "127.0.0.1", "127.0.0.1"),
    "lan6": ("lan", "[2001:db8:10::20]", "[2001:db8:10::5]"),
}


SEEN_AS = {"nat_a": "203.0.113.10", "nat_b": "192.0.2.20"}  # by the SBC; others as they are


class PhoneLog:
    """What a phone said and was told where no capture shows it: in TLS, or in the frames of a WebSocket."""

    def __init__(self, path, place, transport):
        _, host, sbc = PLACES[place]
        self.path, self.hidden = path, transport not in ("udp", "tcp")
        self.leg = "lan" if PLACES[place][0] == "lan" else "internet"
        self.phone = SEEN_AS.get(place, host).strip("[]"), 1
        self.sbc = sbc.strip("[]"), PORTS[transport]
        self.over = transport

    def packets(self):
        if not self.hidden:
            return
        with open(self.path) as f:
            for line in f:
                e = json.loads(line) if line.endswith("\n") else {"dir": ""}
                if e["dir"] in ("in", "out"):
                    src, dst = (self.phone, self.sbc) if e["dir"] == "out" else (self.sbc, self.phone)
                    yield Packet(e["t"], self.leg, *src, *dst, e["text"].encode("latin-1"), self.over)


def default_build():
    """Where the Makefile puts things, told by the same variables."""
    build = os.path.join(HERE, "../..", os.environ.get("B", "build"))
    san = os.environ.get("SAN", "")
    return os.path.normpath(os.path.join(build, "san-" + san.replace(",", "-")) if san else build)


class Lab:
    """with Lab(...) as lab: everything runs; afterwards everything is gone but the folder of logs, if keep is set."""

    def __init__(self, build, port, programs=Programs):
        self.tools = os.path.join(build, "tests/lab")
        self.dir = tempfile.mkdtemp(prefix="natsbc-lab-")
        self.net = Net()
        self.bin = os.path.join(build, "bin")
        self.port = port  # None: no SBC
        self.programs = programs(self, self.bin, port)
        self.capture = Capture(self)
        self.phones = []
        self.logs = []
        self.ever_said = {}
        self.keep = False
        self.last_start = 0  # of a scenario
        self.worth_another_try = False  # what failed last may have been this machine's fault

    def path(self, name):
        return os.path.join(self.dir, name)

    def inside(self, namespace, *command):
        """What a command prints there."""
        return subprocess.run(["ip", "netns", "exec", self.net.ns(namespace), *command], capture_output=True,
                              text=True).stdout

    def folder(self, name):
        """A new one, for a program."""
        return tempfile.mkdtemp(prefix=name + "-", dir=self.dir)

    @functools.cached_property
    def authority(self):
        return Authority(self.path("certificates"))

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

    def phone(self, place, user, port=5060, media_port=4000, proxy=None, password=None, domain=DOMAIN,
              transport="udp", **more):
        """more: see phone.py."""
        namespace, host, sbc = PLACES[place]
        log = self.path(f"{user}-{len(self.logs)}.sip.jsonl")
        self.logs.append(PhoneLog(log, place, transport))
        if transport in SECURE:
            more.setdefault("ca", self.authority.ca)
        phone = Ua(self, namespace, user, f"{host}:{port}", f"{proxy or sbc}:{PORTS[transport]}",
                   password or USERS.get(user, "nothing"), domain, media_port, log, transport=transport, **more)
        self.phones.append(phone)
        return phone

    def browser(self, place, user, hertz, transport="wss"):
        """A phone in a browser, which sends this tone."""
        namespace, _, sbc = PLACES[place]
        log = self.path(f"{user}-{len(self.logs)}.sip.jsonl")
        self.logs.append(PhoneLog(log, place, transport))
        phone = Browser(self, namespace, sbc, user, USERS[user], hertz, transport, log)
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
        packets += [p for log in self.logs for p in log.packets() if p.t >= since]
        packets.sort(key=lambda p: p.t)
        leaks = leakcheck.check([self.programs.judged(p) for p in packets], HOMES, MAY_CROSS, self.ever_said)
        if leaks:
            raise Leaked(f"{len(leaks)} leaks: " + leakcheck.describe(leaks[0]))
        return packets

    def stop_strays(self, before):
        """What a scenario has begun and did not come to end, since it failed: their ports are the next one's."""
        own = [getattr(value, "process", value) for value in vars(self.programs).values()]
        for process in [p for p in self.net.processes if p not in before and p not in own]:
            self.net.stop(process)

    def get_over(self, start):
        """What a scenario that failed has left must not fail the next one: calls, and who said what (ever_said)."""
        for step in (self.programs.end_calls, lambda: self.programs.settle(SILENCE_S + 4), lambda: self.check_leaks(start)):
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

    def run(self, scenario, with_sbc, vain=0):
        """(None or what went wrong, seconds, note); has_looked: it could. Programs that an earlier scenario has killed
        are started again. vain: the number of the wait that is in vain (see spoil.py)."""
        self.net.forget_mappings()
        self.last_start = start = time.time()
        before = list(self.net.processes)
        clock = time.monotonic()
        note, wrong, self.worth_another_try, self.has_looked = "", None, True, True
        try:
            if with_sbc and self.programs.dead():
                self.programs.restart()
            before = list(self.net.processes)
            spoil.arm(vain)
            note = scenario(self) or ""
            if with_sbc:
                self.check_leaks(start)
                self.programs.settle()
        except NotHere as reason:
            note, self.has_looked = str(reason), False
        except Failed as error:
            wrong = str(error)
            self.worth_another_try = not isinstance(error, Final)
        except (RuntimeError, OSError, LookupError, ValueError, subprocess.SubprocessError) as error:
            wrong = f"{type(error).__name__}: {error}"
        finally:
            spoil.arm(0)
            self.stop_phones()
        if wrong:
            self.stop_strays(before)
        if wrong and with_sbc:
            self.get_over(start)
        dead = self.programs.dead() if with_sbc else ""
        if dead:
            wrong, self.worth_another_try = f"{dead}; {wrong or note}", False
        return wrong, time.monotonic() - clock, note
