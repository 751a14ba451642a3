# SPDX-License-Identifier: BSD-3-Clause
"""Browsers: SIP over WebSocket, audio by WebRTC, behind NAT, with plain phones and with each other."""

import contextlib
import struct
import time
import zlib

from natlab.attack import SBC, Attacker
from natlab.lab import SEEN_AS
from natlab.peers import Baresip
from natlab.programs import REALMS
from natlab.ua import DOMAIN, Failed, check_no_audio, establish, hang_up

from .clients import check_tones
from .secure import plain_phone, sealed_phone

TALK_S = 2.0
LOW, HIGH = 440, 880
ENOUGH = 40  # packets a second of 50
BINDING_REQUEST, BINDING_ERROR = b"\x00\x01", b"\x01\x11"
STUN_HEADER, MESSAGE_INTEGRITY, FINGERPRINT, FINGERPRINT_XOR = 20, 0x0008, 0x8028, 0x5354554E
CHECKS, ANSWER_S = 3, 0.5


def check_browser(report, hertz, seconds=1.0, sbc=REALMS["internet"]):
    """It heard this tone, from the SBC, by DTLS-SRTP."""
    heard, lasted = report["heard"]
    if abs(heard - hertz) > 20 or lasted < seconds:
        raise Failed(f"the browser heard {heard} Hz for {lasted:.1f} s: {report}")
    if report["dtls"] != "connected" or not report["cipher"]:
        raise Failed(f"the browser's media is not protected: {report}")
    if report["remote"].rpartition(":")[0].strip("[]") != sbc:
        raise Failed(f"the browser speaks with {report['remote']}")
    return f"{report['codec']}, {report['cipher']}"


def until(phone, event):
    """The next one of this kind; ringing may come before."""
    while True:
        got = phone.next_event(event)
        if got["event"] == event:
            return got
        if got["event"] != "ringing":
            raise Failed(f"{phone.user}: wanted {event}, got {got}")


def browser_and_phone(alice, bob, way=""):
    """alice's browser calls bob's baresip and hangs up, and the other way round. way: what is put behind URIs."""
    alice.do("call", to=f"sip:bob@{DOMAIN}{way}")
    until(alice, "answered")
    bob.expect("CALL_ESTABLISHED")
    alice.connected()
    time.sleep(TALK_S)
    alice.do("bye")
    report = alice.expect("ended", by="us", status=200)["media"]
    bob.expect("CALL_CLOSED")
    check_browser(report, HIGH)
    check_tones(bob.heard(), (HIGH, 2))

    bob.do("dial", f"sip:alice@{DOMAIN}{way}")
    alice.expect("incoming", user="bob")
    alice.do("ring")
    alice.do("answer")
    alice.expect("answered")
    alice.expect("confirmed")
    alice.connected()
    time.sleep(TALK_S)
    bob.do("hangup")
    note = check_browser(alice.expect("ended", by="far side")["media"], HIGH)
    bob.expect("CALL_CLOSED")
    return note + "; " + check_tones(bob.heard(), (HIGH, 2))


def browser_to_phone(lab):
    """A browser behind NAT and a plain phone on the LAN call each other: tones both ways, BYE from either."""
    alice = lab.browser("nat_a", "alice", LOW)
    alice.register()
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", HIGH)
    try:
        bob.registered()
        return browser_and_phone(alice, bob)
    finally:
        bob.quit()


def flows(lab, browser, phone, seconds=0.8):
    """Packets that come meanwhile to the browser and, all of them noise to it, to the phone."""
    before = browser.media()["received"], phone.media()["junk"]
    time.sleep(seconds)
    return browser.media()["received"] - before[0], phone.media()["junk"] - before[1]


def check_flow(lab, browser, phone, when):
    found = flows(lab, browser, phone)
    if min(found) < 0.8 * ENOUGH / 2:
        raise Failed(f"{when}: {found[0]} packets to the browser and {found[1]} to the phone")
    return found


