# SPDX-License-Identifier: BSD-3-Clause
"""What the SBC tells its operator about a call that goes on, over HTTP and through sbcctl."""

import http.client
import json
import os
import re
import socket
import subprocess
import time

from natlab import pcapng
from natlab.ua import Failed, check_audio, establish

from .calls import ENOUGH, registered

PRIVATE = {"family": "IPv4", "address": "192.168.1.10", "port": 4000}  # what both phones say in their SDP
SEEN = {"a": "203.0.113.10", "b": "192.0.2.20"}  # where they really are
SAMPLE = re.compile(r'([a-z_]+)(\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})? (-?\d+(?:\.\d+)?)')
TYPE = re.compile(r"# TYPE ([a-z_]+) (?:counter|gauge)")


def sbcctl(lab, *words):
    done = subprocess.run([os.path.join(lab.bin, "sbcctl"), "-s", lab.path("api.sock"), *words], capture_output=True,
                          text=True, timeout=10)
    if done.returncode:
        raise Failed(f"sbcctl {' '.join(words)}: exit {done.returncode}, {done.stderr}")
    return done.stdout


def ask(lab, method, path):
    """(status, body) over TCP, as a monitoring system asks."""
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=5)
    connection.sock = lab.net.socket("sbc", socket.SOCK_STREAM)
    connection.sock.settimeout(5)
    connection.sock.connect(("127.0.0.1", 8080))
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def get(lab, path):
    status, body = ask(lab, "GET", path)
    if status != 200:
        raise Failed(f"GET {path}: {status} {body[:200]}")
    return json.loads(body)


def wanted(what, got, want):
    if got != want:
        raise Failed(f"{what}: {got}, wanted {want}")


def rtp(call, side):
    media = call["media"]["tags"][side]["medias"]
    wanted(f"{side}: media", [m["type"] for m in media], ["audio"])
    return next(s for s in media[0]["streams"] if s["kind"] == "RTP")


def check_call(call, phones):
    """Each leg: who, and where from; what its SDP said, and where its media was learnt at."""
    for side, phone in zip("ab", phones):
        leg, stream = call[side], rtp(call, side)
        peer, _, port = leg["peer"].rpartition(":")
        wanted(f"{side}: realm, state, peer", (leg["realm"], leg["state"], peer), ("internet", "confirmed", SEEN[side]))
        if not 0 < int(port) < 65536 or phone.contact_user not in leg["contact"]:
            raise Failed(f"{side}: peer {leg['peer']}, contact {leg['contact']}")
        wanted(f"{side}: SDP said", stream["endpoint"], PRIVATE)
        wanted(f"{side}: latched", (stream["state"], stream["latched"]["address"]), ("latched", SEEN[side]))
        if not 20000 <= stream["local port"] <= 20199:
            raise Failed(f"{side}: local port {stream['local port']}")
    if call["a"]["call_id"] == call["b"]["call_id"]:
        raise Failed("both legs have one Call-ID")


def check_growth(before, after):
    """Packets both ways on both sides, and what came in on one side went out on the other."""
    for side, other in ("ab", "ba"):
        for what in (lambda s: s["stats"]["packets"], lambda s: s["sent packets"]):
            first, last = what(rtp(before, side)), what(rtp(after, side))
            if not first < last:
                raise Failed(f"{side}: packets do not grow: {rtp(before, side)}, then {rtp(after, side)}")
        came, went = rtp(after, side)["stats"]["packets"], rtp(after, other)["sent packets"]
        if abs(came - went) > 10:  # the first ones, before the other side was learnt
            raise Failed(f"{came} packets came from {side}, {went} went to {other}")


def check_lists(lab, call):
    """Short lists, over TCP and by sbcctl: the same call, phones and realms in both."""
    status = get(lab, "/api/v1/status")
    wanted("status", (status["calls"], status["calls_up"], status["relay"]["state"]), (1, 1, "up"))
    wanted("health", get(lab, "/api/v1/health"), {"status": "ok"})
    wanted("ready", get(lab, "/api/v1/ready"), {"status": "ready"})
    phones = {r["aor"]: r for r in get(lab, "/api/v1/registrations")["registrations"]}
    for user, side in (("alice", "a"), ("bob", "b")):
        wanted(f"registration of {user}", (phones[user]["source"], phones[user]["nat"]), (call[side]["peer"], True))
    wanted("realms", {r["name"]: r["registrations"] for r in get(lab, "/api/v1/realms")["realms"]}["internet"], 2)
    for words, texts in ((("status",), ("calls_up",)), (("calls",), (call["id"], "203.0.113.10:", "192.0.2.20:")),
                         (("regs",), ("alice", call["a"]["peer"], call["b"]["peer"])), (("realms",), ("198.51.100.5",)),
                         (("call", call["id"]), ("192.168.1.10", *SEEN.values(), "latched"))):
        said = sbcctl(lab, *words)
        missing = [text for text in texts if text not in said]
        if missing:
            raise Failed(f"sbcctl {' '.join(words)} does not tell {missing}: {said}")


