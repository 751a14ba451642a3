# SPDX-License-Identifier: BSD-3-Clause
"""browser.py: Chromium as a phone: a window-less one in a namespace, whose page (tests/lab/browser) speaks SIP over a
WebSocket and takes the commands of our other phones."""

import base64
import hashlib
import http.server
import json
import os
import queue
import socket
import subprocess
import threading

from .capture import wait_for
from .net import sh
from .ua import DOMAIN, HERE, Failed, Ua
from .wire import PORTS

PAGE = os.path.join(HERE, "browser")
FILES = {"/": ("page.html", "text/html"), **{f"/{name}.js": (f"{name}.js", "text/javascript")
                                             for name in ("sip", "sound", "phone")}}
PAGE_PORT = 8088
ORIGIN = f"http://localhost:{PAGE_PORT}"
POLL_S = 5
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
         "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         "--autoplay-policy=no-user-gesture-required")


def certificate_pin(path):
    """What Chromium is told of a certificate that it shall take: the SHA-256 of its public key."""
    key = sh("openssl", "x509", "-in", path, "-noout", "-pubkey")
    der = base64.b64decode("".join(key.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


class Page(http.server.BaseHTTPRequestHandler):
    """What the page asks for, and what it tells. Requests come from threads of their own."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        phone = self.server.phone
        if self.path == "/options":
            self.reply(200, json.dumps(phone.options).encode(), "application/json")
        elif self.path == "/do":
            try:
                self.reply(200, json.dumps(phone.commands.get(timeout=POLL_S)).encode(), "application/json")
            except queue.Empty:
                self.reply(204)
        elif self.path in FILES:
            name, kind = FILES[self.path]
            with open(os.path.join(PAGE, name), "rb") as f:
                self.reply(200, f.read(), kind)
        else:
            self.reply(404)

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(204)
        self.server.phone.told(event)

    def reply(self, status, body=b"", kind="text/plain"):
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the browser is gone

    def log_message(self, *_):
        pass


class Browser(Ua):
    """Does and expects what other phones do. (Its reports of media are of another kind: see phone.js.)"""

    def __init__(self, lab, namespace, sbc, user, password, hertz, transport, log):
        self.lab, self.user = lab, user
        self.queue, self.commands = queue.Queue(), queue.Queue()
        self.history, self.connection, self.leaving = [], [], False
        self.log = open(log, "w", buffering=1)
        self.options = {"user": user, "password": password, "domain": DOMAIN, "hertz": hertz,
                        "url": f"{transport}://{sbc}:{PORTS[transport]}/"}
        self.dir = lab.folder("browser-" + user)
        self.server = self.serve(namespace)
        more = [] if transport == "ws" else [
            "--ignore-certificate-errors-spki-list=" + certificate_pin(lab.authority.path("sbc-internet.pem"))]
        self.process = lab.net.spawn(
            namespace, "chromium", *FLAGS, f"--user-data-dir={self.dir}", *more, ORIGIN + "/", stdin=subprocess.DEVNULL,
            stdout=open(os.path.join(self.dir, "log"), "w"), stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": self.dir, "TMPDIR": self.dir})
        try:
            self.contact_user = self.expect("ready", timeout=20)["contact_user"]
        except BaseException:
            self.close()
            raise

    def serve(self, namespace):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", PAGE_PORT), Page, bind_and_activate=False)
        server.socket.close()
        server.socket = self.lab.net.socket(namespace, socket.SOCK_STREAM)
        server.allow_reuse_address = True
        server.server_bind()
        server.server_activate()
        server.daemon_threads, server.phone = True, self
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def told(self, event):
        """SIP goes to the log, which the leak checker reads; what the connection of media is at is kept; all else is
        for expect()."""
        if event["event"] == "sip":
            self.log.write(json.dumps({"t": event["t"], "dir": event["dir"], "peer": self.options["url"],
                                       "text": event["text"]}) + "\n")
        elif event["event"] == "connection":
            self.connection.append(event["state"])
        else:
            self.queue.put(event)

    def do(self, command, **more):
        if self.process.poll() is not None:
            raise Failed(f"{self.user}'s browser ended with {self.process.returncode}")
        self.commands.put({"do": command, **more})

    def disconnected(self):
        """What it had is of no use to it any more: connected() waits for a new connection."""
        self.connection.clear()

    def connected(self, seconds=15.0):
        """ICE has a pair and DTLS has keys."""
        try:
            wait_for(lambda: {"connected", "failed"} & set(self.connection), "media", seconds)
        except RuntimeError:
            pass
        if "connected" not in self.connection:
            raise Failed(f"{self.user}'s browser has no connection for media: {self.connection}")

    def leave(self):
        if not self.leaving:
            self.commands.put({"do": "leave"})
        self.leaving = True

    def kill(self):
        self.process.kill()

    def stop(self):
        self.leave()
        try:
            while self.queue.get(timeout=2)["event"] != "left":
                pass
        except queue.Empty:
            pass
        self.close()

    def close(self):
        self.lab.net.stop(self.process)
        self.server.shutdown()
        self.server.server_close()
        self.log.close()
