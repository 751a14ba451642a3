# SPDX-License-Identifier: BSD-3-Clause
"""The relay under Kamailio's rtpengine module: no SBC, the same phones behind the same NATs."""

import contextlib
import re
import socket
import time

from natlab.capture import SIP_PORTS, wait_for
from natlab.dropin import NG_LAN, NG_TCP, NG_UDP
from natlab.ngclient import NgClient
from natlab.peers import Baresip
from natlab.programs import REALMS
from natlab.ua import DOMAIN, Failed, both_talk, check_no_audio, establish, hang_up

from .browser import HIGH, LOW, browser_and_phone
from .calls import ENOUGH, TALK_S, both_heard, holds, registered
from .clients import baresip_call
from .secure import check_sealed

OTHER = "198.51.100.6"  # of media-address in kamailio-rtpengine.cfg
RETRY_S = 3  # longer than rtpengine_disable_tout in kamailio-rtpengine.cfg


def by_way(callee, way):
    """A URI that makes Kamailio send other words to the relay (kamailio-rtpengine.cfg)."""
    return f"sip:{callee.user}@{DOMAIN};way={way}"


def call_by(lab, caller, callee, way="plain", **more):
    establish(caller, callee, by_way(callee, way), **more)
    both_talk(caller, callee, TALK_S, ENOUGH)
    return both_heard(lab, caller, callee, hang_up(caller, callee))


def dropin_basic(lab):
    """Through Kamailio and its rtpengine module, a phone behind NAT and one on the LAN call each other: both hear."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    call_by(lab, alice, bob)
    return call_by(lab, bob, alice)


def dropin_words(lab):
    """The same with via-branch=auto, SIP-source-address and received-from=: understood, no warning."""
    alice, bob = registered(lab, ("nat_b", "alice"), ("lan", "bob"))
    for way in ("branch", "source", "named"):
        note = call_by(lab, alice, bob, way)
    warned = re.findall(r".*not understood.*", lab.programs.said())
    if warned:
        raise Failed(warned[0])
    return note


def dropin_late_offer(lab):
    """The INVITE offers nothing: the 200 does (its tags are the other way round), the ACK answers."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    call_by(lab, alice, bob, late=True)
    return call_by(lab, bob, alice, late=True)


def dropin_hold(lab):
    """Both sides hold and resume by re-INVITE, one of them behind symmetric NAT."""
    alice, bob = registered(lab, ("nat_b", "alice"), ("lan", "bob"))
    establish(alice, bob, by_way(bob, "plain"))
    time.sleep(0.5)
    holds(lab, alice, bob)
    alice.do("forget")
    bob.do("forget")
    time.sleep(0.6)
    return both_heard(lab, alice, bob, hang_up(alice, bob), 25) + " after two holds"


def ports_used(lab):
    """{realm: ports}, of those that have any."""
    ports = lab.programs.ng("statistics")["statistics"]["ports"]
    return {realm: p["used"] for realm, p in ports.items() if p["used"]}


def fork(lab, way, place, places, ports_ringing, ports_talking=4):
    """alice calls bob, who has a phone at each of these places."""
    alice, = registered(lab, (place, "alice"))
    near, far = registered(lab, *((p, "bob") for p in places))
    for answers, ends in ((near, far), (far, near)):
        alice.do("call", to=by_way(near, way))
        for phone in (near, far):
            phone.expect("incoming", user="alice")
            phone.do("ring")
            alice.expect("ringing", status=180)
        ringing = ports_used(lab)
        answers.do("answer")
        answers.expect("answered")
        alice.expect("answered", status=200)
        answers.expect("confirmed")
        check_no_audio("the phone that did not answer", ends.expect("ended", by="cancel")["media"])
        both_talk(alice, answers, TALK_S, ENOUGH)
        talking = ports_used(lab)
        note = both_heard(lab, alice, answers, hang_up(alice, answers))
        if sum(talking.values()) != ports_talking or sum(ringing.values()) != ports_ringing:
            raise Failed(f"{ringing} ports while it rang, {talking} after the answer")
        lab.programs.settle()
    return note


