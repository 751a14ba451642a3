# SPDX-License-Identifier: BSD-3-Clause
"""pcapng.py: a pcapng capture of Ethernet, as the relay writes it into files and connections
(draft-ietf-opsawg-pcapng): what its head says, and the packets in it."""

import collections
import struct

from .capture import parse_frame

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6  # types of blocks; others are passed over
ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
ETHERNET = 1
COMMENT = 1  # an option

Captured = collections.namedtuple("Captured", "packet length")  # bytes that were kept of the frame
Contents = collections.namedtuple("Contents", "comment captured")


def read(data):
    """All of a capture that has its end: Contents, packets that are neither UDP nor TCP left out. What breaks the
    format is a ValueError: a reader in the field might stop there."""
    comment, links, captured = None, [], []
    for kind, order, body in blocks(data):
        if kind == SECTION:
            comment, links = options(body[16:], order).get(COMMENT), []
        elif kind == INTERFACE:
            links.append(struct.unpack_from(order + "H", body)[0])
        elif kind == PACKET:
            frame = frame_of(body, order, links)
            packet = parse_frame(frame, 0, "")
            if packet:
                captured.append(Captured(packet, len(frame)))
    return Contents(comment, captured)


def blocks(data):
    """(type, byte order, body) each."""
    at, order = 0, None
    while at < len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = ORDERS.get(data[at + 8:at + 12])
        if not order:
            raise ValueError(f"byte {at}: no section begins here: {data[at:at + 12]}")
        if len(data) - at < 12:
            raise ValueError(f"byte {at}: it ends in the middle of a block")
        kind, length = struct.unpack_from(order + "II", data, at)
        if length % 4 or not 12 <= length <= len(data) - at:
            raise ValueError(f"byte {at}: a block of {length} bytes, of which {len(data) - at} are there")
        if struct.unpack_from(order + "I", data, at + length - 4)[0] != length:
            raise ValueError(f"byte {at}: the end of the block tells another length")
        yield kind, order, data[at + 8:at + length - 4]
        at += length


def options(data, order):
    """The last one of each number, as bytes."""
    found, at = {}, 0
    while len(data) - at >= 4:
        number, length = struct.unpack_from(order + "HH", data, at)
        if number == 0:
            break
        if length > len(data) - at - 4:
            raise ValueError(f"option {number} is longer than its block")
        found[number] = data[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
    return found


def frame_of(body, order, links):
    if len(body) < 20:
        raise ValueError(f"a packet in {len(body)} bytes")
    link, _, _, kept, whole = struct.unpack_from(order + "IIIII", body)
    if link >= len(links) or links[link] != ETHERNET:
        raise ValueError(f"a packet of interface {link}, of {links}")
    if kept > whole or kept > len(body) - 20:
        raise ValueError(f"{kept} bytes of a packet of {whole}, in a block with {len(body) - 20} of them")
    return body[20:20 + kept]


def is_rtp(packet):
    """And no RTCP (RFC 5761 4)."""
    head = packet.payload
    return packet.over == "udp" and len(head) >= 12 and head[0] >> 6 == 2 and not 64 <= head[1] & 0x7F < 96


def rtp(contents):
    return [c for c in contents.captured if is_rtp(c.packet)]
