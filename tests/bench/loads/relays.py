# SPDX-License-Identifier: BSD-3-Clause
"""relays.py: media relays alone, in the namespace of the SBC between the wires of inet and lan: ours, rtpengine in
user space, and the kernel, which forwards what it gets and is the floor. And the load that goes through them."""

import glob
import json
import os
import re
import subprocess

from natlab.capture import wait_for
from natlab.net import sh
from natlab.programs import OWN_RUN, bdecode, bencode

RELAY_CORE, LOAD_CORE = 0, 1
# Before neighbours on this machine: a session is niced as a whole where the kernel groups by sessions.
FIRST = ("sh", "-c", 'echo -20 2>/dev/null >/proc/self/autogroup; exec nice -n -20 "$@"', "sh")
NG = ("127.0.0.1", 2223)
# Where calls come from and go to: nobody has these addresses, so that no kernel looks at what arrives there.
NEAR, FAR = "198.51.100.9", "10.0.0.9"
NOBODY = "02:00:00:00:00:09"
WIRES = ("inet", "lan")  # in the relay's namespace
REALMS = {"internet": ("198.51.100.5", 30000, 49999), "lan": ("10.0.0.5", 10000, 29999)}
FIRST_PORT = 20000
SDP = ("v=0\r\no=- 2558422700 1 IN IP4 {0}\r\ns=call\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio {1} RTP/AVP 0 8 101\r\n"
       "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
       "a=ptime:20\r\na=sendrecv\r\n")


def wires_prepare(net):
    """Who sends there finds somebody, who drops it at once: it is not his own hardware address."""
    for device, host in (("inet", NEAR), ("lan", FAR)):
        sh("ip", "-n", net.ns("sbc"), "neigh", "replace", host, "lladdr", NOBODY, "nud", "permanent", "dev", device)
    for namespace in ("inet", "lan"):
        net.sysctl(namespace, "net.ipv4.ip_forward=0")


def port_of(call):
    return FIRST_PORT + 2 * call


class Relay:
    """name: in figures. start() and stop(); streams(): lines for media_load; cpu_us(): of all its threads so far."""

    name = ""

    def __init__(self, net, build, folder, pinned=True):
        self.net, self.build, self.folder = net, build, folder
        self.pinned = (*FIRST, "taskset", "-c", RELAY_CORE) if pinned else ()
        self.process = self.sock = None
        self.asked = 0

    def start(self):
        log = open(os.path.join(self.folder, self.name + ".log"), "a")
        self.process = self.net.spawn("sbc", *self.pinned, *OWN_RUN, *self.words(), stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log)
        self.sock = self.net.socket("sbc")
        self.sock.settimeout(2)
        self.sock.connect(NG)
        wait_for(self.up, self.name, 20)

    def stop(self):
        self.sock.close()
        code = self.net.stop(self.process, 20.0)
        self.process = None
        if code:
            raise RuntimeError(f"{self.name} ended with {code}")

    def up(self):
        try:
            return self.ask(command="ping").get("result") == "pong"
        except OSError:
            return False

    def send(self, **request):
        self.asked += 1
        self.sock.send(b"%d " % self.asked + bencode(request))

    def answer(self):
        return bdecode(self.sock.recv(65536).split(b" ", 1)[1])[0]

    def ask(self, **request):
        self.send(**request)
        return self.answer()

    @staticmethod
    def requests(call, round_=0):
        """Offer, answer, delete."""
        common = {"call-id": f"{round_}-{call}@bench.example.net", "from-tag": f"from-{call}", "ICE": "remove",
                  "flags": ["trust-address"]}
        return ({**common, "command": "offer", "sdp": SDP.format(NEAR, port_of(call)),
                 "direction": ["internet", "lan"]},
                {**common, "command": "answer", "sdp": SDP.format(FAR, port_of(call)), "to-tag": "to"},
                {**common, "command": "delete", "flags": ["fast"]})

    def port_shown(self, request):
        answer = self.ask(**request)
        if answer.get("result") != "ok":
            raise RuntimeError(f"{self.name}: {request['command']}: {answer}")
        return int(re.search(r"m=audio (\d+) ", answer["sdp"]).group(1))

    def streams(self, calls):
        """Sets them up, too. Each direction of each call."""
        for call in range(calls):
            offer, answer, _ = self.requests(call)
            to_far, to_near = self.port_shown(offer), self.port_shown(answer)
            near, far = f"{NEAR}:{port_of(call)}", f"{FAR}:{port_of(call)}"
            yield f"0 {near} {REALMS['internet'][0]}:{to_near} {far}"
            yield f"1 {far} {REALMS['lan'][0]}:{to_far} {near}"

    def at_once(self, wanted):
        """Whether its threads run whenever they can, whoever else wants to: for latencies. Not for full load: the kernel
        takes 50 ms of a second from such threads where others starve."""
        for tid in os.listdir(f"/proc/{self.process.pid}/task"):
            os.sched_setscheduler(int(tid), os.SCHED_FIFO if wanted else os.SCHED_OTHER, os.sched_param(int(wanted)))

    def cpu_us(self):
        """To the nanosecond; what the kernel does for a thread while it runs is in it."""
        return sum(thread_us(path) for path in glob.glob(f"/proc/{self.process.pid}/task/*/schedstat"))


