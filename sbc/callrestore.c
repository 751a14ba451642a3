/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/callrestore.h"

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "sbc/callholes.h"
#include "sbc/callkeep.h"
#include "sbc/calls.h"
#include "sbc/leg.h"
#include "sbc/moment.h"
#include "sbc/refresh.h"
#include "sbc/setup.h"
#include "sbc/store.h"
#include "sbc/transport.h"

/* The number of a connection that never is: they are counted from 1. */
enum { CONNECTION_GONE = UINT32_MAX };

/* ----- a leg ----- */

static enum callrestore_end find_flow(const struct engine *e, const struct callrecord_leg *r, struct flow *f)
{
	const struct config *conf = e->core.conf;
	int realm = conf_realm_find(conf, r->realm);
	const struct conf_realm *at = realm < 0 ? NULL : &conf->realms[realm];

	for (unsigned i = 0; at && i < at->nlisten; i++) {
		if (at->listen[i].port != r->port ||
		    !span_eq(transport_info(at->listen[i].transport)->via, r->transport))
			continue;
		*f = (struct flow){
			.peer = r->peer,
			.realm = (uint8_t)realm,
			.listen = (uint8_t)i,
			.transport = (uint8_t)at->listen[i].transport,
		};
		f->connection = flow_is_stream(f) ? CONNECTION_GONE : 0;
		return at->address.family == r->peer.family ? CALLRESTORE_RESTORED : CALLRESTORE_NO_LISTENER;
	}
	return CALLRESTORE_NO_LISTENER;
}

static bool is_uri(struct span s)
{
	struct uri uri;

	return uri_parse(s, &uri) == 0;
}

static bool is_sound(const struct callrecord_leg *r)
{
	return r->call_id.n && r->local.n && r->local_tag.n && r->remote.n && is_uri(r->target) && r->media.n &&
	       r->media.n < sizeof(((struct leg *)NULL)->media) && r->local_cseq < INT32_MAX &&
	       r->remote_cseq <= UINT32_MAX && r->invite_cseq <= UINT32_MAX && r->interval <= INT32_MAX &&
	       r->min_se <= INT32_MAX && addr_is_unicast(&r->peer) && r->peer.port;
}

static struct buf *keep(struct engine *e, struct span s)
{
	return s.n ? buf_keep(&e->core.bufs, s) : NULL;
}

static int take_names(struct engine *e, struct leg *l, const struct callrecord_leg *r)
{
	l->call_id = keep(e, r->call_id);
	l->local = keep(e, r->local);
	l->local_tag = keep(e, r->local_tag);
	l->remote = keep(e, r->remote);
	/* RFC 2543 knew dialogs without. */
	l->remote_tag = buf_keep(&e->core.bufs, r->remote_tag.n ? r->remote_tag : SPAN(""));
	l->target = keep(e, r->target);
	l->routes = keep(e, r->routes);
	l->sdp = keep(e, r->sdp);
	l->told = keep(e, r->told);
	l->device = keep(e, r->device);
	l->proof = keep(e, r->proof);
	l->anchor =
		(struct anchor){ .said = keep(e, r->described), .told = keep(e, r->shown), .offers = r->offers != 0 };
	if (!l->call_id || !l->local || !l->local_tag || !l->remote || !l->remote_tag || !l->target)
		return -1;
	return leg_enter(e, l);
}

static enum callrestore_end restore_leg(struct engine *e, struct leg *l, const struct callrecord_leg *r)
{
	enum callrestore_end end = is_sound(r) ? find_flow(e, r, &l->flow) : CALLRESTORE_BROKEN;

	if (end)
		return end;
	l->trunk = (int16_t)(r->trunk.n ? conf_trunk_find(e->core.conf, r->trunk) : -1);
	if (r->trunk.n && l->trunk < 0)
		return CALLRESTORE_NO_TRUNK;
	if (l->trunk >= 0 && l->flow.transport == CONF_TLS)
		l->flow.trunk = (uint16_t)(l->trunk + 1);
	memcpy(l->media, r->media.p, r->media.n);
	l->media[r->media.n] = '\0';
	l->state = LEG_CONFIRMED;
	l->secure = r->secure != 0;
	/* Some may have been used since it was written; gaps are allowed (RFC 3261 12.2.1.1). */
	l->local_cseq = (uint32_t)r->local_cseq + CALLKEEP_CSEQ_AHEAD;
	l->remote_cseq = (uint32_t)r->remote_cseq;
	l->invite_cseq = (uint32_t)r->invite_cseq;
	l->session = (struct session_timer){ .interval = (uint32_t)r->interval,
					     .min_se = (uint32_t)r->min_se,
					     .ours = r->ours != 0 };
	l->updates = r->updates != 0;
	l->replaces = r->replaces != 0;
	l->from_change = r->from_change != 0;
	l->focus = r->focus != 0;
	l->update_tried = (uint8_t)(r->update_tried <= LEG_UPDATE_REFUSED ? r->update_tried : LEG_UPDATE_UNTRIED);
	return take_names(e, l, r) ? CALLRESTORE_FULL : CALLRESTORE_RESTORED;
}

/* ----- a call ----- */

