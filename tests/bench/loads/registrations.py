# SPDX-License-Identifier: BSD-3-Clause
"""registrations.py: many phones behind one NAT register: one socket, one Contact of an inside address each."""

import selectors
import time

from natlab.sip import Message, credentials, token

from .rig import DOMAIN, SBC, password_of, user_of

WINDOW = 64     # phones that wait for an answer at the same time
AGAIN_S = 0.5   # Timer E

# A stranger gets no answer that is larger than his question, so the question must be as long as those of real phones.
LIKE_A_PHONE = [("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, NOTIFY, MESSAGE, SUBSCRIBE, INFO, UPDATE, REFER"),
                ("Supported", "path, replaces, outbound, gruu"), ("User-Agent", "Bench desk telephone 1.0.0.1")]


class Phones:
    def __init__(self, rig, namespace):
        self.socket = rig.net.socket(namespace)
        self.socket.bind(("0.0.0.0", 5060))
        self.socket.setblocking(False)
        self.peer = (SBC["inet"], 5060)
        self.waiting = {}
        self.done = self.sent_again = 0

    def close(self):
        self.socket.close()

    def register(self, numbers, seconds):
        """How many were registered within these seconds."""
        todo, self.done = list(reversed(numbers)), 0
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as ready:
            ready.register(self.socket, selectors.EVENT_READ)
            while (todo or self.waiting) and time.monotonic() < deadline:
                while todo and len(self.waiting) < WINDOW:
                    self._ask(todo.pop())
                if ready.select(0.05):
                    self._read()
                self._ask_again()
        return self.done

    def _ask(self, number, cseq=1, call_id=None, challenge=None):
        user, call_id = user_of(number), call_id or token(12)
        headers = [("Via", f"SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK{token()};rport"), ("Max-Forwards", "70"),
                   ("From", f"<sip:{user}@{DOMAIN}>;tag={token(4)}"), ("To", f"<sip:{user}@{DOMAIN}>"),
                   ("Call-ID", call_id), ("CSeq", f"{cseq} REGISTER"),
                   ("Contact", f"<sip:{user}@192.168.1.10:5060>"), ("Expires", "3600"), *LIKE_A_PHONE]
        if challenge:
            value = credentials(challenge, user, password_of(number), "REGISTER", f"sip:{DOMAIN}")
            headers.append(("Authorization", value))
        text = Message(f"REGISTER sip:{DOMAIN} SIP/2.0", headers).encode()
        self.waiting[call_id] = [number, cseq, text, time.monotonic()]
        self.socket.sendto(text, self.peer)

    def _read(self):
        for _ in range(WINDOW):
            try:
                answer = Message.parse(self.socket.recv(65536))
            except BlockingIOError:
                return
            if answer and not answer.is_request:
                self._take(answer)

    def _take(self, answer):
        call_id = answer.get("call-id")
        number, cseq = self.waiting.get(call_id, (None, None))[:2]
        if number is None or answer.cseq != cseq or answer.status < 200:
            return
        del self.waiting[call_id]
        if answer.status == 401 and cseq == 1:
            self._ask(number, 2, call_id, answer.get("www-authenticate"))
        elif answer.status == 200:
            self.done += 1

    def _ask_again(self):
        now = time.monotonic()
        for entry in self.waiting.values():
            if now - entry[3] > AGAIN_S:
                entry[3] = now
                self.sent_again += 1
                self.socket.sendto(entry[2], self.peer)
