# SPDX-License-Identifier: BSD-3-Clause
"""sbc-firewall alone, on the router between the internet's hosts: its holes, its bans, and nobody else's rules."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time

from natlab.capture import wait_for
from natlab.fwclient import CLOSE, DONE, FORWARD, NO_SUCH, OPEN, REFUSED, Firewall, hole
from natlab.net import sh
from natlab.ua import Failed

OURS = "203.0.113.129"  # of "inet", where the program runs; "wild" is the stranger
SIP, SSH, FIRST = 5060, 22, 20000
INSIDE = "172.16.0.5"  # a host behind it
IDLE_S = 2
LONG_S = 30

# What an operator has of his own: it must be the same at the end.
OPERATORS = """
table inet filter {
	set friends { type ipv4_addr; flags timeout; elements = { 192.0.2.77 timeout 1h } }
	chain input { type filter hook input priority 0; policy accept; ip saddr @friends accept; }
}
table ip nat {
	chain out { type nat hook postrouting priority 100; }
}
"""


class Running:
    """The program in "inet", with a configuration of its own. Use with 'with'."""

    def __init__(self, lab, **pinholes):
        self.lab, self.process = lab, None
        self.folder = lab.folder("firewall")
        self.socket = os.path.join(self.folder, "firewall.sock")
        config = {"realms": {"outside": {"address": OURS, "media": {"ports": f"{FIRST}-{FIRST + 199}"}},
                             "inside": {"address": "172.16.0.1", "networks": ["172.16.0.0/24"],
                                        "media": {"ports": "10000-10199"}}},
                  "pinholes": {"socket": self.socket, "idle": f"{LONG_S}s", **pinholes}}
        with open(os.path.join(self.folder, "sbc.json"), "w") as f:
            json.dump(config, f)

    def __enter__(self):
        sh("ip", "netns", "exec", self.lab.net.ns("inet"), "nft", "-f", "-", input=OPERATORS)
        self.before = self.others()
        self.start()
        return self

    def start(self, *options):
        log = open(os.path.join(self.folder, "firewall.log"), "a")
        self.process = self.lab.net.spawn("inet", os.path.join(self.lab.bin, "sbc-firewall"), "-c",
                                          os.path.join(self.folder, "sbc.json"), *options,
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        wait_for(self._answers, "sbc-firewall", 10)

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"sbc-firewall ended with {self.process.returncode}")
        with contextlib.suppress(OSError), Firewall(self.socket, who=None):
            return self.table() != ""
        return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(10)
        code = self.lab.net.stop(self.process)
        if code:
            raise Failed(f"sbc-firewall ended with {code}")

    def remove(self):
        self.lab.inside("inet", os.path.join(self.lab.bin, "sbc-firewall"), "--remove")

    def nft(self, *words):
        return self.lab.inside("inet", "nft", *words)

    def table(self):
        return self.nft("list", "table", "inet", "natsbc")

    def others(self):
        return self.nft("-s", "list", "table", "inet", "filter") + self.nft("list", "table", "ip", "nat")

    def check_others(self, when):
        if self.others() != self.before:
            raise Failed(f"{when}: the operator's tables are not as they were: {self.others()}")

    def __exit__(self, *_):
        if self.process:
            self.lab.net.stop(self.process, 10.0)
        for table in (("inet", "natsbc"), ("inet", "filter"), ("ip", "nat")):
            self.nft("delete", "table", *table)


class Wire:
    """Datagrams from a port of the stranger's to a port of ours, or of a host behind us."""

    def __init__(self, lab, host=OURS, where="inet"):
        self.lab, self.host, self.where, self.sockets = lab, host, where, {}
        self.marker = self._bound("inet", OURS, SIP)  # open at all times: what was sent before has come or never will

    def _bound(self, namespace, host, port):
        key = namespace, host, port
        if key not in self.sockets:
            self.sockets[key] = self.lab.net.socket(namespace)
            self.sockets[key].bind((host, port))
            self.sockets[key].settimeout(5)
        return self.sockets[key]

    def passes(self, port, source=4000, sender="203.0.113.200"):
        """Does a datagram come through? After it one goes to a port that is open, on the same way but for the last hop:
        so it is known when the first was dropped."""
        out, there = self._bound("wild", sender, source), self._bound(self.where, self.host, port)
        there.settimeout(0.3 if self.where != "inet" else 0.01)
        out.sendto(b"media", (self.host, port))
        self._bound("wild", sender, 4999).sendto(b"marker", (OURS, SIP))
        self.marker.recv(100)
        try:
            return there.recv(100) == b"media"
        except TimeoutError:
            return False

    def close(self):
        for sock in self.sockets.values():
            sock.close()


