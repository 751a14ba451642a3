/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/offer/reliable.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/sip/option_tags.h"
#include "alg/sip/rack.h"
#include "sbc/base/kept.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/passback.h"
#include "sbc/call/refresh.h"
#include "sbc/engine/respond.h"
#include "sbc/fork/early.h"
#include "sbc/media/media.h"

/* Who is sent more than that before he acknowledges the first is sent no more. */
enum { WAITING_MAX = 8 };

/* ----- what is known of a leg ----- */

/* Of an INVITE before this one nothing counts any more. */
static struct reliable *known(struct engine *e, struct leg *l, struct pass *p)
{
	if (l->reliable && l->reliable->pass != p)
		reliable_free(e, l);
	if (l->reliable)
		return l->reliable;
	l->reliable = calloc(1, sizeof(*l->reliable));
	if (!l->reliable)
		return NULL;
	l->reliable->leg = l;
	l->reliable->pass = p;
	return l->reliable;
}

static void response_free(struct engine *e, struct reliable_response *r)
{
	buf_drop(&e->core.bufs, r->text);
	free(r);
}

static void drop_success(struct engine *e, struct reliable *rel)
{
	buf_drop(&e->core.bufs, rel->success);
	buf_drop(&e->core.bufs, rel->success_sdp);
	rel->success = rel->success_sdp = NULL;
}

void reliable_free(struct engine *e, struct leg *l)
{
	struct reliable *rel = l->reliable;

	if (!rel)
		return;
	l->reliable = NULL;
	wheel_del(&e->core.wheel, &rel->again);
	while (rel->waiting) {
		struct reliable_response *r = rel->waiting;

		rel->waiting = r->next;
		response_free(e, r);
	}
	drop_success(e, rel);
	buf_drop(&e->core.bufs, rel->answer);
	buf_drop(&e->core.bufs, rel->said);
	free(rel);
}

void reliable_forget(struct engine *e, struct pass *p)
{
	for (struct leg *l = p->call->legs; l; l = l->next)
		if (l->reliable && l->reliable->pass == p)
			reliable_free(e, l);
}

void reliable_end(struct engine *e, struct pass *p)
{
	for (struct leg *l = p->call->legs; l; l = l->next) {
		struct reliable *rel = l->reliable;

		if (!rel || rel->pass != p)
			continue;
		wheel_del(&e->core.wheel, &rel->again);
		drop_success(e, rel);
	}
}

static bool is_full(const struct leg *near)
{
	unsigned n = 0;

	for (const struct reliable_response *r = near->reliable ? near->reliable->waiting : NULL; r; r = r->next)
		n++;
	return n >= WAITING_MAX;
}

/* ----- who wants what ----- */

void reliable_read(struct pass *p, const struct sip_msg *invite)
{
	if (invite->method != SIP_INVITE) /* P5 */
		return;
	p->must_rel = (option_tags_read(invite, SIP_HDR_REQUIRE) & OPTION_BIT(OPTION_100REL)) != 0;
	p->can_rel = p->must_rel || (option_tags_read(invite, SIP_HDR_SUPPORTED) & OPTION_BIT(OPTION_100REL));
}

static enum conf_rel policy_of(const struct engine *e, const struct leg *l)
{
	return l->trunk >= 0 ? e->core.conf->trunks[l->trunk].rel : CONF_REL_PASS;
}

/* Which responses go reliably to the sender of p's INVITE. */
enum want { WANT_NONE, WANT_AS_THEY_COME, WANT_ALL };

static enum want want_of(const struct engine *e, const struct pass *p)
{
	static const enum want of[] = {
		[CONF_REL_PASS] = WANT_AS_THEY_COME,
		[CONF_REL_ALWAYS] = WANT_ALL,
		[CONF_REL_NEVER] = WANT_NONE,
	};

	if (p->must_rel)
		return WANT_ALL;
	return p->can_rel ? of[policy_of(e, p->from)] : WANT_NONE;
}

