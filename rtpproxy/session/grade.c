/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/grade.h"

#include "alg/rtp/mos.h"
#include "rtpproxy/session/look.h"

static uint32_t since(uint32_t now, uint32_t before)
{
	/* A late packet was no loss after all. */
	return now > before ? now - before : 0;
}

static struct grade_sample sample_make(const struct grade *g, const struct grade_view *v)
{
	const uint32_t expected = v->quality->expected - g->expected, lost = since(v->quality->lost, g->lost);
	const double share = (double)(lost < expected ? lost : expected) / expected;
	const struct mos_input in = {
		.codec = v->codec,
		.loss_percent = 100.0 * share,
		.burst = mos_burst(expected, lost, since(v->quality->gaps, g->gaps)),
		.delay_ms = mos_delay(v->round_trip_us / 1000.0, v->quality->jitter_us / 1000.0),
	};

	return (struct grade_sample){
		.at_ms = v->now,
		.round_trip_us = v->round_trip_us,
		.mos_100 = (uint16_t)(100.0 * mos_of(&in) + 0.5),
		.loss_100 = (uint16_t)(10000.0 * share + 0.5),
		.jitter_us = v->quality->jitter_us,
	};
}

static void sample_add(struct grade *g, const struct grade_sample *s)
{
	g->sum_mos_100 += s->mos_100;
	g->sum_loss_100 += s->loss_100;
	g->sum_jitter_us += s->jitter_us;
	g->sum_round_trip_us += s->round_trip_us;
	g->round_trips += s->round_trip_us != 0;
	if (g->samples == 0 || s->mos_100 < g->lowest.mos_100)
		g->lowest = *s;
	if (g->samples == 0 || s->mos_100 > g->highest.mos_100)
		g->highest = *s;
	g->last = *s;
	g->samples++;
}

void grade_take(struct grade *g, const struct grade_view *v)
{
	const struct rtp_quality *q = v->quality;
	struct grade_sample s;

	/* The port was given anew, and counts from nothing. */
	if (q->expected < g->expected)
		g->expected = g->lost = g->gaps = 0;
	if (q->expected == g->expected)
		return;
	s = sample_make(g, v);
	g->expected = q->expected;
	g->lost = q->lost;
	g->gaps = q->gaps;
	sample_add(g, &s);
}

struct grade_sample grade_average(const struct grade *g)
{
	const uint32_t n = g->samples ? g->samples : 1;

	return (struct grade_sample){
		.round_trip_us = (uint32_t)(g->sum_round_trip_us / (g->round_trips ? g->round_trips : 1)),
		.mos_100 = (uint16_t)(g->sum_mos_100 / n),
		.loss_100 = (uint16_t)(g->sum_loss_100 / n),
		.jitter_us = (uint32_t)(g->sum_jitter_us / n),
	};
}

static void leg_grade(const struct relay *r, const struct session *s, struct leg *l, uint64_t now, bool first)
{
	const struct leg *other = session_peer(s, l);

	for (unsigned i = 0; i < l->nstream; i++) {
		struct stream *m = &l->stream[i];
		const struct stream *across = look_across(s, l, i);
		const struct voice_codec *c;
		struct port_stats rtp;

		if (first && m->grade.samples)
			continue;
		if (!look_port(r, l, m, STREAM_RTP, &rtp) || rtp.quality.expected == m->grade.expected)
			continue;
		c = look_voice(s, l, i, rtp.payload_type);
		grade_take(&m->grade, &(struct grade_view){
					      .quality = &rtp.quality,
					      .codec = c ? c->codec : IMPAIRMENT_UNKNOWN,
					      .round_trip_us = look_round_trip(r, l, m) +
							       (across ? look_round_trip(r, other, across) : 0),
					      .now = now,
				      });
	}
}

static void legs_grade(const struct relay *r, struct session *s, uint64_t now, bool first)
{
	leg_grade(r, s, s->near, now, first);
	for (struct leg *l = s->far; l; l = l->next)
		leg_grade(r, s, l, now, first);
}

void grade_session(const struct relay *r, struct session *s, uint64_t now)
{
	legs_grade(r, s, now, false);
}

void grade_session_first(const struct relay *r, struct session *s, uint64_t now)
{
	legs_grade(r, s, now, true);
}
