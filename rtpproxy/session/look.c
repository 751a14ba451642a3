/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/look.h"

bool look_port(const struct relay *r, const struct leg *l, const struct stream *m, enum stream_kind kind,
	       struct port_stats *out)
{
	const struct own_port own = { .realm = l->realm, .port = (uint16_t)(m->port + (kind == STREAM_RTCP)) };

	*out = (struct port_stats){ 0 };
	return m->in_path && r->path.stats(r->path.ctx, own, out);
}

const struct hearsay *look_hearsay(const struct port_stats *rtp, const struct port_stats *rtcp)
{
	if (rtcp->hearsay.blocks)
		return &rtcp->hearsay;
	return rtp->hearsay.blocks ? &rtp->hearsay : NULL; /* on one port with RTP */
}

uint32_t look_round_trip(const struct relay *r, const struct leg *l, const struct stream *m)
{
	struct port_stats rtp, rtcp;
	const struct hearsay *h;

	look_port(r, l, m, STREAM_RTP, &rtp);
	look_port(r, l, m, STREAM_RTCP, &rtcp);
	h = look_hearsay(&rtp, &rtcp);
	return h ? h->round_trip_us : 0;
}

const struct stream *look_across(const struct session *s, const struct leg *l, unsigned at)
{
	return session_across(s, l, at);
}

const struct voice_codec *look_voice(const struct session *s, const struct leg *l, unsigned at, uint8_t payload_type)
{
	const struct stream *m = &l->stream[at], *across = look_across(s, l, at);

	return voice_of(&m->now.voice, across ? &across->now.voice : &m->now.voice, payload_type);
}

enum look look_at(const struct stream *m, const struct port_stats *rtp, uint64_t now)
{
	if (!stream_is_open(m))
		return LOOK_OFF;
	/* It may have been heard since `now`. */
	if (rtp->rx_packets && (int64_t)(now - rtp->last_rx_ms) < LOOK_SILENT_MS)
		return LOOK_FLOWS;
	if (m->now.held)
		return LOOK_HELD;
	return rtp->rx_packets ? LOOK_SILENT : LOOK_NEVER;
}

const char *look_name(enum look l)
{
	static const char *const names[] = {
		[LOOK_FLOWS] = "flows", [LOOK_NEVER] = "never", [LOOK_SILENT] = "silent",
		[LOOK_HELD] = "held",   [LOOK_OFF] = "off",
	};

	return names[l];
}
