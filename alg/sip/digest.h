/* SPDX-License-Identifier: BSD-3-Clause */
/* digest.h: Digest challenges and credentials as text (RFC 3261 22, RFC 7616, RFC 8760). Reading and writing only: the
 * hashing is done by whoever owns a crypto library. */
#ifndef NATSBC_SIP_DIGEST_H
#define NATSBC_SIP_DIGEST_H

#include "alg/base/writer.h"

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA256, DIGEST_UNKNOWN };

/* Authorization, Proxy-Authorization. Quoted values are without their quotes, escapes left in. */
struct digest_credentials {
	struct span username, realm, nonce, uri, response, cnonce, opaque, qop, nc;
	struct span algorithm_name; /* absent means MD5 */
	enum digest_algorithm algorithm;
};

/* -1: not Digest, malformed, a parameter twice, or a mandatory part (username, realm, nonce, uri, response) missing. */
int digest_credentials_parse(struct span value, struct digest_credentials *out);

/* WWW-Authenticate, Proxy-Authenticate. */
struct digest_challenge {
	struct span realm, nonce, opaque, qop, algorithm_name;
	enum digest_algorithm algorithm;
	bool stale;
};

int digest_challenge_parse(struct span value, struct digest_challenge *out);

/* Writes `Digest realm="…", nonce="…"[, opaque="…"][, algorithm=…], qop="…"[, stale=true]`. An absent qop is "auth"; an
 * absent algorithm_name the name of algorithm, and for MD5, which is the default (RFC 7616 3.3), nothing: an answer to
 * a stranger must be short. Values go out as they are: escapes are the caller's. */
void digest_challenge_write(struct writer *w, const struct digest_challenge *c);

/* As it is written in a header; absent for DIGEST_UNKNOWN. */
struct span digest_algorithm_name(enum digest_algorithm a);

#endif
