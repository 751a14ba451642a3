# SPDX-License-Identifier: BSD-3-Clause
"""wire.py: what SIP messages travel on: UDP, TCP, TLS, and WebSocket over either (RFC 7118), for phones that connect
and for trunks that listen. Nothing of the lab in it, no threads; the owner's loop calls receive()."""

import base64
import os
import re
import socket
import ssl
import struct

PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061, "ws": 8080, "wss": 8443}  # where the lab's SBC listens
SECURE = ("tls", "wss")
CONNECT_S = 3
MESSAGE_MAX = 1 << 20
LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*(\d+)", re.I)
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Closed(Exception):
    """A connection ended, or could not be made; says how."""


class Udp:
    via, reliable = "UDP", False

    def __init__(self, host, port):
        self.sock = udp_socket(host, port)

    def fileno(self):
        return self.sock.fileno()

    @property
    def port(self):
        return self.sock.getsockname()[1]

    def send(self, data, to):
        try:
            self.sock.sendto(data, to)
        except OSError:
            pass  # no route yet, or an ICMP error of an earlier message: the retransmission tries again

    def receive(self):
        while True:
            try:
                data, source = self.sock.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                continue
            yield data, source[:2]  # of IPv6 it has more


def udp_socket(host, port):
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, port))
    sock.setblocking(False)
    return sock


