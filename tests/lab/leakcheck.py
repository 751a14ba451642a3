#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""leakcheck.py: does anything that one party told the SBC reach another party?

From the SIP messages that each party sent to the SBC it collects addresses, hosts, Call-IDs, tags, branches, Contact
users and product names, keys, fingerprints and what ICE is told; none of these bytes may be in any packet, SIP or RTP,
that the SBC sent to anybody else.

By hand: leakcheck.py --sbc 198.51.100.5 --sbc 10.0.0.5 --except voice.example.net FILE.pcap...
"""

import argparse
import collections
import ipaddress
import re
import sys

sys.dont_write_bytecode = True

from natlab import sip  # noqa: E402
from natlab.capture import SIP_PORTS, PcapReader  # noqa: E402

ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|"
                     r"(?<![\w.:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w.:])")
NOWHERE = {"0.0.0.0", "z9hG4bK"}  # z9hG4bK: what all branches begin with, all there is in badbranch of RFC 4475
SECRETS = {  # of a description that says how media is protected; a ufrag alone would be too short to be looked for
    "key": re.compile(r"^a=crypto:.*?inline:([\w+/=]+)", re.M),
    "fingerprint": re.compile(r"^a=fingerprint:\S+ (\S+)", re.M),
    "ICE user": re.compile(r"^a=(ice-ufrag:\S+)", re.M), "ICE password": re.compile(r"^a=ice-pwd:(\S+)", re.M),
    "candidate": re.compile(r"^a=(candidate:\S+ \d+ .*?) typ", re.M)}
SHORTEST = 5  # bytes: less says nothing

Leak = collections.namedtuple("Leak", "what token told_by packet")


def addresses(text):
    """What is an IP address in a text, as it stands there and as it is written normally (RFC 5952)."""
    for found in ADDRESS.findall(text.replace("[", " ").replace("]", " ")):
        if sip.is_address(found):
            yield from {found, str(ipaddress.ip_address(found))}


def tokens_of(message):
    """{text: what it is} of everything in a message that only its sender and the SBC should know."""
    out = {}
    for name in ("call-id", "user-agent", "server"):
        for value in message.all(name):
            out[value] = name
    for name in ("from", "to"):
        out[sip.param(message.get(name), "tag")] = name + " tag"
    for value in message.all("via"):
        out[sip.param(value, "branch")] = "branch"
        out[sip.host_of("sip:" + (value.split(None, 1) or [""])[-1])[0]] = "Via host"
    for value in message.all("contact"):
        uri = sip.uri_of(value)
        out[sip.user_of(uri)] = "Contact user"
        out[sip.host_of(uri)[0]] = "Contact host"
    for value in message.all("call-id"):
        out[value.partition("@")[2]] = "Call-ID host"
    for name in ("via", "contact", "record-route"):
        for value in message.all(name):
            out.update({ip: "address in " + name for ip in addresses(value)})
    body = message.body.decode("latin-1")
    out.update({text: what for what, line in SECRETS.items() for text in line.findall(body)})
    out.update({ip: "address in SDP" for ip in addresses(body)})
    return {text: what for text, what in out.items() if len(text) >= SHORTEST and text not in NOWHERE}


class Knowledge:
    """What each party told the SBC, and what the SBC told it."""

    def __init__(self, sbc, exceptions, ever_said):
        self.sbc, self.exceptions = set(sbc), set(exceptions)
        self.ever_said = ever_said                       # party -> {token: when first}, also of earlier checks
        self.said = collections.defaultdict(dict)        # party -> {token: what}
        self.was_told = collections.defaultdict(list)    # party -> packets

    @staticmethod
    def message(packet):
        return sip.Message.parse(packet.payload) if {packet.sport, packet.dport}.intersection(SIP_PORTS) else None

    def add(self, packet):
        if packet.dst in self.sbc and packet.src not in self.sbc:
            message = self.message(packet)
            if message:
                tokens = self.tokens(message, packet)
                self.said[packet.src].update(tokens)
                known = self.ever_said.setdefault(packet.src, {})
                for token in tokens:
                    known.setdefault(token, packet.t)
        elif packet.src in self.sbc:
            self.was_told[packet.dst].append(packet)

    def tokens(self, message, packet):
        """Not only what it made up: Call-IDs, tags and branches that the SBC made for one leg belong to that leg."""
        theirs = tokens_of(message)
        theirs[packet.src] = "public address"
        return {t: w for t, w in theirs.items() if t not in self.exceptions and t not in self.sbc}

    def leaks(self):
        for party, packets in self.was_told.items():
            everything = b"\0".join(p.payload for p in packets)
            for other, tokens in self.said.items():
                for token, what in tokens.items() if other != party else ():
                    text = token.encode("latin-1")
                    if holds(everything, text):
                        own_since = self.ever_said.get(party, {}).get(token, float("inf"))
                        hit = next((p for p in packets if holds(self.secret_part(p, own_since), text)), None)
                        if hit:
                            yield Leak(what, token, other, hit)

    @staticmethod
    def secret_part(packet, own_since):
        """What must not hold a token. What the party had said itself before (the same private network twice) may come
        back to it, but not in what describes the far side of a call. Echoing what leaked makes it nobody's own."""
        return packet.payload if packet.t < own_since else far_side(packet)


