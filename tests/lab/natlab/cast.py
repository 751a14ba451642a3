# SPDX-License-Identifier: BSD-3-Clause
"""cast.py: all who take part in a soak."""

import contextlib
import json
import os
import socket
import subprocess

from dns.server import NameServer, ZONE

from . import sip, wire
from .actor import Actor, PATIENCE_S, SPOILED
from .attack import Attacker
from .crowd import CALLER, Crowd, Weather
from .edge import NAME_SERVER
from .pairs import PAIRS, Pair
from .programs import REALMS, UnixHttp, bencode
from .soak import CHAT, LOADED, STRANGER
from .ua import DOMAIN, HERE, Failed

SBC, INNER = REALMS["internet"], REALMS["lan"]
TORTURE = os.path.join(HERE, "../data/torture")
UPGRADE = (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
           b"Sec-WebSocket-Protocol: sip\r\n\r\n")


class Loaded(Actor):
    """Calls without media that end in every way, ACKs and BYEs that get lost among them."""

    RATE, CALLS = 12, 240

    def turn(self):
        process = self.lab.net.spawn(
            "wild", os.path.join(self.lab.tools, "call_load"), "--caller", f"{CALLER}:5090", "--called", LOADED,
            "--sbc", f"{SBC}:5060", "--sbc-inner", f"{INNER}:5060",
            "--called-netns", "/run/netns/" + self.lab.net.ns("lan"),
            "--rate", self.RATE, "--calls", self.CALLS, "--hold", self.chance.choice((0, 300, 2500)),
            "--patience", 9000, "--mix", "0123456789", "--host", "carrier.example.net", stdout=subprocess.PIPE)
        while process.poll() is None and not self.over.wait(0.2):
            pass
        told = json.loads(self.lab_ends(process) or "{}")
        self.did.update({k: v for k, v in told.items() if isinstance(v, int)})
        if told.get("leak"):
            self.wrong.append(f"{told['leak']} calls told one side of the other")

    def lab_ends(self, process):
        if process.poll() is None:
            process.terminate()
        out = process.communicate(timeout=10)[0]
        self.lab.net.stop(process)
        return out


