# SPDX-License-Identifier: BSD-3-Clause
"""An SBC whose phones run on the very same machine, as it is tried out first."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess

from natlab.capture import wait_for
from natlab.lab import PLACES
from natlab.programs import OWN_RUN, Programs, USERS, configuration
from natlab.ua import Failed, HERE, both_talk, check_audio, establish, hang_up

from .restart import kill

ADDRESSES = {"solo": "172.16.0.5", "loopback": "127.0.0.1"}
PORTS = {"solo": "10000-10199", "loopback": "20000-20199"}
SWITCHES = ("net.ipv4.conf.lo.accept_local", "net.ipv4.conf.lo.route_localnet")
ENOUGH = 20  # packets of the 30 in TALK_S
TALK_S = 0.6


class SoloPrograms(Programs):
    """On the machine of the phones."""

    namespace = "solo"

    def path(self, name):
        return os.path.join(self.lab.path("solo"), name)

    def configuration(self):
        config = configuration(self.lab.path("solo"), self.port)
        phones = {"users": self.path("users.json")}
        config.update(trunks={}, routes=[], realms={
            name: {"address": ADDRESSES[name], "media": {"ports": PORTS[name]}, "phones": phones}
            for name in ADDRESSES})
        return config

    def relay_again(self):
        """What the killed one left on the interfaces is the next one's. Not the switches: where they are noted down is a
        /run that it had for itself (see run_script)."""
        kill(self.lab, self.relay)
        for switch in SWITCHES:
            inside(self.lab, "sysctl", "-qw", f"{switch}=0")
        self.relay = self._spawn("rtpproxy")
        wait_for(lambda: self._alive(self.relay, "rtpproxy") and self.ng("ping"), "rtpproxy, started again", 20)


def talk(lab, alice, bob):
    """alice and bob: (place, user, password)"""
    one, other = (lab.phone(place, user, port, media_port, password=password, domain=ADDRESSES["solo"])
                  for (place, user, password), port, media_port in ((alice, 5070, 4000), (bob, 5072, 4002)))
    for phone in (one, other):
        phone.register()
    establish(one, other)
    both_talk(one, other, TALK_S, ENOUGH)
    heard = []
    for listener, speaker, report, place in zip((one, other), (other, one), hang_up(one, other), (alice[0], bob[0])):
        if report["remote"][0] != PLACES[place][2]:
            raise Failed(f"{listener.user} was told to send media to {report['remote'][0]}")
        heard.append(check_audio(listener.user, report, speaker.user, ENOUGH, only_from=PLACES[place][2])["distinct"])
    lab.stop_phones()
    return f"{heard[0]} and {heard[1]}"


def inside(lab, *command):
    return subprocess.run(["ip", "netns", "exec", lab.net.ns("solo"), *command], capture_output=True, text=True).stdout


def attached(lab):
    """What a relay may leave on a machine: interfaces with programs and filters on them, tables, switches."""
    links = inside(lab, "ip", "-d", "link", "show")
    names = re.findall(r"^\d+: ([^:@]+)", links, re.M)
    filters = [inside(lab, "tc", "filter", "show", "dev", name, "ingress") for name in names]
    return {"interfaces": sorted(names), "XDP programs": re.findall(r"\bxdp\S*|prog/xdp.*", links),
            "queues": inside(lab, "tc", "qdisc", "show"), "filters": "".join(filters),
            "tables": inside(lab, "nft", "list", "ruleset"), "switches": inside(lab, "sysctl", *SWITCHES)}


def check_left(before, after):
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if changed:
        raise Failed(f"left behind: {changed}")


def same_host(lab):
    """Phones on the SBC's own machine: at 127.0.0.1, at its own address, one at each. Nothing is left of the relay, nor
    of one before it that was killed."""
    os.makedirs(lab.path("solo"), exist_ok=True)
    programs = SoloPrograms(lab, lab.bin, lab.port)
    alice, bob = (("alice", USERS["alice"]), ("bob", USERS["bob"]))
    before = attached(lab)
    try:
        programs.start()
        during = attached(lab)
        if during["switches"] == before["switches"] or during == {**before, "switches": during["switches"]}:
            raise Failed(f"nothing to see of the relay, this proves nothing: {during}")
        programs.relay_again()
        heard = [talk(lab, (one, *alice), (other, *bob)) for one, other in (
            ("loopback", "loopback"), ("solo", "solo"), ("loopback", "solo"))]
        programs.settle()
    finally:
        lab.stop_phones()
        codes = programs.stop()
    if any(codes.values()):
        raise Failed(f"exit codes {codes}")
    check_left(before, attached(lab))
    return ", ".join(heard) + " packets heard"


class Script:
    """tools/run in the namespace "solo", with a /run of its own."""

    def __init__(self, lab, config):
        self.lab, self.log = lab, lab.path("run.log")
        self.output = open(self.log, "w")
        # Told to end where the lab is killed, it ends what it started.
        self.process = lab.net.spawn("solo", *OWN_RUN, os.path.join(HERE, "../../tools/run"), lab.bin, config,
                                     stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
                                     at_death=signal.SIGTERM)

    def said(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def ready(self):
        wait_for(lambda: "Ctrl-C stops all" in self.said() or self.process.poll() is not None, "tools/run", 30)
        if self.process.poll() is not None:
            raise Failed(f"tools/run ended with {self.process.returncode}: {self.said()[-300:]}")
        return self.said()

    def ends(self, code, seconds=10):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"tools/run does not end: {self.said()[-300:]}") from None
        running = inside(self.lab, "ip", "netns", "pids", self.lab.net.ns("solo")).split()
        if self.process.returncode != code or len(running) > 1:
            raise Failed(f"exit {self.process.returncode}, wanted {code}, {len(running)} programs still run: "
                         f"{self.said()[-300:]}")
        return self.said()

    def kill(self, program):
        """kill -9; and it runs again."""
        pids = inside(self.lab, "ip", "netns", "pids", self.lab.net.ns("solo")).split()
        for pid in pids:
            with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/comm") as f:
                if f.read().strip() == program:
                    os.kill(int(pid), signal.SIGKILL)
        wait_for(lambda: f"{program} runs again" in self.said(), f"{program} to be started again", 20)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.ends(0)

    def close(self):
        self.lab.net.stop(self.process, 30)
        self.output.close()


def keep_here(config):
    """What the SBC keeps is kept beside its configuration, not on this machine."""
    with open(config) as f:
        conf = json.load(f)
    conf["store"]["local"] = "state.db"
    conf["relay"]["capture-dir"] = "captures"
    with open(config, "w") as f:
        json.dump(conf, f)
    user = int(conf["node"]["user"])
    for folder in (os.path.dirname(config), os.path.dirname(os.path.dirname(config))):
        os.chmod(folder, 0o755)
    os.chown(os.path.dirname(config), user, user)


def run_script(lab):
    """tools/run: makes two accounts that can call each other, keeps them, starts again what is killed, stops at Ctrl-C,
    refuses what is wrong. Nothing is left on the interfaces, of the one that was killed either."""
    before = attached(lab)
    conf = lab.folder("conf")
    shutil.copytree(os.path.join(HERE, "../../conf"), conf, ignore=shutil.ignore_patterns("users.json*", "state.db*"),
                    dirs_exist_ok=True)
    config, users = os.path.join(conf, "sbc.json"), os.path.join(conf, "users.json")
    keep_here(config)
    script = Script(lab, config)
    try:
        said = script.ready()
        accounts = re.findall(r"user (\d+) +password (\S+)", said)
        if len(accounts) != 2 or os.stat(users).st_mode & 0o777 != 0o600:
            raise Failed(f"users.json has mode {os.stat(users).st_mode & 0o777:o}, the script said: {said[:400]}")
        if not all(address in said for address in ADDRESSES.values()):
            raise Failed(f"the script does not tell where the SBC listens: {said[-800:]}")
        talk(lab, ("solo", *accounts[0]), ("loopback", *accounts[1]))
        lab.stop_phones()
        for program in ("rtpproxy", "sbc"):
            script.kill(program)
        heard = talk(lab, ("solo", *accounts[0]), ("loopback", *accounts[1]))
        script.interrupt()
    finally:
        lab.stop_phones()
        script.close()
    check_left(before, attached(lab))
    check_second_start(lab, config, users)
    check_refusal(lab, config)
    return f"{heard} packets heard"


def check_second_start(lab, config, users):
    with open(users) as f:
        before = f.read()
    script = Script(lab, config)
    try:
        said = script.ready()
        lab.phone("solo", "1001", 5070, password=re.search(r'"1001", "password": "([^"]+)"', before).group(1),
                  domain=ADDRESSES["solo"]).register()
        lab.stop_phones()
        script.interrupt()
    finally:
        lab.stop_phones()
        script.close()
    with open(users) as f:
        if f.read() != before or "accounts were made" in said:
            raise Failed("the second start made other accounts")


def check_refusal(lab, config):
    with open(config) as f:
        text = f.read()
    with open(config, "w") as f:
        f.write(text.replace('"phones": {}', '"fones": {}', 1))
    script = Script(lab, config)
    try:
        said = script.ends(2)
    finally:
        script.close()
    if not re.search(r"sbc\.json:\d+:\d+: realms\.phones\.fones: ", said):
        raise Failed(f"a wrong configuration is refused with {said}")