def holds(data, text):
    """Addresses must stand alone: 192.0.2.2 is not in 192.0.2.20, 2001:db8::5 not in 2001:db8::53."""
    if text not in data:
        return False
    if not sip.is_address(text.decode("latin-1")):
        return True
    more = rb"[0-9A-Fa-f:]" if b":" in text else rb"[\d.]"
    return bool(re.search(rb"(?<!" + more + rb")" + re.escape(text) + rb"(?!" + more + rb")", data))


def far_side(packet):
    """Of an INVITE or an answer to one: Contact and body."""
    message = Knowledge.message(packet)
    if not message or message.method != "INVITE":
        return b""
    return " ".join(message.all("contact")).encode("latin-1") + b"\n" + message.body


def sbc_addresses_abroad(packets, homes):
    """The SBC's address of one side, told on another. homes: {leg: {addresses}}."""
    for p in packets:
        if p.src not in homes.get(p.leg, ()):
            continue
        for leg, addresses in homes.items():
            for address in addresses if leg != p.leg else ():
                if holds(p.payload, address.encode()):
                    yield Leak("the SBC's own address", address, leg, p)


def check(packets, homes, exceptions, ever_said=None):
    """All leaks in these packets. homes: {leg: {the SBC's addresses there}}. ever_said is a dict that remembers from
    one check to the next what each party said: the SBC may tell it that much later, as when it looks for it."""
    knowledge = Knowledge(set().union(*homes.values()), exceptions, {} if ever_said is None else ever_said)
    for p in packets:
        knowledge.add(p)
    return list(knowledge.leaks()) + list(sbc_addresses_abroad(packets, homes))


def describe(leak):
    p = leak.packet
    first = p.payload.split(b"\r\n")[0][:60].decode("latin-1")
    line = next((part for part in p.payload.decode("latin-1").split("\r\n") if leak.token in part), "")
    return f"{leak.what} {leak.token!r} of {leak.told_by} told to {p.dst}:{p.dport} in {first!r}: {line[:110]!r}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sbc", action="append", required=True, help="an address of the SBC (one per file, in order)")
    parser.add_argument("--except", dest="exceptions", action="append", default=[], help="a text that may cross")
    parser.add_argument("files", nargs="+", help="captures, one per side of the SBC")
    options = parser.parse_args()
    homes = dict(zip(options.files, ({a} for a in options.sbc)))
    packets = sorted((p for f in options.files for p in PcapReader(f, f).read()), key=lambda p: p.t)
    found = check(packets, homes, options.exceptions)
    for leak in found:
        print(describe(leak))
    print(f"{len(packets)} packets, {len(found)} leaks")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
