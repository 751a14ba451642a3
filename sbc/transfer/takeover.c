/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/takeover.h"

#include <stdlib.h>

#include "sbc/base/kept.h"
#include "sbc/call/callend.h"
#include "sbc/call/leg.h"
#include "sbc/call/own.h"
#include "sbc/call/passback.h"
#include "sbc/media/media.h"
#include "sbc/transfer/adopt.h"
#include "sbc/transfer/replaced.h"
#include "sbc/transfer/rest.h"

/* Both calls know it. It goes with the new call, but not while the re-INVITE is out. */
struct takeover {
	struct call *made; /* the new call: its leg towards the callee stands for rest, in the session of the relay */
	struct call *replaced; /* the call that it becomes a part of */
	struct pass *invite;   /* of the new call */
	struct rest rest;
	bool out; /* the re-INVITE is */
};

static void drop(struct engine *e, struct takeover *t)
{
	if (t->made)
		t->made->takeover = NULL;
	if (t->replaced)
		t->replaced->takeover = NULL;
	buf_drop(&e->core.bufs, t->rest.offer);
	free(t);
}

void takeover_forget(struct engine *e, struct call *c)
{
	if (c->takeover)
		drop(e, c->takeover);
}

/* ----- the end of it ----- */

/* The two who talked go on, where there are two who agree with each other on a session. */
static void made_is_over(struct engine *e, struct takeover *t)
{
	struct call *replaced = t->replaced;
	bool lost = t->rest.moved || t->rest.leg->peer->state == LEG_ENDED;

	t->made->takeover = NULL;
	t->made = NULL;
	if (!t->out)
		drop(e, t);
	if (lost)
		callend(e, replaced, COUNT_CALL_UNREACHABLE, 0, NULL);
}

static void replaced_is_over(struct engine *e, struct takeover *t)
{
	struct call *made = t->made;

	drop(e, t);
	if (made)
		callend(e, made, COUNT_REFUSE_REPLACES, 481, NULL);
}

void takeover_call_over(struct engine *e, struct call *c)
{
	struct takeover *t = c->takeover;

	if (t && t->made == c)
		made_is_over(e, t);
	else if (t)
		replaced_is_over(e, t);
}

/* What the newcomer may be told: not that the phone is busy with an offer, or wants credentials. */
static uint16_t outcome(uint16_t status)
{
	if (status == 401 || status == 407)
		return 403;
	return status == 491 || status == 481 || status < 400 ? 480 : best_response_outward(status);
}

static void fail(struct engine *e, struct takeover *t, uint16_t status, enum count why)
{
	callend(e, t->made, why, status, NULL);
}

/* ----- rest is told, then joined ----- */

static void join(struct engine *e, struct takeover *t)
{
	struct call *made = t->made;
	struct leg *by = t->rest.leg->peer;

	core_count(&e->core, COUNT_CALL_ANSWERED);
	adopt(e, t->rest.leg, made->leg[SIDE_A], made);
	drop(e, t);
	callend(e, made, COUNT_CALL_TRANSFERRED, 0, NULL);
	leg_bye(e, by, (struct span){ 0 });
}

static void on_rest_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct takeover *t = w->user;
	struct sip_msg m;

	if (rest_is_unusable(e, t->made, a) || !kept_read(w->message, &m))
		return;
	passback_send(e, t->invite, t->made->leg[SIDE_A], &m, a->sdp);
	join(e, t);
}

static void on_rest_done(struct engine *e, struct own *o, uint16_t status, const struct sip_msg *m)
{
	struct takeover *t = own_user(o);
	struct call *replaced = t->replaced;

	t->out = false;
	if (t->made && status < 300) {
		rest_answered(e, &t->rest, t->made, SIDE_B, m, on_rest_answer, t);
	} else if (t->made) {
		fail(e, t, outcome(status), COUNT_CALL_REJECTED);
	} else {
		drop(e, t);
		if (status < 300) /* the session that it took does not come */
			callend(e, replaced, COUNT_CALL_UNREACHABLE, 0, NULL);
	}
}

static void on_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct takeover *t = w->user;
	struct own_request r = {
		.method = SIP_INVITE,
		.content_type = SPAN("application/sdp"),
		.done = on_rest_done,
		.user = t,
	};

	if (rest_is_unusable(e, t->made, a))
		return;
	t->rest.offer = buf_keep(&e->core.bufs, a->sdp);
	r.body = buf_span(t->rest.offer);
	t->out = true;
	if (t->rest.offer && own_send(e, t->rest.leg, &r))
		return;
	t->out = false;
	fail(e, t, 500, COUNT_REFUSE_INTERNAL);
}

/* ----- the beginning ----- */

static bool is_free(const struct call *c)
{
	return c->state == CALL_UP && !c->transfer && !c->takeover;
}

/* The leg to the one who stays, where it takes no Replaces itself. An early dialog is not ours to answer. */
static struct leg *find_rest(const struct engine *e, const struct sip_msg *m)
{
	struct leg *l = NULL;

	if (replaced_of(e, m, &l) != REPLACED_FOUND || l->replaces || !is_free(l->call) || l->call->leg[l->side] != l ||
	    l->state != LEG_CONFIRMED || l->peer->state != LEG_CONFIRMED)
		return NULL;
	return l;
}

bool takeover_begin(struct engine *e, struct pass *p, const struct sip_msg *m)
{
	struct call *made = p->call;
	struct leg *rest = media_has_sdp(m) ? find_rest(e, m) : NULL;
	struct takeover *t = rest ? calloc(1, sizeof(*t)) : NULL;

	if (!t)
		return false;
	adopt_stand_in(e, made->leg[SIDE_B], rest);
	if (!media_offer(e, made->leg[SIDE_A], made->leg[SIDE_B], m, on_offer, t)) {
		free(t);
		return false;
	}
	*t = (struct takeover){ .made = made, .replaced = rest->call, .invite = p, .rest.leg = rest };
	made->takeover = rest->call->takeover = t;
	return true;
}

/* ----- while it lasts ----- */

bool takeover_outlives(struct leg *l)
{
	const struct takeover *t = l->call->takeover;

	if (!t || !t->made || l != t->rest.leg->peer)
		return false;
	l->state = LEG_ENDED;
	return true;
}

bool takeover_holds(const struct leg *l)
{
	const struct takeover *t = l->call->takeover;

	return t && l == t->rest.leg && l->peer->state == LEG_ENDED;
}
