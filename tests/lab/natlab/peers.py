# SPDX-License-Identifier: BSD-3-Clause
"""peers.py: programs that others wrote, as peers: SIPp and Kamailio for trunks, baresip and linphone for phones."""

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
from .programs import REALMS, TRUNK, USERS
from .ua import DOMAIN, HERE, Failed
from .wire import PORTS

MEDIA_PORT = 6000
TONE_S = 60  # a baresip hangs up when it has nothing more to say


class Sipp:
    """One call of a scenario in tests/lab/sipp, from the trunk's address."""

    def __init__(self, lab, scenario, remote="10.0.0.5:5060", service="nobody", over="u1", host=TRUNK):
        """over: SIPp's -t."""
        self.lab, self.log, self.over, self.host = lab, lab.path(f"sipp-{scenario}.log"), over, host
        self.process = lab.net.spawn(
            "lan", "sipp", "-t", over, "-sf", os.path.join(HERE, "sipp", scenario + ".xml"), "-i", host, "-p", 5060,
            "-mi", host, "-mp", MEDIA_PORT, "-rtp_echo", "-m", 1, "-s", service, "-nostdin", "-timeout", 20,
            "-timeout_error", "-trace_err", "-error_file", self.log, remote, cwd=lab.dir, stdin=subprocess.DEVNULL,
            stdout=open(lab.path(f"sipp-{scenario}.out"), "w"), stderr=subprocess.STDOUT)
        wait_for(self._listens, "sipp")

    def _listens(self):
        if self.over[0] == "t" and "calls" in self.log:
            return True  # it connects
        done = subprocess.run(["ip", "netns", "exec", self.lab.net.ns("lan"), "ss", f"-H{self.over[0]}ln",
                               f"src {self.host}:5060"], capture_output=True, text=True)
        return done.stdout.strip() or self.process.poll() is not None

    def finish(self, seconds=25):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed("sipp did not finish") from None
        if code:
            tail = open(self.log, errors="replace").read()[-400:] if os.path.exists(self.log) else ""
            raise Failed(f"sipp ended with {code}: {tail}")


