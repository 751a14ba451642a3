# SPDX-License-Identifier: BSD-3-Clause
"""What is open, and for whom: seen by a stranger who tries every port, and told to the operator."""

import contextlib
import json
import select
import socket
import struct
import time

from natlab import sip
from natlab.attack import MALLORY, PORTS, SBC
from natlab.border import IDLE_S
from natlab.capture import FLOOD_PORT, wait_for
from natlab.ua import DOMAIN, Failed, establish, hang_up

from .calls import both_heard, registered
from .management import sbcctl
from .restart import kill

IP_RECVERR, IPV6_RECVERR = 11, 25
SIP = 5060
SBC6, MALLORY6 = "2001:db8:51::5", "2001:db8:113::200"
TCP_AT_ONCE, TCP_WAIT_S = 500, 10
ALL = range(1, 65536)
MEDIA = range(PORTS[0], PORTS[1] + 1)
RTP = b"\x80\x08" + bytes(10)
RTCP = b"\x80\xc9\0\x01" + bytes(4)
MEDIA6 = range(23000, 23200)
OF_A_CALL = 4  # ports on the internet side: RTP and RTCP for each of two phones there


def question(ours=SBC, mallory=MALLORY):
    """Whoever speaks SIP answers it; its answer is shorter."""
    return sip.Message(f"OPTIONS sip:{ours} SIP/2.0", [
        ("Via", f"SIP/2.0/UDP {mallory}:{FLOOD_PORT};branch=z9hG4bK{sip.token()};rport"), ("Max-Forwards", "70"),
        ("From", f"<sip:stranger@{DOMAIN}>;tag={sip.token(4)}"), ("To", f"<sip:{ours}>"), ("Call-ID", sip.token()),
        ("CSeq", "1 OPTIONS"), ("Subject", "x" * 300)], b"").encode()


def hear(sock, answers, refusals):
    with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
        while True:
            answers.add(sock.recvfrom(2048)[1][1])
    with contextlib.suppress(BlockingIOError):
        while True:
            refusals.add(sock.recvmsg(2048, 512, socket.MSG_ERRQUEUE)[3][1])


def scan(lab, ours=SBC, mallory=MALLORY, media=MEDIA):
    """Who of all 65,535 UDP ports answers a stranger; and where the kernel says that nobody listens."""
    answers, refusals = set(), set()
    v6 = ":" in ours
    ask = question(f"[{ours}]", f"[{mallory}]") if v6 else question()
    asks = {port: (RTP, RTCP)[port % 2] for port in media}
    with lab.net.socket("wild", family=socket.AF_INET6 if v6 else socket.AF_INET) as sock:
        sock.bind((mallory, FLOOD_PORT))
        sock.setsockopt(*(socket.IPPROTO_IPV6, IPV6_RECVERR) if v6 else (socket.IPPROTO_IP, IP_RECVERR), 1)
        sock.setblocking(False)
        for port in ALL:
            for _ in range(8):  # an error of another port: nothing was sent
                with contextlib.suppress(ConnectionRefusedError, BlockingIOError):
                    sock.sendto(asks.get(port, ask), (ours, port))
                    break
            if port % 32 == 0:
                time.sleep(0.001)
                hear(sock, answers, refusals)
        time.sleep(0.5)
        hear(sock, answers, refusals)
    return answers, refusals


def dropped(lab):
    path = lab.programs.ng("statistics")["statistics"]["datapath"]
    return path["drop_closed"], path["drop_source"]


def pinholes(lab, backend):
    return [p for p in lab.programs.api("/api/v1/pinholes")["pinholes"] if p["backend"] == backend]


def scanned(lab, when, open_ports):
    """SIP answers and nobody else; of the media range only what is open comes as far as the relay."""
    before = dropped(lab)
    answers, refusals = scan(lab)
    if answers != {SIP}:
        raise Failed(f"{when}: {sorted(answers)[:8]} answered, wanted {SIP} alone")
    if refusals & set(MEDIA) or not refusals:
        raise Failed(f"{when}: the kernel answers for media ports {sorted(refusals & set(MEDIA))[:5]} of "
                     f"{len(refusals)}")
    closed, refused = (b - a for a, b in zip(before, dropped(lab)))
    if (closed, refused) != (len(MEDIA) - open_ports, open_ports):
        raise Failed(f"{when}: {closed} packets were dropped at closed ports, {refused} came to the relay; wanted "
                     f"{len(MEDIA) - open_ports} and {open_ports}")