@contextlib.contextmanager
def wire(lab, *where):
    w = Wire(lab, *where)
    try:
        yield w
    finally:
        w.close()


def expect(what, *, is_=True):
    def check(passed, when):
        if passed != is_:
            raise Failed(f"{what} {'does not pass' if is_ else 'passes'} {when}")
    return check


opened, closed = expect("media"), expect("media", is_=False)


def say(result, wanted, what):
    if result != wanted:
        raise Failed(f"{what}: result {result} instead of {wanted}")


def firewall_holes(lab):
    """A hole opens, narrows to a peer, and closes: when told, by silence, when its time is over; packets are counted"""
    with Running(lab) as run, wire(lab) as w, Firewall(run.socket) as f:
        port = FIRST
        ours = (OURS, port)
        closed(w.passes(port), "before")
        say(f.open(1, ours, owner="a call"), DONE, "open")
        opened(w.passes(port), "once it is open")
        opened(w.passes(port, source=4001), "from another port")
        say(f.narrow(1, ("203.0.113.200", 4000)), DONE, "narrow")
        closed(w.passes(port, source=4001), "from another port, once it is narrowed")
        for _ in range(3):
            opened(w.passes(port), "from its peer")
        closed(w.passes(port + 1), "at the next port")
        held = f.list("a call")
        if [(h["id"], h["packets"], h["bytes"], h["peer"]) for h in held] != [(1, 3, 99, ("203.0.113.200", 4000))]:
            raise Failed(f"not what passed: {held}")
        say(f.shut(1), DONE, "close")
        closed(w.passes(port), "once it is closed")
        say(f.shut(1), NO_SUCH, "close again")
        note = by_themselves(w, f, port)
        say(f.many([(OPEN, hole(9, ours)), (CLOSE, hole(9)), (OPEN, hole(10, ours, idle=0))]), [DONE, DONE, REFUSED],
            "in one packet")
        closed(w.passes(port), "after open and close in one transaction")
        run.check_others("at work")
        return note


def by_themselves(w, f, port):
    """By silence, by time, and not while packets come."""
    f.open(2, (OURS, port), idle=IDLE_S)
    f.open(3, (OURS, port + 2), idle=0, lifetime=IDLE_S)
    f.open(4, (OURS, port + 4), idle=IDLE_S)
    f.open(5, (OURS, port + 6), idle=LONG_S, lifetime=IDLE_S)
    started = time.monotonic()
    while time.monotonic() < started + 2 * IDLE_S + 0.5:
        opened(w.passes(port + 4), "though packets kept the hole open")
        if time.monotonic() < started + IDLE_S - 1:
            opened(w.passes(port + 2), "before its time is over")
            opened(w.passes(port + 6), "before its time is over")
        time.sleep(0.1)
    closed(w.passes(port), "after silence")
    closed(w.passes(port + 2), "after its time, though packets came")
    closed(w.passes(port + 6), "after its time, though packets came and silence would have been longer")
    left = sorted(h["id"] for h in f.list())
    if left != [4]:
        raise Failed(f"open are {left}, not 4 alone")
    # One that silence closed and one that is open, in one transaction.
    f.open(6, (OURS, port), idle=LONG_S)
    say(f.many([(CLOSE, hole(2)), (CLOSE, hole(4)), (CLOSE, hole(6))]), [NO_SUCH, DONE, DONE], "close all")
    if f.list():
        raise Failed("something is left")
    return f"closed by silence and by time within {2 * IDLE_S} s"


