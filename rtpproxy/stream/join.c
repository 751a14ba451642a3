/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/join.h"

#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/secure.h"
#include "rtpproxy/stream/block.h"
#include "rtpproxy/stream/connect.h"
#include "rtpproxy/stream/echo.h"
#include "rtpproxy/stream/forward.h"
#include "rtpproxy/stream/listener.h"

enum { PAYLOAD_COMFORT_NOISE = 13 };

int join_take(struct relay *r, const struct session *s, struct leg *l, unsigned stream, uint64_t now)
{
	struct stream *m = &l->stream[stream];

	if (m->port)
		return 0;
	m->port = ports_take(&r->ports[l->realm], s->worker, now, r->random(r->random_ctx));
	m->fresh = m->port != 0;
	return m->port ? 0 : -1;
}

/* Both ports of the pair: 0, or -1 when the packet path had no room. */
static int path_clear(struct relay *r, uint8_t realm, uint16_t port)
{
	int rtp = r->path.clear(r->path.ctx, (struct own_port){ .realm = realm, .port = port });
	int rtcp = r->path.clear(r->path.ctx, (struct own_port){ .realm = realm, .port = (uint16_t)(port + 1) });

	if (!rtp && !rtcp)
		return 0;
	r->counters.path_full++;
	return -1;
}

static void stream_mark_unpushed(struct relay *r, struct stream *m, bool unpushed)
{
	if (m->unpushed == unpushed)
		return;
	m->unpushed = unpushed;
	r->nunpushed += unpushed ? 1U : -1U;
}

void join_again(struct relay *r, struct stream *m)
{
	stream_mark_unpushed(r, m, true);
}

void join_drop(struct relay *r, struct leg *l, unsigned stream, uint64_t now)
{
	struct stream *m = &l->stream[stream];

	if (!m->port)
		return;
	totals_packets(r, l, m);
	/* A pair that the packet path still knows must not go to another call: its old target would hear that call. */
	if (m->in_path && path_clear(r, l->realm, m->port))
		ports_park(&r->ports[l->realm], m->port);
	else
		ports_give(&r->ports[l->realm], m->port, now);
	stream_mark_unpushed(r, m, false);
	if (l->ear)
		listener_shut(l, stream);
	mailroom_drop(r, (struct own_port){ .realm = l->realm, .port = m->port });
	/* The packet path forgets how far the keys were used, so they must not be used again (RFC 3711 9.1). */
	secure_free(m->secure);
	m->secure = NULL;
	m->port = 0;
	m->fresh = m->in_path = m->relearn = m->lost = false;
	m->keepalive = (struct keepalive){ 0 };
	m->totals = (struct totals_mark){ 0 };
	/* Of its own call both sides' ports go together; who was connected to it would send to the next who has it. */
	if (l->connected)
		join_push(r, l->connected->session, l->connected->leg);
}

void join_drop_all(struct relay *r, struct leg *l, uint64_t now)
{
	for (unsigned i = 0; i < l->nstream; i++)
		join_drop(r, l, i, now);
}

void join_drop_fresh(struct relay *r, struct leg *l, uint64_t now)
{
	for (unsigned i = 0; i < l->nstream; i++)
		if (l->stream[i].fresh)
			join_drop(r, l, i, now);
}

static struct own_port own_port(const struct leg *l, const struct stream *m, enum stream_kind kind)
{
	return (struct own_port){ .realm = l->realm, .port = (uint16_t)(m->port + (kind == STREAM_RTCP)) };
}

/* What a side may send: what it listed itself, what it was shown of the other side, and comfort noise, which is often
 * sent unasked (RFC 3389 4). */
static struct sdp_numbers stream_payloads(const struct stream *m, const struct stream *across)
{
	struct sdp_numbers n = m->now.payloads;

	if (numbers_are_none(&n))
		return n;
	if (across)
		numbers_add(&n, &across->now.payloads);
	n.bit[0] |= UINT64_C(1) << PAYLOAD_COMFORT_NOISE;
	return n;
}

/* Of what this side sends: what the other one wants to hear. */
static uint32_t stream_clock(const struct stream *m, const struct stream *across)
{
	const struct voice_codec *c = voice_of(&m->now.voice, across ? &across->now.voice : &m->now.voice, UINT8_MAX);

	return c ? c->clock_hz : 0;
}

/* What is none of the kinds that have a name is data. */
static uint8_t stream_dscp(const struct relay *r, const struct leg *l, const struct stream *m)
{
	const int kind = conf_kind_find(span_str(m->now.type));

	return r->conf->realms[l->realm].dscp[kind < 0 ? CONF_KIND_APPLICATION : kind];
}

/* A port that a new offer has taken in a call that talks is not in force yet, whatever the sides have said of its
 * m-line before: the offer may be rolled back, and the port be another call's. */
static bool stream_waits(const struct session *s, const struct stream *m)
{
	return m->fresh && !m->in_path && s->committed;
}