def ports_scan(lab):
    """A stranger tries all 65,535 UDP ports before, in and after a call: SIP answers, nothing else; to the relay come
    only packets for the call's four ports, and it turns them away."""
    scanned(lab, "before", 0)
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.5)
    scanned(lab, "in a call", OF_A_CALL)
    told = pinholes(lab, "flow")
    if len(told) != OF_A_CALL or any(p["refused_packets"] != 1 or p["state"] != "pinned" for p in told):
        raise Failed(f"the pinholes told are {told}")
    note = both_heard(lab, alice, bob, hang_up(alice, bob))
    lab.programs.settle()
    scanned(lab, "after", 0)
    return note



def knock(lab, ours, mallory):
    """(who of all 65,535 TCP ports lets a stranger in, who says nothing at all)"""
    family = socket.AF_INET6 if ":" in ours else socket.AF_INET
    there, silent = set(), set()
    for first in range(1, 65536, TCP_AT_ONCE):
        poll, waiting = select.epoll(), {}
        with lab.net.inside("wild"):
            socks = {port: socket.socket(family, socket.SOCK_STREAM) for port in
                     range(first, min(first + TCP_AT_ONCE, 65536))}
        for port, sock in socks.items():
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no port waits afterwards
            sock.bind((mallory, FLOOD_PORT))
            sock.connect_ex((ours, port))
            waiting[sock.fileno()] = port
            poll.register(sock, select.EPOLLOUT)
        end = time.monotonic() + TCP_WAIT_S
        while waiting and time.monotonic() < end:
            for fd, _ in poll.poll(0.1):
                port = waiting.pop(fd, None)
                if port and socks[port].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                    there.add(port)
                poll.unregister(fd)
        silent |= set(waiting.values())
        for sock in socks.values():
            sock.close()
        poll.close()
    return there, silent


def ports_scan_all(lab):
    """A stranger tries all 65,535 TCP ports, and UDP and TCP over IPv6: nothing answers but the SIP that is configured."""
    for ours, mallory in ((SBC, MALLORY), (SBC6, MALLORY6)):
        there, silent = knock(lab, ours, mallory)
        if there != {SIP} or silent:
            raise Failed(f"{ours}: TCP ports {sorted(there)[:8]} let a stranger in, wanted {SIP} alone; "
                         f"{sorted(silent)[:8]} say nothing")
    answers, refusals = scan(lab, SBC6, MALLORY6, MEDIA6)
    if answers != {SIP} or refusals & set(MEDIA6) or not refusals:
        raise Failed(f"{SBC6}: {sorted(answers)[:8]} answered, wanted {SIP} alone; the kernel answers for media ports "
                     f"{sorted(refusals & set(MEDIA6))[:5]} of {len(refusals)}")


def expect_why(lab, source, port, words, drops=True):
    said = sbcctl(lab, "why-dropped", source, f"{SBC}:{port}")
    if words not in said or ("dropped: " in said) != drops:
        raise Failed(f"why-dropped {source} {SBC}:{port}: {said!r}, wanted {words!r}")


def check_told(lab, alice, bob):
    """Of a call both backends have the same ports, for the same peers."""
    flow = {p["ours"]: p["peer"] for p in pinholes(lab, "flow")}
    nft = {p["ours"]: p["peer"] for p in pinholes(lab, "nft")}
    if len(flow) != OF_A_CALL or None in flow.values():
        raise Failed(f"the relay's pinholes are {flow}")
    if flow != nft or lab.programs.holes() != OF_A_CALL:
        raise Failed(f"in nftables are {nft}, {lab.programs.holes()} elements; the relay has {flow}")
    table = sbcctl(lab, "pinholes")
    missing = [x for pair in flow.items() for x in pair if x not in table]
    if missing:
        raise Failed(f"sbcctl pinholes does not tell {missing}: {table}")
    return flow