class Ours(Relay):
    name = "natsbc"
    sessions = 20000
    more = {}

    def words(self):
        path = os.path.join(self.folder, "relay.json")
        realms = {name: {"address": address, "media": {"ports": f"{first}-{last}"}}
                  for name, (address, first, last) in REALMS.items()}
        with open(path, "w") as f:
            json.dump({"realms": realms, "relay": {"ng": ["udp:%s:%d" % NG], "port": "af_xdp", "cores": [RELAY_CORE],
                                                   "sessions": self.sessions, "delete-delay": "0", **self.more}}, f)
        return os.path.join(self.build, "bin/rtpproxy"), "-c", path


class OursByWorker(Ours):
    """The same, all packets going through the worker: over interfaces whose driver does not send for programs."""

    name = "natsbc-worker"
    more = {"in-driver": "off"}


class Rtpengine(Relay):
    name = "rtpengine"

    def words(self):
        """One port range for both interfaces is all it has. Without --config-file it reads Debian's."""
        return ("rtpengine", "--foreground", "--log-stderr", "--log-level=3", "--table=-1", "--config-file=none",
                "--listen-ng=%s:%d" % NG, "--port-min=30000", "--port-max=49999", "--delete-delay=0",
                "--num-threads=1",
                *(f"--interface={name}/{address}" for name, (address, *_) in REALMS.items()))


class Kernel(Relay):
    """Forwards frames by their addresses alone: what wires and load take themselves."""

    name = "kernel"

    def start(self):
        self.net.sysctl("sbc", "net.ipv4.ip_forward=1")

    def stop(self):
        self.net.sysctl("sbc", "net.ipv4.ip_forward=0")

    def streams(self, calls):
        for call in range(calls):
            near, far = f"{NEAR}:{port_of(call)}", f"{FAR}:{port_of(call)}"
            yield f"0 {near} {far} {far}"
            yield f"1 {far} {near} {near}"

    def at_once(self, wanted):
        pass

    def cpu_us(self):
        return 0


class Nobody(Kernel):
    """Forwards nothing: what the load takes alone."""

    name = "nobody"

    def start(self):
        pass


class OneCore:
    """With 'with': what the relay's wires receive is taken by threads of the kernel's on the relay's core. Otherwise it is
    done wherever a packet was sent, for who happens to run there, and no account shows it: neither that of a relay
    that hears by sockets, nor that of one whose program forwards."""

    def __init__(self, net):
        self.net, self.threads = net, []

    def __enter__(self):
        before = self.all_threads()
        self.turn(1)
        wait_for(lambda: len(self.all_threads() - before) >= len(WIRES), "the kernel's threads", 5)
        self.threads = sorted(self.all_threads() - before)
        for pid in self.threads:
            os.sched_setaffinity(pid, {RELAY_CORE})
            os.setpriority(os.PRIO_PROCESS, pid, -20)
        return self

    def __exit__(self, *_):
        self.turn(0)
        self.threads = []

    def turn(self, on):
        for device in WIRES:
            sh("ip", "netns", "exec", self.net.ns("sbc"), "sh", "-c",
               f"ethtool -K {device} gro on && echo {on} >/sys/class/net/{device}/threaded")

    @staticmethod
    def all_threads():
        found = set()
        for path in glob.glob("/proc/[0-9]*/comm"):
            try:
                with open(path) as f:
                    if f.read().startswith("napi/"):
                        found.add(int(path.split("/")[2]))
            except OSError:
                pass
        return found

    def cpu_us(self):
        return sum(thread_us(f"/proc/{pid}/schedstat") for pid in self.threads)


def thread_us(path):
    """What a thread has had, to the nanosecond."""
    with open(path) as f:
        return int(f.read().split()[0]) / 1000


def machine_us():
    """What all processors have done so far, whoever for."""
    with open("/proc/stat") as f:
        ticks = [int(word) for word in f.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) * 1e6 / os.sysconf("SC_CLK_TCK")


class Load:
    """media_load on a core of its own, between the two wires of the relay's namespace."""

    def __init__(self, net, build, folder):
        self.net, self.tool = net, os.path.join(build, "tests/lab/media_load")
        self.path = os.path.join(folder, "streams")

    def streams(self, lines):
        with open(self.path, "w") as f:
            f.writelines(line + "\n" for line in lines)

    def wire(self, device):
        """As media_load has it: the SBC's end tells whom frames go to; the other end is named after it."""
        mac = json.loads(sh("ip", "-n", self.net.ns("sbc"), "-j", "link", "show", "dev", device))[0]["address"]
        return f"/run/netns/{self.net.ns(device)},sbc,{mac}"

    def run(self, rate, seconds, batch):
        done = sh(*FIRST, "taskset", "-c", str(LOAD_CORE), self.tool, "--near", self.wire("inet"), "--far", self.wire("lan"),
                  "--streams", self.path, "--rate", str(rate), "--batch", str(batch), "--milliseconds",
                  str(round(seconds * 1000)), start_new_session=True)
        got = json.loads(done)
        got["pps"] = got["sent"] / got["seconds"]
        got["loss"] = 1 - got["received"] / max(got["sent"], 1)
        return got
