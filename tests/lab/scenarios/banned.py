# SPDX-License-Identifier: BSD-3-Clause
"""Bans over the death of every program: the SBC, the relay and nftables know them again."""

import time

from natlab.capture import wait_for
from natlab.ua import Failed

from .management import sbcctl
from .restart import kill

BY_HAND, SCANNER, LIFTED = "192.0.2.99", "203.0.113.200", "192.0.2.98"
WRITTEN_S = 1.0  # a ban so old is in the store


def in_sbc(lab):
    return {b["network"]: b for b in lab.programs.api("/api/v1/bans")["bans"]}


def in_relay(lab):
    return lab.programs.ng("statistics")["statistics"]["bans"]


def in_nft(lab):
    try:
        return lab.programs.nft("list", "table", "inet", "natsbc")
    except RuntimeError:
        return ""  # there is no table


def everywhere(lab, networks, strangers=()):
    table = in_nft(lab)
    return (set(in_sbc(lab)) == set(networks) and in_relay(lab) == len(networks)
            and all(n in table for n in networks) and not any(n in table for n in strangers))


def known(lab, networks, strangers, when):
    try:
        wait_for(lambda: everywhere(lab, networks, strangers), "bans", 10)
    except RuntimeError:
        raise Failed(f"{when}: the SBC bans {sorted(in_sbc(lab))}, the relay {in_relay(lab)}, nft: {in_nft(lab)}") from None


def all_killed(lab):
    """kill -9 of all three, and what the kernel held is gone, as after a power cut."""
    for program in (lab.programs.sbc, lab.programs.relay, lab.programs.firewall):
        kill(lab, program)
    lab.programs.nft("delete", "table", "inet", "natsbc")
    lab.programs.start_firewall()
    lab.programs.relay = lab.programs._spawn("rtpproxy")
    wait_for(lambda: lab.programs.ng("ping"), "rtpproxy", 20)
    lab.programs.start_sbc()


def bans_restart(lab):
    """kill -9 of SBC, relay and firewall, nftables emptied: who was banned is, in all three, for as long as was left; whose
    ban was lifted is not."""
    sbcctl(lab, "--for", "1h", "bans", "add", BY_HAND)
    sbcctl(lab, "--for", "1h", "bans", "add", LIFTED)
    sbcctl(lab, "--for", "30s", "bans", "add", SCANNER)
    known(lab, (BY_HAND, SCANNER, LIFTED), (), "before")
    sbcctl(lab, "bans", "rm", LIFTED)
    time.sleep(WRITTEN_S)
    began = time.monotonic()
    all_killed(lab)
    known(lab, (BY_HAND, SCANNER), (LIFTED,), "after kill -9 of all")
    left = {network: b["left_s"] for network, b in in_sbc(lab).items()}
    if not (3500 < left[BY_HAND] <= 3600 and 0 < left[SCANNER] <= 30):
        raise Failed(f"seconds left: {left}")
    sbcctl(lab, "bans", "rm", SCANNER)
    time.sleep(WRITTEN_S)
    away = time.monotonic() - began
    kill(lab, lab.programs.sbc)
    lab.programs.start_sbc()
    known(lab, (BY_HAND,), (SCANNER, LIFTED), "after kill -9 of the SBC")
    sbcctl(lab, "bans", "rm", BY_HAND)
    known(lab, (), (BY_HAND, SCANNER), "at the end")
    return f"{left[BY_HAND]} s of an hour were left, {away:.1f} s after"
