# SPDX-License-Identifier: BSD-3-Clause
"""ladder.py: captured packets as a picture for people: who said what to whom, and what became of it on the way."""

from . import sip

WIDTH = 36  # of an arrow


def arrow(text, to_right):
    body = f" {text} ".center(WIDTH - 1, "-")
    return body + ">" if to_right else "<" + body


def label(message):
    return f"{message.method}" if message.is_request else message.start[len("SIP/2.0 "):]


def messages(packets):
    """(packet, message) of all SIP but keepalives, without retransmissions."""
    seen = set()
    for p in packets:
        message = sip.Message.parse(p.payload) if 5060 in (p.sport, p.dport) else None
        if message and message.method != "OPTIONS" and (p.leg, p.payload) not in seen:
            seen.add((p.leg, p.payload))
            yield p, message


def lines(packets, left, right, sbc):
    """The ladder: left and right are the peers' addresses, sbc is the set of ours. Media is one line a direction."""
    found = list(messages(packets))
    start = found[0][0].t if found else 0
    media = media_lines(packets, left, right, sbc)
    answered = False
    for p, message in found:
        on_left = left in (p.src, p.dst)
        if not on_left and right not in (p.src, p.dst):
            continue
        if answered and message.method == "BYE":
            yield from media
            media, answered = [], False
        drawn = arrow(label(message), p.src == left if on_left else p.dst == right)
        cells = (drawn, " " * WIDTH) if on_left else (" " * WIDTH, drawn)
        yield f"{1000 * (p.t - start):7.0f} ms |{cells[0]}|{cells[1]}|"
        answered = answered or message.method == "ACK"


def media_lines(packets, left, right, sbc):
    def count(src, dst):
        return sum(1 for p in packets if src(p) and dst(p) and p.sport % 2 == 0 and p.dport % 2 == 0
                   and 5060 not in (p.sport, p.dport))

    def ours(side):
        return lambda p: getattr(p, side) in sbc

    def peer(side, address):
        return lambda p: getattr(p, side) == address

    def double(n, to_right):
        return arrow(f"RTP, {n} packets", to_right).replace("-", "=")

    there = count(peer("src", left), ours("dst")), count(ours("src"), peer("dst", right))
    back = count(ours("src"), peer("dst", left)), count(peer("src", right), ours("dst"))
    return [f"{'':10} |{double(there[0], True)}|{double(there[1], True)}|",
            f"{'':10} |{double(back[0], False)}|{double(back[1], False)}|"]


def fields(message):
    """What hides a network or gives it away: (name, value)."""
    description = sip.sdp_read(message.body) or {"host": "-", "port": "-"}
    if message.is_request:
        yield "Request-URI", message.uri
        yield "Via", message.get("via").split(None, 1)[1].split(";")[0]
        yield "From tag", sip.param(message.get("from"), "tag")
    else:
        yield "To tag", sip.param(message.get("to"), "tag")
    yield "Contact", sip.uri_of(message.get("contact"))
    yield "Call-ID", message.get("call-id")
    yield "SDP c=", description["host"]
    yield "SDP m= port", str(description["port"])


def rewritten(before, after):
    """A table of both messages' fields."""
    def short(text):
        return text if len(text) <= 42 else text[:39] + "..."

    for (name, was), (_, became) in zip(fields(before), fields(after)):
        yield f"  {name:12} {short(was):43} {short(became)}"


def find(packets, test):
    """The last message that passes the test(packet, message)."""
    found = [m for p, m in messages(packets) if test(p, m)]
    return found[-1] if found else None
