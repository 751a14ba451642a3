# SPDX-License-Identifier: BSD-3-Clause
"""The relay is killed while phones and browsers talk by SRTP: who had keys with it is offered others, and talks on."""

import time

from natlab.capture import wait_for
from natlab.peers import Baresip
from natlab.programs import VEILED
from natlab.ua import DOMAIN, Failed, both_talk, establish, hang_up

from .browser import check_flow
from .clients import check_tones
from .faults import relay_again
from .restart import kill
from .secure import STRICT, check_sealed, plain_phone, sealed_phone

TALK_S = 1.5
FRAME_S = 0.02
SOME = 40  # packets


def renewed(lab):
    return lab.programs.event("call-keys-set-up-again")


def killed(lab, calls=1):
    """kill -9, and it is started again; all calls have their keys."""
    before = renewed(lab)
    kill(lab, lab.programs.relay)
    relay_again(lab)
    wait_for(lambda: renewed(lab) == before + calls, "new keys", 10)


def gap(report, speaker, at_least):
    """Seconds of the other's audio that are missing in between."""
    heard = report["heard"]
    if set(heard) != {speaker} or report["junk"] or heard[speaker]["distinct"] < at_least:
        raise Failed(f"heard {report}, wanted {at_least} packets of {speaker}")
    return heard[speaker]["lost"] * FRAME_S


def goes_on(lab, alice, bob, asked):
    """A call, in which the relay is killed: those are asked, nobody else, and both hear the other again."""
    establish(alice, bob)
    both_talk(alice, bob, TALK_S, SOME)
    before = max(phone.media()["heard"][other.user]["distinct"] for phone, other in ((alice, bob), (bob, alice)))
    killed(lab)
    for phone in asked:
        phone.expect("changed", direction="sendrecv")
        phone.expect("confirmed")
    both_talk(alice, bob, 0, before + SOME)
    here, there = hang_up(alice, bob)
    gaps = gap(here, bob.user, before + SOME), gap(there, alice.user, before + SOME)
    return f"{gaps[0]:.2f} and {gaps[1]:.2f} s without audio"


def relay_killed_sdes(lab):
    """A phone behind NAT that must encrypt talks with a plain one, which is not asked; and is called by it."""
    start = time.time()
    alice, bob = sealed_phone(lab, "nat_b", "alice"), plain_phone(lab, "lan", "bob")
    goes_on(lab, bob, alice, [alice])
    note = goes_on(lab, alice, bob, [alice])
    check_sealed(lab, start, "internet")
    return note


def relay_killed_sdes_both(lab):
    """Two phones that must encrypt: both are asked."""
    alice, bob = sealed_phone(lab, "nat_a", "alice"), sealed_phone(lab, "nat_b", "bob", suite="AES_CM_128_HMAC_SHA1_32")
    return goes_on(lab, alice, bob, [alice, bob])


def relay_killed_baresip_of(lab, namespace, sbc, account, modules):
    """alice's baresip encrypts, bob's does not: both record the other's tone from before and from afterwards."""
    alice = Baresip(lab, namespace, "192.168.1.10", sbc, "alice", 440, account=account, modules=modules)
    bob = Baresip(lab, "lan", "10.0.0.20", "10.0.0.5", "bob", 880)
    try:
        for phone in (alice, bob):
            phone.registered()
        alice.do("dial", f"sip:bob@{DOMAIN}")
        for phone in (alice, bob):
            phone.expect("CALL_ESTABLISHED")
        time.sleep(TALK_S)
        killed(lab)
        time.sleep(2 * TALK_S)
        heard = bob.heard(TALK_S), alice.heard(TALK_S)
        alice.do("hangup")
        bob.expect("CALL_CLOSED")
        check_tones(bob.heard(), alice.heard())
        return "at the end " + check_tones(*heard)
    finally:
        alice.quit()
        bob.quit()


def relay_killed_baresip_sdes(lab):
    """A baresip that must have SRTP, and a plain one."""
    return relay_killed_baresip_of(lab, "phone_a", STRICT, ";mediaenc=srtp-mand", ["srtp"])


def relay_killed_baresip_dtls(lab):
    """The same with DTLS-SRTP and ICE, behind symmetric NAT."""
    return relay_killed_baresip_of(lab, "phone_b", VEILED, ";mediaenc=dtls_srtp;medianat=ice", ["dtls_srtp", "stun", "ice"])


def relay_killed_browser(lab):
    """A browser and a phone with SDES: the browser begins anew with ICE and DTLS, the phone has new keys."""
    alice, bob = lab.browser("nat_a", "alice", 440), sealed_phone(lab, "nat_b", "bob")
    alice.register()
    establish(alice, bob)
    alice.connected()
    check_flow(lab, alice, bob, "at first")
    killed(lab)
    for phone in (alice, bob):
        phone.expect("changed")
        phone.expect("confirmed")
    time.sleep(TALK_S)
    found = check_flow(lab, alice, bob, "afterwards")
    hang_up(alice, bob)
    return f"{found[0]} and {found[1]} packets afterwards"


REKEYED = [relay_killed_sdes, relay_killed_sdes_both, relay_killed_baresip_sdes, relay_killed_baresip_dtls,
           relay_killed_browser]
