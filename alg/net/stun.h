/* SPDX-License-Identifier: BSD-3-Clause */
/* stun.h: Binding requests on a SIP port, and their answers: the keepalive of RFC 5626 3.5.2 and 4.4.2, in the format
 * of RFC 8489. No authentication, no other method. */
#ifndef NATSBC_NET_STUN_H
#define NATSBC_NET_STUN_H

#include "alg/base/addr.h"

enum {
	STUN_HEADER = 20,      /* bytes */
	STUN_UNKNOWN_MAX = 8,  /* attributes that a 420 names: no longer than what asked for it */
	STUN_ANSWER_MAX = 128, /* bytes of any answer */
};

struct stun_request {
	const uint8_t *transaction; /* 12 bytes of the datagram */
	bool fingerprint;           /* it has one: so shall the answer */
	uint8_t nunknown;
	uint16_t unknown[STUN_UNKNOWN_MAX]; /* attributes that must be understood and are not */
};

/* Is the datagram STUN rather than SIP? By its first bits and the magic cookie (RFC 8489 5): no SIP message begins so.
 */
bool stun_is(struct span datagram);

/* 0 for a well-formed Binding request, with a right FINGERPRINT where there is one; else -1: to be dropped, never
 * answered. Borrows the datagram. */
int stun_request_parse(struct span datagram, struct stun_request *out);

/* The answer: success with XOR-MAPPED-ADDRESS, which is source; or 420 where an attribute was not understood. */
void stun_answer(struct writer *w, const struct stun_request *r, const struct addr *source);

#endif
