# SPDX-License-Identifier: BSD-3-Clause
"""media.py: one audio stream of numbered RTP packets, which tells afterwards exactly what arrived and from where."""

import os
import re
import socket
import struct
import time

FRAME_S = 0.02
RTCP_EVERY = 12  # frames: the relay learns a place from two reports, and a call here takes a second
KEYS = "0123456789*#ABCD"
SR, SDES, CNAME = 200, 202, 1  # RFC 3550 12
PAYLOAD = re.compile(rb"^([\w.-]+):(\d{8})")


def cnames_of(packet):
    """Of a compound RTCP packet whose SDES has one source, with the CNAME first, like ours."""
    at = 0
    while at + 10 <= len(packet):
        if packet[at + 1] == SDES and packet[at + 8] == CNAME:
            yield packet[at + 10:at + 10 + packet[at + 9]].decode("latin-1")
        at += 4 + 4 * struct.unpack_from("!H", packet, at + 2)[0]


class Media:
    """Each payload says who sent it and its running number: a packet that is lost, doubled, forged or misdirected
    shows. Not threaded: its owner's loop calls tick() and read_*()."""

    def __init__(self, name, host, port):
        self.name = name
        self.host = host
        self.port = port
        self.rtp, self.rtcp = self._bind(host, port), self._bind(host, port + 1)
        self.ssrc = int.from_bytes(os.urandom(4), "big")
        self.cname = f"{name}@{host}".encode()
        self.seq = int.from_bytes(os.urandom(2), "big") & 0x7FFF
        self.remote = self.remote_rtcp = None
        self.keys = self.remote_keys = 101
        self.sending = self.fax = False
        self.sealer = self.opener = None  # srtp.Keys, of who speaks SRTP
        self.secure = False  # nothing comes or goes in the clear, whether keys are known or not
        self.number = self.next_at = 0
        self.frames = 0
        self.forget()

    @staticmethod
    def _bind(host, port):
        sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((host, port))
        sock.setblocking(False)
        return sock

    def forget(self):
        """Starts the count afresh (the stream itself goes on)."""
        self.sent = self.rtcp_sent = self.rtcp_received = self.rtp_keepalives = self.junk = self.unopened = 0
        self.heard = {}
        self.cnames = set()
        self.pressed, self.last_key = "", None

    def aim(self, description):
        self.remote = (description["host"], description["port"])
        self.remote_rtcp = (description["host"], description["rtcp_port"])
        self.remote_keys = description["keys"]
        self.fax = description["fax"]

    def play(self, on):
        if on and not self.sending:
            self.next_at = time.monotonic()
        self.sending = on

    def tick(self, now):
        """Sends what is due; tells when to call again, None where there is nothing to send."""
        if not self.sending or not self.remote:
            return None
        while self.next_at <= now:
            self._send_frame()
            self.next_at += FRAME_S
        return self.next_at

    def _send_fax(self):
        """UDPTL (T.38 9.1): a number, one packet, no repetition of earlier ones."""
        text = b"%s.fax:%08d" % (self.name.encode(), self.number)
        self._send(self.rtp, struct.pack("!HB", self.number & 0xFFFF, len(text)) + text + b"\x00\x00", self.remote)
        self.number += 1
        self.sent += 1

    def _send_frame(self):
        if self.fax:
            self._send_fax()
            return
        text = b"%s:%08d" % (self.name.encode(), self.number)
        header = struct.pack("!BBHII", 0x80, 0, self.seq & 0xFFFF, self.number * 160 & 0xFFFFFFFF, self.ssrc)
        self._send(self.rtp, header + text.ljust(160, b"\xff"), self.remote)
        self.number += 1
        self.seq += 1
        self.sent += 1
        self.frames += 1
        if self.frames % RTCP_EVERY == 1:
            self._send(self.rtcp, self._report(), self.remote_rtcp)
            self.rtcp_sent += 1

    def press(self, key, stubborn):
        """A key as RFC 4733 has it, under the far side's number; stubborn: under our own, as some phones do."""
        number = self.keys if stubborn else self.remote_keys
        for i in range(6):
            header = struct.pack("!BBHII", 0x80, number | (0x80 if i == 0 else 0), self.seq & 0xFFFF,
                                 self.number * 160 & 0xFFFFFFFF, self.ssrc)
            event = struct.pack("!BBH", KEYS.index(key), 0x8A if i >= 3 else 0x0A, 160 * (i + 1))
            self._send(self.rtp, header + event, self.remote)
            self.seq += 1

    def _hear_key(self, data):
        """Our own number, and one of the packets that end a key: each key once."""
        if len(data) != 16 or data[1] & 0x7F != self.keys or data[12] >= len(KEYS):
            return False
        if data[13] & 0x80 and data[4:8] != self.last_key:
            self.last_key = data[4:8]
            self.pressed += KEYS[data[12]]
        return True

    def _report(self):
        """Sender report and SDES, with a CNAME as old phones have it: user and private address."""
        report = struct.pack("!BBHIIIIII", 0x80, SR, 6, self.ssrc, 0, 0, self.number * 160, self.number,
                             self.number * 160)
        item = bytes([CNAME, len(self.cname)]) + self.cname + b"\x00"
        chunk = struct.pack("!I", self.ssrc) + item + b"\x00" * (-len(item) % 4)
        return report + struct.pack("!BBH", 0x81, SDES, len(chunk) // 4) + chunk

    def _send(self, sock, data, to):
        if self.secure and not self.sealer:
            return
        if self.sealer:
            data = self.sealer.seal(data) if sock is self.rtp else self.sealer.seal_rtcp(data)
        try:
            sock.sendto(data, to)
        except OSError:
            pass  # no route there, or an ICMP error of an earlier packet: what a real phone shrugs off as well

    def read_rtp(self):
        for data, source in self._read(self.rtp):
            if len(data) == 12 and data[0] == 0x80:
                self.rtp_keepalives += 1  # RTP without payload: the SBC had nothing to send for long (RFC 6263 4.6)
                continue
            if self._hear_key(data):
                continue
            is_rtp = len(data) >= 12 and data[0] >> 6 == 2
            found = PAYLOAD.match(data[12:] if is_rtp else data[3:])
            if not found:
                self.junk += 1
                continue
            who, number = found.group(1).decode(), int(found.group(2))
            heard = self.heard.setdefault(who, {"received": 0, "numbers": set(), "from": set(), "ssrc": set()})
            heard["received"] += 1
            heard["numbers"].add(number)
            heard["from"].add("%s:%d" % source[:2])
            heard["ssrc"].add(struct.unpack("!I", data[8:12])[0] if is_rtp else 0)

    def read_rtcp(self):
        for data, _ in self._read(self.rtcp):
            if len(data) >= 8 and data[1] == SR:
                self.rtcp_received += 1
                self.cnames.update(cnames_of(data))

    def _read(self, sock):
        """Nothing of a socket that was closed since it was found to be readable."""
        while sock.fileno() >= 0:
            try:
                data, source = sock.recvfrom(2048)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error of what we sent
            data = self._opened(sock, data)
            if data is not None:
                yield data, source

    def _opened(self, sock, data):
        """What was sealed, in the clear; None, and counted, where it cannot be opened."""
        if not self.secure:
            return data
        opened = self.opener and (self.opener.open(data) if sock is self.rtp else self.opener.open_rtcp(data))
        if not opened:
            self.unopened += 1
        return opened or None

    def heard_frames(self):
        """Of all together, each once."""
        return sum(len(h["numbers"]) for h in list(self.heard.values()))  # who listens goes on meanwhile

    def report(self):
        """As JSON-able values: sent, and per sender what was heard."""
        heard = {}
        for who, h in self.heard.items():
            first, last = min(h["numbers"]), max(h["numbers"])
            heard[who] = {"received": h["received"], "distinct": len(h["numbers"]), "first": first, "last": last,
                          "lost": last - first + 1 - len(h["numbers"]), "from": sorted(h["from"]),
                          "ssrcs": len(h["ssrc"])}
        return {"sent": self.sent, "rtcp_sent": self.rtcp_sent, "rtcp_received": self.rtcp_received,
                "cnames": sorted(self.cnames), "rtp_keepalives": self.rtp_keepalives, "junk": self.junk,
                "keys": self.pressed, "unopened": self.unopened, "heard": heard, "port": self.port,
                "remote": list(self.remote or ())}

    def close(self):
        self.rtp.close()
        self.rtcp.close()