class Talkers(Actor):
    """Calls with media over wires that lose, double, delay and break packets. Nobody ever hears a forger."""

    CALLS = 6

    def begin(self):
        self.crowd = Crowd(self.lab, self.CALLS, sip_weather=Weather(0.05, 0.05, 0.1, seed=self.chance.random()),
                           media_weather=Weather(0.03, 0.03, 0.05, 0.01, seed=self.chance.random()))
        self.crowd.__enter__()

    def turn(self):
        crowd = self.crowd
        try:
            crowd.begin()
            for _ in range(self.chance.randrange(4)):
                self.rest(0.2, 1.5)
                crowd.ask_again(self.chance.sample(crowd.callers, self.CALLS // 2))
            self.rest(0, 4)
            crowd.hang_up()
            self.did["calls"] += self.CALLS
        finally:
            for end in crowd.ends:
                crowd.do(lambda end=end: end.media.play(False))
                if "mallory" in end.media.heard:
                    self.wrong.append(f"{end.media.name} heard mallory: {end.media.report()}")
            crowd.forget()

    def end(self):
        self.crowd.__exit__()

    def stream(self):
        """(source, our port, SSRC, number) of somebody who speaks now on the internet; None where nobody does."""
        speaking = [end.media for end in self.crowd.callers if end.media.sending and end.media.remote]
        if not speaking:
            return None
        media = self.chance.choice(speaking)
        return (CALLER, media.port), media.remote[1], media.ssrc, media.seq


class Forger(Actor):
    """Sprays media ports with all that may come to one, and goes on with streams of others from elsewhere."""

    def __init__(self, lab, seed, talkers):
        super().__init__(lab, seed)
        self.talkers = talkers

    def begin(self):
        self.attacker = Attacker(self.lab)

    def turn(self):
        stream = self.talkers.stream()
        if self.is_due(3) or not stream:
            self.did["sprayed"] += self.attacker.end(self.attacker.spray(2))[0]
        else:
            source, target, ssrc, seq = stream
            source = self.chance.choice(((source[0], source[1] + 7), ("203.0.113.77", source[1])))
            self.did["forged"] += self.attacker.run(source, (SBC, target), ssrc=ssrc, seq=seq + 3 & 0xFFFF, count=100,
                                                    interval=5000, **{"payload-type": 0})[0]
        self.rest(0.5, 3)

    def end(self):
        self.lab.net.stop(self.attacker.ear)


class Browsing(Actor):
    """A browser calls a plain phone, and is called: ICE, DTLS."""

    def begin(self):
        self.browser = self.other = None

    def turn(self):
        if not self.browser:
            self.browser = self.lab.browser("nat_b", "ivan", 440)
            self.lab.phones.remove(self.browser)
            self.other = self.lab.phone("lan", "judy", port=5100, media_port=4800)
            self.lab.phones.remove(self.other)
        try:
            for phone in (self.browser, self.other):
                phone.register()
            one, other = self.chance.sample((self.browser, self.other), 2)
            one.do("call", to=other.user)
            other.expect("incoming", timeout=3)
            other.do("answer")
            other.expect("answered", timeout=3)
            self.browser.connected(8)
            self.rest(0.5, 2)
            if self.is_due(2):
                self.browser.do("restart")
            self.rest(0.5, 2)
            one.do("bye")
            self.rest(1, 2)
            self.did["calls"] += 1
            if self.is_due(4):
                raise Failed("the page is closed")
        except SPOILED:
            self.end()
            raise
        for phone in (self.browser, self.other):
            phone.events(0.2)
        self.browser.disconnected()

    def end(self):
        for phone in (self.browser, self.other):
            if phone:
                phone.stop()
        self.browser = self.other = None


class Chatter(Actor):
    """Requests that are no calls, to a trunk that answers in many ways, and back in their dialogs."""

    ANSWERS = {"SUBSCRIBE": (202, 200, 489), "MESSAGE": (200, 202, 480), "OPTIONS": (200, 503), "PUBLISH": (200, 412),
               "INFO": (481,), "REFER": (202, 603), "NOTIFY": (481,), "UPDATE": (481,), "PRACK": (481,), "FOO": (501,)}

    def begin(self):
        self.user = sip.token()
        self.asks, self.says = self.lab.net.socket("wild"), self.lab.net.socket("lan")
        self.asks.bind((CALLER, 5070))
        host, port = CHAT.split(":")
        self.says.bind((host, int(port)))
        for sock in (self.asks, self.says):
            sock.settimeout(0.05)

    def turn(self):
        method = self.chance.choice(list(self.ANSWERS))
        request = self.request(method)
        for _ in range(self.chance.randrange(1, 3)):
            self.asks.sendto(request.encode(), (SBC, 5060))
        self.did[method] += 1
        self.hear()

    def request(self, method):
        more = {"SUBSCRIBE": [("Event", self.chance.choice(("message-summary", "dialog", "presence"))),
                              ("Expires", self.chance.choice(("0", "1", "600")))],
                "PUBLISH": [("Event", "presence"), ("Expires", "60")],
                "REFER": [("Refer-To", f"<sip:bob@{DOMAIN}>")]}.get(method, [])
        body = b"hello" if method == "MESSAGE" else b""
        more += [("Content-Type", "text/plain")] if body else []
        return sip.Message(f"{method} sip:+1999{self.chance.randrange(9)}@{SBC} SIP/2.0", [
            ("Via", f"SIP/2.0/UDP {CALLER}:5070;branch=z9hG4bK{sip.token()};rport"), ("Max-Forwards", "70"),
            ("From", f"<sip:someone@{CALLER}>;tag={sip.token(4)}"), ("To", f"<sip:+1999@{SBC}>"),
            ("Call-ID", sip.token()), ("CSeq", f"1 {method}"),
            ("Contact", f"<sip:{self.user}@{CALLER}:5070>"), *more], body)

    def hear(self):
        """Each side answers what it is asked; of a subscription the first notice comes at once."""
        for sock, host in ((self.says, CHAT), (self.asks, f"{CALLER}:5070")) * 2:
            try:
                data, source = sock.recvfrom(65535)
            except TimeoutError:
                continue
            message = sip.Message.parse(data)
            if not message or not message.is_request or message.method == "ACK" or self.is_due(15):
                continue
            status = self.chance.choice(self.ANSWERS.get(message.method, (200,))) if sock is self.says else 200
            answer = sip.response(message, status, sip.token(4),
                                  [("Contact", f"<sip:{self.user}@{host}>"), ("Expires", "20")])
            sock.sendto(answer.encode(), source)
            if message.method in ("SUBSCRIBE", "REFER") and status < 300:
                self.notify(message, answer, host, source)

    def notify(self, asked, answer, host, to):
        notice = sip.Message(f"NOTIFY {sip.uri_of(asked.get('contact'))} SIP/2.0", [
            ("Via", f"SIP/2.0/UDP {host};branch=z9hG4bK{sip.token()};rport"), ("Max-Forwards", "70"),
            ("From", answer.get("to")), ("To", asked.get("from")), ("Call-ID", asked.get("call-id")),
            ("CSeq", "7 NOTIFY"), ("Contact", f"<sip:{self.user}@{host}>"), ("Event", asked.get("event") or "refer"),
            ("Subscription-State", self.chance.choice(("active;expires=20", "terminated;reason=timeout")))])
        self.says.sendto(notice.encode(), to)

    def end(self):
        self.asks.close()
        self.says.close()


class Stranger(Actor):
    """What RFC 4475 and RFC 5118 have, whole and broken, over UDP and over connections that say half of it."""

    AT_ONCE = 20  # datagrams

    def begin(self):
        with open(os.path.join(TORTURE, "index.json")) as f:
            names = [message["file"] for message in json.load(f)["messages"]]
        self.messages = []
        for name in names:
            with open(os.path.join(TORTURE, name), "rb") as f:
                self.messages.append(f.read())

    def broken(self, data):
        data = bytearray(data)
        for _ in range(self.chance.choice((0, 0, 1, 3, 20))):
            at = self.chance.randrange(len(data))
            data[at:at + self.chance.randrange(3)] = bytes(self.chance.choice(b"\r\n \t:;,<>\"%@0\xff\0a")
                                                           for _ in range(self.chance.randrange(3)))
        return bytes(data[:self.chance.randrange(1, len(data) + 1)] if self.is_due(5) else data) or b"\r\n"

    def make(self, family, kind):
        return self.lab.net.socket("solo", kind, family)

    def turn(self):
        data = self.broken(self.chance.choice(self.messages))
        way = self.chance.choice(("udp", "udp", "udp", "tcp", "tls", "ws", "wss"))
        self.did[way] += 1
        if way == "udp":
            with self.lab.net.socket("solo") as sock:
                for _ in range(self.AT_ONCE):
                    sock.sendto(self.broken(self.chance.choice(self.messages)), (SBC, 5060))
        else:
            self.connect(way, data)
        self.rest(0, 0.2)

    def connect(self, way, data):
        to = SBC, wire.PORTS[way]
        sock = wire.stream_socket(to, wire.tls_client() if way in wire.SECURE and not self.is_due(4) else None, DOMAIN,
                                  self.make)
        try:
            if way in ("ws", "wss") and not self.is_due(3):
                sock.sendall(UPGRADE)
                data = wire.frame(data, self.chance.choice((0, 1, 2, 8, 9, 10, 3)), not self.is_due(4))
            half = self.chance.randrange(len(data) + 1)
            sock.sendall(data[:half])
            self.rest(0, 0.3)
            sock.sendall(data[half:])
            if self.is_due(2):
                self.rest(0, 1)
        finally:
            if self.is_due(2):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            sock.close()


class Operator(Actor):
    """Reads all that the API has, ends calls, captures them, disables trunks, bans and lets in; and asks the relay."""

    PATHS = ("health", "ready", "status", "calls", "registrations", "realms", "trunks", "pinholes", "bans",
             "calls/nobody", f"why?from={STRANGER}&to={SBC}:5060&protocol=udp", "pinholes?limit=3",
             "../../etc/passwd", "%00", "")

    def ask(self, method, path):
        connection = UnixHttp(self.lab.programs.path("api.sock"))
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read().decode()
            self.did[f"{method} {answer.status}"] += 1
            return json.loads(body) if answer.status == 200 and path != "/metrics" else {}
        finally:
            connection.close()

    def turn(self):
        self.ask("GET", "/metrics" if self.is_due(5) else "/api/v1/" + self.chance.choice(self.PATHS))
        if self.is_due(3):
            self.meddle()
        if self.is_due(4):
            self.ask_relay()
        self.rest(0.05, 0.5)

    def meddle(self):
        calls = self.ask("GET", "/api/v1/calls").get("calls") or [{"id": "none"}]
        call = "/api/v1/calls/" + self.chance.choice(calls)["id"]
        trunk = "/api/v1/trunks/" + self.chance.choice(("core", "both", "named", "nobody"))
        ban = "/api/v1/bans/" + self.chance.choice((STRANGER, "192.0.2.128%2F25", "x"))
        self.ask(*self.chance.choice((
            ("GET", call), ("DELETE", call), ("POST", call + "/capture"), ("POST", call + "/capture?no-payload"),
            ("DELETE", call + "/capture"), ("POST", trunk + "/disable"), ("POST", trunk + "/enable"),
            ("POST", ban + "?for=2s"), ("DELETE", ban), ("DELETE", ban),
            ("POST", f"/api/v1/pinholes?ours={SBC}:7777&for=3s"))))

    def ask_relay(self):
        with self.lab.net.socket("solo") as sock, contextlib.suppress(OSError):  # not for strangers
            sock.sendto(b"1 " + bencode({"command": "list"}), (SBC, 22222))
        for command in ("ping", "statistics", "list", "audit"):
            self.did[command] += bool(self.lab.programs.ng(command))

    def end(self):
        for trunk in ("core", "both", "named"):
            self.ask("POST", f"/api/v1/trunks/{trunk}/enable")


class Names(Actor):
    """The name server is there, and is not, and says another thing."""

    def begin(self):
        self.server = None

    def turn(self):
        if not self.server:
            folder = self.lab.folder("nsd")
            log = open(f"{folder}/output", "w")
            self.server = NameServer(lambda *command: self.lab.net.spawn("lan", *command, stdout=log, stderr=log),
                                     lambda: self.lab.net.socket("lan"), folder, NAME_SERVER, alive="10.0.0.43",
                                     dead="10.0.0.42", other="10.0.0.44")
            with open(ZONE) as f:
                self.server.write_zone(f.read().replace("$TTL 5", "$TTL 1"))
            self.server.start()
            self.did["there"] += 1
        else:
            self.end()
        self.rest(3, 15)

    def end(self):
        if self.server:
            self.server.stop()
        self.server = None


class Registering(Actor):
    """Phones by the dozen that register and are never heard again, with right passwords and wrong ones."""

    def turn(self):
        phone = self.lab.phone("lan", self.chance.choice(("alice", "bob", "nobody")), port=5200, media_port=4900,
                               transport=self.chance.choice(("udp", "tcp", "tls")))
        self.lab.phones.remove(phone)
        try:
            phone.do("register", expires=5, password=self.chance.choice((None, None, "wrong")))
            self.did[phone.queue.get(timeout=PATIENCE_S)["event"]] += 1
            phone.kill()
        finally:
            phone.stop()


def cast(lab, seed):
    """Everybody."""
    talkers = Talkers(lab, seed)
    return [Loaded(lab, seed), talkers, Forger(lab, seed, talkers), Browsing(lab, seed), Chatter(lab, seed),
            Stranger(lab, seed), Operator(lab, seed), Names(lab, seed), Registering(lab, seed),
            *(Pair(lab, seed, number, *pair) for number, pair in enumerate(PAIRS))]
