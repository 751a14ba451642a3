/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/mappinghold.h"

#include <stddef.h>

#include "sbc/engine/engine.h"

/* Of the call as the relay knows it: calls come and go while answers wait. */
static uint64_t key_of(const struct call *c)
{
	static const struct hash_key plain = { 0, 0 };

	return siphash(&plain, c->id, (uint32_t)strlen(c->id));
}

static void take_off(struct mappinghold *h, const struct relaylink_wait *w)
{
	struct relaylink_wait **at = &h->first;

	while (*at != w)
		at = &(*at)->held_next;
	*at = w->held_next;
}

static void warn(struct engine *e, const struct relaylink_wait *w)
{
	struct mappinghold *h = &e->mappinghold;
	uint64_t now = core_now(&e->core);

	core_count(&e->core, COUNT_MAPPING_LATE);
	if (!w->user || (h->warned && now < h->warned + MAPPINGHOLD_WARN_MS))
		return;
	h->warned = now;
	log_warn(&e->core.log,
		 "the router above has not mapped the media ports of a call within %d ms: the call goes on, its first "
		 "packets may be lost",
		 MAPPINGHOLD_MS);
}

static void on_late(struct timer *timer, void *ctx, uint64_t now)
{
	struct relaylink_wait *w =
		(struct relaylink_wait *)(void *)((char *)timer - offsetof(struct relaylink_wait, retry));
	struct engine *e = w->home->env;

	(void)ctx, (void)now;
	take_off(&e->mappinghold, w);
	warn(e, w);
	relaylink_release(w);
}

/* What is refused names no ports. */
static bool on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct engine *e = env;
	struct relaylink_wait **at = &e->mappinghold.first;

	if (!a->sdp.n)
		return false;
	while (*at)
		at = &(*at)->held_next;
	w->held_next = NULL;
	*at = w;
	wheel_del(&e->core.wheel, &w->retry);
	wheel_add(&e->core.wheel, &w->retry, core_now(&e->core) + MAPPINGHOLD_MS, on_late);
	core_count(&e->core, COUNT_MAPPING_HELD);
	return true;
}

void mappinghold_want(struct engine *e, const struct call *c, unsigned realm, struct relaylink_wait *w)
{
	if (!mappings_answers(&e->mappings, realm))
		return;
	w->hold = on_answer;
	w->held_for = key_of(c);
}

void mappinghold_settled(struct engine *e, const struct call *c)
{
	struct mappinghold *h = &e->mappinghold;
	uint64_t key = h->first ? key_of(c) : 0;
	struct relaylink_wait *w = h->first;

	/* Whom the answer is for may ask for more, or end the call: from the beginning then. */
	while (w) {
		if (w->held_for != key) {
			w = w->held_next;
			continue;
		}
		take_off(h, w);
		relaylink_release(w);
		w = h->first;
	}
}
