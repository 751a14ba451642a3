# SPDX-License-Identifier: BSD-3-Clause
"""The relay alone, commanded by datagrams: others listen to a call, or to who publishes."""

import contextlib
import re
import time

from natlab import srtp
from natlab.attack import PORTS, SBC, STRANGER, Attacker
from natlab.dropin import NG_LAN
from natlab.media import FRAME_S, Media
from natlab.ngclient import NgClient
from natlab.sip import sdp_read
from natlab.ua import Failed

from .connected import client_and_sides, differences, exchange, hears, told

FRAMES = 30
QUIET_S = 0.3  # what is on its way has come by then
# Where listeners are: realm, namespace, address. The caller is outside, the callee inside.
PLACES = {"lan": ("lan", "10.0.0.20"), "internet": ("wild", "203.0.113.200"), "lan6": ("lan", "2001:db8:10::20"),
          "internet6": ("wild", "2001:db8:113::200")}


class Ear(Media):
    """Keeps what it heard, octet for octet."""

    def __init__(self, *more):
        self.payloads = []
        super().__init__(*more)

    def _read(self, sock):
        for data, source in super()._read(sock):
            if sock is self.rtp:
                self.payloads.append((data[1] & 0x7F, data[12:]))
            yield data, source

    def forget(self):
        super().forget()
        self.payloads = []


class Listener:
    """Who hears each source at a socket of its own."""

    def __init__(self, lab, tag, realm, port, keys=101, sealed=False):
        self.lab, self.tag, self.realm, self.port, self.keys, self.sealed = lab, tag, realm, port, keys, sealed
        self.ears, self.answers = [], []

    def ear(self, section):
        """For one m-line, and the answer to it."""
        namespace, host = PLACES[self.realm]
        with self.lab.net.inside(namespace):
            ear = Ear(self.tag, host, self.port + 2 * len(self.ears))
        ear.keys, ear.secure = self.keys, self.sealed
        ear.aim(sdp_read(section.encode()))
        own = srtp.crypto_new() if self.sealed else None
        if own:
            ear.sealer, ear.opener = srtp.Keys(own), srtp.Keys(sdp_read(section.encode())["crypto"])
        self.ears.append(ear)
        self.answers.append(f"m=audio {ear.port} RTP/{'S' if own else ''}AVP 0 {self.keys}\r\n"
                            f"a=rtpmap:{self.keys} telephone-event/8000\r\na=recvonly\r\n" +
                            (srtp.crypto_write(own) if own else ""))

    def subscribe(self, client, call, **more):
        """Both descriptions; how many m-lines."""
        asked = {"call-id": call, "to-tag": self.tag, "interface": self.realm,
                 "transport-protocol": "RTP/SAVP" if self.sealed else "RTP/AVP", **more}
        self.told = told(client.ask("subscribe request", **asked))
        head, *sections = re.split(r"(?=^m=)", self.told["sdp"], flags=re.M)
        for section in sections[len(self.ears):]:
            self.ear(head + section)
        if self.told["sdp"].count("a=sendonly\r\n") != sum(not section.startswith("m=audio 0 ") for section in sections):
            raise Failed(f"not sendonly: {self.told['sdp']}")
        host = PLACES[self.realm][1]
        where = f"IN IP{6 if ':' in host else 4} {host}"
        told(client.ask("subscribe answer", **{"call-id": call, "to-tag": self.tag},
                        sdp=f"v=0\r\no=- 1 1 {where}\r\ns=-\r\nc={where}\r\nt=0 0\r\n" + "".join(self.answers),
                        flags=["trust-address"]))
        return len(sections)

    def leave(self, client, call):
        told(client.ask("unsubscribe", **{"call-id": call, "to-tag": self.tag}))

    def close(self):
        for ear in self.ears:
            ear.close()


def read(sides, listeners):
    for media in [side.media for side in sides] + [ear for listener in listeners for ear in listener.ears]:
        media.read_rtp()
        media.read_rtcp()


