/* SPDX-License-Identifier: BSD-3-Clause */
/* leg.h: one half of a dialog that is our own user agent's (RFC 3261 12): its names, its place, its requests. */
#ifndef NATSBC_SBC_LEG_H
#define NATSBC_SBC_LEG_H

#include "sbc/engine/engine.h"

/* A leg of the call, among its legs; for the side to be joined. NULL without memory. Lives as long as the call. */
struct leg *leg_make(struct call *c, enum side side);

/* Another dialog of the INVITE that made l (RFC 3261 12.1.2): its names, without the peer's tag. NULL without memory.
 */
struct leg *leg_twin(struct engine *e, struct leg *l);

/* Another dialog that the INVITE m from l's peer makes with us: as l, with a tag of our own that is new. NULL without
 * memory. */
struct leg *leg_other_answer(struct engine *e, const struct leg *l, const struct sip_msg *m);

/* The same two, as dialogs of another call: t is a leg of it, and new. 0, or -1 without memory or room. */
int leg_twin_apart(struct engine *e, struct leg *t, struct leg *l);
int leg_other_answer_apart(struct engine *e, struct leg *t, const struct leg *l);

/* Nobody talks on it any more, and there is nothing to be said to its peer. */
void leg_lose(struct engine *e, struct leg *l);

/* The peer called us: names from its request, our tag is new. 0, or -1 without memory or room. */
int leg_from_request(struct engine *e, struct leg *l, const struct sip_msg *m, const struct flow *from);

/* We call the peer. from, to: name-addr without tag; target: the Request-URI. */
struct leg_target {
	struct flow flow;
	int trunk;       /* -1: a phone */
	bool secure;     /* sips: a trunk is asked for one, our Contact is one */
	struct span uri; /* Request-URI */
	struct span from, to;
	struct span route; /* preloaded route set, comma-separated; absent: none */
	/* The dialog's names and the number of its first request, where they are given; absent and 0: new ones. */
	struct span call_id, local_tag;
	uint32_t cseq;
};
int leg_towards(struct engine *e, struct leg *l, const struct leg_target *t);

/* Other names, where nobody heard of those that it has; legs of one side of a call may share them, as twins do. -1:
 * they are taken, or no memory: it keeps its own. */
int leg_rename(struct engine *e, struct leg *l, struct span call_id, struct span local_tag);

/* The dialog's state from a 1xx with tag or 2xx to our INVITE (RFC 3261 12.1.2). */
void leg_learn_response(struct engine *e, struct leg *l, const struct sip_msg *m);

/* The dialog's state from a NOTIFY that came of our SUBSCRIBE before any 2xx did (RFC 6665 4.4.1). */
void leg_learn_notifier(struct engine *e, struct leg *l, const struct sip_msg *m);

/* Target refresh (12.2.1.2), and the flow of a peer whose address changed. */
void leg_learn_request(struct engine *e, struct leg *l, const struct sip_msg *m, const struct flow *from);

/* The leg has its names: messages in its dialog find it from now on. 0, or -1: they are taken, or no memory. */
int leg_enter(struct engine *e, struct leg *l);

/* Forgets the dialog, frees its names. */
void leg_fini(struct engine *e, struct leg *l);

/* The leg whose dialog this request belongs to, or NULL (12.2.2). */
struct leg *leg_find(struct engine *e, const struct sip_msg *m);

/* That is where the leg's peer is: its trunk, or the same connection or host. */
bool leg_is_from(const struct engine *e, const struct leg *l, const struct flow *from);

/* The first leg with that Call-ID and our tag, its twins behind it; or NULL. */
struct leg *leg_named(const struct engine *e, struct span call_id, struct span local_tag);

/* A request in the dialog, composed in core.out_text. original (may be NULL): the message on the other leg. */
struct leg_request {
	struct span method;
	uint32_t cseq; /* see leg_next_cseq; an ACK has its INVITE's */
	uint8_t hops;  /* Max-Forwards of the request that it passes on; 0: it is our own */
	const struct sip_msg *original;
	uint32_t supported; /* option tags of our own, beside those that cross */
	struct span lines;
	struct span content_type, body; /* as in struct topology_request */
	const char *const *drop;        /* names of headers that are kept back */
	unsigned ndrop;
	const struct flow *flow;               /* the Via is for it; NULL: the leg's */
	const struct credentials_asked *asked; /* for credentials, so far; NULL: nothing */
	struct span branch;
};
struct span leg_request_write(struct engine *e, struct leg *l, const struct leg_request *r);

/* m is a challenge by that place, and the request sent again will have an answer to it. */
bool leg_answers_challenge(struct engine *e, const struct leg *l, const struct flow *by, const struct sip_msg *m,
			   struct credentials_asked *asked);

static inline uint32_t leg_next_cseq(struct leg *l)
{
	return ++l->local_cseq;
}

/* The lines of a response on this leg: Contact, Record-Route where it makes the dialog, lines of our own, and what may
 * cross from the other leg's response. In core.part_text. */
struct span leg_response_lines(struct engine *e, const struct leg *l, const struct sip_msg *request,
			       const struct sip_msg *original, uint16_t status, bool with_body, struct span own);

/* Sends BYE, now or as soon as the ACK of our 2xx is there. reason: a Reason header line, may be absent. */
void leg_bye(struct engine *e, struct leg *l, struct span reason);

/* m is the BYE of the other side: what may cross of it goes along with ours, whenever that is sent. */
void leg_farewell(struct engine *e, struct leg *l, const struct sip_msg *m);

/* Ends one of several early dialogs of our INVITE (RFC 3261 15). */
void leg_bye_early(struct engine *e, struct leg *l);

/* Sends the ACK of the 2xx on this leg; body is the SDP answer to a late offer, else absent. Sent again by
 * leg_ack_again. */
void leg_ack(struct engine *e, struct leg *l, struct span body);
void leg_ack_again(struct engine *e, struct leg *l);
void leg_drop_ack(struct engine *e, struct leg *l);

/* What we sent as 2xx is repeated until its ACK comes; then leg_acked. */
void leg_answer_start(struct engine *e, struct leg *l, struct span response);
void leg_acked(struct engine *e, struct leg *l);

#endif
