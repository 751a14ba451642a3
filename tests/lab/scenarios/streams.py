# SPDX-License-Identifier: BSD-3-Clause
"""What strangers do to connections: slow ones, broken ones, half a handshake, old TLS, pages that are not ours."""

import contextlib
import json
import os
import select
import socket
import ssl
import subprocess
import threading
import time

from natlab import sip, wire
from natlab.capture import wait_for
from natlab.edge import ORIGIN, OTHER_DOMAIN, PER_SOURCE, STRANGE_ORIGIN
from natlab.programs import SBC_USER
from natlab.ua import DOMAIN, Failed, establish, hang_up

from .calls import both_heard
from .hostile import SBC, TORTURE, answers_options, judge, outcomes_of_each
from .transports import ENOUGH, TALK_S, phone

TCP, TLS, WS, WSS = ((SBC[0], wire.PORTS[way]) for way in ("tcp", "tls", "ws", "wss"))
SLOW = 200          # connections
SLOW_CLOSED_S = 34  # a message that was begun must be there after 32 s
MORE = b"Subject: a line and not the last\r\n"


def maker(lab, namespace="wild"):
    return lambda family, kind: lab.net.socket(namespace, kind, family)


def connect(lab, to, context=None, namespace="wild"):
    return wire.Stream.connect(to, context, DOMAIN if context else None, maker(lab, namespace))


def options(over, more=""):
    return (f"OPTIONS sip:{SBC[0]} SIP/2.0\r\n"
            f"Via: SIP/2.0/{over} 203.0.113.200:5070;branch=z9hG4bK{sip.token()};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:stranger@{DOMAIN}>;tag={sip.token(4)}\r\nTo: <sip:{SBC[0]}>\r\n"
            f"Call-ID: {sip.token()}\r\nCSeq: 1 OPTIONS\r\n{more}").encode()


def answers(stream, seconds=1.0, count=1):
    """Messages that came within this time, and whether the connection was closed."""
    got, deadline = [], time.monotonic() + seconds
    while len(got) < count and time.monotonic() < deadline:
        try:
            got += [sip.Message.parse(data) for data, _ in stream.receive()]
        except wire.Closed:
            return got, True
        if len(got) < count:
            select.select([stream], [], [], deadline - time.monotonic())
    return got, False


def alive(stream):
    """An OPTIONS on this connection is answered."""
    stream.send(options(stream.via, "Content-Length: 0\r\n\r\n"))
    got, closed = answers(stream, 5)
    if closed or not got or got[0].is_request:
        raise Failed(f"no answer to OPTIONS over {stream.via}, {'closed' if closed else 'still open'}")


def torture_tcp(lab):
    """Every message of RFC 4475 and RFC 5118, live over TCP, each on a connection of its own; OPTIONS after each."""
    with open(os.path.join(TORTURE, "index.json")) as f:
        messages = json.load(f)["messages"]
    pings, ignored, sent = lab.net.socket("wild"), set(), []
    pings.settimeout(3)
    for message in messages:
        stream = connect(lab, TCP)
        with open(os.path.join(TORTURE, message["file"]), "rb") as f:
            sent.append(time.time())
            stream.send(f.read())
        answers(stream, 0.25)
        stream.close()
        ignored.add(answers_options(pings, message["name"]))
    pings.close()
    return judge(messages, outcomes_of_each(lab, sent, ignored), unsaid=())  # a stream is answered whatever it takes


BROKEN = {
    "negative length": "Content-Length: -1\r\n\r\n",
    "2^32 - 10": "Content-Length: 4294967286\r\n\r\n",
    "2^64 - 10": "Content-Length: 18446744073709551606\r\n\r\n",
    "two lengths": "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "no number": "Content-Length: many\r\n\r\n",
    "endless header": "X-Long: " + "x" * 200000,
    "no SIP at all": None,
}


