# SPDX-License-Identifier: BSD-3-Clause
"""ua.py: drives phone.py in a namespace: commands in, events out, each wait bounded."""

import json
import os
import queue
import subprocess
import sys
import threading
import time

from . import spoil

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOMAIN = "voice.example.net"


LATE_S = 10
PATIENCE = 3  # on a busy machine all takes longer; what does not come at all fails only so much later


class Failed(Exception):
    """What a scenario wanted to see and did not."""


class Final(Failed):
    """No second try can mend that."""


class Leaked(Final):
    """Somebody was told what is another's."""


class NotHere(Exception):
    """What a scenario is about is not in this build, or on this machine: it has looked at nothing. Says why."""


class Ua:
    def __init__(self, lab, namespace, user, local, proxy, password, domain, media_port, log, **more):
        """more: further options of phone.py, by name."""
        self.lab, self.user, self.local, self.contact_user = lab, user, local, ""
        self.queue = queue.Queue()
        self.history = []
        self.process = lab.net.spawn(
            namespace, sys.executable, os.path.join(HERE, "phone.py"), "--user", user, "--password", password,
            "--domain", domain, "--local", local, "--proxy", proxy, "--media-port", media_port,
            "--log", log, *(word for name, value in more.items() if value for word in (f"--{name}", value)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=open(lab.path(f"{user}.stderr"), "a"), text=True, bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        self.contact_user = self.expect("ready")["contact_user"]

    def _read(self):
        for line in self.process.stdout:
            self.queue.put(json.loads(line))
        self.queue.put({"event": "exit"})

    def do(self, command, **more):
        try:
            self.process.stdin.write(json.dumps({"do": command, **more}) + "\n")
        except OSError as error:
            raise Failed(f"{self.user}'s phone is gone ({error})") from error

    def next_event(self, wanted="any event", timeout=5.0):
        if spoil.in_vain():
            raise Failed(f"{self.user}: {wanted} is spoiled")
        try:
            got = self.queue.get(timeout=timeout * PATIENCE)
        except queue.Empty:
            raise Failed(f"{self.user}: no {wanted} within {timeout * PATIENCE:g} s (last: {self.history[-1:]})") from None
        self.history.append(got)
        return got

    def expect(self, event, timeout=5.0, **match):
        """The next event, which must be this one. Others before it are a failure: nothing happens unseen."""
        got = self.next_event(f"'{event}'", timeout)
        if got["event"] != event or any(got.get(k) != v for k, v in match.items()):
            want = {"event": event, **match}
            got.pop("media", None)
            raise Failed(f"{self.user}: wanted {want}, got {got}")
        return got

    def events(self, seconds=0.1):
        """All that has happened by now."""
        found = []
        while True:
            try:
                found.append(self.queue.get(timeout=seconds))
            except queue.Empty:
                return found

    def silent_for(self, seconds):
        """Nothing may happen for so long."""
        try:
            got = self.queue.get(timeout=seconds)
        except queue.Empty:
            return
        raise Failed(f"{self.user}: wanted nothing, got {got}")

    def register(self, status=200, **more):
        self.do("register", **more)
        return self.expect("registered", status=status)

    def media(self):
        self.do("media")
        return self.expect("media")

    def leave(self):
        """Asks it to take leave of the SBC and to end."""
        try:
            self.process.stdin.close()
        except OSError:
            pass  # it has ended already

    def kill(self):
        """Its power is gone: no leave is taken."""
        self.process.kill()

    def stop(self):
        self.leave()
        try:
            self.process.wait(4)
        except subprocess.TimeoutExpired:
            pass
        self.lab.net.stop(self.process)


def establish(caller, callee, to=None, **more):
    """Up to ACK; both sides talk then. more: how the phone calls."""
    caller.do("call", to=to or callee.user, **more)
    callee.expect("incoming", user=caller.user)
    callee.do("ring")
    caller.expect("ringing", status=180)
    callee.do("answer")
    callee.expect("answered")
    caller.expect("answered", status=200)
    callee.expect("confirmed")


def both_talk(one, other, seconds, at_least):
    """For so long, and until each has heard so many packets of the other, which takes longer on a busy machine. What does
    not come at all is for who looks at the reports to tell."""
    time.sleep(seconds)
    deadline = time.monotonic() + LATE_S
    for listener, speaker in ((one, other), (other, one)):
        while listener.media()["heard"].get(speaker.user, {"distinct": 0})["distinct"] < at_least:
            if time.monotonic() > deadline:
                return
            time.sleep(0.05)


def hang_up(who, other):
    """Returns both media reports."""
    who.do("bye")
    there = other.expect("ended", by="far side")
    here = who.expect("ended", by="us", status=200)
    return here["media"], there["media"]


def check_audio(listener, report, speaker, at_least, lost=0, only_from=None):
    """The listener heard this speaker and nobody else: enough packets, none twice, none missing in between."""
    heard = report["heard"].get(speaker)
    if not heard:
        raise Failed(f"{listener} heard nothing of {speaker} (report: {report})")
    others = sorted(set(report["heard"]) - {speaker})
    if others or report["junk"]:
        raise Failed(f"{listener} heard strangers: {others}, junk {report['junk']}")
    if heard["distinct"] < at_least:
        raise Failed(f"{listener} heard {heard['distinct']} packets of {speaker}, wanted {at_least}")
    if heard["lost"] > lost:
        raise Failed(f"{listener} missed {heard['lost']} packets of {speaker} ({heard})")
    if heard["received"] != heard["distinct"]:
        raise Failed(f"{listener} got packets of {speaker} twice ({heard})")
    if only_from and {f.rpartition(":")[0] for f in heard["from"]} != {only_from}:
        raise Failed(f"{listener} got media from {heard['from']}, not from {only_from}")
    if len(heard["from"]) != 1:
        raise Failed(f"{listener} got media of one stream from {heard['from']}")
    return heard


def check_no_audio(listener, report):
    if report.get("heard") or report.get("junk"):
        raise Failed(f"{listener} heard {report['heard']}, should have heard nothing")
