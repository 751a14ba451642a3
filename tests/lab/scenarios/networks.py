# SPDX-License-Identifier: BSD-3-Clause
"""Other ways to the network than one address on one interface: a device of DPDK's, a VLAN, a 1:1 NAT."""

import contextlib
import os
import re
import select
import socket
import struct
import subprocess
import time

from natlab.capture import wait_for
from natlab.net import sh
from natlab.programs import Programs, configuration
from natlab.ua import Failed, both_talk, check_audio, establish, hang_up

NEAR = "172.16.0.5"  # of "solo"
TALK_S = 0.6
ENOUGH = 20  # packets of the 30 in TALK_S
MEDIA = 10000, 10199


class NetworkPrograms(Programs):
    """In the namespace "solo", whose network a scenario has made its own."""

    namespace = "solo"

    def __init__(self, lab, realms, port):
        super().__init__(lab, lab.bin, port)
        self.folder, self.realms = lab.folder("networks"), realms

    def path(self, name):
        return os.path.join(self.folder, name)

    def configuration(self):
        config = configuration(self.folder, self.port)
        phones = {"users": self.path("users.json")}
        config.update(trunks={}, routes=[], realms={
            name: {"media": {"ports": "%d-%d" % MEDIA}, "phones": phones, **realm}
            for name, realm in self.realms.items()})
        return config


def inside(lab, *command):
    return sh("ip", "netns", "exec", lab.net.ns("solo"), *command)


@contextlib.contextmanager
def changed(lab, there, back):
    """Lines of the network, each run in a namespace; whatever happens, `back` follows."""
    def run(lines, check):
        for namespace, line in lines:
            done = subprocess.run(["ip", "netns", "exec", lab.net.ns(namespace), *line.split()], capture_output=True,
                                  text=True)
            if check and done.returncode:
                raise RuntimeError(f"{line}: {done.stderr.strip()}")

    try:
        run(there, True)
        yield
    finally:
        run(back, False)


@contextlib.contextmanager
def running(lab, realms, port=None, between=lambda: None):
    """Relay and SBC on these realms; between: when the relay is there and the SBC is not."""
    programs = NetworkPrograms(lab, realms, port or lab.port)
    start = programs.start_sbc

    def start_sbc():
        between()
        start()

    programs.start_sbc = start_sbc
    try:
        programs.start()
        yield programs
        lab.stop_phones()
        programs.settle()
    finally:
        lab.stop_phones()
        codes = programs.stop()
    if any(codes.values()):
        raise Failed(f"exit codes {codes}")


def talk(lab, one, other, during=lambda one, other: None):
    """(place, user, address of the SBC) each, which both are told and hear from. during: while they talk."""
    phones = [lab.phone(place, user, port, media_port, proxy=sbc, domain=sbc)
              for (place, user, sbc), port, media_port in ((one, 5070, 4000), (other, 5072, 4002))]
    for phone in phones:
        phone.register()
    establish(*phones)
    time.sleep(TALK_S)
    during(*phones)
    both_talk(*phones, 0, ENOUGH)
    heard = []
    for listener, speaker, report, (_, _, sbc) in zip(phones, phones[::-1], hang_up(*phones), (one, other)):
        if report["remote"][0] != sbc:
            raise Failed(f"{listener.user} was told to send media to {report['remote'][0]}")
        heard.append(check_audio(listener.user, report, speaker.user, ENOUGH, only_from=sbc)["distinct"])
    lab.stop_phones()
    return f"{heard[0]} and {heard[1]} packets heard"


def ping(lab, namespace, address, size=56):
    done = subprocess.run(["ip", "netns", "exec", lab.net.ns(namespace), "ping", "-c", "2", "-i", "0.2", "-W", "2",
                           "-s", str(size), address], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"no answer to ping -s {size} {address}: {done.stdout}")


def counters(programs):
    """Of the relay's packet path, by name."""
    found = {}

    def look(value):
        for key, item in value.items() if isinstance(value, dict) else ():
            if isinstance(item, int):
                found[key] = item
            look(item)

    look(programs.ng("statistics") or {})
    return found


ONE = ("wild", "alice", NEAR), ("nat_a", "bob", NEAR)


def packets(phone):
    return sum(source["received"] for source in phone.media()["heard"].values())


