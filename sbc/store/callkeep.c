/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/callkeep.h"

#include <stddef.h>
#include <stdlib.h>

#include "sbc/base/transport.h"

struct callkeep *callkeep_new(struct engine *e)
{
	struct callkeep *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->engine = e;
	k->fresh_end = &k->fresh;
	k->changed_end = &k->changed;
	return k;
}

/* ----- those to be written ----- */

static void append(struct callkeep *k, struct kept_call *one)
{
	one->next = NULL;
	one->link = k->changed_end;
	*one->link = one;
	k->changed_end = &one->next;
	k->nchanged++;
}

static void take_off(struct callkeep *k, struct kept_call *one)
{
	*one->link = one->next;
	if (one->next)
		one->next->link = one->link;
	else
		k->changed_end = one->link;
	one->link = NULL;
	k->nchanged--;
}

static void mark(struct callkeep *k, struct kept_call *one)
{
	if (one->link)
		return;
	append(k, one);
	if (k->wake)
		k->wake(k->ctx);
}

static void drop(struct callkeep *k, struct kept_call *one)
{
	if (one->link)
		take_off(k, one);
	k->nkept--;
	free(one);
}

static struct kept_call *make(struct callkeep *k, struct call *c, int64_t row)
{
	struct kept_call *one = calloc(1, sizeof(*one));

	if (!one)
		return NULL;
	one->call = c;
	one->row = row;
	k->nkept++;
	if (row > k->last_row)
		k->last_row = row;
	return one;
}

void callkeep_free(struct callkeep *k)
{
	if (!k)
		return;
	for (unsigned i = 0; i < k->nout; i++)
		if (!k->out[i]->call && !k->out[i]->link)
			drop(k, k->out[i]);
	for (struct call *c = k->engine->calls; c; c = c->next) {
		c->fresh_link = NULL;
		if (c->kept)
			drop(k, c->kept);
		c->kept = NULL;
	}
	while (k->changed)
		drop(k, k->changed);
	wheel_del(&k->engine->core.wheel, &k->timer);
	free(k);
}

/* ----- acknowledged of late ----- */

static void fresh_leave(struct callkeep *k, struct call *c)
{
	*c->fresh_link = c->fresh_next;
	if (c->fresh_next)
		c->fresh_next->fresh_link = c->fresh_link;
	else
		k->fresh_end = c->fresh_link;
	c->fresh_link = NULL;
}

static void on_due(struct timer *timer, void *ctx, uint64_t now);

static void await_next(struct callkeep *k)
{
	if (k->fresh && !timer_runs(&k->timer))
		wheel_add(&k->engine->core.wheel, &k->timer, k->fresh->fresh_until, on_due);
}

/* It is worth it. */
static void begin(struct callkeep *k, struct call *c)
{
	fresh_leave(k, c);
	c->kept = make(k, c, k->last_row + 1);
	if (c->kept)
		mark(k, c->kept);
}

static void on_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct callkeep *k = (struct callkeep *)(void *)((char *)timer - offsetof(struct callkeep, timer));

	(void)ctx;
	while (k->fresh && now >= k->fresh->fresh_until)
		begin(k, k->fresh);
	await_next(k);
}

void callkeep_leave(struct callkeep *k)
{
	while (k->fresh)
		begin(k, k->fresh);
}

void callkeep_answered(struct engine *e, struct call *c)
{
	struct callkeep *k = e->keep;

	if (!k || c->state != CALL_UP || c->kept || c->fresh_link)
		return;
	c->fresh_until = core_now(&e->core) + CALLKEEP_AFTER_MS;
	c->fresh_next = NULL;
	c->fresh_link = k->fresh_end;
	*c->fresh_link = c;
	k->fresh_end = &c->fresh_next;
	await_next(k);
}

void callkeep_changed(struct engine *e, struct call *c)
{
	if (e->keep && c->kept)
		mark(e->keep, c->kept);
}

void callkeep_over(struct engine *e, struct call *c)
{
	struct callkeep *k = e->keep;
	struct kept_call *one = c->kept;

	if (!k)
		return;
	if (c->fresh_link)
		fresh_leave(k, c);
	c->kept = NULL;
	if (!one)
		return;
	one->call = NULL;
	if (one->written)
		mark(k, one);
	else
		drop(k, one);
}

int callkeep_restored(struct callkeep *k, struct call *c, int64_t row)
{
	c->kept = make(k, c, row);
	if (!c->kept)
		return -1;
	c->kept->written = true;
	mark(k, c->kept);
	return 0;
}

