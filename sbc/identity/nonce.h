/* SPDX-License-Identifier: BSD-3-Clause */
/* nonce.h: the nonces of our Digest challenges (RFC 7616 5.4): made without memory, remembered only once used. */
#ifndef NATSBC_SBC_NONCE_H
#define NATSBC_SBC_NONCE_H

#include "alg/base/addr.h"

enum {
	NONCE_LEN = 20 /* digits: few, for the answer must not outgrow the question */,
	NONCE_KEY_LEN = 32 /* bytes */
};

enum nonce_verdict {
	NONCE_OK,
	NONCE_STALE,  /* ours, but too old */
	NONCE_FORGED, /* not made by this process for this realm and address */
};

/* The key and the counts of nonces in use. Belongs to one worker. */
struct nonces;

/* key: NONCE_KEY_LEN random bytes, once per process. capacity: nonces whose count (nc) is remembered; when it is short,
 * old nonces become stale early: a request is never accepted twice. NULL without memory.
 * Caller frees with nonces_free(). */
struct nonces *nonces_new(const void *key, uint64_t lifetime_ms, uint32_t capacity);
void nonces_free(struct nonces *n);

/* Writes NONCE_LEN digits, different every time; good for this realm and this peer's host (its port may change). */
void nonce_write(struct nonces *n, struct writer *w, struct span realm, const struct addr *peer, uint64_t now);

enum nonce_verdict nonce_check(struct nonces *n, struct span nonce, struct span realm, const struct addr *peer,
			       uint64_t now);

/* Call for a nonce that is NONCE_OK once its response proved right: true where count is above all counts seen with it,
 * which are thereby used up. Without qop there is no count: give 1. */
bool nonce_use(struct nonces *n, struct span nonce, uint32_t count);

#endif
