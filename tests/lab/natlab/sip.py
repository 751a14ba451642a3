# SPDX-License-Identifier: BSD-3-Clause
"""sip.py: SIP messages, digest credentials and session descriptions, as little of them as the lab's phones need."""

import hashlib
import ipaddress
import os
import re

from . import srtp

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
           "c": "content-type", "k": "supported", "s": "subject", "e": "content-encoding"}

PHRASES = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 405: "Method Not Allowed",
           480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 486: "Busy Here",
           487: "Request Terminated", 488: "Not Acceptable Here", 603: "Decline"}


class Message:
    """A request or a response: start line, (name, value) pairs in order, body."""

    def __init__(self, start, headers=(), body=b""):
        self.start = start
        self.headers = list(headers)
        self.body = body

    @classmethod
    def parse(cls, data):
        """None where the bytes are no SIP message."""
        head, _, body = data.partition(b"\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("latin-1")).split("\r\n")
        if "SIP/2.0" not in lines[0]:
            return None
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if colon:
                headers.append((name.strip(), value.strip()))
        return cls(lines[0], headers, body)

    def encode(self):
        text = [self.start] + [f"{n}: {v}" for n, v in self.headers if n.lower() not in ("content-length", "l")]
        text += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(text).encode("latin-1") + self.body

    def all(self, name):
        name = name.lower()
        return [v for n, v in self.headers if COMPACT.get(n.lower(), n.lower()) == name]

    def get(self, name, default=""):
        values = self.all(name)
        return values[0] if values else default

    @property
    def is_request(self):
        return not self.start.startswith("SIP/2.0")

    @property
    def method(self):
        """Of a request; of a response, that of the request it answers."""
        return self.start.split(" ")[0] if self.is_request else (self.get("cseq").split() or [""])[-1]

    @property
    def uri(self):
        return self.start.split(" ")[1]

    @property
    def status(self):
        return int(self.start.split(" ")[1])

    @property
    def cseq(self):
        return int(self.get("cseq").split()[0])

    @property
    def over(self):
        """UDP, TCP, …: what its sender says."""
        return self.get("via").partition(" ")[0].rpartition("/")[2].upper()

    @property
    def branch(self):
        return param(self.get("via"), "branch")


def response(request, status, tag="", headers=(), body=b""):
    """RFC 3261 8.2.6. tag is added to a To that has none."""
    to = request.get("to")
    if tag and not param(to, "tag"):
        to += f";tag={tag}"
    fields = [("Via", v) for v in request.all("via")]
    fields += [("Record-Route", v) for v in request.all("record-route")]
    fields += [("From", request.get("from")), ("To", to), ("Call-ID", request.get("call-id")),
               ("CSeq", request.get("cseq"))]
    return Message(f"SIP/2.0 {status} {PHRASES.get(status, 'Some Reason')}", fields + list(headers), body)


def param(value, name):
    """A ;name=value of a header value, outside <>; "" where absent."""
    found = re.search(rf";\s*{name}\s*=\s*\"?([^;,>\s\"]+)", re.sub(r"<[^>]*>", "", value), re.I)
    return found.group(1) if found else ""


def uri_of(value):
    """The URI of a name-addr or addr-spec."""
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def user_of(uri):
    found = re.match(r"sips?:([^@]+)@", uri)
    return found.group(1) if found else ""


def host_of(uri, default_port=5060):
    """(host, port) of a SIP URI; what is none gives what comes closest."""
    rest = re.sub(r"^sips?:", "", uri).split("@")[-1]
    return host_port(re.split(r"[;?]", rest)[0], default_port)


def host_port(text, default_port=0):
    """("::1", 5060) of "[::1]:5060", and the like of HOST:PORT."""
    host, port = re.match(r"\s*(\[[^\]]*\]|[^:]*)(?:\s*:\s*(\d+))?", text).groups()
    return host.strip().strip("[]"), int(port or default_port)


def at(host, port):
    """The reverse: an IPv6 address is put in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_address(host):
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def token(n=8):
    return os.urandom(n).hex()


def challenge_fields(value):
    return {k.lower(): (a or b) for k, a, b in re.findall(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|([^,\s]+))", value)}


def credentials(challenge, user, password, method, uri, count=1):
    """The value of an Authorization header (RFC 7616); None where the algorithm is foreign to us."""
    fields = challenge_fields(challenge)
    algorithm = fields.get("algorithm", "MD5")
    digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}.get(algorithm)
    if not digest:
        return None

    def hexed(text):
        return digest(text.encode()).hexdigest()

    ha1 = hexed(f"{user}:{fields['realm']}:{password}")
    ha2 = hexed(f"{method}:{uri}")
    out = (f'Digest username="{user}",realm="{fields["realm"]}",nonce="{fields["nonce"]}",uri="{uri}",'
           f"algorithm={algorithm}")
    if "qop" in fields:
        cnonce, nc = token(6), f"{count:08x}"
        answer = hexed(f"{ha1}:{fields['nonce']}:{nc}:{cnonce}:auth:{ha2}")
        out += f',qop=auth,nc={nc},cnonce="{cnonce}"'
    else:
        answer = hexed(f"{ha1}:{fields['nonce']}:{ha2}")
    if "opaque" in fields:
        out += f',opaque="{fields["opaque"]}"'
    return out + f',response="{answer}"'


def sdp_write(host, port, session_id, version, direction, formats=0, keys=101, profile="RTP/AVP", more_lines=""):
    """formats: so many more that nobody knows. keys: payload number of telephone-event. more_lines: of the audio."""
    where = f"IN IP{6 if ':' in host else 4} {host}"
    more = range(35, 35 + formats)
    offered = " ".join(map(str, (0, keys, *more)))
    names = "".join(f"a=rtpmap:{n} long-name-of-an-unknown-codec-{n}/8000\r\n" for n in more)
    return (f"v=0\r\no=- {session_id} {version} {where}\r\ns=call\r\nc={where}\r\nt=0 0\r\n"
            f"m=audio {port} {profile} {offered}\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:{keys} telephone-event/8000\r\n"
            f"{names}a=fmtp:{keys} 0-15\r\na=ptime:20\r\na={direction}\r\n{more_lines}").encode()


def fax_write(host, port, session_id, version):
    """T.38 in place of the audio."""
    where = f"IN IP{6 if ':' in host else 4} {host}"
    return (f"v=0\r\no=- {session_id} {version} {where}\r\ns=call\r\nc={where}\r\nt=0 0\r\n"
            f"m=image {port} udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"
            "a=T38FaxRateManagement:transferredTCF\r\na=T38FaxMaxDatagram:400\r\n"
            "a=T38FaxUdpEC:t38UDPRedundancy\r\n").encode()


def sdp_read(body):
    """{host, port, rtcp_port, direction, keys, fax, profile, crypto} of the first audio or fax; None without one."""
    text = body.decode("latin-1")
    media = re.search(r"^m=(audio|image) (\d+) (\S+)", text, re.M)
    if not media:
        return None
    port = int(media.group(2))
    host = re.findall(r"^c=IN IP[46] (\S+)", text, re.M)
    rtcp = re.search(r"^a=rtcp:(\d+)", text, re.M)
    keys = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", text, re.M)
    direction = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", text, re.M)
    return {"host": host[-1] if host else "", "port": port, "rtcp_port": int(rtcp.group(1)) if rtcp else port + 1,
            "direction": direction.group(1) if direction else "sendrecv",
            "keys": int(keys.group(1)) if keys else None, "fax": media.group(1) == "image",
            "profile": media.group(3), "crypto": srtp.crypto_read(text)}
