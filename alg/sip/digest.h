/* SPDX-License-Identifier: BSD-3-Clause */
/* digest.h: Digest challenges and credentials as text (RFC 3261 22, RFC 7616, RFC 8760). Reading and writing only: the
 * hashing is done by whoever owns a crypto library. */
#ifndef NATSBC_SIP_DIGEST_H
#define NATSBC_SIP_DIGEST_H

#include "alg/base/writer.h"

/* From the weakest to the strongest. */
enum digest_algorithm { DIGEST_MD5, DIGEST_SHA256, DIGEST_SHA512_256, DIGEST_UNKNOWN };

/* Authorization, Proxy-Authorization. Quoted values are without their quotes, escapes left in. */
struct digest_credentials {
	struct span username, realm, nonce, uri, response, cnonce, opaque, qop, nc;
	struct span algorithm_name;      /* absent means MD5 */
	enum digest_algorithm algorithm; /* UNKNOWN for those with -sess, too: we never ask for them */
};

/* -1: not Digest, malformed, a parameter twice, or a mandatory part (username, realm, nonce, uri, response) missing. */
int digest_credentials_parse(struct span value, struct digest_credentials *out);

/* WWW-Authenticate, Proxy-Authenticate. */
struct digest_challenge {
	struct span realm, nonce, opaque, qop, algorithm_name;
	enum digest_algorithm algorithm;
	bool session; /* the algorithm with -sess */
	bool stale;
};

/* One challenge, alone. -1: not Digest, malformed, a parameter twice, or realm or nonce missing. */
int digest_challenge_parse(struct span value, struct digest_challenge *out);

/* The next of several challenges of any schemes in one value (RFC 7235 4.1), taken off *left; absent at the end. What
 * comes out may be anything: digest_challenge_parse tells. */
struct span digest_challenge_next(struct span *left);

enum digest_qop { DIGEST_QOP_NONE, DIGEST_QOP_AUTH, DIGEST_QOP_AUTH_INT, DIGEST_QOP_UNKNOWN };

/* How to answer it: without qop where it has none (RFC 2069), auth before auth-int, which is for those that take
 * nothing else. */
enum digest_qop digest_challenge_qop(const struct digest_challenge *c);

/* We can answer it: algorithm and qop are known. */
bool digest_challenge_usable(const struct digest_challenge *c);

/* Writes `Digest realm="…", nonce="…"[, opaque="…"][, algorithm=…], qop="…"[, stale=true]`. An absent qop is "auth"; an
 * absent algorithm_name the name of algorithm, and for MD5, which is the default (RFC 7616 3.3), nothing: an answer to
 * a stranger must be short. Values go out as they are: escapes are the caller's. */
void digest_challenge_write(struct writer *w, const struct digest_challenge *c);

/* nextnonce of an Authentication-Info value (RFC 7616 3.5); absent where there is none. */
struct span digest_next_nonce(struct span value);

/* Writes text as it stands between quotes (RFC 3261 25.1, quoted-pair). */
void digest_escape(struct writer *w, struct span text);

/* Writes `Digest username="…", realm="…", nonce="…", uri="…", response="…"` and of the rest what is there; of
 * algorithm_name, the name as it is. Values go out as they are. */
void digest_credentials_write(struct writer *w, const struct digest_credentials *c);

/* As it is written in a header; absent for DIGEST_UNKNOWN. */
struct span digest_algorithm_name(enum digest_algorithm a);

#endif
