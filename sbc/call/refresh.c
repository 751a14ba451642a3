/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/refresh.h"

#include <stddef.h>

#include "alg/nat/topology.h"
#include "sbc/call/absorb.h"
#include "sbc/call/callend.h"
#include "sbc/call/own.h"
#include "sbc/engine/respond.h"
#include "sbc/media/media.h"
#include "sbc/store/callkeep.h"

/* A refresh that failed is tried again, but not in the last seconds of the session. */
enum { REFRESH_AGAIN_MS = 5000, REFRESH_SPREAD_MS = 4000 };

const struct conf_timer *refresh_conf(const struct engine *e, const struct leg *l)
{
	const struct config *conf = e->core.conf;

	return l->trunk >= 0 ? &conf->trunks[l->trunk].timer : &conf->realms[l->flow.realm].timer;
}

/* With `pass` we want nothing for ourselves: what one side asks, the other is asked (T6). */
static struct session_timer_policy policy_of(const struct conf_timer *conf)
{
	return (struct session_timer_policy){
		.interval = conf->mode == CONF_TIMER_OWN ? conf->expires_s : 0,
		.min = conf->min_s,
	};
}

static bool crosses(const struct engine *e, const struct leg *l)
{
	return refresh_conf(e, l)->mode == CONF_TIMER_PASS && refresh_conf(e, l->peer)->mode == CONF_TIMER_PASS;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* An UPDATE before the answer to the INVITE is about no session yet. */
static bool concerns(const struct leg *l, enum sip_method method)
{
	return l->call->kind == CALL_INVITE &&
	       (method == SIP_INVITE || (method == SIP_UPDATE && l->state == LEG_CONFIRMED));
}

/* ----- what a re-INVITE says again ----- */

/* That UPDATE is allowed is believed once one was taken. */
static bool must_repeat(const struct engine *e, const struct leg *l)
{
	bool updates = l->updates && l->update_tried == LEG_UPDATE_TAKEN;

	return absorb_is_on(e, l) || (l->session.interval && l->session.ours && !updates);
}

static void drop_sdp(struct engine *e, struct leg *l)
{
	buf_drop(&e->core.bufs, l->sdp);
	l->sdp = NULL;
}

/* Before the answer to the INVITE nobody knows who will refresh. */
void refresh_said(struct engine *e, struct leg *l, struct span sdp)
{
	if (l->state < LEG_CONFIRMED || must_repeat(e, l))
		buf_replace(&e->core.bufs, &l->sdp, sdp);
}

void refresh_offers(struct engine *e, struct branch *b, struct span sdp)
{
	if (refresh_conf(e, b->to)->mode != CONF_TIMER_OFF || b->to->session.interval || absorb_is_on(e, b->to))
		buf_replace(&e->core.bufs, &b->sdp, sdp);
}

static void take_sdp(struct engine *e, struct leg *l, struct branch *b)
{
	/* What an UPDATE or PRACK said before the answer to the INVITE is newer. */
	if (b->sdp && (!b->pass->setup || !l->sdp)) {
		drop_sdp(e, l);
		l->sdp = b->sdp;
		b->sdp = NULL;
	}
	if (l->state >= LEG_CONFIRMED && !must_repeat(e, l))
		drop_sdp(e, l);
}

/* ----- time ----- */

static void on_due(struct timer *timer, void *ctx, uint64_t now);

static void start(struct engine *e, struct leg *l)
{
	uint64_t now = core_now(&e->core), after = session_timer_refresh_after(&l->session);

	wheel_del(&e->core.wheel, &l->refresh);
	if (!l->session.interval)
		return;
	l->lapse_at = now + (uint64_t)session_timer_lapse_after(&l->session) * 1000;
	wheel_add(&e->core.wheel, &l->refresh, after ? now + after * 1000 : l->lapse_at, on_due);
	callkeep_changed(e, l->call);
}

/* Refreshes that were due meanwhile are not all sent at once. */
void refresh_restore(struct engine *e, struct leg *l, uint64_t lapse_at)
{
	uint64_t now = core_now(&e->core), after = (uint64_t)session_timer_refresh_after(&l->session) * 1000;
	uint64_t lapse_after = (uint64_t)session_timer_lapse_after(&l->session) * 1000, due = lapse_at;

	l->lapse_at = lapse_at;
	if (after && lapse_at + after < now + lapse_after)
		due = now + 1 + token_u64(&e->core.tokens) % REFRESH_SPREAD_MS;
	else if (after)
		due = lapse_at + after - lapse_after;
	wheel_add(&e->core.wheel, &l->refresh, due < lapse_at ? due : lapse_at, on_due);
}

/* The other side refreshes at least as often, and its refreshes come through here. */
static bool is_carried(const struct engine *e, const struct leg *l)
{
	const struct session_timer *other = &l->peer->session;

	return !absorb_is_on(e, l->peer) && other->interval && !other->ours && other->interval <= l->session.interval;
}

static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m);

