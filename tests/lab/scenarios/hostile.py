# SPDX-License-Identifier: BSD-3-Clause
"""What comes from strangers on the internet: guessed passwords, broken messages, sprayed media."""

import collections
import json
import os
import subprocess
import time

from natlab import sip
from natlab.programs import HOMES
from natlab.ua import DOMAIN, HERE, Failed, check_audio, establish, hang_up

SBC = ("198.51.100.5", 5060)
SBC_ADDRESSES = set().union(*HOMES.values())
AMPLIFICATION_MAX = 1  # to who proved nothing
TORTURE = os.path.join(HERE, "../data/torture")


def scanner(lab):
    """Wrong passwords and unknown users get the same refusal; no call of theirs goes anywhere; all of it is counted."""
    bob = lab.phone("lan", "bob")
    bob.register()
    refused = lab.programs.event("wrong-credentials")
    start = time.time()
    answers = set()
    for user, password in (("alice", "guess"), ("alice", ""), ("nobody", "guess"), ("admin", "admin")):
        scan = lab.phone("wild", user)
        scan.do("register", password=password)
        answers.add(scan.expect("registered")["status"])
        for to in ("bob", "+15551234567", f"sip:bob@{SBC[0]}"):
            scan.do("call", to=to)
            answers.add(scan.expect("failed")["status"])
        scan.stop()
    if not answers <= {401, 403, 407} or len(answers) > 2:
        raise Failed(f"scanners were answered {sorted(answers)}")
    bob.silent_for(0.1)
    packets = lab.capture.since(0)
    earlier = {p.payload for p in packets if p.t < start}  # an earlier scenario's INVITE may be sent again even now
    passed = [p for p in packets if p.leg == "lan" and p.payload.startswith(b"INVITE") and p.payload not in earlier]
    if passed:
        raise Failed(f"{len(passed)} INVITEs of scanners reached the LAN")
    counted = lab.programs.event("wrong-credentials") - refused
    if counted < 8:
        raise Failed(f"16 refusals, {counted:g} of them counted in the metrics")
    return f"all refused with {sorted(answers)}, {counted:g} counted"


def stranger(lab):
    """A phone that never registered may not call, and learns nothing about who is there."""
    bob = lab.phone("lan", "bob")
    bob.register()
    sock = lab.net.socket("wild")
    sock.settimeout(2)
    got = []
    offer = sip.sdp_write("203.0.113.200", 4000, 1, 1, "sendrecv")
    for user in ("bob", "nobody"):
        sock.sendto(request("INVITE", f"sip:{user}@{DOMAIN}", offer), SBC)
        while True:
            answer = sip.Message.parse(sock.recv(65535))
            if answer.status >= 200:
                break
        got.append((answer.status, sorted(n for n, _ in answer.headers)))
    sock.close()
    if got[0] != got[1] or got[0][0] not in (401, 403, 407):
        raise Failed(f"bob and nobody differ: {got}")
    bob.silent_for(0.1)
    return f"{got[0][0]} for a known and for an unknown user alike"


def request(method, uri, body=b""):
    return sip.Message(f"{method} {uri} SIP/2.0", [
        ("Via", f"SIP/2.0/UDP 203.0.113.200:5070;branch=z9hG4bK{sip.token()};rport"), ("Max-Forwards", "70"),
        ("From", f"<sip:stranger@{DOMAIN}>;tag={sip.token(4)}"), ("To", f"<{uri}>"), ("Call-ID", sip.token()),
        ("CSeq", f"1 {method}"), ("Contact", "<sip:stranger@203.0.113.200:5070>"),
        ("Content-Type", "application/sdp")], body).encode()


def answers_options(sock, name):
    """The SBC answers an OPTIONS; answers to what went before pass by. Returns its Call-ID."""
    ping = request("OPTIONS", f"sip:{SBC[0]}")
    call_id = sip.Message.parse(ping).get("call-id")
    for _ in range(4):
        sock.sendto(ping, SBC)
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            try:
                answer = sip.Message.parse(sock.recv(65535))
            except TimeoutError:
                break
            if answer and not answer.is_request and answer.get("call-id") == call_id:
                return call_id
    raise Failed(f"no answer to OPTIONS after {name}")


def outcomes(packets, ignored):
    """What the SBC made of a message, from what it sent then: {"401"}, {"forward"}, {"drop"}, …"""
    found = set()
    for p in packets:
        answer = sip.Message.parse(p.payload)
        if not answer or answer.get("call-id") in ignored or answer.is_request and answer.method == "OPTIONS":
            continue
        if p.leg != "internet" or answer.is_request:
            found.add("forward")
        elif answer.status >= 200:
            found.add(str(answer.status))
    return found or {"drop"}


