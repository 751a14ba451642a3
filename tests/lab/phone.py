#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""phone.py: a SIP phone for tests, over any transport; with --listen it is a trunk that waits for connections. It knows
its private address only, and writes it everywhere, like phones do.

Commands come as JSON lines on stdin ({"do": "call", "to": "bob"}), what happens goes as JSON lines to stdout
({"event": "ringing"}). Every SIP message goes to --log with its time. One call at a time; a second one finds it busy.
"""

import argparse
import heapq
import json
import os
import re
import selectors
import sys
import time
import urllib.parse
import uuid

sys.dont_write_bytecode = True

from natlab import sip, srtp, wire  # noqa: E402
from natlab.media import Media  # noqa: E402

T1, T2 = 0.5, 4.0
# Each call has a port of its own, as phones do: what is still under way to one of before is not heard in the next.
PORTS_APART, CALLS_APART = 100, 10
GIVE_UP = 32.0  # 64*T1
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY"


class Timers:
    def __init__(self):
        self.heap = []
        self.count = 0

    def after(self, seconds, run):
        self.count += 1
        heapq.heappush(self.heap, (time.monotonic() + seconds, self.count, run))

    def run(self, now):
        while self.heap and self.heap[0][0] <= now:
            heapq.heappop(self.heap)[2]()

    def wait(self, now):
        return max(0.0, self.heap[0][0] - now) if self.heap else 1.0


class Transaction:
    """A client transaction: sends again until a response comes (RFC 3261 17.1)."""

    def __init__(self, phone, request, to, done):
        self.phone, self.request, self.to, self.done = phone, request, to, done
        self.over = self.proceeding = False
        self.interval = T1
        self.deadline = time.monotonic() + GIVE_UP
        phone.transactions[request.branch, request.method] = self
        phone.send(request, to)
        phone.timers.after(T1, self.again)

    def again(self):
        if self.over or (self.proceeding and self.request.method == "INVITE"):
            return
        if time.monotonic() >= self.deadline:
            self.over = True
            self.done(None)
            return
        if self.request.over == "UDP":
            self.phone.send(self.request, self.to)
        self.interval = self.interval * 2 if self.request.method == "INVITE" else min(T2, self.interval * 2)
        self.phone.timers.after(self.interval, self.again)

    def receive(self, answer):
        if answer.status < 200:
            self.proceeding = True
        else:
            if self.request.method == "INVITE" and answer.status >= 300:
                self.phone.ack_failure(self, answer)
            if self.over and answer.status >= 300:
                return
            self.over = True
        self.done(answer)


class Call:
    """One dialog and its session."""

    def __init__(self, outgoing, call_id, local, remote):
        self.outgoing, self.call_id, self.local, self.remote = outgoing, call_id, local, remote
        self.target = ""
        self.routes = []
        self.cseq = int.from_bytes(os.urandom(2), "big")
        self.state = "new"  # new, ringing, up
        self.invite = None  # the initial request
        self.transaction = None
        self.offer = None   # what the far side offered, unanswered
        self.direction = "sendrecv"
        self.fax = False
        self.acked = -1     # server side: the last CSeq that was acknowledged
        self.last_ack = None
        self.formats = 0
        self.late = False   # offers nothing: the 200 has the offer, our ACK the answer
        self.authorized = self.cancel_next = False
        self.lingers = False


class Phone:
    def __init__(self, options):
        self.o = options
        self.timers = Timers()
        self.transactions = {}
        self.served = {}  # (branch, method) -> bytes of the last response, for retransmissions
        self.call = self.parked = None  # parked: on hold, while its user speaks with another
        self.media = None
        self.host, port = sip.host_port(options.local)
        self.address = sip.at(self.host, port)
        self.proxy = sip.host_port(options.proxy)
        self.udp = self.listener = self.stream = None  # what it speaks on; stream: the connection, of a trunk the last
        self.contact_user = f"{options.user}-{sip.token(4)}"
        self.product = f"natsbc-lab-phone/1.0 ({options.user}; a private address and nothing but)"
        self.instance = f';+sip.instance="<urn:uuid:{uuid.uuid4()}>"'
        self.aor = f"sip:{options.user}@{options.domain}"
        self.password = options.password
        self.sdp_id = int.from_bytes(os.urandom(4), "big")
        self.sdp_version = 1
        self.register_id = f"{sip.token()}@{self.host}"
        self.register_cseq = 0
        self.calls = 0
        self.expires = 0
        self.keepalives = 0
        self.log = open(options.log, "w", buffering=1) if options.log else None
        self.quitting = self.leaving = self.is_registered = self.asks = False
        self.partial = self.stun_id = b""
        self.selector = selectors.DefaultSelector()
        self.selector.register(sys.stdin, selectors.EVENT_READ, self.command)
        self.open_wires(port)

    # --- loop ---------------------------------------------------------------------------------------------------

    def run(self):
        self.tell("ready", address=self.address, contact_user=self.contact_user)
        while not self.quitting:
            now = time.monotonic()
            self.timers.run(now)
            wait = self.timers.wait(now)
            if self.media:
                due = self.media.tick(now)
                wait = min(wait, max(0.0, due - now)) if due else wait
            for key, _ in self.selector.select(wait):
                key.data()

    def tell(self, event, **more):
        print(json.dumps({"event": event, "t": round(time.time(), 6), **more}), flush=True)

    def command(self):
        """os.read, not readline: lines that Python had buffered would not wake the loop."""
        data = os.read(0, 65536)
        if not data:
            self.leave()
        *lines, self.partial = (self.partial + data).split(b"\n")
        for line in lines:
            what = json.loads(line)
            getattr(self, "do_" + what.pop("do"))(**what)

    # --- transport ----------------------------------------------------------------------------------------------

    def note(self, direction, peer, data):
        if self.log:
            self.log.write(json.dumps({"t": time.time(), "dir": direction, "peer": "%s:%d" % peer,
                                       "text": data.decode("latin-1")}) + "\n")

    def open_wires(self, port):
        """A phone has one; a trunk waits for connections, and for datagrams beside them, unless all is to be TLS."""
        transport = self.o.transport
        if transport == "udp" or self.o.listen == "tcp":
            self.udp = wire.Udp(self.host, port)
            self.address = sip.at(self.host, self.udp.port)
            self.selector.register(self.udp, selectors.EVENT_READ, lambda: self.readable(self.udp))
        if self.o.listen:
            context = wire.tls_server(self.o.cert, self.o.key, self.o.ca) if self.o.listen == "tls" else None
            self.listener = wire.Listener(self.host, port, context)
            self.selector.register(self.listener, selectors.EVENT_READ, self.acceptable)
        elif transport != "udp":
            self.do_connect()
        if transport in ("ws", "wss"):
            self.address = f"{sip.token(6)}.invalid"  # a browser does not know where it is

    def do_connect(self):
        transport, more = self.o.transport, {}
        context = wire.tls_client(self.o.ca, self.o.cert, self.o.key) if transport in wire.SECURE else None
        kind = wire.WebSocket if transport in ("ws", "wss") else wire.Stream
        if kind is wire.WebSocket:
            more = {"host": self.o.domain, "origin": self.o.origin}
        try:
            self.keep(kind.connect(self.proxy, context, self.o.domain, **more))
        except wire.Closed as why:
            self.tell("closed", why=str(why))

    def keep(self, stream):
        self.stream = stream
        self.selector.register(stream, selectors.EVENT_READ, lambda: self.readable(stream))

    def acceptable(self):
        try:
            stream = self.listener.accept()
        except wire.Closed as why:
            self.tell("closed", why=str(why))
            return
        if stream:
            self.keep(stream)

    def lose(self, stream, why):
        if stream.fileno() < 0:
            return
        self.selector.unregister(stream)
        stream.close()
        if self.stream is stream:
            self.stream = None
        self.tell("closed", why=why)

    def do_reset(self):
        """The connection breaks, from this side."""
        stream, self.stream = self.stream, None
        self.selector.unregister(stream)
        stream.reset()

    def do_ping(self):
        """RFC 5626 4.4.1; of a WebSocket its own."""
        if self.stream:
            self.stream.ping()
        else:
            self.udp.send(b"\r\n\r\n", self.proxy)

    def do_stun(self):
        """RFC 5626 4.4.2: a Binding request on the SIP port."""
        self.stun_id = os.urandom(12)
        self.udp.send(b"\x00\x01\x00\x00\x21\x12\xa4\x42" + self.stun_id, self.proxy)

    def send(self, message, to):
        data = message if isinstance(message, bytes) else message.encode()
        over = self.stream if not self.udp or self.is_streamed(message) else self.udp
        self.note("out", to if over is self.udp or not over else over.peer, data)
        if over:
            try:
                over.send(data, to)
            except wire.Closed as why:
                self.lose(over, str(why))

    @staticmethod
    def is_streamed(message):
        return b"SIP/2.0/UDP" not in (message if isinstance(message, bytes) else message.encode()).split(b"\r\n")[1]

    def readable(self, over):
        try:
            for data, peer in over.receive():
                self.receive(data, peer)
        except wire.Closed as why:
            self.lose(over, str(why))

    def receive(self, data, peer):
        if data[:2] == b"\x01\x01" and data[8:20] == self.stun_id:
            self.tell("stun", attributes=data[20:].hex())
            return
        self.note("in", peer, data)
        message = sip.Message.parse(data)
        if message and message.is_request:
            self.receive_request(message, peer)
        elif message:
            transaction = self.transactions.get((message.branch, message.method))
            if transaction:
                transaction.receive(message)

    @property
    def over(self):
        """By what requests go: of a trunk, by what the call came."""
        if self.listener and self.call and not self.call.outgoing:
            return self.call.invite.over
        return self.stream.via if self.stream else "UDP" if self.udp else self.o.transport.upper()

    def request(self, method, uri, to, call_id, cseq, from_, routes=(), more=(), body=b"", branch=""):
        via = f"SIP/2.0/{self.over} {self.address};branch={branch or 'z9hG4bK' + sip.token()};rport"
        headers = [("Via", via)] + [("Route", r) for r in routes] + [
            ("Max-Forwards", "70"), ("From", from_), ("To", to), ("Call-ID", call_id), ("CSeq", f"{cseq} {method}")]
        return sip.Message(f"{method} {uri} SIP/2.0", headers + list(more), body)

    def contact(self, *params):
        transport = "" if self.over == "UDP" else ";transport=" + self.over.lower()
        return "".join([f"<sip:{self.contact_user}@{self.address}{transport}>", *params])

    def next_hop(self, call):
        """RFC 3261 12.2.1.1: the first route, else the target. A name is not resolved: the proxy knows it."""
        host, port = sip.host_of(sip.uri_of(call.routes[0]) if call.routes else call.target)
        return (host, port) if sip.is_address(host) else self.proxy

    # --- registration -------------------------------------------------------------------------------------------

    def do_register(self, expires=60, password=None):
        self.expires, self.asks = expires, True
        self.password = self.o.password if password is None else password
        self.send_register([])

    def send_register(self, authorization):
        self.register_cseq += 1
        message = self.request("REGISTER", f"sip:{self.o.domain}", f"<{self.aor}>", self.register_id,
                               self.register_cseq, f"<{self.aor}>;tag={sip.token(4)}", more=[
                                   ("Contact", self.contact(f";expires={self.expires}", self.instance)),
                                   ("Allow", ALLOW), ("Supported", "path, gruu, outbound, replaces, norefersub"),
                                   ("User-Agent", self.product)] + authorization)
        Transaction(self, message, self.proxy, lambda answer: self.registered(message, answer))

    def registered(self, message, answer):
        if answer and answer.status < 200:
            return
        if answer and answer.status == 401 and not message.get("authorization"):
            authorization = self.authorization(answer, "WWW-Authenticate", "REGISTER", message.uri)
            if authorization:
                self.send_register([("Authorization", authorization)])
                return
        self.asks = False
        self.is_registered = bool(answer and answer.status == 200 and self.expires)
        self.quitting = self.leaving and message.get("contact").find(";expires=0") > 0
        self.tell("registered", status=answer.status if answer else 0, contacts=answer.all("contact") if answer else [],
                  via=answer.get("via") if answer else "", algorithm=sip.challenge_fields(
                      message.get("authorization")).get("algorithm", ""))

    def authorization(self, answer, header, method, uri):
        for challenge in answer.all(header):
            value = sip.credentials(challenge, self.o.user, self.password, method, uri)
            if value:
                return value
        return None

    # --- calls out ----------------------------------------------------------------------------------------------

    def do_call(self, to, formats=0, late=False):
        """formats: offers so many more, to be long. late: lets the other side make the offer."""
        uri = to if ":" in to else f"sip:{to}@{self.o.domain}"
        call = Call(True, sip.token(), f"<{self.aor}>;tag={sip.token(4)}", f"<{uri}>")
        call.target = uri
        call.formats, call.late = formats, late
        self.call = call
        self.open_media()
        self.invite(call, [])

    def invite(self, call, authorization):
        call.cseq += 1
        what, body = ([], b"") if call.late else self.description(call)
        message = self.request("INVITE", call.target, call.remote, call.call_id, call.cseq, call.local, more=[
            ("Contact", self.contact()), ("Allow", ALLOW), ("User-Agent", self.product)] + what + authorization,
            body=body)
        call.invite = message
        call.authorized = bool(authorization)
        call.transaction = Transaction(self, message, self.proxy, lambda answer: self.invited(call, message, answer))
        if call.authorized and call.cancel_next:
            self.send_cancel()

    def invited(self, call, message, answer):
        if not answer:
            self.end(call, "failed", status=0)
            return
        if answer.status in (401, 407) and not message.get("authorization") + message.get("proxy-authorization"):
            ask, give = (("WWW-Authenticate", "Authorization") if answer.status == 401
                         else ("Proxy-Authenticate", "Proxy-Authorization"))
            value = self.authorization(answer, ask, "INVITE", message.uri)
            if value:
                self.invite(call, [(give, value)])
                return
        if answer.status >= 300:
            self.end(call, "failed", status=answer.status)
            return
        if answer.status > 100:
            self.take_description(call, answer.body, offer=False)
        if answer.status >= 200:
            self.confirm(call, answer)
        elif answer.status > 100:
            call.state = "ringing"
            self.tell("ringing", status=answer.status)

    def confirm(self, call, answer):
        """A 2xx to our INVITE: ACK it, each time that it comes (RFC 3261 13.2.2.4)."""
        if call.last_ack and call.last_ack[0] >= answer.cseq:
            self.send(call.last_ack[1], call.last_ack[2])
            return
        first = call.state != "up"
        call.state = "up"
        call.remote = answer.get("to")
        call.target = sip.uri_of(answer.get("contact"))
        if first:
            call.routes = list(reversed(answer.all("record-route")))
        what, body = self.description(call) if first and call.late else ([], b"")
        ack = self.request("ACK", call.target, call.remote, call.call_id, answer.cseq, call.local, call.routes, what,
                           body)
        call.last_ack = (answer.cseq, ack, self.next_hop(call))
        self.send(ack, call.last_ack[2])
        self.play(call)
        self.tell("answered" if first else "changed", status=answer.status, direction=call.direction)

    def ack_failure(self, transaction, answer):
        r = transaction.request
        self.send(self.request("ACK", r.uri, answer.get("to"), r.get("call-id"), r.cseq, r.get("from"),
                               r.all("route"), branch=r.branch), transaction.to)

    def do_cancel(self):
        """Of an INVITE that is about to be challenged: of the one that follows."""
        if self.call.state == "new" and not self.call.authorized:
            self.call.cancel_next = True
            self.timers.after(0.3, lambda: self.call and self.call.cancel_next and self.send_cancel())
        else:
            self.send_cancel()

    def send_cancel(self):
        self.call.cancel_next = False
        invite = self.call.invite
        cancel = self.request("CANCEL", invite.uri, invite.get("to"), self.call.call_id, invite.cseq,
                              invite.get("from"), invite.all("route"), branch=invite.branch)
        Transaction(self, cancel, self.call.transaction.to, lambda answer: self.tell(
            "cancelled", status=answer.status if answer else 0))

    def in_dialog(self, method, done, more=(), body=b"", call=None):
        """call: another than the one that its user speaks in."""
        call = call or self.call
        call.cseq += 1
        message = self.request(method, call.target, call.remote, call.call_id, call.cseq, call.local, call.routes,
                               more, body)
        return Transaction(self, message, self.next_hop(call), done)

    def do_bye(self):
        call = self.call
        self.in_dialog("BYE", lambda answer: self.end(call, "ended", by="us", status=answer.status if answer else 0))
        self.media.play(False)

    def do_linger(self):
        """When the call is over its media goes on, to where it went."""
        self.call.lingers = True

    def do_park(self):
        """The call waits, for another to be made."""
        self.parked, self.call = self.call, None
        self.close_media()

    def do_refer(self, to):
        """Blindly; where a call is parked its peer is to take our place in the one that we speak in."""
        call, replaces = self.call, ""
        uri = to if ":" in to else f"sip:{to}@{self.o.domain}"
        if self.parked:
            tags = f"to-tag={sip.param(call.remote, 'tag')};from-tag={sip.param(call.local, 'tag')}"
            replaces = "?Replaces=" + urllib.parse.quote(f"{call.call_id};{tags}", safe="")
        self.in_dialog("REFER", lambda answer: self.tell("referred", status=answer.status if answer else 0), [
            ("Contact", self.contact()), ("Refer-To", f"<{uri}{replaces}>"), ("Referred-By", f"<{self.aor}>")],
            call=self.parked)

    def do_hold(self):
        self.reinvite("sendonly")

    def do_resume(self):
        self.reinvite("sendrecv")

    def do_fax(self):
        self.reinvite("sendrecv", fax=True)

    def reinvite(self, direction, fax=False):
        call = self.call
        call.direction, call.fax = direction, fax
        self.sdp_version += 1
        self.in_dialog("INVITE", lambda answer: self.reinvited(call, answer),
                       [("Contact", self.contact()), ("Allow", ALLOW), ("Content-Type", "application/sdp")],
                       self.describe(call))

    def reinvited(self, call, answer):
        if not answer or answer.status >= 300:
            self.tell("refused", status=answer.status if answer else 0)
        elif answer.status >= 200:
            self.take_description(call, answer.body, offer=False)
            self.confirm(call, answer)

    # --- calls in -----------------------------------------------------------------------------------------------

    def receive_request(self, message, peer):
        key = (message.branch, message.method)
        if key in self.served:
            self.send(*self.served[key])
            return
        handler = getattr(self, "on_" + message.method.lower(), None)
        if handler:
            handler(message, peer)
        else:
            self.answer(message, peer, 405, headers=[("Allow", ALLOW)])

    def answer(self, message, peer, status, **more):
        """RFC 3261 18.2.2 and RFC 3581: to the source port if rport was asked for, else to that of sent-by."""
        via = message.get("via")
        reply = sip.response(message, status, **more)
        if "rport" in via:
            to = peer
            reply.headers[0] = ("Via", via.replace(";rport", f";rport={peer[1]};received={peer[0]}", 1)
                                if ";rport=" not in via else via)
        else:
            to = (peer[0], sip.host_of("sip:" + via.split()[1].split(";")[0])[1])
        self.served[message.branch, message.method] = (reply, to)
        self.send(reply, to)

    def ours(self, message):
        return next((c for c in (self.call, self.parked) if c and c.call_id == message.get("call-id")), None)

    def on_options(self, message, peer):
        self.keepalives += 1
        self.answer(message, peer, 200, tag=sip.token(4), headers=[("Allow", ALLOW)])

    def on_invite(self, message, peer):
        call = self.ours(message)
        if call and call.state == "up":
            self.on_reinvite(call, message, peer)
            return
        if self.call:
            self.answer(message, peer, 486, tag=sip.token(4))
            return
        self.answer(message, peer, 100)
        tag = sip.token(4)
        if self.o.srtp == "sdes" and message.body and not srtp.crypto_read(message.body.decode("latin-1")):
            self.answer(message, peer, 488, tag=tag)
            return
        call = Call(False, message.get("call-id"), message.get("to") + f";tag={tag}", message.get("from"))
        call.invite, call.peer, call.tag = message, peer, tag
        call.target = sip.uri_of(message.get("contact"))
        call.routes = message.all("record-route")
        self.call = call
        self.open_media()
        self.take_description(call, message.body, offer=True)
        self.tell("incoming", user=sip.user_of(sip.uri_of(message.get("from"))), uri=message.uri, over=message.over)

    def do_ring(self):
        self.call.state = "ringing"
        self.answer(self.call.invite, self.call.peer, 180, tag=self.call.tag, headers=[("Contact", self.contact())])

    def do_reject(self, status=486):
        self.answer(self.call.invite, self.call.peer, status, tag=self.call.tag)
        self.end(self.call, "ended", by="us", status=status)

    def do_answer(self):
        self.accept(self.call, self.call.invite, self.call.peer)
        self.call.state = "up"
        self.tell("answered", status=200, direction=self.call.direction)

    def accept(self, call, message, peer):
        self.answer(message, peer, 200, tag=call.tag if not call.outgoing else "", headers=[
            ("Contact", self.contact()), ("Allow", ALLOW), ("User-Agent", self.product),
            ("Content-Type", "application/sdp")], body=self.describe(call))
        self.play(call)
        self.repeat_until_ack(call, message, T1, time.monotonic() + GIVE_UP)

    def repeat_until_ack(self, call, message, interval, deadline):
        """A 2xx is sent again until its ACK is there (RFC 3261 13.3.1.4)."""
        def again():
            if call.acked >= message.cseq or self.call is not call:
                return
            if time.monotonic() >= deadline:
                self.tell("unacknowledged")
                return
            self.send(*self.served[message.branch, message.method])
            self.repeat_until_ack(call, message, min(T2, interval * 2), deadline)
        self.timers.after(interval, again)

    def on_reinvite(self, call, message, peer):
        before = call.direction
        self.take_description(call, message.body, offer=True)
        call.target = sip.uri_of(message.get("contact")) or call.target
        self.sdp_version += 1
        self.accept(call, message, peer)
        self.tell("changed", direction=call.direction, before=before)

    def on_ack(self, message, _peer):
        call = self.ours(message)
        if call and call.acked < message.cseq:
            call.acked = message.cseq
            self.take_description(call, message.body, offer=False)
            self.tell("confirmed")

    def on_bye(self, message, peer):
        call = self.ours(message)
        self.answer(message, peer, 200 if call else 481)
        if call:
            self.end(call, "ended", by="far side", reason=message.get("reason"))

    def on_notify(self, message, peer):
        """How the transfer goes, of which the body has the first line of a response (RFC 3420)."""
        self.answer(message, peer, 200 if self.ours(message) else 481)
        found = re.match(rb"SIP/2.0 (\d+)", message.body)
        self.tell("told", status=int(found.group(1)) if found else 0)

    def on_cancel(self, message, peer):
        call = self.ours(message)
        if not call or call.state == "up" or call.invite.branch != message.branch:
            self.answer(message, peer, 481)
            return
        self.answer(message, peer, 200, tag=call.tag)
        self.answer(call.invite, call.peer, 487, tag=call.tag)
        self.end(call, "ended", by="cancel", status=487)

    # --- media --------------------------------------------------------------------------------------------------

    def open_media(self):
        self.close_media()
        self.media = Media(self.o.user, self.host, self.o.media_port + self.calls % CALLS_APART * PORTS_APART)
        self.calls += 1
        self.media.keys = self.o.keys
        self.media.secure = self.o.srtp == "sdes"
        self.crypto, self.far_crypto, self.profile = self.o.srtp and srtp.crypto_new(self.o.suite), None, "RTP/AVP"
        if self.o.srtp == "sdes":
            self.profile = "RTP/SAVP"
        self.selector.register(self.media.rtp, selectors.EVENT_READ, self.media.read_rtp)
        self.selector.register(self.media.rtcp, selectors.EVENT_READ, self.media.read_rtcp)

    def close_media(self):
        if self.media:
            self.selector.unregister(self.media.rtp)
            self.selector.unregister(self.media.rtcp)
            self.media.close()
            self.media = None

    def describe(self, call):
        if call.fax:
            return sip.fax_write(self.host, self.media.port, self.sdp_id, self.sdp_version)
        return sip.sdp_write(self.host, self.media.port, self.sdp_id, self.sdp_version, call.direction, call.formats,
                             self.o.keys, self.profile, srtp.crypto_write(self.crypto) if self.crypto else "")

    def description(self, call):
        """Headers and body."""
        return [("Content-Type", "application/sdp")], self.describe(call)

    def take_description(self, call, body, offer):
        description = sip.sdp_read(body)
        if not description:
            return
        self.media.aim(description)
        self.take_crypto(description, offer)
        call.fax = description["fax"]
        if offer:
            turned = {"sendonly": "recvonly", "recvonly": "sendonly"}
            call.direction = turned.get(description["direction"], description["direction"])

    def take_crypto(self, description, offer):
        """The same key again changes nothing: numbers of packets go on."""
        given = description["crypto"] if self.o.srtp else None
        if offer:
            self.profile = description["profile"]
        if self.o.srtp == "osrtp" and not given and not description["fax"]:
            self.crypto = self.media.sealer = self.media.opener = None
            self.media.secure = False
        if not given or given == self.far_crypto:
            return
        self.far_crypto = given
        self.crypto = self.crypto._replace(suite=given.suite, tag=given.tag)
        self.media.opener = srtp.Keys(given)
        self.media.sealer = srtp.Keys(srtp.crypto_new(given.suite) if self.o.lies else self.crypto)
        self.media.secure = True

    def play(self, call):
        """On hold neither side sends, as baresip does."""
        self.media.play(call.direction == "sendrecv")

    def do_mute(self):
        self.media.play(False)

    def do_unmute(self):
        self.media.play(True)

    def do_press(self, key, stubborn=False):
        self.media.press(key, stubborn)

    def do_forget(self):
        self.media.forget()

    def do_media(self):
        self.tell("media", keepalives=self.keepalives, pongs=self.stream.pongs if self.stream else 0,
                  **(self.media.report() if self.media else {}))

    # --- ends ---------------------------------------------------------------------------------------------------

    def end(self, call, event, **more):
        if call is self.parked:
            self.parked = None
            self.tell(event, **more)
        if self.call is not call:
            return
        media = self.media.report() if self.media else {}
        if not call.lingers:
            self.close_media()
        self.call = None
        self.tell(event, media=media, **more)

    def leave(self):
        """Like a phone that is switched off properly: it does not leave its registration behind, also where that is still
        being asked for."""
        self.selector.unregister(sys.stdin)
        if not (self.is_registered or self.asks) or not (self.udp or self.stream):
            self.quitting = True
            return
        self.timers.after(2, self.quit)
        self.leaving = True
        self.do_register(expires=0)

    def quit(self):
        self.quitting = True


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--user", required=True)
    p.add_argument("--password", default="")
    p.add_argument("--domain", required=True)
    p.add_argument("--local", required=True, help="IP:PORT of SIP ([IP]:PORT for IPv6); also the address of media")
    p.add_argument("--proxy", required=True, help="IP:PORT where everything outside a dialog goes")
    p.add_argument("--transport", choices=sorted(wire.PORTS), default="udp")
    p.add_argument("--listen", choices=("tcp", "tls"), help="a trunk: wait for connections on --local")
    p.add_argument("--ca", help="the far side must show a certificate of this authority")
    p.add_argument("--cert", help="what to show")
    p.add_argument("--key")
    p.add_argument("--origin", help="of the page that this WebSocket phone is")
    p.add_argument("--media-port", type=int, default=4000, help="RTP; RTCP is the next one")
    p.add_argument("--keys", type=int, default=101, help="payload number of telephone-event")
    p.add_argument("--srtp", choices=("sdes", "osrtp"), help="RTP/SAVP and nothing else; RTP/AVP, and who can may seal")
    p.add_argument("--suite", choices=sorted(srtp.SUITES), default=srtp.SUITE)
    p.add_argument("--lies", choices=("key",), help="it seals with another key than it says")
    p.add_argument("--log", help="file for all SIP messages, JSON lines")
    Phone(p.parse_args()).run()


if __name__ == "__main__":
    main()
