# SPDX-License-Identifier: BSD-3-Clause
"""What people get wrong before the first call: each program says what, where, and what to do, and ends with the status
that its unit goes by."""

import copy
import json
import os
import subprocess

from natlab.ua import Failed

WAIT_S = 20
UNSOUND, FAILED = 2, 1  # as in --help of each

USERS = {"users": [{"name": "1001", "password": "secret-1001"}]}


def sound(folder):
    """A configuration that all three start with, in the namespace "solo"."""
    return {"realms": {"lan": {"address": "172.16.0.5", "phones": {}}},
            "api": {"socket": f"{folder}/api.sock", "http": {"listen": "none"}}, "store": {"local": "none"},
            "relay": {"ng": [f"unix:{folder}/ng.sock"]}, "pinholes": {"socket": f"{folder}/firewall.sock"}}


def changed(config, path, value):
    """A copy with another value at "a.b.c"."""
    new = copy.deepcopy(config)
    at = new
    *way, last = path.split(".")
    for key in way:
        at = at.setdefault(key, {})
    at[last] = value
    return new


def write(folder, name, value, mode=0o600):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(value if isinstance(value, str) else json.dumps(value))
    os.chmod(path, mode)
    return path


def started(lab, *command):
    """(status, what it said)."""
    try:
        run = subprocess.run(["ip", "netns", "exec", lab.net.ns("solo"), *command], capture_output=True, text=True,
                             timeout=WAIT_S)
    except subprocess.TimeoutExpired as e:
        raise Failed(f"{' '.join(command)}: it runs") from e
    return run.returncode, run.stdout + run.stderr


def mistakes(lab, folder):
    """(program, the configuration, the users file, exit status, what is said)."""
    good = sound(folder)
    first, second = lab.authority.issue("first"), lab.authority.issue("second")
    yield "sbc", good, None, UNSOUND, "realms.lan.phones.users: ", "Make it, mode 600"
    yield "sbc", good, '{"users": [],}', UNSOUND, "users.json:1:14: ", "No comma stands behind the last member"
    yield ("sbc", changed(good, "realms.lan.tls", {"cert": first[0], "key": second[1]}), USERS, FAILED,
           "second.key: not the key of the certificate")
    yield "sbc", changed(good, "realms.lan.address", "203.0.113.77"), USERS, FAILED, "realms.lan", "No interface"
    yield "sbc", changed(good, "api.socket", "/nonexistent/api.sock"), USERS, FAILED, "api.socket", "/nonexistent/"
    for program in ("sbc", "rtpproxy", "sbc-firewall"):
        yield (program, changed(good, "realms.lan.adress", "x"), USERS, UNSOUND, ":1:", "realms.lan.adress",
               'Did you mean "address"?')
    yield "sbc", changed(good, "node.user", "nobody-here"), USERS, FAILED, 'node.user: there is no user "nobody-here"'
    yield "rtpproxy", changed(good, "relay.user", "nobody-here"), USERS, FAILED, 'relay.user: there is no user'
    yield "sbc-firewall", changed(good, "node.user", "nobody-here"), USERS, UNSOUND, 'node.user: there is no user'
    yield "rtpproxy", changed(good, "realms.lan.address", "203.0.113.77"), USERS, FAILED, "realms.lan.address"
    yield "rtpproxy", changed(good, "relay.cores", [1023]), USERS, FAILED, "relay.cores: there is no processor 1023"
    yield "rtpproxy", changed(good, "relay.ng", ["unix:/nonexistent/ng.sock"]), USERS, FAILED, "relay.ng: "
    yield ("sbc-firewall", changed(good, "pinholes.socket", "/nonexistent/x.sock"), USERS, FAILED, "pinholes.socket",
           "/nonexistent/x.sock")


def broken_starts(lab):
    """Wrong configurations and machines: nothing starts, and the reason is told in words."""
    folder, n = lab.folder("starts"), 0
    for program, config, users, status, *texts in mistakes(lab, folder):
        path = write(folder, "sbc.json", config)
        users_path = os.path.join(folder, "users.json")
        if os.path.exists(users_path):
            os.unlink(users_path)
        if users is not None:
            write(folder, "users.json", users)
        ended, said = started(lab, os.path.join(lab.bin, program), "-c", path)
        missing = [text for text in texts if text not in said]
        if ended != status or missing:
            raise Failed(f"{program} ended with {ended}, wanted {status}, {missing} not in: {said}")
        n += 1
    write(folder, "users.json", USERS)
    path = write(folder, "sbc.json", sound(folder))
    ended, said = started(lab, os.path.join(lab.bin, "sbc"), "--check", "-c", path)
    if ended != 0 or "no errors" not in said:
        raise Failed(f"sbc --check of the sound one: {ended}, {said}")
    return f"{n} mistakes told"
