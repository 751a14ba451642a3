/* SPDX-License-Identifier: BSD-3-Clause */
/* stun_check.h: connectivity checks of ICE as who never checks himself gets them (RFC 8445 7.3): Binding requests with
 * short-term credentials, and their answers (RFC 8489 9.1). */
#ifndef NATSBC_NET_STUN_CHECK_H
#define NATSBC_NET_STUN_CHECK_H

#include "alg/base/addr.h"
#include "alg/net/stun_format.h"

enum {
	STUN_CHECK_UNKNOWN_MAX = 8,
	STUN_CHECK_MAX = 1500,       /* bytes of a request */
	STUN_CHECK_ANSWER_MAX = 128, /* bytes of any answer */
};

/* Who the other agent takes itself for. */
enum stun_role { STUN_ROLE_NONE, STUN_ROLE_CONTROLLING, STUN_ROLE_CONTROLLED };

struct stun_check {
	const uint8_t *transaction;
	struct span username; /* absent: it has none */
	const uint8_t *mac;   /* of MESSAGE-INTEGRITY; NULL: it has none */
	uint32_t signed_n;    /* bytes of the datagram before that */
	uint32_t priority;    /* 0: it says none */
	enum stun_role role;
	bool nominates;   /* USE-CANDIDATE */
	uint8_t nunknown; /* attributes that must be understood and are not */
	uint16_t unknown[STUN_CHECK_UNKNOWN_MAX];
};

/* HMAC-SHA1 of the message under the key that ctx knows. */
typedef void stun_mac_fn(void *ctx, struct span message, uint8_t mac[STUN_MAC]);

/* 0 for a well-formed Binding request with a right FINGERPRINT, which every check has (RFC 8445 7.1.1); -1: to be
 * dropped, never answered. What stands behind MESSAGE-INTEGRITY is not looked at (RFC 8489 14.5): anybody could have
 * put it there. Borrows the datagram. */
int stun_check_parse(struct span datagram, struct stun_check *out);

/* Is MESSAGE-INTEGRITY right? Of the datagram that was parsed. */
bool stun_check_is_signed(const struct stun_check *c, struct span datagram, stun_mac_fn *mac, void *ctx);

/* Code 0: success, for a request that came from source; else the error. Signed unless mac is NULL: to who has not
 * proved anything nothing is. */
void stun_check_answer(struct writer *w, const struct stun_check *c, unsigned code, const struct addr *source,
		       stun_mac_fn *mac, void *ctx);

#endif