def firewall_bans(lab):
    """A banned network reaches neither SIP nor media, but ssh; realms.*.networks keep others from SIP"""
    with Running(lab) as run, wire(lab) as w, Firewall(run.socket) as f:
        w._bound("wild", "203.0.113.200", 4999).settimeout(2)
        f.open(1, (OURS, FIRST))
        opened(w.passes(FIRST), "before the ban")
        say(f.ban("203.0.113.192/26", 60), DONE, "ban")
        say(f.ban("203.0.113.200/32", IDLE_S), DONE, "ban within a ban")
        if reaches(lab, w, SIP):
            raise Failed("SIP passes while banned")
        if reaches(lab, w, FIRST):
            raise Failed("media pass while banned")
        if not connects(lab, SSH):
            raise Failed("the ban keeps ssh out")
        say(f.unban("203.0.113.192/26"), DONE, "unban")
        say(f.unban("203.0.113.192/26"), NO_SUCH, "unban again")
        wait_for(lambda: reaches(lab, w, SIP), "the end of the second ban", 2 * IDLE_S + 2)
        opened(w.passes(FIRST), "after the bans")
        if reaches(lab, w, SIP, host="172.16.0.1"):
            raise Failed("who is not of realms.inside.networks reaches its SIP port")
        run.check_others("with bans")


def reaches(lab, w, port, host=OURS):
    out, there = w._bound("wild", "203.0.113.200", 4000), w._bound("inet", host, port)
    there.settimeout(0.3)
    out.sendto(b"probe", (host, port))
    try:
        return there.recv(100) == b"probe"
    except TimeoutError:
        return False


def connects(lab, port):
    with lab.net.socket("inet", socket.SOCK_STREAM) as here, lab.net.socket("wild", socket.SOCK_STREAM) as there:
        here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        here.bind((OURS, port))
        here.listen()
        there.settimeout(2)
        try:
            there.connect((OURS, port))
        except OSError:
            return False
        return True


def firewall_forward(lab):
    """Ports of a host behind it are closed but for holes, and packets through those are routed there"""
    with Running(lab, forward=["inside:30000-30099"]) as run, wire(lab, INSIDE, "solo") as w, \
            Firewall(run.socket) as f:
        closed(w.passes(30000), "to a host behind, before")
        opened(w.passes(30100), "beside the range")
        say(f.open(1, (INSIDE, 30000), direction=FORWARD, idle=LONG_S), DONE, "open")
        opened(w.passes(30000), "to a host behind")
        closed(w.passes(30001), "to its next port")
        say(f.narrow(1, ("203.0.113.200", 4001)), DONE, "narrow")
        closed(w.passes(30000), "from a port that is not the peer's")
        opened(w.passes(30000, source=4001), "from the peer's port")
        if [h["direction"] for h in f.list()] != [FORWARD]:
            raise Failed("the direction is lost")
        say(f.shut(1), DONE, "close")
        closed(w.passes(30000, source=4001), "once it is closed")
        run.check_others("forwarding")


