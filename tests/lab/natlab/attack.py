# SPDX-License-Identifier: BSD-3-Clause
"""attack.py: somebody on the internet who wants to hear a call, to be heard in it, or to end it; and what he got."""

import collections
import json
import os
import socket
import struct
import subprocess
import time

from .capture import FLOOD_PORT
from .ua import Failed

SBC = "198.51.100.5"
PORTS = (20000, 20199)
MALLORY = "203.0.113.200"
MALLORY_PORT = 7000
NAME = "mallory"
STRANGER = "192.0.2.77"  # whom nobody knows: the source of floods

Stream = collections.namedtuple("Stream", "source port target ssrc seq payload_type")


class Attacker:
    """His frames are put on the last wire to the SBC: any source he likes, at the speed of this machine. What the SBC
    sends to him is heard in his namespace, and what it sends to anybody else is in the capture."""

    def __init__(self, lab):
        self.lab = lab
        self.mac = json.loads(lab.inside("sbc", "ip", "-j", "link", "show", "dev", "inet"))[0]["address"]
        self.sources = set()
        self.since = time.time()
        self.ear = lab.net.spawn("wild", os.path.join(lab.tools, "media_endpoint"), "--name", NAME, "--local",
                                 f"{MALLORY}:{MALLORY_PORT}", "--count", 0, "--linger", 600000,
                                 stdout=subprocess.PIPE, text=True)

    def begin(self, source, target, **more):
        """source, target: (address, port). more: options of media_attack. Returns the process, for end()."""
        self.sources.add(source)
        words = [word for name, value in more.items()
                 for word in ((f"--{name}",) if value is True else (f"--{name}", value))]
        return self.lab.net.spawn("inet", os.path.join(self.lab.tools, "media_attack"), "--device", "sbc", "--mac",
                                  self.mac, "--source", "%s:%d" % source, "--target", "%s:%d" % target, "--name", NAME,
                                  *words, stdout=subprocess.PIPE, text=True)

    def end(self, process, seconds=30):
        """(packets sent, seconds that it took)."""
        out = process.communicate(timeout=seconds)[0]
        self.lab.net.stop(process)
        if process.returncode:
            raise Failed(f"media_attack ended with {process.returncode}")
        got = json.loads(out)
        return got["sent"], got["seconds"]

    def run(self, source, target, **more):
        return self.end(self.begin(source, target, **more))

    def spray(self, seconds):
        """All media ports, with everything that may come to one."""
        return self.begin((MALLORY, MALLORY_PORT), (SBC, PORTS[0]), last=PORTS[1], seconds=seconds, interval=20000,
                          mixed=True)

    def flood(self, target, seconds):
        """As fast as it goes. Left out of the capture, which could not keep up."""
        return self.begin((STRANGER, FLOOD_PORT), target, seconds=seconds)

    def forge(self, source, stream, count=200):
        """Goes on with somebody else's stream from another place; (packets sent, seconds)."""
        return self.run(source, (SBC, stream.target), ssrc=stream.ssrc, seq=stream.seq + 3, count=count, interval=5000,
                        **{"payload-type": stream.payload_type})

    def replay(self, packets):
        """The same once more, with their own source."""
        with self.lab.net.inside("inet"):
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        with sock:
            for p in packets:
                udp = struct.pack("!HHHH", p.sport, p.dport, 8 + len(p.payload), 0) + p.payload
                header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0)
                sock.sendto(header + socket.inet_aton(p.src) + socket.inet_aton(p.dst) + udp, (p.dst, 0))
                time.sleep(0.002)

    def stream_of(self, name):
        """What he needs to know of a speaker on the internet, as if he had seen a packet."""
        for p in reversed(self.lab.capture.since(self.since)):
            if p.leg == "internet" and p.dst == SBC and p.payload[12:].startswith(name.encode() + b":"):
                head = p.payload
                return Stream(p.src, p.sport, p.dport, int.from_bytes(head[8:12], "big"),
                              int.from_bytes(head[2:4], "big"), head[1] & 0x7F)
        raise Failed(f"no audio of {name} on the internet side")

    def leaked(self):
        """(packets, bytes) of media that left the SBC for him or for a source that he made up."""
        ear, self.ear = self.ear, None
        if ear:
            ear.terminate()
            self.heard = json.loads(ear.communicate(timeout=15)[0])
            self.lab.net.stop(ear)
        to_him = [p for p in self.lab.capture.since(self.since)
                  if p.src == SBC and PORTS[0] <= p.sport <= PORTS[1] and
                  ((p.dst, p.dport) in self.sources or p.dst in (MALLORY, STRANGER))]
        packets = max(len(to_him), self.heard["received"] + self.heard["junk"] + self.heard["rtcp_received"])
        return packets, sum(len(p.payload) for p in to_him)
