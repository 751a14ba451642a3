/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/revive.h"

#include "sbc/call/callend.h"
#include "sbc/media/anchor.h"
#include "sbc/media/media.h"
#include "sbc/media/renew.h"

/* What is in force, then what waits for an answer, one question after the other. */
enum { STEP_OFFER, STEP_ANSWER, STEP_PENDING, STEP_MAX = UINT8_MAX };

void revive_fail(struct engine *e, struct call *c, struct span why)
{
	core_count(&e->core, COUNT_CALL_NOT_REVIVED);
	log_warn(&e->core.log, "call %s: the relay lost its media, which cannot be set up again: %.*s", c->id,
		 SPAN_ARG(why));
	lostcalls_add(&e->lostcalls, c->id, buf_span(c->from), buf_span(c->to), why, e->wall());
	callend(e, c, COUNT_CALL_MEDIA_LOST, 503, NULL);
}

static void next(struct engine *e, struct call *c);

/* Whose keys are gone. Whether a side will take what it was offered is not known before it answers. */
static void note_sides(struct call *c, const struct ng_answer *a)
{
	if (c->revive_step != STEP_OFFER + 1)
		c->revive_sides |= renew_sides(c, a);
}

/* No answer: the relay is gone again. When it is back, it is asked again. */
static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *to = w->user;
	struct call *c = to->call;

	if (!a)
		return;
	note_sides(c, a);
	if (!a->sdp.n)
		revive_fail(e, c, a->error_reason.n ? a->error_reason : SPAN("no description in its answer"));
	else if (!anchor_is_told(to, a->sdp))
		revive_fail(e, c, SPAN("it chose other ports"));
	else if (c->revive_sides && c->state != CALL_UP)
		revive_fail(e, c, SPAN("its keys are gone, and nobody has answered yet"));
	else
		next(e, c);
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

	if (!is_done(c, step)) {
		if (!ask(e, c, step))
			revive_fail(e, c, SPAN("too many questions are out"));
		return;
	}
	core_count(&e->core, COUNT_CALL_REVIVED);
	if (c->revive_sides)
		renew(e, c, c->revive_sides);
}

void revive(struct engine *e, struct call *c)
{
	struct leg *answerer;
	const bool known = anchor_offerer(c, &answerer) != NULL;

	relaylink_forget(&c->reviving);
	renew_stop(e, c);
	c->revive_sides = 0;
	c->revive_step = known ? STEP_OFFER : STEP_PENDING;
	if (!known && c->state == CALL_UP)
		revive_fail(e, c, SPAN("what was agreed is not known"));
	else if (!is_done(c, c->revive_step))
		next(e, c);
}

bool revive_must_wait(const struct call *c)
{
	return c->takeover || c->transfer;
}
