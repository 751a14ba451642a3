/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/glare.h"

#include "sbc/engine/respond.h"
#include "sbc/media/media.h"
#include "sbc/offer/reliable.h"
#include "sbc/offer/reoffer.h"

enum { LATER_MAX_S = 10 };

enum glare { GLARE_NONE, GLARE_OWN, GLARE_ACROSS };

static enum glare glare_with(const struct pass *p, const struct leg *l)
{
	return p->in && p->from == l ? GLARE_OWN : GLARE_ACROSS;
}

/* The offer of an INVITE that still waits for its final response may be answered already, by reliable responses: then
 * there may be a next one, by UPDATE (RFC 3311 5.1). */
static bool is_settled(const struct leg *l)
{
	return reliable_has_agreed(l, l->peer) && reliable_has_agreed(l->peer, l);
}

static enum glare glare_of(const struct call *c, const struct leg *l, bool update)
{
	if (c->offer)
		return glare_with(c->offer, l);
	if (c->invite && !c->invite->answered)
		return update && is_settled(l) ? GLARE_NONE : glare_with(c->invite, l);
	if (c->invite || c->leg[SIDE_A]->ack_owed || c->leg[SIDE_B]->ack_owed || timer_runs(&l->answer_timer) ||
	    timer_runs(&l->peer->answer_timer) || reoffer_is_due(c) || renew_is_out(c))
		return GLARE_ACROSS;
	return GLARE_NONE;
}

/* RFC 3261 14.2, RFC 3311 5.2: a random time, up to 10 s. */
static void refuse_later(struct engine *e, struct txn *t)
{
	char text[32];
	struct writer lines = writer_over(text, sizeof(text));

	writer_format(&lines, "Retry-After: %u\r\n", 1 + (unsigned)(token_u64(&e->core.tokens) % LATER_MAX_S));
	core_count(&e->core, COUNT_REFUSE_GLARE);
	respond(e, t, &(struct answer){ .status = 500, .lines = writer_done(&lines) });
}

bool glare_refuses(struct engine *e, struct leg *l, struct txn *t, const struct sip_msg *m)
{
	bool update = m->method == SIP_UPDATE && media_has_sdp(m);

	if (m->method != SIP_INVITE && !update)
		return false;
	switch (glare_of(l->call, l, update)) {
	case GLARE_NONE:
		return false;
	case GLARE_OWN:
		refuse_later(e, t);
		return true;
	default:
		refuse(e, t, 491, COUNT_REFUSE_GLARE, (struct span){ 0 });
		return true;
	}
}
