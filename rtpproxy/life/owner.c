/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/owner.h"

#include "rtpproxy/life/end.h"
#include "rtpproxy/session/secure.h"

enum { LIST_RESERVE = 2048 /* of the answer: for what comes after the list */ };

/* --- sessions come and go --- */

/* Above OWNERS_MAX it is nobody's, as that of a client without a name. */
void owner_add(struct relay *r, struct session *s, uint64_t now)
{
	struct owner *w = span_is_set(s->owner) ? owners_get(&r->owners, s->owner) : NULL;

	if (!w)
		return;
	owners_give(w, s);
	w->heard = now;
	w->lapsed = false;
}

void owner_del(struct relay *r, struct session *s)
{
	struct owner *w = s->holder;

	owners_take(s);
	if (w)
		owners_let_go(&r->owners, w);
}

/* --- commands --- */

/* Who asks is there. */
static struct owner *owner_asking(struct job *j)
{
	struct owner *w = owners_find(&j->relay->owners, j->request->owner);

	if (!w)
		return NULL;
	w->heard = j->now;
	w->lapsed = false;
	return w;
}

/* The same, and it is known from now on. */
static enum outcome owner_named(struct job *j, struct owner **out)
{
	struct owner *w;

	if (!j->request->owner.n)
		return OUTCOME_NO_OWNER;
	w = owners_get(&j->relay->owners, j->request->owner);
	if (!w)
		return OUTCOME_NO_MEMORY;
	owner_asking(j);
	*out = w;
	return OUTCOME_OK;
}

/* Of those that were listed: sides of theirs must be told anew (resume.h). */
static void put_anew(struct ng_writer *n, const struct session *s, uint32_t count)
{
	ng_begin_list(n, SPAN("anew"));
	for (; count; count--, s = s->held_next)
		if (secure_session_waits(s))
			ng_put_str(n, (struct span){ 0 }, s->call_id);
	ng_end(n);
}

/* In JSON a byte may take six. */
static size_t name_room(const struct session *s)
{
	return 16 + 6 * (size_t)s->call_id.n;
}

enum outcome owner_list(struct job *j)
{
	const struct ng_request *q = j->request;
	struct ng_writer *n = &j->answer;
	const struct writer *out = n->w;
	struct owner *w = owner_asking(j);
	struct session *s = w ? owners_behind(w, q->after) : NULL;
	const struct session *first = s;
	uint32_t count = 0, last = 0;
	size_t anew = 0;

	ng_begin_list(n, SPAN("calls"));
	while (s && (!q->limit || count < q->limit) && out->cap - out->n >= LIST_RESERVE + 2 * name_room(s) + anew) {
		ng_put_str(n, (struct span){ 0 }, s->call_id);
		anew += secure_session_waits(s) ? name_room(s) : 0;
		count++;
		last = s->id;
		w->told = s;
		s = s->held_next;
	}
	ng_end(n);
	if (anew)
		put_anew(n, first, count);
	if (s && count)
		ng_put_u64(n, SPAN("next"), last);
	return OUTCOME_OK;
}

static void put_standing(struct job *j, const struct owner *w)
{
	ng_put_u64(&j->answer, SPAN("instance"), j->relay->owners.instance >> 1);
	ng_put_u64(&j->answer, SPAN("sessions"), w ? w->n : 0);
	ng_put_u64(&j->answer, SPAN("lease"), j->relay->conf->relay.lease_ms / 1000);
}

static void session_turn_to(struct job *j, struct session *s)
{
	if (j->from)
		s->peer = peers_turn(&j->relay->peers, s->peer, j->from);
	s->coding = j->request->coding;
}

static enum outcome adopt_one(struct job *j, struct owner *w)
{
	struct session *s = job_session(j);

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (s->holder != w) {
		owner_del(j->relay, s);
		owners_give(w, s);
	}
	session_turn_to(j, s);
	return OUTCOME_OK;
}

enum outcome owner_adopt(struct job *j)
{
	struct owner *w;
	enum outcome o = owner_named(j, &w);

	if (o != OUTCOME_OK)
		return o;
	if (j->request->call_id.n)
		o = adopt_one(j, w);
	else
		for (struct session *s = w->first; s; s = s->held_next)
			session_turn_to(j, s);
	if (o == OUTCOME_OK)
		put_standing(j, w);
	owners_let_go(&j->relay->owners, w);
	return o;
}

enum outcome owner_lease(struct job *j)
{
	struct owner *w;
	const enum outcome o = owner_named(j, &w);

	if (o != OUTCOME_OK)
		return o;
	w->leased = true;
	put_standing(j, w);
	totals_put(&j->answer, j->relay);
	return OUTCOME_OK;
}

enum outcome owner_disown(struct job *j)
{
	struct relay *r = j->relay;
	struct owner *w = owner_asking(j);
	uint64_t ended = 0;

	if (!j->request->owner.n)
		return OUTCOME_NO_OWNER;
	if (w) {
		struct session *next;

		/* The last one that goes must not take its owner along while we walk. */
		w->leased = true;
		for (struct session *s = w->first; s; s = next, ended++) {
			next = s->held_next;
			end_session(r, s, j->now);
		}
		w->leased = false;
		owners_let_go(&r->owners, w);
	}
	ng_put_u64(&j->answer, SPAN("ended"), ended);
	return OUTCOME_OK;
}

/* --- leases --- */

static void lapse(struct relay *r, struct owner *w, uint64_t now)
{
	char line[160];
	struct writer out = writer_over(line, sizeof(line) - 1);

	w->lapsed = true;
	if (!r->log || !w->n)
		return;
	writer_format(&out, "nothing heard of \"%.*s\" for %llu s: its %u sessions end as they fall silent",
		      (int)(w->name.n < 48 ? w->name.n : 48), w->name.p, (unsigned long long)((now - w->heard) / 1000),
		      w->n);
	line[out.n] = '\0';
	r->log(r->log_ctx, 1, line);
}

void owner_tick(struct relay *r, uint64_t now)
{
	struct owner *w, *idle = NULL;
	uint32_t pos = 0;

	if (!r->conf->relay.lease_ms)
		return;
	while ((w = table_next(&r->owners.by_name, &pos)) != NULL) {
		if (w->leased && !w->lapsed && now - w->heard >= r->conf->relay.lease_ms)
			lapse(r, w, now);
		if (w->lapsed && !w->n)
			idle = w;
	}
	/* Letting one go moves others: the next goes a second later. */
	if (idle)
		owners_let_go(&r->owners, idle);
}
