# SPDX-License-Identifier: BSD-3-Clause
"""peers.py: programs that others wrote, as peers: SIPp for trunks, baresip for phones."""

import array
import glob
import json
import math
import os
import socket
import subprocess
import time
import wave

from .capture import wait_for
from .programs import TRUNK, USERS
from .ua import DOMAIN, HERE, Failed

MEDIA_PORT = 6000


class Sipp:
    """One call of a scenario in tests/lab/sipp, from the trunk's address."""

    def __init__(self, lab, scenario, remote="10.0.0.5:5060", service="nobody"):
        self.lab, self.log = lab, lab.path(f"sipp-{scenario}.log")
        self.process = lab.net.spawn(
            "lan", "sipp", "-sf", os.path.join(HERE, "sipp", scenario + ".xml"), "-i", TRUNK, "-p", 5060, "-mi", TRUNK,
            "-mp", MEDIA_PORT, "-rtp_echo", "-m", 1, "-s", service, "-nostdin", "-timeout", 20, "-timeout_error",
            "-trace_err", "-error_file", self.log, remote, cwd=lab.dir, stdin=subprocess.DEVNULL,
            stdout=open(lab.path(f"sipp-{scenario}.out"), "w"), stderr=subprocess.STDOUT)
        wait_for(self._listens, "sipp")

    def _listens(self):
        done = subprocess.run(["ip", "netns", "exec", self.lab.net.ns("lan"), "ss", "-Huln", f"src {TRUNK}:5060"],
                              capture_output=True, text=True)
        return done.stdout.strip() or self.process.poll() is not None

    def finish(self, seconds=10):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed("sipp did not finish") from None
        if code:
            tail = open(self.log, errors="replace").read()[-400:] if os.path.exists(self.log) else ""
            raise Failed(f"sipp ended with {code}: {tail}")


BARESIP_CONFIG = """\
poll_method epoll
sip_listen {host}:5060
audio_source aufile,{dir}/tone.wav
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports 16384-16400
net_interface {device}
snd_path {dir}
ctrl_tcp_listen 127.0.0.1:4444
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""


def tone_write(path, hertz, seconds=20, rate=8000):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(array.array("h", (int(8000 * math.sin(2 * math.pi * hertz * i / rate))
                                        for i in range(rate * seconds))).tobytes())


def pitch(path, rate=8000, quiet=2000):
    """(hertz, seconds) of the tone in a recording. The header is skipped: baresip may not have finished it."""
    data = open(path, "rb").read()[44:]
    samples = array.array("h", data[:len(data) // 2 * 2])
    loud = [i for i, s in enumerate(samples) if abs(s) > quiet]
    if not loud:
        return 0, 0
    tone = samples[loud[0]:loud[-1] + 1]
    seconds = len(tone) / rate
    rises = sum(1 for a, b in zip(tone, tone[1:]) if a < 0 <= b)
    return round(rises / seconds), seconds


class Baresip:
    """A headless baresip that plays a tone, records what it hears and answers by itself."""

    def __init__(self, lab, namespace, host, sbc, user, hertz):
        self.lab, self.user, self.namespace = lab, user, namespace
        self.dir = lab.path("baresip-" + user)
        os.makedirs(self.dir)
        device = {"lan": "sbc", "phone_a": "nat_a", "phone_b": "nat_b", "wild": "inet"}[namespace]
        with open(os.path.join(self.dir, "config"), "w") as f:
            f.write(BARESIP_CONFIG.format(host=host, dir=self.dir, device=device))
        with open(os.path.join(self.dir, "accounts"), "w") as f:
            f.write(f'<sip:{user}@{DOMAIN}>;auth_user={user};auth_pass={USERS[user]};regint=60;answermode=auto;'
                    f'outbound="sip:{sbc};transport=udp";audio_codecs=PCMU\n')
        tone_write(os.path.join(self.dir, "tone.wav"), hertz)
        self.log = os.path.join(self.dir, "log")
        self.process = lab.net.spawn(namespace, "baresip", "-f", self.dir, stdin=subprocess.DEVNULL,
                                     stdout=open(self.log, "w"), stderr=subprocess.STDOUT, cwd=self.dir)
        self.control = None
        wait_for(self._connect, f"baresip of {user}")
        self.partial = b""

    def _connect(self):
        if self.process.poll() is not None:
            raise Failed(f"baresip ended with {self.process.returncode}: {open(self.log).read()[-300:]}")
        sock = self.lab.net.socket(self.namespace, socket.SOCK_STREAM)
        try:
            sock.connect(("127.0.0.1", 4444))
        except OSError:
            sock.close()
            return False
        self.control = sock
        return True

    def registered(self):
        """From its log: it may have registered before we were there to hear the event."""
        wait_for(lambda: "} 200 OK" in open(self.log).read(), f"registration of {self.user}", 8)

    def do(self, command, params=""):
        """A netstring of JSON."""
        text = json.dumps({"command": command, "params": params, "token": command}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))

    def expect(self, kind, seconds=8.0):
        """Waits for an event of this type; others pass."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            length, colon, rest = self.partial.partition(b":")
            if colon and len(rest) > int(length):
                self.partial = rest[int(length) + 1:]
                if json.loads(rest[:int(length)]).get("type") == kind:
                    return
                continue
            self.control.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self.control.recv(65536)
            except TimeoutError:
                break
            if not data:
                break
            self.partial += data
        raise Failed(f"baresip of {self.user}: no {kind} within {seconds:g} s")

    def heard(self):
        """(hertz, seconds) of what it decoded."""
        files = sorted(glob.glob(os.path.join(self.dir, "dump-*-dec.wav")))
        if not files:
            raise Failed(f"baresip of {self.user} recorded nothing")
        return pitch(files[-1])

    def quit(self):
        self.do("quit")
        try:
            self.process.wait(6)
        except subprocess.TimeoutExpired:
            pass
        self.lab.net.stop(self.process)
        self.control.close()
