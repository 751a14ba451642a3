# SPDX-License-Identifier: BSD-3-Clause
"""ngclient.py: commands the relay as OpenSIPS does, which no Debian package brings: the same spellings, over UDP, TCP
and unix streams. Sockets live in a namespace; what is asked comes back as a dict."""

import itertools
import json
import os
import socket

from .programs import bdecode, bencode
from .ua import Failed

TIMEOUT_S = 2.0


class NgClient:
    """where: "udp:IP:PORT", "tcp:IP:PORT", "unix-stream:/PATH", "unix:/PATH" as in relay.ng. cookie: whether requests
    have one; over datagrams they must. coding: bencode or json. own: the address to ask
    from."""

    count = itertools.count(1)

    def __init__(self, lab, where, cookie=True, coding="bencode", namespace="sbc", own=""):
        self.kind, _, self.where = where.partition(":")
        self.cookie, self.coding = cookie, coding
        self.is_stream = self.kind in ("tcp", "unix-stream")
        kind = socket.SOCK_STREAM if self.is_stream else socket.SOCK_DGRAM
        if self.kind.startswith("unix"):
            self.sock = socket.socket(socket.AF_UNIX, kind)
            self.sock.settimeout(TIMEOUT_S)
            if not self.is_stream:
                self.sock.bind("")  # an abstract name of the kernel's choice, to be answered at
            self.sock.connect(self.where)
        else:
            host, _, port = self.where.rpartition(":")
            self.sock = lab.net.socket(namespace, kind)
            self.sock.settimeout(TIMEOUT_S)
            self.sock.bind((own, 0))
            self.sock.connect((host, int(port)))

    def send(self, data):
        self.sock.sendall(data)

    def text(self, command, **more):
        """Keys are given with "_" for a blank and "__" for a hyphen: OpenSIPS writes some so, others so."""
        question = {"command": command, **{k.replace("__", "-").replace("_", " "): v for k, v in more.items()}}
        return json.dumps(question).encode() if self.coding == "json" else bencode(question)

    def ask(self, command, **more):
        return self.ask_text(self.text(command, **more))

    def ask_text(self, text):
        cookie = b"%d_%d " % (os.getpid() % 10000, next(self.count)) if self.cookie else b""
        self.send(cookie + text)
        return self.answer(cookie)

    def ask_padded(self, size):
        """A ping of so many bytes."""
        cookie = b"%d " % next(self.count)
        for digits in range(1, 6):
            more = size - len(cookie) - len(self.text("ping", padding="")) + 1 - digits
            if len(str(more)) == digits:
                break
        text = cookie + self.text("ping", padding="x" * more)
        if len(text) != size:
            raise Failed(f"{len(text)} bytes, not {size}")
        self.send(text)
        return self.answer(cookie)

    def answer(self, cookie=b""):
        data = b""
        while True:
            piece = self.sock.recv(65536)
            if not self.is_stream and piece.startswith(b"event-"):
                continue  # the relay tells by itself that a call is silent: on a slow machine they are
            data += piece
            if not data.startswith(cookie[:len(data)]):
                raise Failed(f"ng: the answer to {cookie} begins with {data[:40]}")
            found = self._decode(data[len(cookie):])
            if found is not None:
                return found
            if not piece or not self.is_stream:
                raise Failed(f"ng: no answer over {self.kind}, but {data[:80]}")

    def _decode(self, text):
        """None where it is not all there."""
        try:
            return json.loads(text) if self.coding == "json" else bdecode(text)[0]
        except (ValueError, IndexError):
            return None

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
