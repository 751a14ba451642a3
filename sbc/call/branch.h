/* SPDX-License-Identifier: BSD-3-Clause */
/* branch.h: a request of ours to one place: its client transaction, its CANCEL (RFC 3261 9.1), its Timer C (16.6). */
#ifndef NATSBC_SBC_BRANCH_H
#define NATSBC_SBC_BRANCH_H

#include "sbc/call/leg.h"

/* What the pass hears of it. */
enum branch_end {
	BRANCH_TIMEOUT,     /* Timer B or F; or it was given no more time to say anything */
	BRANCH_RANG_OUT,    /* Timer C: it rang and was never answered. The CANCEL is on its way */
	BRANCH_UNREACHABLE, /* its connection ended or could not be opened */
	BRANCH_CANCELLED,   /* nothing came after our CANCEL */
};
struct branch_ops {
	void (*provisional)(struct engine *e, struct branch *b, const struct sip_msg *m); /* 101 to 199 */
	void (*final)(struct engine *e, struct branch *b, const struct sip_msg *m);       /* repeated 2xx, too */
	void (*ended)(struct engine *e, struct branch *b, enum branch_end why);
	void (*gone)(struct engine *e, struct branch *b); /* its transaction is no more */
};

/* Joins the pass's branches. NULL without memory. Lives as long as the pass. */
struct branch *branch_new(struct pass *p, struct leg *to);
void branch_free(struct engine *e, struct branch *b);

/* Sends m, which came on the other side, as our request. body: as in struct topology_request. lines: further header
 * lines. False: no transaction is free. */
bool branch_send(struct engine *e, struct branch *b, const struct sip_msg *m, struct span body, struct span lines,
		 const struct branch_ops *ops);

/* Sends a request of our own; r without method, number and branch. */
bool branch_send_own(struct engine *e, struct branch *b, struct leg_request *r, const struct branch_ops *ops);

/* The same request is to be sent once more: what it came to so far is forgotten. */
void branch_reset(struct engine *e, struct branch *b);

/* Sends CANCEL now, or as soon as the branch has said anything (C1). Nothing where it is answered. reason: a Reason
 * line, may be absent; the first one counts. */
void branch_cancel(struct engine *e, struct branch *b, struct span reason);

/* Timer C starts anew (C9). */
void branch_ring_restart(struct engine *e, struct branch *b);

/* No final response yet. */
static inline bool branch_is_open(const struct branch *b)
{
	return b->status == 0;
}

/* A 2xx of an INVITE may still come: it must be acknowledged and ended. */
bool branch_may_answer(const struct branch *b);

/* The leg whose dialog the response to our INVITE is of: b->to, or another phone behind a forking proxy. NULL without
 * memory, or where there are too many. */
struct leg *branch_leg(struct engine *e, struct branch *b, const struct sip_msg *m);

#endif
