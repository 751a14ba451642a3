/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/leg.h"

#include <stdlib.h>

#include "alg/nat/topology.h"
#include "alg/sip/allow.h"
#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/params.h"
#include "sbc/call/connected.h"
#include "sbc/call/device.h"
#include "sbc/call/nexthop.h"
#include "sbc/media/anchor.h"
#include "sbc/offer/reliable.h"
#include "sbc/store/callkeep.h"
#include "sbc/trunk/trunkregs.h"

static struct name dialog_name(const struct engine *e, struct span call_id, struct span local_tag)
{
	struct span parts[] = { SPAN("dialog"), call_id, local_tag };

	return core_name(&e->core, parts, 3);
}

struct leg *leg_make(struct call *c, enum side side)
{
	struct leg *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->call = c;
	l->side = (uint8_t)side;
	l->trunk = -1;
	l->next = c->legs;
	c->legs = l;
	return l;
}

/* The names of a leg are taken off; a twin takes its place in the table. */
static void leave(struct engine *e, struct leg *l)
{
	struct leg *first = l->named ? table_find(&e->dialogs, name_span(&l->name)) : NULL;
	struct leg **at = &first;

	if (!first)
		return;
	l->named = false;
	table_del(&e->dialogs, name_span(&l->name));
	while (*at && *at != l)
		at = &(*at)->twin;
	if (*at)
		*at = l->twin;
	l->twin = NULL;
	if (first)
		table_add(&e->dialogs, name_span(&first->name), first);
}

/* The table has room for calls of two legs, and more only when many ring at many places at once: each branch is a
 * dialog, and so is each early dialog of it for a caller who is shown them all. */
static bool has_room(struct engine *e)
{
	const struct conf_limits *limits = &e->core.conf->limits;
	uint64_t most = (uint64_t)limits->calls * 2 * (1 + limits->branches), twice = 2 * (uint64_t)e->dialogs.capacity;

	if (e->dialogs.count < e->dialogs.capacity)
		return true;
	return e->dialogs.capacity < most && table_grow(&e->dialogs, (uint32_t)(twice < most ? twice : most)) == 0;
}

int leg_enter(struct engine *e, struct leg *l)
{
	l->name = dialog_name(e, buf_span(l->call_id), buf_span(l->local_tag));
	l->named = has_room(e) && table_add(&e->dialogs, name_span(&l->name), l) == 0;
	return l->named ? 0 : -1;
}

int leg_rename(struct engine *e, struct leg *l, struct span call_id, struct span local_tag)
{
	struct buf_pool *bufs = &e->core.bufs;
	struct buf *id = buf_keep(bufs, call_id), *tag = buf_keep(bufs, local_tag);

	struct leg *first = leg_named(e, call_id, local_tag);

	if (!id || !tag || first == l || (first && (first->call != l->call || first->side != l->side))) {
		buf_drop(bufs, id);
		buf_drop(bufs, tag);
		return first == l ? 0 : -1;
	}
	leave(e, l);
	buf_drop(bufs, l->call_id);
	buf_drop(bufs, l->local_tag);
	l->call_id = id;
	l->local_tag = tag;
	if (!first)
		return leg_enter(e, l);
	l->name = first->name;
	l->named = true;
	l->twin = first->twin;
	first->twin = l;
	return 0;
}

static struct buf *new_token(struct engine *e, unsigned len)
{
	char text[64];
	struct writer w = writer_over(text, sizeof(text));

	token_write(&e->core.tokens, &w, len);
	return buf_keep(&e->core.bufs, writer_done(&w));
}

/* A From or To value without its tag and other parameters: display and <URI>. */
static struct buf *keep_party(struct engine *e, const struct nameaddr *party)
{
	struct writer w = writer_over(e->core.part_text, sizeof(e->core.part_text));

	if (!party)
		return NULL;
	if (party->display.n) {
		writer_put(&w, party->display);
		writer_byte(&w, ' ');
	}
	writer_byte(&w, '<');
	writer_put(&w, party->uri);
	writer_byte(&w, '>');
	return buf_keep(&e->core.bufs, writer_done(&w));
}

