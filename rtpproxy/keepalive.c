/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/keepalive.h"

#include "alg/base/siphash.h"
#include "alg/rtp/rtp_make.h"

/* An RTP packet without payload, of a number that nobody negotiated: receivers drop it unheard (RFC 6263 4.6). Not
 * RTCP, since we do not mux; not an empty datagram, since a phone that waits for RTP would go on waiting. */
static uint8_t unused_number(const struct stream *m)
{
	uint8_t n = 127;

	while (n > 96 && numbers_have(&m->now.payloads, n))
		n--;
	return n;
}

static void keepalive_send(const struct relay *r, const struct leg *l, struct stream *m)
{
	const struct own_port own = { .realm = l->realm, .port = m->port };
	const uint64_t id[] = { l->sdp_id, m->port };
	const struct rtp_header h = {
		.payload_type = unused_number(m),
		.ssrc = (uint32_t)siphash(&r->key, id, sizeof(id)), /* a source of our own, the same all the time */
		.seq = m->keepalive.seq++,
	};
	uint8_t packet[RTP_MAKE_HEADER];

	rtp_make_header(packet, &h);
	(void)r->path.send(r->path.ctx, own, packet, sizeof(packet));
}

/* A side that we have not heard yet may be waiting for us; behind a NAT it is reached only while the NAT remembers. */
static bool needs_keepalive(const struct stream *m, const struct port_stats *s)
{
	if (m->now.comes_back)
		return false;
	if (m->now.pierce)
		return true;
	if (m->now.policy == LATCH_EXACT)
		return false;
	return s->state != PORT_LATCHED || !addr_eq(&s->latched, &m->now.said_rtp);
}

static void stream_keep(const struct relay *r, const struct leg *l, struct stream *m, uint64_t now)
{
	const struct own_port own = { .realm = l->realm, .port = m->port };
	const uint32_t interval = r->conf->realms[l->realm].media_keepalive_ms;
	const uint64_t soon = now + KEEPALIVE_STEP_MS / 2;
	struct keepalive *k = &m->keepalive;
	struct port_stats s;

	if (!m->in_path || !stream_is_open(m) || !r->path.stats(r->path.ctx, own, &s))
		return;
	if (k->due == 0 || s.tx_packets != k->sent) {
		k->due = now + (s.tx_packets ? interval - KEEPALIVE_STEP_MS : KEEPALIVE_FIRST_MS);
		k->sent = s.tx_packets;
		return;
	}
	if (soon < k->due)
		return;
	k->due = now + interval;
	if (needs_keepalive(m, &s))
		keepalive_send(r, l, m);
}

static void leg_keep(const struct relay *r, struct leg *l, uint64_t now)
{
	if (r->conf->realms[l->realm].media_keepalive_ms == 0)
		return;
	for (unsigned i = 0; i < l->nstream; i++)
		stream_keep(r, l, &l->stream[i], now);
}

void keepalive_tick(struct relay *r, uint64_t now)
{
	struct session *s;
	uint32_t pos = 0;

	while ((s = table_next(&r->sessions, &pos)) != NULL) {
		if (!s->committed)
			continue;
		leg_keep(r, s->near, now);
		leg_keep(r, s->joined, now);
	}
}
