# SPDX-License-Identifier: BSD-3-Clause
"""Certificates: of trunks, right and wrong ones, and our own, changed while calls go on."""

import shutil
import signal
import time

from natlab import wire
from natlab.certs import OVER, Authority
from natlab.edge import NAMES
from natlab.ua import Failed, both_talk, establish, hang_up

from .calls import both_heard
from .streams import alive, connect, TLS
from .transports import ENOUGH, TALK_S, phone


def trunk_certificate(lab, name, authority=None, **more):
    return dict(zip(("cert", "key"), (authority or lab.authority).issue(
        name, f"DNS:{name}", f"URI:sip:{name}", **more)))


def tls_trunk(lab):
    """A trunk over TLS that wants our certificate and shows its own: it is called, and calls from anywhere."""
    shown = trunk_certificate(lab, NAMES["secure"])
    alice = phone(lab, "nat_a", "alice", "tls")
    trunk = lab.phone("secure", "trunk", port=5061, transport="tls", listen="tls", **shown)
    establish(alice, trunk, "+4555")
    both_talk(alice, trunk, TALK_S, ENOUGH)
    note = both_heard(lab, alice, trunk, hang_up(trunk, alice)[::-1], ENOUGH, rtcp=False)
    trunk.stop()
    lab.phones.remove(trunk)
    stranger = lab.phone("lan", "dave", port=5061, transport="tls", password="wrong")
    stranger.do("call", to="alice")
    refused = stranger.expect("failed")["status"]
    stranger.stop()
    lab.phones.remove(stranger)
    known = lab.phone("lan", "trunk", port=5061, transport="tls", **shown)
    establish(known, alice)
    hang_up(known, alice)
    if refused not in (401, 403, 407):
        raise Failed(f"without a certificate: {refused}")
    return f"{note}; from elsewhere {refused} without the certificate, taken with it"


def wrong_certificates(lab):
    """A trunk that shows another name, an old certificate, or one of a stranger gets no ping and no call; then a right
    one: it is up again, and called."""
    alice = phone(lab, "nat_a", "alice", "tls")
    other = Authority(lab.path("other-authority"))
    right = NAMES["strict"]
    shown = {"another name": trunk_certificate(lab, "wrong.example.net"),
             "out of date": trunk_certificate(lab, right, dates=OVER),
             "of a stranger": trunk_certificate(lab, right, other)}
    got = set()
    for name, certificate in shown.items():
        trunk = lab.phone("strict", "trunk", port=5061, transport="tls", listen="tls", **{**certificate, "ca": None})
        alice.do("call", to="+5555")
        got.add(alice.expect("failed", timeout=8)["status"])
        trunk.expect("closed", timeout=4)  # by the call, or the next ping
        if any(e["event"] == "incoming" for e in trunk.events()) or trunk.media()["keepalives"]:
            raise Failed(f"a certificate {name} is taken")
        trunk.stop()
        lab.phones.remove(trunk)
    trunk = lab.phone("strict", "trunk", port=5061, transport="tls", listen="tls", **trunk_certificate(lab, right))
    up_after = wait_for_peer(lab, "strict", "up")
    establish(alice, trunk, "+5555")
    hang_up(alice, trunk)
    if not got <= {408, 480, 500, 502, 503, 504}:
        raise Failed(f"the caller got {sorted(got)}")
    return f"{len(shown)} refused, the caller got {sorted(got)}; up {up_after:.1f} s after the right one came"


def wait_for_peer(lab, trunk, state, seconds=30):
    """Until the only peer of a trunk is in this state."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        trunks = lab.programs.api("/api/v1/trunks")["trunks"]
        is_now = next(t["peers"][0]["state"] for t in trunks if t["name"] == trunk)
        if is_now == state:
            return time.monotonic() - start
        time.sleep(0.1)
    raise Failed(f"trunk {trunk} is {is_now} after {seconds} s, wanted {state}")


def serial(lab):
    """Of the certificate that the SBC shows to who connects now."""
    stream = connect(lab, TLS, wire.tls_client(lab.authority.ca))
    try:
        alive(stream)
        return stream.sock.getpeercert()["serialNumber"]
    finally:
        stream.close()


def reload(lab):
    lab.programs.sbc.send_signal(signal.SIGHUP)
    time.sleep(0.3)


def certificate_reload(lab):
    """SIGHUP: a new certificate is shown to who comes, a live TLS call goes on; a bad one keeps the old and is told."""
    authority, programs = lab.authority, lab.programs
    cert, key = authority.path("sbc-internet.pem"), authority.path("sbc-internet.key")
    alice, bob = phone(lab, "nat_a", "alice", "tls"), phone(lab, "lan", "bob", "wss")
    establish(alice, bob)
    first = serial(lab)
    programs.certify("internet")
    reload(lab)
    second = serial(lab)
    if first == second:
        raise Failed("SIGHUP did not change the certificate")
    good = {path: open(path, "rb").read() for path in (cert, key)}
    try:
        for name, spoil in (("expired", lambda: programs.certify("internet", dates=OVER)),
                            ("of another key", lambda: shutil.copy(authority.path("ca.key"), key)),
                            ("empty", lambda: open(cert, "w").close())):
            logged = len(open(programs.path("sbc.log")).read())
            spoil()
            reload(lab)
            said = open(programs.path("sbc.log")).read()[logged:]
            if serial(lab) != second or not ("sbc-internet.pem" in said or "sbc-internet.key" in said):
                raise Failed(f"a certificate that is {name}: {said[-200:]!r}")
            restore(good)
    finally:
        restore(good)
        reload(lab)
    if serial(lab) != second:
        raise Failed("the good certificate is not back")
    both_talk(alice, bob, TALK_S, ENOUGH)
    return both_heard(lab, alice, bob, hang_up(alice, bob), ENOUGH, rtcp=False) + " during 5 reloads"


def restore(files):
    for path, data in files.items():
        with open(path, "wb") as f:
            f.write(data)