uint32_t reliable_offered(const struct engine *e, const struct branch *b, const struct sip_msg *invite)
{
	bool caller_can = want_of(e, b->pass) != WANT_NONE;
	enum conf_rel policy = policy_of(e, b->to);

	/* Where nobody called, as in a transfer of ours, nobody would wait for such responses. */
	if (invite->method != SIP_INVITE || policy == CONF_REL_NEVER || !b->pass->in)
		return 0;
	if (policy == CONF_REL_PASS && !caller_can && !b->insists)
		return 0;
	/* An offer in a reliable response needs an answer in our PRACK: only the caller has one. And what a response to
	 * a re-INVITE has agreed stays agreed, though it is refused after that: both sides must know of it (R2). */
	/* A caller who sees one early dialog can be made one offer in it: of the others it has to come in the 2xx. */
	if (!media_has_sdp(invite) && !b->to->early_offer && b != b->pass->branches &&
	    !early_is_separate(e, b->pass->from))
		return 0;
	if (!caller_can && ((!media_has_sdp(invite) && !b->to->early_offer) || !b->pass->setup))
		return 0;
	return OPTION_BIT(OPTION_100REL);
}

bool reliable_insists(const struct engine *e, struct branch *b, const struct sip_msg *m, const struct sip_msg *invite)
{
	if (m->status != 421 || b->insists || !(option_tags_read(m, SIP_HDR_REQUIRE) & OPTION_BIT(OPTION_100REL)) ||
	    reliable_offered(e, b, invite))
		return false;
	b->insists = true;
	return reliable_offered(e, b, invite) != 0;
}

static uint32_t rseq_of(const struct sip_msg *m)
{
	uint32_t rseq;

	return rseq_parse(sip_msg_value(m, SIP_HDR_RSEQ), &rseq) ? 0 : rseq;
}

bool reliable_is(const struct sip_msg *m)
{
	return m->status > 100 && m->status < 200 && rseq_of(m) &&
	       (option_tags_read(m, SIP_HDR_REQUIRE) & OPTION_BIT(OPTION_100REL));
}

bool reliable_wanted(const struct engine *e, const struct pass *p, const struct sip_msg *m)
{
	enum want want = want_of(e, p);

	return want == WANT_ALL || (want == WANT_AS_THEY_COME && reliable_is(m));
}

/* ----- offer and answer ----- */

static void agree(struct engine *e, struct pass *p, struct leg *l, struct leg *across)
{
	struct reliable *rel = known(e, l, p);

	if (rel && !rel->agreed)
		rel->agreed = across;
}

void reliable_agree(struct engine *e, struct leg *near, struct leg *far, const struct sip_msg *m)
{
	struct pass *p = near->reliable ? near->reliable->pass : NULL;

	if (!p)
		return;
	agree(e, p, near, far);
	agree(e, p, far, near);
	buf_replace(&e->core.bufs, &near->reliable->said, m->raw);
}

bool reliable_is_taken(const struct leg *near, const struct leg *far)
{
	return near->reliable && near->reliable->offered && near->reliable->offered != far;
}

void reliable_untake(struct leg *far, const struct sip_msg *m)
{
	far->reliable->seen = rseq_of(m) - 1;
}

bool reliable_has_agreed(const struct leg *l, const struct leg *across)
{
	return l->reliable && l->reliable->agreed == across;
}

bool reliable_is_settled(const struct leg *l)
{
	return l->reliable && l->reliable->agreed;
}

static void note_offer(struct engine *e, struct pass *p, struct leg *far, struct span sdp)
{
	struct reliable *rel = known(e, far->peer, p);

	if (rel)
		rel->offered = far;
	buf_replace(&e->core.bufs, &far->peer->told, sdp);
}

/* far has answered an offer of ours: that is an offer to the caller, if he can answer it. */
static struct span settle_own(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m,
			      struct span sdp)
{
	agree(e, p, far, far->peer);
	if (reliable_wanted(e, p, m)) {
		note_offer(e, p, far, sdp);
		return sdp;
	}
	if (far->reliable)
		buf_replace(&e->core.bufs, &far->reliable->answer, sdp);
	return SPAN("");
}

