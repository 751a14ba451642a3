# SPDX-License-Identifier: BSD-3-Clause
"""kamailio.py: the peer: Debian's Kamailio with topos, redis behind it, and rtpengine, in the place of sbc and rtpproxy."""

import os
import resource
import shutil
import subprocess

from natlab.capture import wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = {"kamailio": "kamailio", "redis-server": "redis-server", "rtpengine": "rtpengine-daemon"}
REDIS_MODULE = "/usr/lib/{}/kamailio/modules/topos_redis.so"
FILES = 65536  # four sockets a call
PORTS = (10000, 60000)


def missing():
    """The packages that are not there."""
    arch = subprocess.run(["dpkg-architecture", "-qDEB_HOST_MULTIARCH"], capture_output=True, text=True).stdout.strip()
    out = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if not os.path.exists(REDIS_MODULE.format(arch or f"{os.uname().machine}-linux-gnu")):
        out.append("kamailio-redis-modules")
    return out


def install():
    """Only for this benchmark: nothing else wants them. Their own services are kept from starting."""
    packages = missing()
    if not packages:
        return
    guard = "/usr/sbin/policy-rc.d"
    ours = not os.path.exists(guard)
    if ours:
        with open(guard, "w") as f:
            f.write("#!/bin/sh\nexit 101\n")
        os.chmod(guard, 0o755)
    try:
        subprocess.run(["apt-get", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends",
                        *packages], check=True, stdout=subprocess.DEVNULL, env={**os.environ,
                                                                              "DEBIAN_FRONTEND": "noninteractive"})
    finally:
        if ours:
            os.unlink(guard)


class Kamailio:
    """Starts and stops as natlab.programs.Programs does."""

    name = "kamailio"
    namespace = "sbc"
    limits = {}

    def __init__(self, rig):
        self.rig = rig
        self.running = []
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < FILES:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))

    def start(self):
        path = self.rig.path
        with open(os.path.join(HERE, "kamailio.cfg")) as f:
            text = f.read().replace("DIR", self.rig.dir)
        with open(path("kamailio.cfg"), "w") as f:
            f.write(text)
        self._spawn("redis-server", "--port", 0, "--unixsocket", path("redis.sock"), "--save", "", "--appendonly",
                    "no", "--daemonize", "no", "--dir", self.rig.dir)
        wait_for(lambda: os.path.exists(path("redis.sock")), "redis", 10)
        self._spawn("rtpengine", "--config-file=none", "--table=-1", "--foreground", "--log-stderr", "--log-level=3",
                    "--interface=outside/198.51.100.5", "--interface=inside/10.0.0.5", "--listen-ng=127.0.0.1:2223",
                    f"--port-min={PORTS[0]}", f"--port-max={PORTS[1]}", "--delete-delay=0", "--timeout=3600",
                    "--silent-timeout=3600")
        wait_for(lambda: self._listens("127.0.0.1:2223"), "rtpengine", 10)
        self._spawn("kamailio", "-DD", "-E", "-f", path("kamailio.cfg"), "-Y", self.rig.dir, "-m", 1024, "-M", 16)
        wait_for(lambda: self.rig.listens(self.namespace, "198.51.100.5"), "kamailio", 10)

    def _spawn(self, program, *arguments):
        self.running.append(self.rig.net.spawn(
            self.namespace, *self.rig.pinned, program, *arguments, stdin=subprocess.DEVNULL, cwd=self.rig.dir,
            stdout=open(self.rig.path(program + ".log"), "a"), stderr=subprocess.STDOUT))

    def _listens(self, address):
        done = subprocess.run(["ip", "netns", "exec", self.rig.net.ns(self.namespace), "ss", "-Huln",
                               f"src {address}"], capture_output=True, text=True)
        return bool(done.stdout.strip())

    def stop(self):
        for process in reversed(self.running):
            self.rig.net.stop(process, 5.0)
        self.running = []
        for name in ("redis.sock",):
            if os.path.exists(self.rig.path(name)):
                os.unlink(self.rig.path(name))
