# SPDX-License-Identifier: BSD-3-Clause
"""Media ports that no call has are closed where packets come in, also with the relay killed; bans hold there."""

import contextlib
import socket
import time

from natlab.attack import MALLORY, PORTS, SBC
from natlab.capture import wait_for
from natlab.ua import Failed, establish, hang_up

from .calls import both_heard, registered
from .restart import kill

IP_RECVERR = 11
RANGE = range(PORTS[0], PORTS[1] + 1)
ELSEWHERE = range(30000, 30003)  # no media ports: the kernel says that nobody listens
PROBE = b"\x80\x08" + bytes(10)
CALLER = "203.0.113.10"  # nat_a


def answers(sock, seconds):
    """Who has answered within that time, by UDP or by an ICMP error: ports."""
    found, deadline = set(), time.monotonic() + seconds
    sock.setblocking(False)
    while time.monotonic() < deadline:
        for flags in (0, socket.MSG_ERRQUEUE):
            with contextlib.suppress(OSError):
                found.add(sock.recvmsg(2048, 512, flags)[3][1])
        time.sleep(0.001)
    return found


def scan(lab, ports):
    """Somebody on the internet tries these ports of the SBC; those that answered."""
    with lab.net.socket("wild") as sock:
        sock.bind((MALLORY, 0))
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        for port in ports:
            try:
                sock.sendto(PROBE, (SBC, port))
            except ConnectionRefusedError:  # of another port: nothing was sent
                sock.sendto(PROBE, (SBC, port))
            time.sleep(0.0005)
        return answers(sock, 0.4)


def dropped(lab):
    path = lab.programs.ng("statistics")["statistics"]["datapath"]
    # RTP at an RTCP port is wrong, whoever sends it.
    return path["drop_closed"], path["drop_banned"], path["drop_source"] + path["drop_wrong_port"]


def scanned(lab, when):
    """(closed, banned, refused by the relay), of one scan."""
    before = dropped(lab)
    heard = scan(lab, RANGE)
    if heard:
        raise Failed(f"{when}: ports {sorted(heard)[:5]} answered")
    return tuple(b - a for a, b in zip(before, dropped(lab)))


def wanted(lab, when, expected):
    got = scanned(lab, when)
    if got != expected:
        raise Failed(f"{when}: (closed, banned, refused) were {got}, wanted {expected}")


def ban(lab, prefix, seconds):
    answer = lab.programs.ng("ban", prefix=prefix, seconds=seconds) or {}
    if answer.get("result") != "ok" or "warning" in answer:
        raise Failed(f"ban: {answer}")


def closed_ports(lab):
    """A scan of the media range before, in and after a call, with a ban, and with the relay killed: nothing answers, and
    only what is meant for the call comes to the relay."""
    heard = scan(lab, ELSEWHERE)
    if not heard:
        raise Failed("the scanner hears nothing even where the kernel answers")
    wanted(lab, "before", (len(RANGE), 0, 0))
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.5)
    wanted(lab, "in a call", (len(RANGE) - 4, 0, 4))
    ban(lab, MALLORY, 60)
    wanted(lab, "banned", (len(RANGE) - 4, 4, 0))
    if lab.programs.ng("unban", prefix=MALLORY)["result"] != "ok":
        raise Failed("unban was refused")
    reports = hang_up(alice, bob)
    note = both_heard(lab, alice, bob, reports, 40)
    lab.programs.settle()
    wanted(lab, "after", (len(RANGE), 0, 0))
    return note


def closed_ban(lab):
    """The ban of a speaker's address silences him at once, and ends by itself."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob)
    time.sleep(0.5)
    ban(lab, CALLER + "/32", 2)
    time.sleep(0.2)
    bob.do("forget")
    time.sleep(0.5)
    if bob.media()["heard"].get("alice", {"received": 0})["received"]:
        raise Failed("alice was heard though banned")
    refused = dropped(lab)[1]
    wait_for(lambda: bob.media()["heard"].get("alice", {"received": 0})["received"], "the ban to be over", 5)
    for phone in (alice, bob):
        phone.do("forget")
    time.sleep(1)
    return f"{refused} packets dropped; " + both_heard(lab, alice, bob, hang_up(alice, bob), 40)


def closed_killed(lab):
    """kill -9 of the relay in a call: the range is closed as it was, the kernel answers for no port of it. The next run
    opens what the call needs, which goes on, and nothing else."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.5)
    kill(lab, lab.programs.relay)
    heard = scan(lab, RANGE)
    if heard:
        raise Failed(f"with the relay killed ports {sorted(heard)[:5]} answered")
    lab.programs.relay = lab.programs._spawn("rtpproxy")
    wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
    hang_up(alice, bob)
    lab.programs.settle()
    time.sleep(0.3)
    wanted(lab, "started again", (len(RANGE), 0, 0))
    lab.stop_phones()
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(1)
    return both_heard(lab, alice, bob, hang_up(alice, bob), 40)
