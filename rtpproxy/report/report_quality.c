/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/report_quality.h"

enum { SOURCES_MAX = 32 };

static void put_ssrc_list(struct ng_writer *n, const struct port_stats *s)
{
	ng_begin_list(n, SPAN("ingress SSRCs"));
	ng_begin_dict(n, (struct span){ 0 });
	ng_put_u64(n, SPAN("SSRC"), s->ssrc);
	ng_put_u64(n, SPAN("packets"), s->rx_packets);
	ng_put_u64(n, SPAN("bytes"), s->rx_bytes);
	ng_put_u64(n, SPAN("last RTP seq"), s->quality.highest & 0xffff);
	ng_end(n);
	ng_end(n);
}

static void put_losses(struct ng_writer *n, const struct rtp_quality *q)
{
	const struct {
		struct span name;
		uint64_t value;
	} numbers[] = {
		{ SPAN("due"), q->expected },
		{ SPAN("lost"), q->lost },
		{ SPAN("loss in hundredths of percent"), (uint64_t)(100.0 * rtp_quality_loss(q) + 0.5) },
		{ SPAN("reordered"), q->reordered },
		{ SPAN("duplicates"), q->duplicates },
		{ SPAN("gaps"), q->gaps },
		{ SPAN("longest gap"), q->gap_max },
		{ SPAN("restarts"), q->restarts },
		{ SPAN("jitter us"), q->jitter_us },
	};

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		ng_put_u64(n, numbers[i].name, numbers[i].value);
}

/* What the side says of the stream that it hears from us. */
static void put_hearsay(struct ng_writer *n, const struct report_stream *s)
{
	const struct stream *m = &s->leg->stream[s->at];
	struct port_stats rtcp;
	const struct hearsay *h;

	look_port(s->relay, s->leg, m, STREAM_RTCP, &rtcp);
	h = look_hearsay(s->rtp, &rtcp);
	if (!h)
		return;
	ng_begin_dict(n, SPAN("reported"));
	ng_put_u64(n, SPAN("reports"), h->blocks);
	/* Duplicates can make it negative. */
	ng_put_u64(n, SPAN("lost"), h->lost > 0 ? (uint64_t)h->lost : 0);
	ng_put_u64(n, SPAN("loss in hundredths of percent"), (uint64_t)h->fraction * 10000 / 256);
	ng_put_u64(n, SPAN("jitter"), h->jitter);
	if (h->trips)
		ng_put_u64(n, SPAN("round-trip time"), h->round_trip_us);
	ng_end(n);
}

void report_quality_stream(struct ng_writer *n, const struct report_stream *s)
{
	const struct voice_codec *c = look_voice(s->session, s->leg, s->at, s->rtp->payload_type);
	const struct grade *g = &s->leg->stream[s->at].grade;

	if (s->rtp->rx_packets) {
		put_ssrc_list(n, s->rtp);
		ng_put_u64(n, SPAN("payload type"), s->rtp->payload_type);
		if (c && c->codec != IMPAIRMENT_UNKNOWN)
			ng_put_str(n, SPAN("codec"), impairment_of(c->codec)->codec);
		put_losses(n, &s->rtp->quality);
	}
	if (g->samples)
		ng_put_u64(n, SPAN("MOS"), (g->last.mos_100 + 5U) / 10);
	put_hearsay(n, s);
}

/* --- by source --------------------------------------------------------------------------------------------- */

struct sources {
	const struct relay *relay;
	const struct session *session;
	uint32_t told[SOURCES_MAX];
	unsigned n;
};

static void put_sample(struct ng_writer *n, const struct sources *all, struct span name, const struct grade_sample *g,
		       uint32_t leg_us)
{
	ng_begin_dict(n, name);
	ng_put_u64(n, SPAN("MOS"), (g->mos_100 + 5U) / 10);
	ng_put_u64(n, SPAN("packet loss"), (g->loss_100 + 50U) / 100);
	ng_put_u64(n, SPAN("jitter"), (g->jitter_us + 500) / 1000);
	ng_put_u64(n, SPAN("round-trip time"), g->round_trip_us);
	ng_put_u64(n, SPAN("round-trip time leg"), leg_us);
	if (g->at_ms)
		ng_put_u64(n, SPAN("reported at"), (g->at_ms + all->relay->wall_ms) / 1000);
}

static void put_source(struct ng_writer *n, const struct sources *all, const struct leg *l, const struct stream *m,
		       uint32_t ssrc)
{
	const uint32_t leg_us = look_round_trip(all->relay, l, m);
	const struct grade_sample average = grade_average(&m->grade);
	char digits[16];
	struct writer w = writer_over(digits, sizeof(digits));

	writer_u64(&w, ssrc);
	ng_begin_dict(n, writer_done(&w));
	put_sample(n, all, SPAN("average MOS"), &average, leg_us);
	ng_put_u64(n, SPAN("samples"), m->grade.samples);
	ng_end(n);
	put_sample(n, all, SPAN("lowest MOS"), &m->grade.lowest, leg_us);
	ng_end(n);
	put_sample(n, all, SPAN("highest MOS"), &m->grade.highest, leg_us);
	ng_end(n);
	ng_end(n);
}

/* Some echo what they hear, number and all: a key must not come twice. */
static bool source_is_new(struct sources *all, uint32_t ssrc)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->told[i] == ssrc)
			return false;
	if (all->n == SOURCES_MAX)
		return false;
	all->told[all->n++] = ssrc;
	return true;
}

static void put_leg(struct ng_writer *n, struct sources *all, const struct leg *l)
{
	for (unsigned i = 0; i < l->nstream; i++) {
		const struct stream *m = &l->stream[i];
		struct port_stats rtp;

		if (m->grade.samples && look_port(all->relay, l, m, STREAM_RTP, &rtp) && source_is_new(all, rtp.ssrc))
			put_source(n, all, l, m, rtp.ssrc);
	}
}

void report_quality_sources(struct ng_writer *n, const struct relay *r, const struct session *s)
{
	struct sources all = { .relay = r, .session = s };

	ng_begin_dict(n, SPAN("SSRC"));
	put_leg(n, &all, s->near);
	for (const struct leg *l = s->far; l; l = l->next)
		put_leg(n, &all, l);
	ng_end(n);
}