def speak(sides, listeners):
    """FRAMES of each, and what comes of them; nothing of before."""
    read(sides, listeners)
    for media in [side.media for side in sides] + [ear for listener in listeners for ear in listener.ears]:
        media.forget()
    for _ in range(FRAMES):
        for side in sides:
            side.media._send_frame()
        end = time.monotonic() + FRAME_S
        while time.monotonic() < end:
            read(sides, listeners)
            time.sleep(FRAME_S / 8)
    end = time.monotonic() + QUIET_S
    while time.monotonic() < end:
        read(sides, listeners)
        time.sleep(FRAME_S)


def reached(sides, listeners):
    """They speak until all hear something: a hardware address that nobody has asked for yet takes a moment."""
    end = time.monotonic() + 20
    while not all(ear.heard for listener in listeners for ear in listener.ears):
        if time.monotonic() > end:
            raise Failed(f"{[(listener.tag, ear.port) for listener in listeners for ear in listener.ears if not ear.heard]} "
                         "heard nothing")
        speak(sides, listeners)


def check_ear(listener, ear, speaker):
    """All of this speaker's frames, each once and as he sent it, and nobody else's; None: nothing."""
    if ear.junk or ear.unopened:
        raise Failed(f"{listener.tag}: {ear.junk} were no media, {ear.unopened} could not be opened")
    got = [payload for number, payload in ear.payloads if number == 0 and payload]
    first = speaker.media.number - FRAMES if speaker else 0
    sent = [b"%s:%08d" % (speaker.tag.encode(), first + i) for i in range(FRAMES)] if speaker else []
    if got != [text.ljust(160, b"\xff") for text in sent]:
        raise Failed(f"{listener.tag} heard {len(got)} of {len(sent)} frames at {ear.port} of "
                     f"{speaker.tag if speaker else 'nobody'}: {[p[:12] for p in got[:3]]}")
    if speaker and not ear.rtcp_received:
        raise Failed(f"{listener.tag} heard no RTCP of {speaker.tag}")


def listens(sides, heard, talk=True):
    """They speak; heard: [(listener, [speaker or None, for each of its m-lines])]."""
    speak(sides, [listener for listener, _ in heard])
    for listener, speakers in heard:
        if len(listener.ears) != len(speakers):
            raise Failed(f"{listener.tag} has {len(listener.ears)} streams")
        for ear, speaker in zip(listener.ears, speakers):
            check_ear(listener, ear, speaker)
    for side, other in zip(sides, sides[::-1]) if talk else ():
        if side.media.heard.get(other.tag, {}).get("received") != FRAMES or len(side.media.heard) != 1:
            raise Failed(f"{side.tag} heard {side.media.report()} while others listened")


@contextlib.contextmanager
def listeners(lab, *places):
    made = [Listener(lab, *place) for place in places]
    try:
        yield made
    finally:
        for listener in made:
            listener.close()


def over(client, call):
    told(client.ask("delete", **{"call-id": call, "flags": ["fast"]}))
    differences(client)


