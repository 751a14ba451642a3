# SPDX-License-Identifier: BSD-3-Clause
"""Several threads move the media of several calls."""

import json
import os
import subprocess

from natlab.sip import sdp_write, token
from natlab.ua import Failed

CALLS = 8  # so many streams that some come by the queue of the wrong worker, whatever hashes say
FRAMES = 100
OUTSIDE, INSIDE = "203.0.113.200", "10.0.0.20"


def described(answer):
    if not answer or answer.get("result") != "ok":
        raise Failed(f"the relay answered {answer}")
    lines = answer["sdp"].splitlines()
    return (next(line for line in lines if line.startswith("c=")).split()[2],
            int(next(line for line in lines if line.startswith("m=")).split()[1]))


def counters(lab):
    """All numbers of the relay's statistics, by their names."""
    found = {}

    def walk(tree):
        for name, value in tree.items():
            walk(value) if isinstance(value, dict) else found.update({name: value})

    walk(lab.programs.ng("statistics"))
    return found


def begin(lab, number):
    """One call between the internet and the LAN: (call-id, both ends)."""
    call = token()
    ends = (OUTSIDE, 4000 + 2 * number), (INSIDE, 6000 + 2 * number)
    common = {"call-id": call, "from-tag": "a"}
    inside = described(lab.programs.ng("offer", **common, **{
        "sdp": sdp_write(*ends[0], 1, 1, "sendrecv").decode(), "direction": ["internet", "lan"],
        "received-from": ["IP4", OUTSIDE]}))
    outside = described(lab.programs.ng("answer", **common, **{
        "to-tag": "b", "sdp": sdp_write(*ends[1], 1, 1, "sendrecv").decode(), "direction": ["lan", "internet"],
        "received-from": ["IP4", INSIDE]}))
    speakers = [lab.net.spawn(place, os.path.join(lab.tools, "media_endpoint"), "--name", f"{name}{number}", "--expect",
                              f"{other}{number}", "--local", "%s:%d" % local, "--remote", "%s:%d" % remote,
                              "--count", FRAMES, "--linger", 500, stdout=subprocess.PIPE, text=True)
                for place, name, other, local, remote in (("wild", "out", "in", ends[0], outside),
                                                          ("lan", "in", "out", ends[1], inside))]
    return call, speakers


def many_calls(lab):
    """Eight calls at once: each hears its own, all of it; both workers have a part, and packets went from one to the
    other."""
    before = counters(lab)
    calls = [begin(lab, number) for number in range(CALLS)]
    heard = 0
    for _, speakers in calls:
        for speaker in speakers:
            report = json.loads(speaker.communicate(timeout=60)[0])
            lab.net.stop(speaker)
            if report["first"] + report["distinct"] != FRAMES or report["distinct"] < FRAMES / 2:
                raise Failed(f"heard: {report}")
            if report["strangers"] + report["junk"]:
                raise Failed(f"heard others: {report}")
            heard += report["distinct"]
    for call, _ in calls:
        lab.programs.ng("delete", **{"call-id": call, "from-tag": "a", "delete-delay": 0})
    after = counters(lab)
    handed, lost = (after[name] - before[name] for name in ("handed_over", "drop_worker_full"))
    if not handed or lost:
        raise Failed(f"{handed} packets went from one worker to the other, {lost} got lost there")
    check_threads(lab)
    return f"{heard} packets heard, {handed} went from one worker to the other"


def check_threads(lab):
    threads = lab.inside("sbc", "ps", "-L", "-o", "comm=", "-p", str(lab.programs.relay.pid)).split()
    if not {"media0", "media1"} <= set(threads):
        raise Failed(f"the relay's threads are {threads}")


def by_queue(lab):
    """Packets that came to each XDP program of the SBC's wires: {(wire, queue): packets}."""
    found = {}
    for wire in ("inet", "lan"):
        for line in lab.inside("sbc", "ethtool", "-S", wire).splitlines():
            name, _, value = line.strip().partition(": ")
            if name.startswith("rx_queue_") and name.endswith("_xdp_packets"):
                found[wire, int(name.split("_")[2])] = int(value)
    return found


def two_queues(lab):
    """The same over wires with two queues each: media comes by all four, and some by that of the wrong worker."""
    before = by_queue(lab)
    note = many_calls(lab)
    came = {queue: n - before[queue] for queue, n in by_queue(lab).items()}
    if len(came) != 4 or min(came.values()) < FRAMES:
        raise Failed(f"packets by wire and queue: {came}")
    return f"{note}; by queue {sorted(came.values())}"
