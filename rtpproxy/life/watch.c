/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/watch.h"

#include "rtpproxy/life/end.h"
#include "rtpproxy/life/owner.h"
#include "rtpproxy/life/reporter.h"
#include "rtpproxy/session/ice.h"
#include "rtpproxy/session/secure.h"
#include "rtpproxy/stream/listener.h"

enum { WATCH_EVENT_MAX = 4096 };

static uint64_t leg_packets(const struct relay *r, const struct leg *l)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < l->nstream; i++) {
		const struct own_port own = { .realm = l->realm, .port = l->stream[i].port };
		struct port_stats s;

		if (l->stream[i].in_path && r->path.stats(r->path.ctx, own, &s))
			sum += s.rx_packets;
	}
	return sum;
}

/* Who has not been told yet with which keys it goes on is silent because of us. */
static uint64_t watch_limit(const struct relay *r, const struct session *s)
{
	return s->held || secure_session_waits(s) ? r->conf->relay.held_timeout_ms : r->conf->relay.silence_timeout_ms;
}

static uint64_t watch_step(uint64_t limit)
{
	uint64_t step = limit / 8;

	return step > WATCH_STEP_MS || limit == 0 ? WATCH_STEP_MS : step;
}

void watch_begin(struct session *s, uint64_t now)
{
	s->from_near.heard = s->from_far.heard = s->check = now;
}

static uint64_t watch_heard(const struct session *s)
{
	return s->from_near.heard > s->from_far.heard ? s->from_near.heard : s->from_far.heard;
}

/* A port that is given anew counts from zero: any other sum than the last is a sign of life, not only a greater one. */
static void side_listen(struct session_side *side, uint64_t packets, uint64_t now)
{
	if (packets == side->packets)
		return;
	side->packets = packets;
	side->heard = now;
}

/* Whom a side was connected to (connect.h) is heard in place of the other side of its own call. */
static uint64_t partner_packets(const struct relay *r, const struct leg *l)
{
	return l->connected ? leg_packets(r, l->connected->leg) : 0;
}

static void watch_listen(const struct relay *r, struct session *s, uint64_t now)
{
	uint64_t near = leg_packets(r, s->near), far = partner_packets(r, s->near);

	for (const struct leg *l = s->far; l; l = l->next) {
		far += leg_packets(r, l);
		near += partner_packets(r, l);
	}
	side_listen(&s->from_near, near, now);
	side_listen(&s->from_far, far, now);
}

enum watch_cause { CAUSE_NONE, CAUSE_HELD, CAUSE_SILENT, CAUSE_NEVER, CAUSE_ONE_WAY, CAUSE_CONSENT };

static const struct span reasons[] = {
	[CAUSE_HELD] = SPAN("held-timeout"),       [CAUSE_SILENT] = SPAN("silence-timeout"),
	[CAUSE_NEVER] = SPAN("no-media"),          [CAUSE_ONE_WAY] = SPAN("one-way-timeout"),
	[CAUSE_CONSENT] = SPAN("consent-timeout"),
};

static enum watch_cause watch_cause(const struct relay *r, const struct session *s, uint64_t now)
{
	const uint64_t limit = watch_limit(r, s), one_way = r->conf->relay.one_way_timeout_ms;

	if (ice_lost(s, now))
		return CAUSE_CONSENT;
	if (limit && now - watch_heard(s) >= limit) {
		if (s->held)
			return CAUSE_HELD;
		return s->from_near.packets + s->from_far.packets ? CAUSE_SILENT : CAUSE_NEVER;
	}
	if (one_way && !s->held && !secure_session_waits(s) && !(s->published && !s->joined) &&
	    (now - s->from_near.heard >= one_way || now - s->from_far.heard >= one_way))
		return CAUSE_ONE_WAY;
	return CAUSE_NONE;
}

/* Who talks with near; with a far side that was connected elsewhere near talks no more. */
static const struct leg *watch_far(const struct session *s)
{
	const struct leg *l = session_peer(s, s->near);

	return l ? l : s->joined;
}