void callkeep_discard(struct callkeep *k, int64_t row)
{
	struct kept_call *one = make(k, NULL, row);

	if (!one)
		return;
	one->written = true;
	mark(k, one);
}

/* ----- what is written ----- */

static void record_session(const struct moment *m, const struct leg *l, struct callrecord_leg *out)
{
	out->interval = l->session.interval;
	out->min_se = l->session.min_se;
	out->ours = l->session.ours;
	if (l->session.interval)
		out->lapses = (uint64_t)moment_wall(m, l->lapse_at);
}

static void record_leg(const struct engine *e, const struct leg *l, const struct moment *m, struct callrecord_leg *out)
{
	const struct conf_realm *realm = &e->core.conf->realms[l->flow.realm];

	*out = (struct callrecord_leg){
		.realm = span_str(realm->name),
		.transport = transport_info((enum conf_transport)l->flow.transport)->via,
		.port = realm->listen[l->flow.listen].port,
		.peer = l->flow.peer,
		.secure = l->secure,
		.media = span_str(l->media),
		.call_id = buf_span(l->call_id),
		.local = buf_span(l->local),
		.local_tag = buf_span(l->local_tag),
		.remote = buf_span(l->remote),
		.remote_tag = buf_span(l->remote_tag),
		.target = buf_span(l->target),
		.routes = buf_span(l->routes),
		.local_cseq = l->local_cseq,
		.remote_cseq = l->remote_cseq,
		.invite_cseq = l->invite_cseq,
		.sdp = buf_span(l->sdp),
		.told = buf_span(l->told),
		.device = buf_span(l->device),
		.proof = buf_span(l->proof),
		.described = buf_span(l->anchor.said),
		.shown = buf_span(l->anchor.told),
		.offers = l->anchor.offers,
		.updates = l->updates,
		.replaces = l->replaces,
		.from_change = l->from_change,
		.focus = l->focus,
		.update_tried = l->update_tried,
	};
	if (l->trunk >= 0)
		out->trunk = span_str(e->core.conf->trunks[l->trunk].name);
	record_session(m, l, out);
}

void callkeep_record(const struct engine *e, const struct call *c, const struct moment *m, struct callrecord *out)
{
	*out = (struct callrecord){
		.id = span_str(c->id),
		.from = buf_span(c->from),
		.to = buf_span(c->to),
		.user = c->counted ? buf_span(c->user) : (struct span){ 0 },
		.created = (uint64_t)c->created_wall,
		.answered = (uint64_t)moment_wall(m, c->answered_at),
		.emergency = c->emergency,
		.branches = c->nbranch,
		.media = c->media,
	};
	for (unsigned i = 0; i < 2; i++)
		record_leg(e, c->leg[i], m, &out->leg[i]);
}

/* False: there is no room. */
static bool pack_one(struct callkeep *k, struct kept_call *one, const struct moment *m, struct database_call *out,
		     struct writer *text)
{
	struct writer w = *text;
	struct callrecord r;

	*out = (struct database_call){ .row = one->row, .gone = !one->call };
	if (!one->call)
		return true;
	callkeep_record(k->engine, one->call, m, &r);
	callrecord_write(&w, &r);
	if (w.failed)
		return false;
	out->data = span_of(w.p + text->n, w.n - text->n);
	*text = w;
	one->written = true;
	return true;
}

unsigned callkeep_pack(struct callkeep *k, struct database_call *out, struct writer *text)
{
	const struct moment m = { core_now(&k->engine->core), k->engine->wall() };

	for (k->nout = 0; k->changed && k->nout < CALLKEEP_BATCH; k->nout++) {
		struct kept_call *one = k->changed;

		if (!pack_one(k, one, &m, &out[k->nout], text)) {
			if (k->nout)
				break;
			/* One that no text has room for: its row may be of another time, and goes. */
			core_count(&k->engine->core, COUNT_CALL_TOO_LARGE);
			out[0] = (struct database_call){ .row = one->row, .gone = true };
			one->written = true;
		}
		take_off(k, one);
		one->out = true;
		k->out[k->nout] = one;
	}
	return k->nout;
}

void callkeep_written(struct callkeep *k, bool done)
{
	for (unsigned i = 0; i < k->nout; i++) {
		struct kept_call *one = k->out[i];

		one->out = false;
		if (!done && !one->link)
			append(k, one);
		else if (!one->call && !one->link)
			drop(k, one);
	}
	k->nout = 0;
}

void callkeep_all(struct callkeep *k)
{
	for (struct call *c = k->engine->calls; c; c = c->next)
		if (c->kept && !c->kept->link)
			append(k, c->kept);
}