static void keep_routes(struct engine *e, struct leg *l, const struct sip_msg *m, bool reverse)
{
	struct span one[SIP_FIELD_MAX];
	struct sip_walk walk = { 0 };
	struct writer w = writer_over(e->core.part_text, sizeof(e->core.part_text));
	unsigned n = 0;

	while (n < SIP_FIELD_MAX && sip_walk_next(m, SIP_HDR_RECORD_ROUTE, &walk, &one[n]))
		n++;
	for (unsigned i = 0; i < n; i++) {
		if (i)
			writer_put(&w, SPAN(", "));
		writer_put(&w, one[reverse ? n - 1 - i : i]);
	}
	buf_drop(&e->core.bufs, l->routes);
	l->routes = n ? buf_keep(&e->core.bufs, writer_done(&w)) : NULL;
}

static void learn_tags(struct leg *l, uint32_t supported)
{
	l->replaces = supported & OPTION_BIT(OPTION_REPLACES);
	l->tdialog = supported & OPTION_BIT(OPTION_TDIALOG);
}

/* What a message of the peer's says about itself: where it is, what it can do. */
static void learn_peer(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	struct sip_walk walk = { 0 };
	struct nameaddr contact;
	uint32_t allowed = allow_read(m);
	struct span one;

	if (allowed)
		l->updates = allowed & ALLOW_BIT(SIP_UPDATE) && l->update_tried != LEG_UPDATE_REFUSED;
	connected_supported(l, m);
	if (sip_msg_has(m, SIP_HDR_SUPPORTED))
		learn_tags(l, option_tags_read(m, SIP_HDR_SUPPORTED));
	if (!sip_walk_next(m, SIP_HDR_CONTACT, &walk, &one) || nameaddr_parse(one, &contact) || contact.star)
		return;
	l->focus = params_has(contact.params, SPAN("isfocus"));
	buf_replace(&e->core.bufs, &l->target, contact.uri);
	nexthop_follow(e, l);
}

int leg_from_request(struct engine *e, struct leg *l, const struct sip_msg *m, const struct flow *from)
{
	struct buf_pool *bufs = &e->core.bufs;
	const struct cseq *cseq = sip_msg_cseq(m);

	l->flow = *from;
	l->secure = span_istarts(m->uri, SPAN("sips:"));
	l->call_id = buf_keep(bufs, sip_msg_value(m, SIP_HDR_CALL_ID));
	l->remote = keep_party(e, sip_msg_from(m));
	l->local = keep_party(e, sip_msg_to(m));
	l->local_tag = new_token(e, TOKEN_TAG_LEN);
	l->remote_tag = buf_keep(bufs, sip_msg_from_tag(m));
	if (!l->call_id || !l->remote || !l->local || !l->local_tag || !l->remote_tag)
		return -1;
	if (cseq)
		l->remote_cseq = cseq->number;
	keep_routes(e, l, m, false);
	learn_peer(e, l, m);
	if (!l->target) /* RFC 2543 */
		l->target = buf_keep(bufs, sip_msg_from(m)->uri);
	if (l->trunk < 0)
		device_keep(e, l);
	return leg_enter(e, l);
}

/* The Request-URI; a phone's is its Contact as registered, whatever its scheme: the flow is what is secure. */
static struct buf *keep_target(struct engine *e, const struct leg_target *t)
{
	struct writer w = writer_over(e->core.part_text, sizeof(e->core.part_text));
	bool plain = t->secure && t->trunk >= 0 && span_istarts(t->uri, SPAN("sip:"));

	if (plain)
		writer_put(&w, SPAN("sips:"));
	writer_put(&w, span_from(t->uri, plain ? 4 : 0));
	return buf_keep(&e->core.bufs, writer_done(&w));
}

/* Names that are given serve only one dialog at a time. */
static void name_dialog(struct engine *e, struct leg *l, const struct leg_target *t)
{
	bool given = t->call_id.n && !leg_named(e, t->call_id, t->local_tag);

	l->call_id = given ? buf_keep(&e->core.bufs, t->call_id) : new_token(e, TOKEN_CALL_ID_LEN);
	l->local_tag = given ? buf_keep(&e->core.bufs, t->local_tag) : new_token(e, TOKEN_TAG_LEN);
	l->local_cseq = given && t->cseq ? t->cseq - 1 : 0;
}

