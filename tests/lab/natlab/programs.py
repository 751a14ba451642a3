# SPDX-License-Identifier: BSD-3-Clause
"""programs.py: the relay and the SBC under test: configuration, start, stop, and what they say of themselves."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import time

from .capture import wait_for
from .ua import DOMAIN, HERE, Failed

USERS = {name: f"{name}-has-a-secret" for name in (
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")}
KEEPALIVE = "5s"
SILENCE_S = 4
RING_S = 4

# For builds with sanitizers; others take no notice.
LSAN = "suppressions=" + os.path.join(HERE, "lsan.suppressions")
TSAN = "suppressions=" + os.path.join(HERE, "tsan.suppressions")

# Where the SBC listens. "quiet" sends no keepalives, the counter-proof to "internet"; and it wants SHA-256.
REALMS = {"lan": "10.0.0.5", "internet": "198.51.100.5", "quiet": "198.51.100.6",
          "lan6": "2001:db8:10::5", "internet6": "2001:db8:51::5"}
FORWARD_TO = "tcp:127.0.0.1:9099"  # who gets what is forwarded; nobody listens but in scenarios/forwarding.py
VEILED = "198.51.100.7"  # of natlab/secure.py alone
HOMES = {"lan": {REALMS["lan"], REALMS["lan6"]},
         "internet": {REALMS["internet"], REALMS["quiet"], REALMS["internet6"], VEILED}}
MEDIA_PORTS = {"lan": "10000-10199", "internet": "20000-20199", "quiet": "21000-21199", "lan6": "22000-22199",
               "internet6": "23000-23199"}
TRUNK = "10.0.0.30"

# Who the programs become: nobody that this host knows.
SBC_USER, RELAY_USER = 64115, 64116


def configuration(run_dir, port):
    phones = {"home": "local", "users": os.path.join(run_dir, "users.json"), "domains": [DOMAIN],
              "keepalive": KEEPALIVE}
    realms = {name: {"address": address, "listen": ["udp:5060"], "media": {"ports": MEDIA_PORTS[name]},
                     "phones": dict(phones)} for name, address in REALMS.items()}
    realms["quiet"]["phones"].update(keepalive="0", digest="sha-256")
    for name, realm in realms.items():
        realm["media"]["keepalive"] = "0" if name == "quiet" else KEEPALIVE
        realm["guard"] = {"per-source": 0, "ban": "0"}  # strangers are guests here; natlab/guard.py has it on
    return {
        "node": {"name": "lab"},
        "realms": realms,
        "trunks": {"pbx": {"realm": "lan", "peers": [TRUNK], "probe": "0"}},
        "routes": [{"from": "internet", "to-number": r"^\+[0-9]+$", "send": ["pbx"]}],
        "limits": {"calls": 100, "ring-timeout": f"{RING_S}s"},
        "relay": {"ng": ["unix:" + os.path.join(run_dir, "ng.sock")], "port": port,
                  "capture-dir": os.path.join(run_dir, "captures"),
                  "forward-to": FORWARD_TO, "silence-timeout": f"{SILENCE_S}s"},
        "api": {"socket": os.path.join(run_dir, "api.sock"), "http": {"listen": "127.0.0.1:8080"}},
        "store": {"local": "state.db"},
        "log": {"level": "debug"},
    }


class UnixHttp(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=5)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(5)
        self.sock.connect(self.path)


def bencode(value):
    if isinstance(value, dict):
        return b"d" + b"".join(bencode(k) + bencode(v) for k, v in sorted(value.items())) + b"e"
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    if isinstance(value, int):
        return b"i%de" % value
    return b"%d:%s" % (len(value.encode()), value.encode())


def bdecode(data, at=0):
    """(value, where it ended)."""
    if data[at:at + 1] == b"i":
        end = data.index(b"e", at)
        return int(data[at + 1:end]), end + 1
    if data[at:at + 1] in (b"l", b"d"):
        items, kind, at = [], data[at:at + 1], at + 1
        while data[at:at + 1] != b"e":
            item, at = bdecode(data, at)
            items.append(item)
        return (items if kind == b"l" else dict(zip(items[::2], items[1::2]))), at + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1:end].decode("latin-1"), end


# Before a program in a namespace: what is kept in /run is its own.
OWN_RUN = ("sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh")


BUFFER = 512  # bytes: the smallest that a message is kept in


class Programs:
    """rtpproxy and sbc in a namespace."""

    namespace = "sbc"
    ours = tuple(USERS)  # whose registrar it is
    more_environment = {}
    probed = 0  # peers that are asked all the time, so that there may always be a transaction with each

    def __init__(self, lab, bin_dir, port):
        self.lab, self.bin, self.port = lab, bin_dir, port
        self.relay = self.sbc = None
        self.crashes = []

    def path(self, name):
        return self.lab.path(name)

    def configuration(self):
        return configuration(self.lab.dir, self.port)

    def forget(self):
        """What an earlier run kept."""
        for ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path("state.db" + ending))

    def judged(self, packet):
        """The packet as the leak check is to see it."""
        return packet

    def unprivileged(self):
        """The configuration, under users that own nothing but what is given to them here."""
        conf = self.configuration()
        conf.setdefault("node", {}).setdefault("user", str(SBC_USER))
        conf.setdefault("relay", {}).setdefault("user", str(RELAY_USER))
        for folder in {self.lab.dir, os.path.dirname(self.path("sbc.json"))}:
            os.chown(folder, SBC_USER, SBC_USER)
            os.chmod(folder, 0o755)
        return conf

    def write_files(self):
        users = {"users": [{"name": name, "password": password} for name, password in USERS.items()
                           if name in self.ours]}
        for name, value in (("users.json", users), ("sbc.json", self.unprivileged())):
            with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                json.dump(value, f, indent=2)

    def start(self):
        self.forget()
        self.write_files()
        self.relay = self._spawn("rtpproxy")
        wait_for(lambda: self._alive(self.relay, "rtpproxy") and self.ng("ping"), "rtpproxy", 20)
        self.start_sbc()

    def start_sbc(self):
        self.sbc = self._spawn("sbc")
        wait_for(lambda: self._alive(self.sbc, "sbc") and self.api("/api/v1/status"), "sbc", 20)

    def restart_sbc(self):
        """With what it has stored, and nothing else."""
        self.lab.net.stop(self.sbc, 30.0)
        self.start_sbc()

    def _spawn(self, name):
        return self.lab.net.spawn(self.namespace, *OWN_RUN, os.path.join(self.bin, name), "-c", self.path("sbc.json"),
                                  stdin=subprocess.DEVNULL, stdout=open(self.path(name + ".log"), "a"),
                                  stderr=subprocess.STDOUT, env={
                                      **os.environ, "LSAN_OPTIONS": LSAN, "TSAN_OPTIONS": TSAN, **self.more_environment})

    @staticmethod
    def _alive(process, name):
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}")
        return True

    def dead(self):
        """Which of them ended by itself, and how; "" where both run."""
        both = (self.relay, "rtpproxy"), (self.sbc, "sbc")
        return ", ".join(f"{name} ended with {p.returncode}" for p, name in both if p and p.poll() is not None)

    def restart(self):
        self.crashes.append(self.dead())
        self.stop()
        self.start()

    def stop(self):
        """Both must end by themselves and without complaint."""
        codes = {}
        for process, name in ((self.sbc, "sbc"), (self.relay, "rtpproxy")):
            if process:
                codes[name] = self.lab.net.stop(process, 10.0)
        self.sbc = self.relay = None
        return codes

    def ng(self, command, **more):
        """A dict, or None where nobody answers."""
        here = self.path("ng-client.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            try:
                sock.bind(here)
                os.chmod(here, 0o777)  # the relay is not root when it answers
                sock.settimeout(1)
                sock.sendto(b"%d " % time.monotonic_ns() + bencode({"command": command, **more}), self.path("ng.sock"))
                return bdecode(sock.recv(65535).split(b" ", 1)[1])[0]
            except OSError:
                return None
            finally:
                os.unlink(here)

    def api(self, path, text=False):
        """The answer as JSON (or text); None where nobody answers."""
        connection = UnixHttp(self.path("api.sock"))
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
            if answer.status != 200:
                raise Failed(f"GET {path}: {answer.status} {body[:200]}")
            return body if text else json.loads(body)
        except OSError:
            return None
        finally:
            connection.close()

    def metrics(self):
        """{name or name{labels}: value} of all samples."""
        text = self.api("/metrics", text=True) or ""
        return {m.group(1): float(m.group(2)) for m in re.finditer(r"^([a-z]\S*(?:\{.*\})?) (\S+)$", text, re.M)}

    def total(self, name, **labels):
        """The sum of a metric over all label sets that hold these labels."""
        wanted = [f'{k}="{v}"' for k, v in labels.items()]
        return sum(v for n, v in self.metrics().items()
                   if n.split("{")[0] == name and all(w in n for w in wanted))

    def event(self, name):
        """How often something with this name happened to a message or call."""
        return self.total("sbc_events_total", event=name)

    def left_over(self):
        """What should be zero between calls, and is not: {name: count}."""
        found = {"calls of sbc": len((self.api("/api/v1/calls") or {"calls": ["no answer"]})["calls"])}
        answer = self.ng("statistics") or {"relay": "no answer"}
        found.update(in_use(answer))
        audit = self.ng("audit") or {"different": "no answer"}
        found["ports that differ"] = audit.get("different")
        return {name: value for name, value in found.items() if value}

    def memories(self):
        """What may outlive a call for a while, 64*T1 mostly, and must be zero in the end: {name: count}."""
        status = self.api("/api/v1/status")
        if not status:
            return {"sbc": "no answer"}
        may_be = {"transactions": self.probed, "buffers_bytes": self.probed * BUFFER}
        return {k: v for k, v in status.items() if k in (
            "calls", "legs", "transactions", "registrations", "buffers_bytes") and v > may_be.get(k, 0)}

    def end_calls(self):
        """What a scenario that failed has left, where it doesn't end by itself."""

    def settle(self, seconds=10.0):
        """Calls, media sessions, flows and ports are back to zero, in a moment at the latest."""
        deadline = time.monotonic() + seconds
        while self.left_over():
            if time.monotonic() > deadline:
                raise Failed(f"left over after the call: {self.left_over()}")
            time.sleep(0.05)


def in_use(answer, path=""):
    """From the relay's statistics: sessions and used ports, at whatever depth."""
    out = {}
    for key, value in answer.items():
        name = f"{path}{key}"
        if isinstance(value, dict):
            out.update(in_use(value, name + "."))
        elif isinstance(value, list):
            for i, item in enumerate(value):
                out.update(in_use(item, f"{name}.{i}.") if isinstance(item, dict) else {})
        elif key in ("sessions", "used", "ports-used", "flows"):
            out["relay " + name] = value
    return out