def dropin_fork(lab):
    """Two phones ring, one behind NAT and one on the LAN, each branch with ports of its own (via-branch=extra); one
    answers, the other branch is deleted and the call goes on."""
    return fork(lab, "fork", "nat_a", ("lan", "nat_b"), 6)


def dropin_fork_stock(lab):
    """Two phones behind two NATs ring as with Kamailio's stock configuration, which does not name the branches."""
    return fork(lab, "plain", "lan", ("nat_a", "nat_b"), 4)


def dropin_fork_realms(lab):
    """The same, and the two phones are in two realms: each is told an address that it can reach. Nobody tells the relay
    which branch has lost: its ports stay as long as the call."""
    return fork(lab, "plain", "nat_a", ("lan", "nat_b"), 6, 6)


def dropin_cancel(lab):
    """CANCEL, 486 and nobody there: the relay is told to delete, nothing stays."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    for ends in ("cancel", "reject"):
        alice.do("call", to=by_way(bob, "plain"))
        bob.expect("incoming")
        bob.do("ring")
        alice.expect("ringing", status=180)
        if not ports_used(lab):
            raise Failed("the relay has no ports for a call that rings")
        if ends == "cancel":
            alice.do("cancel")
            alice.expect("cancelled", status=200)
            alice.expect("failed", status=487)
            bob.expect("ended", by="cancel")
        else:
            bob.do("reject", status=486)
            bob.expect("ended", by="us")
            alice.expect("failed", status=486)
        lab.programs.settle()
    dave, = registered(lab, ("nat_b", "dave"))  # nobody else has this name: his registration outlives him
    dave.kill()
    alice.do("call", to=by_way(dave, "plain"))
    alice.expect("failed", timeout=8, status=408)


def dropin_ipv6(lab):
    """Two phones with IPv6, on the internet and on the LAN; once more with address-family=."""
    alice, bob = registered(lab, ("wild6", "alice"), ("lan6", "bob"))
    call_by(lab, alice, bob)
    return call_by(lab, bob, alice, "family")


def dropin_ipv6_to_ipv4(lab):
    """A phone with IPv6 and one behind an IPv4 NAT: the relay speaks both, and address-family= says which to whom."""
    alice, bob = registered(lab, ("wild6", "alice"), ("nat_b", "bob"))
    call_by(lab, alice, bob)
    return call_by(lab, bob, alice, "family")


def dropin_tos(lab):
    """TOS=184: all that the relay sends in this call is marked so."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    start = time.time()
    call_by(lab, alice, bob, "tos")
    marks = {p.tos for p in lab.capture.since(start) if p.src in REALMS.values() and p.sport not in SIP_PORTS}
    if marks != {184}:
        raise Failed(f"marked {marks}")


def dropin_media_address(lab):
    """media-address=: both phones are told this address instead of the realm's."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob, by_way(bob, "media"))
    for phone in (alice, bob):
        where = phone.media()["remote"][0]
        if where != OTHER:
            raise Failed(f"{phone.user} was told to send media to {where}")
    hang_up(alice, bob)


def dropin_statistics(lab):
    """What Kamailio's variables read of a query: as many packets as the phones sent, and how well they came, in all and
    of each side by its label."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    call_by(lab, alice, bob)
    found = re.findall(r"totals of \S+ (RTP: \d+ bytes, (\d+) packets, (\d+) errors; RTCP: .*)", lab.programs.said())
    if not found or not 2 * ENOUGH <= int(found[-1][1]) <= 4 * ENOUGH:
        raise Failed(f"statistics: {found[-1:]}")
    quality = re.findall(r"MOS of \S+ (4\.\d) (4\.\d) (4\.\d)$", lab.programs.said(), re.M)
    loss = re.findall(r"loss of \S+ 0 jitter \d+ samples [1-9]$", lab.programs.said(), re.M)
    sides = re.findall(r"sides of \S+ (4\.\d) (4\.\d) at \d+:\d\d \d+:\d\d$", lab.programs.said(), re.M)
    if not quality or not loss or not sides:
        raise Failed("no MOS, or loss: " + lab.programs.said()[-400:])
    return f"{found[-1][0]}; MOS {quality[-1][0]}"


