/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/onward.h"

#include "sbc/call/pass.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/hunt.h"
#include "sbc/fork/outcome.h"
#include "sbc/route/sips.h"
#include "sbc/transfer/transfer.h"

void onward_begin(struct pass *p, const struct conf_route *route)
{
	p->route = route;
	p->outcomes = 0;
	p->call->emergency |= route && route->emergency;
}

void onward_failed(struct pass *p, enum conf_outcome outcome)
{
	p->outcomes |= (uint8_t)(1U << outcome);
}

bool onward_hurries(const struct engine *e, const struct pass *p)
{
	return p->route && p->route->next & 1U << CONF_UNREACHABLE &&
	       p->route + 1 < e->core.conf->routes + e->core.conf->nroute;
}

/* The answer of this route counts, whatever came of the others. */
static void answer(struct engine *e, struct pass *p, const struct conf_route *by, uint16_t status)
{
	char text[2048];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = status, .to_tag = buf_span(p->from->local_tag) };

	buf_drop(&e->core.bufs, p->best_text);
	p->best_text = NULL;
	p->best.status = p->made && status == 302 ? 480 : status; /* a transferor is not sent elsewhere */
	p->best_cause = COUNT_REFUSE_ROUTE;
	if (status != 302 || !p->in || pass_is_answered(p))
		return;
	a.lines = route_redirect_lines(by, &w);
	respond(e, p->in, &a);
}

/* After a 6xx nobody else would be asked, but the operator wants it. */
static void forget_stop(struct engine *e, struct pass *p)
{
	if (p->best.status < 600)
		return;
	buf_drop(&e->core.bufs, p->best_text);
	p->best_text = NULL;
	p->best.status = 0;
}

bool onward_push(struct engine *e, struct pass *p)
{
	const struct leg *from = transfer_orderer(p);
	struct identity who = { from->trunk >= 0 ? IDENTITY_TRUNK : IDENTITY_PHONE, from->trunk, from->flow.realm,
				buf_span(p->call->user) };
	struct route route;
	enum count why;
	struct sip_msg m;
	uint16_t status;

	if (!p->route || !(p->in || p->made) || !(p->route->next & 1U << outcome_foremost(p->outcomes)) ||
	    sip_msg_index(pass_request(p), &m) != SIP_OK)
		return false;
	status = route_find_after(e, &m, &who, p->route, &route, &why);
	if (status && why == COUNT_REFUSE_ROUTE)
		answer(e, p, route.by, status);
	onward_begin(p, status ? NULL : route.by);
	if (status)
		return false;
	if (span_istarts(m.uri, SPAN("sips:")))
		sips_filter(&route);
	if (hunt_push(&p->hunt, &route))
		return false;
	forget_stop(e, p);
	return true;
}
