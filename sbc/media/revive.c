/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/revive.h"

#include "sbc/call/callend.h"
#include "sbc/media/anchor.h"
#include "sbc/media/media.h"

/* What is in force, then what waits for an answer, one question after the other. */
enum { STEP_OFFER, STEP_ANSWER, STEP_PENDING, STEP_MAX = UINT8_MAX };

/* Both sides are told, and who asks for the call hears why (lostcalls.h). */
static void fail(struct engine *e, struct call *c, struct span why)
{
	core_count(&e->core, COUNT_CALL_NOT_REVIVED);
	log_warn(&e->core.log, "call %s: the relay lost its media, which cannot be set up again: %.*s", c->id,
		 SPAN_ARG(why));
	lostcalls_add(&e->lostcalls, c->id, buf_span(c->from), buf_span(c->to), why, e->wall());
	callend(e, c, COUNT_CALL_MEDIA_LOST, 503, NULL);
}

static void next(struct engine *e, struct call *c);

/* No answer: the relay is gone again. When it is back, it is asked again. */
static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *to = w->user;

	if (!a)
		return;
	if (!a->sdp.n)
		fail(e, to->call, a->error_reason.n ? a->error_reason : SPAN("no description in its answer"));
	else if (!anchor_is_told(to, a->sdp))
		fail(e, to->call, SPAN("it chose other ports"));
	else
		next(e, to->call);
}

static bool ask(struct engine *e, struct call *c, unsigned step)
{
	struct leg *to, *offerer = anchor_offerer(c, &to);

	if (step == STEP_OFFER)
		return media_resume(e, offerer, to, buf_span(offerer->anchor.said), on_answer);
	if (step == STEP_ANSWER)
		return media_resume_answer(e, to, offerer, on_answer);
	offerer = anchor_pending(c, step - STEP_PENDING, &to);
	return media_resume(e, offerer, to, buf_span(offerer->anchor.offered), on_answer);
}

static bool is_done(const struct call *c, unsigned step)
{
	struct leg *to;

	return step == STEP_MAX || (step >= STEP_PENDING && !anchor_pending(c, step - STEP_PENDING, &to));
}

static void next(struct engine *e, struct call *c)
{
	const unsigned step = c->revive_step++;

	if (is_done(c, step))
		core_count(&e->core, COUNT_CALL_REVIVED);
	else if (!ask(e, c, step))
		fail(e, c, SPAN("too many questions are out"));
}

void revive(struct engine *e, struct call *c)
{
	struct leg *answerer;
	const bool known = anchor_offerer(c, &answerer) != NULL;

	relaylink_forget(&c->reviving);
	c->revive_step = known ? STEP_OFFER : STEP_PENDING;
	if (!known && c->state == CALL_UP)
		fail(e, c, SPAN("what was agreed is not known"));
	else if (!is_done(c, c->revive_step))
		next(e, c);
}

bool revive_must_wait(const struct call *c)
{
	return c->takeover || c->transfer;
}