def listening(lab):
    """`subscribe request`: a call, one side with SRTP; a plain listener, one with SRTP and one over IPv6 hear both sides,
    every octet; one leaves, a side is described anew, the call ends."""
    places = ("l", "lan", 6400), ("m", "internet", 4400, 99, True), ("n", "internet6", 4800)
    with client_and_sides(lab, ("a", 4000, 101), ("b", 6000, 96, True)) as (client, sides), \
            listeners(lab, *places) as (plain, sealed, six):
        a, b = sides
        exchange(client, "heard", a, b)
        for listener in plain, sealed, six:
            if listener.subscribe(client, "heard", flags=["all"]) != 2:
                raise Failed(f"{listener.tag} was offered {listener.told['sdp']}")
        if plain.told["from-tags"] != ["a", "b"] or [m["tag"] for m in plain.told["tag-medias"]] != ["a", "b"]:
            raise Failed(f"subscribe request: {plain.told}")
        hears(sides, "b", "a")
        reached(sides, [plain, sealed, six])
        every = [(listener, sides) for listener in (plain, sealed, six)]
        listens(sides, every)
        differences(client)
        query = told(client.ask("query", **{"call-id": "heard"}))["tags"]
        if query["m"]["listens to"] != ["a", "b"]:
            raise Failed(f"query: {query}")
        a.media.press("5", True)
        speak(sides, [sealed])
        if [number for number, _ in sealed.ears[0].payloads if number not in (0, 99)]:
            raise Failed(f"digits under others' numbers: {sealed.ears[0].payloads}")
        plain.leave(client, "heard")
        exchange(client, "heard", a, b)
        hears(sides, "b", "a")
        listens(sides, [(plain, (None, None)), (sealed, sides), (six, sides)])
        if six.subscribe(client, "heard", **{"from-tag": "b"}) != 2:
            raise Failed(f"{six.tag} was offered {six.told['sdp']}")
        listens(sides, [(plain, (None, None)), (sealed, sides), (six, (None, b))])
        told(client.ask("delete", **{"call-id": "heard", "from-tag": "m", "flags": ["fast"]}))
        listens(sides, [(sealed, (None, None)), (six, (None, b))])
        over(client, "heard")
        listens(sides, [(six, (None, None))], talk=False)


def published(lab):
    """`publish`: who speaks is answered recvonly; two hear him, one with SRTP and one over IPv6; he offers anew, one leaves."""
    with client_and_sides(lab, ("p", 4000, 101)) as (client, sides), \
            listeners(lab, ("l", "lan", 6400, 101, True), ("m", "lan6", 6800)) as (one, two):
        p, = sides

        def publish():
            answer = told(client.ask("publish", **{"call-id": "shown", "from-tag": "p", "interface": "internet"},
                                     sdp=p.describe().replace("sendrecv", "sendonly"), flags=["trust-address"]))
            if "a=recvonly\r\n" not in answer["sdp"]:
                raise Failed(f"publish: {answer}")
            p.hear_of(answer["sdp"])
        publish()
        for listener in one, two:
            listener.subscribe(client, "shown", **{"from-tag": "p"})
        hears(sides, "")
        reached(sides, [one, two])
        listens(sides, [(one, sides), (two, sides)], talk=False)
        publish()
        listens(sides, [(one, sides), (two, sides)], talk=False)
        one.leave(client, "shown")
        listens(sides, [(one, (None,)), (two, sides)], talk=False)
        over(client, "shown")


def listening_attacked(lab):
    """Who may not command cannot listen; who sprays all ports does not get what a listener hears, nor is heard by him."""
    with client_and_sides(lab, ("a", 4000, 101), ("b", 6000, 101)) as (client, sides), \
            listeners(lab, ("l", "internet", 4400), ("x", "lan", 6400)) as (mine, strangers):
        exchange(client, "heard", *sides)
        with NgClient(lab, NG_LAN, namespace="lan", own="10.0.0.30") as stranger:
            try:
                strangers.subscribe(stranger, "heard", flags=["all"])
                raise Failed("a stranger may listen")
            except OSError:
                pass  # not answered
        mallory = Attacker(lab)
        spray = mallory.begin((STRANGER, 7000), (SBC, PORTS[0]), last=PORTS[1], seconds=6, interval=20000, mixed=True)
        mine.subscribe(client, "heard", flags=["all"])
        reached(sides, [mine])
        listens(sides, [(mine, sides)])
        mallory.end(spray)
        listens(sides, [(mine, sides)])
        mallory.leaked()  # counts what goes to his address, which the caller and the listener have, too
        stolen = [p for p in lab.capture.since(mallory.since) if p.src == SBC and p.dst == STRANGER]
        if stolen or mallory.heard["received"] or mallory.heard["rtcp_received"]:
            raise Failed(f"{len(stolen)} packets went to the attacker, who heard {mallory.heard}")
        over(client, "heard")
