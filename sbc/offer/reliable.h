/* SPDX-License-Identifier: BSD-3-Clause */
/* reliable.h: provisional responses that are acknowledged by PRACK (RFC 3262), on each leg by itself (P1 to P5): to who
 * called us we number them, repeat them and wait; to whom we called we acknowledge them. */
#ifndef NATSBC_SBC_RELIABLE_H
#define NATSBC_SBC_RELIABLE_H

#include "alg/sip/cseq.h"
#include "sbc/call/branch.h"

/* A provisional response of ours that waits for its PRACK. */
struct reliable_response {
	struct reliable_response *next;
	struct buf *text;
	struct leg *far;   /* whose reliable response it was; NULL: only we made it one */
	uint32_t far_rseq; /* its number there */
	uint32_t rseq;     /* ours */
	uint16_t status;
	bool sdp;   /* it carries a session description (P3) */
	bool offer; /* which is an offer: the PRACK has the answer */
};

/* What a leg knows while an INVITE is under way on it. */
struct reliable {
	struct leg *leg;
	struct pass *pass;   /* that INVITE */
	struct leg *offered; /* the leg across whose offer went out on this one in a reliable response; NULL: none */
	struct leg *agreed;  /* the leg across, with which the offer was answered in a reliable response or a PRACK */
	/* We answer it. */
	uint32_t cseq, rseq;               /* of the INVITE; last given out */
	struct reliable_response *waiting; /* in their order: the first is out, the others wait for it (P2) */
	struct timer again;
	uint32_t interval;
	uint64_t deadline;
	struct buf *success, *success_sdp; /* the other side's 2xx and what the relay made of its SDP (P3) */
	bool success_has_sdp;
	/* We sent it. */
	uint32_t seen;      /* RSeq of the last response in order; 0: none */
	struct buf *answer; /* its SDP answer, for a caller who can only believe it in the 2xx */
	/* Either. */
	struct buf *said; /* the peer's message that had its offer or answer, as it came */
};

/* What the sender of this INVITE says of reliable responses, kept in the pass. */
void reliable_read(struct pass *p, const struct sip_msg *invite);

/* The option tag to offer to whom this branch calls, or 0. invite: as it came on the other side. */
uint32_t reliable_offered(const struct engine *e, const struct branch *b, const struct sip_msg *invite);

/* m refuses the INVITE that went out by this branch because it does not offer the option: true where it should be sent
 * once more, with it. */
bool reliable_insists(const struct engine *e, struct branch *b, const struct sip_msg *m, const struct sip_msg *invite);

/* A 101 to 199 that wants a PRACK. */
bool reliable_is(const struct sip_msg *m);

/* The response m came from far, to our INVITE of p. False: it came before, or one before it is missing, or too many
 * wait for the caller's PRACK; it counts for nothing. */
bool reliable_take(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m);

/* Does m go on reliably? */
bool reliable_wanted(const struct engine *e, const struct pass *p, const struct sip_msg *m);

/* Sends m on to the peer of far, now or when its turn comes, until it is acknowledged. sdp as for passback_compose().
 */
void reliable_send(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m, struct span sdp);

/* m from far has SDP which the relay made into sdp: what of it is the caller to see? The first answer that is given
 * reliably is the answer (RFC 3262 5). heard: it may see any. */
struct span reliable_settle(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m, struct span sdp,
			    bool heard);

/* The PRACK m from near answers far's offer. */
void reliable_agree(struct engine *e, struct leg *near, struct leg *far, const struct sip_msg *m);

/* It was made the offer of another than far: there is no second before the final response. */
bool reliable_is_taken(const struct leg *near, const struct leg *far);

/* The response m of far can't be used now: it counts when it comes again. */
void reliable_untake(struct leg *far, const struct sip_msg *m);

/* The offer on this leg was answered reliably, from or to the leg across; or any. */
bool reliable_has_agreed(const struct leg *l, const struct leg *across);
bool reliable_is_settled(const struct leg *l);

/* The answer that the far side gave reliably, and the caller did not get so: absent where there is none. */
struct span reliable_answer(const struct leg *far);

/* The message in which the peer of that leg gave its answer, or offer. False: there is none. The far side may say
 * another, by m; the relay made it into sdp. */
void reliable_say(struct engine *e, struct leg *far, const struct sip_msg *m, struct span sdp);
bool reliable_said(const struct leg *l, struct sip_msg *out);

/* P3: the 2xx that is to go out on this leg must wait; it comes back by passback_success(). */
bool reliable_holds(struct engine *e, struct pass *p, struct leg *near, const struct sip_msg *m, struct span sdp);

/* The response that this acknowledges, taken from those that wait on the leg; NULL: none. Then, when the PRACK is dealt
 * with, what waited for it goes out, and r is freed. */
struct reliable_response *reliable_acknowledged(struct engine *e, struct leg *l, const struct rack *rack);
void reliable_go_on(struct engine *e, struct leg *l, struct reliable_response *r);

/* The answer to far's offer can't be used: no PRACK can be sent, and the INVITE fails. */
void reliable_unanswered(struct engine *e, struct leg *far, uint16_t status, enum count why);

/* The INVITE of p was given its final response: nothing is sent any more, a PRACK that is late is answered still. */
void reliable_end(struct engine *e, struct pass *p);

/* p goes. */
void reliable_forget(struct engine *e, struct pass *p);
void reliable_free(struct engine *e, struct leg *l);

#endif
