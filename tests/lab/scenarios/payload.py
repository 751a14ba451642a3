# SPDX-License-Identifier: BSD-3-Clause
"""What the relay does to payloads."""

import time

from natlab.ua import Failed, check_audio, establish, hang_up

from .calls import both_heard, registered

KEYS_S = 0.4  # what was pressed has arrived by then
TALK_S = 0.5
SOME = 15  # packets


def press(presser, listener, keys, stubborn=False):
    """Key by key: the far side hears each once, under the number that it gave telephone-event."""
    listener.do("forget")
    for key in keys:
        presser.do("press", key=key, stubborn=stubborn)
        time.sleep(0.1)
    time.sleep(KEYS_S)
    report = listener.media()
    if report["keys"] != keys or report["junk"]:
        raise Failed(f"{listener.user} heard \"{report['keys']}\" of \"{keys}\", junk {report['junk']}")


def keys(lab):
    """Two phones number telephone-event differently: each hears keys under its own number, also after a re-INVITE."""
    alice, bob = (lab.phone("nat_a", "alice"), lab.phone("lan", "bob", keys="96"))
    for phone in (alice, bob):
        phone.register()
    establish(alice, bob)
    time.sleep(TALK_S)
    press(alice, bob, "147#")
    press(bob, alice, "90*")
    press(bob, alice, "5", stubborn=True)
    bob.do("hold")
    alice.expect("changed", direction="recvonly")
    bob.expect("changed", status=200, direction="sendonly")
    alice.expect("confirmed")
    bob.do("resume")
    alice.expect("changed", direction="sendrecv")
    bob.expect("changed", status=200, direction="sendrecv")
    alice.expect("confirmed")
    press(alice, bob, "2")
    press(bob, alice, "8")
    alice.do("forget")
    bob.do("forget")
    time.sleep(TALK_S)
    return both_heard(lab, alice, bob, hang_up(alice, bob), SOME)


def switch(asks, other, to):
    asks.do(to)
    other.expect("changed")
    asks.expect("changed", status=200)
    other.expect("confirmed")
    time.sleep(0.1)  # what was under way has arrived
    for phone in (asks, other):
        phone.do("forget")
    time.sleep(TALK_S)


def fax(lab):
    """A call becomes a fax (T.38), whose datagrams pass both ways as they are, and is a call again."""
    alice, bob = registered(lab, ("nat_a", "alice"), ("lan", "bob"))
    establish(alice, bob)
    time.sleep(TALK_S)
    switch(bob, alice, "fax")
    heard = [check_audio(listener.user, listener.media(), f"{speaker.user}.fax", SOME)["distinct"]
             for listener, speaker in ((alice, bob), (bob, alice))]
    switch(alice, bob, "resume")
    return f"{heard[0]} and {heard[1]} datagrams; " + both_heard(lab, alice, bob, hang_up(alice, bob), SOME)
