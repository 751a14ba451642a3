# SPDX-License-Identifier: BSD-3-Clause
"""net.py: the lab's network: namespaces, wires, two home routers with NAT, and nothing outside of them.

    phone_a 192.168.1.10 -- nat_a (port-preserving) -- 203.0.113.10 --\\
    phone_b 192.168.1.10 -- nat_b (symmetric)       -- 192.0.2.20   ---- inet -- 198.51.100.5  sbc  10.0.0.5 -- lan
    wild    203.0.113.200 (anybody on the internet) ------------------/                                   10.0.0.20 …
    solo    172.16.0.5 (a host with an SBC and phones of its own) ---/

The wires of sbc, wild and lan carry IPv6, too: there is no NAT for it.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess

PREFIX = "nsbc"
NAMES = ("inet", "nat_a", "nat_b", "phone_a", "phone_b", "wild", "sbc", "lan", "solo")
IPV6 = ("inet", "wild", "sbc", "lan")

# (one end, its address, other end, its address): the name of an interface is the name of what it leads to.
WIRES = (
    ("sbc", ("198.51.100.5/24", "198.51.100.6/24", "198.51.100.7/24", "2001:db8:51::5/64"), "inet",
     ("198.51.100.1/24", "2001:db8:51::1/64")),
    ("sbc", ("10.0.0.5/24", "2001:db8:10::5/64"), "lan",
     ("10.0.0.20/24", *(f"10.0.0.{n}/24" for n in (30, 31, 40, 41, 42, 43, 44, 45, 53, 61, 62, 63)),
      "2001:db8:10::20/64")),
    ("nat_a", ("203.0.113.10/25",), "inet", ("203.0.113.1/25",)),
    ("nat_b", ("192.0.2.20/24",), "inet", ("192.0.2.1/24",)),
    ("wild", ("203.0.113.200/25", "2001:db8:113::200/64"), "inet", ("203.0.113.129/25", "2001:db8:113::1/64")),
    ("solo", ("172.16.0.5/24",), "inet", ("172.16.0.1/24",)),
    ("nat_a", ("192.168.1.1/24",), "phone_a", ("192.168.1.10/24",)),
    ("nat_b", ("192.168.1.1/24",), "phone_b", ("192.168.1.10/24",)),
)

ROUTES = (("sbc", "198.51.100.1"), ("nat_a", "203.0.113.1"), ("nat_b", "192.0.2.1"), ("wild", "203.0.113.129"),
          ("phone_a", "192.168.1.1"), ("phone_b", "192.168.1.1"), ("lan", "10.0.0.5"), ("solo", "172.16.0.1"),
          ("sbc", "2001:db8:51::1"), ("wild", "2001:db8:113::1"), ("lan", "2001:db8:10::5"))

# The other ends of the SBC's wires are as a real one: checksums are whole there, and what XDP programs send is heard.
BEFORE_SBC = ("inet", "lan")

FORWARDS = ("inet", "nat_a", "nat_b")

# A home router: masquerades what goes out, drops what nobody inside asked for. Dropping (rather than refusing) matters:
# an unasked packet that the router answered itself would keep the port from the phone that wants it.
HOME_ROUTER = """
table ip home {{
	chain out {{ type nat hook postrouting priority 100; oifname "inet" masquerade {how}; }}
	chain through {{
		type filter hook forward priority 0; policy drop;
		ct state established,related accept
		iifname != "inet" accept
	}}
	chain in {{ type filter hook input priority 0; policy accept; iifname "inet" drop; }}
}}
"""
NO_STUN = """
table ip no_stun {
	chain through { type filter hook forward priority -10; meta l4proto udp @th,96,32 0x2112a442 drop; }
}
"""
NATS = {"nat_a": "", "nat_b": "random,fully-random"}

# Short, so that keepalives can be proved in seconds (Linux: 30 and 120); longer than programs.KEEPALIVE.
UDP_TIMEOUT = UDP_STREAM_TIMEOUT = 7

PR_SET_PDEATHSIG = 1


def die_with_parent(how=signal.SIGKILL):
    """In a child, before exec: whatever becomes of the lab, its programs do not outlive it."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)


