/* SPDX-License-Identifier: BSD-3-Clause */
/* identity.h: who is asking: a trunk by where it sends from, a phone by its credentials (CALLS.md 4.10). */
#ifndef NATSBC_SBC_IDENTITY_H
#define NATSBC_SBC_IDENTITY_H

#include "sbc/engine/engine.h"

enum identity_kind { IDENTITY_TRUNK, IDENTITY_PHONE };

struct identity {
	enum identity_kind kind;
	int trunk;        /* index, or -1 */
	unsigned realm;   /* index: where it asks from */
	struct span user; /* of a phone: the name in the users file; lives as long as the users */
};

/* True: known, in *out. False: challenged or refused, t was answered. */
bool identity_establish(struct engine *e, struct txn *t, const struct sip_msg *m, struct identity *out);

/* It is no trunk and brings no credentials, where phones must: all that can come of its request is a challenge. */
bool identity_is_stranger(const struct engine *e, const struct sip_msg *m, const struct flow *from);

/* The challenge for it, without a transaction: strangers can't fill our tables (RFC 3261 8.2.7). */
void identity_challenge(struct engine *e, const struct sip_msg *m, const struct flow *from);

/* The trunk that sends from there, or -1. */
int identity_trunk(const struct engine *e, const struct flow *from);

#endif
