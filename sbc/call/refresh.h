/* SPDX-License-Identifier: BSD-3-Clause */
/* refresh.h: the session timer of each leg (RFC 4028; CALLS.md 4.7): what is asked and answered on it, refreshes of our
 * own, and the end of a call that nobody refreshed. */
#ifndef NATSBC_SBC_REFRESH_H
#define NATSBC_SBC_REFRESH_H

#include "sbc/engine/engine.h"

enum { REFRESH_LINES_MAX = 192 };

/* A peer with these settings asks in m for a session that is too short, or says nonsense: refused. */
bool refresh_refuses(struct engine *e, struct txn *t, const struct sip_msg *m, const struct conf_timer *conf);
const struct conf_timer *refresh_conf(const struct engine *e, const struct leg *l);

/* We are to send an INVITE or UPDATE on the leg; original (NULL: it is our own) came on the other. Writes the lines for
 * it, and in *asked what they say; false: it says nothing about timers, else Supported must have the tag. */
bool refresh_ask(struct engine *e, const struct leg *l, enum sip_method method, const struct sip_msg *original,
		 struct session_timer_terms *asked, struct writer *w);

/* m is the 2xx, on the leg, to what the branch asked. */
void refresh_accepted(struct engine *e, struct leg *l, struct branch *b, const struct sip_msg *m);

/* m is a 422 to that: true where it should be sent once more, with what refresh_ask says then (T2). */
bool refresh_raises(struct leg *l, const struct session_timer_terms *asked, const struct sip_msg *m);

/* We are to answer the INVITE or UPDATE with 2xx on the leg; original is the other side's answer. Writes the lines. */
void refresh_answer(struct engine *e, struct leg *l, const struct sip_msg *request, const struct sip_msg *original,
		    struct writer *w);

/* The session, agreed on before a restart, lapses at that moment (ms). */
void refresh_restore(struct engine *e, struct leg *l, uint64_t lapse_at);

/* The branch sends SDP, the leg was sent some: kept where a re-INVITE may have to say it again. */
void refresh_offers(struct engine *e, struct branch *b, struct span sdp);
void refresh_said(struct engine *e, struct leg *l, struct span sdp);

#endif
