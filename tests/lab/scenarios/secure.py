# SPDX-License-Identifier: BSD-3-Clause
"""SRTP (RFC 3711) with keys in SDP, between phones that must encrypt and others that cannot, and who does not keep his
word; and DTLS-SRTP, ICE with phones that others wrote."""

import re
import time

from natlab.attack import MALLORY, MALLORY_PORT, Attacker
from natlab.capture import SIP_PORTS
from natlab.peers import Baresip, Linphone
from natlab.programs import REALMS, VEILED
from natlab.ua import DOMAIN, Failed, both_talk, check_audio, check_no_audio, establish, hang_up

from .calls import both_heard, holds
from .clients import check_tones

TALK_S = 0.6
ENOUGH = 20  # packets of the 30 in TALK_S
FORGED = 100
STRICT = REALMS["quiet"]  # where phones must encrypt
SPOKEN = re.compile(rb"(?:alice|bob|carol|trunk):\d{8}")


def sealed_phone(lab, place, user, **more):
    """Registered where phones must encrypt, and so it does."""
    phone = lab.phone(place, user, proxy=STRICT, srtp="sdes", **more)
    phone.register()
    return phone


def plain_phone(lab, place, user):
    phone = lab.phone(place, user)
    phone.register()
    return phone


def talk(lab, caller, callee, to=None):
    establish(caller, callee, to=to)
    both_talk(caller, callee, TALK_S, ENOUGH)
    return both_heard(lab, caller, callee, hang_up(caller, callee), ENOUGH)


def media_on(lab, since, leg):
    return [p for p in lab.capture.since(since) if p.leg == leg and not {p.sport, p.dport} & set(SIP_PORTS) and
            len(p.payload) > 100]


def check_sealed(lab, since, leg, at_least=2 * ENOUGH):
    """Of all that was said nothing can be read on this side's wire."""
    packets = media_on(lab, since, leg)
    clear = [p for p in packets if SPOKEN.search(p.payload)]
    if clear:
        raise Failed(f"{len(clear)} of {len(packets)} packets are in the clear on the {leg}: {clear[0].payload[:40]!r}")
    if len(packets) < at_least:
        raise Failed(f"{len(packets)} packets of media on the {leg}")


def check_clear(lab, since, leg, at_least=2 * ENOUGH):
    """The counter-proof: on this side's wire it can."""
    found = sum(1 for p in media_on(lab, since, leg) if SPOKEN.search(p.payload))
    if found < at_least:
        raise Failed(f"{found} packets in the clear on the {leg}")


def refusals(lab, why):
    """How many packets the relay has refused so."""
    def find(value):
        if isinstance(value, dict):
            return sum(v if k == why else find(v) for k, v in value.items())
        return 0
    return find(lab.programs.ng("statistics"))


def srtp_and_plain(lab):
    """A phone behind NAT that must encrypt and a plain one call each other and hold; one wire is sealed."""
    start = time.time()
    alice, bob = sealed_phone(lab, "nat_b", "alice"), plain_phone(lab, "lan", "bob")
    talk(lab, bob, alice)
    establish(alice, bob)
    time.sleep(0.3)
    holds(lab, alice, bob)
    for phone in (alice, bob):
        phone.do("forget")
    both_talk(alice, bob, TALK_S, ENOUGH)
    note = both_heard(lab, alice, bob, hang_up(bob, alice)[::-1], ENOUGH)
    check_sealed(lab, start, "internet")
    check_clear(lab, start, "lan")
    return note + " after two holds"


def srtp_both(lab):
    """Two phones behind two NATs, both encrypt, with other suites: each has its own keys, and hears the other."""
    start = time.time()
    alice, bob = sealed_phone(lab, "nat_a", "alice"), sealed_phone(lab, "nat_b", "bob", suite="AES_CM_128_HMAC_SHA1_32")
    note = talk(lab, alice, bob)
    talk(lab, bob, alice)
    check_sealed(lab, start, "internet", 4 * ENOUGH)
    return note


def trunk_call(lab, caller, digit, place, sealed, **trunk):
    """The caller dials what leads to this trunk; its wire is sealed or not."""
    start = time.time()
    there = lab.phone(place, "trunk", **trunk)
    note = talk(lab, caller, there, f"+{digit}555")
    (check_sealed if sealed else check_clear)(lab, start, "lan")
    there.stop()
    lab.phones.remove(there)
    return note


def srtp_trunks(lab):
    """Trunks that must encrypt, may (RFC 8643), and do not, called by a plain phone and by one that must encrypt."""
    alice, bob = plain_phone(lab, "nat_a", "alice"), sealed_phone(lab, "nat_b", "bob")
    trunk_call(lab, alice, 3, "secure", False)
    trunk_call(lab, bob, 1, "voicemail", False)
    trunk_call(lab, bob, 3, "secure", True, srtp="osrtp")
    return trunk_call(lab, alice, 2, "both", True, srtp="sdes")


def refused(caller, to):
    caller.do("call", to=to)
    got = caller.expect("failed")["status"]
    if got != 488:
        raise Failed(f"{caller.user} got {got}")


def srtp_refused(lab):
    """488: SRTP from who shall not, none from who must, and for the caller of a trunk that must and answers without."""
    bob, carol = plain_phone(lab, "nat_b", "bob"), lab.phone("nat_a", "carol", proxy=STRICT)
    pbx = lab.phone("voicemail", "trunk", srtp="sdes")
    refused(pbx, f"sip:bob@{REALMS['lan']}")
    carol.register()
    refused(carol, "bob")
    trunk = lab.phone("both", "trunk")
    bob.do("call", to="+2555")
    trunk.expect("incoming")
    trunk.do("answer")
    trunk.expect("answered")
    got = bob.expect("failed")["status"]
    trunk.expect("confirmed")
    trunk.expect("ended", by="far side")
    if got != 488:
        raise Failed(f"the caller of the trunk that answered in the clear got {got}")


