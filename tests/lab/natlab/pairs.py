# SPDX-License-Identifier: BSD-3-Clause
"""pairs.py: two phones of a soak that call each other, in every way that a phone can."""

import contextlib
import queue
import time

from .actor import Actor, PATIENCE_S, SPOILED
from .edge import ORIGIN
from .programs import REALMS
from .ua import Failed

ELSEWHERE = ("+2555", "+3555", "+6555", "+7555", "+8555", "+9555", "nobody", "heidi", "sip:x@nowhere.carrier.test",
             "sip:x@carrier.test")


class Pair(Actor):
    """Two phones that register, call each other and whom else there is, and die now and then."""

    def __init__(self, lab, seed, number, one, other):
        super().__init__(lab, f"{seed}.{number}")
        self.places, self.phones, self.number = (one, other), [None, None], number

    def phone(self, which):
        """Alive, and registered, at least so it was told."""
        phone = self.phones[which]
        if phone and phone.process.poll() is None and not self.is_due(25):
            return phone
        self.drop(which)
        (place, user, more), number = self.places[which], 2 * self.number + which
        self.phones[which] = phone = self.lab.phone(place, user, port=5060 + 2 * number, media_port=4000 + 10 * number,
                                                    **more)
        self.lab.phones.remove(phone)
        self.register(phone)
        return phone

    def register(self, phone):
        phone.do("register", expires=self.chance.choice((20, 60)))
        self.until(phone, "registered")

    def drop(self, which):
        phone, self.phones[which] = self.phones[which], None
        if phone:
            if self.is_due(2):
                phone.kill()
            phone.stop()

    def until(self, phone, *wanted, seconds=PATIENCE_S):
        """The next event of these; others pass."""
        deadline = time.monotonic() + seconds
        while True:
            got = phone.queue.get(timeout=max(0.01, deadline - time.monotonic()))
            if got["event"] in (*wanted, "exit"):
                self.did[got["event"]] += 1
                return got["event"]

    def clear(self, phone):
        with contextlib.suppress(queue.Empty):
            while True:
                phone.queue.get_nowait()

    def turn(self):
        caller, callee = self.phone(0), self.phone(1)
        if self.places[0][2].get("transport") not in ("ws", "wss") and self.is_due(2):
            caller, callee = callee, caller
        for phone in (caller, callee):
            self.clear(phone)
            if self.is_due(8):
                self.register(phone)
        what = self.chance.choice(CALLS)
        try:
            self.did[what.__name__] += 1
            what(self, caller, callee)
        except SPOILED:
            for which in (0, 1):  # who knows what they are in
                self.drop(which)
            raise
        self.rest(0, 1)

    def end(self):
        for which in (0, 1):
            self.drop(which)

    # ----- calls -----

    def up(self, caller, callee):
        caller.do("call", to=callee.user, late=self.is_due(5))
        if self.until(callee, "incoming") != "incoming":
            raise Failed("no call came")
        if self.is_due(2):
            callee.do("ring")
        callee.do("answer")
        if self.until(caller, "answered", "failed") != "answered":
            raise Failed("it was refused")
        self.until(callee, "confirmed")

    def down(self, caller, callee):
        first, last = self.chance.sample((caller, callee), 2)
        first.do("bye")
        if self.is_due(4):
            last.do("bye") if last.process.poll() is None else None
        self.until(first, "ended")
        self.until(last, "ended")

    def talk(self, caller, callee):
        self.up(caller, callee)
        self.rest(0, 3)
        if self.is_due(3):
            caller.do("press", key=self.chance.choice("0123456789*#"))
        self.down(caller, callee)

    def hold(self, caller, callee):
        self.up(caller, callee)
        for _ in range(self.chance.randrange(1, 3)):
            holder = self.chance.choice((caller, callee))
            for word in ("hold", "resume"):
                holder.do(word)
                if self.is_due(6):
                    (callee if holder is caller else caller).do(word)  # both at once: 491
                self.until(holder, "changed", "refused")
                self.rest(0.1, 1)
        self.down(caller, callee)

    def fax(self, caller, callee):
        self.up(caller, callee)
        caller.do("fax")
        self.until(caller, "changed", "refused")
        self.rest(0.1, 1)
        self.down(caller, callee)

    def cancel(self, caller, callee):
        caller.do("call", to=callee.user)
        if not self.is_due(2):
            self.until(callee, "incoming")
            if self.is_due(2):
                callee.do("ring")
            if self.is_due(4):
                callee.do("answer")  # crosses the CANCEL
        caller.do("cancel")
        if self.until(caller, "failed", "answered") == "answered":
            self.down(caller, callee)

    def reject(self, caller, callee):
        caller.do("call", to=callee.user)
        self.until(callee, "incoming")
        callee.do("reject", status=self.chance.choice((480, 486, 488, 500, 503, 603)))
        self.until(caller, "failed")

    def elsewhere(self, caller, _callee):
        """Trunks that are not there, names, users that nobody knows."""
        caller.do("call", to=self.chance.choice(ELSEWHERE))
        if self.until(caller, "failed", "answered", seconds=12) == "answered":
            caller.do("bye")
            self.until(caller, "ended")

    def transfer(self, caller, callee):
        self.up(caller, callee)
        caller.do("refer", to=self.chance.choice(("dave", "bob", "nobody", "+8555")))
        self.until(caller, "referred")
        self.rest(0.5, 3)
        if self.until(callee, "ended", "changed", seconds=0.2) != "ended":
            self.down(caller, callee)

    def vanish(self, caller, callee):
        """The power of one is gone, in the middle of all."""
        self.up(caller, callee)
        self.chance.choice((caller, callee)).kill()
        self.rest(0, 2)

    def cut(self, caller, callee):
        """A connection breaks, where there is one, and comes again."""
        self.up(caller, callee)
        streamed = [p for p, place in zip(self.phones, self.places) if place[2].get("transport", "udp") != "udp"]
        for phone in streamed:
            phone.do("reset")
            self.rest(0, 0.3)
            phone.do("connect")
            self.register(phone)
        self.down(caller, callee)


CALLS = [Pair.talk, Pair.talk, Pair.hold, Pair.fax, Pair.cancel, Pair.cancel, Pair.reject, Pair.elsewhere,
         Pair.transfer, Pair.vanish, Pair.cut]

PAIRS = ((("nat_a", "alice", {}), ("lan", "bob", {"transport": "tcp"})),
         (("nat_b", "carol", {"transport": "tls"}), ("lan", "dave", {})),
         (("nat_a", "erin", {"transport": "wss", "origin": ORIGIN}), ("nat_b", "frank", {})),
         (("nat_b", "grace", {"proxy": REALMS["quiet"], "srtp": "sdes"}), ("lan", "heidi", {"transport": "tls"})))
