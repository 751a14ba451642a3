# SPDX-License-Identifier: BSD-3-Clause
"""Who may talk: scanners, guessers, floods; and those who must not suffer for them."""

import collections
import itertools
import json
import os
import resource
import socket
import statistics
import subprocess
import time

from natlab import sip
from natlab.capture import FLOOD_PORT
from natlab.guard import OFFICE, PROBES_MAX, office_user, password_of
from natlab.programs import TRUNK
from natlab.ua import DOMAIN, Failed, establish, hang_up

SBC = ("198.51.100.5", 5060)
WILD, OFFICE_ADDRESS = "203.0.113.200", "203.0.113.10"
CONNECTIONS = 2060
FLOOD_SOURCES, FLOOD_RATE, FLOOD_S, FLOOD_CALLS = 10000, 20000, 100, 20
FLOOD_LEAST = 5000  # a second: else this proves nothing
FLOOD_FAIL = 1      # of the calls


class Asker:
    """A user agent of a few lines: one socket, one question at a time."""

    def __init__(self, lab, namespace, user, host, agent=None):
        self.sock = lab.net.socket(namespace)
        self.sock.settimeout(1)
        self.user, self.host, self.agent = user, host, agent
        self.call_id, self.cseq, self.expires = sip.token(), 0, 300

    def send(self, method, uri, authorization=None, body=b""):
        self.cseq += 1
        headers = [("Via", f"SIP/2.0/UDP {self.host}:5060;branch=z9hG4bK{sip.token()};rport"),
                   ("Max-Forwards", "70"), ("From", f"<sip:{self.user}@{DOMAIN}>;tag={sip.token(4)}"),
                   ("To", f"<sip:{self.user}@{DOMAIN}>"), ("Call-ID", self.call_id),
                   ("CSeq", f"{self.cseq} {method}"), ("Contact", f"<sip:{self.user}@{self.host}:5060>"),
                   ("Expires", str(self.expires)), ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS")]
        if self.agent:
            headers.append(("User-Agent", self.agent))
        if authorization:
            headers.append(authorization)
        self.sock.sendto(sip.Message(f"{method} {uri} SIP/2.0", headers, body).encode(), SBC)

    def answer(self):
        """To the last question; None: there is none."""
        while True:
            try:
                answer = sip.Message.parse(self.sock.recv(65535))
            except (TimeoutError, OSError):
                return None
            if answer and not answer.is_request and answer.cseq == self.cseq and answer.status >= 200:
                return answer

    def register(self, password, tries=3):
        """The status of the answer to the password; None: no answer at all."""
        uri = f"sip:{DOMAIN}"
        for _ in range(tries):
            self.send("REGISTER", uri)
            asked = self.answer()
            if asked and asked.status == 401:
                proof = sip.credentials(asked.get("www-authenticate"), self.user, password, "REGISTER", uri)
                self.send("REGISTER", uri, ("Authorization", proof))
                answer = self.answer()
                if answer:
                    return answer.status
            elif asked:
                return asked.status
        return None


def vicious(lab, name, *words):
    """What a program of sipvicious says. It keeps its notes in the lab's folder."""
    process = lab.net.spawn("wild", name, *words, SBC[0], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env={**os.environ, "HOME": lab.folder("sipvicious")})
    try:
        out = process.communicate(timeout=60)[0]
    except subprocess.TimeoutExpired:
        out = ""
    lab.net.stop(process)
    return out


def sipvicious(lab):
    """svmap, svwar and svcrack learn nothing, and are banned within 20 probes, each of them."""
    bob = lab.phone("lan", "bob")
    bob.register()
    notes, reasons = [], set()
    for name, words, learnt in (
            ("svmap", (), SBC[0] + ":5060"), ("svmap", ("-m", "INVITE"), SBC[0] + ":5060"),
            ("svwar", ("-e", "2000-2199", "-m", "REGISTER"), "reqauth"),
            ("svwar", ("-e", "2000-2199", "-m", "INVITE", "--force"), "reqauth"),
            ("svwar", ("-e", "2000-2199", "-m", "OPTIONS", "--force"), "reqauth"),
            ("svcrack", ("-u", "2000", "-r", "1000-1100"), "2000 ")):
        before = lab.programs.event("scanner-not-answered")
        said = vicious(lab, name, *words)
        probes = lab.programs.event("scanner-not-answered") - before
        if f"| {learnt}" in said:
            raise Failed(f"{name} learnt something: {said[-600:]}")
        if probes > PROBES_MAX:
            raise Failed(f"{name} was banned after {probes:g} probes")
        notes.append(f"{name} {probes:g}")
        banned = lab.programs.bans().get(WILD)
        reasons.add(banned["reason"] if banned else "none")
        if banned and WILD not in lab.programs.ctl("bans"):
            raise Failed("sbcctl bans does not list it")
        if banned:
            lab.programs.ctl("bans", "rm", WILD)
    if "scanner" not in reasons or reasons - {"scanner", "none"}:
        raise Failed(f"scanners were banned for {reasons}")
    return f"nothing learnt; probes: {', '.join(notes)}; banned after four"


def guesser(lab):
    """Who guesses passwords and does not say what it is is banned within 20 guesses; a right one does not help then."""
    lab.programs.ctl("bans", "add", "192.0.2.99", "--for", "1m")
    asker = Asker(lab, "wild", "2000", WILD)
    guesses = 0
    while asker.register(f"guess{guesses}", tries=1) == 403:
        guesses += 1
    if guesses > PROBES_MAX or lab.programs.bans().get(WILD, {}).get("reason") != "wrong-password":
        raise Failed(f"{guesses} guesses, banned: {lab.programs.bans()}")
    if asker.register(password_of("2000"), tries=1) is not None:
        raise Failed("who is banned is answered")
    lab.programs.ctl("bans", "rm", WILD)
    status = asker.register(password_of("2000"))
    if status != 200:
        raise Failed(f"after the ban was lifted: {status}")
    asker.expires = 0  # where phones live nobody is banned for one of them
    if asker.register(password_of("2000")) != 200:
        raise Failed("it can't take leave")
    return f"banned after {guesses} guesses"


def asked(lab, user, method):
    """(what was said, seconds that it took): to the question without a password, and to a wrong password."""
    asker, uri, proof = Asker(lab, "solo", user, "172.16.0.5"), f"sip:{user}@{DOMAIN}", None
    for _ in range(2):
        start = time.monotonic()
        asker.send(method, uri, proof)
        answer = asker.answer()
        if not answer:
            raise Failed(f"no answer to {method}")
        yield (answer.status, tuple(n for n, _ in answer.headers)), time.monotonic() - start
        proof = wrong_proof(answer, user, method, uri)
        if not proof:
            break
    asker.sock.close()


def wrong_proof(answer, user, method, uri):
    """The header with a wrong password; None where nobody asks for one."""
    for challenge, proof in (("www-authenticate", "Authorization"), ("proxy-authenticate", "Proxy-Authorization")):
        if answer.get(challenge):
            return proof, sip.credentials(answer.get(challenge), user, "wrong", method, uri)
    return None


def names(lab):
    """Known and unknown users, with no password and with a wrong one: the same answers, after the same time."""
    lab.programs.ctl("bans", "allow", "172.16.0.5")  # it asks more than a stranger may
    methods, users = ("REGISTER", "INVITE", "OPTIONS"), ("2001", "nobody")
    said, took = collections.defaultdict(set), collections.defaultdict(list)
    for user in users * 20:
        for method in methods:
            for step, (answer, seconds) in enumerate(asked(lab, user, method)):
                said[method, step, user].add(answer)
                took[method, step, user].append(seconds)
    if not all(said[method, 1, "2001"] for method in methods):
        raise Failed(f"nobody asked for a password: {dict(said)}")
    apart = []
    for method, step in itertools.product(methods, (0, 1)):
        one, other = (said[method, step, user] for user in users)
        if one != other:
            raise Failed(f"{method} {('without', 'with a wrong')[step]} password tells users apart: {one}, {other}")
        apart.append(abs(statistics.median(took[method, step, "2001"]) - statistics.median(took[method, step, "nobody"])))
    return f"medians differ by {max(apart) * 1e6:.0f} µs at most"


def office(lab):
    """Two hundred phones behind one NAT, one of them with a wrong password all the time: the others go on."""
    phones = [Asker(lab, "phone_a", office_user(n), "192.168.1.10") for n in range(OFFICE)]
    first = [p.register(password_of(p.user), tries=8) for p in phones[1:]]
    for _ in range(40):
        phones[0].register("wrong", tries=1)
    again = [p.register(password_of(p.user), tries=8) for p in phones[1:]]
    if lab.programs.bans().get(OFFICE_ADDRESS):
        raise Failed("the office was banned")
    if first.count(200) < OFFICE - 1 or again.count(200) < OFFICE - 1:
        raise Failed(f"of 199, {first.count(200)} registered, {again.count(200)} again")
    held = lab.programs.event("too-many-wrong-passwords")
    if not held:
        raise Failed("the bad phone was not held back")
    for p in phones:
        p.sock.close()
    return f"199 registered, and again beside 40 wrong passwords, {held:g} of them not tried"


def trunk_of_bad_users(lab):
    """A PBX with users who do everything wrong is not banned, nor held up."""
    pbx = lab.net.socket("lan")
    pbx.bind((TRUNK, 5060))
    pbx.settimeout(2)
    answered = 0
    for n in range(300):
        uri = f"sip:nobody{n}@10.0.0.5"
        pbx.sendto(sip.Message(f"MESSAGE {uri} SIP/2.0", [
            ("Via", f"SIP/2.0/UDP {TRUNK}:5060;branch=z9hG4bK{sip.token()};rport"), ("Max-Forwards", "70"),
            ("From", f"<sip:a@{TRUNK}>;tag={sip.token(4)}"), ("To", f"<{uri}>"), ("Call-ID", sip.token()),
            ("CSeq", "1 MESSAGE"), ("User-Agent", "friendly-scanner")]).encode(), ("10.0.0.5", 5060))
        answered += b"404" in pbx.recv(65535)[:20]
    pbx.close()
    if answered != 300 or TRUNK in lab.programs.bans():
        raise Failed(f"{answered} of 300 answered, banned: {lab.programs.bans()}")
    return "300 of 300 answered"


def sip_flood(lab):
    """A flood of requests from 10,000 sources: nineteen of twenty calls of those who are registered succeed, at least."""
    pairs = [(lab.phone("nat_a", near, 5060 + n, 4000 + n), lab.phone("lan", far, 5060 + n, 4000 + n))
             for near, far, n in (("alice", "bob", 0), ("carol", "dave", 10))]
    for phone in (phone for pair in pairs for phone in pair):
        phone.register()
    mac = json.loads(lab.inside("sbc", "ip", "-j", "link", "show", "dev", "inet"))[0]["address"]
    flood = lab.net.spawn("inet", os.path.join(lab.tools, "sip_flood"), "--device", "sbc", "--mac", mac, "--source",
                          f"198.18.0.1:{FLOOD_PORT}", "--target", "%s:%d" % SBC, "--sources", FLOOD_SOURCES, "--rate",
                          FLOOD_RATE, "--seconds", FLOOD_S, stdout=subprocess.DEVNULL)
    # Who attacks has computers of his own: this one is for the SBC first.
    os.setpriority(os.PRIO_PROCESS, flood.pid, 10)
    try:
        time.sleep(1)
        begun, before = time.monotonic(), arrived(lab)
        done, failed = calls_by(pairs, FLOOD_CALLS)
        rate = (arrived(lab) - before) / (time.monotonic() - begun)
        if flood.poll() is not None:
            raise Failed("the flood was over before the calls were")
    finally:
        lab.net.stop(flood)
    told = "; ".join([f"{done} of {done + len(failed)} calls at {rate:.0f} requests a second", *failed])
    dropped = lab.programs.event("stranger-while-overloaded")
    if len(failed) > FLOOD_FAIL:
        raise Failed(f"{told}; {dropped:g} strangers dropped")
    if rate < FLOOD_LEAST:
        raise Failed(f"{told}: that was no flood")
    return f"{told}; {dropped:g} dropped early"


def arrived(lab):
    """Frames that came to the SBC from the internet."""
    return json.loads(lab.inside("sbc", "ip", "-s", "-j", "link", "show", "dev", "inet"))[0]["stats64"]["rx"]["packets"]


def calls_by(pairs, wanted):
    """(calls that went well, why others did not): one after the other by the first pair; after one that failed, whose
    phones are in the midst of something, by the next; no more once too many have."""
    done, failed = 0, []
    while done + len(failed) < wanted and len(failed) <= FLOOD_FAIL:
        one, other = pairs[len(failed)]
        try:
            establish(one, other)
            hang_up(one, other)
            done += 1
        except Failed as why:
            failed.append(str(why))
    return done, failed


def many_connections(lab):
    """2,060 TCP connections that say nothing or never end their message: nearly all of them are closed within 34 s, and
    who is there is answered all the time."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * CONNECTIONS)), hard))
    held = []
    for n in range(CONNECTIONS):
        sock = lab.net.socket("wild", socket.SOCK_STREAM)
        sock.settimeout(5)
        try:
            sock.connect(SBC)
            if n % 2:
                sock.send(b"OPTIONS sip:198.51.100.5 SIP/2.0\r\nVia: ")
            sock.setblocking(False)
            held.append(sock)
        except OSError:
            sock.close()
    start, closed, answered, asked = time.monotonic(), set(), 0, 0
    asker = Asker(lab, "solo", "x", "172.16.0.5")
    while time.monotonic() < start + 36:
        asked += 1
        asker.send("OPTIONS", f"sip:{SBC[0]}")
        answered += asker.answer() is not None
        for n, sock in enumerate(held):
            try:
                if n not in closed and sock.recv(100) == b"":
                    closed.add(n)
            except BlockingIOError:
                pass
            except OSError:
                closed.add(n)
        time.sleep(0.5)
    for sock in held:
        sock.close()
    if len(closed) < 0.9 * len(held) or answered < 0.95 * asked:
        raise Failed(f"of {len(held)}, {len(closed)} were closed; {answered} of {asked} OPTIONS answered")
    return f"{len(held)} let in, {len(closed)} closed; {answered} of {asked} OPTIONS answered"


GUARD = [names, guesser, trunk_of_bad_users, office, sip_flood, many_connections, sipvicious]
