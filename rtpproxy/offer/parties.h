/* SPDX-License-Identifier: BSD-3-Clause */
/* parties.h: which legs a command speaks of: tags and Via branch to offerer and answerer. */
#ifndef NATSBC_RTPPROXY_PARTIES_H
#define NATSBC_RTPPROXY_PARTIES_H

#include "rtpproxy/session/job.h"

struct parties {
	struct leg *offerer, *answerer;
	struct span answerer_tag; /* as the request has it; absent where it has none */
	const struct leg *known;  /* the answerer as another session has it (standin.h); NULL: nothing of that */
	uint32_t hidden;          /* by bit: m-lines that the offerer has not (hidden.h) */
};

/* A new session with the offering side in it, on the table already. */
enum outcome parties_begin(struct job *j, const struct sdp *sdp, struct session **out);

/* One more side of s, with the request's from-tag: a far leg. */
enum outcome parties_join(struct job *j, struct session *s, struct leg **out);

/* Finds the two legs of an offer; makes the far one where the call reaches out anew. */
enum outcome parties_of_offer(struct job *j, struct session *s, struct parties *out);

/* Finds the two legs of an answer, whichever way round the client puts the tags. */
enum outcome parties_of_answer(const struct job *j, const struct session *s, struct parties *out);

/* A leg with this tag in the realm that `interface` names, else `direction`: who is alone in it, a listener. */
enum outcome parties_leg(struct job *j, struct span tag, struct leg **out);

/* A far leg that was made for an offer that failed goes again. */
void parties_forget_new(struct job *j, struct session *s, const struct parties *p);

/* What a client says of the call, or of the side whose description it brings, holds until it says otherwise. */
enum outcome parties_wish(const struct job *j, struct session *s, struct leg *sender);

/* The request's sender is who will be told about the session. */
void parties_heard_from(const struct job *j, struct session *s);

/* What the leg has said of its streams comes into force; those beyond n are refused. said is used up. */
void parties_follow(struct leg *l, struct target *said, unsigned n);

#endif