def firewall_killed(lab):
    """kill -9: holes stay while packets come and close by silence; the next start neither opens nor closes any"""
    with Running(lab) as run, wire(lab) as w:
        with Firewall(run.socket) as f:
            f.open(1, (OURS, FIRST), ("203.0.113.200", 4000), idle=IDLE_S, owner="a call")
            f.open(2, (OURS, FIRST + 2), idle=IDLE_S)
            f.open(3, (OURS, FIRST + 4), idle=LONG_S)
            f.ban("198.18.0.0/15", 600)
        run.kill()
        run.check_others("after kill -9")
        started = time.monotonic()
        while time.monotonic() < started + 2 * IDLE_S:
            opened(w.passes(FIRST), "with the program dead, though packets come")
            time.sleep(0.1)
        closed(w.passes(FIRST + 2), "with the program dead, after silence")
        run.start()
        opened(w.passes(FIRST), "after the restart")
        opened(w.passes(FIRST + 4), "after the restart")
        closed(w.passes(FIRST + 2), "after the restart: silence had closed it")
        with Firewall(run.socket) as f:
            held = sorted((h["id"], h["owner"], h["peer"]) for h in f.list())
            if held != [(1, "a call", ("203.0.113.200", 4000)), (3, "", None)]:
                raise Failed(f"not the holes of before: {held}")
            if "198.18.0.0" not in run.table():
                raise Failed("the ban is lost")
            say(f.narrow(3, ("203.0.113.200", 4000)), DONE, "narrow a hole of the run before")
            say(f.shut(3), DONE, "close a hole of the run before")
        with Firewall(run.socket, who="another") as f:
            if f.list():
                raise Failed("another instance is shown what is not its own")
            say(f.open(1, (OURS, FIRST + 4)), DONE, "open what another instance left open, under another number")
            opened(w.passes(FIRST), "until the other instance had time to ask for it")
            wait_for(lambda: not w.passes(FIRST), "the end of what another instance left", 30)
            opened(w.passes(FIRST + 4), "that the other instance asked for")
        run.check_others("after the restart")
        taken_away(run, w)
        run.stop()
        run.check_others("at the end")
        if run.table():
            raise Failed("its table stays at the end")
        run.start("--keep")
        run.stop()
        if not run.table():
            raise Failed("its table does not stay with --keep")
        run.start()
        with Firewall(run.socket) as f:
            f.open(1, (OURS, FIRST), idle=LONG_S)
        run.stop(signal.SIGQUIT)
        opened(w.passes(FIRST), "after SIGQUIT, with the table left to the next run")
        run.remove()
        if run.table():
            raise Failed("its table stays after --remove")
        run.remove()  # there is none
        run.check_others("after --remove")


def taken_away(run, w):
    """By "nft flush ruleset", with which the files of many an operator begin."""
    with Firewall(run.socket, who="another") as f:
        f.open(1, (OURS, FIRST))
        run.nft("flush", "ruleset")
        wait_for(lambda: "chain media" in run.table(), "the table to be made anew", 10)
        opened(w.passes(FIRST), "once the table was made anew")
        closed(w.passes(FIRST + 2), "once the table was made anew")
        run.nft("flush", "ruleset")
        say(f.open(2, (OURS, FIRST + 2)), DONE, "open in a table that is not there")
        opened(w.passes(FIRST + 2), "in a table that was not there")
    sh("ip", "netns", "exec", run.lab.net.ns("inet"), "nft", "-f", "-", input=OPERATORS)


SBC_USER, OTHER_USER = 65534, 1  # nobody and daemon: both are everywhere


def firewall_clients(lab):
    """Who may ask: root and one user; one instance at a time. Nonsense ends a connection, and nothing else"""
    with Running(lab) as run:
        with Firewall(run.socket) as f:
            for packet in (b"x", b"fw\x01q", b"fw\x02q" + bytes(136), b"fw\x01q" + bytes(137), os.urandom(2000),
                           b"fw\x01q" + bytes(136 * 257)):
                with Firewall(run.socket, who=None) as bad:
                    bad.socket.send(packet)
                    if bad.socket.recv(100):
                        raise Failed(f"{packet[:8]} is answered")
            with Firewall(run.socket, who=None) as nobody:
                say(nobody.open(1, (OURS, FIRST)), REFUSED, "open without hello")
                say(nobody.ask(77, b""), REFUSED, "a verb that is none")
            with Firewall(run.socket, who="another") as other:
                say(other.greeting, REFUSED, "hello while another instance is here")
            with Firewall(run.socket) as same:
                say(same.greeting, DONE, "hello again")
            say(f.open(1, (OURS, FIRST)), DONE, "open after all that")
        run.stop()
        for folder in (lab.dir, run.folder):
            os.chmod(folder, 0o711)
        run.start("--user", str(SBC_USER))
        for user, wanted in ((0, DONE), (SBC_USER, DONE), (OTHER_USER, 100)):
            code = greeted_as(user, run.socket)
            if code != wanted:
                raise Failed(f"user {user} gets {code} instead of {wanted}")


def greeted_as(user, path):
    """In a process of that user's; 100 where it is not let in."""
    child = os.fork()
    if child == 0:
        code = 100
        with contextlib.suppress(OSError):
            os.setuid(user)
            code = Firewall(path).greeting
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
