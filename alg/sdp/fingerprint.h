/* SPDX-License-Identifier: BSD-3-Clause */
/* fingerprint.h: a=fingerprint, which certificates the sender may show (RFC 8122 5). */
#ifndef NATSBC_SDP_FINGERPRINT_H
#define NATSBC_SDP_FINGERPRINT_H

#include "alg/base/writer.h"
#include "alg/sdp/sdp.h"

/* The weakest first. MD5 and MD2 must not be used (RFC 8122 5). */
enum sdp_hash { SDP_SHA1, SDP_SHA224, SDP_SHA256, SDP_SHA384, SDP_SHA512, SDP_HASH_N };

enum { SDP_DIGEST_MAX = 64, SDP_FINGERPRINT_MAX = 4 };

struct sdp_fingerprint {
	uint8_t hash;                   /* enum sdp_hash */
	uint8_t digest[SDP_DIGEST_MAX]; /* what is behind its length is zero */
};

/* One of them must be that of the certificate. All of the strongest hash that was named: others need not be looked at.
 */
struct sdp_fingerprints {
	uint8_t n;
	struct sdp_fingerprint at[SDP_FINGERPRINT_MAX];
};

/* 20 for SHA-1. */
unsigned sdp_hash_length(enum sdp_hash hash);
/* "sha-256" */
struct span sdp_hash_name(enum sdp_hash hash);

/* 0; -1 where it is none, or of a hash that we do not know. */
int sdp_fingerprint_parse(struct span value, struct sdp_fingerprint *out);

/* The whole line, with its end. */
void sdp_fingerprint_write(struct writer *w, const struct sdp_fingerprint *f);

/* Those of a media section: its own, else the session's. Beyond SDP_FINGERPRINT_MAX they are left out. n 0: none that
 * can be used. */
void sdp_fingerprints_read(const struct sdp *s, unsigned media, struct sdp_fingerprints *out);

/* The same certificates, in whatever order they were written. */
bool sdp_fingerprints_eq(const struct sdp_fingerprints *a, const struct sdp_fingerprints *b);

bool sdp_fingerprints_have(const struct sdp_fingerprints *all, const struct sdp_fingerprint *one);

#endif
