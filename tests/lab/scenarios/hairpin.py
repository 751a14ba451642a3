# SPDX-License-Identifier: BSD-3-Clause
"""A call that goes out through us and comes back to us: its media is joined inside."""

import contextlib
import json
import os
import subprocess
import time

from natlab.capture import wait_for
from natlab.programs import REALMS
from natlab.sip import sdp_write, token
from natlab.ua import Failed

HOST = "203.0.113.200"
ALICE, BOB = (HOST, 4000), (HOST, 5000)
FRAMES = 50
WAIT_MS = 10000  # a busy machine keeps one of them waiting


def described(answer):
    """(address, port) of the audio in the description that the relay answered with."""
    if not answer or answer.get("result") != "ok":
        raise Failed(f"the relay answered {answer}")
    lines = answer["sdp"].splitlines()
    return (next(line for line in lines if line.startswith("c=")).split()[2],
            int(next(line for line in lines if line.startswith("m=")).split()[1]))


def ask(lab, command, call, at, directions):
    return described(lab.programs.ng(command, **{
        "sdp": sdp_write(*at, 1, 1, "sendrecv").decode(), "direction": list(directions), "call-id": call,
        "from-tag": "a", "to-tag": "" if command == "offer" else "b", "received-from": ["IP4", HOST],
        "flags": ["trust-address"]}))


def listen(lab, name, at, expect):
    """It speaks when it is told to whom."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(lab.path(name + ".remote"))
    return lab.net.spawn("wild", os.path.join(lab.tools, "media_endpoint"), "--name", name, "--expect", expect,
                         "--local", "%s:%d" % at, "--remote-file", lab.path(name + ".remote"), "--count", FRAMES,
                         "--linger", 300, "--wait", WAIT_MS, stdout=subprocess.PIPE, text=True)


def listening(lab, *places):
    sockets = lab.inside("wild", "ss", "-Hun", "state", "all").split()
    return all("%s:%d" % at in sockets for at in places)


def tell(lab, name, remote):
    path = lab.path(name + ".remote")
    with open(path + ".new", "w") as f:
        f.write("%s:%d\n" % remote)
    os.rename(path + ".new", path)  # read as soon as it is there


def looped(lab):
    """Packets on the SBC's lo."""
    return json.loads(lab.inside("sbc", "ip", "-s", "-j", "link", "show", "dev", "lo"))[0]["stats64"]["rx"]["packets"]


def comes_back(lab):
    """A call from the internet goes to the LAN and comes back from there by the SBC: both hear each other, and no packet
    of it is on the LAN or between ports of ours."""
    since = time.time()
    calls = token(), token()
    out, back = ("internet", "lan"), ("lan", "internet")
    to_lan = ask(lab, "offer", calls[0], ALICE, out)
    to_bob = ask(lab, "offer", calls[1], to_lan, back)
    to_lan = ask(lab, "answer", calls[1], BOB, out)
    to_alice = ask(lab, "answer", calls[0], to_lan, back)
    if to_lan[0] != REALMS["lan"]:
        raise Failed(f"the LAN was shown {to_lan}")
    between = looped(lab)
    phones = listen(lab, "alice", ALICE, "bob"), listen(lab, "bob", BOB, "alice")
    wait_for(lambda: listening(lab, ALICE, BOB), "alice and bob")
    tell(lab, "alice", to_alice)
    tell(lab, "bob", to_bob)
    reports = [json.loads(phone.communicate(timeout=30)[0]) for phone in phones]
    for phone in phones:
        lab.net.stop(phone)
    counted = [lab.programs.ng("query", **{"call-id": call}) for call in calls]
    for call in calls:
        lab.programs.ng("delete", **{"call-id": call, "from-tag": "a", "delete-delay": 0})
    for report in reports:
        # What was sent before the other one listened is nobody's fault.
        if report["first"] + report["distinct"] != FRAMES or report["distinct"] < FRAMES / 2 or report["strangers"] + report["junk"]:
            raise Failed(f"heard: {report}")
    crossed = [p for p in lab.capture.since(since) if p.leg == "lan" and 5060 not in (p.sport, p.dport)]
    if crossed:
        raise Failed(f"{len(crossed)} packets were on the LAN")
    between = looped(lab) - between
    if between >= FRAMES:
        raise Failed(f"{between} packets went between ports of ours, of {2 * FRAMES}")
    silent = [call for call, answer in zip(calls, counted) if not answer["totals"]["RTP"]["packets"]]
    if silent:
        raise Failed(f"one of the calls counted no packets: {counted}")
    return " and ".join(f"{report['distinct']}" for report in reports) + " packets heard, none on the LAN"
