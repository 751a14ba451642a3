# SPDX-License-Identifier: BSD-3-Clause
"""Without repair there is no audio: what proves that the lab's NATs are real, and its phones too."""

import contextlib
import os
import subprocess
import sys
import time

import leakcheck
from natlab.lab import MAY_CROSS
from natlab.programs import HOMES
from natlab.ua import HERE, Failed, check_audio, check_no_audio, establish, hang_up


@contextlib.contextmanager
def plain_forwarder(lab):
    forwarder = lab.net.spawn("sbc", sys.executable, os.path.join(HERE, "forwarder.py"), "10.0.0.5", "198.51.100.5",
                              stdout=subprocess.PIPE, text=True)
    try:
        if forwarder.stdout.readline() != "ready\n":
            raise Failed("the forwarder did not start")
        yield
    finally:
        lab.stop_phones()
        lab.net.stop(forwarder)


def control(lab):
    """The call of nat_to_lan through a forwarder that repairs nothing: it rings, both hear silence, all leaks."""
    start = time.time()
    with plain_forwarder(lab):
        alice, bob = lab.phone("nat_a", "alice"), lab.phone("lan", "bob")
        alice.register()
        bob.register()
        establish(alice, bob)
        time.sleep(0.6)
        reports = {alice.user: alice.media(), bob.user: bob.media()}
        for user, report in reports.items():
            if report["sent"] < 25:
                raise Failed(f"{user} sent {report['sent']} packets only: this proves nothing")
            check_no_audio(user, report)
        sent = [r["sent"] for r in reports.values()]
        leaks = {leak.what for leak in leakcheck.check(lab.capture.since(start), HOMES, MAY_CROSS)}
        if not {"call-id", "from tag", "to tag", "branch", "Contact user", "address in via", "user-agent"} <= leaks:
            raise Failed(f"the leak checker sees {sorted(leaks)} only")
        return f"call answered, {sent[0]} and {sent[1]} packets sent, none arrived; {len(leaks)} kinds of leaks seen"


def control_without_nat(lab):
    """The same forwarder between two phones of one network: they hear each other, so the silence is the NAT's."""
    with plain_forwarder(lab):
        alice, bob = lab.phone("lan", "alice"), lab.phone("lan", "bob", port=5062, media_port=4002)
        alice.register()
        bob.register()
        establish(alice, bob)
        time.sleep(0.6)
        here, there = hang_up(alice, bob)
        one = check_audio("alice", here, "bob", 25)
        two = check_audio("bob", there, "alice", 25)
        if (here["cnames"], there["cnames"]) != (["bob@10.0.0.20"], ["alice@10.0.0.20"]):
            raise Failed(f"CNAMEs {here['cnames']} and {there['cnames']}")
        return f"{one['distinct']} and {two['distinct']} packets heard"