static int stream_set(struct relay *r, struct session *s, const struct leg *l, unsigned stream, enum stream_kind kind)
{
	const struct stream *m = &l->stream[stream];
	const struct leg *other = session_peer(s, l);
	const struct stream *across = session_across(s, l, stream);
	struct port_spec spec = {
		.own = own_port(l, m, kind),
		.kind = kind,
		.policy = m->now.policy,
		.sig_bits = m->now.sig_bits,
		.window_open = true,
		.relearn = m->relearn,
		.dscp = s->has_dscp ? s->dscp : stream_dscp(r, l, m),
		.payloads = stream_payloads(m, across),
		.clock_hz = kind == STREAM_RTP ? stream_clock(m, across) : 0,
		.capture = l->ear ? CAPTURE_NONE : s->capture,
		.forward = l->ear ? CAPTURE_NONE : forward_of(s, l),
		.session = s->id,
		.signalling = m->now.signalling,
		.asymmetric = m->now.asymmetric,
		.gate = block_gate(s, l, m, across),
		.no_feedback = !m->now.feedback || !across || !across->now.feedback,
	};

	if (kind == STREAM_RTCP ? m->now.rtcp_expected : m->now.rtp_expected)
		spec.expected = kind == STREAM_RTCP ? m->now.said_rtcp : m->now.said_rtp;
	if (kind == STREAM_RTP)
		spec.map = m->map;
	if (across && across->port && stream_is_open(m) && stream_is_open(across) &&
	    (across->in_path || (!l->connected && !stream_waits(s, across))))
		spec.peer = own_port(other, across, secure_is_muxed(across) ? STREAM_RTP : kind);
	if (l->connected)
		connect_spec(s, l, stream, &spec);
	if (echo_holds(s, l))
		echo_spec(s, l, &spec);
	secure_spec(m, &spec);
	if (spec.wants_stun || spec.wants_dtls)
		mailroom_hold(r, s, (struct own_port){ .realm = l->realm, .port = m->port });
	return r->path.set(r->path.ctx, &spec);
}

/* Of a side that has one port for both the other one is shut. */
static int stream_set_rtcp(struct relay *r, struct session *s, const struct leg *l, unsigned stream)
{
	if (!secure_is_muxed(&l->stream[stream]))
		return stream_set(r, s, l, stream, STREAM_RTCP);
	return r->path.clear(r->path.ctx, own_port(l, &l->stream[stream], STREAM_RTCP));
}

/* Nothing is taken yet but what a side says that is quicker than its answer (handshake.h). */
static int stream_listen(struct relay *r, struct session *s, const struct leg *l, unsigned stream,
			 enum stream_kind kind)
{
	const struct stream *m = &l->stream[stream];
	const struct port_spec spec = {
		.own = own_port(l, m, kind),
		.kind = kind,
		.policy = LATCH_EXACT,
		.session = s->id,
		.awaits_keys = true,
		.wants_dtls = true,
		.wants_stun = m->secure->ice.us.ufrag[0],
	};

	mailroom_hold(r, s, (struct own_port){ .realm = l->realm, .port = m->port });
	return r->path.set(r->path.ctx, &spec);
}

static void listen_push(struct relay *r, struct session *s, struct leg *l, unsigned stream)
{
	struct stream *m = &l->stream[stream];
	const int rtp = stream_listen(r, s, l, stream, STREAM_RTP), rtcp = stream_listen(r, s, l, stream, STREAM_RTCP);

	m->in_path = true;
	stream_mark_unpushed(r, m, rtp || rtcp);
	r->counters.path_full += rtp || rtcp;
}

void join_listen(struct relay *r, struct session *s, struct leg *l)
{
	for (unsigned i = 0; i < l->nstream; i++)
		if (l->stream[i].port && handshake_is_awaited(&l->stream[i]))
			listen_push(r, s, l, i);
}

static void stream_push(struct relay *r, struct session *s, struct leg *l, unsigned stream)
{
	struct stream *m = &l->stream[stream];
	int rtp, rtcp;

	if (m->port && handshake_is_awaited(m)) {
		listen_push(r, s, l, stream);
		return;
	}
	/* What is refused by a new offer has its port until the answer: that it has nobody across, and is forwarded to
	 * nobody any more, must be told as well. */
	if (!m->port || (!stream_is_open(m) && !m->in_path) || stream_waits(s, m))
		return;
	m->in_path = true;
	rtp = stream_set(r, s, l, stream, m->now.datagram ? STREAM_DATAGRAM : STREAM_RTP);
	/* A port that is shut forgets its keys: by then that of RTP must remember them (path/cover.h). */
	rtcp = rtp ? rtp : stream_set_rtcp(r, s, l, stream);
	stream_mark_unpushed(r, m, rtp || rtcp);
	if (rtp || rtcp)
		r->counters.path_full++;
	else
		m->relearn = false;
}

void join_push(struct relay *r, struct session *s, struct leg *l)
{
	for (unsigned i = 0; i < l->nstream; i++)
		stream_push(r, s, l, i);
	if (s->listeners)
		listener_tell(r, s);
}

void join_push_peer(struct relay *r, struct session *s, const struct leg *l)
{
	struct leg *other = session_peer(s, l);

	if (other)
		join_push(r, l->connected ? l->connected->session : s, other);
}

static void leg_retry(struct relay *r, struct session *s, struct leg *l)
{
	for (unsigned i = 0; i < l->nstream; i++)
		if (l->stream[i].unpushed)
			stream_push(r, s, l, i);
}

void join_retry(struct relay *r, uint64_t now)
{
	for (unsigned i = 0; i < r->conf->nrealm; i++) {
		uint32_t at = 0;
		uint16_t port;

		while ((port = ports_parked(&r->ports[i], &at)) != 0)
			if (path_clear(r, (uint8_t)i, port) == 0)
				ports_give(&r->ports[i], port, now);
	}
	for (struct session *s = r->nunpushed ? r->all.first : NULL; s; s = s->next) {
		for (struct leg *l = s->near; l; l = session_next(s, l))
			leg_retry(r, s, l);
		if (s->listeners)
			listener_tell(r, s);
	}
}