BARESIP_CONFIG = """\
poll_method epoll
sip_listen {host}:{port}
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
ctrl_tcp_listen 127.0.0.1:{control_port}
sip_cafile {ca}
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


def tone_write(path, hertz, seconds=TONE_S, rate=8000):
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes(array.array("h", (int(8000 * math.sin(2 * math.pi * hertz * i / rate))
                                        for i in range(rate * seconds))).tobytes())


def pitch(path, last_s=None, rate=8000, quiet=2000, chunk=80):
    """(hertz, seconds) of the tone in a recording, or in the end of it, without the pauses. The header is skipped:
    baresip may not have finished it."""
    data = open(path, "rb").read()[44:]
    samples = array.array("h", data[:len(data) // 2 * 2])
    chunks = (samples[i:i + chunk] for i in range(0, len(samples), chunk))
    tone = [s for c in chunks if max(map(abs, c)) > quiet for s in c]
    tone = tone[-int(last_s * rate):] if last_s else tone
    seconds = len(tone) / rate
    rises = sum(1 for a, b in zip(tone, tone[1:]) if a < 0 <= b)
    return (round(rises / seconds), seconds) if tone else (0, 0)


class Baresip:
    """A headless baresip that plays a tone, records what it hears and answers by itself."""

    def __init__(self, lab, namespace, host, sbc, user, hertz, transport="udp", port=5060, answers=True,
                 more="", account="", modules=(), registers=True):
        """port: its own; 4444 - 5060 + port is where it takes commands. more: lines of its configuration; account:
        parameters of its account; a trunk does not register."""
        self.lab, self.user, self.namespace, self.control_port = lab, user, namespace, port - 616
        self.dir = lab.folder("baresip-" + user)
        device = {"lan": "sbc", "phone_a": "nat_a", "phone_b": "nat_b", "wild": "inet"}[namespace]
        with open(os.path.join(self.dir, "config"), "w") as f:
            f.write(BARESIP_CONFIG.format(host=host, port=port, control_port=self.control_port, dir=self.dir,
                                          device=device, ca=lab.authority.ca) + more
                    + "".join(f"module {name}.so\n" for name in modules))
        with open(os.path.join(self.dir, "accounts"), "w") as f:
            f.write(f'<sip:{user}@{DOMAIN}>;auth_user={user};auth_pass={USERS.get(user)};regint={60 * registers};'
                    f'answermode={"auto" if answers else "manual"};'
                    f'outbound="sip:{sbc}:{PORTS[transport]};transport={transport}";audio_codecs=PCMU{account}\n')
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
            sock.connect(("127.0.0.1", self.control_port))
        except OSError:
            sock.close()
            return False
        self.control = sock
        return True

    def registered(self):
        """From its log: it may have registered before we were there to hear the event."""
        wait_for(lambda: "} 200 OK" in open(self.log).read(), f"registration of {self.user}")

    def do(self, command, params=""):
        """A netstring of JSON."""
        text = json.dumps({"command": command, "params": params, "token": command}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))

    def expect(self, kind, seconds=20.0):
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

    def heard(self, last_s=None):
        """(hertz, seconds) of what it decoded in its last call."""
        files = sorted(glob.glob(os.path.join(self.dir, "dump-*-dec.wav")))
        if not files:
            raise Failed(f"baresip of {self.user} recorded nothing")
        return pitch(files[-1], last_s)

    def quit(self):
        self.do("quit")
        try:
            self.process.wait(6)
        except subprocess.TimeoutExpired:
            pass
        self.lab.net.stop(self.process)
        self.control.close()


LINPHONE_CONFIG = """\
[sip]
sip_port=-1
sip_tcp_port=-1
sip_tls_port=-1
root_ca={ca}
verify_server_certs=1
verify_server_cn=1
default_proxy=0
register_only_when_network_is_up=0
{more}[proxy_0]
reg_proxy=<sip:{sbc}:{port};transport={transport}>
reg_route=<sip:{sbc}:{port};transport={transport}>
reg_identity=sip:{user}@{domain}
reg_expires=60
reg_sendregister=1
publish=0
[auth_info_0]
username={user}
passwd={password}
[rtp]
audio_rtp_port={audio_port}
[net]
nat_policy_ref=none
"""


class Linphone:
    """A headless linphonec that plays a tone, records what it hears and answers by itself."""

    def __init__(self, lab, namespace, sbc, user, hertz, transport="udp", audio_port=7078, **more):
        """more: further settings of the section [sip], see belle-sip and liblinphone."""
        self.lab, self.user = lab, user
        self.dir = lab.folder("linphone-" + user)
        os.makedirs(os.path.join(self.dir, ".local/share/linphone"))
        with open(os.path.join(self.dir, "rc"), "w") as f:
            f.write(LINPHONE_CONFIG.format(ca=lab.authority.ca, sbc=sbc, port=PORTS[transport], transport=transport,
                                           user=user, domain=DOMAIN, password=USERS[user], audio_port=audio_port,
                                           more="".join(f"{name}={value}\n" for name, value in more.items())))
        tone_write(os.path.join(self.dir, "tone.wav"), hertz)
        self.log, self.said = (os.path.join(self.dir, name) for name in ("log", "said"))
        self.process = lab.net.spawn(
            namespace, "linphonec", "-c", os.path.join(self.dir, "rc"), "-a", "-d", 5, "-l", self.log,
            stdin=subprocess.PIPE, stdout=open(self.said, "w"), stderr=subprocess.STDOUT,
            cwd=self.dir, env={**os.environ, "HOME": self.dir, "TMPDIR": self.dir}, text=True)
        self.do("soundcard use files", f"play {self.dir}/tone.wav", f"record {self.dir}/heard.wav")

    def do(self, *lines):
        self.process.stdin.write("".join(line + "\n" for line in lines))
        self.process.stdin.flush()

    def prompted(self, question):
        """It asks its user something. All of it waits until he types."""
        wait_for(lambda: question in open(self.said).read(), f"linphonec of {self.user} that asks")
        self.do("something")

    def registered(self):
        def there():
            if self.process.poll() is not None:
                raise Failed(f"linphonec ended with {self.process.returncode}")
            if not os.path.exists(self.log):
                return False
            with open(self.log, errors="replace") as f:
                return "to [LinphoneRegistrationOk]" in f.read()
        wait_for(there, f"registration of {self.user}")

    def heard(self, last_s=None):
        return pitch(os.path.join(self.dir, "heard.wav"), last_s)

    def quit(self):
        try:
            self.do("quit")
            self.process.wait(6)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.lab.net.stop(self.process)


def write_from(template, path, **words):
    """A file of ours with these words put in."""
    with open(os.path.join(HERE, template)) as f:
        text = f.read()
    for word, value in words.items():
        text = text.replace(word, str(value))
    with open(path, "w") as f:
        f.write(text)


def kamailio_start(lab, namespace, template, folder, listen, *more, **words):
    """A process; what it says is in the file log of the folder."""
    path = os.path.join(folder, "kamailio.cfg")
    write_from(template, path, **words)
    return lab.net.spawn(
        namespace, "kamailio", "-f", path, "-DD", "-E", "-m", 16, "-M", 4, "-w", folder, "-Y", folder, "-P",
        os.path.join(folder, "pid"), *(word for at in listen for word in ("-l", at)), *more, stdin=subprocess.DEVNULL,
        stdout=open(os.path.join(folder, "log"), "w"), stderr=subprocess.STDOUT)


class Kamailio:
    """The SIP server of the LAN, at an address of its own."""

    def __init__(self, lab, host, transport, certificate=None, secret=None, template="kamailio.cfg"):
        """transport: how it speaks to the SBC; it listens to UDP and TCP, and where it has a certificate to TLS.
        secret: the password that it asks the SBC for; None: it does not."""
        self.lab, self.host, self.dir = lab, host, lab.folder("kamailio")
        more = ["-A", "WITH_SECRET"] if secret else []
        if certificate:
            write_from("kamailio-tls.cfg", os.path.join(self.dir, "tls.cfg"), CERTIFICATE=certificate,
                       AUTHORITY=lab.authority.ca)
            more += ["-A", "WITH_TLS", "-l", f"tls:{host}:5061"]
        self.process = kamailio_start(
            lab, "lan", template, self.dir, [f"udp:{host}:5060", f"tcp:{host}:5060"], *more,
            SBC_ADDRESS=REALMS["lan"], SBC_PORT=PORTS[transport], SBC_NAME=DOMAIN, OUR_ADDRESS=host,
            TO_SBC=transport, FOLDER=self.dir, THE_PASSWORD=secret)
        wait_for(self._answers, "kamailio")

    def _answers(self):
        if self.process.poll() is not None:
            raise Failed(f"kamailio ended with {self.process.returncode}: "
                         + open(os.path.join(self.dir, "log")).read()[-300:])
        sock = self.lab.net.socket("lan", socket.SOCK_STREAM)
        try:
            sock.connect((self.host, 5060))
            return True
        except OSError:
            return False
        finally:
            sock.close()

    def stop(self):
        self.lab.net.stop(self.process)
