# SPDX-License-Identifier: BSD-3-Clause
"""rig.py: sbc and rtpproxy in the lab's network, between a carrier (namespace inet) and a core (namespace lan), and
what they use up."""

import glob
import json
import os
import shutil
import subprocess
import tempfile

from natlab.net import Net
from natlab.programs import LSAN, OWN_RUN, Programs

CALLER, CALLED = "198.51.100.1", "10.0.0.30"
SBC = {"inet": "198.51.100.5", "lan": "10.0.0.5"}
DOMAIN = "voice.example.net"
# Held at once. 2,000 is the default limit of calls; 4,000 registrations are 8,000 of the default 9,000 transactions.
CALLS, PHONES = 2000, 4000
TICKS = os.sysconf("SC_CLK_TCK")


def user_of(number):
    return f"user{number:05d}"


def password_of(number):
    return f"the secret of {user_of(number)}"


# A transaction over UDP lingers for up to 32 s (RFC 3261 17.2), and a call has four: room for 1,000 calls a second.
LOADED = {"transactions": 160000}


# Datagrams that a unix socket holds: what systemd sets at boot. A new namespace begins with 10, and what the SBC asks
# its relay would be lost in bursts.
UNIX_QUEUE = 512


def configuration(run_dir, port, limits, log_level, phones):
    """Sizes are the defaults, but for what limits says. phones: of realm inet."""
    realms = {name: {"address": address} for name, address in SBC.items()}
    realms["inet"]["phones"] = phones
    realms["inet"]["guard"] = {"per-source": 0}  # all phones are one host
    return {
        "node": {"name": "bench"},
        "realms": realms,
        "trunks": {"carrier": {"realm": "inet", "peers": [CALLER], "probe": "0"},
                   "core": {"realm": "lan", "peers": [CALLED], "probe": "0"}},
        "routes": [{"from": "carrier", "send": ["core"]}],
        "limits": limits,
        "relay": {"ng": ["unix:" + os.path.join(run_dir, "ng.sock")], "port": port},
        "api": {"socket": os.path.join(run_dir, "api.sock"), "http": {"listen": "none"}},
        "store": {"local": "state.db"},
        "log": {"level": log_level},
    }


class BenchPrograms(Programs):
    name = "natsbc"
    limits = {}
    log_level = "info"
    users = PHONES
    environment = {}  # beside our own

    def phones(self):
        return {"users": self.path("users.json"), "domains": [DOMAIN]}

    def _spawn(self, name):
        return self.lab.net.spawn(self.namespace, *self.lab.pinned, *OWN_RUN, os.path.join(self.bin, name), "-c",
                                  self.path("sbc.json"), stdin=subprocess.DEVNULL,
                                  stdout=open(self.path(name + ".log"), "a"), stderr=subprocess.STDOUT,
                                  env={**os.environ, "LSAN_OPTIONS": LSAN, **self.environment})

    def configuration(self):
        return configuration(self.lab.dir, self.port, self.limits, self.log_level, self.phones())

    def write_files(self):
        for name in glob.glob(self.lab.path("state.db*")):
            os.unlink(name)
        users = {"users": [{"name": user_of(i), "password": password_of(i)} for i in range(self.users)]}
        for name, value in (("users.json", users), ("sbc.json", self.configuration())):
            with open(os.open(self.lab.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                json.dump(value, f)


class Rig:
    """with Rig(build, port) as rig: then start(). Afterwards everything is gone but, after a failure, the logs.

    pinned is put before what is measured, loads before what loads it: taskset and its arguments. other makes another
    SBC than ours, of this rig."""

    def __init__(self, build, port, pinned=(), loads=(), other=None):
        self.dir = tempfile.mkdtemp(prefix="natsbc-bench-")
        self.net = Net()
        self.build, self.pinned, self.loads = build, pinned, loads
        self.programs = other(self) if other else BenchPrograms(self, os.path.join(build, "bin"), port)

    def path(self, name):
        return os.path.join(self.dir, name)

    def __enter__(self):
        self.net.__enter__()
        self.net.sysctl("sbc", f"net.unix.max_dgram_qlen={UNIX_QUEUE}")
        return self

    def start(self, limits):
        """Both programs anew, with the default sizes but for these limits."""
        self.programs.stop()
        self.programs.limits = limits
        self.programs.start()

    def __exit__(self, kind, *_):
        try:
            self.programs.stop()
        finally:
            self.net.__exit__()
        if kind is None:
            shutil.rmtree(self.dir, ignore_errors=True)

    def _each(self, measure):
        return {"sbc": measure(self.programs.sbc.pid), "rtpproxy": measure(self.programs.relay.pid)}

    def cpu_ms(self):
        """Milliseconds of processor so far, all threads, user and system, by program."""
        return self._each(cpu_ms)

    def memory(self):
        """Bytes, by program."""
        return self._each(memory)

    def pids(self):
        """All processes of the SBC's side: its namespace holds nothing else."""
        done = subprocess.run(["ip", "netns", "pids", self.net.ns("sbc")], capture_output=True, text=True)
        return [int(pid) for pid in done.stdout.split()]

    def side_cpu_ms(self):
        """The same by the names of programs, whatever they are."""
        return self._by_name(cpu_ms)

    def side_stolen_ms(self):
        """Milliseconds so far that the host took from the processors that the SBC's side runs on."""
        return stolen_ms(set().union(*(os.sched_getaffinity(pid) for pid in self.pids())))

    def side_memory(self):
        return self._by_name(memory)

    def _by_name(self, measure):
        out = {}
        for pid in self.pids():
            with open(f"/proc/{pid}/comm") as f:
                name = f.read().strip()
            out[name] = out.get(name, 0) + measure(pid)
        return out

    def side_files(self):
        """Open descriptors."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids())

    def status(self, key):
        """A number of the SBC's own status: calls_up, registrations, transactions, …"""
        return (self.programs.api("/api/v1/status") or {key: 0})[key]

    def listens(self, namespace, address):
        """Whether anybody has the SIP port of this address open."""
        done = subprocess.run(["ip", "netns", "exec", self.net.ns(namespace), "ss", "-Huln", f"src {address}:5060"],
                              capture_output=True, text=True)
        return bool(done.stdout.strip())


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def memory(pid):
    """Proportional set size: shared pages count in part. Huge pages stand apart in the kernel's account."""
    total = 0
    with open(f"/proc/{pid}/smaps_rollup") as f:
        for line in f:
            name, _, value = line.partition(":")
            if name in ("Pss", "Private_Hugetlb", "Shared_Hugetlb"):
                total += int(value.split()[0]) * 1024
    return total


def machine_ticks():
    """Of all processors together: {"total", "idle", "steal"}; steal is what the host under a virtual machine took."""
    with open("/proc/stat") as f:
        ticks = [int(x) for x in f.readline().split()[1:9]]
    return {"total": sum(ticks), "idle": ticks[3] + ticks[4], "steal": ticks[7]}


def stolen_ms(processors):
    """Milliseconds so far that the host took from these, while they had something to do (proc_stat(5): steal)."""
    with open("/proc/stat") as f:
        ticks = {words[0]: int(words[8]) for words in map(str.split, f) if words[0].startswith("cpu")}
    return sum(ticks[f"cpu{number}"] for number in processors) * 1000 / TICKS


def grown(after, before):
    return {name: after[name] - before[name] for name in after}
