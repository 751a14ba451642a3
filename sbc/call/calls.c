/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/calls.h"

#include <stdlib.h>

#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/pinhole/callholes.h"
#include "sbc/store/callkeep.h"
#include "sbc/transfer/takeover.h"
#include "sbc/transfer/transfer.h"

static void free_legs(struct engine *e, struct call *c)
{
	while (c->legs) {
		struct leg *l = c->legs;

		c->legs = l->next;
		leg_fini(e, l);
		free(l);
	}
}

static int join_legs(struct call *c)
{
	struct leg *a = leg_make(c, SIDE_A), *b = a ? leg_make(c, SIDE_B) : NULL;

	if (!b)
		return -1;
	a->peer = b;
	b->peer = a;
	c->leg[SIDE_A] = a;
	c->leg[SIDE_B] = b;
	strcpy(a->media, "a");
	strcpy(b->media, "b");
	return 0;
}

/* given: its id; absent: a new one. */
static struct call *make(struct engine *e, uint32_t most, struct span given)
{
	struct call *c;
	struct writer id;

	if (e->ncall >= most)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	id = writer_over(c->id, TOKEN_ID_LEN);
	if (span_is_set(given))
		writer_put(&id, given);
	else
		token_write(&e->core.tokens, &id, TOKEN_ID_LEN);
	if (join_legs(c) || table_add(&e->calls_by_id, span_str(c->id), c)) {
		free_legs(e, c);
		free(c);
		return NULL;
	}
	c->created = core_now(&e->core);
	c->created_wall = e->wall();
	c->next = e->calls;
	if (c->next)
		c->next->link = &c->next;
	c->link = &e->calls;
	e->calls = c;
	e->ncall++;
	e->calls_total++;
	return c;
}

struct call *calls_new(struct engine *e)
{
	return make(e, e->core.conf->limits.calls, (struct span){ 0 });
}

struct call *calls_restore(struct engine *e, struct span id)
{
	struct call *c = token_is(id, TOKEN_ID_LEN) ? make(e, e->core.conf->limits.calls, id) : NULL;

	if (c)
		e->calls_total--;
	return c;
}

struct call *calls_new_emergency(struct engine *e)
{
	uint32_t most = e->core.conf->limits.calls;
	struct call *c = make(e, most + most / 4 + 1, (struct span){ 0 });

	if (c)
		c->emergency = true;
	return c;
}

void calls_over(struct engine *e, struct call *c)
{
	c->state = CALL_OVER;
	e->ncall--;
	if (c->counted)
		tally_drop(&e->calls_of_user, buf_span(c->user));
	c->counted = false;
	callkeep_over(e, c);
	for (struct leg *l = c->legs; l; l = l->next)
		admission_leave(e, l);
}

void calls_free(struct engine *e, struct call *c)
{
	if (c->state != CALL_OVER)
		calls_over(e, c);
	transfer_forget(e, c);
	takeover_forget(e, c);
	relaylink_forget(&c->waits);
	relaylink_forget(&c->reviving);
	renew_over(e, c);
	callholes_end(e, c);
	wheel_del(&e->core.wheel, &c->limit);
	while (c->passes)
		pass_free(e, c->passes);
	free_legs(e, c);
	table_del(&e->calls_by_id, span_str(c->id));
	buf_drop(&e->core.bufs, c->from);
	buf_drop(&e->core.bufs, c->to);
	buf_drop(&e->core.bufs, c->user);
	buf_drop(&e->core.bufs, c->subscription.event);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	free(c);
}

struct call *calls_find(struct engine *e, struct span id)
{
	return table_find(&e->calls_by_id, id);
}

int calls_set_user(struct engine *e, struct call *c, struct span user)
{
	c->user = buf_keep(&e->core.bufs, user);
	if (!c->user || tally_add(&e->calls_of_user, user))
		return -1;
	c->counted = true;
	return 0;
}

unsigned calls_of_user(const struct engine *e, struct span user)
{
	return tally_of(&e->calls_of_user, user);
}
