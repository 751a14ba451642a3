/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/reporter.h"

#include <stdio.h>

#include "alg/rtp/rtcp.h"
#include "rtpproxy/session/look.h"
#include "rtpproxy/session/secure.h"

/* A side and the stream across. */
struct pair {
	const struct leg *leg, *other;
	struct stream *mine, *across;
};

/* Lost since the last report, in 256ths (RFC 3550 6.4.1). */
static uint8_t fraction_of(const struct reported *before, const struct rtp_quality *q)
{
	const uint32_t expected = q->expected - before->expected;
	const uint32_t lost = q->lost > before->lost ? q->lost - before->lost : 0;

	const uint64_t share = expected && lost < expected ? ((uint64_t)lost << 8) / expected : 0;

	return (uint8_t)share;
}

/* The other side sent no RTCP since we last looked: on its port, or on that of RTP. */
static bool is_mute(const struct relay *r, const struct pair *p, const struct port_stats *rtp)
{
	struct port_stats rtcp;
	uint64_t n;
	bool mute;

	look_port(r, p->other, p->across, STREAM_RTCP, &rtcp);
	n = rtcp.rx_packets + rtp->hearsay.blocks;
	mute = n == p->across->reported.rtcp;
	p->across->reported.rtcp = n;
	return mute;
}

static void report_send(const struct relay *r, const struct pair *p, const struct rtp_quality *heard, uint32_t ssrc)
{
	const struct own_port own = { .realm = p->leg->realm,
				      .port = (uint16_t)(p->mine->port + !secure_is_muxed(p->mine)) };
	uint8_t packet[RTCP_REPORT_MAX];
	char name[16];
	const struct rtcp_own report = {
		.ssrc = ssrc,
		.heard = heard,
		.fraction = fraction_of(&p->mine->reported, heard),
		.name = name,
	};
	uint32_t n;

	snprintf(name, sizeof(name), "%08x", ssrc);
	n = rtcp_write(&report, packet);
	(void)r->path.send(r->path.ctx, own, packet, (uint16_t)n);
}

static void pair_report(const struct relay *r, const struct pair *p)
{
	struct port_stats mine, across;
	bool mute;

	if (!look_port(r, p->leg, p->mine, STREAM_RTP, &mine) ||
	    !look_port(r, p->other, p->across, STREAM_RTP, &across))
		return;
	mute = is_mute(r, p, &across);
	/* Without a packet of the other side there is no name for it. */
	if (mute && across.rx_packets && mine.quality.expected != p->mine->reported.expected)
		report_send(r, p, &mine.quality, across.ssrc);
	p->mine->reported.expected = mine.quality.expected;
	p->mine->reported.lost = mine.quality.lost;
}

static void leg_report(const struct relay *r, const struct session *s, struct leg *l)
{
	struct leg *other = session_peer(s, l);

	for (unsigned i = 0; other && i < l->nstream; i++) {
		const struct pair p = { l, other, &l->stream[i], session_across(s, l, i) };

		if (p.across && stream_is_open(p.mine) && stream_is_open(p.across))
			pair_report(r, &p);
	}
}

void reporter_session(const struct relay *r, struct session *s)
{
	if (!s->generate_rtcp && r->conf->relay.rtcp != CONF_RTCP_GENERATE)
		return;
	if (!r->path.send || !s->joined)
		return;
	leg_report(r, s, s->near);
	leg_report(r, s, s->joined);
}
