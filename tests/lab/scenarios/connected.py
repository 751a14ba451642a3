# SPDX-License-Identifier: BSD-3-Clause
"""The relay alone, commanded by datagrams: sides of two calls are connected, media goes back, or nowhere."""

import contextlib
import time

from natlab import srtp
from natlab.dropin import NG_UDP
from natlab.media import FRAME_S, Media
from natlab.ngclient import NgClient
from natlab.sip import sdp_read, sdp_write
from natlab.ua import Failed

OUTSIDE, INSIDE = "203.0.113.200", "10.0.0.20"
TALK_S = 0.6
SOME = 10  # packets: more than are on their way when something changes


class Side:
    """Who talks in a call: a stream of numbered RTP, at a place of the lab, with a tag."""

    def __init__(self, lab, tag, port, keys, sealed=False):
        self.tag, self.is_outside = tag, port < 6000
        with lab.net.inside("wild" if self.is_outside else "lan"):
            self.media = Media(tag, OUTSIDE if self.is_outside else INSIDE, port)
        self.media.keys = keys
        self.crypto, self.other_crypto = srtp.crypto_new() if sealed else None, None
        self.media.secure = sealed

    def describe(self):
        more = srtp.crypto_write(self.crypto) if self.crypto else ""
        profile = "RTP/SAVP" if self.crypto else "RTP/AVP"
        return sdp_write(self.media.host, self.media.port, 1, 1, "sendrecv", 0, self.media.keys, profile, more).decode()

    def hear_of(self, text):
        """What the relay answers for this side to read."""
        told = sdp_read(text.encode())
        self.media.aim(told)
        if self.crypto and told["crypto"] != self.other_crypto:  # else both streams go on
            self.other_crypto = told["crypto"]
            self.media.sealer, self.media.opener = srtp.Keys(self.crypto), srtp.Keys(self.other_crypto)

    def heard(self):
        """Whom, in the order of their names."""
        return "".join(sorted(who for who, h in self.media.heard.items() if h["received"] >= SOME))


def told(answer):
    if not answer or answer.get("result") != "ok":
        raise Failed(f"the relay answered {answer}")
    return answer


def exchange(client, call, caller, callee, offered=(), answered=()):
    """An offer and an answer, each with flags."""
    directions = ["internet" if side.is_outside else "lan" for side in (caller, callee)]
    common = {"call-id": call, "from-tag": caller.tag}
    offer = told(client.ask("offer", **common, sdp=caller.describe(), direction=directions,
                            **{"transport-protocol": "RTP/SAVP" if callee.crypto else "RTP/AVP"},
                            flags=["trust-address", *offered]))
    callee.hear_of(offer["sdp"])
    answer = told(client.ask("answer", **common, **{"to-tag": callee.tag}, sdp=callee.describe(),
                             direction=directions[::-1], flags=["trust-address", *answered]))
    caller.hear_of(answer["sdp"])


def speak(sides, seconds=TALK_S):
    """All of them at once."""
    for side in sides:
        side.media.play(True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for side in sides:
            side.media.tick(time.monotonic())
            side.media.read_rtp()
            side.media.read_rtcp()
        time.sleep(FRAME_S / 4)
    for side in sides:
        side.media.play(False)


def hears(sides, *expected):
    """They speak, and each hears whom it should; what was on its way when something changed does not count."""
    speak(sides, 0.1)
    for side in sides:
        side.media.forget()
    speak(sides)
    heard = [side.heard() for side in sides]
    if heard != list(expected):
        raise Failed(f"{', '.join(s.tag for s in sides)} heard {heard}, not {list(expected)}")
    for side in sides:
        if side.media.junk or side.media.unopened:
            raise Failed(f"{side.tag}: {side.media.junk} were no media, {side.media.unopened} could not be opened")


@contextlib.contextmanager
def client_and_sides(lab, *sides):
    """((tag, port, keys, sealed), ...); all is over afterwards."""
    made = [Side(lab, *side) for side in sides]
    try:
        with NgClient(lab, NG_UDP) as client:
            yield client, made
    finally:
        for side in made:
            side.media.close()


def differences(client):
    found = told(client.ask("audit"))
    if found["different"]:
        raise Failed(f"audit: {found['differences']}")


def connected(lab):
    """`connect`: of two calls, one side with SRTP, two sides are connected, with other numbers for digits; the others
    hear nobody. When one call is over those of the other have each other again."""
    with client_and_sides(lab, ("a", 4000, 101), ("b", 6000, 96), ("c", 4400, 110, True), ("d", 6600, 97)) as (client, sides):
        a, b, c, d = sides
        exchange(client, "connect-1", a, b)
        exchange(client, "connect-2", c, d)
        hears(sides, "b", "a", "d", "c")
        connect = {"call-id": "connect-1", "from-tag": "a", "to-call-id": "connect-2"}
        answer = told(client.ask("connect", **connect, **{"to-tag": "c"}))
        if "warning" in answer:
            raise Failed(f"connect: {answer}")
        hears(sides, "c", "", "a", "")
        for stubborn in (True, False):  # by its own number, by that of who it was told of
            a.media.press("5", stubborn)
            c.media.press("7", stubborn)
            speak(sides, 0.1)
        if (a.media.pressed, c.media.pressed) != ("77", "55"):
            raise Failed(f"digits: a heard {a.media.pressed!r}, c heard {c.media.pressed!r}")
        if not a.media.rtcp_received or not c.media.rtcp_received or b.media.rtcp_received:
            raise Failed("RTCP went elsewhere than RTP")
        query = told(client.ask("query", **{"call-id": "connect-1"}))["tags"]
        if query["a"]["in dialogue with"] != "c" or query["a"]["connected to call"] != "connect-2":
            raise Failed(f"query: {query}")
        differences(client)
        told(client.ask("connect", **connect, **{"to-tag": "d"}))
        hears(sides, "d", "", "", "a")
        told(client.ask("connect", **{"call-id": "connect-2", "from-tag": "c", "to-call-id": "connect-1", "to-tag": "b"}))
        hears(sides, "d", "c", "b", "a")
        told(client.ask("delete", **{"call-id": "connect-2", "flags": ["fast"]}))
        hears(sides, "b", "a", "", "")
        differences(client)
        told(client.ask("delete", **{"call-id": "connect-1", "flags": ["fast"]}))


ECHOES = (("media-echo=both", "a", "b"), ("media-echo=blackhole", "", ""), ("media-echo=forward", "", "b"),
          ("media-echo=backwards", "a", ""), ("media-echo=off", "b", "a"), ("drop-traffic=start", "", ""),
          ("drop-traffic=stop", "b", "a"))


def echoes(lab):
    """`media-echo` and `drop-traffic` in offers and answers: who hears whom, in the clear and with SRTP."""
    for sealed in (False, True):
        with client_and_sides(lab, ("a", 4000, 101, sealed), ("b", 6000, 101)) as (client, sides):
            a, b = sides
            exchange(client, "echo", a, b)
            hears(sides, "b", "a")
            for flag, of_a, of_b in ECHOES:
                exchange(client, "echo", a, b, offered=[flag])
                hears(sides, of_a, of_b)
            # An answer's receiver is who made the offer.
            exchange(client, "echo", a, b, answered=["media-echo=forward"])
            hears(sides, "a", "")
            if a.media.rtcp_received or b.media.rtcp_received:
                raise Failed("RTCP was echoed")
            differences(client)
            told(client.ask("delete", **{"call-id": "echo", "flags": ["fast"]}))
