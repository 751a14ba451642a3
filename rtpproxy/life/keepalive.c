/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/keepalive.h"

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
	if (m->now.datagram) /* what is no RTP there would be taken for something; and a fax is never silent for long */
		return false;
	if (m->now.comes_back)
		return false;
	if (m->now.pierce)
		return true;
	if (m->now.policy == LATCH_EXACT)
		return false;
	return s->state != PORT_LATCHED || !addr_eq(&s->latched, &m->now.said_rtp);
}

static uint32_t interval_of(const struct relay *r, const struct leg *l)
{
	return r->conf->realms[l->realm].media_keepalive_ms;
}

/* True where nothing has left from it yet. */
static bool stream_keep(const struct relay *r, const struct leg *l, struct stream *m, uint64_t now)
{
	const struct own_port own = { .realm = l->realm, .port = m->port };
	const uint64_t sent = r->path.sent(r->path.ctx, own);
	const uint32_t interval = interval_of(r, l), look = sent ? interval / KEEPALIVE_LOOKS : 0;
	struct keepalive *k = &m->keepalive;
	struct port_stats s;

	if (k->since == 0 || sent != k->sent) {
		k->since = now;
		k->sent = sent;
		return sent == 0;
	}
	/* Rather too early than too late. The first one where nobody has spoken yet does not wait at all. */
	if (now - k->since + look < interval && (sent || k->seq))
		return sent == 0;
	k->since = now;
	if (r->path.stats(r->path.ctx, own, &s) && needs_keepalive(m, &s))
		keepalive_send(r, l, m);
	return sent == 0;
}

/* When to look again. */
static uint64_t leg_keep(const struct relay *r, struct leg *l, uint64_t now)
{
	const uint32_t interval = interval_of(r, l);
	bool waits = false;

	if (interval == 0)
		return UINT64_MAX;
	for (unsigned i = 0; i < l->nstream; i++)
		if (l->stream[i].in_path && stream_is_open(&l->stream[i]))
			waits |= stream_keep(r, l, &l->stream[i], now);
	return now + (waits ? KEEPALIVE_FIRST_MS : interval / KEEPALIVE_LOOKS);
}

/* l NULL: nobody there. */
static void session_keep(const struct relay *r, struct session *s, struct leg *l, uint64_t now)
{
	const uint64_t next = l ? leg_keep(r, l, now) : UINT64_MAX;

	if (next < s->keep)
		s->keep = next;
}

void keepalive_tick(struct relay *r, uint64_t now)
{
	for (struct session *s = r->all.first; s; s = s->next) {
		if (!s->committed || now < s->keep)
			continue;
		s->keep = UINT64_MAX;
		session_keep(r, s, s->near, now);
		session_keep(r, s, s->joined, now);
		for (struct leg *l = s->listeners; l; l = l->next)
			session_keep(r, s, l, now);
	}
}
