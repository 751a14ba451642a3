# SPDX-License-Identifier: BSD-3-Clause
"""crowd.py: both sides of many calls with media at once, by one thread: trunks on the internet and in the LAN."""

import ctypes
import heapq
import random
import re
import selectors
import socket
import threading
import time

from . import sip, spoil
from .media import Media
from .ua import Failed

CALLER, CALLED = "203.0.113.200", "10.0.0.30"  # in "wild" and "lan"
BY_INFO = "10.0.0.44"
SBC = {CALLER: "198.51.100.5", CALLED: "10.0.0.5", BY_INFO: "10.0.0.5"}
FIRST_PORT = 30000
AGAIN_S = 0.5
FRESH = 25  # packets, which nothing on the way can hold
CLONE_NEWNET = 0x40000000


class Weather:
    """What a wire does to datagrams, each with that chance: loses them, doubles them, delays them past those behind,
    changes a byte. bursts: how likely a good wire turns bad, and a bad one good again, with each datagram, and what share
    a bad one loses (Gilbert and Elliott). The same every time, of one seed."""

    LATE_S = 0.2

    def __init__(self, loss=0.0, twice=0.0, late=0.0, broken=0.0, bursts=(0.0, 1.0, 0.0), seed=1):
        self.chance = random.Random(seed)
        self.loss, self.twice, self.late, self.broken, self.bursts = loss, twice, late, broken, bursts
        self.lost, self.bad, self.turned_bad = 0, False, 0

    def _is(self, likely):
        return self.chance.random() < likely

    def fall(self, data):
        """[(seconds until it arrives, what arrives)]"""
        if self._is(self.bursts[self.bad]):
            self.bad = not self.bad
            self.turned_bad += self.bad
        if self._is(self.bursts[2] if self.bad else self.loss):
            self.lost += 1
            return []
        if data and self._is(self.broken):
            at = self.chance.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ 1 << self.chance.randrange(8)]) + data[at + 1:]
        return [(self.LATE_S if self._is(self.late) else 0.0, data) for _ in range(1 + self._is(self.twice))]


class End:
    """One side of one call."""

    def __init__(self, crowd, number, host, called):
        self.crowd, self.number, self.host, self.called = crowd, number, host, called
        self.media = Media(f"{'bob' if called else 'alice'}.{number}", host, FIRST_PORT + 10 * number)
        self.fresh()

    def fresh(self):
        """Of no call yet."""
        self.call_id, self.tag, self.cseq, self.version = sip.token(), sip.token(), 1, 1
        self.remote = self.local = self.target = ""
        self.step, self.reason = "idle", ""
        self.waiting, self.again_at = None, 0  # what is sent again until it is answered
        self.info, self.calls = "", set()      # keys that came by INFO; Call-IDs of INVITEs

    def sdp(self):
        body = sip.sdp_write(self.host, self.media.port, 7 + self.number, self.version, "sendrecv")
        if self.crowd.info and self.called:
            body = re.sub(rb"(?m)^a=(rtpmap|fmtp):101 .*\r\n", b"", body).replace(b" 0 101\r\n", b" 0\r\n")
        return body

    def send(self, message, again=False):
        self.waiting, self.again_at = (message, time.monotonic() + AGAIN_S) if again else (None, 0)
        self.crowd.send(self, message)

    def request(self, method, uri, body=b"", cseq=None, kind="application/sdp"):
        fields = [("Via", f"SIP/2.0/UDP {self.host}:5060;branch=z9hG4bK{sip.token()}"), ("Max-Forwards", "70"),
                  ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id),
                  ("CSeq", f"{cseq or self.cseq} {method}"), ("Contact", f"<sip:{self.host}:5060>")]
        if body:
            fields.append(("Content-Type", kind))
        return sip.Message(f"{method} {uri} SIP/2.0", fields, body)

    def invite(self):
        uri = f"sip:{self.crowd.prefix}{self.number:04}@{SBC[self.host]}"
        if not self.remote:
            self.local, self.remote = f"<sip:alice@{self.host}>;tag={self.tag}", f"<{uri}>"
        self.step = "calling"
        self.send(self.request("INVITE", self.target or uri, self.sdp()), again=True)

    def ask_again(self):
        """A re-INVITE with the same stream."""
        self.cseq += 1
        self.invite()

    def key_by_info(self, key):
        self.cseq += 1
        self.send(self.request("INFO", self.target, b"Signal=%s\r\nDuration=100\r\n" % key.encode(),
                               kind="application/dtmf-relay"))

    def bye(self):
        if self.step != "up":
            return
        self.cseq += 1
        self.step = "leaving"
        self.send(self.request("BYE", self.target), again=True)

    def up(self, description):
        self.step = "up"
        self.media.aim(sip.sdp_read(description))
        self.media.play(True)

    def over(self, step, reason=""):
        self.step, self.reason, self.waiting = step, reason, None
        self.media.play(False)

    def on_response(self, m):
        if m.status < 200:
            return
        if m.method == "INVITE" and m.status == 200:
            self.remote, self.target = m.get("to"), sip.uri_of(m.get("contact"))
            self.send(self.request("ACK", self.target, cseq=m.cseq))
            if self.step == "calling":
                self.up(m.body)
        elif m.method == "INVITE":
            self.waiting = None
            ack = self.request("ACK", self.target or f"sip:{SBC[self.host]}", cseq=m.cseq)
            ack.headers = [("Via", m.get("via")), *((n, m.get("to") if n == "To" else v) for n, v in ack.headers[1:])]
            self.crowd.send(self, ack)
            if self.step == "calling":
                self.over("refused", str(m.status))
        elif m.method == "BYE" and self.step == "leaving":
            self.over("over")

    def on_request(self, m):
        contact = [("Contact", f"<sip:{self.host}:5060>"), ("Content-Type", "application/sdp")]
        if m.method == "INVITE" and self.step in ("over", "ended"):
            return  # it was late
        if m.method == "INVITE":
            self.calls.add(m.get("call-id"))
            self.call_id, self.target = m.get("call-id"), sip.uri_of(m.get("contact"))
            answer = sip.response(m, 200, self.tag, contact, self.sdp())
            self.local, self.remote = answer.get("to"), m.get("from")
            self.up(m.body)
            self.send(answer, again=True)
        elif m.method == "ACK":
            self.waiting = None
        else:
            self.crowd.send(self, sip.response(m, 200, self.tag))
            if m.method == "INFO":
                self.info += (re.findall(rb"Signal=(.)", m.body) or [b"?"])[0].decode()
            if m.method == "BYE":
                self.over("ended", m.get("reason"))


