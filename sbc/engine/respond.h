/* SPDX-License-Identifier: BSD-3-Clause */
/* respond.h: answering a request ourselves. */
#ifndef NATSBC_SBC_RESPOND_H
#define NATSBC_SBC_RESPOND_H

#include "sbc/engine/engine.h"

#define RESPOND_METHODS "INVITE, ACK, BYE, CANCEL, PRACK, OPTIONS, UPDATE, INFO, MESSAGE, REFER, SUBSCRIBE, NOTIFY"

struct answer {
	uint16_t status;
	struct span reason; /* absent: the standard phrase */
	struct span to_tag; /* absent: one is made where needed */
	struct span lines;  /* whole header lines */
	struct span body;
	const struct sip_msg *request; /* what is answered, where somebody has it at hand already */
};

/* The most bytes that an answer over UDP may have to somebody who proved nothing: as many as its question. */
static inline uint32_t respond_most(uint32_t question)
{
	return question;
}

/* In the server transaction t, which must still hold its request (txn.h). */
void respond(struct engine *e, struct txn *t, const struct answer *a);

/* The text of it, in core.out_text. t must hold its request. Absent: too long. */
struct span respond_compose(struct engine *e, const struct txn *t, const struct answer *a);

/* The same with no more than a status, and why is counted and logged: every refusal has a cause. detail (may be absent)
 * says what exactly. Bounded as below. */
void refuse(struct engine *e, struct txn *t, uint16_t status, enum count why, struct span detail);

/* The lines without which a refusal with that status, for that reason, helps nobody (RFC
 * 3261 21.4.6, 21.4.13, 21.4.26); absent for most. */
struct span respond_lines(uint16_t status, enum count why);

/* Without a transaction: for what is malformed or has none (RFC 3261 8.2.7). Over UDP it is bounded:
 * who proved nothing may have written anybody's address; an answer has at most as many bytes as its question. */
void respond_stateless(struct engine *e, const struct sip_msg *m, const struct flow *to, const struct answer *a);

/* The ACK of such an answer: there is nothing to be done about it (RFC 3261 8.2.7). */
bool respond_is_stateless_ack(const struct engine *e, const struct sip_msg *ack);

/* As respond(), but bounded like that where the source proved nothing yet. Shortens what it
 * can (compact header names, only the last challenge); what still is too large is dropped and counted, and t is gone.
 */
void respond_bounded(struct engine *e, struct txn *t, const struct answer *a);

#endif
