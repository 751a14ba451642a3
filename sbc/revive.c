/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/revive.h"

#include "sbc/anchor.h"
#include "sbc/callend.h"
#include "sbc/media.h"

/* Both sides are told why. */
static void fail(struct engine *e, struct call *c, struct span why)
{
	core_count(&e->core, COUNT_CALL_NOT_REVIVED);
	log_warn(&e->core.log, "call %s: the relay lost its media, which cannot be set up again: %.*s", c->id,
		 SPAN_ARG(why));
	callend(e, c, COUNT_CALL_MEDIA_LOST, 503, NULL);
}

/* The session is there, but not the one that both sides know. */
static bool agrees(struct engine *e, struct leg *offerer, const struct leg *shown, const struct ng_answer *a)
{
	if (!a->sdp.n) {
		fail(e, offerer->call, a->error_reason.n ? a->error_reason : SPAN("no description in its answer"));
		return false;
	}
	if (anchor_is_told(shown, a->sdp))
		return true;
	fail(e, offerer->call, SPAN("it chose other ports"));
	return false;
}

/* No answer: the relay is gone again. When it is back, it is asked again. */
static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *offerer = w->user;

	if (a && agrees(e, offerer, offerer, a))
		core_count(&e->core, COUNT_CALL_REVIVED);
}

static void on_offer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct leg *offerer = w->user;

	if (!a || !agrees(e, offerer, offerer->peer, a))
		return;
	if (!media_resume_answer(e, offerer, on_answer))
		fail(e, offerer->call, SPAN("too many questions are out"));
}

void revive(struct engine *e, struct call *c)
{
	struct leg *offerer = anchor_offerer(c);

	if (!offerer)
		fail(e, c, SPAN("what was agreed is not known"));
	else if (!media_resume(e, offerer, on_offer))
		fail(e, c, SPAN("too many questions are out"));
}

bool revive_must_wait(const struct call *c)
{
	return c->invite || c->offer || c->takeover || c->transfer || c->waits;
}