def sh(*args, **more):
    done = subprocess.run(args, capture_output=True, text=True, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


class Net:
    """Use with 'with': gone at the end, however it ends."""

    def __init__(self):
        self.prefix = f"{PREFIX}-{os.getpid()}-"
        self.processes = []

    def ns(self, name):
        return self.prefix + name

    def __enter__(self):
        sweep()
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _build(self):
        for name in NAMES:
            sh("ip", "netns", "add", self.ns(name))
        batch = {name: ["link set lo up"] for name in NAMES}
        for a, a_addresses, b, b_addresses in WIRES:
            sh("ip", "link", "add", b, "netns", self.ns(a), "type", "veth", "peer", "name", a, "netns", self.ns(b))
            for name, device, addresses in ((a, b, a_addresses), (b, a, b_addresses)):
                batch[name] += [f"address add {x} dev {device}{' nodad' * (':' in x)}" for x in addresses]
                batch[name].append(f"link set {device} up")
        for name, gateway in ROUTES:
            batch[name].append(f"route add default via {gateway}")
        for name, lines in batch.items():
            if name not in IPV6:
                self.sysctl(name, "net.ipv6.conf.all.disable_ipv6=1")
            sh("ip", "-n", self.ns(name), "-batch", "-", input="\n".join(lines) + "\n")
        for name in BEFORE_SBC:
            sh("ip", "netns", "exec", self.ns(name), "ethtool", "-K", "sbc", "tx", "off", "gro", "on")
        for name in FORWARDS:
            self.sysctl(name, "net.ipv4.ip_forward=1")
        self.sysctl("inet", "net.ipv6.conf.all.forwarding=1")
        for name, how in NATS.items():
            sh("ip", "netns", "exec", self.ns(name), "nft", "-f", "-", input=HOME_ROUTER.format(how=how))
            self.sysctl(name, f"net.netfilter.nf_conntrack_udp_timeout={UDP_TIMEOUT}",
                        f"net.netfilter.nf_conntrack_udp_timeout_stream={UDP_STREAM_TIMEOUT}")

    def sysctl(self, name, *settings):
        sh("ip", "netns", "exec", self.ns(name), "sysctl", "-qw", *settings)

    def mappings(self, nat, source):
        """The NAT's UDP mappings of an inside address, as conntrack prints them."""
        done = subprocess.run(["ip", "netns", "exec", self.ns(nat), "conntrack", "-L", "-p", "udp", "--orig-src",
                               source], capture_output=True, text=True)
        return done.stdout.splitlines()

    def forget_mappings(self):
        """New homes for every scenario: no mapping of an earlier one helps."""
        for nat in NATS:
            subprocess.run(["ip", "netns", "exec", self.ns(nat), "conntrack", "-F"], capture_output=True)

    @contextlib.contextmanager
    def without_stun(self, nat):
        """Who is behind it can neither check nor be checked (RFC 8489 5: the cookie); all else passes."""
        nft = "ip", "netns", "exec", self.ns(nat), "nft"
        sh(*nft, "-f", "-", input=NO_STUN)
        try:
            yield
        finally:
            sh(*nft, "delete", "table", "ip", "no_stun")

    def spawn(self, name, *command, at_death=signal.SIGKILL, **more):
        """A program in a namespace. It ends with the lab at the latest; at_death tells it that the lab was killed."""
        process = subprocess.Popen(["ip", "netns", "exec", self.ns(name), *map(str, command)],
                                   preexec_fn=lambda: die_with_parent(at_death), **more)
        self.processes.append(process)
        return process

    @contextlib.contextmanager
    def inside(self, name):
        """Sockets that are made meanwhile live in that namespace, and stay there."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.ns(name)}") as there:
            if libc.setns(there.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                libc.setns(home.fileno(), 0)

    def socket(self, name, kind=socket.SOCK_DGRAM, family=socket.AF_INET):
        with self.inside(name):
            return socket.socket(family, kind)

    def stop(self, process, seconds=5.0):
        """Asks it to end, insists after a while; returns its exit code."""
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)
        return process.returncode

    def __exit__(self, *_):
        for process in reversed(list(self.processes)):
            self.stop(process, 3.0)
        for name in NAMES:
            subprocess.run(["ip", "netns", "del", self.ns(name)], capture_output=True)


def sweep():
    """Namespaces of labs that were killed before they could tidy up."""
    for line in sh("ip", "netns", "list").splitlines():
        name = line.split()[0]
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == PREFIX and parts[1].isdigit() and not os.path.exists(f"/proc/{parts[1]}"):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
