# SPDX-License-Identifier: BSD-3-Clause
"""fwclient.py: asks sbc-firewall for pinholes and bans, in the bytes that alg/firewall/wire.c has."""

import contextlib
import ipaddress
import itertools
import socket
import struct

HELLO, OPEN, NARROW, CLOSE, BAN, UNBAN, LIST, MAP, UNMAP, PUBLIC = range(10)
DONE, NO_SUCH, FULL, REFUSED, FAILED = range(5)
RESULTS = "done", "no such", "full", "refused", "failed"
IN, FORWARD = range(2)
BATCH, REQUEST, ANSWER, HEAD = 256, 136, 152, 4
ADDR, OWNER = 19, 64


def address(host=None, port=0):
    if host is None:
        return bytes(ADDR)
    ip = ipaddress.ip_address(host)
    return struct.pack(">BH16s", ip.version, port, ip.packed)


def address_of(data):
    version, port, ip = struct.unpack(">BH16s", data)
    if not version:
        return None
    return str(ipaddress.ip_address(ip[:4] if version == 4 else ip)), port


def hole(id, ours=None, peer=None, direction=IN, protocol=17, idle=30, lifetime=0, owner=""):
    """ours and peer: (host, port)."""
    return struct.pack(">QBBII", id, direction, protocol, idle, lifetime) + address(*(ours or ())) + \
        address(*(peer or ())) + struct.pack(f"B{OWNER}s", len(owner), owner.encode())


def network(text, seconds=0):
    net = ipaddress.ip_network(text)
    return address(str(net.network_address)) + struct.pack(">BI", net.prefixlen, seconds)


def name(text):
    return struct.pack(f"B{OWNER}s", len(text), text.encode())


class Firewall:
    """Use with 'with'. Each method waits for the answer, and returns its result; many() that of each."""

    def __init__(self, path, who="lab"):
        self.seq = itertools.count(1)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(10)
        self.socket.connect(path)
        if who:
            self.greeting = self.ask(HELLO, name(who))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def many(self, requests):
        """[(verb, body)] -> [result]: in one transaction, where they fit."""
        numbered = [(next(self.seq), verb, body) for verb, body in requests]
        got = {}
        for first in range(0, len(numbered), BATCH):
            part = numbered[first:first + BATCH]
            self.socket.send(b"fw\x01q" + b"".join(
                struct.pack(">BI", verb, seq) + body.ljust(REQUEST - 5, b"\0") for seq, verb, body in part))
            while not all(seq in got for seq, _, _ in part):
                got.update((a["seq"], a["result"]) for a in self._answers())
        return [got[seq] for seq, _, _ in numbered]

    def ask(self, verb, body):
        return self.many([(verb, body)])[0]

    def open(self, id, ours, peer=None, **more):
        return self.ask(OPEN, hole(id, ours, peer, **more))

    def narrow(self, id, peer):
        return self.ask(NARROW, hole(id, None, peer))

    def shut(self, id):
        return self.ask(CLOSE, hole(id))

    def ban(self, net, seconds):
        return self.ask(BAN, network(net, seconds))

    def unban(self, net):
        return self.ask(UNBAN, network(net))

    def map(self, verb, ours, protocol=17, seconds=60):
        """MAP, UNMAP or PUBLIC: (result, the outside address or None)."""
        seq = next(self.seq)
        body = struct.pack("B", protocol) + address(*ours) + address() + struct.pack(">I", seconds)
        self.socket.send(b"fw\x01q" + struct.pack(">BI", verb, seq) + body.ljust(REQUEST - 5, b"\0"))
        while True:
            for a in self._answers():
                if a["seq"] == seq:
                    return a["result"], a["outside"]

    def list(self, owner=""):
        """[dict], one for each hole."""
        seq, found = next(self.seq), []
        self.socket.send(b"fw\x01q" + struct.pack(">BI", LIST, seq) +
                         hole(0, owner=owner).ljust(REQUEST - 5, b"\0"))
        while True:
            for a in self._answers():
                if a["result"] == DONE:
                    found.append(a)
                if a["last"]:
                    return found

    def _answers(self):
        packet = self.socket.recv(1 << 17)
        if packet[:4] != b"fw\x01a":
            raise OSError(f"sbc-firewall answered {packet[:8]!r}")
        return [self._answer(packet[at:at + ANSWER]) for at in range(HEAD, len(packet), ANSWER)]

    @staticmethod
    def _answer(record):
        verb, seq, result, last = struct.unpack_from(">BIBB", record)
        id, direction, protocol, idle, lifetime = struct.unpack_from(">QBBII", record, 7)
        at = 25 + 2 * ADDR
        packets, size, expires = struct.unpack_from(">QQI", record, at + 1 + OWNER)
        return {"verb": verb, "seq": seq, "result": result, "last": bool(last), "id": id, "direction": direction,
                "protocol": protocol, "idle": idle, "lifetime": lifetime, "ours": address_of(record[25:25 + ADDR]),
                "peer": address_of(record[25 + ADDR:at]), "owner": record[at + 1:at + 1 + record[at]].decode(),
                "packets": packets, "bytes": size, "expires": expires,
                "outside": address_of(record[8 + ADDR:8 + 2 * ADDR]) if verb in (MAP, UNMAP, PUBLIC) else None}