def hear_nothing(phones):
    """For a while, of those who speak all the time."""
    for phone in phones:
        phone.do("forget")
    time.sleep(0.5)
    return not any(packets(phone) for phone in phones)


def silenced(programs, *phones):
    """Where no kernel program keeps the banned off the relay does; who spoke before his ban, too."""
    everybody = ("0.0.0.0/1", "128.0.0.0/1")
    for prefix in everybody:
        programs.ng("ban", prefix=prefix, seconds=60)
    wait_for(lambda: hear_nothing(phones), "silence of who is banned", 20)  # they are looked through once a second
    for prefix in everybody:
        programs.ng("unban", prefix=prefix)
    wait_for(lambda: all(packets(phone) > 5 for phone in phones), "the end of the bans", 20)
    for phone in phones:
        phone.do("forget")
    time.sleep(TALK_S)


SOL_PACKET, PACKET_AUXDATA, ETH_P_ALL = 263, 8, 3


def tagged(vlan):
    """A frame of that VLAN that looks like media to a port of the realm's, and comes from a place of its own."""
    rtp = struct.pack("!BBHII", 0x80, 0, 1, 160, 7) + bytes(160)
    udp = struct.pack("!HHHH", 4000, MEDIA[0], 8 + len(rtp), 0) + rtp
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes([172, 16, 0, 1]),
                     socket.inet_aton(NEAR))
    return bytes.fromhex("02000000be01" "02000000be02"), struct.pack("!HH", 0x8100, vlan), b"\x08\x00" + ip + udp


def came_by(sock, seconds=10.0):
    """(VLAN, frame without the tag), as the kernel took it, of what a tagged() frame became."""
    deadline = time.monotonic() + seconds
    while select.select([sock], [], [], max(0, deadline - time.monotonic()))[0]:
        frame, about, _, _ = sock.recvmsg(2048, 256)
        if frame[:12] == tagged(0)[0]:
            return struct.unpack_from("=H", about[0][2], 16)[0] if about else None, frame
    raise Failed("a tagged frame never came through")


def vlans(lab):
    """What is tagged crosses the device as it is, to the kernel's end and from there."""
    ends = []
    for namespace, interface in (("inet", "solo"), ("solo", "edge0")):
        sock = lab.net.socket(namespace, socket.SOCK_RAW, socket.AF_PACKET)
        sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        sock.bind((interface, ETH_P_ALL))
        ends.append(sock)
    for vlan, (here, there) in ((100, ends), (7, ends[::-1])):
        macs, tag, rest = tagged(vlan)
        here.send(macs + tag + rest)
        came = came_by(there)
        if came != (vlan, macs + rest):
            raise Failed(f"VLAN {vlan} came through as {came}")
    for sock in ends:
        sock.close()


def device(lab):
    """A device of DPDK's serves media; ARP, SIP, ICMP, fragments and VLANs reach the kernel by its own end of it, and
    back; bans hold."""
    # An AF_XDP socket that takes everything stands for the NIC: the kernel hears nothing of what comes by that wire.
    there = (("inet", "ethtool -K solo tx off gso off tso off gro off"), ("solo", "ip address flush dev inet"))
    back = (("solo", "ip address add 172.16.0.5/24 dev inet"), ("solo", "ip route add default via 172.16.0.1"),
            ("inet", "ethtool -K solo tx on gso on tso on gro on"), ("inet", "ip neigh flush dev solo"))

    def address():
        inside(lab, "ip", "link", "set", "edge0", "up")
        inside(lab, "ip", "address", "add", NEAR + "/24", "dev", "edge0")
        inside(lab, "ip", "route", "add", "default", "via", "172.16.0.1")

    with changed(lab, there, back):
        realms = {"edge": {"address": NEAR, "interface": "edge0"}}
        with running(lab, realms, "net_af_xdp0,iface=inet,busy_budget=0", address) as programs:
            def meanwhile(*phones):
                ping(lab, "wild", NEAR)
                ping(lab, "wild", NEAR, 3000)
                vlans(lab)
                silenced(programs, *phones)

            note = talk(lab, *ONE, meanwhile)
            seen = counters(programs)
        if not (seen.get("to_kernel") and seen.get("from_kernel")):
            raise Failed(f"nothing went by the kernel's end: {seen}")
        return (f"{note}, {seen['to_kernel']} packets to the kernel, {seen['from_kernel']} from it, "
                f"{seen['drop_banned']} dropped while banned")