def ports_told(lab):
    """The operator sees what is open and for whom, is told why a packet is dropped, and opens a port for a while."""
    expect_why(lab, MALLORY, MEDIA[0], "open for no call now")
    expect_why(lab, MALLORY, SIP, "SIP of realm internet", drops=False)
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    wait_for(lambda: all(p["peer"] and p["state"] == "open" for p in pinholes(lab, "nft")) and
             len(pinholes(lab, "nft")) == OF_A_CALL, "pinholes to be narrowed", 10)
    ours, peer = next(iter(check_told(lab, alice, bob).items()))
    expect_why(lab, peer, int(ours.rpartition(":")[2]), "is who it listens to", drops=False)
    expect_why(lab, f"{MALLORY}:99", int(ours.rpartition(":")[2]), f"has learnt {peer}")
    time.sleep(IDLE_S + 1)  # they are kept open while the call goes on
    check_told(lab, alice, bob)
    note = both_heard(lab, alice, bob, hang_up(alice, bob))
    lab.programs.settle()
    opened = json.loads(sbcctl(lab, "-o", "json", "--for", "5m", "--peer", MALLORY, "pinholes", "open",
                               f"{SBC}:{MEDIA[9]}"))
    wait_for(lambda: lab.programs.holes() == 1, "the pinhole by hand", 5)
    listed = pinholes(lab, "nft")
    if [p["id"] for p in listed] != [opened["id"]] or not 290 < listed[0]["expires_s"] <= 300:
        raise Failed(f"opened {opened}, listed {listed}")
    sbcctl(lab, "pinholes", "close", opened["id"])
    wait_for(lambda: lab.programs.holes() == 0, "it to be closed", 5)
    return note


def ports_killed(lab):
    """kill -9 of all three programs in a call: its pinholes close by themselves, the operator's rules stay as they are, the
    next start begins clean."""
    before = lab.programs.operators()
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    wait_for(lambda: lab.programs.holes() == OF_A_CALL, "pinholes", 10)
    for name in ("sbc", "relay", "firewall"):
        kill(lab, getattr(lab.programs, name))
    killed = time.monotonic()
    if lab.programs.holes() != OF_A_CALL:
        raise Failed(f"{lab.programs.holes()} pinholes right after the kill")
    wait_for(lambda: lab.programs.holes() == 0, "pinholes to fall silent", IDLE_S + 4)
    closed = time.monotonic() - killed
    answers, refusals = scan(lab)
    if answers or refusals & set(MEDIA):
        raise Failed(f"with all killed {sorted(answers)[:5]} answer, {sorted(refusals & set(MEDIA))[:5]} refuse")
    lab.programs.firewall = None
    lab.programs.relay = lab.programs._spawn("rtpproxy")
    wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
    lab.programs.start_sbc()
    lab.stop_phones()
    lab.programs.settle(30)
    alice, bob = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    wait_for(lambda: lab.programs.holes() == OF_A_CALL, "pinholes of the next call", 10)
    time.sleep(1)
    note = both_heard(lab, alice, bob, hang_up(alice, bob))
    if lab.programs.operators() != before:
        raise Failed(f"the operator's rules were {before}, are {lab.programs.operators()}")
    return f"closed after {closed:.1f} s; {note}"


def ports_restart(lab):
    """kill -9 of the SBC, then of sbc-firewall, in a call: its pinholes stay open, and close with it; one by hand stays
    until its time is over."""
    # A NAT that forgets bob while the SBC is away is not what this is about.
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob)
    time.sleep(2.5)  # a call so old is in the store
    sbcctl(lab, "--for", "1m", "pinholes", "open", f"{SBC}:{MEDIA[9]}")
    wait_for(lambda: lab.programs.holes() == OF_A_CALL + 1, "the pinhole by hand", 5)
    narrowed = {p["ours"]: p["peer"] for p in pinholes(lab, "nft")}
    kill(lab, lab.programs.sbc)
    lab.programs.start_sbc()
    kill(lab, lab.programs.firewall)
    lab.programs.start_firewall()
    time.sleep(IDLE_S)
    now = {p["ours"]: p["peer"] for p in pinholes(lab, "nft")}
    if now != narrowed or lab.programs.holes() != OF_A_CALL + 1:
        raise Failed(f"pinholes were {narrowed}, are {now}; {lab.programs.holes()} elements")
    by_hand = next(p for p in pinholes(lab, "nft") if p["owner"] == "by hand")
    if not 30 < by_hand["expires_s"] < 60:
        raise Failed(f"the pinhole by hand is {by_hand}")
    sbcctl(lab, "pinholes", "close", by_hand["id"])
    return both_heard(lab, alice, bob, hang_up(alice, bob))