struct span reliable_settle(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m, struct span sdp,
			    bool heard)
{
	struct leg *near = far->peer;
	bool shown;

	if (reliable_is(m) && far->reliable)
		buf_replace(&e->core.bufs, &far->reliable->said, m->raw);
	if (!p->offered && far->early_offer)
		return settle_own(e, p, far, m, sdp);
	if (!p->offered) { /* sdp is an offer */
		note_offer(e, p, far, sdp);
		return sdp;
	}
	if (reliable_is(m))
		agree(e, p, far, near);
	if (heard && reliable_wanted(e, p, m) && !reliable_is_settled(near)) {
		agree(e, p, near, far);
		buf_replace(&e->core.bufs, &near->told, sdp);
	}
	shown = reliable_has_agreed(near, far);
	if (!shown && reliable_is(m) && far->reliable)
		buf_replace(&e->core.bufs, &far->reliable->answer, sdp);
	return shown || (heard && !reliable_is_settled(near)) ? sdp : SPAN("");
}

struct span reliable_answer(const struct leg *far)
{
	return far->reliable ? buf_span(far->reliable->answer) : (struct span){ 0 };
}

void reliable_say(struct engine *e, struct leg *far, const struct sip_msg *m, struct span sdp)
{
	buf_replace(&e->core.bufs, &far->reliable->said, m->raw);
	buf_replace(&e->core.bufs, &far->reliable->answer, sdp);
}

bool reliable_said(const struct leg *far, struct sip_msg *out)
{
	const struct buf *said = far->reliable ? far->reliable->said : NULL;

	return said && sip_msg_index(buf_span(said), out) == SIP_OK;
}

/* ----- we sent the INVITE ----- */

bool reliable_take(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m)
{
	struct reliable *rel;
	uint32_t rseq = rseq_of(m);

	if (is_full(far->peer)) {
		core_count(&e->core, COUNT_DROP_UNACKNOWLEDGED);
		return false;
	}
	if (!reliable_is(m))
		return true;
	rel = known(e, far, p);
	if (!rel || (rel->seen && rseq != rel->seen + 1)) {
		core_count(&e->core, rel && rseq <= rel->seen ? COUNT_RX_RELIABLE_AGAIN : COUNT_DROP_RSEQ);
		return false;
	}
	rel->seen = rseq;
	return true;
}

/* ----- we answer it ----- */

static void on_again(struct timer *timer, void *ctx, uint64_t now);

static void wait_for_prack(struct engine *e, struct reliable *rel, uint64_t now)
{
	uint64_t next = now + rel->interval;

	wheel_add(&e->core.wheel, &rel->again, next < rel->deadline ? next : rel->deadline, on_again);
}

static void transmit(struct reliable *rel)
{
	struct reliable_response *r = rel->waiting;

	txn_respond(rel->pass->in, r->status, buf_span(r->text));
}

static void begin(struct engine *e, struct reliable *rel)
{
	uint64_t now = core_now(&e->core);

	transmit(rel);
	rel->interval = TXN_T1_MS;
	rel->deadline = now + TXN_TIMEOUT_MS;
	wait_for_prack(e, rel, now);
}

/* The INVITE can't go on. */
static void give_up(struct engine *e, struct pass *p, uint16_t status, enum count why)
{
	if (p->setup || p->answered) {
		callend(e, p->call, why, status, NULL);
		return;
	}
	core_count(&e->core, why);
	passback_status(e, p, status, why);
	pass_give_up(e, p, (struct span){ 0 });
}

static void on_again(struct timer *timer, void *ctx, uint64_t now)
{
	struct reliable *rel = (struct reliable *)((char *)timer - offsetof(struct reliable, again));
	struct engine *e = ctx;

	if (pass_is_answered(rel->pass))
		return;
	if (now >= rel->deadline) {
		give_up(e, rel->pass, 504, COUNT_CALL_NO_PRACK);
		return;
	}
	transmit(rel);
	rel->interval *= 2;
	wait_for_prack(e, rel, now);
}

/* RFC 3262 3: the first of an INVITE is chosen at random. */
static uint32_t next_rseq(struct engine *e, struct reliable *rel)
{
	if (!rel->rseq)
		rel->rseq = (uint32_t)(token_u64(&e->core.tokens) % RSEQ_FIRST_MAX);
	return ++rel->rseq;
}

static uint32_t cseq_of(const struct pass *p)
{
	struct cseq cseq = { 0 };
	struct sip_msg invite;

	if (kept_read(p->in->request, &invite))
		cseq_parse(sip_msg_value(&invite, SIP_HDR_CSEQ), &cseq);
	return cseq.number;
}

