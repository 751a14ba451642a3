# SPDX-License-Identifier: BSD-3-Clause
"""A trunk that knows the SBC by an account of its own: it registers there and answers when asked for the password."""


from natlab.capture import wait_for
from natlab.edge import ACCOUNT_SECRET, PEERS
from natlab.peers import Kamailio
from natlab.ua import Failed, both_talk, establish, hang_up

from .calls import both_heard
from .certificates import reload
from .transports import ENOUGH, TALK_S, phone


def registration(lab):
    """What the API says of it."""
    trunks = {t["name"]: t for t in lab.programs.api("/api/v1/trunks")["trunks"]}
    return trunks["account"]["registration"]


def became(lab, state, seconds=12):
    wait_for(lambda: registration(lab)["state"] == state, f"the registration {state}", seconds)


def write_secret(lab, secret):
    with open(lab.programs.path("account.secret"), "w") as f:
        f.write(secret + "\n")


def begin_refused(lab):
    """With a wrong password. What is registered, by an earlier try, holds for long, and what is being asked for is waited for:
    of those an SBC that is started anew knows nothing."""
    write_secret(lab, "not the password")
    if registration(lab)["state"] in ("refused", "failed"):
        reload(lab)
    else:
        lab.programs.restart_sbc()
    became(lab, "refused")


def account(lab):
    """Kamailio asks for a password: the SBC registers, calls and is called there; wrong passwords are told."""
    server = Kamailio(lab, PEERS["account"], "udp", secret=ACCOUNT_SECRET)
    notes = []
    try:
        begin_refused(lab)
        write_secret(lab, ACCOUNT_SECRET)
        reload(lab)
        became(lab, "registered")
        if lab.programs.metrics().get('sbc_trunk_registered{trunk="account"}') != 1:
            raise Failed("the metrics do not show the registration")
        alice = phone(lab, "nat_a", "alice", "tls")
        desk = lab.phone("lan", "desk", port=5066, proxy=server.host, domain="core.example.net")
        desk.register()
        given = lab.programs.event("challenge-answered")
        for caller, callee, to in ((alice, desk, "+9555"), (desk, alice, "alice")):
            establish(caller, callee, to)
            both_talk(caller, callee, TALK_S, ENOUGH)
            notes.append(both_heard(lab, caller, callee, hang_up(callee, caller)[::-1], ENOUGH, rtcp=False))
        given = int(lab.programs.event("challenge-answered") - given)
        if not given:
            raise Failed("the server did not ask for a password")
        notes.append(f"{given} challenges answered")
    finally:
        lab.stop_phones()
        server.stop()
    said = open(lab.programs.path("sbc.log")).read()
    if ACCOUNT_SECRET in said or "refuses our credentials" not in said:
        raise Failed("the log has the password, or says nothing of the wrong one")
    return "; ".join(notes)
