# SPDX-License-Identifier: BSD-3-Clause
"""An SBC behind a router that lets nothing in unless it is asked: miniupnpd, by PCP and by NAT-PMP."""

import contextlib
import os
import re
import subprocess
import time

from natlab.capture import wait_for
from natlab.fwclient import Firewall
from natlab.lab import PLACES
from natlab.net import sh
from natlab.ua import Failed, both_talk, check_audio, establish, hang_up
from scenarios.host import SoloPrograms

OURS, PUBLIC, BEYOND = "172.16.0.5", PLACES["beyond"][2], PLACES["beyond"][1]
SECOND = "5.0.0.201"  # a STUN server of RFC 3489 wants two
LIFETIME_S = 30
TALK_S = 0.6
ENOUGH = 20  # packets of the 30 in TALK_S

# What comes from beyond is dropped, but for answers and what miniupnpd opens; what comes too early, before it could
# pass for the router's own and keep the port from who is meant.
ROUTER = """
table inet router {
	chain opened { }
	chain mapped { }
	chain hidden { }
	chain through {
		type filter hook forward priority 0; policy accept;
		iifname "beyond" ct state established,related accept
		iifname "beyond" jump opened
		iifname "beyond" drop
	}
	chain here { type filter hook input priority 0; iifname "beyond" drop; }
	chain before { type nat hook prerouting priority -100; jump mapped; }
	chain after { type nat hook postrouting priority 100; jump hidden; oifname "beyond" masquerade; }
}
"""
# Of the requests, those of PCP: the router is as old as NAT-PMP.
OLD = """
table inet old {
	chain in { type filter hook input priority 0; udp dport 5351 @th,64,8 2 drop; }
}
"""

DAEMON = f"""
ext_ifname=beyond
listening_ip=solo
enable_natpmp=yes
enable_upnp=no
allow 1024-65535 {OURS}/32 1024-65535
deny 0-65535 0.0.0.0/0 0-65535
min_lifetime={LIFETIME_S}
max_lifetime=3600
upnp_table_name=router
upnp_nat_table_name=router
upnp_forward_chain=opened
upnp_nat_chain=mapped
upnp_nat_postrouting_chain=hidden
"""


class Router:
    """"inet" as the router of "solo", with a way out of its own. Use with 'with'."""

    def __init__(self, lab, rules=ROUTER):
        self.lab, self.rules, self.daemon = lab, rules, None
        self.folder = lab.folder("router")

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        net = self.lab.net
        sh("ip", "-n", net.ns("inet"), "link", "add", "beyond", "type", "veth", "peer", "name", "router", "netns",
           net.ns("wild"))
        for name, device, *addresses in (("inet", "beyond", PUBLIC), ("wild", "router", BEYOND, SECOND)):
            for address in addresses:
                sh("ip", "-n", net.ns(name), "address", "add", f"{address}/24", "dev", device)
            sh("ip", "-n", net.ns(name), "link", "set", device, "up")
        self.load(self.rules)
        with open(os.path.join(self.folder, "miniupnpd.conf"), "w") as f:
            f.write(DAEMON)
        self.start()

    def load(self, rules):
        sh("ip", "netns", "exec", self.lab.net.ns("inet"), "nft", "-f", "-", input=rules)

    def start(self):
        log = open(os.path.join(self.folder, "miniupnpd.log"), "a")
        self.daemon = self.lab.net.spawn("inet", "miniupnpd", "-d", "-f", os.path.join(self.folder, "miniupnpd.conf"),
                                         "-P", os.path.join(self.folder, "pid"), stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log)
        log.close()

    def loses_all(self):
        """Switched off and on again."""
        self.lab.net.stop(self.daemon, 10)
        for chain in ("opened", "mapped", "hidden"):
            self.lab.inside("inet", "nft", "flush", "chain", "inet", "router", chain)
        if self.mapped():
            raise Failed("the router forgets nothing, this proves nothing")
        self.start()

    def mapped(self):
        """{(protocol, port)}"""
        rules = self.lab.inside("inet", "nft", "list", "chain", "inet", "router", "mapped")
        return {({"0x11": "udp", "0x6": "tcp"}[protocol], int(port)) for protocol, port in
                re.findall(r"@nh,72,8 (\S+) th dport (\d+) dnat", rules)}

    def __exit__(self, *_):
        if self.daemon:
            self.lab.net.stop(self.daemon, 10)
        for table in ("router", "old"):
            self.lab.inside("inet", "nft", "delete", "table", "inet", table)
        self.lab.inside("inet", "ip", "link", "del", "beyond")


class BehindRouter(SoloPrograms):
    """sbc, rtpproxy and sbc-firewall behind it."""

    upstream = {"lifetime": f"{LIFETIME_S}s"}
    firewall = None

    def configuration(self):
        config = super().configuration()
        config["realms"]["solo"]["public"] = "auto"
        config["pinholes"] = {"socket": self.path("firewall.sock"), "upstream": self.upstream}
        return config

    def start(self):
        self.write_files()
        self.firewall = self._spawn("sbc-firewall")
        wait_for(lambda: self._alive(self.firewall, "sbc-firewall") and self._answers(), "sbc-firewall", 10)
        super().start()

    def _answers(self):
        with contextlib.suppress(OSError), Firewall(self.path("firewall.sock"), who=None):
            return True
        return False

    def stop(self):
        codes = super().stop()
        if self.firewall:
            codes["sbc-firewall"] = self.lab.net.stop(self.firewall, 10)
        self.firewall = None
        return codes

    def public(self):
        return {r["name"]: r["public"] for r in self.api("/api/v1/realms")["realms"]}["solo"]


