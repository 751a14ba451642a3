# SPDX-License-Identifier: BSD-3-Clause
"""A call's packets go to a receiver while it lasts."""

import socket

from natlab import pcapng
from natlab.capture import wait_for
from natlab.programs import FORWARD_TO
from natlab.ua import Failed

from .driver import FRAMES, Call
from .workers import INSIDE, OUTSIDE

HEADERS = 14 + 20 + 8 + 12  # of a packet without its payload


class Receiver:
    """Who listens there. With 'with': nobody does afterwards."""

    def __init__(self, lab):
        self.listening = lab.net.socket("sbc", socket.SOCK_STREAM)
        self.listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host, port = FORWARD_TO.removeprefix("tcp:").split(":")
        self.listening.bind((host, int(port)))
        self.listening.listen()
        self.listening.settimeout(10)

    def accept(self):
        connection, _ = self.listening.accept()
        connection.settimeout(10)
        return connection

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listening.close()


def read(connection):
    """All of a stream that has its end."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def named(stream, call):
    """What is in it; its head names the call."""
    contents = pcapng.read(stream)
    if contents.comment is None or call.id.encode() not in contents.comment:
        raise Failed(f"the stream of {call.id} says in its head: {contents.comment}")
    return contents


def packets(contents):
    """[(source, length)] of its RTP."""
    return [(packet.src, length) for packet, length in pcapng.rtp(contents)]


def wanted(what, got, expected):
    if got != expected:
        raise Failed(f"{what}: {got}, not {expected}")


def talks(call, when):
    wanted(f"heard {when}", call.talk()[:2], (FRAMES, FRAMES))


def state(call):
    return call.ng("query").get("forwarding", {}).get("state")


def nobody(call):
    """Refused, and nothing else happens."""
    answer = call.ng("start forwarding", flags=["all"])
    if answer["result"] != "error" or "relay.forward-to" not in answer["error-reason"]:
        raise Failed(f"nobody listens, but: {answer}")
    talks(call, "while nobody listens")


def both(call, receiver):
    """Both sides, whole, and a file of the same beside it; how many packets."""
    file = call.ng("start recording")["file"]
    wanted("start", call.ng("start forwarding", flags=["all"])["result"], "ok")
    connection = receiver.accept()
    talks(call, "while forwarded")
    told = call.ng("query")["forwarding"]
    call.ng("stop forwarding", flags=["all"])
    call.ng("stop recording")
    found = packets(named(read(connection), call))
    wanted("told of it", (told["state"], sorted(told["sides"]), told["dropped"]), ("flows", ["a", "b"], 0))
    for side in (OUTSIDE, INSIDE):
        wanted(f"forwarded of {side}", sum(source == side for source, _ in found), FRAMES)
    with open(file, "rb") as recorded:
        wanted("recorded beside it", len(packets(pcapng.read(recorded.read()))), 2 * FRAMES)
    return len(found)


def one_side(call, receiver):
    """The caller's alone, headers only; it ends with the call."""
    wanted("start", call.ng("start forwarding", flags=["no-payload"])["result"], "ok")
    connection = receiver.accept()
    talks(call, "while one side is forwarded")
    call.ng("delete", **{"delete-delay": 0})
    wanted("of one side", packets(named(read(connection), call)), [(OUTSIDE, HEADERS)] * FRAMES)


def gone(lab, call):
    """The receiver goes, and comes back: the call does not notice."""
    with Receiver(lab) as receiver:
        wanted("start", call.ng("start forwarding", flags=["all"])["result"], "ok")
        receiver.accept().close()
    talks(call, "while the receiver goes")
    wait_for(lambda: state(call) == "gone", "the relay to see that the receiver is gone")
    talks(call, "while it is gone")
    nobody(call)
    with Receiver(lab) as receiver:
        wanted("start again", call.ng("start forwarding", flags=["all"])["result"], "ok")
        connection = receiver.accept()
        talks(call, "once it is there again")
        call.ng("stop forwarding", flags=["all"])
        wanted("forwarded again", len(packets(named(read(connection), call))), 2 * FRAMES)


def forwarding(lab):
    """What arrives from both sides of a call, or from one, goes to a receiver that reads it as a capture; whether that
    is there, goes or comes back, the call goes on."""
    with Call(lab) as call:
        nobody(call)
        with Receiver(lab) as receiver:
            found = both(call, receiver)
        gone(lab, call)
        with Receiver(lab) as receiver:
            one_side(call, receiver)
    return f"{found} packets of both sides came over the connection"
