#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""forwarder.py: what there is without an SBC: a plain SIP forwarder between two networks that repairs nothing.

It routes requests to where the To user was last heard from and responses by the Via that it added; addresses in Contact
and SDP pass as they are. Signalling works through it; audio through a NAT must not: that is what the control proves.
"""

import select
import socket
import sys

sys.dont_write_bytecode = True

from natlab import sip  # noqa: E402


def main():
    """Arguments: the address of each side; port 5060."""
    sides = {}
    for host in sys.argv[1:]:
        sides[host] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sides[host].bind((host, 5060))
    users = {}  # user -> (side, address)
    print("ready", flush=True)
    while True:
        for sock in select.select(list(sides.values()), [], [])[0]:
            data, source = sock.recvfrom(65535)
            message = sip.Message.parse(data)
            if message:
                forward(message, sock, source, sides, users)


def forward(message, sock, source, sides, users):
    if not message.is_request:
        message.headers = [h for i, h in enumerate(message.headers) if i != 0]  # our Via is the first header
        to = users.get("via " + message.branch)
        if to:
            to[0].sendto(message.encode(), to[1])
        return
    users[sip.user_of(sip.uri_of(message.get("from")))] = (sock, source)
    if message.method == "REGISTER":
        sock.sendto(sip.response(message, 200, "fwd").encode(), source)
        return
    to = users.get(sip.user_of(message.uri).split("-")[0])
    if to:
        users["via " + message.branch] = (sock, source)
        host = to[0].getsockname()[0]
        routes = [("Record-Route", f"<sip:{h}:5060;lr>") for h in (host, sock.getsockname()[0])]
        via = ("Via", f"SIP/2.0/UDP {host}:5060;branch=z9hG4bK{message.branch[-8:]}f;rport")
        message.headers = [via] + routes + message.headers
        to[0].sendto(message.encode(), to[1])


if __name__ == "__main__":
    main()