def browser_changes(lab):
    """In a call with a phone that must have SDES, behind symmetric NAT, the browser holds and resumes, and begins ICE
    anew."""
    alice, bob = lab.browser("nat_a", "alice", LOW), sealed_phone(lab, "nat_b", "bob")
    alice.register()
    establish(alice, bob)
    alice.connected()
    check_flow(lab, alice, bob, "at first")
    alice.do("hold")
    bob.expect("changed", direction="recvonly")
    alice.expect("changed", status=200)
    bob.expect("confirmed")
    alice.do("resume")
    bob.expect("changed", direction="sendrecv")
    alice.expect("changed", status=200)
    bob.expect("confirmed")
    check_flow(lab, alice, bob, "after hold")
    alice.do("restart")
    bob.expect("changed", direction="sendrecv")
    alice.expect("changed", status=200)
    bob.expect("confirmed")
    time.sleep(0.5)
    found = check_flow(lab, alice, bob, "after a restart of ICE")
    report, _ = hang_up(alice, bob)
    return f"{found[0]} and {found[1]} packets after the restart, {report['codec']}"


def browsers(lab):
    """Two browsers behind two NATs: each hears the other's tone."""
    alice, bob = lab.browser("nat_a", "alice", LOW), lab.browser("nat_b", "bob", HIGH)
    alice.register()
    bob.register()
    establish(alice, bob)
    for phone in (alice, bob):
        phone.connected()
    time.sleep(TALK_S)
    here, there = hang_up(bob, alice)
    return check_browser(here, LOW) + "; " + check_browser(there, HIGH)


def badly_signed(check):
    """A Binding request as it was overheard, but for its signature; whole again in all else (RFC 8489 14.5, 14.7)."""
    out, at = bytearray(check), STUN_HEADER
    while at < len(out):
        kind, size = struct.unpack_from("!HH", out, at)
        if kind == MESSAGE_INTEGRITY:
            out[at + 4] ^= 1
        elif kind == FINGERPRINT:
            struct.pack_into("!I", out, at + 4, zlib.crc32(out[:at]) ^ FINGERPRINT_XOR)
        at += 4 + size + -size % 4
    return bytes(out)


def check_without_password(lab, since, home):
    """Somebody has overheard checks of who lives there, and sends them without knowing the password: errors are all that
    he gets."""
    overheard = [p for p in lab.capture.since(since)
                 if (p.src, p.dst) == (home, SBC) and p.payload[:2] == BINDING_REQUEST]
    if not overheard:
        raise Failed("no check of the browser's was overheard")
    with lab.net.socket("solo") as sock:
        sock.settimeout(ANSWER_S)
        for p in overheard[-CHECKS:]:
            sock.sendto(badly_signed(p.payload), (SBC, p.dport))
            with contextlib.suppress(TimeoutError):
                answer = sock.recv(2048)
                if answer[:2] != BINDING_ERROR:
                    raise Failed(f"a check with a wrong signature is answered: {answer.hex()}")


def browser_attacked(lab):
    """RTP, STUN and DTLS from a stranger to all media ports, before the call and through its handshake, and the browser's
    own checks with a wrong signature: it is heard, the stranger is sent nothing."""
    alice, bob = lab.browser("nat_b", "alice", LOW), plain_phone(lab, "lan", "bob")
    alice.register()
    attacker = Attacker(lab)
    spray = attacker.spray(3)
    time.sleep(0.3)
    establish(alice, bob)
    alice.connected()
    found = check_flow(lab, alice, bob, "under attack")
    sent, _ = attacker.end(spray)
    check_without_password(lab, attacker.since, SEEN_AS["nat_b"])
    check_flow(lab, alice, bob, "after all that")
    hang_up(bob, alice)
    packets, octets = attacker.leaked()
    if packets:
        raise Failed(f"{packets} packets ({octets} bytes) reached the attacker")
    return f"{sent} packets sprayed; {found[0]} and {found[1]} of the call in 0.8 s, 0 bytes leaked"


def browser_lies(lab):
    """A certificate that is not the one of the SDP: no key comes of it, nothing is heard on either side."""
    alice, bob = lab.browser("nat_a", "alice", LOW), plain_phone(lab, "lan", "bob")
    alice.register()
    establish(alice, bob, lies=True)
    time.sleep(1.5)
    report, there = hang_up(alice, bob)
    check_no_audio("bob", there)
    if report["received"]:
        raise Failed(f"the browser got {report['received']} packets: {report}")
    return f"DTLS {report['dtls']}"
