/* SPDX-License-Identifier: BSD-3-Clause */
/* session_timer.h: the session timer of one leg (RFC 4028): what we ask, what we answer, what follows from both. Pure:
 * the caller writes the headers, runs the timers and sends the refreshes. */
#ifndef NATSBC_SIP_SESSION_TIMER_H
#define NATSBC_SIP_SESSION_TIMER_H

#include "alg/sip/msg.h"
#include "alg/sip/session_expires.h"

/* What one message says. Zero: nothing. */
struct session_timer_terms {
	bool supported;                 /* "timer" is in Supported or in Require */
	struct session_expires expires; /* delta 0: no such header */
	uint32_t min_se;                /* 0: no such header */
};

enum session_timer_side { SESSION_TIMER_EITHER, SESSION_TIMER_OURS, SESSION_TIMER_PEERS };

/* What the leg's configuration wants. */
struct session_timer_policy {
	uint32_t interval; /* seconds; 0: never asked for, but agreed to when the peer asks */
	uint32_t min;      /* seconds: a peer that asks for less gets 422; below SESSION_EXPIRES_LEAST, that */
	uint8_t refresher; /* enum session_timer_side: who is to refresh, where the peer leaves it open */
};

/* The leg's state. Start zeroed. */
struct session_timer {
	uint32_t interval; /* agreed, seconds; 0: no timer runs */
	uint32_t min_se;   /* the highest that the peer's requests and 422s named: we ask for no less (7.4) */
	bool ours;         /* we refresh */
};

/* 0, or -1 where a header is malformed: 400. */
int session_timer_read(const struct sip_msg *m, struct session_timer_terms *out);

/* The lines Session-Expires and Min-SE, each where it is there. The option tag is the caller's, for its own lists:
 * Supported in each request, Require in a 2xx where session_timer_requires() says so. */
void session_timer_write(struct writer *w, const struct session_timer_terms *t);

/* As UAC, for each INVITE and UPDATE we send, first or later (7.1, 7.4). Who refreshes stays as it is. */
void session_timer_ask(const struct session_timer *t, const struct session_timer_policy *p,
		       struct session_timer_terms *out);

/* As UAC, on a 422 to what we asked: true when the request is to be sent again, asked anew; false when the 422 names no
 * more than that asked for, and asking again would not end (7.3). */
bool session_timer_retry(struct session_timer *t, const struct session_timer_terms *asked,
			 const struct session_timer_terms *refusal);

/* As UAC, on the 2xx to what we asked (7.2). A timer that we want and the peer does not know is run by us alone. */
void session_timer_accepted(struct session_timer *t, const struct session_timer_terms *asked,
			    const struct session_timer_terms *answer);

/* As UAS, before the request is acted on: 0, or 422. *refusal is then what goes into it. */
uint16_t session_timer_check(const struct session_timer_policy *p, const struct session_timer_terms *asked,
			     struct session_timer_terms *refusal);

/* As UAS, when the 2xx to a request that passed the check is composed: the lines for it and the new state (9). */
void session_timer_answer(struct session_timer *t, const struct session_timer_policy *p,
			  const struct session_timer_terms *asked, struct session_timer_terms *out);

/* Does that 2xx say Require: timer? Only to a peer that knows it (9). */
bool session_timer_requires(const struct session_timer_terms *asked, const struct session_timer_terms *answer);

/* Seconds after the 2xx to the last refresh; 0: never. We send the next refresh at half the interval, where it is ours
 * to do; the session has lapsed, and both legs get a BYE, a little before the interval ends (10). */
uint32_t session_timer_refresh_after(const struct session_timer *t);
uint32_t session_timer_lapse_after(const struct session_timer *t);

#endif
