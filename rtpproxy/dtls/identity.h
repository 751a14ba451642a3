/* SPDX-License-Identifier: BSD-3-Clause */
/* identity.h: who we are in DTLS: a key and a certificate of our own, known to others by its fingerprint alone. */
#ifndef NATSBC_RTPPROXY_IDENTITY_H
#define NATSBC_RTPPROXY_IDENTITY_H

#include <openssl/types.h>

#include "alg/sdp/fingerprint.h"

/* A call that is begun anew behind the same side (a transfer) must show it another certificate, or the side takes the
 * association that it has for the one that is meant (RFC 8842 5.1). One is made in a millisecond and takes 17 KB. */
enum { IDENTITY_DAYS = 30, IDENTITY_FRESH_S = 2 };

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
