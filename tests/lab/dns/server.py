# SPDX-License-Identifier: BSD-3-Clause
"""server.py: a real name server (NSD) in a namespace, whose zone a scenario may change while it runs."""

import os
import signal
import socket
import struct
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ZONE = os.path.join(HERE, "carrier.zone")
DOMAIN = "carrier.test"

# Everything in one folder, nothing of the host's configuration, no control port, no other user.
CONFIGURATION = """
server:
	ip-address: {address}@{port}
	username: ""
	chroot: ""
	server-count: 1
	database: ""
	zonesdir: "{folder}"
	pidfile: "{folder}/nsd.pid"
	xfrdfile: "{folder}/xfrd.state"
	xfrdir: "{folder}"
	zonelistfile: "{folder}/zone.list"
	cookie-secret-file: "{folder}/cookie"
	logfile: "{folder}/nsd.log"
	rrl-ratelimit: 0
	zonefiles-check: yes
remote-control:
	control-enable: no
zone:
	name: {domain}
	zonefile: zone
"""


def question(name, kind, number=1):
    """A DNS question as bytes."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


class NameServer:
    """spawn(*command) starts a program in the server's namespace and returns a subprocess.Popen; connect() gives a UDP
    socket there. places: what the zone's {words} stand for: alive, dead, other, port, tls_port."""

    def __init__(self, spawn, connect, folder, address, port=53, **places):
        self.spawn, self.connect, self.folder = spawn, connect, folder
        self.address, self.port = address, port
        self.places = {"server": address, "port": 5060, "tls_port": 5061, **places}
        self.process = None
        self.serial = 1000001  # no other number in an answer looks like it

    def _path(self, name):
        return os.path.join(self.folder, name)

    def write_zone(self, text=None):
        """The zone as it is in carrier.zone, or another one in its place."""
        if text is None:
            with open(ZONE, encoding="ascii") as f:
                text = f.read()
        text = text.format(**self.places).replace(" hostmaster 1 ", f" hostmaster {self.serial} ")
        self.serial += 1
        with open(self._path("zone.new"), "w", encoding="ascii") as f:
            f.write(text)
        os.rename(self._path("zone.new"), self._path("zone"))

    def start(self, seconds=5.0):
        os.makedirs(self.folder, exist_ok=True)
        if not os.path.exists(self._path("zone")):
            self.write_zone()
        with open(self._path("nsd.conf"), "w", encoding="ascii") as f:
            f.write(CONFIGURATION.format(address=self.address, port=self.port, folder=self.folder, domain=DOMAIN))
        self.process = self.spawn("/usr/sbin/nsd", "-d", "-c", self._path("nsd.conf"))
        self.wait_for_serial(seconds)
        return self

    def ask(self, name, kind, seconds=0.2):
        """The raw answer, or None."""
        with self.connect() as s:
            s.settimeout(seconds)
            try:
                s.sendto(question(name, kind), (self.address, self.port))
                return s.recv(4096)
            except OSError:
                return None

    def wait_for_serial(self, seconds=5.0):
        """Until the zone written last is the one that is served."""
        wanted = struct.pack(">I", self.serial - 1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = self.ask(DOMAIN, 6)
            if answer and wanted in answer:
                return
            time.sleep(0.02)
        with open(self._path("nsd.log"), encoding="utf-8", errors="replace") as f:
            raise RuntimeError(f"the name server does not serve its zone: {f.read()[-500:]}")

    def change(self, text=None, seconds=5.0, **places):
        """Another zone, or other places in it, from now on."""
        self.places.update(places)
        self.write_zone(text)
        self.process.send_signal(signal.SIGHUP)
        self.wait_for_serial(seconds)

    def stop(self, seconds=5.0):
        """NSD is several processes: the first ends the others."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def here(folder, address="127.0.0.1", port=5353, **places):
    """In the namespace that this process is in."""
    return NameServer(lambda *command: subprocess.Popen(command, stdin=subprocess.DEVNULL),
                      lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), folder, address, port, **places)