def check_metrics(lab):
    """Each line is a comment or a sample of a metric whose type was told before; no sample twice."""
    status, text = ask(lab, "GET", "/metrics")
    wanted("GET /metrics", status, 200)
    known, seen = set(), set()
    for line in text.splitlines():
        sample = SAMPLE.fullmatch(line)
        if sample and (sample.group(1) not in known or sample.group(1, 2) in seen):
            raise Failed(f"/metrics: no type told before, or twice: {line}")
        if sample:
            seen.add(sample.group(1, 2))
        elif TYPE.fullmatch(line):
            known.add(TYPE.fullmatch(line).group(1))
        elif not line.startswith("# HELP "):
            raise Failed(f"/metrics: {line}")
    if ("sbc_calls", '{state="up"}') not in seen or not text.endswith("\n"):
        raise Failed("/metrics does not count calls")
    wanted("calls up in the metrics", lab.programs.total("sbc_calls", state="up"), 1)
    return len(seen)


def check_sound(call):
    """Both sides are heard, and well: what the relay measured, short and in words."""
    for side in "ab":
        heard = call[side]["media"][0]
        wanted(f"{side}: verdict, lost, refused", (heard["verdict"], heard["lost"], heard["refused_packets"]),
               ("flows", 0, 0))
        if heard["packets"] < ENOUGH or heard["jitter_ms"] > 100 or heard["mos"] < 3:
            raise Failed(f"{side}: {heard}")
    wanted("findings", call["findings"], [])


def captured(lab, call_id):
    """Half a second of the call as headers, half a second whole; how many packets of it a reader of pcapng finds."""
    for flags in (["--no-payload"], []):
        answer = json.loads(sbcctl(lab, "-o", "json", "capture", call_id, *flags))
        time.sleep(0.5)
    sbcctl(lab, "capture", call_id, "--stop")
    wanted("mode of the file", os.stat(answer["file"]).st_mode & 0o777, 0o600)
    with open(answer["file"], "rb") as file:
        packets = pcapng.rtp(pcapng.read(file.read()))
    lengths = {length for _, length in packets}
    if {packet.src for packet, _ in packets} != set(SEEN.values()) or len(packets) < ENOUGH or len(lengths) < 2:
        raise Failed(f"captured: {len(packets)} packets, lengths {lengths}")
    return len(packets)


def management(lab):
    """API and sbcctl during a call: legs, addresses said, seen, learnt, growing counts; hanging up ends both sides."""
    alice, bob = phones = registered(lab, ("nat_a", "alice"), ("nat_b", "bob"))
    establish(alice, bob)
    time.sleep(0.5)
    calls = get(lab, "/api/v1/calls")["calls"]
    wanted("calls", [(c["state"], c["a"]["realm"], c["b"]["realm"]) for c in calls], [("up", "internet", "internet")])
    before = get(lab, f"/api/v1/calls/{calls[0]['id']}")
    check_call(before, phones)
    check_lists(lab, before)
    samples = check_metrics(lab)
    time.sleep(0.5)
    after = json.loads(sbcctl(lab, "-o", "json", "call", before["id"]))
    check_call(after, phones)
    check_growth(before, after)
    check_sound(after)
    file = captured(lab, before["id"])
    sbcctl(lab, "hangup", before["id"])
    for listener, speaker in ((alice, bob), (bob, alice)):
        got = listener.expect("ended", by="far side")
        check_audio(listener.user, got["media"], speaker.user, ENOUGH)
    wanted("DELETE once more", ask(lab, "DELETE", f"/api/v1/calls/{before['id']}")[0], 404)
    wanted("calls afterwards", get(lab, "/api/v1/calls")["calls"], [])
    grown = rtp(after, "a")["stats"]["packets"] - rtp(before, "a")["stats"]["packets"]
    return f"{samples} metrics; {grown} packets more at the second look; {file} in a captured second"