def tls_client(ca=None, certificate=None, key=None):
    """A context for who connects. Without a CA whatever the server shows is good."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED if ca else ssl.CERT_NONE
    if ca:
        context.load_verify_locations(ca)
        context.check_hostname = True
    if certificate:
        context.load_cert_chain(certificate, key)
    return context


def tls_server(certificate, key, ca=None):
    """A context for who listens. With a CA the client must show a certificate of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if ca:
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Stream:
    """One connection, TCP or TLS, and the SIP messages on it."""

    reliable = True

    def __init__(self, sock):
        self.sock = sock
        self.peer = sock.getpeername()[:2]
        self.partial = b""
        self.pongs = 0  # CRLF that came between messages (RFC 5626 4.4.1)
        sock.setblocking(False)

    @classmethod
    def connect(cls, to, context=None, name=None, make=socket.socket):
        return cls(stream_socket(to, context, name, make))

    @property
    def via(self):
        return "TLS" if isinstance(self.sock, ssl.SSLSocket) else "TCP"

    @property
    def port(self):
        return self.sock.getsockname()[1]

    def fileno(self):
        return self.sock.fileno()

    def send(self, data, _to=None):
        self.sock.settimeout(CONNECT_S)
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error
        finally:
            self.sock.settimeout(0)

    def ping(self):
        self.send(b"\r\n\r\n")

    def read(self):
        """What has come, as it is; Closed at the end."""
        while True:
            try:
                data = self.sock.recv(65536)
            except (ssl.SSLWantReadError, BlockingIOError):
                return
            except OSError as error:
                raise Closed(str(error)) from error
            if not data:
                raise Closed("closed by the far side")
            yield data

    def receive(self):
        """(message, peer) of each message that is complete."""
        for data in self.read():
            self.partial += data
            yield from ((message, self.peer) for message in iter(self.next_message, None))

    def next_message(self):
        start = len(self.partial) - len(self.partial.lstrip(b"\r\n"))
        self.pongs += start // 2
        self.partial = self.partial[start:]
        head = self.partial.find(b"\r\n\r\n")
        if head < 0:
            return None
        length = LENGTH.search(self.partial[:head + 2])
        end = head + 4 + int(length.group(1) if length else 0)
        if end > len(self.partial):
            return None
        message, self.partial = self.partial[:end], self.partial[end:]
        return message

    def reset(self):
        """As when a cable is cut and found cut: RST, no TLS alert."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        """Of TLS too without its goodbye: most phones never say it."""
        os.close(self.sock.detach())


def stream_socket(to, context=None, name=None, make=socket.socket, seconds=CONNECT_S):
    """make: what makes a socket, perhaps in a namespace."""
    sock = make(socket.AF_INET6 if ":" in to[0] else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(to)
        return context.wrap_socket(sock, server_hostname=name) if context else sock
    except (OSError, ValueError) as error:
        sock.close()
        raise Closed(f"{type(error).__name__}: {error}") from error


class WebSocket(Stream):
    """A client's end: it masks what it sends (RFC 6455 5.3), the server must not."""

    def __init__(self, sock, host, origin=None, protocol="sip"):
        super().__init__(sock)
        self.fragments = b""
        self.opcode = TEXT
        self._upgrade(host, origin, protocol)

    @classmethod
    def connect(cls, to, context=None, name=None, make=socket.socket, host="", origin=None, protocol="sip"):
        return cls(stream_socket(to, context, name, make), host or to[0], origin, protocol)

    @property
    def via(self):
        return "WSS" if isinstance(self.sock, ssl.SSLSocket) else "WS"

    def _upgrade(self, host, origin, protocol):
        lines = [f"GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n"]
        lines += [f"Sec-WebSocket-Protocol: {protocol}\r\n"] if protocol else []
        lines += [f"Origin: {origin}\r\n"] if origin else []
        self.send(("".join(lines) + "\r\n").encode(), raw=True)
        self.sock.settimeout(CONNECT_S)
        while b"\r\n\r\n" not in self.partial:
            try:
                data = self.sock.recv(4096)
            except OSError as error:
                raise Closed(f"no answer to the upgrade: {error}") from error
            if not data:
                raise Closed(f"closed during the upgrade, after {self.partial[:60]!r}")
            self.partial += data
        self.sock.settimeout(0)
        head, _, self.partial = self.partial.partition(b"\r\n\r\n")
        self.answer = head.decode("latin-1")
        if not re.match(r"HTTP/1\.1 101 ", self.answer):
            raise Closed(self.answer.split("\r\n")[0])
        if not re.search(r"\r\nSec-WebSocket-Protocol:\s*sip\s*(\r\n|$)", self.answer, re.I):
            raise Closed("101 without the protocol: " + self.answer)

    def send(self, data, _to=None, raw=False, pieces=1):
        """pieces: as so many fragments."""
        if raw:
            super().send(data)
            return
        size = max(1, -(-len(data) // pieces))
        parts = [data[i:i + size] for i in range(0, len(data), size)]
        for i, part in enumerate(parts):
            super().send(frame(part, self.opcode if i == 0 else CONTINUATION, i + 1 == len(parts)))

    def ping(self):
        super().send(frame(b"lab", PING, True))

    def next_message(self):
        while True:
            got = self._next_frame()
            if got is None:
                return None
            final, opcode, payload = got
            if opcode == PING:
                super().send(frame(payload, PONG, True))
            elif opcode == PONG:
                self.pongs += 1
            elif opcode == CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 0
                raise Closed(f"close frame {code}")
            else:
                self.fragments += payload
                if final:
                    message, self.fragments = self.fragments, b""
                    if message.strip(b"\r\n"):
                        return message
                    self.pongs += 1  # an empty message, or CRLF (RFC 7118 6)

    def _next_frame(self):
        data = self.partial
        if len(data) < 2:
            return None
        length, at = data[1] & 127, 2
        if data[1] & 128:
            raise Closed("the server masks")
        if length > 125:
            size = 2 if length == 126 else 8
            if len(data) < 2 + size:
                return None
            length, at = int.from_bytes(data[2:2 + size], "big"), 2 + size
        if len(data) < at + length:
            return None
        self.partial = data[at + length:]
        return bool(data[0] & 128), data[0] & 15, data[at:at + length]


def frame(payload, opcode, final):
    """A masked frame (RFC 6455 5.2)."""
    head = bytes([opcode | (128 if final else 0)])
    n = len(payload)
    if n < 126:
        head += bytes([128 | n])
    elif n < 65536:
        head += bytes([128 | 126]) + n.to_bytes(2, "big")
    else:
        head += bytes([128 | 127]) + n.to_bytes(8, "big")
    mask = os.urandom(4)
    return head + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(payload))


class Listener:
    """Accepts connections and speaks on each: a trunk. Of UDP a socket beside it, as RFC 3261 18.2.1 wants."""

    reliable = True

    def __init__(self, host, port, context=None):
        self.sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((host, port))
        self.sock.listen(16)
        self.sock.setblocking(False)
        self.context = context
        self.via = "TLS" if context else "TCP"

    def fileno(self):
        return self.sock.fileno()

    def accept(self):
        """A Stream, or Closed where its handshake failed; None where nobody is there."""
        try:
            sock, _ = self.sock.accept()
        except BlockingIOError:
            return None
        sock.settimeout(CONNECT_S)
        try:
            return Stream(self.context.wrap_socket(sock, server_side=True) if self.context else sock)
        except OSError as error:
            sock.close()
            raise Closed(f"{type(error).__name__}: {error}") from error
