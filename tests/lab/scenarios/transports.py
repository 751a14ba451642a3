# SPDX-License-Identifier: BSD-3-Clause
"""Calls over every transport, and what becomes of them when a connection breaks."""

import time

from natlab.edge import NAMES, ORIGIN, PEERS
from natlab.peers import Kamailio, Sipp
from natlab.programs import REALMS, USERS
from natlab.ua import Failed, both_talk, check_audio, establish, hang_up
from natlab.wire import PORTS

from .calls import both_heard

WAYS = ("udp", "tcp", "tls", "ws", "wss")
TALK_S = 0.4
ENOUGH = 12  # packets of the 20 in TALK_S
LARGE = 40   # formats: makes an INVITE of more than 1,300 bytes (RFC 3261 18.1.1), and less than 4,000


def phone(lab, place, user, transport, port=None, **more):
    """Registered. Without a port: what phones have by custom."""
    more.setdefault("origin", ORIGIN if transport in ("ws", "wss") else None)
    out = lab.phone(place, user, port=port or (5060 if transport == "udp" else 5061), transport=transport, **more)
    out.register()
    return out


def talk(lab, caller, callee, first=None):
    establish(caller, callee)
    both_talk(caller, callee, TALK_S, ENOUGH)
    first = first or caller
    reports = hang_up(first, callee if first is caller else caller)
    return both_heard(lab, caller, callee, reports if first is caller else reports[::-1], ENOUGH, rtcp=False)


def every_transport(lab):
    """A call from each transport to each: 25 pairs, five at a time, one phone behind NAT, the other on the LAN."""
    users, start = iter(USERS), time.time()
    here, there = ({way: phone(lab, place, next(users), way, 5070 + 2 * i, media_port=4000 + 2 * i)
                    for i, way in enumerate(WAYS)} for place in ("nat_a", "lan"))
    for shift in range(len(WAYS)):
        pairs = [(way, WAYS[(i + shift) % len(WAYS)]) for i, way in enumerate(WAYS)]
        for one, other in pairs:
            doing(f"{one} to {other}", establish, here[one], there[other])
        time.sleep(TALK_S)
        for i, (one, other) in enumerate(pairs):
            ends = (here[one], there[other])[::1 if (i + shift) % 2 else -1]
            both_talk(*ends, 0, ENOUGH)
            reports = doing(f"{one} to {other}", hang_up, *ends)
            doing(f"{one} to {other}", both_heard, lab, *ends, reports, ENOUGH, False)
    seen = {p.over for p in lab.check_leaks(start) if {p.sport, p.dport}.intersection(PORTS.values())}
    if not seen.issuperset(WAYS):
        raise Failed(f"looked for leaks in {sorted(seen)} only")
    return "25 calls, all heard"


def doing(what, step, *arguments):
    try:
        return step(*arguments)
    except Failed as why:
        raise Failed(f"{what}: {why}") from why


def nat_called_back(lab):
    """Phones behind two NATs over TCP, TLS, WSS are called back over the connection that they opened, with hold."""
    notes = []
    for here, there in (("tcp", "tls"), ("tls", "wss")):
        alice, bob = phone(lab, "nat_a", "alice", here), phone(lab, "nat_b", "bob", there)
        notes.append(talk(lab, bob, alice))
        establish(alice, bob)
        hold_and_resume(bob, alice)
        hang_up(bob, alice)
        lab.stop_phones()
    return "; ".join(notes)


def ipv6_streams(lab):
    """TCP, TLS and WSS over IPv6."""
    notes = []
    for here, there in (("tls", "tcp"), ("wss", "udp")):
        notes.append(talk(lab, phone(lab, "wild6", "alice", here), phone(lab, "lan6", "bob", there)))
        lab.stop_phones()
    return "; ".join(notes)


def lost_while_ringing(lab):
    """A connection breaks while it rings (C7): the caller's loss cancels at the callee, the callee's ends the call."""
    alice, bob = phone(lab, "nat_a", "alice", "tcp"), phone(lab, "lan", "bob", "tls")
    alice.do("call", to="bob")
    bob.expect("incoming")
    bob.do("ring")
    alice.expect("ringing", status=180)
    alice.do("reset")
    bob.expect("ended", timeout=3, by="cancel")
    lab.programs.settle()
    alice.kill()
    lab.phones.remove(alice)

    carol = phone(lab, "nat_a", "carol", "tls")
    carol.do("call", to="bob")
    bob.expect("incoming")
    bob.do("ring")
    carol.expect("ringing", status=180)
    bob.do("reset")
    got = carol.expect("failed", timeout=3)["status"]
    if got not in (408, 480, 500, 503):
        raise Failed(f"the caller got {got}")
    carol.do("call", to="bob")
    gone = carol.expect("failed", timeout=3)["status"]
    if gone != 480:
        raise Failed(f"calling a phone whose connection is gone: {gone}")
    return f"cancelled at the callee; {got} to the caller, {gone} for the next call"


def lost_in_call(lab):
    """A connection breaks in a call: media goes on, and where the phone speaks next, there it is reached (R7)."""
    alice, bob = phone(lab, "nat_a", "alice", "tls"), phone(lab, "lan", "bob", "tcp")
    establish(alice, bob)
    alice.do("reset")
    time.sleep(0.3)
    alice.do("connect")
    alice.register()
    for holder, held in ((alice, bob), (bob, alice)):
        hold_and_resume(holder, held)
    for who in (alice, bob):
        who.do("forget")
    both_talk(bob, alice, TALK_S, ENOUGH)
    return both_heard(lab, bob, alice, hang_up(bob, alice), ENOUGH, rtcp=False) + ", re-INVITEs on the new connection"


