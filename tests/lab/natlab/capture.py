# SPDX-License-Identifier: BSD-3-Clause
"""capture.py: what crossed the wires of the SBC: tcpdump writes, this reads (classic pcap, Ethernet, IP, UDP)."""

import collections
import ipaddress
import os
import socket
import struct
import subprocess
import time

Packet = collections.namedtuple("Packet", "t leg src sport dst dport payload")

# The far end of each wire: AF_XDP takes and gives packets below the place where the SBC's own end could be tapped.
LEGS = {"internet": ("inet", "sbc"), "lan": ("lan", "sbc")}


class PcapReader:
    """Reads on from where it stopped: the file grows while we look."""

    def __init__(self, path, leg):
        self.path, self.leg, self.offset, self.order = path, leg, 24, None

    def read(self):
        with open(self.path, "rb") as f:
            if not self.order:
                magic = f.read(4)
                if len(magic) < 4:
                    return
                if magic not in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4"):
                    raise ValueError(f"{self.path}: not a pcap file")
                self.order = "<" if magic[0] == 0xD4 else ">"
            f.seek(self.offset)
            data = f.read()
        at = 0
        while len(data) - at >= 16:
            seconds, micros, length, _ = struct.unpack_from(self.order + "IIII", data, at)
            if len(data) - at - 16 < length:
                break
            packet = parse_frame(data[at + 16:at + 16 + length], seconds + micros / 1e6, self.leg)
            if packet:
                yield packet
            at += 16 + length
        self.offset += at


def parse_frame(frame, t, leg):
    """A UDP packet; None for everything else, and for later fragments."""
    if len(frame) >= 42 and frame[12:14] == b"\x08\x00":
        protocol, src, dst, at = frame[23], frame[26:30], frame[30:34], 14 + (frame[14] & 15) * 4
        if struct.unpack_from("!H", frame, 20)[0] & 0x1FFF:
            return None
    elif len(frame) >= 62 and frame[12:14] == b"\x86\xdd":
        protocol, src, dst, at = frame[20], frame[22:38], frame[38:54], 54
    else:
        return None
    if protocol != socket.IPPROTO_UDP:
        return None
    sport, dport, length, _ = struct.unpack_from("!HHHH", frame, at)
    return Packet(t, leg, str(ipaddress.ip_address(src)), sport, str(ipaddress.ip_address(dst)), dport,
                  frame[at + 8:at + length])


class Capture:
    """Both legs, from start() on."""

    def __init__(self, lab):
        self.lab = lab
        self.processes = []
        self.readers = []
        self.packets = []

    def start(self):
        for leg, (namespace, device) in LEGS.items():
            path = self.lab.path(f"{leg}.pcap")
            self.processes.append(self.lab.net.spawn(
                namespace, "tcpdump", "-n", "-U", "--immediate-mode", "-B", 8192, "-Z", "root", "-s", 0, "-i", device,
                "-w", path, "udp", stdout=subprocess.DEVNULL, stderr=open(self.lab.path(f"{leg}.tcpdump"), "w")))
            self.readers.append(PcapReader(path, leg))
        for reader in self.readers:
            wait_for(lambda r=reader: os.path.exists(r.path) and os.path.getsize(r.path) >= 24, "tcpdump")

    def since(self, t):
        """The packets captured at or after t, in order of time."""
        time.sleep(0.05)  # what is on the wire now is in the file then
        if any(process.poll() is not None for process in self.processes):
            raise RuntimeError("tcpdump ended")
        for reader in self.readers:
            self.packets.extend(reader.read())
        self.packets.sort(key=lambda p: p.t)
        return [p for p in self.packets if p.t >= t]


def wait_for(ready, what, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} is not ready after {seconds:g} s")
        time.sleep(0.01)