def dropin_restart(lab):
    """The relay is killed and Kamailio takes it for dead; started again, it is used within Kamailio's next try."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    call_by(lab, alice, bob)
    lab.programs.relay_kill()
    lab.programs.kamcmd("rtpengine.ping", "all")
    wait_for(lambda: not lab.programs.sees_relay(), "Kamailio, to miss the relay")
    lab.programs.relay_start()
    time.sleep(RETRY_S)
    note = call_by(lab, alice, bob)
    if not lab.programs.sees_relay():
        raise Failed("Kamailio still takes the relay for dead")
    return note


LAN = "10.0.0.5"
ORDER = ("INFO sip:relay@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{n}\r\nMax-Forwards: 70\r\n"
         "From: <sip:x@{domain}>;tag={tags[0]}\r\nTo: <sip:y@{domain}>;tag={tags[1]}\r\nCall-ID: {call}\r\n"
         "CSeq: {n} INFO\r\nX-Order: {word}\r\nContent-Length: 0\r\n\r\n")


class Orders:
    """Has Kamailio's module order something about the only call there is."""

    def __init__(self, lab, caller, callee):
        self.lab, self.n = lab, 0
        self.call, = lab.programs.ng("list")["calls"]
        tags = lab.programs.ng("query", **{"call-id": self.call})["tags"]
        label = {tag["label"]: name for name, tag in tags.items()}
        self.tags = label["caller"], label["callee"]
        self.sock = lab.net.socket("lan", socket.SOCK_DGRAM)
        self.sock.settimeout(4)
        self.sock.bind(("10.0.0.31", 0))
        self.phones = caller, callee

    def order(self, word, status=200):
        self.n += 1
        host, port = self.sock.getsockname()
        self.sock.sendto(ORDER.format(domain=DOMAIN, host=host, port=port, n=self.n, tags=self.tags, call=self.call,
                                      word=word).encode(), (LAN, 5060))
        got = self.sock.recv(65536).decode()
        if int(got.split()[1]) != status:
            raise Failed(f"{word}: Kamailio says {got.splitlines()[0]}; {self.lab.programs.said()[-300:]}")

    def talk(self):
        """What each has heard of the other since."""
        time.sleep(0.1)  # what was on its way has arrived
        for phone in self.phones:
            phone.do("forget")
        time.sleep(0.6)
        return [phone.media()["heard"].get(other.user, {}).get("received", 0)
                for phone, other in zip(self.phones, self.phones[::-1])]

    def close(self):
        self.sock.close()


def dropin_orders(lab):
    """Kamailio's functions block, silence, dial, record, and forward, in a call, which then lingers (delete-delay=)."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob, by_way(bob, "delayed"))
    with contextlib.closing(Orders(lab, alice, bob)) as orders:
        for word, heard in (("block media", False), ("unblock media", True), ("silence media", False),
                            ("unsilence media", True)):
            orders.order(word)
            counts = orders.talk()
            if [count > ENOUGH // 4 for count in counts] != [heard, heard] or (not heard and any(counts)):
                raise Failed(f"after {word} {counts} packets were heard")
        for word, digits in (("play DTMF", "5"), ("block DTMF", ""), ("unblock DTMF", "7")):
            bob.do("forget")
            orders.order(word)
            if word != "play DTMF":
                alice.do("press", key="7")
            time.sleep(0.6)
            if bob.media()["keys"] != digits:
                raise Failed(f"after {word} bob heard {bob.media()['keys']!r}")
        for _ in range(2):  # another file, also within one second
            orders.order("start recording")
            orders.order("stop recording")
        orders.order("start forwarding", 500)  # nobody is named who gets it
        orders.order("play media", 500)  # not built
        orders.order("stop forwarding")
        orders.talk()
    note = both_heard(lab, alice, bob, hang_up(alice, bob), 20)
    if not ports_used(lab):
        raise Failed("the session did not linger")
    return note


def dropin_baresip(lab):
    """Two baresips, one behind NAT, through Kamailio: each records the other's tone."""
    return baresip_call(lab, "udp")


OFFERED = ("v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio {1} RTP/AVP 0\r\n"
           "a=rtpmap:0 PCMU/8000\r\n")


def told(answer, result="ok"):
    if answer.get("result") != result:
        raise Failed(f"ng: {answer}")
    return answer