/* T3. */
static void send_refresh(struct engine *e, struct leg *l)
{
	bool invite = l->sdp && !l->updates;
	struct own_request r = {
		.method = invite ? SIP_INVITE : SIP_UPDATE,
		.content_type = SPAN("application/sdp"),
		.body = invite ? buf_span(l->sdp) : SPAN(""),
		.done = on_done,
	};

	if (!own_send(e, l, &r))
		core_count(&e->core, COUNT_DROP_FULL); /* the session lapses then */
}

static void on_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct leg *l = (struct leg *)((char *)timer - offsetof(struct leg, refresh));
	struct engine *e = ctx;

	if (l->state != LEG_CONFIRMED || l->call->state == CALL_OVER)
		return;
	if (now >= l->lapse_at) {
		callend(e, l->call, COUNT_CALL_LAPSED, 408, NULL); /* T4 */
		return;
	}
	wheel_add(&e->core.wheel, &l->refresh, l->lapse_at, on_due);
	if (!is_carried(e, l))
		send_refresh(e, l);
}

/* The session is as it was before, unless the peer says so. */
static void on_answered(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *l = w->user;

	if (!a || !a->sdp.n)
		log_warn(&e->core.log, "call %s: the relay could not use the answer to a refresh", l->call->id);
}

/* A2: credentials are not for those who call us. Who asks for them is there: the call goes on without a timer. */
static void go_unrefreshed(struct engine *e, struct leg *l, uint16_t status)
{
	core_count(&e->core, COUNT_CALL_UNREFRESHED);
	log_warn(&e->core.log, "call %s: the other side wants credentials (%u) for a session refresh: it gets no more",
		 l->call->id, status);
	l->session.interval = 0;
	wheel_del(&e->core.wheel, &l->refresh);
	if (!must_repeat(e, l))
		drop_sdp(e, l);
}

/* Refused, and there is another way to go on than to ask again. */
static bool is_settled_otherwise(struct engine *e, struct leg *l, enum sip_method method, uint16_t status)
{
	if (status == 401 || status == 407) {
		go_unrefreshed(e, l, status);
		return true;
	}
	if (method != SIP_UPDATE || (status != 405 && status != 501) || !l->sdp)
		return false;
	/* It said it takes them. */
	l->updates = false;
	l->update_tried = LEG_UPDATE_REFUSED;
	send_refresh(e, l);
	return true;
}

static void on_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct leg *l = own_leg(o);
	uint64_t now = core_now(&e->core), left = l->lapse_at > now ? l->lapse_at - now : 0;

	if (is_settled_otherwise(e, l, own_method(o), status))
		return;
	if (status < 300) {
		core_count(&e->core, COUNT_CALL_REFRESHED);
		if (media_has_sdp(m))
			media_answer(e, l, l->peer, m, on_answered, l);
		return;
	}
	if (left / 2 > REFRESH_AGAIN_MS)
		wheel_add(&e->core.wheel, &l->refresh, now + left / 2, on_due);
}

/* ----- we are asked ----- */

bool refresh_refuses(struct engine *e, struct txn *t, const struct sip_msg *m, const struct conf_timer *conf)
{
	struct session_timer_policy policy = policy_of(conf);
	struct session_timer_terms asked, refusal;
	char text[REFRESH_LINES_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = 422 };

	if (m->method != SIP_INVITE && m->method != SIP_UPDATE)
		return false;
	if (session_timer_read(m, &asked)) {
		refuse(e, t, 400, COUNT_REFUSE_MALFORMED, SPAN("Session-Expires"));
		return true;
	}
	if (conf->mode == CONF_TIMER_OFF || !session_timer_check(&policy, &asked, &refusal))
		return false;
	session_timer_write(&w, &refusal);
	a.lines = writer_done(&w);
	core_count(&e->core, COUNT_REFUSE_INTERVAL);
	respond(e, t, &a);
	return true;
}

