# SPDX-License-Identifier: BSD-3-Clause
"""What becomes of a browser's call: it is transferred, it transfers, its checks come no more."""

import time

from natlab.ua import Failed, check_audio, establish, hang_up

from .browser import BINDING_REQUEST, ENOUGH, HIGH, LOW, TALK_S, check_browser, check_flow
from .secure import plain_phone, sealed_phone

ROUTINE_S = 10  # who checks so long after the nomination keeps up his consent (rtpproxy/session/ice.h)
CONSENT_S = 30  # RFC 7675 5.1
SETTLE_S, GHOST_S, SLACK_S = 0.2, 0.6, 3


def told_all(transferor):
    """Each status that it was told of the transfer, up to the last."""
    transferor.expect("referred", status=202)
    told = [transferor.expect("told")["status"]]
    while told[-1] < 200:
        told.append(transferor.expect("told")["status"])
    if told[-1] != 200:
        raise Failed(f"{transferor.user} was told {told}")
    return told


def answered(target):
    target.expect("incoming")
    target.do("ring")
    target.do("answer")
    target.expect("answered")


def joined(lab, browser, phone):
    """Both were offered the other, and the browser, to which that is another handshake, hears the phone, and is
    heard."""
    for each in (browser, phone):
        each.expect("changed")
        each.expect("confirmed")
    browser.connected()
    return check_flow(lab, browser, phone, "after the attended transfer")


def blindly(browser, bob, target):
    """bob transfers the browser."""
    browser.disconnected()
    bob.do("refer", to=target.user)
    answered(target)
    told = told_all(bob)
    browser.expect("changed")
    target.expect("confirmed")
    browser.expect("confirmed")
    bob.expect("ended", by="far side")
    browser.connected()
    return told


def unheard(gone, alice, target):
    """What comes from where the call was before is heard by nobody, nor does it hear anything itself."""
    for phone in (target, gone):
        phone.do("forget")
    target.do("mute")
    time.sleep(SETTLE_S)
    before = alice.media()["received"]
    time.sleep(GHOST_S)
    got, there, ghost = alice.media()["received"] - before, target.media(), gone.media()
    target.do("unmute")
    if ghost["sent"] < GHOST_S * ENOUGH or ghost["junk"] or ghost["heard"]:
        raise Failed(f"{gone.user} lingers and is not alone: {ghost}")
    if got or there["heard"]:
        raise Failed(f"{gone.user} is heard still: {got} packets by the browser, {there}")
    return ghost["sent"]


def browser_transferred(lab):
    """A plain phone transfers a browser blindly, to a phone that must encrypt, and what it goes on to send is heard by
    nobody; then attended, to a plain one. The browser shakes hands anew each time, hears, and is heard."""
    alice, bob = lab.browser("nat_a", "alice", LOW), plain_phone(lab, "lan", "bob")
    carol, dave = sealed_phone(lab, "nat_b", "carol"), plain_phone(lab, "first", "dave")
    alice.register()
    establish(alice, bob)
    alice.connected()
    bob.do("linger")
    told = blindly(alice, bob, carol)
    blind = check_flow(lab, alice, carol, "after the blind transfer")
    ghost = unheard(bob, alice, carol)
    hang_up(alice, carol)

    establish(bob, alice)
    alice.connected()
    consult(alice, bob, dave)
    alice.disconnected()
    bob.do("refer", to="dave")
    told_all(bob)
    attended = joined(lab, alice, dave)
    for _ in range(2):
        bob.expect("ended", by="far side")
    hang_up(dave, alice)
    return f"told {told}; {blind} and {attended} packets; {ghost} of who is gone unheard"


def consult(rest, bob, target):
    """bob puts one on hold and calls the other."""
    bob.do("hold")
    rest.expect("changed")
    rest.expect("confirmed")
    bob.expect("changed")
    bob.do("park")
    establish(bob, target)


