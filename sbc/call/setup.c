/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/setup.h"

#include <stddef.h>

#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/refresh.h"
#include "sbc/call/subscription.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/fork.h"
#include "sbc/route/route.h"
#include "sbc/route/sips.h"
#include "sbc/transfer/replaced.h"
#include "sbc/transfer/takeover.h"
#include "sbc/trunk/trunkregs.h"

static void on_limit(struct timer *timer, void *ctx, uint64_t now)
{
	struct call *c = (struct call *)((char *)timer - offsetof(struct call, limit));

	(void)now;
	callend(ctx, c, COUNT_CALL_TOO_LONG, 408, NULL);
}

void setup_limit(struct engine *e, struct call *c, uint64_t at)
{
	wheel_add(&e->core.wheel, &c->limit, at, on_limit);
}

static enum call_kind kind_of(enum sip_method m)
{
	return m == SIP_INVITE ? CALL_INVITE : m == SIP_SUBSCRIBE || m == SIP_REFER ? CALL_SUBSCRIPTION : CALL_REQUEST;
}

/* NULL: *why tells what there is too much of. */
static struct call *make_call(struct engine *e, const struct txn *t, const struct route *route,
			      const struct identity *who, enum count *why)
{
	*why = e->draining ? COUNT_REFUSE_DRAINING : COUNT_REFUSE_CALL_LIMIT;
	if (e->draining)
		return NULL;
	if (t->method != SIP_INVITE)
		return calls_new(e);
	if (route->by && route->by->emergency)
		return calls_new_emergency(e);
	return admission_admits(e, who, why) ? calls_new(e) : NULL;
}

static void refuse_busy(struct engine *e, struct txn *t, enum count why)
{
	char text[32];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = 503 };

	writer_format(&w, "Retry-After: %u\r\n", admission_retry_s(why));
	a.lines = writer_done(&w);
	core_count(&e->core, why);
	if (why == COUNT_REFUSE_CALL_LIMIT)
		log_warn(&e->core.log, "no further call: %s: limits.calls is %u", count_name(why),
			 e->core.conf->limits.calls);
	respond(e, t, &a);
}

/* The caller's leg, or -1: then the call is to be freed. */
static int make_leg(struct engine *e, struct call *c, struct txn *t, const struct sip_msg *m,
		    const struct identity *who)
{
	struct buf_pool *bufs = &e->core.bufs;
	struct leg *a = c->leg[SIDE_A];

	a->trunk = (int16_t)(who->kind == IDENTITY_TRUNK ? who->trunk : -1);
	if (leg_from_request(e, a, m, &t->flow))
		return -1;
	c->from = buf_keep(bufs, buf_span(a->remote));
	c->to = buf_keep(bufs, trunkregs_dialled(e, m, a->trunk));
	if (who->kind == IDENTITY_PHONE && t->method == SIP_INVITE && calls_set_user(e, c, who->user))
		return -1;
	return c->from && c->to ? 0 : -1;
}

static const struct conf_timer *timer_of(const struct engine *e, const struct txn *t, const struct identity *who)
{
	const struct config *conf = e->core.conf;

	return who->kind == IDENTITY_TRUNK ? &conf->trunks[who->trunk].timer : &conf->realms[t->flow.realm].timer;
}

void setup_begin(struct engine *e, struct txn *t, const struct sip_msg *m, const struct identity *who)
{
	struct route route;
	enum count why, full;
	uint16_t status = replaced_route(e, m, who, &route, &why);
	struct call *c;
	struct pass *p;

	if (!status && span_istarts(m->uri, SPAN("sips:"))) {
		sips_filter(&route);
		why = COUNT_REFUSE_NOT_SECURE;
		status = route.n ? 0 : 480;
	}
	if (status) {
		route_refuse(e, t, m, &route, status, why);
		return;
	}
	if (refresh_refuses(e, t, m, timer_of(e, t, who)))
		return;
	c = make_call(e, t, &route, who, &full);
	if (!c) {
		refuse_busy(e, t, full);
		return;
	}
	c->kind = (uint8_t)kind_of(m->method);
	p = make_leg(e, c, t, m, who) ? NULL : pass_new(c, c->leg[SIDE_A], t, m);
	if (!p) {
		calls_free(e, c);
		refuse(e, t, 500, COUNT_REFUSE_INTERNAL, (struct span){ 0 });
		return;
	}
	p->setup = true;
	if (c->kind == CALL_SUBSCRIPTION)
		subscription_begin(e, c, m);
	if (c->kind == CALL_INVITE) {
		admission_begin(e, c->leg[SIDE_A], who);
		core_count(&e->core, COUNT_CALL_STARTED);
		if (e->core.conf->limits.max_duration_ms)
			wheel_add(&e->core.wheel, &c->limit, core_now(&e->core) + e->core.conf->limits.max_duration_ms,
				  on_limit);
	}
	if (!takeover_begin(e, p, m))
		fork_begin(e, p, &route, m);
}
