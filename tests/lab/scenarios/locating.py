# SPDX-License-Identifier: BSD-3-Clause
"""A trunk by name: NAPTR, SRV and addresses of a real name server, and what happens when things are gone."""

import socket
import time

from dns.server import DOMAIN, ZONE, NameServer
from natlab.edge import NAME_SERVER
from natlab.ua import Failed, hang_up

from .transports import phone

DEAD, ALIVE, OTHER = "10.0.0.61", "10.0.0.62", "10.0.0.63"  # see natlab/net.py
FAILOVER_S = 4
LOCATED_S = 8  # a trunk without any place asks again by then
TTL_S = 1


def zone(preferred):
    """The zone that tells this transport first."""
    with open(ZONE) as f:
        text = f.read().replace("$TTL 5", f"$TTL {TTL_S}")
    return text.replace("NAPTR 20", "NAPTR 5") if preferred == "tcp" else text


def name_server(lab):
    folder = lab.folder("nsd")
    log = open(f"{folder}/output", "w")
    server = NameServer(lambda *command: lab.net.spawn("lan", *command, stdout=log, stderr=log),
                        lambda: lab.net.socket("lan", socket.SOCK_DGRAM), folder, NAME_SERVER, alive=ALIVE, dead=DEAD,
                        other=OTHER)
    server.write_zone(zone("udp"))
    return server.start()


def located(lab, transport):
    """The trunk has places, and the first is reached by this transport: asked of the API."""
    deadline, peers = time.monotonic() + LOCATED_S, []
    while time.monotonic() < deadline:
        trunks = lab.programs.api("/api/v1/trunks")["trunks"]
        peers = next(trunk["peers"] for trunk in trunks if trunk["name"] == "named")
        if any(DEAD in str(p["address"]) for p in peers) and peers[0]["transport"] == transport:
            return
        time.sleep(0.1)
    raise Failed(f"{DOMAIN} is not located by {transport} after {LOCATED_S} s: {peers}")


def called(alice, trunk):
    """(transport that it came by, seconds until it rang there)"""
    start = time.monotonic()
    alice.do("call", to="+7555")
    over = trunk.expect("incoming", timeout=FAILOVER_S + 4)["over"]
    took = time.monotonic() - start
    trunk.do("answer")
    trunk.expect("answered")
    alice.expect("answered", status=200)
    trunk.expect("confirmed")
    hang_up(alice, trunk)
    return over.lower(), took


def by_name(lab):
    """NAPTR and SRV say how and where; the first target is silent or refuses, so the second is called; then no DNS."""
    alice = phone(lab, "nat_a", "alice", "tcp")
    trunk = lab.phone("named", "trunk", listen="tcp")
    silent = lab.net.socket("lan")
    silent.bind((DEAD, 5060))
    server = name_server(lab)
    try:
        located(lab, "udp")
        by_udp, after_silence = called(alice, trunk)
        server.change(zone("tcp"))
        located(lab, "tcp")
        by_tcp, after_refusal = called(alice, trunk)
    finally:
        silent.close()
        server.stop()
    time.sleep(TTL_S + 1.5)
    stale, _ = called(alice, trunk)
    if (by_udp, by_tcp, stale) != ("udp", "tcp", "tcp"):
        raise Failed(f"called by {by_udp}, wanted UDP; by {by_tcp}, wanted TCP; by {stale} without DNS, wanted TCP")
    return (f"second target after {after_silence:.1f} s of silence, after {after_refusal:.2f} s where TCP was refused; "
            f"still called without DNS")
