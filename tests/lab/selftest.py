#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""selftest.py: the leak checker and the readers of captures on made-up ones: what they must find, and what they must
not. No root needed."""

import ipaddress
import json
import struct
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import leakcheck  # noqa: E402
from natlab import pcapng, srtp  # noqa: E402
from natlab.capture import PcapReader  # noqa: E402
from natlab.lab import PhoneLog  # noqa: E402

OUT, IN = "198.51.100.5", "10.0.0.5"
HOMES = {"internet": {OUT, "2001:db8:51::5"}, "lan": {IN}}
ALICE, BOB = "203.0.113.10", "10.0.0.20"

SDP = "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio {1} RTP/AVP 0\r\n"
INVITE = ("INVITE sip:bob@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:5060;branch={branch};rport\r\n"
          "From: <sip:alice@{domain}>;tag={tag}\r\nTo: <sip:bob@{domain}>\r\nCall-ID: {call_id}\r\nCSeq: 1 INVITE\r\n"
          "Contact: <sip:{user}@{host}:5060>\r\nUser-Agent: {agent}\r\nContent-Type: application/sdp\r\n\r\n{sdp}")
PHONE = {"domain": "voice.example.net", "host": "192.168.1.10", "branch": "z9hG4bKphone1", "tag": "phonetag",
         "call_id": "phone-call-id", "user": "alice-12345", "agent": "Phone/7.1",
         "sdp": SDP.format("192.168.1.10", 4000)}
SBC = {"domain": "voice.example.net", "host": IN, "branch": "z9hG4bKours", "tag": "ourtag", "call_id": "our-call-id",
       "user": "token", "agent": "sbc", "sdp": SDP.format(IN, 10000)}

# What the SBC sends to bob, with one thing wrong in it: (field, value), what the checker calls it.
LEAKS = (
    (("call_id", "phone-call-id"), "call-id"),
    (("tag", "phonetag"), "from tag"),
    (("branch", "z9hG4bKphone1"), "branch"),
    (("user", "alice-12345"), "Contact user"),
    (("agent", "Phone/7.1"), "user-agent"),
    (("host", "192.168.1.10"), "address in SDP"),
    (("sdp", SDP.format("192.168.1.10", 10000)), "address in SDP"),
    (("sdp", SDP.format(IN, 10000) + "a=candidate:1 1 UDP 1 203.0.113.10 9 typ host\r\n"), "public address"),
    (("sdp", SDP.format(OUT, 10000)), "the SBC's own address"),
    (("call_id", "abc@192.168.1.10"), "address in SDP"),
)

SECRET_LINES = (  # of alice's description: (line, what the checker calls it)
    ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20", "key"),
    ("a=fingerprint:sha-1 08:82:7E:9D:A2:DC:FC:64:CF:DF:2B:7B:AD:0A:0C:E4:0D:AB:CE:89", "fingerprint"),
    ("a=ice-ufrag:pMnM", "ICE user"),
    ("a=ice-pwd:eyMZRgg+PIspF+565QBps1WT", "ICE password"),
    ("a=candidate:3715345188 1 udp 2122260223 relay.example 48127 typ host", "candidate"),
)

SIX = "2001:db8:113::200"
LEAKS_SIX = (  # of a phone with an IPv6 address
    (("sdp", SDP.format(SIX, 4000).replace("IP4", "IP6")), "address in SDP"),
    (("host", f"[{SIX}]"), "address in SDP"),
    (("call_id", "abc@2001:DB8:113::200"), "address in contact"),
)


def frame(src, sport, dst, dport, payload):
    ip = [ipaddress.ip_address(a).packed for a in (src, dst)]
    udp = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload
    if ":" in src:
        return bytes(12) + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(udp), 17, 64) + ip[0] + ip[1] + udp
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + ip[0] + ip[1]
    return bytes(12) + b"\x08\x00" + header + udp


def segment(seq, data, flags=0, src=IN, dst=BOB):
    tcp = struct.pack("!HHIIBBHHH", 5060, 40000, seq, 0, 5 << 4, flags, 0, 0, 0) + data
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0)
    return bytes(12) + b"\x08\x00" + header + b"".join(ipaddress.ip_address(a).packed for a in (src, dst)) + tcp


def pcap(frames, order="<"):
    out = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for i, data in enumerate(frames):
        out += struct.pack(order + "IIII", 1000 + i, 500000, len(data), len(data)) + data
    return out


def read(frames, leg, order="<", cut=0):
    with tempfile.NamedTemporaryFile() as f:
        data = pcap(frames, order)
        f.write(data[:len(data) - cut])
        f.flush()
        return list(PcapReader(f.name, leg).read())


def sip(src, dst, values, **change):
    return frame(src, 5060, dst, 5060, INVITE.format(**{**values, **change}).encode())


def found(to_bob, said=None, exceptions=("voice.example.net", "alice", "bob")):
    packets = read([said or sip(ALICE, OUT, PHONE)], "internet") + read(to_bob, "lan")
    return [(leak.what, leak.token) for leak in leakcheck.check(packets, HOMES, exceptions)]


class LeakCheck(unittest.TestCase):
    def test_a_clean_call_has_no_leak(self):
        self.assertEqual(found([sip(IN, BOB, SBC)]), [])

    def test_each_leak_is_found(self):
        for (field, value), what in LEAKS:
            with self.subTest(field=field, value=value):
                self.assertIn(what, [w for w, _ in found([sip(IN, BOB, SBC, **{field: value})])])

    def test_each_secret_of_media_is_found(self):
        said = sip(ALICE, OUT, PHONE, sdp=PHONE["sdp"] + "".join(line + "\r\n" for line, _ in SECRET_LINES))
        for line, what in SECRET_LINES:
            with self.subTest(line=line):
                told = sip(IN, BOB, SBC, sdp=SBC["sdp"] + line + "\r\n")
                self.assertEqual([w for w, _ in found([told], said)], [what])

    def test_each_leak_of_ipv6_is_found(self):
        said = frame("2001:db8:113::1", 5060, "2001:db8:51::5", 5060, INVITE.format(**{
            **PHONE, "host": "[2001:DB8:113::200]", "sdp": SDP.format(SIX, 4000).replace("IP4", "IP6")}).encode())
        for (field, value), what in LEAKS_SIX:
            with self.subTest(field=field, value=value):
                self.assertIn(what, [w for w, _ in found([sip(IN, BOB, SBC, **{field: value})], said)])
        self.assertEqual(found([sip(IN, BOB, SBC, sdp=SDP.format(SIX + "1", 1))], said), [])

    def test_an_echo_does_not_excuse_a_leak(self):
        packets = read([sip(ALICE, OUT, PHONE)], "internet") + read([
            sip(IN, BOB, SBC, call_id="phone-call-id"), sip(BOB, IN, SBC, call_id="phone-call-id", host=BOB)], "lan")
        self.assertIn("phone-call-id", [leak.token for leak in leakcheck.check(packets, HOMES, ())])

    def test_leak_in_media(self):
        rtp = frame(IN, 10000, BOB, 4000, b"\x80\x00" + bytes(10) + b"alice@192.168.1.10")
        self.assertEqual(found([rtp]), [("address in SDP", "192.168.1.10")])

    def test_what_goes_back_to_who_said_it_is_no_leak(self):
        packets = read([sip(ALICE, OUT, PHONE), sip(OUT, ALICE, PHONE)], "internet")
        self.assertEqual(leakcheck.check(packets, HOMES, ()), [])

    def test_a_leak_into_tls_is_found_in_the_phone_s_log(self):
        for text, leaks in ((INVITE.format(**SBC), 0), (INVITE.format(**{**SBC, "call_id": "phone-call-id"}), 1)):
            with self.subTest(leaks=leaks), tempfile.NamedTemporaryFile("w") as f:
                f.write(json.dumps({"t": 1001, "dir": "in", "peer": "10.0.0.5:5061", "text": text}) + "\nhalf a li")
                f.flush()
                log = PhoneLog(f.name, "lan", "tls")
                packets = read([sip(ALICE, OUT, PHONE)], "internet") + list(log.packets())
                self.assertEqual(len(leakcheck.check(packets, HOMES, ("voice.example.net",))), leaks)

    def test_exceptions_may_cross(self):
        self.assertEqual(found([sip(IN, BOB, SBC, agent="Phone/7.1")], exceptions=("Phone/7.1",)), [])

    def test_an_address_within_a_longer_one_is_not_that_address(self):
        self.assertEqual(found([sip(IN, BOB, SBC, sdp=SDP.format("192.168.1.100", 10000))]), [])

    def test_the_same_private_address_twice(self):
        """Bob lives at 192.168.1.10 too: it may be in his Request-URI, but not in what describes alice."""
        bob = {**PHONE, "branch": "z9hG4bKbob1", "tag": "bobtag", "call_id": "bob-id", "user": "bob-9", "agent": "B"}
        ours = {**SBC, "host": OUT, "sdp": SDP.format(OUT, 20000)}
        for change, leaks in (({"domain": "192.168.1.10"}, 0), ({"host": "192.168.1.10"}, 1),
                              ({"sdp": SDP.format("192.168.1.10", 1)}, 1)):
            with self.subTest(change=change):
                packets = read([sip(ALICE, OUT, PHONE), sip("192.0.2.20", OUT, bob),
                                sip(OUT, "192.0.2.20", ours, **change)], "internet")
                self.assertEqual(len(leakcheck.check(packets, HOMES, ("voice.example.net",))), leaks)


class Srtp(unittest.TestCase):
    def test_keys_of_rfc_3711_b_3(self):
        secret = bytes.fromhex("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6")
        for label, begins in ((0, "c61e7a93744f39ee10734afe3ff7a087"), (1, "cebe321f6ff7716b6fd4ab49af256a15"),
                              (2, "30cbbc08863d8c85d49db34a9ae1")):
            with self.subTest(label=label):
                self.assertTrue(srtp.derive(secret, label, 20).hex().startswith(begins))

    def test_what_is_sealed_opens_past_a_rollover_and_not_with_another_key(self):
        for suite in srtp.SUITES:
            crypto = srtp.crypto_new(suite)
            ours, theirs, other = srtp.Keys(crypto), srtp.Keys(crypto), srtp.Keys(srtp.crypto_new(suite))
            for seq in (65534, 65535, 65536, 65537):
                packet = struct.pack("!BBHII", 0x80, 0, seq & 0xFFFF, 160 * seq, 77) + b"alice:00000001"
                sealed = ours.seal(packet)
                self.assertNotIn(b"alice", sealed)
                self.assertEqual([theirs.open(sealed), other.open(sealed)], [packet, None])
            report = b"\x80\xc8\x00\x06" + bytes(range(24))
            sealed = ours.seal_rtcp(report)
            self.assertEqual([theirs.open_rtcp(sealed), other.open_rtcp(sealed)], [report, None])


class Pcap(unittest.TestCase):
    def test_both_byte_orders(self):
        for order in "<>":
            packets = read([frame("192.0.2.1", 7, "192.0.2.2", 9, b"hello")], "x", order)
            self.assertEqual([(p.src, p.sport, p.dst, p.dport, p.payload, p.t) for p in packets],
                             [("192.0.2.1", 7, "192.0.2.2", 9, b"hello", 1000.5)])

    def test_ipv6(self):
        packets = read([frame("2001:db8::1", 7, "2001:db8::2", 9, b"hello")], "x")
        self.assertEqual([(p.src, p.sport, p.dst, p.dport, p.payload) for p in packets],
                         [("2001:db8::1", 7, "2001:db8::2", 9, b"hello")])

    def test_a_record_that_is_not_all_there_waits(self):
        self.assertEqual(len(read([frame("192.0.2.1", 7, "192.0.2.2", 9, b"hello")] * 2, "x", cut=3)), 1)

    def test_other_protocols_are_passed_over(self):
        icmp = bytearray(frame("192.0.2.1", 7, "192.0.2.2", 9, b"hello"))
        icmp[23] = 1
        self.assertEqual(read([bytes(icmp), bytes(12) + b"\x86\xdd" + bytes(60)], "x"), [])

    def test_messages_of_a_stream_are_put_together(self):
        one, two = (b"BYE sip:a SIP/2.0\r\nl: 4\r\n\r\nbody", b"BYE sip:b SIP/2.0\r\nContent-Length: 0\r\n\r\n")
        start = 0xFFFFFFF0
        syn, stream = segment(start - 1, b"", 2), one + b"\r\n\r\n" + two + two
        for name, cuts in (("at once", ()), ("in the head", (10,)), ("in the body", (len(one) - 2,)), ("often", range(
                1, len(stream)))):
            edges = [0, *cuts, len(stream)]
            parts = [segment(start + a & 0xFFFFFFFF, stream[a:b]) for a, b in zip(edges, edges[1:])]
            for again, frames in (("", [syn, *parts]), (", each twice", [syn, *(f for f in parts for _ in "12")])):
                with self.subTest(name=name + again):
                    self.assertEqual([p.payload for p in read(frames, "x")], [one, two, two])

    def test_what_is_no_sip_in_a_stream_is_seen_too(self):
        self.assertEqual([p.payload for p in read([segment(1, b"\x16\x03\x01 10.0.0.20")], "x")],
                         [b"\x16\x03\x01 10.0.0.20"])
        self.assertEqual([p.payload for p in read([segment(1, b"half a line"), segment(12, b"", 1)], "x")],
                         [b"half a line"])


def block(kind, body, order="<"):
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def head(order="<", comment=b"a-call", link=1):
    """A section of one interface."""
    said = struct.pack(order + "HH", 1, len(comment)) + comment + bytes(-len(comment) % 4) + bytes(4)
    return (block(pcapng.SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + said, order) +
            block(pcapng.INTERFACE, struct.pack(order + "HHI", link, 0, 0), order))


def kept(data, order="<", interface=0, whole=None):
    fixed = struct.pack(order + "IIIII", interface, 0, 0, len(data), len(data) if whole is None else whole)
    return block(pcapng.PACKET, fixed + data + bytes(-len(data) % 4), order)


def rtp_frame(seq, kind=0, data=bytes(161)):
    return frame(OUT, 10000, BOB, 4000, struct.pack("!BBHII", 0x80, kind, seq, 160 * seq, 7) + data)


class Pcapng(unittest.TestCase):
    def test_packets_and_the_comment_in_both_byte_orders(self):
        for order in "<>":
            found = pcapng.read(head(order) + block(5, bytes(12), order) + kept(rtp_frame(1), order) +
                                kept(rtp_frame(2)[:54], order, whole=215))
            self.assertEqual((found.comment, [(c.packet.src, c.length) for c in pcapng.rtp(found)]),
                             (b"a-call", [(OUT, 215), (OUT, 54)]))

    def test_only_rtp_is_rtp(self):
        others = frame(OUT, 10001, BOB, 4001, b"\x80\xc8\x00\x06" + bytes(24)), frame(OUT, 10000, BOB, 4000, bytes(20)), (
            segment(1, b"\x80" + bytes(20)))
        found = pcapng.read(head() + b"".join(map(kept, others)))
        self.assertEqual((len(found.captured), pcapng.rtp(found)), (3, []))

    def test_each_section_has_interfaces_of_its_own(self):
        found = pcapng.read(head() + kept(rtp_frame(1)) + head(">", b"next") + kept(rtp_frame(2), ">"))
        self.assertEqual((found.comment, len(found.captured)), (b"next", 2))
        section = head()[:-20]
        with self.assertRaises(ValueError):
            pcapng.read(head() + section + kept(rtp_frame(1)))

    def test_what_breaks_the_format_is_told(self):
        good = head() + kept(rtp_frame(1))
        pcapng.read(good)
        for name, data in (("cut", good[:-4]), ("cut in a head", good + bytes(8)), ("no section", good[4:]),
                           ("other end", good[:-4] + bytes(4)), ("no such interface", head() + kept(rtp_frame(1), interface=1)),
                           ("no Ethernet", head(link=101) + kept(rtp_frame(1))),
                           ("more than there was", head() + kept(rtp_frame(1), whole=9)),
                           ("another order", head(">") + kept(rtp_frame(1))),
                           ("endless option", block(pcapng.SECTION, struct.pack(
                               "<IHHqHH", 0x1A2B3C4D, 1, 0, -1, 1, 99)))):
            with self.subTest(name=name), self.assertRaises(ValueError):
                pcapng.read(data)


if __name__ == "__main__":
    unittest.main()
