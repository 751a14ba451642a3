/* SPDX-License-Identifier: BSD-3-Clause */
/* identity.h: who we are in DTLS: a key and a certificate of our own, known to others by its fingerprint alone. */
#ifndef NATSBC_RTPPROXY_IDENTITY_H
#define NATSBC_RTPPROXY_IDENTITY_H

#include <openssl/types.h>

#include "alg/sdp/fingerprint.h"

enum { IDENTITY_DAYS = 30 };

/* Shared by all who show it; its last holder frees it. It lives in memory only. */
struct identity {
	SSL_CTX *context; /* what all associations have in common */
	struct sdp_fingerprint fingerprint;
	int64_t renew; /* seconds since 1970: for new associations another one is due */
	uint32_t holders;
};

/* A new one, valid from a day before wall_s (clocks differ) for IDENTITY_DAYS. Its name tells nothing. Caller holds it.
 * NULL: no memory, or no random bytes. */
struct identity *identity_new(int64_t wall_s);

struct identity *identity_hold(struct identity *i);
/* NULL is nothing. */
void identity_release(struct identity *i);

#endif
