/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/totals.h"

#include "rtpproxy/session/look.h"

/* A late packet is first counted as lost, so that the step may be one back. */
static void add(uint64_t *total, uint32_t *mark, uint32_t now)
{
	*total += (uint64_t)(int32_t)(now - *mark);
	*mark = now;
}

static void packets_take(struct totals *t, struct totals_mark *k, const struct rtp_quality *q)
{
	/* The port was given anew, and counts from nothing. */
	if (q->expected < k->expected)
		k->expected = k->lost = k->late = k->doubled = 0;
	add(&t->expected, &k->expected, q->expected);
	add(&t->lost, &k->lost, q->lost);
	add(&t->late, &k->late, q->reordered);
	add(&t->doubled, &k->doubled, q->duplicates);
}

void totals_packets(struct relay *r, const struct leg *l, struct stream *m)
{
	const struct own_port own = { .realm = l->realm, .port = m->port };
	struct rtp_quality quality;

	if (m->in_path && r->path.quality(r->path.ctx, own, &quality))
		packets_take(&r->totals, &m->totals, &quality);
}

static void look_take(struct totals *t, struct totals_mark *k, enum look look)
{
	if (k->look != look) {
		k->told = false;
	} else if (!k->told) {
		k->told = true;
		t->never += look == LOOK_NEVER;
		t->silent += look == LOOK_SILENT;
	}
	k->look = (uint8_t)look;
}

static void leg_take(struct relay *r, struct leg *l, uint64_t now)
{
	for (unsigned i = 0; i < l->nstream; i++) {
		struct stream *m = &l->stream[i];
		struct port_stats rtp;

		if (!look_port(r, l, m, STREAM_RTP, &rtp))
			continue;
		packets_take(&r->totals, &m->totals, &rtp.quality);
		look_take(&r->totals, &m->totals, look_at(m, &rtp, now));
	}
}

static bool is_unheard(const struct totals_mark *k)
{
	return k->look == LOOK_NEVER || k->look == LOOK_SILENT;
}

/* Heard from one side only. */
static void way_take(struct totals *t, struct totals_mark *a, const struct totals_mark *b)
{
	const bool one_sided = (a->look == LOOK_FLOWS && is_unheard(b)) || (b->look == LOOK_FLOWS && is_unheard(a));

	if (one_sided && a->one_sided && !a->one_way)
		t->one_way++;
	a->one_way = one_sided && a->one_sided;
	a->one_sided = one_sided;
}

void totals_session(struct relay *r, struct session *s, uint64_t now)
{
	leg_take(r, s->near, now);
	for (struct leg *l = s->far; l; l = l->next)
		leg_take(r, l, now);
	for (unsigned i = 0; i < s->near->nstream; i++) {
		const struct stream *across = session_across(s, s->near, i);

		if (across && across->in_path && s->near->stream[i].in_path)
			way_take(&r->totals, &s->near->stream[i].totals, &across->totals);
	}
}

/* What never came to a worker. */
static void spared_put(struct ng_writer *n, const struct relay *r)
{
	struct datapath_spared spared = { 0 };

	if (r->path.spared)
		r->path.spared(r->path.ctx, &spared);
	ng_begin_dict(n, SPAN("dropped"));
	ng_put_u64(n, SPAN("closed-port"), spared.closed);
	ng_put_u64(n, SPAN("banned"), spared.banned);
	ng_end(n);
	ng_begin_dict(n, SPAN("forwarded"));
	ng_put_u64(n, SPAN("in-driver"), spared.in_driver);
	ng_end(n);
}

void totals_put(struct ng_writer *n, const struct relay *r)
{
	const struct totals *t = &r->totals;

	ng_begin_dict(n, SPAN("streams"));
	ng_put_u64(n, SPAN("one-way"), t->one_way);
	ng_put_u64(n, SPAN("never-heard"), t->never);
	ng_put_u64(n, SPAN("silent"), t->silent);
	ng_end(n);
	ng_begin_dict(n, SPAN("packets"));
	ng_put_u64(n, SPAN("expected"), t->expected);
	ng_put_u64(n, SPAN("lost"), t->lost);
	ng_put_u64(n, SPAN("late"), t->late);
	ng_put_u64(n, SPAN("doubled"), t->doubled);
	ng_end(n);
	spared_put(n, r);
}