static struct reliable_response *response_new(struct engine *e, struct reliable *rel, struct leg *far,
					      const struct sip_msg *m, struct span sdp)
{
	struct reliable_response *r = calloc(1, sizeof(*r));
	char text[64];
	struct writer own = writer_over(text, sizeof(text));
	struct span whole = { 0 };
	struct answer a;

	if (!r)
		return NULL;
	r->status = m->status;
	r->rseq = next_rseq(e, rel);
	r->far_rseq = rseq_of(m);
	r->far = reliable_is(m) ? far : NULL;
	writer_format(&own, "Require: 100rel\r\nRSeq: %u\r\n", r->rseq);
	if (passback_compose(e, rel->pass, rel->leg, m, sdp, writer_done(&own), &a)) {
		rel->cseq = cseq_of(rel->pass);
		r->sdp = a.body.n > 0;
		r->offer = r->sdp && !rel->pass->offered;
		whole = respond_compose(e, rel->pass->in, &a);
	}
	r->text = whole.n ? buf_keep(&e->core.bufs, whole) : NULL;
	if (!r->text) {
		free(r);
		return NULL;
	}
	return r;
}

void reliable_send(struct engine *e, struct pass *p, struct leg *far, const struct sip_msg *m, struct span sdp)
{
	struct leg *near = far->peer;
	struct reliable *rel = p->in && !pass_is_answered(p) ? known(e, near, p) : NULL;
	struct reliable_response *r = rel ? response_new(e, rel, far, m, sdp) : NULL, **end;

	if (!r)
		return;
	if (p->setup && near->state == LEG_NEW)
		near->state = LEG_EARLY;
	for (end = &rel->waiting; *end; end = &(*end)->next)
		;
	*end = r;
	if (sdp.n)
		refresh_said(e, near, sdp);
	if (rel->waiting == r)
		begin(e, rel);
}

static bool any_sdp(const struct reliable *rel)
{
	for (const struct reliable_response *r = rel->waiting; r; r = r->next)
		if (r->sdp)
			return true;
	return false;
}

bool reliable_holds(struct engine *e, struct pass *p, struct leg *near, const struct sip_msg *m, struct span sdp)
{
	struct reliable *rel = near->reliable;

	if (!rel || rel->pass != p || !any_sdp(rel))
		return false;
	rel->success_has_sdp = span_is_set(sdp);
	rel->success = buf_keep(&e->core.bufs, m->raw);
	rel->success_sdp = sdp.n ? buf_keep(&e->core.bufs, sdp) : NULL;
	return rel->success != NULL;
}

static void release_success(struct engine *e, struct reliable *rel)
{
	struct buf *text = rel->success, *sdp = rel->success_sdp;
	struct span body = rel->success_has_sdp && !sdp ? SPAN("") : buf_span(sdp);
	struct pass *p = rel->pass;
	struct sip_msg m;

	rel->success = rel->success_sdp = NULL;
	if (sip_msg_index(buf_span(text), &m) == SIP_OK)
		passback_success(e, p, &m, body);
	buf_drop(&e->core.bufs, text);
	buf_drop(&e->core.bufs, sdp);
}

struct reliable_response *reliable_acknowledged(struct engine *e, struct leg *l, const struct rack *rack)
{
	struct reliable *rel = l->reliable;
	struct reliable_response *r = rel ? rel->waiting : NULL;

	if (!r || !rack_names(rack, r->rseq, rel->cseq))
		return NULL;
	wheel_del(&e->core.wheel, &rel->again);
	rel->waiting = r->next;
	return r;
}

void reliable_go_on(struct engine *e, struct leg *l, struct reliable_response *r)
{
	struct reliable *rel = l->reliable;

	response_free(e, r);
	if (!rel || pass_is_answered(rel->pass))
		return;
	if (rel->success && !any_sdp(rel))
		release_success(e, rel);
	else if (rel->waiting)
		begin(e, rel);
}

void reliable_unanswered(struct engine *e, struct leg *far, uint16_t status, enum count why)
{
	if (far->reliable && !pass_is_answered(far->reliable->pass))
		give_up(e, far->reliable->pass, status, why);
}