def browser_handed_to_browser(lab):
    """A plain phone transfers a browser to another browser: each hears the other's tone."""
    alice, carol = lab.browser("nat_a", "alice", LOW), lab.browser("nat_b", "carol", HIGH)
    bob = plain_phone(lab, "lan", "bob")
    for browser in (alice, carol):
        browser.register()
    establish(alice, bob)
    alice.connected()
    blindly(alice, bob, carol)
    carol.connected()
    alice.do("forget")
    time.sleep(TALK_S)
    here, there = hang_up(alice, carol)
    return check_browser(here, HIGH, TALK_S / 2) + "; " + check_browser(there, LOW, TALK_S / 2)


def browser_transfers(lab):
    """A browser transfers a plain phone blindly to one that must encrypt: they hear each other, and nobody what the
    browser goes on to send. Then it is what a consultation was about: asked for an offer, it shakes hands anew."""
    alice, bob = lab.browser("nat_a", "alice", LOW), plain_phone(lab, "lan", "bob")
    carol, dave = sealed_phone(lab, "nat_b", "carol"), plain_phone(lab, "first", "dave")
    alice.register()
    establish(alice, bob)
    alice.connected()
    check_flow(lab, alice, bob, "at first")
    alice.do("linger")
    alice.do("refer", to="carol")
    answered(carol)
    told_all(alice)
    bob.expect("changed")
    carol.expect("confirmed")
    bob.expect("confirmed")
    alice.expect("ended", by="far side")
    between = only_each_other(alice, bob, carol)
    hang_up(carol, bob)

    establish(bob, dave)
    consult(dave, bob, alice)
    alice.connected()
    alice.disconnected()
    bob.do("refer", to="alice")
    told_all(bob)
    attended = joined(lab, alice, dave)
    for _ in range(2):
        bob.expect("ended", by="far side")
    hang_up(dave, alice)
    return f"{between} packets past the browser; {attended} after the consultation"


def only_each_other(gone, one, other):
    """Both hear each other and nothing of the browser that is gone, which goes on."""
    sent = gone.media()["sent"]
    for phone in (one, other):
        phone.do("forget")
    time.sleep(GHOST_S)
    for listener, speaker in ((one, other), (other, one)):
        check_audio(listener.user, listener.media(), speaker.user, int(GHOST_S * ENOUGH))
    sent = gone.media()["sent"] - sent
    if sent < GHOST_S * ENOUGH:
        raise Failed(f"{gone.user} lingers and sent {sent} packets")
    return sent


def browser_without_consent(lab):
    """Two browsers in calls keep up their consent. Then one checks no more: 30 s later its call is over, its peer knows
    why, and the other call goes on."""
    alice, bob = lab.browser("nat_a", "alice", LOW), plain_phone(lab, "lan", "bob")
    carol, dave = lab.browser("nat_b", "carol", HIGH), plain_phone(lab, "first", "dave")
    for browser, phone in ((alice, bob), (carol, dave)):
        browser.register()
        establish(browser, phone)
        browser.connected()
    time.sleep(ROUTINE_S + SLACK_S)
    for browser, phone in ((alice, bob), (carol, dave)):
        check_flow(lab, browser, phone, "with consent")
    with lab.net.without_stun("nat_a"):
        since = time.time()
        why = bob.expect("ended", timeout=CONSENT_S + SLACK_S, by="far side")["reason"]
        alice.expect("ended", by="far side")
    lasted = consent_lasted(lab, since - SLACK_S, "203.0.113.10", "10.0.0.20")
    if "out of reach" not in why or lasted < CONSENT_S:
        raise Failed(f"the call ended {lasted:.1f} s after the last check: {why}")
    found = check_flow(lab, carol, dave, "of the one who consents, meanwhile")
    hang_up(dave, carol)
    return f"{why} {lasted:.1f} s after the last check; {found} packets of the other call"


def consent_lasted(lab, since, home, peer):
    """Seconds from the last check that came from there to the BYE that its peer got."""
    packets = list(lab.capture.since(since))
    bye = next(p.t for p in packets if p.dst == peer and p.payload.startswith(b"BYE "))
    return bye - max(p.t for p in packets if p.src == home and p.payload[:2] == BINDING_REQUEST)
