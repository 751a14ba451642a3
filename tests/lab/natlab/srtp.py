# SPDX-License-Identifier: BSD-3-Clause
"""srtp.py: SRTP and SRTCP with AES in counter mode and HMAC-SHA1 (RFC 3711, RFC 4568), written for tests alone: what
the relay does by a library is looked at by other code. AES is OpenSSL's."""

import base64
import collections
import ctypes
import hmac
import os
import re
import struct

SUITES = {"AES_CM_128_HMAC_SHA1_80": 10, "AES_CM_128_HMAC_SHA1_32": 4}  # octets of a tag of RTP; of RTCP always 10
SUITE = "AES_CM_128_HMAC_SHA1_80"
KEY, SALT, RTCP_TAG = 16, 14, 10
ENCRYPTED = 1 << 31  # E, before the index of SRTCP
CRYPTO = re.compile(r"^a=crypto:(\d+) (\w+) inline:([\w+/=]+)", re.M)

Crypto = collections.namedtuple("Crypto", "tag suite secret")

_lib = ctypes.CDLL("libcrypto.so.3")
_lib.EVP_CIPHER_CTX_new.restype = _lib.EVP_aes_128_ctr.restype = ctypes.c_void_p


def aes_ctr(key, iv, data):
    context = ctypes.c_void_p(_lib.EVP_CIPHER_CTX_new())
    out, n = ctypes.create_string_buffer(len(data) + 16), ctypes.c_int()
    try:
        if not (_lib.EVP_EncryptInit_ex(context, ctypes.c_void_p(_lib.EVP_aes_128_ctr()), None, key, iv) and
                _lib.EVP_EncryptUpdate(context, out, ctypes.byref(n), data, len(data))):
            raise RuntimeError("AES failed")
    finally:
        _lib.EVP_CIPHER_CTX_free(context)
    return out.raw[:n.value]


def derive(secret, label, length):
    """RFC 3711 4.3, with a key derivation rate of zero."""
    salt = int.from_bytes(secret[KEY:], "big") ^ label << 48
    return aes_ctr(secret[:KEY], (salt << 16).to_bytes(16, "big"), bytes(length))


class Keys:
    """One direction of a stream: its session keys, and which packet was the last one."""

    def __init__(self, crypto):
        self.tag = SUITES[crypto.suite]
        labels = ((0, KEY), (1, 20), (2, SALT), (3, KEY), (4, 20), (5, SALT))
        self.rtp, self.rtcp = ([derive(crypto.secret, *label) for label in part] for part in (labels[:3], labels[3:]))
        self.last = self.rtcp_index = 0  # last: rollovers * 2^16 + seq

    @staticmethod
    def crypt(keys, ssrc, index, data):
        iv = int.from_bytes(keys[2], "big") << 16 ^ ssrc << 64 ^ index << 16
        return aes_ctr(keys[0], iv.to_bytes(16, "big"), data)

    @staticmethod
    def sign(keys, data, length):
        return hmac.digest(keys[1], data, "sha1")[:length]

    def index_of(self, seq):
        """RFC 3711 3.3.1: of what could be meant, what is nearest to the last one."""
        if not self.last:
            return seq
        near = [(self.last >> 16) + more << 16 | seq for more in (-1, 0, 1)]
        return min((n for n in near if n >= 0), key=lambda n: abs(n - self.last))

    def seal(self, packet):
        ssrc, index = struct.unpack_from("!I", packet, 8)[0], self.index_of(struct.unpack_from("!H", packet, 2)[0])
        self.last = max(self.last, index)
        sealed = packet[:12] + self.crypt(self.rtp, ssrc, index, packet[12:])
        return sealed + self.sign(self.rtp, sealed + struct.pack("!I", index >> 16), self.tag)

    def open(self, packet):
        """None for what is not from who has the key."""
        if len(packet) < 12 + self.tag:
            return None
        start = head(packet)
        index = self.index_of(struct.unpack_from("!H", packet, 2)[0])
        body, tag = packet[:-self.tag], packet[-self.tag:]
        if self.sign(self.rtp, body + struct.pack("!I", index >> 16), self.tag) != tag:
            return None
        self.last = max(self.last, index)
        return body[:start] + self.crypt(self.rtp, struct.unpack_from("!I", packet, 8)[0], index, body[start:])

    def seal_rtcp(self, packet):
        self.rtcp_index += 1
        sealed = packet[:8] + self.crypt(self.rtcp, struct.unpack_from("!I", packet, 4)[0], self.rtcp_index, packet[8:])
        sealed += struct.pack("!I", ENCRYPTED | self.rtcp_index)
        return sealed + self.sign(self.rtcp, sealed, RTCP_TAG)

    def open_rtcp(self, packet):
        if len(packet) < 8 + 4 + RTCP_TAG or self.sign(self.rtcp, packet[:-RTCP_TAG], RTCP_TAG) != packet[-RTCP_TAG:]:
            return None
        word = struct.unpack_from("!I", packet, len(packet) - RTCP_TAG - 4)[0]
        body = packet[:-RTCP_TAG - 4]
        if not word & ENCRYPTED:
            return body
        return body[:8] + self.crypt(self.rtcp, struct.unpack_from("!I", body, 4)[0], word ^ ENCRYPTED, body[8:])


def head(packet):
    """Octets of an RTP header, with contributors and an extension."""
    length = 12 + 4 * (packet[0] & 15)
    if packet[0] & 16 and len(packet) >= length + 4:
        length += 4 + 4 * struct.unpack_from("!H", packet, length + 2)[0]
    return length


def crypto_new(suite=SUITE, tag=1):
    return Crypto(tag, suite, os.urandom(KEY + SALT))


def crypto_write(crypto):
    return f"a=crypto:{crypto.tag} {crypto.suite} inline:{base64.b64encode(crypto.secret).decode()}\r\n"


def crypto_read(text):
    """The first one of a suite that we know; None where there is none."""
    for tag, suite, secret in CRYPTO.findall(text):
        if suite in SUITES and len(base64.b64decode(secret)) == KEY + SALT:
            return Crypto(int(tag), suite, base64.b64decode(secret))
    return None