def framing_errors(lab):
    """A framing error closes that connection only: what follows on it is not looked at, a call beside it goes on."""
    alice, bob = phone(lab, "nat_a", "alice", "tcp"), phone(lab, "lan", "bob", "tls")
    establish(alice, bob)
    time.sleep(TALK_S)
    beside = connect(lab, TCP)
    alive(beside)
    for name, text in BROKEN.items():
        broken = connect(lab, TCP)
        alive(broken)
        first = options("TCP", text) if text else b"\x00\x01 this is no SIP\r\n\r\n"
        with contextlib.suppress(wire.Closed):
            broken.send(first + options("TCP", "Content-Length: 0\r\n\r\n"))
        got, closed = answers(broken, 2.0, 3)
        finals = [m.status for m in got if not m.is_request]
        if not closed or any(status < 400 for status in finals):
            raise Failed(f"{name}: answered {finals}, {'closed' if closed else 'not closed'}")
        broken.close()
        alive(beside)
    beside.close()
    return f"{len(BROKEN)} closed; " + both_heard(lab, alice, bob, hang_up(alice, bob), ENOUGH, rtcp=False)


class Slow:
    """Connections that say nothing, or a little every second; a thread of its own notes when each is closed."""

    def __init__(self, lab):
        self.silent = [connect(lab, to) for to in (TCP, TLS, WS, WSS) for _ in range(SLOW // 8)]
        self.slow = [connect(lab, TCP) for _ in range(SLOW // 2)]
        self.start = time.monotonic()
        for stream in self.slow:
            stream.send(options("TCP"))
        self.closed = {}  # stream: after how many seconds
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.wait(1):
            for stream in self.slow + self.silent:
                if stream not in self.closed and not is_closed(stream):
                    if stream in self.slow:
                        with contextlib.suppress(wire.Closed):
                            stream.send(MORE)
                else:
                    self.closed.setdefault(stream, time.monotonic() - self.start)

    def stop(self):
        if self.over.is_set():
            return
        self.over.set()
        self.thread.join()
        for stream in self.slow + self.silent:
            stream.close()


def slow_connections(lab):
    """200 connections that say nothing or too little: OPTIONS is answered at once beside them. (See slow_ones_gone.)"""
    if hasattr(lab, "slow"):  # those of a first try: one source may not have so many more
        lab.slow.stop()
        wait_for(lambda: "connections" not in lab.programs.memories(), "the end of the slow connections of before")
    lab.slow = Slow(lab)
    pings, beside = lab.net.socket("wild"), connect(lab, TCP)
    pings.settimeout(3)
    times = []
    for i in range(100):
        start = time.monotonic()
        answers_options(pings, "slow connections") if i % 2 else alive(beside)
        times.append(time.monotonic() - start)
    pings.close()
    beside.close()
    times.sort()
    return f"{SLOW} connections, answers after {1000 * times[50]:.1f} ms, 99 % within {1000 * times[98]:.1f} ms"


def slow_ones_gone(lab):
    """The slow connections of before: all that began a message are closed, as are those that began none."""
    watched = lab.slow
    due = watched.slow + watched.silent
    while not watched.closed.keys() >= set(due) and time.monotonic() < watched.start + SLOW_CLOSED_S + 2:
        time.sleep(0.2)
    watched.stop()
    late = [s for s in due if watched.closed.get(s, SLOW_CLOSED_S + 1) > SLOW_CLOSED_S]
    if late:
        raise Failed(f"{len(late)} of {len(due)} were not closed within {SLOW_CLOSED_S} s")
    slow, silent = (max(watched.closed[s] for s in some) for some in (watched.slow, due[len(watched.slow):]))
    return f"slow ones closed within {slow:.0f} s, silent ones within {silent:.0f} s"


def too_many(lab):
    """More connections from one source than it may have: the surplus is closed, another source is served."""
    many = [connect(lab, TCP) for _ in range(PER_SOURCE + 30)]
    with contextlib.suppress(RuntimeError):
        wait_for(lambda: sum(map(is_closed, many)) >= 30, "the closing of the surplus")
    closed = sum(map(is_closed, many))
    phone(lab, "nat_a", "alice", "tcp")
    for stream in many:
        stream.close()
    if not 30 <= closed <= 40:
        raise Failed(f"{closed} of {len(many)} closed, {PER_SOURCE} allowed")
    alive(connect(lab, TCP))
    return f"{closed} of {len(many)} closed"


def descriptors_allowed(pid):
    """(now, at most)"""
    with open(f"/proc/{pid}/limits") as f:
        words = next(line for line in f if line.startswith("Max open files")).split()
    return int(words[3]), int(words[4])


def limit_descriptors(pid, limits):
    """By its own user, for root may lack the capability."""
    subprocess.run(["setpriv", f"--reuid={SBC_USER}", f"--regid={SBC_USER}", "--clear-groups", "prlimit", f"--pid={pid}",
                    "--nofile=%d:%d" % limits], check=True)


def no_descriptors(lab):
    """No descriptor is left (fault 22): UDP and old connections work on, nothing spins, and it passes."""
    pid, old, pings = lab.programs.sbc.pid, connect(lab, TCP), lab.net.socket("wild")
    pings.settimeout(3)
    alive(old)
    used = len(os.listdir(f"/proc/{pid}/fd"))
    limits = descriptors_allowed(pid)
    limit_descriptors(pid, (used + 5, limits[1]))
    try:
        many = [connect(lab, TCP) for _ in range(60)]
        before = cpu_s(pid)
        time.sleep(1)
        spent = cpu_s(pid) - before
        answers_options(pings, "descriptors ran out")
        alive(old)
    finally:
        limit_descriptors(pid, limits)
    for stream in (*many, old):
        stream.close()
    pings.close()
    time.sleep(0.3)
    again = connect(lab, TCP)
    alive(again)
    again.close()
    if spent > 0.3:  # to spin takes all of it
        raise Failed(f"{spent:.2f} s of CPU in a second without descriptors")
    return f"{100 * spent:.0f} % CPU meanwhile"


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hello():
    """The bytes that a TLS client begins with."""
    out = ssl.MemoryBIO()
    client = wire.tls_client().wrap_bio(ssl.MemoryBIO(), out, server_hostname=DOMAIN)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return out.read()


def storm(lab):
    """400 connections that break somewhere in their handshake, some of them with nonsense: who is there stays there."""
    beside, first = connect(lab, TLS, tls_client()), {TLS: hello(), WSS: hello(), WS: b"GET / HTTP/1.1\r\nHost: a\r\n"}
    for i in range(400):
        to = (TLS, WSS, WS)[i % 3]
        stream = connect(lab, to)
        with contextlib.suppress(wire.Closed):
            stream.send(first[to][:i * 7 % (len(first[to]) + 1)])
            if i % 5 == 0:
                stream.send(bytes(range(256)))
        stream.reset() if i % 2 else stream.close()
        if i % 100 == 99:
            alive(beside)
    beside.close()
    again = connect(lab, TLS, tls_client())
    alive(again)
    again.close()
    return "400 broken, others undisturbed"


def is_closed(stream):
    try:
        for _ in stream.read():
            pass
        return False
    except wire.Closed:
        return True


def tls_client(version=None):
    context = wire.tls_client()
    if version:
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def tls_versions(lab):
    """TLS 1.1 is refused by name, 1.2 and 1.3 are taken and resumed by ticket; nobody renegotiates; SNI chooses."""
    try:
        connect(lab, TLS, tls_client(ssl.TLSVersion.TLSv1_1)).close()
        raise Failed("TLS 1.1 was taken")
    except wire.Closed as why:
        if "PROTOCOL_VERSION" not in str(why).upper():
            raise Failed(f"TLS 1.1: {why}") from why
    taken = []
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        stream = connect(lab, TLS, tls_client(version))
        alive(stream)
        again = wire.Stream(resume(lab, stream.sock))
        alive(again)
        taken.append(f"{again.sock.version()} taken" + " and resumed" * again.sock.session_reused)
        stream.close()
        again.close()
    openssl = lab.net.spawn("wild", "openssl", "s_client", "-connect", "%s:%d" % TLS, "-tls1_2", stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(0.3)
    said = openssl.communicate(b"R\n", timeout=10)[0].decode("latin-1")
    lab.net.stop(openssl)
    if "RENEGOTIATING" not in said or "no renegotiation" not in said.lower():
        raise Failed(f"renegotiation: {said[-300:]}")
    names = [shown_name(lab, name) for name in (DOMAIN, OTHER_DOMAIN, "nobody.example.com", None)]
    if names != [DOMAIN, OTHER_DOMAIN, DOMAIN, DOMAIN] or not all("resumed" in way for way in taken):
        raise Failed(f"{taken}, certificates by SNI {names}")
    bytewise = connect(lab, TLS, tls_client())
    for byte in options("TLS", "Content-Length: 0\r\n\r\n"):
        bytewise.send(bytes([byte]))
    if not answers(bytewise)[0]:
        raise Failed("no answer to an OPTIONS in records of one byte")
    bytewise.close()
    return f"1.1 refused, {', '.join(taken)}, renegotiation refused"


def resume(lab, sock):
    """Another connection with the session of this one."""
    plain = lab.net.socket("wild", socket.SOCK_STREAM)
    plain.settimeout(wire.CONNECT_S)
    plain.connect(TLS)
    return sock.context.wrap_socket(plain, server_hostname=DOMAIN, session=sock.session)


def shown_name(lab, name):
    """The first name in the certificate that is shown to who asks for this one."""
    context = wire.tls_client(lab.authority.ca)
    context.check_hostname = False
    stream = wire.Stream.connect(TLS, context, name, maker(lab))
    try:
        return stream.sock.getpeercert()["subjectAltName"][0][1]
    finally:
        stream.close()


UPGRADES = {  # how a page asks, and the first line of the answer, or how it is turned away
    "as it should be": ({"origin": ORIGIN}, None),
    "from another page": ({"origin": STRANGE_ORIGIN}, "403"),
    "without the protocol": ({"origin": ORIGIN, "protocol": None}, "400"),
    "with another protocol": ({"origin": ORIGIN, "protocol": "chat"}, "400"),
}


def websocket(lab):
    """WebSocket: origins and protocols are checked; fragments, pings, text and binary go; what is wrong is closed."""
    for name, (how, refused) in UPGRADES.items():
        try:
            wire.WebSocket.connect(WS, make=maker(lab), host=DOMAIN, **how).close()
            got = None
        except wire.Closed as why:
            got = str(why)
        if bool(got) != bool(refused) or refused and refused not in got:
            raise Failed(f"an upgrade {name}: {got or 'taken'}, wanted {refused or 'to be taken'}")
    page = wire.WebSocket.connect(WSS, wire.tls_client(lab.authority.ca), DOMAIN, maker(lab), DOMAIN, ORIGIN)
    for pieces, opcode in ((1, wire.TEXT), (1, wire.BINARY), (7, wire.TEXT)):
        page.opcode = opcode
        page.send(options("WSS", "Content-Length: 0\r\n\r\n"), pieces=pieces)
        if not answers(page)[0]:
            raise Failed(f"no answer to OPTIONS in {pieces} frames of kind {opcode}")
    page.ping()
    answers(page, 0.3)
    if page.pongs != 1:
        raise Failed(f"{page.pongs} pongs for a ping")
    page.close()
    wrong = {"not masked": b"\x81\x05hello", "too long": b"\x81\xff" + (1 << 40).to_bytes(8, "big") + bytes(100),
             "of reserved bits": b"\xf1" + wire.frame(b"OPTIONS", wire.TEXT, True)[1:],
             "HTTP": b"GET / HTTP/1.1\r\n\r\n"}
    for name, data in wrong.items():
        page = wire.WebSocket.connect(WS, make=maker(lab), host=DOMAIN, origin=ORIGIN)
        page.send(data, raw=True)
        if not answers(page, 2.0)[1]:
            raise Failed(f"a frame that is {name} does not end the connection")
        page.close()
    plain = connect(lab, WS)
    plain.send(options("TCP", "Content-Length: 0\r\n\r\n"))
    got, closed = answers(plain, 2.0)
    if got and got[0] and not got[0].start.startswith("HTTP"):
        raise Failed(f"SIP without WebSocket on its port is answered {got[0].start}")
    plain.close()
    return f"{len(UPGRADES) - 1} upgrades and {len(wrong)} frames refused; fragments, ping, text and binary taken"