def torture(lab):
    """Every message of RFC 4475 and RFC 5118, live over UDP: each is answered as it should be, and OPTIONS after it."""
    with open(os.path.join(TORTURE, "index.json")) as f:
        messages = json.load(f)["messages"]
    if len(messages) < 60:
        raise Failed(f"{len(messages)} torture messages in {TORTURE}")
    sock, pings = lab.net.socket("wild"), lab.net.socket("wild")
    sock.bind(("203.0.113.200", 5060))
    pings.settimeout(3)
    sent, ignored, unsaid = [], set(), set()
    for message in messages:
        larger = lab.programs.event("answer-larger-than-question")
        with open(os.path.join(TORTURE, message["file"]), "rb") as f:
            sent.append(time.time())
            sock.sendto(f.read(), SBC)
        ignored.add(answers_options(pings, message["name"]))
        if lab.programs.event("answer-larger-than-question") > larger:
            unsaid.add(message["name"])
    sock.close()
    pings.close()
    note = judge(messages, outcomes_of_each(lab, sent, ignored), unsaid)
    return f"{note}; {amplification(lab, messages, sent, ignored):.2f} bytes at most for one"


def amplification(lab, messages, sent, ignored):
    """How many bytes a message made the SBC send, for each of its own."""
    packets = [p for p in lab.capture.since(sent[0]) if p.src == SBC[0] and p.over == "udp" and p.sport == SBC[1]]
    most = 0
    for message, start, end in zip(messages, sent, sent[1:] + [float("inf")]):
        answers = [p.payload for p in packets if start <= p.t < end]
        answers = [data for data in answers if sip.Message.parse(data).get("call-id") not in ignored]
        ratio = sum(map(len, answers)) / message["bytes"]
        if ratio > AMPLIFICATION_MAX:
            raise Failed(f"{message['name']}: {ratio:.2f} times its bytes came back in {len(answers)} packets")
        most = max(most, ratio)
    return most


def outcomes_of_each(lab, sent, ignored):
    """What is sent again later (RFC 3261 17.2.1) belongs to where it was sent first. An earlier try does not count: the same
    bytes are answered with the same bytes then."""
    packets, earlier = [], set()
    for p in lab.capture.since(sent[0]):
        if p.src in SBC_ADDRESSES and p.payload not in earlier:
            earlier.add(p.payload)
            packets.append(p)
    return [outcomes([p for p in packets if start <= p.t < end], ignored)
            for start, end in zip(sent, sent[1:] + [float("inf")])]


def judge(messages, outcome, unsaid):
    """Compares with what the index allows. Some have no answer that is no larger than they are."""
    wrong, counts = [], collections.Counter()
    for message, got in zip(messages, outcome):
        if got == {"drop"} and message["name"] in unsaid:
            got = {"none so short"}
        counts.update(got)
        if not got <= {*message["allowed"], "none so short"}:
            wrong.append(f"{message['name']}: {'/'.join(sorted(got))}")
    if wrong:
        raise Failed(f"{len(wrong)} of {len(messages)} not as allowed: {', '.join(wrong)}")
    return f"{len(messages)} messages: " + ", ".join(f"{n} {what}" for what, n in counts.most_common())


def bleed(lab):
    """Somebody sprays all media ports before and during a call: he hears nothing and nobody hears him."""
    alice, bob = lab.phone("nat_a", "alice"), lab.phone("nat_b", "bob")
    alice.register()
    bob.register()
    sprayer = lab.net.spawn("wild", os.path.join(lab.tools, "media_endpoint"), "--name", "mallory", "--local",
                            "203.0.113.200:7000", "--remote", f"{SBC[0]}:1", "--spray", "20000-20199", "--count", 100,
                            "--interval", 20, "--linger", 300, stdout=subprocess.PIPE, text=True)
    time.sleep(0.2)
    establish(alice, bob)
    time.sleep(1.2)
    here, there = hang_up(alice, bob)
    got = json.loads(sprayer.communicate(timeout=15)[0])
    lab.net.stop(sprayer)
    if got["sent"] < 10000:
        raise Failed(f"the sprayer sent {got['sent']} packets only: this proves nothing")
    if got["received"] + got["junk"] + got["strangers"] + got["rtcp_received"]:
        raise Failed(f"audio bled to a stranger: {got}")
    check_audio("alice", here, "bob", 40)
    check_audio("bob", there, "alice", 40)
    return f"{got['sent']} packets sprayed, none heard, none came back"
