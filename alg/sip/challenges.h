/* SPDX-License-Identifier: BSD-3-Clause */
/* challenges.h: what a 401 or 407 asks for that we can answer (RFC 3261 22.3): proxies on the way may each have put in
 * some, and each may leave the choice of an algorithm. */
#ifndef NATSBC_SIP_CHALLENGES_H
#define NATSBC_SIP_CHALLENGES_H

#include "alg/sip/digest.h"
#include "alg/sip/msg.h"

enum { CHALLENGES_MAX = 4 /* realms that are answered at once */ };

struct challenge {
	struct span text;
	struct digest_challenge digest;
	bool proxy; /* Proxy-Authenticate */
};

/* For each realm (absent: any; else only that one) the strongest (RFC 8760 2.4), the first of equals. How many. */
unsigned challenges_choose(const struct sip_msg *m, struct span realm, struct challenge out[CHALLENGES_MAX]);

#endif
