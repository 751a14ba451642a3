# SPDX-License-Identifier: BSD-3-Clause
"""certs.py: a certificate authority that lives as long as the lab, and what it signs (ECDSA P-256, by openssl)."""

import os

from .net import sh
from .programs import SBC_USER

CONFIG = """\
[ca]
default_ca = lab
[lab]
database = {dir}/index.txt
new_certs_dir = {dir}
certificate = {dir}/ca.pem
private_key = {dir}/ca.key
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""
ALWAYS = ("20200101000000Z", "20991231235959Z")
OVER = ("20200101000000Z", "20200201000000Z")


class Authority:
    def __init__(self, folder):
        self.dir = folder
        os.makedirs(folder, exist_ok=True)
        with open(self.path("ca.cnf"), "w") as f:
            f.write(CONFIG.format(dir=folder))
        open(self.path("index.txt"), "w").close()
        sh("openssl", "req", "-x509", *self._key("ca"), "-out", self.ca, "-subj", "/CN=lab authority", "-days", "30")

    def path(self, name):
        return os.path.join(self.dir, name)

    @property
    def ca(self):
        return self.path("ca.pem")

    def _key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                self.path(name + ".key"))

    def issue(self, name, *alternatives, dates=ALWAYS):
        """(certificate, key): paths. alternatives: "DNS:a.example", "URI:sip:a.example", "IP:10.0.0.5"."""
        more = ["-addext", "subjectAltName=" + ",".join(alternatives)] if alternatives else []
        sh("openssl", "req", "-new", *self._key(name), "-out", self.path(name + ".csr"), "-subj", f"/CN={name}", *more)
        sh("openssl", "ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-startdate", dates[0], "-enddate",
           dates[1], "-in", self.path(name + ".csr"), "-out", self.path(name + ".pem"))
        os.chown(self.path(name + ".key"), SBC_USER, SBC_USER)  # read again at SIGHUP
        return self.path(name + ".pem"), self.path(name + ".key")