LISTENS = {("udp", 5060), ("tcp", 5060)}


def await_mapped(router, wanted, what, seconds=20):
    wait_for(lambda: wanted(router.mapped()), what, seconds)


def check_told(programs, wanted, language):
    """What the operator is told of the router's ports."""
    told = [p for p in programs.api("/api/v1/pinholes")["pinholes"] if p["backend"] == "router"]
    if {(p["protocol"], int(p["ours"].rpartition(":")[2])) for p in told} != wanted:
        raise Failed(f"the router's ports are not all told: {told}")
    for p in told:
        port = p["ours"].rpartition(":")[2]
        if (p["state"], p["kind"], p["outside"], p["error"]) != ("open", language, f"{PUBLIC}:{port}", None) or \
                not 0 < p["expires_s"] <= LIFETIME_S:
            raise Failed(f"told of a port of the router: {p}")


def call(lab, router, programs, language="PCP"):
    """From beyond the router to the SBC's own machine: both hear from the first packet on, the ports are open for as
    long as the call is."""
    alice, bob = (lab.phone(place, user, port, media_port, domain=OURS) for place, user, port, media_port in (
        ("beyond", "alice", 5070, 4000), ("loopback", "bob", 5072, 4002)))
    held = programs.event("media-waits-for-router")
    for phone in (alice, bob):
        phone.register()
    establish(alice, bob)
    both_talk(alice, bob, TALK_S, ENOUGH)
    await_mapped(router, lambda mapped: len(mapped - LISTENS) == 2, "RTP and RTCP to be mapped")
    during = router.mapped() - LISTENS
    check_told(programs, router.mapped(), language)
    reports = hang_up(alice, bob)
    if reports[0]["remote"][0] != PUBLIC:
        raise Failed(f"alice was told to send media to {reports[0]['remote'][0]}")
    heard = [check_audio(listener.user, report, speaker.user, ENOUGH, only_from=PLACES[place][2])
             for listener, speaker, report, place in zip((alice, bob), (bob, alice), reports, ("beyond", "loopback"))]
    if heard[1]["first"] != 0:
        raise Failed(f"bob misses the first {heard[1]['first']} packets of alice: she sent before the router was open")
    if programs.event("media-waits-for-router") == held:
        raise Failed("no media has waited for the router")
    lab.stop_phones()
    await_mapped(router, lambda mapped: not mapped & during, "the call's ports to be given back")
    return f"{heard[0]['distinct']} and {heard[1]['distinct']}"


def session(lab, test, rules=ROUTER, programs_class=BehindRouter):
    os.makedirs(lab.path("solo"), exist_ok=True)
    programs = programs_class(lab, lab.bin, "af_packet")
    with Router(lab, rules) as router:
        try:
            programs.start()
            note = test(router, programs)
        finally:
            lab.stop_phones()
            codes = programs.stop()
        if any(codes.values()):
            raise Failed(f"exit codes {codes}")
        await_mapped(router, lambda mapped: not mapped, "the ports to be given back at the end")
    return note


def router_pcp(lab):
    """PCP: the public address and each port come from a router that lets in nothing else; after it lost all, again"""
    def test(router, programs):
        if programs.public() != PUBLIC:
            raise Failed(f"the public address is {programs.public()}")
        await_mapped(router, lambda mapped: mapped == LISTENS, "SIP to be mapped")
        heard = call(lab, router, programs)
        router.loses_all()
        await_mapped(router, lambda mapped: mapped == LISTENS, "SIP to be mapped anew", LIFETIME_S)
        return f"{heard} packets heard, then {call(lab, router, programs)}"

    return session(lab, test)


def router_natpmp(lab):
    """The same router, as if it knew NAT-PMP alone: it is found out, and its address is taken up while running"""
    def test(router, programs):
        wait_for(lambda: programs.public() == PUBLIC, "the public address", 30)
        await_mapped(router, lambda mapped: mapped == LISTENS, "SIP to be mapped")
        return call(lab, router, programs, "NAT-PMP") + " packets heard"

    return session(lab, test, ROUTER + OLD)


class ByStun(BehindRouter):
    """Debian's stund beyond, instead of what the router says."""

    upstream = {"protocol": "off", "stun": [f"{BEYOND}:3478"]}
    server = None

    def start(self):
        self.server = self.lab.net.spawn("wild", "stund", "-h", BEYOND, "-a", SECOND, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        super().start()

    def stop(self):
        self.lab.net.stop(self.server, 5)
        return super().stop()


def router_stun(lab):
    """STUN tells the public address where no router does"""
    def test(_, programs):
        if programs.public() != PUBLIC:
            raise Failed(f"the public address is {programs.public()}")
        return programs.public()

    return session(lab, test, programs_class=ByStun)
