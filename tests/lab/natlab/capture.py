# SPDX-License-Identifier: BSD-3-Clause
"""capture.py: what crossed the wires of the SBC: tcpdump writes, this reads (classic pcap, Ethernet, IP, UDP, TCP)."""

import collections
import ipaddress
import os
import re
import socket
import struct
import subprocess
import time

from . import spoil

Packet = collections.namedtuple("Packet", "t leg src sport dst dport payload over tos", defaults=["udp", 0])
FLOOD_PORT = 9  # of senders that are too fast to be captured
SIP_PORTS = (5060, 5061, 8080, 8443)
FIN, SYN, RST, MASK = 1, 2, 4, 0xFFFFFFFF
LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*(\d+)", re.I)

# The far end of each wire: AF_XDP takes and gives packets below the place where the SBC's own end could be tapped.
LEGS = {"internet": ("inet", "sbc"), "lan": ("lan", "sbc")}


class PcapReader:
    """Reads on from where it stopped: the file grows while we look."""

    def __init__(self, path, leg):
        self.path, self.leg, self.offset, self.order = path, leg, 24, None
        self.streams = {}

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
            if packet and packet.over == "tcp":
                yield from self.of_stream(packet)
            elif packet:
                yield packet
            at += 16 + length
        self.offset += at


    def of_stream(self, segment):
        """Of TCP, one packet for each SIP message, as if it had come in a datagram."""
        key, (flags, seq, data) = segment[2:6], segment.payload
        if flags & (SYN | RST):
            self.streams[key] = (seq + 1 & MASK, b"")
            return
        expected, partial = self.streams.get(key, (seq, b""))
        again = expected - seq & MASK
        if again < 1 << 31:
            data = data[again:]  # sent twice
        if not data and not flags & FIN:
            return
        messages, rest = split(partial + data)
        if flags & FIN and rest:
            messages.append(rest)
        self.streams[key] = (seq + len(segment.payload[2]) & MASK, rest)
        for message in messages:
            yield segment._replace(payload=message)


def split(data):
    """(messages, rest) of a stream. What is no SIP is a message, too: nothing of it is overlooked."""
    out = []
    while True:
        data = data.lstrip(b"\r\n")
        if data and not data[:1].isalpha() or len(data) > 65536:
            return out + [data], b""
        head = data.find(b"\r\n\r\n") + 4
        length = LENGTH.search(data[:head]) if head > 3 else None
        end = head + int(length.group(1) if length else 0)
        if head < 4 or end > len(data):
            return out, data
        out.append(data[:end])
        data = data[end:]


def parse_frame(frame, t, leg):
    """A UDP packet, or a TCP segment with (flags, sequence number, bytes); None for all else, and later fragments."""
    if len(frame) >= 42 and frame[12:14] == b"\x08\x00":
        protocol, src, dst, at = frame[23], frame[26:30], frame[30:34], 14 + (frame[14] & 15) * 4
        tos = frame[15]
        end = 14 + struct.unpack_from("!H", frame, 16)[0]
        if struct.unpack_from("!H", frame, 20)[0] & 0x1FFF:
            return None
    elif len(frame) >= 62 and frame[12:14] == b"\x86\xdd":
        protocol, src, dst, at = frame[20], frame[22:38], frame[38:54], 54
        tos = struct.unpack_from("!H", frame, 14)[0] >> 4 & 0xFF
        end = 54 + struct.unpack_from("!H", frame, 18)[0]
    else:
        return None
    ends = str(ipaddress.ip_address(src)), str(ipaddress.ip_address(dst))
    sport, dport = struct.unpack_from("!HH", frame, at)
    if protocol == socket.IPPROTO_UDP:
        length = struct.unpack_from("!H", frame, at + 4)[0]
        return Packet(t, leg, ends[0], sport, ends[1], dport, frame[at + 8:at + length], "udp", tos)
    if protocol == socket.IPPROTO_TCP:
        start = at + (frame[at + 12] >> 4) * 4
        payload = (frame[at + 13], struct.unpack_from("!I", frame, at + 4)[0], frame[start:end])
        return Packet(t, leg, ends[0], sport, ends[1], dport, payload, "tcp", tos)
    return None


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
                "-w", path, f"(udp or tcp) and not udp src port {FLOOD_PORT} and not (tcp and port {FLOOD_PORT})", stdout=subprocess.DEVNULL, stderr=open(self.lab.path(f"{leg}.tcpdump"), "w")))
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


def wait_for(ready, what, seconds=30.0):
    if spoil.in_vain():
        raise RuntimeError(f"{what} is spoiled")
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} is not ready after {seconds:g} s")
        time.sleep(0.01)
