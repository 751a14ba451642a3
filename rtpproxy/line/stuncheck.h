/* SPDX-License-Identifier: BSD-3-Clause */
/* stuncheck.h: a connectivity check judged by our credentials, and answered (RFC 8445 7.3, RFC 8489 9.1.3). */
#ifndef NATSBC_RTPPROXY_STUNCHECK_H
#define NATSBC_RTPPROXY_STUNCHECK_H

#include "alg/net/stun_check.h"

/* What we have shown a side. */
struct stuncheck_us {
	struct span ufrag, pwd;
};

enum stuncheck {
	STUNCHECK_GOOD,
	STUNCHECK_NO_CHECK,   /* no well-formed request: dropped */
	STUNCHECK_UNSIGNED,   /* 400: without user name or MAC */
	STUNCHECK_STRANGER,   /* 401: for another user, or with a wrong MAC */
	STUNCHECK_UNKNOWN,    /* 420: with an attribute that we do not know */
	STUNCHECK_CONTROLLED, /* 487: it wants us to lead, which who is lite does not */
	STUNCHECK_N
};

struct stuncheck_result {
	struct stun_check check;
	unsigned us;      /* which of ours it named */
	struct span them; /* its own user name fragment; borrows the datagram */
};

/* Judges a datagram from source by credentials of ours, n of them. What is to be sent back, if anything, is in answer
 * (STUN_CHECK_ANSWER_MAX bytes suffice). Who has not proved that he knows our password is never sent more than he sent
 * (CALLS.md I9). *out is of use where STUNCHECK_GOOD is returned. */
enum stuncheck stuncheck_judge(struct span datagram, const struct addr *source, const struct stuncheck_us *us,
			       unsigned n, struct writer *answer, struct stuncheck_result *out);

/* "unsigned" */
const char *stuncheck_name(enum stuncheck s);

#endif