/* What ran out meanwhile runs out now: then both sides are told. */
static void start_timers(struct engine *e, struct call *c, const struct callrecord *r, const struct moment *m)
{
	uint64_t most = e->core.conf->limits.max_duration_ms;

	for (unsigned i = 0; i < 2; i++) {
		struct leg *l = c->leg[i];

		if (l->session.interval)
			refresh_restore(e, l, moment_future(m, (int64_t)r->leg[i].lapses, l->session.interval) + 1);
	}
	if (most)
		setup_limit(e, c, c->created + most > m->now ? c->created + most : m->now + 1);
}

static enum callrestore_end restore_call(struct engine *e, struct call *c, const struct callrecord *r)
{
	const struct moment m = { core_now(&e->core), e->wall() };
	enum callrestore_end end = CALLRESTORE_RESTORED;

	c->kind = CALL_INVITE;
	c->emergency = r->emergency != 0;
	c->nbranch = (uint8_t)r->branches;
	c->created_wall = (int64_t)r->created;
	c->created = moment_past(&m, c->created_wall);
	c->answered_at = moment_past(&m, (int64_t)r->answered);
	c->answered_at += c->answered_at == 0; /* 0 is never */
	if (c->created > c->answered_at)
		c->created = c->answered_at;
	c->from = keep(e, r->from);
	c->to = keep(e, r->to);
	for (unsigned i = 0; i < 2 && !end; i++)
		end = restore_leg(e, c->leg[i], &r->leg[i]);
	if (end || (r->user.n && calls_set_user(e, c, r->user)))
		return end ? end : CALLRESTORE_FULL;
	c->joined = c->leg[SIDE_B];
	c->state = CALL_UP;
	c->media = r->media != 0;
	c->restored = true;
	for (unsigned i = 0; i < 2; i++)
		admission_stay(e, c->leg[i]);
	start_timers(e, c, r, &m);
	if (c->media)
		callholes_look(e, c);
	return CALLRESTORE_RESTORED;
}

enum callrestore_end callrestore(struct engine *e, const struct callrecord *r, struct call **out)
{
	struct call *c = token_is(r->id, TOKEN_ID_LEN) ? calls_restore(e, r->id) : NULL;
	enum callrestore_end end;

	if (!c)
		return token_is(r->id, TOKEN_ID_LEN) ? CALLRESTORE_FULL : CALLRESTORE_BROKEN;
	end = restore_call(e, c, r);
	if (end) {
		calls_free(e, c);
		return end;
	}
	*out = c;
	return CALLRESTORE_RESTORED;
}

bool callrestore_acknowledges(struct engine *e, const struct flow *from, const struct sip_msg *m)
{
	struct span tag = nameaddr_tag(sip_msg_value(m, SIP_HDR_FROM)), to = nameaddr_tag(sip_msg_value(m, SIP_HDR_TO));
	struct leg *l = leg_named(e, sip_msg_value(m, SIP_HDR_CALL_ID), tag);
	struct cseq cseq;

	if (!l || !l->call->restored || l->call->state != CALL_UP || l->state != LEG_CONFIRMED ||
	    !span_eq(buf_span(l->remote_tag), to) || !addr_same_host(&from->peer, &l->flow.peer) ||
	    m->status / 100 != 2)
		return false;
	if (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) || cseq.method != SIP_INVITE ||
	    cseq.number > l->local_cseq || l->ack_owed)
		return false;
	l->invite_cseq = cseq.number;
	leg_ack(e, l, (struct span){ 0 });
	return true;
}

/* ----- all of them ----- */

struct bringing {
	struct engine *e;
	uint32_t n[CALLRESTORE_END_N];
};

static void bring_back(void *ctx, const struct database_call *row)
{
	struct bringing *g = ctx;
	struct engine *e = g->e;
	struct callrecord r;
	struct call *c = NULL;
	enum callrestore_end end = CALLRESTORE_BROKEN;

	if (callrecord_read(row->data, &r) == 0)
		end = callrestore(e, &r, &c);
	if (!end && callkeep_restored(e->keep, c, row->row)) {
		calls_free(e, c);
		end = CALLRESTORE_FULL;
	}
	if (end)
		callkeep_discard(e->keep, row->row);
	core_count(&e->core, end ? COUNT_CALL_NOT_RESTORED : COUNT_CALL_RESTORED);
	g->n[end]++;
}

static void tell(const struct bringing *g)
{
	static const char *const names[] = {
#define X(id, name) [CALLRESTORE_##id] = name,
		CALLRESTORE_END_TABLE(X)
#undef X
	};
	char text[256];
	struct writer w = writer_over(text, sizeof(text));
	bool lost = false;

	for (unsigned i = 0; i < CALLRESTORE_END_N; i++) {
		if (g->n[i] || i == CALLRESTORE_RESTORED)
			writer_format(&w, "%s%u %s", i ? ", " : "", g->n[i], names[i]);
		lost |= i && g->n[i];
	}
	if (lost)
		log_warn(&g->e->core.log, "store: calls: %.*s", SPAN_ARG(writer_done(&w)));
	else
		log_info(&g->e->core.log, "store: calls: %.*s", SPAN_ARG(writer_done(&w)));
}

int callrestore_all(struct engine *e)
{
	struct bringing g = { .e = e };

	if (!e->store)
		return 0;
	e->keep = callkeep_new(e);
	if (!e->keep)
		return -1;
	store_keep_calls(e->store, e->keep, bring_back, &g);
	tell(&g);
	return 0;
}
