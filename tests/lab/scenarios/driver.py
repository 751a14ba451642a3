# SPDX-License-Identifier: BSD-3-Clause
"""Established media is forwarded where it arrives, and comes to the relay when there is something to think about."""

import os
import struct
import time

from natlab.capture import wait_for
from natlab.sip import sdp_write, token
from natlab.ua import Failed

from .restart import kill
from .workers import INSIDE, OUTSIDE, counters, described

FRAMES = 50
PACE_S = 0.004
SETTLE_S = 0.3
CONFIRM = 5         # packets by which a source is learnt
GONE_S = 1.3        # after which nothing is forwarded for a relay that was killed
QUIET_S = 1.3       # after which another source may follow
AUDIO = b"\xd5" * 160


class Side:
    """One end of a call, which speaks and hears by hand."""

    def __init__(self, lab, place, host, port):
        self.lab, self.place, self.host = lab, place, host
        self.sock, self.ssrc, self.seq = None, os.urandom(4), 1000
        self.remote = None
        self.move(port)

    def move(self, port):
        if self.sock:
            self.sock.close()
        self.sock = self.lab.net.socket(self.place)
        self.sock.bind((self.host, port))
        self.sock.setblocking(False)

    def speak(self, data=AUDIO):
        head = struct.pack("!BBHI", 0x80, 0, self.seq & 0xFFFF, self.seq * 160 & 0xFFFFFFFF)
        self.sock.sendto(head + self.ssrc + data, self.remote)
        self.seq += 1

    def heard(self):
        """Sequence numbers."""
        found = []
        while True:
            try:
                found.append(struct.unpack_from("!H", self.sock.recv(2048), 2)[0])
            except BlockingIOError:
                return found


class Call:
    """With 'with': its ends are gone at the end."""

    def __init__(self, lab):
        self.lab, self.id = lab, token()
        self.out, self.inside = Side(lab, "wild", OUTSIDE, 4100), Side(lab, "lan", INSIDE, 6100)
        self.inside.remote = described(self.ng("offer", sdp=sdp_write(OUTSIDE, 4100, 1, 1, "sendrecv").decode(), **{
            "direction": ["internet", "lan"], "received-from": ["IP4", OUTSIDE]}))
        self.out.remote = described(self.ng("answer", **{
            "to-tag": "b", "sdp": sdp_write(INSIDE, 6100, 1, 1, "sendrecv").decode(), "direction": ["lan", "internet"],
            "received-from": ["IP4", INSIDE]}))

    def ng(self, command, **more):
        return self.lab.programs.ng(command, **{"call-id": self.id, "from-tag": "a", **more})

    def talk(self, frames=FRAMES):
        """Both speak; what each heard, and how many of the packets were forwarded where they arrived."""
        before = counters(self.lab)["sent_in_driver"]
        for _ in range(frames):
            self.out.speak()
            self.inside.speak()
            time.sleep(PACE_S)
        time.sleep(SETTLE_S)
        return len(self.out.heard()), len(self.inside.heard()), counters(self.lab)["sent_in_driver"] - before

    def wanted(self, when, driver, frames=FRAMES):
        """All is heard; driver: whether most of it went that way; a worker that is kept waiting has more to learn from."""
        a, b, forwarded = self.talk(frames)
        if (a, b) != (frames, frames):
            raise Failed(f"{when}: of {frames} packets {a} and {b} were heard")
        if forwarded < frames if driver else forwarded:
            raise Failed(f"{when}: {forwarded} of {2 * frames} packets were forwarded where they arrived")
        return forwarded

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ng("delete", **{"delete-delay": 0})
        self.out.sock.close()
        self.inside.sock.close()


def numbers(call):
    """Packets and lost ones of each side, wherever in the answer they are."""
    found = {}

    def walk(tree, tag):
        for key, value in tree.items():
            if isinstance(value, dict):
                walk(value, tag)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        walk(item, tag)
            elif key in ("packets", "lost", "sent packets"):
                found.setdefault(tag, {}).setdefault(key, value)

    for tag, tree in call.ng("query")["tags"].items():
        walk(tree, tag)
    return found