/* Whom nothing came from, where the other side was heard; absent where it is both. */
static struct span silent_tag(const struct session *s, enum watch_cause cause, uint64_t now)
{
	const struct leg *l = NULL;

	if (cause == CAUSE_CONSENT)
		l = ice_lost(s, now);
	if (cause == CAUSE_ONE_WAY)
		l = s->from_near.heard < s->from_far.heard ? s->near : watch_far(s);
	return l ? leg_tag(l) : (struct span){ 0 };
}

static void watch_tell(struct relay *r, struct session *s, enum watch_cause cause, uint64_t now)
{
	char datagram[WATCH_EVENT_MAX], serial[32];
	struct writer w = writer_over(datagram, sizeof(datagram)), cookie = writer_over(serial, sizeof(serial));
	const struct span silent = silent_tag(s, cause, now);
	struct ng_writer n;

	if (!s->told)
		r->counters.timeouts++;
	s->told = now;
	if (!r->event || !s->peer || !s->peer->at.len)
		return;
	writer_str(&cookie, "event-");
	writer_u64(&cookie, ++r->event_serial);
	ng_open(&n, &w, s->coding, writer_done(&cookie));
	ng_put_str(&n, SPAN("event"), SPAN("media-timeout"));
	ng_put_str(&n, SPAN("call-id"), s->call_id);
	if (span_is_set(s->owner))
		ng_put_str(&n, SPAN("owner"), s->owner);
	ng_put_str(&n, SPAN("reason"), reasons[cause]);
	if (span_is_set(silent))
		ng_put_str(&n, SPAN("from-tag"), silent);
	ng_close(&n);
	if (w.failed)
		return;
	r->counters.events++;
	r->event(r->event_ctx, &s->peer->at, writer_done(&w));
}

/* Nobody will answer what is open, nor end what is silent. */
static bool watch_orphan(struct relay *r, struct session *s, uint64_t now)
{
	uint64_t lease = r->conf->relay.lease_ms;

	if (!s->committed)
		return now - s->offered >= lease;
	if (now >= s->check) {
		s->check = now + watch_step(lease);
		watch_listen(r, s, now);
	}
	return now - watch_heard(s) >= lease;
}

/* True where the session is to be ended: it is no longer anybody's. */
static bool watch_session(struct relay *r, struct session *s, uint64_t now)
{
	const uint64_t limit = watch_limit(r, s);
	enum watch_cause cause;

	if (s->linger_until)
		return false;
	if (owner_is_gone(s))
		return watch_orphan(r, s, now);
	if (!s->committed)
		return now - s->offered >= SESSION_UNANSWERED_MS;
	if (now >= s->graded) {
		s->graded = now + GRADE_STEP_MS;
		grade_session(r, s, now);
		reporter_session(r, s);
		totals_session(r, s, now);
	}
	if ((limit == 0 && r->conf->relay.one_way_timeout_ms == 0 && !ice_lost(s, now)) || now < s->check)
		return false;
	s->check = now + watch_step(limit);
	watch_listen(r, s, now);
	cause = watch_cause(r, s, now);
	if (cause == CAUSE_NONE)
		s->told = 0;
	else if (!s->told || now - s->told >= WATCH_REPEAT_MS)
		watch_tell(r, s, cause, now);
	return limit && now - watch_heard(s) >= limit + WATCH_ORPHAN_MS;
}

void watch_tick(struct relay *r, uint64_t now)
{
	enum { ENDED_MAX = 64 };
	struct session *next;
	unsigned ended = 0;

	/* Commands wait meanwhile: the rest ends a second later. */
	for (struct session *s = r->all.first; s && ended < ENDED_MAX; s = next) {
		next = s->next;
		if (s->listeners)
			listener_tick(r, s, now);
		if (!watch_session(r, s, now))
			continue;
		ended++;
		r->counters.abandoned++;
		r->counters.orphaned += owner_is_gone(s);
		end_session(r, s, now);
	}
}