int leg_towards(struct engine *e, struct leg *l, const struct leg_target *t)
{
	struct buf_pool *bufs = &e->core.bufs;

	l->flow = t->flow;
	l->trunk = (int16_t)t->trunk;
	name_dialog(e, l, t);
	l->local = buf_keep(bufs, t->from);
	l->remote = buf_keep(bufs, t->to);
	l->target = keep_target(e, t);
	l->secure = t->secure;
	if (!l->call_id || !l->local_tag || !l->local || !l->remote || !l->target)
		return -1;
	if (trunkregs_route(e->registrations, t->trunk).n)
		l->routes = buf_keep(bufs, trunkregs_route(e->registrations, t->trunk));
	if (t->route.n)
		buf_replace(bufs, &l->routes, t->route);
	if (l->trunk < 0)
		device_keep(e, l);
	return leg_enter(e, l);
}

int leg_twin_apart(struct engine *e, struct leg *t, struct leg *l)
{
	struct buf_pool *bufs = &e->core.bufs;

	t->trunk = l->trunk;
	t->secure = l->secure;
	t->flow = l->flow;
	t->device = l->device ? buf_keep(bufs, buf_span(l->device)) : NULL;
	t->call_id = buf_keep(bufs, buf_span(l->call_id));
	t->local = buf_keep(bufs, buf_span(l->local));
	t->local_tag = buf_keep(bufs, buf_span(l->local_tag));
	t->remote = buf_keep(bufs, buf_span(l->remote));
	t->target = buf_keep(bufs, buf_span(l->target));
	t->local_cseq = l->local_cseq;
	/* Without memory for its names it is a leg that nobody finds: the response is the first leg's then. */
	if (!t->call_id || !t->local || !t->local_tag || !t->remote || !t->target)
		return -1;
	t->name = l->name;
	t->named = l->named;
	t->twin = l->twin;
	l->twin = t;
	return 0;
}

struct leg *leg_twin(struct engine *e, struct leg *l)
{
	struct leg *t = leg_make(l->call, (enum side)l->side);

	if (!t || leg_twin_apart(e, t, l))
		return NULL;
	t->peer = l->peer;
	t->branch = l->branch;
	t->early_offer = l->early_offer;
	memcpy(t->media, l->media, sizeof(t->media));
	t->session.min_se = l->session.min_se;
	t->credentials = l->credentials ? buf_keep(&e->core.bufs, buf_span(l->credentials)) : NULL;
	t->local_cseq = t->invite_cseq = l->invite_cseq;
	return t;
}

int leg_other_answer_apart(struct engine *e, struct leg *t, const struct leg *l)
{
	struct buf_pool *bufs = &e->core.bufs;

	t->trunk = l->trunk;
	t->secure = l->secure;
	t->updates = l->updates;
	t->replaces = l->replaces;
	t->tdialog = l->tdialog;
	t->from_change = l->from_change;
	t->focus = l->focus;
	t->flow = l->flow;
	t->call_id = buf_keep(bufs, buf_span(l->call_id));
	t->local = buf_keep(bufs, buf_span(l->local));
	t->local_tag = new_token(e, TOKEN_TAG_LEN);
	t->remote = buf_keep(bufs, buf_span(l->remote));
	t->remote_tag = buf_keep(bufs, buf_span(l->remote_tag));
	t->target = buf_keep(bufs, buf_span(l->target));
	t->routes = buf_keep(bufs, buf_span(l->routes));
	if (!t->call_id || !t->local || !t->local_tag || !t->remote || !t->remote_tag || !t->target)
		return -1;
	return leg_enter(e, t);
}

struct leg *leg_other_answer(struct engine *e, const struct leg *l, const struct sip_msg *m)
{
	struct leg *t = leg_make(l->call, (enum side)l->side);
	struct cseq cseq;