def reassembled(lab):
    """Datagrams that the kernel of "solo" has put together from fragments."""
    names, values = re.findall(r"^Ip: (.*)$", inside(lab, "cat", "/proc/net/snmp"), re.M)
    return int(dict(zip(names.split(), values.split()))["ReasmOKs"])


def icmp_and_fragments(lab):
    """During a call the kernel answers pings at the media address, and gets the fragments that come to a media port."""
    def meanwhile(one, _):
        ping(lab, "wild", NEAR)
        ping(lab, "wild", NEAR, 3000)
        before = reassembled(lab)
        sock = lab.net.socket("wild")
        sock.sendto(struct.pack("!BBHII", 0x80, 0, 1, 160, 7) + bytes(3000), tuple(one.media()["remote"]))
        sock.close()
        wait_for(lambda: reassembled(lab) > before, "the kernel's copy of the fragments", 10)

    with running(lab, {"edge": {"address": NEAR}}):
        return talk(lab, *ONE, meanwhile)


def second_wire(lab):
    """From "solo" to "inet": a VLAN on the first, or where this kernel has none a wire of its own."""
    probe = subprocess.run(["ip", "-n", lab.net.ns("solo"), "link", "add", "link", "inet", "name", "inet.100", "type",
                            "vlan", "id", "100"], capture_output=True)
    if probe.returncode:
        sh("ip", "link", "add", "inet.100", "netns", lab.net.ns("solo"), "type", "veth", "peer", "name", "solo.100",
           "netns", lab.net.ns("inet"))
        return "no VLAN in this kernel, a second wire"
    sh("ip", "-n", lab.net.ns("inet"), "link", "add", "link", "solo", "name", "solo.100", "type", "vlan", "id", "100")
    return "a VLAN"


def interfaces(lab):
    """Realms on two interfaces, one of them a VLAN with a route of its own, and two on one: calls between all."""
    there = (("solo", "ip address add 172.17.0.5/24 dev inet.100"),
             ("inet", "ip address add 172.17.0.1/24 dev solo.100"),
             ("solo", "ip link set inet.100 up"), ("inet", "ip link set solo.100 up"),
             ("solo", "ip address add 172.16.0.6/24 dev inet"),
             ("solo", "ip route add default via 172.17.0.1 table 100"),
             ("solo", "ip rule add from 172.17.0.5 table 100"))
    back = (("solo", "ip rule del from 172.17.0.5 table 100"), ("solo", "ip route flush table 100"),
            ("solo", "ip link del inet.100"), ("inet", "ip link del solo.100"),
            ("solo", "ip address del 172.16.0.6/24 dev inet"))
    realms = {"tagged": {"address": "172.17.0.5"}, "first": {"address": NEAR}, "second": {"address": "172.16.0.6"}}
    places = (("wild", "alice", "172.17.0.5"), ("nat_a", "bob", NEAR)), (("wild", "alice", "172.16.0.6"), (
        "nat_b", "bob", "172.17.0.5")), (("wild", "alice", NEAR), ("nat_a", "bob", "172.16.0.6"))
    notes = [second_wire(lab)]
    with changed(lab, there, back), running(lab, realms) as programs:
        notes += [talk(lab, one, other) for one, other in places]
        with open(programs.path("rtpproxy.log")) as f:
            opened = re.findall(r"media: (\S+) by", f.read())
        if "inet.100" not in opened or "inet" not in opened:
            raise Failed(f"the relay opened {opened}")
        return "; ".join(notes)


def one_to_one_nat(lab):
    """Behind a 1:1 NAT: phones are told the public address alone, and hear from it alone."""
    public = "198.18.0.5"
    there = (("inet", "nft add table ip one"),
             ("inet", "nft add chain ip one in { type nat hook prerouting priority -100; }"),
             ("inet", "nft add chain ip one out { type nat hook postrouting priority 100; }"),
             ("inet", f"nft add rule ip one in ip daddr {public} dnat to {NEAR}"),
             ("inet", f"nft add rule ip one out ip saddr {NEAR} snat to {public}"))
    back = (("inet", "nft delete table ip one"), ("inet", "conntrack -F"))
    with changed(lab, there, back), running(lab, {"edge": {"address": NEAR, "public": public}}):
        return talk(lab, ("wild", "alice", public), ("nat_a", "bob", public))