def follows(call):
    """A NAT gives one side another port: once it is confirmed all is heard there."""
    time.sleep(QUIET_S)
    call.out.move(4200)
    for _ in range(CONFIRM):
        call.out.speak()
        time.sleep(PACE_S)
    wait_for(call.inside.heard, "what came from another port")
    call.wanted("another port", True)


def counted(call):
    call.wanted("a new call", True)
    told = numbers(call)
    if any(told[tag].get("packets") != FRAMES for tag in ("a", "b")):
        raise Failed(f"counted: {told}")
    call.out.seq += 3
    call.wanted("after a gap", True)
    told = numbers(call)
    if told["a"].get("lost") != 3 or told["b"].get("lost") != 0:
        raise Failed(f"after a gap: {told}")


def ordered(call):
    call.ng("block media", flags=["all"])
    if any(call.talk()):
        raise Failed("media was heard though blocked")
    call.ng("unblock media", flags=["all"])
    call.wanted("no longer blocked", True)
    call.ng("start recording")
    call.wanted("captured", False)
    call.ng("stop recording")
    call.wanted("no longer captured", True)


class Listener:
    """Hears both sides of a call, each at a port of its own. With 'with': no longer, at the end."""

    def __init__(self, lab, call):
        self.lab, self.call = lab, call
        self.ears = [Side(lab, "lan", INSIDE, port) for port in (6200, 6202)]
        self.ng("subscribe request", flags=["all"], direction=["internet", "lan"])
        self.ng("subscribe answer", sdp="".join(
            [f"v=0\r\no=- 1 1 IN IP4 {INSIDE}\r\ns=-\r\nc=IN IP4 {INSIDE}\r\nt=0 0\r\n"] +
            [f"m=audio {port} RTP/AVP 0\r\na=recvonly\r\n" for port in (6200, 6202)]))

    def ng(self, command, **more):
        answer = self.lab.programs.ng(command, **{"call-id": self.call.id, "to-tag": "ear", **more})
        if not answer or answer["result"] != "ok":
            raise Failed(f"{command}: {answer}")

    def heard(self):
        return [ear.heard() for ear in self.ears]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ng("unsubscribe")
        for ear in self.ears:
            ear.sock.close()


def listened(lab, call):
    with Listener(lab, call) as listener:
        said = [list(range(side.seq, side.seq + FRAMES)) for side in (call.out, call.inside)]
        call.wanted("with a listener", False)
        heard = listener.heard()
        if heard != said:
            raise Failed(f"the listener heard {[len(numbers) for numbers in heard]} of {FRAMES} packets of each side")
    call.wanted("nobody listens any more", True)


def in_driver(lab):
    """Established media never comes to a worker, and is counted as if it did; what is odd comes to it: new sources,
    gaps, blocked and captured media, what somebody listens to. What control orders holds at once."""
    with Call(lab) as call:
        counted(call)
        follows(call)
        ordered(call)
        listened(lab, call)
        forwarded = call.wanted("to the end", True)
        closed = counters(lab)["drop_closed"]
        call.ng("delete", **{"delete-delay": 0})
        if any(call.talk()):
            raise Failed("media was heard though the call had ended")
        closed = counters(lab)["drop_closed"] - closed
        if closed != 2 * FRAMES:
            raise Failed(f"ended: {closed} of {2 * FRAMES} packets were dropped where they arrived")
    return f"{forwarded} of {2 * FRAMES} packets were forwarded where they arrived"


def in_driver_killed(lab):
    """kill -9 of the relay: a moment later nothing is forwarded in its name."""
    with Call(lab) as call:
        call.wanted("before", True)
        kill(lab, lab.programs.relay)
        time.sleep(GONE_S)
        for side in (call.out, call.inside):
            side.heard()
        for _ in range(FRAMES):
            call.out.speak()
            call.inside.speak()
        time.sleep(SETTLE_S)
        heard = len(call.out.heard()) + len(call.inside.heard())
        lab.programs.relay = lab.programs._spawn("rtpproxy")
        wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
        if heard:
            raise Failed(f"with the relay killed {heard} packets were heard")
    lab.programs.settle()
    with Call(lab) as again:
        again.wanted("started again", True)
    return "nothing was heard"