class Crowd(threading.Thread):
    """with Crowd(lab, 20) as crowd: crowd.begin(), … What other threads ask for is done between two packets."""

    def __init__(self, lab, calls, pace_s=0.02, called=CALLED, prefix="+1777", info=False, sip_weather=None,
                 media_weather=None):
        """info: the called side has keys by INFO."""
        super().__init__(daemon=True)
        self.lab, self.calls, self.pace_s = lab, calls, pace_s
        self.called_host, self.prefix, self.info = called, prefix, info
        self.sip_weather, self.media_weather = sip_weather or Weather(), media_weather or Weather()
        self.asked, self.lock = 0, threading.Lock()
        self.ends, self.wanted, self.failure = [], [], None
        self.ready, self.stopping = threading.Event(), False
        self.select = selectors.DefaultSelector()

    def __enter__(self):
        self.start()
        self.ready.wait(20)
        if self.failure or not self.ready.is_set():
            raise Failed(f"no crowd: {self.failure}")
        return self

    def __exit__(self, *what):
        self.stopping = True
        self.join(5)
        for sock in [end.media for end in self.ends] + list(self.sip.values()):
            sock.close()

    def _enter(self, namespace):
        with open(f"/run/netns/{self.lab.net.ns(namespace)}") as f:
            if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def _open(self):
        self.sip = {}
        for namespace, host, called in (("wild", CALLER, False), ("lan", self.called_host, True)):
            self._enter(namespace)
            self.sip[host] = sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((host, 5060))
            sock.setblocking(False)
            self.select.register(sock, selectors.EVENT_READ, lambda host=host: self._read(host))
            for number in range(self.calls):
                end = End(self, number, host, called)
                self.ends.append(end)
                end.media._send = self._send_media
                self.select.register(end.media.rtp, selectors.EVENT_READ, end.media.read_rtp)
                self.select.register(end.media.rtcp, selectors.EVENT_READ, end.media.read_rtcp)
        self.callers, self.called = self.ends[:self.calls], self.ends[self.calls:]

    def run(self):
        try:
            self._open()
            self.ready.set()
            while not self.stopping:
                self._turn()
        except Exception as error:  # told to who waits for us
            self.failure = error
            self.ready.set()

    def _turn(self):
        now = time.monotonic()
        for what in self._due(now):
            what()
        for end in self.ends:
            end.media.tick(now)
            if end.waiting and now >= end.again_at:
                end.send(end.waiting, again=True)
        for key, _ in self.select.select(0.005):
            key.data()

    def do(self, what, after_s=0.0):
        with self.lock:
            self.asked += 1
            heapq.heappush(self.wanted, (time.monotonic() + after_s, self.asked, what))

    def _due(self, now):
        out = []
        with self.lock:
            while self.wanted and self.wanted[0][0] <= now:
                out.append(heapq.heappop(self.wanted)[2])
        return out

    @staticmethod
    def _put(sock, data, to):
        try:
            sock.sendto(data, to)
        except OSError:
            pass

    def _throw(self, weather, sock, data, to):
        for after_s, arrives in weather.fall(data):
            if after_s:
                self.do(lambda arrives=arrives: self._put(sock, arrives, to), after_s)
            else:
                self._put(sock, arrives, to)

    def _send_media(self, sock, data, to):
        """RTCP is spared: of a report that nobody can read nothing can be hidden."""
        self._throw(Weather() if 192 <= data[1] <= 223 else self.media_weather, sock, data, to)

    def send(self, end, message):
        self._throw(self.sip_weather, self.sip[end.host], message.encode(), (SBC[end.host], 5060))

    def _read(self, host):
        while True:
            try:
                data = self.sip[host].recv(65535)
            except BlockingIOError:
                return
            except OSError:
                continue
            for after_s, arrives in self.sip_weather.fall(data):
                message = sip.Message.parse(arrives)
                if message:
                    self.do(lambda m=message: self._take(host, m), after_s)

    def _take(self, host, m):
        ends = self.callers if host == CALLER else self.called
        end = next((e for e in ends if e.call_id == m.get("call-id")), None)
        if not end and m.is_request and m.method == "INVITE":
            user = sip.user_of(m.uri)
            end = self.called[int(user[-4:])] if user[-4:].isdigit() and host != CALLER else None
        if end:
            (end.on_request if m.is_request else end.on_response)(m)
        elif m.is_request and m.method != "ACK":
            self.sip[host].sendto(sip.response(m, 481, "gone").encode(), (SBC[host], 5060))

    # ----- for others -----

    def _each(self, ends, what):
        for i, end in enumerate(ends):
            self.do(getattr(end, what), i * self.pace_s)

    def wait(self, step, ends=None, seconds=20):
        """All of them have come so far."""
        if spoil.in_vain():
            raise Failed(f"'{step}' is spoiled")
        ends = ends or self.ends
        deadline = time.monotonic() + seconds
        while any(end.step != step for end in ends):
            if self.failure:
                raise Failed(f"the crowd ended: {self.failure}")
            if time.monotonic() > deadline:
                found = sorted({(end.step, end.reason) for end in ends})
                raise Failed(f"{sum(end.step == step for end in ends)} of {len(ends)} are '{step}': {found}")
            time.sleep(0.02)

    def call(self, callers):
        for end in callers:
            end.fresh()
            self.called[end.number].fresh()
        self._each(callers, "invite")

    def begin(self, callers=None):
        callers = callers or self.callers
        self.call(callers)
        self.wait("up", self.both(callers))

    def both(self, callers):
        return [*callers, *(self.called[end.number] for end in callers)]

    def ask_again(self, ends):
        for end in ends:
            end.step = "calling"
        self._each(ends, "ask_again")
        self.wait("up", ends)

    def hang_up(self, callers=None):
        """Half of the calls are ended by who called, half by who was called."""
        callers = callers or self.callers
        ends = [(end, self.called[end.number])[end.number % 2] for end in callers]
        self._each(ends, "bye")
        self.wait("over", ends)
        self.wait("ended", [end for end in self.both(callers) if end not in ends])

    def forget(self):
        for end in self.ends:
            end.media.forget()

    def heard_on(self, callers=None, seconds=20):
        """Each end hears more of its far side than can have been under way."""
        before = {end: end.media.heard_frames() for end in self.both(callers or self.callers)}
        deadline = time.monotonic() + seconds
        while deaf := sum(end.media.heard_frames() < frames + FRESH for end, frames in before.items()):
            if time.monotonic() > deadline:
                raise Failed(f"{deaf} of {len(before)} ends hear nothing more")
            time.sleep(0.02)

    def gaps(self, callers=None):
        """Of each end the audio of its far side that is missing between the first and the last that it heard, in
        seconds. Nothing at all, or anybody else's, fails."""
        out = []
        for end in self.both(callers or self.callers):
            other = "alice" if end.called else "bob"
            report = end.media.report()
            heard = report["heard"].get(f"{other}.{end.number}")
            if not heard or len(report["heard"]) > 1 or report["junk"]:
                raise Failed(f"{end.media.name} heard {report}")
            out.append(heard["lost"] * 0.02)
        return out

    def missing(self):
        """Packets of audio that were heard of nobody, though sent when the way was open: the first that is heard may be a
        late one, from before that."""
        self.gaps()
        late, out = 1 + int(Weather.LATE_S / 0.02), 0
        for end in self.ends:
            for heard in end.media.heard.values():
                due = range(min(heard["numbers"]) + late, max(heard["numbers"]) + 1)
                out += sum(number not in heard["numbers"] for number in due)
        return out

    def shares(self):
        """Of each end how much it heard of what its far side has sent; what is none of that does not matter."""
        out = []
        for end, other in [*zip(self.callers, self.called), *zip(self.called, self.callers)]:
            heard = end.media.report()["heard"].get(other.media.name, {"distinct": 0})
            out.append(heard["distinct"] / max(1, other.media.sent))
        return out
