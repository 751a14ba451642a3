# SPDX-License-Identifier: BSD-3-Clause
"""Phones whose registrar is a Kamailio behind the SBC: the SBC passes on who they are, and keeps them reachable."""

import time

from natlab.peers import Baresip, Kamailio, Linphone
from natlab.programs import REALMS
from natlab.ua import DOMAIN, Failed
from natlab.who import HOME

from .certificates import wait_for_peer
from .clients import SBC, TALK_S, check_tones
from .transports import phone, talk

REFRESHES = 40  # of one phone: as in three quarters of an hour
SHARE = 0.1     # of them at most are passed on


def registrar(lab):
    return Kamailio(lab, HOME, "udp", template="kamailio-registrar.cfg")


def registers_to(lab, since, host):
    """How many REGISTERs went to a host."""
    return sum(1 for p in lab.capture.since(since) if p.dst == host and p.payload.startswith(b"REGISTER "))


def desk_of(lab, server):
    """A phone of the registrar's own side."""
    desk = lab.phone("lan", "desk", port=5066, proxy=server.host, password="desk-has-a-secret")
    desk.register()
    return desk


def upstream_phones(lab):
    """linphone and baresip behind two NATs register at a Kamailio through the SBC: they are called from its side, call
    it, and call each other."""
    server = registrar(lab)
    erin = Linphone(lab, "phone_a", SBC, "erin", 440)
    frank = Baresip(lab, "phone_b", "192.168.1.10", SBC, "frank", 880)
    try:
        for each in (erin, frank):
            each.registered()
        desk = desk_of(lab, server)
        desk.do("call", to="frank")
        frank.expect("CALL_ESTABLISHED")
        desk.expect("ringing")
        desk.expect("answered")
        desk.do("bye")
        desk.expect("ended", by="us", status=200)
        frank.expect("CALL_CLOSED")
        frank.do("dial", f"sip:desk@{DOMAIN}")
        desk.expect("incoming", user="frank")
        desk.do("answer")
        desk.expect("answered")
        desk.expect("confirmed")
        frank.expect("CALL_ESTABLISHED")
        frank.do("hangup")
        desk.expect("ended", by="far side")
        erin.do(f"call sip:frank@{DOMAIN}")
        frank.expect("CALL_ESTABLISHED")
        time.sleep(TALK_S)
        erin.do("terminate")
        frank.expect("CALL_CLOSED")
    finally:
        erin.quit()
        frank.quit()
        lab.stop_phones()
        server.stop()
    return check_tones(erin.heard(), frank.heard(), 880, 440)


def upstream_load(lab):
    """A phone behind NAT registers again and again: few of its REGISTERs get to the registrar; it is called, too."""
    server = registrar(lab)
    try:
        grace = phone(lab, "nat_b", "grace", "udp")
        desk = desk_of(lab, server)
        start = time.time()
        for _ in range(REFRESHES):
            grace.register()
        passed = registers_to(lab, start, HOME)
        note = talk(lab, desk, grace)
    finally:
        lab.stop_phones()
        server.stop()
    if passed > SHARE * REFRESHES:
        raise Failed(f"{passed} of {REFRESHES} REGISTERs were passed on")
    return f"{passed} of {REFRESHES} REGISTERs were passed on; {note}"


def killed(lab):
    """SIGKILL, and a new one with what the old one has written down. A moment before, so that it has."""
    time.sleep(0.5)
    lab.programs.sbc.kill()
    lab.programs.sbc.wait()
    lab.net.processes.remove(lab.programs.sbc)
    lab.programs.start_sbc()


def upstream_restart(lab):
    """The SBC is killed: after its restart phones behind NAT are called at once, without having registered again."""
    server = registrar(lab)
    try:
        grace = phone(lab, "nat_b", "grace", "udp")
        desk = desk_of(lab, server)
        since = time.time()
        killed(lab)
        note = talk(lab, desk, grace)
        if registers_to(lab, since, REALMS["internet"]):
            raise Failed("the phone registered again before it was called")
    finally:
        lab.stop_phones()
        server.stop()
    return note


def upstream_survives(lab):
    """The registrar is gone: phones that are known stay registered and call each other; unknown ones are put off."""
    server = registrar(lab)
    try:
        grace, heidi = phone(lab, "nat_a", "grace", "udp"), phone(lab, "nat_b", "heidi", "udp")
        server.stop()
        wait_for_peer(lab, "home", "down")
        grace.register()
        note = talk(lab, grace, heidi)
        stranger = lab.phone("wild", "ivan")
        stranger.do("register")
        put_off = stranger.expect("registered")["status"]
        if put_off != 503:
            raise Failed(f"an unknown phone got {put_off}, wanted 503")
        server = registrar(lab)
        wait_for_peer(lab, "home", "up")
        desk = desk_of(lab, server)
        grace.register()
        heidi.register()
        stranger.register()
        talk(lab, desk, stranger)
    finally:
        lab.stop_phones()
        server.stop()
    return f"{note}; {put_off} to an unknown one, until the registrar is back"
