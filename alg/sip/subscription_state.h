/* SPDX-License-Identifier: BSD-3-Clause */
/* subscription_state.h: the Subscription-State value of a NOTIFY (RFC 6665 8.2.3). */
#ifndef NATSBC_SIP_SUBSCRIPTION_STATE_H
#define NATSBC_SIP_SUBSCRIPTION_STATE_H

#include "alg/base/writer.h"

enum subscription_phase {
	SUBSCRIPTION_ACTIVE,
	SUBSCRIPTION_PENDING,
	SUBSCRIPTION_TERMINATED,
	SUBSCRIPTION_OTHER, /* a word we don't know: not the end (4.1.3) */
};

enum { SUBSCRIPTION_UNTOLD = UINT32_MAX }; /* no such parameter */

struct subscription_state {
	enum subscription_phase phase;
	struct span word;     /* as sent */
	struct span reason;   /* terminated: deactivated, noresource, timeout, …; absent where none */
	uint32_t expires;     /* seconds that are left; SUBSCRIPTION_UNTOLD */
	uint32_t retry_after; /* seconds; SUBSCRIPTION_UNTOLD */
};

/* 0 or -1. Borrows s. */
int subscription_state_parse(struct span s, struct subscription_state *out);

/* What is absent is left out. word is not read but for SUBSCRIPTION_OTHER. */
void subscription_state_write(struct writer *w, const struct subscription_state *v);

#endif
