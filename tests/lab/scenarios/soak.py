# SPDX-License-Identifier: BSD-3-Clause
"""Everything at once, for as long as one likes, while programs are killed; and quiet in the end."""

import contextlib
import os
import random
import shutil
import signal
import time

import leakcheck

from natlab.cast import cast
from natlab.lab import MAY_CROSS
from natlab.net import sh
from natlab.programs import HOMES
from natlab.ua import Final

from .faults import check_store
from .restart import kill

MINUTES = 3
ROUND_S = 120  # then everybody rests, and what is left is looked at
ENDS_S = 40  # until who acts has come to the end of it
SETTLE_S = 60
FORGOTTEN_S = 150  # 64*T1 twice, registrations of 60 s
HANGS_S = 3
HIDING_S = 8  # of each round that are looked at for leaks: of all it would take longer than they did
LOSS = "add table inet lossy\nadd chain inet lossy through {{ type filter hook forward priority 0; }}\n" \
       "add rule inet lossy through meta l4proto {{ tcp, udp }} numgen random mod 100 < {percent} drop\n"


class Faults:
    """What is done to the programs, by who started them: a program ends with the thread that did."""

    def __init__(self, lab, chance):
        self.lab, self.chance, self.programs = lab, chance, lab.programs

    def any(self):
        what = self.chance.choice((self.kill_sbc, self.kill_relay, self.kill_both, self.kill_firewall, self.quit_sbc,
                                   self.stop, self.reload, self.reload, self.bad_certificate, self.lossy, self.lossy,
                                   self.forgetful_nat, self.none, self.none))
        what()
        return what.__name__

    def none(self):
        pass

    def kill_sbc(self):
        kill(self.lab, self.programs.sbc)
        check_store(self.lab)
        self.wait(0.2, 3)
        self.programs.start_sbc()

    def start_relay(self):
        self.programs.relay = self.programs._spawn("rtpproxy")

    def kill_relay(self):
        kill(self.lab, self.programs.relay)
        self.wait(0.1, 2)
        self.start_relay()

    def kill_both(self):
        kill(self.lab, self.programs.sbc)
        kill(self.lab, self.programs.relay)
        self.start_relay()
        self.programs.start_sbc()

    def kill_firewall(self):
        kill(self.lab, self.programs.firewall)
        self.wait(0.1, 3)
        self.programs.start_firewall()

    def quit_sbc(self):
        """As for an upgrade."""
        sbc = self.programs.sbc
        sbc.send_signal(signal.SIGQUIT)
        code = sbc.wait(20)
        self.lab.net.processes.remove(sbc)
        self.programs.start_sbc()
        if code:
            raise Final(f"the SBC ended with {code} when it was told to quit")

    def stop(self):
        """One of them hangs."""
        process = self.chance.choice(list(self.programs.running().values()))
        process.send_signal(signal.SIGSTOP)
        self.wait(0.3, HANGS_S)
        process.send_signal(signal.SIGCONT)

    def reload(self):
        self.programs.sbc.send_signal(signal.SIGHUP)

    def bad_certificate(self):
        path = self.lab.authority.path("sbc-internet.pem")
        shutil.copy(path, path + ".good")
        try:
            with open(path, "wb") as f:
                f.write(self.chance.choice((b"", b"-----BEGIN CERTIFICATE-----\nx\n", os.urandom(300))))
            self.reload()
            self.wait(0.2, 2)
        finally:
            shutil.copy(path + ".good", path)
            self.reload()

    @contextlib.contextmanager
    def loss(self, percent):
        nft = "ip", "netns", "exec", self.lab.net.ns("inet"), "nft"
        sh(*nft, "-f", "-", input=LOSS.format(percent=percent))
        try:
            yield
        finally:
            sh(*nft, "delete", "table", "inet", "lossy")

    def lossy(self):
        with self.loss(self.chance.choice((2, 10, 40, 99))):
            self.wait(2, 10)

    def forgetful_nat(self):
        self.lab.net.forget_mappings()

    def wait(self, least, most):
        time.sleep(self.chance.uniform(least, most))


def one_round(lab, seed, seconds):
    """(who did what, which faults) of so many seconds of everything; all rest at the end."""
    faults, actors, seen = Faults(lab, random.Random(seed)), cast(lab, seed), []
    for actor in actors:
        actor.start()
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            seen.append(faults.any())
            lab.programs.check()
            faults.wait(1, 12)
    finally:
        for actor in actors:
            actor.stop()
        for actor in actors:
            actor.join(ENDS_S)
    stuck = [actor.name for actor in actors if actor.is_alive()]
    wrong = [w for actor in actors for w in actor.wrong] + ([f"{stuck} do not end"] if stuck else [])
    if wrong:
        raise Final("; ".join(wrong[:3]))
    return actors, seen


def quiet(lab, before):
    """Nothing is left of all that: no call, port, transaction, descriptor, byte; and no program has complained."""
    lab.programs.settle(SETTLE_S)
    deadline = time.monotonic() + FORGOTTEN_S
    while lab.programs.memories():
        lab.programs.check()
        if time.monotonic() > deadline:
            raise Final(f"still there after {FORGOTTEN_S} s: {lab.programs.memories()}")
        time.sleep(1)
    lab.programs.check()
    grown = lab.programs.grown(before)
    if grown:
        raise Final(f"grown: {grown}")


def check_hiding(lab, start, end):
    """Of the last seconds of a round. What each party has said is known from its beginning."""
    known = leakcheck.Knowledge(set().union(*HOMES.values()), MAY_CROSS, lab.ever_said)
    try:
        for packet in [*lab.capture.since(start), *(p for log in lab.logs for p in log.packets())]:
            known.add(lab.programs.judged(packet))
        lab.check_leaks(end - HIDING_S)
    finally:
        lab.logs.clear()
        lab.capture.packets.clear()


def tell(lab, number, actors, seen):
    """What the round was, for who reads it."""
    print(f"    round {number}: " + ", ".join(f"{seen.count(name)} {name}" for name in sorted(set(seen))))
    for actor in actors:
        print(f"      {actor.name} {dict(actor.did)}")
        for what, times in actor.spoiled.most_common(4):
            print(f"        {times} {what}")
    print(f"      {lab.programs.sizes()}", flush=True)


def soak(lab):
    """SOAK_MINUTES (3) of everything at once, in rounds of 2 minutes: calls that end in every way, phones over all
    transports, browsers, forgers, broken messages, an operator, wires that lose, names that vanish, programs that are
    killed. After each round nothing is left, no program has complained, and nobody has heard a stranger, or who is on
    the other side."""
    seed = int(os.environ.get("SOAK_SEED", time.time()))
    end = time.monotonic() + 60 * float(os.environ.get("SOAK_MINUTES", MINUTES))
    number, faults = 0, 0
    before = lab.programs.sizes()
    while time.monotonic() < end:
        start = time.time()
        actors, seen = one_round(lab, seed + number, min(ROUND_S, end - time.monotonic()))
        busy = time.time()
        number, faults = number + 1, faults + len(seen)
        tell(lab, number, actors, seen)
        quiet(lab, before)
        before = lab.programs.sizes()
        check_hiding(lab, start, busy)
    for (log, line), times in lab.programs.complaints().most_common():
        print(f"      {times:6} {log}: {line}")
    return f"seed {seed}, {number} rounds, {faults} faults"


SOAK = [soak]