def srtp_wrong_key(lab):
    """A phone seals with another key than it said: nothing of it is heard, all is counted, and where it is behind NAT
    is not believed either: it hears nothing."""
    before = refusals(lab, "drop_not_authentic")
    alice, bob = sealed_phone(lab, "nat_a", "alice", lies="key"), plain_phone(lab, "lan", "bob")
    establish(alice, bob)
    time.sleep(TALK_S)
    here, there = hang_up(alice, bob)
    check_no_audio("bob", there)
    check_no_audio("alice", here)
    counted = refusals(lab, "drop_not_authentic") - before
    if not ENOUGH <= counted <= here["sent"] + here["rtcp_sent"]:
        raise Failed(f"{counted} packets counted, {here['sent']} sent")
    return f"0 of {here['sent']} heard, {counted} counted"


def srtp_forged(lab):
    """Forged packets with the right SSRC and the next numbers, and real ones sent again, from the speaker's own address
    and port: none is heard."""
    alice, bob = sealed_phone(lab, "nat_a", "alice"), plain_phone(lab, "lan", "bob")
    attacker = Attacker(lab)
    establish(alice, bob)
    time.sleep(0.4)
    before = [refusals(lab, why) for why in ("drop_not_authentic", "drop_replayed")]
    spoken = [p for p in media_on(lab, attacker.since, "internet") if p.dst == STRICT]
    last = spoken[-1]
    seq, ssrc = int.from_bytes(last.payload[2:4], "big"), int.from_bytes(last.payload[8:12], "big")
    for source in ((last.src, last.sport), (MALLORY, MALLORY_PORT)):
        attacker.run(source, (STRICT, last.dport), ssrc=ssrc, seq=seq + 3, count=FORGED, interval=3000,
                     **{"payload-type": 0})
    attacker.replay(spoken)
    forged, again = (refusals(lab, why) - n for why, n in zip(("drop_not_authentic", "drop_replayed"), before))
    time.sleep(0.2)
    here, there = hang_up(alice, bob)
    if attacker.leaked()[0]:
        raise Failed("the attacker was sent something")
    check_audio("alice", here, "bob", ENOUGH)
    heard = check_audio("bob", there, "alice", ENOUGH)["distinct"]  # nobody else, no noise, and nothing twice
    # A forged number that was heard already is taken for an old one.
    if forged < FORGED / 2 or forged + again < FORGED + len(spoken):
        raise Failed(f"of {FORGED} forged packets and {len(spoken)} old ones {forged} and {again} were counted")
    return f"{2 * FORGED} forged and {len(spoken)} old ones, 0 heard; {heard} of alice"


def secure_baresip(lab, namespace, sbc, account, modules, called=True):
    """alice's baresip encrypts, bob's on the LAN does not. called: she is, too."""
    alice = Baresip(lab, namespace, "192.168.1.10", sbc, "alice", 440, account=account, modules=modules)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880)
    notes = []
    try:
        for phone in (alice, bob):
            phone.registered()
        for caller, callee in ((alice, bob), (bob, alice))[:2 if called else 1]:
            caller.do("dial", f"sip:{callee.user}@{DOMAIN}")
            for phone in (alice, bob):
                phone.expect("CALL_ESTABLISHED")
            time.sleep(1.5)
            caller.do("hangup")
            for phone in (alice, bob):
                phone.expect("CALL_CLOSED")
            notes.append(check_tones(bob.heard(), alice.heard()))
    finally:
        alice.quit()
        bob.quit()
    return notes[-1]


def baresip_sdes(lab):
    """A baresip that must have SRTP, behind NAT, and a plain one: each records the other's tone, whoever calls."""
    return secure_baresip(lab, "phone_a", STRICT, ";mediaenc=srtp-mand", ["srtp"])


def baresip_dtls(lab):
    """The same with DTLS-SRTP, on two ports and without ICE."""
    return secure_baresip(lab, "phone_a", VEILED, ";mediaenc=dtls_srtp", ["dtls_srtp"])


def baresip_ice(lab):
    """DTLS-SRTP with ICE, behind symmetric NAT. (Called without, as a phone over UDP is, baresip waits for ICE.)"""
    return secure_baresip(lab, "phone_b", VEILED, ";mediaenc=dtls_srtp;medianat=ice", ["dtls_srtp", "stun", "ice"],
                          called=False)


def secure_linphone(lab, sbc, encryption):
    """A linphone that must encrypt, behind NAT, calls a plain baresip on the LAN, and is called by it."""
    alice = Linphone(lab, "phone_a", sbc, "alice", 440, media_encryption=encryption, media_encryption_mandatory=1)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880)
    try:
        for phone in (alice, bob):
            phone.registered()
        alice.do(f"call sip:bob@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        time.sleep(2)
        alice.do("terminate")
        bob.expect("CALL_CLOSED")
        note = check_tones(bob.heard(), alice.heard(1.5))
        bob.do("dial", f"sip:alice@{DOMAIN}")
        bob.expect("CALL_ESTABLISHED")
        time.sleep(2)
        bob.do("hangup")
        bob.expect("CALL_CLOSED")
        check_tones(bob.heard(), (880, 2))
    finally:
        alice.quit()
        bob.quit()
    return note


def linphone_sdes(lab):
    """linphone with SDES."""
    return secure_linphone(lab, STRICT, "srtp")


def linphone_dtls(lab):
    """linphone with DTLS-SRTP."""
    return secure_linphone(lab, VEILED, "dtls")
