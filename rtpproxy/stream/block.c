/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/block.h"

#include "rtpproxy/stream/digits.h"
#include "rtpproxy/stream/join.h"

static const struct {
	size_t what; /* in struct gate */
	bool shut;
} kinds[NG_COMMAND_N] = {
	[NG_BLOCK_MEDIA] = { offsetof(struct gate, media), true },
	[NG_UNBLOCK_MEDIA] = { offsetof(struct gate, media), false },
	[NG_SILENCE_MEDIA] = { offsetof(struct gate, silence), true },
	[NG_UNSILENCE_MEDIA] = { offsetof(struct gate, silence), false },
	[NG_BLOCK_DTMF] = { offsetof(struct gate, events), true },
	[NG_UNBLOCK_DTMF] = { offsetof(struct gate, events), false },
};

static bool leg_is_at(const struct leg *l, const struct addr *host)
{
	for (unsigned i = 0; i < l->nstream; i++)
		if (addr_same_host(&l->stream[i].now.said_rtp, host))
			return true;
	return false;
}

/* By tag first, then by what else the client may know the side by. */
bool block_names(const struct leg *l, const struct ng_request *q)
{
	const struct span label = span_is_set(q->from_label) ? q->from_label : q->label;

	if (span_is_set(q->from_tag))
		return leg_has_tag(l, q->from_tag);
	if (span_is_set(label))
		return span_eq(l->label, label);
	return addr_is_set(&q->address) && leg_is_at(l, &q->address);
}

bool block_names_a_side(const struct ng_request *q)
{
	return !q->all && (span_is_set(q->from_tag) || span_is_set(q->from_label) || span_is_set(q->label) ||
			   addr_is_set(&q->address));
}

static void gate_turn(struct gate *g, const struct job *j)
{
	*(bool *)((char *)g + kinds[j->request->command].what) = kinds[j->request->command].shut;
}

/* Of one leg, where the request means it. True where it does. */
static bool leg_turn(struct job *j, struct session *s, struct leg *l, bool all)
{
	if (!all && !block_names(l, j->request))
		return false;
	gate_turn(&l->gate, j);
	join_push(j->relay, s, l);
	return true;
}

enum outcome block_run(struct job *j)
{
	struct session *s = job_session(j);
	const bool all = !block_names_a_side(j->request);
	bool found;

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	/* For sides that are yet to come. */
	if (all)
		gate_turn(&s->gate, j);
	found = leg_turn(j, s, s->near, all);
	for (struct leg *l = s->far; l; l = l->next)
		found = leg_turn(j, s, l, all) || found;
	return found ? OUTCOME_OK : OUTCOME_UNKNOWN_TAGS;
}

struct gate block_gate(const struct session *s, const struct leg *l, const struct stream *m,
		       const struct stream *across)
{
	struct gate g = {
		.media = s->gate.media || l->gate.media,
		.events = s->gate.events || l->gate.events,
		.silence = s->gate.silence || l->gate.silence,
		.number = m->now.events,
	};

	if (across)
		numbers_add(&g.number, &across->now.events);
	digits_gate(s, l, m, &g);
	return g;
}
