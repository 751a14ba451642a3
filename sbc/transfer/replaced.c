/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/replaced.h"

#include "alg/nat/topology.h"
#include "alg/sip/nameaddr.h"

/* ----- names ----- */

static bool is(const struct buf *known, struct span text)
{
	return known && span_eq(buf_span(known), text);
}

struct replaces replaced_alias(const struct leg *l)
{
	return (struct replaces){
		.call_id = buf_span(l->call_id),
		.to_tag = buf_span(l->peer->local_tag),
		.from_tag = buf_span(l->local_tag),
	};
}

struct replaces replaced_name(const struct leg *l)
{
	return (struct replaces){
		.call_id = buf_span(l->call_id),
		.to_tag = buf_span(l->remote_tag),
		.from_tag = buf_span(l->local_tag),
	};
}

struct leg *replaced_with_us(const struct engine *e, const struct replaces *r)
{
	for (struct leg *l = leg_named(e, r->call_id, r->to_tag); l; l = l->twin)
		if (l->peer && is(l->remote_tag, r->from_tag))
			return l;
	return NULL;
}

/* Named by the peer itself, or by our alias of it. */
static struct leg *by_peer(const struct engine *e, const struct replaces *r)
{
	struct leg *found = NULL;

	for (struct leg *l = leg_named(e, r->call_id, r->from_tag); l; l = l->twin) {
		if (!l->peer || !(is(l->remote_tag, r->to_tag) || is(l->peer->local_tag, r->to_tag)))
			continue;
		if (!found || l->call->leg[l->side] == l)
			found = l;
	}
	return found;
}

enum replaced_verdict replaced_find(const struct engine *e, const struct replaces *r, struct leg **out)
{
	/* Named by the party on our other side: to it we are the one that has the dialog. */
	struct leg *ours = replaced_with_us(e, r), *l = ours ? ours->peer : by_peer(e, r);

	if (!l || l->call->kind != CALL_INVITE)
		return token_is(r->call_id, TOKEN_CALL_ID_LEN) ? REPLACED_UNKNOWN : REPLACED_FOREIGN;
	*out = l;
	if (l->call->state == CALL_OVER || l->state == LEG_ENDED || (ours && ours->state == LEG_ENDED))
		return REPLACED_ENDED;
	if (r->early_only && l->state == LEG_CONFIRMED)
		return REPLACED_ANSWERED;
	return l->remote_tag ? REPLACED_FOUND : REPLACED_UNKNOWN;
}

enum replaced_verdict replaced_of(const struct engine *e, const struct sip_msg *m, struct leg **out)
{
	struct replaces r;

	if (m->method != SIP_INVITE || !sip_msg_has(m, SIP_HDR_REPLACES) ||
	    replaces_parse(sip_msg_value(m, SIP_HDR_REPLACES), &r))
		return REPLACED_FOREIGN;
	return replaced_find(e, &r, out);
}

/* ----- the way of an INVITE that replaces a dialog ----- */

static struct span since(const struct writer *w, uint32_t at)
{
	return span_of(w->p + at, w->n - at);
}

static int write_target(struct engine *e, const struct sip_msg *m, const struct leg *l, struct route *out)
{
	struct writer w = writer_over(out->text, sizeof(out->text));
	struct leg_target *t = &out->target[0].leg;
	char text[256];
	struct writer host = writer_over(text, sizeof(text));
	uint32_t at;

	out->target[0] = (struct route_target){ .leg = { .flow = l->flow, .trunk = l->trunk } };
	writer_put(&w, buf_span(l->target));
	t->uri = since(&w, 0);
	at = w.n;
	core_write_host(&e->core, &host, l->flow.realm);
	if (topology_party_write(&w, sip_msg_value(m, SIP_HDR_FROM), writer_done(&host)))
		return -1;
	t->from = since(&w, at);
	at = w.n;
	writer_put(&w, buf_span(l->remote));
	t->to = since(&w, at);
	/* It goes the way of the dialog, and is not in it. */
	at = w.n;
	if (m->method == SIP_REFER)
		writer_put(&w, buf_span(l->routes));
	t->route = since(&w, at);
	out->used = w.n;
	out->n = 1;
	return w.failed ? -1 : 0;
}

/* Both at once would say two things (RFC 3911 4). */
static bool is_malformed(const struct sip_msg *m)
{
	bool replaces = sip_msg_has(m, SIP_HDR_REPLACES), join = sip_msg_has(m, SIP_HDR_JOIN);
	struct replaces r;

	return (replaces && join) || (replaces && replaces_parse(sip_msg_value(m, SIP_HDR_REPLACES), &r)) ||
	       (join && replaces_parse(sip_msg_value(m, SIP_HDR_JOIN), &r));
}

/* The dialog that an INVITE wants to replace, or to join (RFC 3911); that a REFER is of (RFC 4538). */
static enum replaced_verdict named_by(const struct engine *e, const struct sip_msg *m, struct leg **out)
{
	struct replaces r;

	if (m->method == SIP_REFER && target_dialog_parse(sip_msg_value(m, SIP_HDR_TARGET_DIALOG), &r) == 0)
		return replaced_find(e, &r, out);
	if (m->method != SIP_INVITE || !sip_msg_has(m, SIP_HDR_JOIN) ||
	    replaces_parse(sip_msg_value(m, SIP_HDR_JOIN), &r))
		return replaced_of(e, m, out);
	return replaced_find(e, &r, out);
}

uint16_t replaced_route(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
			enum count *why)
{
	static const uint16_t statuses[] = {
		[REPLACED_UNKNOWN] = 481,
		[REPLACED_ANSWERED] = 486,
		[REPLACED_ENDED] = 603,
	};
	enum replaced_verdict v;
	struct leg *l = NULL;

	out->by = NULL;
	if (m->method == SIP_INVITE && is_malformed(m)) {
		*why = COUNT_REFUSE_MALFORMED;
		return 400;
	}
	v = named_by(e, m, &l);
	if (v == REPLACED_FOREIGN)
		return route_find(e, m, who, out, why);
	*why = COUNT_REFUSE_REPLACES;
	if (v != REPLACED_FOUND)
		return statuses[v];
	return write_target(e, m, l, out) ? 481 : 0;
}