/* T6: what the other side of the call agreed to is what this one is told. */
static void follow_other(const struct leg *l, struct session_timer_policy *policy)
{
	const struct session_timer *other = &l->peer->session;

	if (!other->interval)
		return;
	policy->interval = other->interval;
	policy->refresher = other->ours ? SESSION_TIMER_PEERS : SESSION_TIMER_OURS;
}

static void answer_to(struct engine *e, struct leg *l, const struct sip_msg *request, const struct sip_msg *original,
		      struct writer *w)
{
	const struct conf_timer *conf = refresh_conf(e, l);
	struct session_timer_policy policy = policy_of(conf);
	struct session_timer_terms asked, answer;
	bool required = option_tags_read(request, SIP_HDR_REQUIRE) & OPTION_BIT(OPTION_TIMER);

	if (session_timer_read(request, &asked) || (conf->mode == CONF_TIMER_OFF && !required && !l->session.interval))
		return;
	if (asked.supported && crosses(e, l))
		follow_other(l, &policy);
	session_timer_answer(&l->session, &policy, &asked, &answer);
	session_timer_write(w, &answer);
	if (session_timer_requires(&asked, &answer))
		topology_tags_write(w, original, SIP_HDR_REQUIRE, OPTION_BIT(OPTION_TIMER));
	if (asked.supported)
		topology_tags_write(w, original, SIP_HDR_SUPPORTED, OPTION_BIT(OPTION_TIMER));
	start(e, l);
}

void refresh_answer(struct engine *e, struct leg *l, const struct sip_msg *request, const struct sip_msg *original,
		    struct writer *w)
{
	if (!concerns(l, request->method))
		return;
	answer_to(e, l, request, original, w);
	if (!must_repeat(e, l))
		drop_sdp(e, l);
}

/* ----- we ask ----- */

/* What the other side asks goes on, unless this one is known to want more. */
static void ask_as(const struct leg *l, const struct sip_msg *original, struct session_timer_terms *out)
{
	struct session_timer_terms theirs;

	if (session_timer_read(original, &theirs) || !theirs.supported || !theirs.expires.delta)
		return;
	out->min_se = larger(out->min_se, theirs.min_se);
	if (theirs.expires.refresher == REFRESHER_NONE && l->session.interval)
		theirs.expires.refresher = l->session.ours ? REFRESHER_UAC : REFRESHER_UAS;
	out->expires = theirs.expires;
	out->expires.delta = larger(out->expires.delta, larger(out->min_se, SESSION_EXPIRES_LEAST));
}

bool refresh_ask(struct engine *e, const struct leg *l, enum sip_method method, const struct sip_msg *original,
		 struct session_timer_terms *asked, struct writer *w)
{
	const struct conf_timer *conf = refresh_conf(e, l);
	struct session_timer_policy policy = policy_of(conf);

	*asked = (struct session_timer_terms){ 0 };
	if (!concerns(l, method) || (conf->mode == CONF_TIMER_OFF && !l->session.interval))
		return false;
	session_timer_ask(&l->session, &policy, asked);
	if (original && crosses(e, l))
		ask_as(l, original, asked);
	session_timer_write(w, asked);
	return true;
}

void refresh_accepted(struct engine *e, struct leg *l, struct branch *b, const struct sip_msg *m)
{
	struct session_timer_terms answer;

	if (b->pass->method == SIP_UPDATE)
		l->update_tried = LEG_UPDATE_TAKEN;
	if (b->asked.supported) {
		if (session_timer_read(m, &answer))
			answer = (struct session_timer_terms){ 0 };
		session_timer_accepted(&l->session, &b->asked, &answer);
		/* A timer that only the other side wants is kept with the other side alone. */
		if (!answer.expires.delta && refresh_conf(e, l)->mode != CONF_TIMER_OWN)
			l->session.interval = 0;
		start(e, l);
	}
	take_sdp(e, l, b);
}

bool refresh_raises(struct leg *l, const struct session_timer_terms *asked, const struct sip_msg *m)
{
	struct session_timer_terms refusal;

	return m->status == 422 && session_timer_read(m, &refusal) == 0 &&
	       session_timer_retry(&l->session, asked, &refusal);
}