def exchange(client, call_id):
    """An offer and an answer as OpenSIPS writes them: the ports of the relay, lan and internet."""
    common = {"call__id": call_id, "from__tag": "f", "replace": ["origin", "session-connection", "zero address"],
              "address_family": "IP4", "ICE": "remove", "flags": ["trust-address"]}
    offer = told(client.ask("offer", sdp=OFFERED.format("192.0.2.20", 4000), received_from=["IP4", "192.0.2.20"],
                            direction=["internet", "lan"], **common))
    answer = told(client.ask("answer", sdp=OFFERED.format("10.0.0.20", 4002), to__tag="t",
                             received_from=["IP4", "10.0.0.20"], **common))
    if "10.0.0.5" not in offer["sdp"] or "198.51.100.5" not in answer["sdp"] or "warning" in offer:
        raise Failed(f"{offer} and {answer}")
    return [int(re.search(r"m=audio (\d+)", text["sdp"]).group(1)) for text in (offer, answer)]


def dropin_opensips(lab):
    """What OpenSIPS sends, over UDP, TCP and unix streams, with and without cookies, in both codings."""
    ways = [(NG_UDP, True), (NG_TCP, True), (NG_TCP, False), (lab.programs.ng_stream, True),
            (lab.programs.ng_stream, False)]
    for coding in ("bencode", "json"):
        for where, cookie in ways:
            with NgClient(lab, where, cookie, coding) as client:
                told(client.ask("ping"), "pong")
                exchange(client, "opensips")
                if sum(ports_used(lab).values()) != 4:
                    raise Failed(f"{ports_used(lab)} ports of one call over {where}")
                query = told(client.ask("query", call__id="opensips"))
                if set(query["tags"]) != {"f", "t"} or query["totals"]["RTP"]["packets"]:
                    raise Failed(f"query: {query}")
                deleted = told(client.ask("delete", call__id="opensips"))  # with neither tag
                if "created" not in deleted or ports_used(lab):
                    raise Failed(f"delete: {deleted}, {ports_used(lab)}")
                told(client.ask("delete", call__id="opensips", flags=["fatal"]), "error")
    return f"{2 * len(ways)} ways"


def dropin_stranger(lab):
    """A command port that is open to one host of the LAN: it is answered, others are not, and counted."""
    def reachable(own):
        with NgClient(lab, NG_LAN, namespace="lan", own=own) as client:
            try:
                return client.ask("ping").get("result") == "pong"
            except OSError:
                return False
    before = lab.programs.ng("statistics")["statistics"]["control"]["strangers"]
    if not reachable("10.0.0.20"):
        raise Failed("who may command is not answered")
    if reachable("10.0.0.30"):
        raise Failed("a stranger is answered")
    strangers = lab.programs.ng("statistics")["statistics"]["control"]["strangers"] - before
    if strangers != 1:
        raise Failed(f"{strangers} strangers counted")


def dropin_large(lab):
    """Requests of up to 65,507 bytes, in dozens of fragments over UDP."""
    for where in (NG_UDP, NG_TCP, lab.programs.ng_stream):
        with NgClient(lab, where) as client:
            for size in (1400, 9000, 30000, 65507):
                told(client.ask_padded(size), "pong")


def dropin_sealed(lab):
    """A phone that must encrypt and one that cannot call each other: RTP/SAVP and RTP/AVP, as Kamailio says."""
    start = time.time()
    alice, = registered(lab, ("nat_b", "alice"), srtp="sdes")
    bob, = registered(lab, ("lan", "bob"))
    call_by(lab, bob, alice, "sealed")
    note = call_by(lab, alice, bob, "clear")
    check_sealed(lab, start, "internet", 4 * ENOUGH)
    return note


def dropin_browser(lab):
    """A browser at Kamailio's WebSocket and a plain phone call each other (UDP/TLS/RTP/SAVPF ICE=force, RTP/AVP)."""
    alice = lab.browser("nat_a", "alice", LOW, "ws")
    alice.register()
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", HIGH)
    try:
        bob.registered()
        return browser_and_phone(alice, bob, ";way=web")
    finally:
        bob.quit()