def hold_and_resume(holder, held):
    for command, here, there in (("hold", "sendonly", "recvonly"), ("resume", "sendrecv", "sendrecv")):
        holder.do(command)
        held.expect("changed", direction=there)
        holder.expect("changed", status=200, direction=here)
        held.expect("confirmed")


def keepalives(lab):
    """CRLF on TCP and TLS, ping on WSS, STUN on UDP (RFC 5626): each is answered where it came from."""
    seen = {}
    for way in ("tcp", "tls", "wss"):
        caller = phone(lab, "nat_a", "alice", way)
        caller.do("ping")
        time.sleep(0.3)
        seen[way] = caller.media()["pongs"]
        lab.stop_phones()
    caller = phone(lab, "nat_b", "alice", "udp")
    caller.do("stun")
    attributes = bytes.fromhex(caller.expect("stun", timeout=2)["attributes"])
    mapped = attributes.find(b"\x00\x20\x00\x08")
    address = bytes(a ^ b for a, b in zip(attributes[mapped + 8:mapped + 12], b"\x21\x12\xa4\x42"))
    if not all(seen.values()) or mapped < 0 or address != bytes((192, 0, 2, 20)):
        raise Failed(f"answers: {seen}; STUN told {attributes.hex()}")
    return f"pongs {seen}, STUN told the NAT's address"


def large_by_tcp(lab):
    """An INVITE of more than 1,300 bytes goes to a UDP trunk by TCP (18.1.1), and by UDP where TCP is refused."""
    alice = phone(lab, "nat_a", "alice", "tcp")
    notes = []
    for listen, formats, over in (("tcp", 0, "UDP"), ("tcp", LARGE, "TCP"), (None, LARGE, "UDP")):
        trunk = lab.phone("both", "trunk", listen=listen)
        alice.do("call", to="+3555", formats=formats)
        got = trunk.expect("incoming")["over"]
        if got != over:
            raise Failed(f"{'large' if formats else 'small'} INVITE, TCP {listen or 'refused'}: came by {got}")
        trunk.do("answer")
        trunk.expect("answered")
        alice.expect("answered", status=200)
        trunk.expect("confirmed")
        time.sleep(TALK_S)
        both_heard(lab, alice, trunk, hang_up(*((alice, trunk) if formats else (trunk, alice)))[::1 if formats else -1],
                   ENOUGH, rtcp=False)
        trunk.stop()
        lab.phones.remove(trunk)
        notes.append(got)
    return "small by {}, large by {}, with TCP refused by {}".format(*notes)


def sipp_tcp(lab):
    """SIPp as trunk over TCP: calls to it and from it (bob is behind symmetric NAT, over TLS)."""
    bob = phone(lab, "nat_b", "bob", "tls")
    carrier = Sipp(lab, "trunk_calls", service="bob", over="t1")
    bob.expect("incoming", user="+15557654321")
    bob.do("answer")
    bob.expect("answered")
    bob.expect("confirmed")
    media = [bob.expect("ended", by="far side")["media"]]
    carrier.finish()
    carrier = Sipp(lab, "trunk_answers", over="t1", host=PEERS["core"])
    bob.do("call", to="+2555")
    bob.expect("ringing")
    bob.expect("answered", status=200)
    time.sleep(1)
    bob.do("bye")
    media.append(bob.expect("ended", by="us", status=200)["media"])
    carrier.finish()
    heard = [check_audio("bob", report, "bob", 40, only_from=REALMS["internet"])["distinct"] for report in media]
    return f"{heard[0]} of {media[0]['sent']} and {heard[1]} of {media[1]['sent']} packets came back"


def kamailio(lab):
    """Kamailio as the SIP server behind the SBC, over TCP and UDP: its phone is called through it and calls back."""
    return through_kamailio(lab, ("tcp", "2", "core"), ("udp", "8", "core-udp"))


def kamailio_tls(lab):
    """Kamailio over TLS: it wants the SBC's certificate and shows its own, whoever of the two connects."""
    way = "tls", "6", "core-tls"
    return through_kamailio(lab, way) + "; " + through_kamailio(lab, way, order=-1)


def through_kamailio(lab, *ways, order=1):
    """ways: (transport, digit that leads there, trunk). order: -1 where its phone calls first, so that it connects."""
    notes = []
    for way, digit, trunk in ways:
        name, start = NAMES.get(trunk), time.time()
        server = Kamailio(lab, PEERS[trunk], way, name and lab.authority.issue(name, f"DNS:{name}")[0][:-len(".pem")])
        try:
            alice = phone(lab, "nat_a", "alice", "tls")
            desk = lab.phone("lan", "desk", port=5066, proxy=server.host, domain="core.example.net")
            desk.register()
            for caller, callee, to in ((alice, desk, f"+{digit}555"), (desk, alice, "alice"))[::order]:
                establish(caller, callee, to)
                both_talk(caller, callee, TALK_S, ENOUGH)
                notes.append(both_heard(lab, caller, callee, hang_up(callee, caller)[::-1], ENOUGH, rtcp=False))
        finally:
            lab.stop_phones()
            server.stop()
        spoken = {(p.over, PORTS[way] in (p.sport, p.dport)) for p in lab.capture.since(start)
                  if {p.src, p.dst} == {PEERS[trunk], REALMS["lan"]}}
        if spoken != {("udp" if way == "udp" else "tcp", True)}:
            raise Failed(f"SBC and Kamailio spoke {sorted(spoken)}, wanted {way} only")
    return "; ".join(notes)
