/* SPDX-License-Identifier: BSD-3-Clause */
/* evidence.h: what a source does that phones don't, and how much it weighs. */
#ifndef NATSBC_SBC_EVIDENCE_H
#define NATSBC_SBC_EVIDENCE_H

#include "alg/sip/msg.h"

/* Name; points of METERS_FULL (0: as many as `guard.failed-auth` makes of it). */
#define EVIDENCE_TABLE(X)                                                                                              \
	X(BY_HAND, "by-hand", 1000)                                                                                    \
	X(SCANNER, "scanner", 250) /* its User-Agent says what it is */                                                \
	X(PASSWORD, "wrong-password", 0)                                                                               \
	X(NO_USER, "unknown-user", 0)                                                                                  \
	X(UNANSWERED, "challenges-not-answered", 1000) /* it asks on, for many names, and never proves one */          \
	X(MALFORMED, "malformed", 50)                                                                                  \
	X(NOT_ALLOWED, "not-allowed", 50) /* asks where nobody but trunks may */                                       \
	X(HOME, "refused-by-home", 0)     /* the trunk that keeps registrations refused it */

enum evidence {
#define X(id, name, points) EVIDENCE_##id,
	EVIDENCE_TABLE(X)
#undef X
		EVIDENCE_N
};

/* The word for logs, metrics and the API. */
const char *evidence_name(enum evidence e);

/* Which has that name; -1: none. */
int evidence_find(struct span name);

/* failed: how many wrong passwords make a ban; 0: none do. */
uint32_t evidence_points(enum evidence e, uint32_t failed);

/* The request comes from one of the well-known scanners. */
bool evidence_is_scanner(const struct sip_msg *m);

#endif
