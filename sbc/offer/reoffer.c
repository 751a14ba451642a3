/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/reoffer.h"

#include "alg/sdp/formats.h"
#include "sbc/base/kept.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/call/refresh.h"
#include "sbc/media/media.h"

/* One side, then the other, where it took less than it was offered. A third time they would go on for ever. */
enum { REOFFERS_MAX = 2 };

void reoffer_keep(struct engine *e, struct leg *l, const struct sip_msg *m, bool needed)
{
	l->owed_needed = needed;
	buf_replace(&e->core.bufs, &l->owed, m->raw);
}

bool reoffer_is_due(const struct call *c)
{
	return c->leg[SIDE_A]->owed || c->leg[SIDE_B]->owed;
}

bool reoffer_completes(const struct leg *l)
{
	return l->owed && l->owed_needed && l->peer->ack_owed && !l->peer->early_offer;
}

static void drop(struct engine *e, struct leg *l)
{
	buf_drop(&e->core.bufs, l->owed);
	l->owed = NULL;
}

/* It was not to be told. */
static void fail(struct engine *e, struct leg *l, enum count why)
{
	drop(e, l);
	if (l->owed_needed)
		callend(e, l->call, why, 0, NULL);
	else
		log_info(&e->core.log, "call %s: %s could not be told what the other side answered (%s)", l->call->id,
			 l->side == SIDE_A ? "the caller" : "the called", count_name(why));
}

static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *l = w->user;
	struct call *c = l->call;
	struct sip_msg m;

	if (!a || !a->sdp.n || !kept_read(w->message, &m)) {
		callend(e, c, a ? COUNT_REFUSE_SDP : COUNT_REFUSE_RELAY_GONE, 0, NULL);
		return;
	}
	if (l->peer->ack_owed) {
		leg_ack(e, l->peer, a->sdp);
		return;
	}
	if (formats_all_taken(buf_span(l->told), media_sdp(&m)) || c->reoffers >= REOFFERS_MAX)
		return;
	reoffer_keep(e, l->peer, &m, l->owed_needed);
	reoffer_begin(e, c);
}

static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct leg *l = own_leg(o);

	if (status >= 300) {
		media_rollback(e, l->peer);
		fail(e, l, COUNT_REFUSE_SDP);
		return;
	}
	drop(e, l);
	core_count(&e->core, COUNT_CALL_REOFFERED);
	refresh_said(e, l, buf_span(l->told));
	if (!media_has_sdp(m))
		callend(e, l->call, COUNT_REFUSE_SDP, 0, NULL);
	else if (!media_answer(e, l, l->peer, m, on_answer, l))
		callend(e, l->call, COUNT_REFUSE_RELAY_GONE, 0, NULL);
}

static void on_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *l = w->user;
	struct own_request r = {
		.method = SIP_INVITE,
		.content_type = SPAN("application/sdp"),
		.done = on_done,
		.completes = reoffer_completes(l),
	};
	enum count why;

	if (!a || !a->sdp.n) {
		media_refusal(a, &why);
		fail(e, l, why);
		return;
	}
	r.body = a->sdp;
	if (buf_replace(&e->core.bufs, &l->told, a->sdp) || !own_send(e, l, &r))
		fail(e, l, COUNT_REFUSE_INTERNAL);
}

static void offer(struct engine *e, struct leg *l)
{
	struct sip_msg m;

	l->call->reoffers++;
	if (sip_msg_index(buf_span(l->owed), &m) != SIP_OK || !media_offer(e, l->peer, l, &m, on_offer, l))
		fail(e, l, COUNT_REFUSE_RELAY_GONE);
}

void reoffer_begin(struct engine *e, struct call *c)
{
	for (enum side s = SIDE_A; s <= SIDE_B; s++)
		if (c->state == CALL_UP && c->leg[s]->owed)
			offer(e, c->leg[s]);
}