	if (!t || leg_other_answer_apart(e, t, l))
		return NULL;
	t->said = l->said;
	t->offered = l->offered;
	t->session = l->session;
	memcpy(t->media, l->media, sizeof(t->media));
	/* Not of what came in the other one: each dialog counts by itself. */
	if (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) == 0)
		t->remote_cseq = cseq.number;
	return t;
}

void leg_lose(struct engine *e, struct leg *l)
{
	leave(e, l);
	leg_acked(e, l);
	wheel_del(&e->core.wheel, &l->refresh);
	admission_leave(e, l);
	if (l->call->offering == l)
		l->call->offering = NULL;
	l->state = LEG_ENDED;
}

void leg_learn_response(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	struct span tag = sip_msg_to_tag(m);
	const struct cseq *cseq = sip_msg_cseq(m);

	if (l->state < LEG_CONFIRMED && !(cseq && cseq->method == SIP_UPDATE)) {
		if (tag.n)
			buf_replace(&e->core.bufs, &l->remote_tag, tag);
		l->state = m->status < 200 ? LEG_EARLY : LEG_CONFIRMED;
		keep_routes(e, l, m, true);
	}
	learn_peer(e, l, m);
}

void leg_learn_notifier(struct engine *e, struct leg *l, const struct sip_msg *m)
{
	buf_replace(&e->core.bufs, &l->remote_tag, sip_msg_from_tag(m));
	l->state = LEG_CONFIRMED;
	keep_routes(e, l, m, false);
}

void leg_learn_request(struct engine *e, struct leg *l, const struct sip_msg *m, const struct flow *from)
{
	if (m->method == SIP_INVITE || m->method == SIP_UPDATE || (l->trunk < 0 && !flow_eq(&l->flow, from)))
		callkeep_changed(e, l->call);
	if (l->trunk < 0)
		l->flow = *from;
	connected_learn(e, l, m);
	if (m->method == SIP_INVITE || m->method == SIP_UPDATE || m->method == SIP_SUBSCRIBE || m->method == SIP_NOTIFY)
		learn_peer(e, l, m);
}

void leg_fini(struct engine *e, struct leg *l)
{
	struct buf **all[] = { &l->call_id, &l->local,       &l->local_tag, &l->remote,  &l->remote_tag, &l->target,
			       &l->routes,  &l->answer,      &l->ack,       &l->sdp,     &l->device,     &l->told,
			       &l->owed,    &l->credentials, &l->proof,     &l->farewell };

	leave(e, l);
	anchor_fini(e, l);
	reliable_free(e, l);
	txn_detach(l->bye);
	l->bye = NULL;
	wheel_del(&e->core.wheel, &l->answer_timer);
	wheel_del(&e->core.wheel, &l->refresh);
	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++) {
		buf_drop(&e->core.bufs, *all[i]);
		*all[i] = NULL;
	}
}

struct leg *leg_named(const struct engine *e, struct span call_id, struct span local_tag)
{
	struct name name = dialog_name(e, call_id, local_tag);

	return table_find(&e->dialogs, name_span(&name));
}

struct leg *leg_find(struct engine *e, const struct sip_msg *m)
{
	struct span from_tag = sip_msg_from_tag(m);
	struct leg *l = leg_named(e, sip_msg_value(m, SIP_HDR_CALL_ID), sip_msg_to_tag(m));

	struct leg *unknown = NULL;

	for (; l; l = l->twin) {
		if (l->remote_tag && span_eq(buf_span(l->remote_tag), from_tag))
			return l;
		if (!l->remote_tag && !unknown)
			unknown = l;
	}
	return unknown;
}

bool leg_is_from(const struct engine *e, const struct leg *l, const struct flow *from)
{
	if (from->realm != l->flow.realm)
		return false;
	/* Where a trunk's Contact leads, its next request goes; it need not come from there. */
	if (l->trunk >= 0 && trunks_of(&e->trunks, from) == l->trunk)
		return true;
	return (from->connection && from->connection == l->flow.connection) ||
	       addr_same_host(&from->peer, &l->flow.peer);
}
