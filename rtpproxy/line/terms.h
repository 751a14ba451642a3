/* SPDX-License-Identifier: BSD-3-Clause */
/* terms.h: what a description says of one m-line's protection: keys, fingerprint, ICE, one port for all. Most m-lines
 * say nothing of it, and have no terms. */
#ifndef NATSBC_RTPPROXY_TERMS_H
#define NATSBC_RTPPROXY_TERMS_H

#include "alg/sdp/crypto.h"
#include "alg/sdp/fingerprint.h"
#include "alg/sdp/sdp.h"
#include "alg/sdp/setup.h"
#include "rtpproxy/line/bundle.h"

/* ICE, as far as it is kept: who it is, not what it is called. */
struct terms_ice {
	bool said;     /* there are credentials */
	bool lite;     /* it does not check us */
	bool mismatch; /* addresses were changed on the way: it cannot be used */
	uint64_t peer; /* terms_ice_peer() of its user name fragment */
	uint64_t all;  /* the same of that and its password: others mean that it begins anew */
};

/* Not changed after it was read, so that the description in hand, the offer that waits and what is in force may have
 * the same one. */
struct terms {
	unsigned holders;
	bool mux; /* RTCP on the port of RTP */
	struct terms_ice ice;
	struct bundle bundle;
	struct sdp_crypto crypto;             /* the first that we can use; suite SRTP_SUITE_NONE: there is none */
	struct sdp_fingerprints fingerprints; /* that we can check */
	uint8_t setup;                        /* enum sdp_setup */
	uint64_t tls_id[2];                   /* what stands for it; 0: none */
};

/* Reads m-line number media, and what the session's part says for all. *out is NULL where nothing is said, else the
 * caller drops it with terms_drop(). 0, or -1 without memory. */
int terms_read(const struct sdp *sdp, unsigned media, struct terms **out);

/* Terms that ask for as much as those of somebody else, who is not to be known by them: one port for all, ICE. NULL
 * where he asks for nothing, or without memory; the caller drops it. */
struct terms *terms_like(const struct terms *t);

/* One holder more; t may be NULL. */
struct terms *terms_hold(struct terms *t);
/* One holder less: the last one frees it. t may be NULL. */
void terms_drop(struct terms *t);

/* What a user name fragment is known by. */
uint64_t terms_ice_peer(struct span ufrag);

#endif
