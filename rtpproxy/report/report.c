/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/report.h"

#include "rtpproxy/base/command.h"
#include "rtpproxy/life/owner.h"
#include "rtpproxy/report/report_quality.h"
#include "rtpproxy/session/grade.h"
#include "rtpproxy/session/handshake.h"
#include "rtpproxy/session/secure.h"
#include "rtpproxy/stream/forward.h"
#include "rtpproxy/stream/listener.h"

enum {
	REPORT_RESERVE = 2048, /* of the answer: for result and warning, which come after */
};

struct report_total {
	uint64_t packets, bytes, errors;
};

static void total_add(struct report_total *t, const struct port_stats *s)
{
	t->packets += s->rx_packets;
	t->bytes += s->rx_bytes;
	t->errors += s->malformed_packets + s->unopened_packets + s->unsent_packets;
}

static void put_total(struct ng_writer *n, struct span name, const struct report_total *t)
{
	ng_begin_dict(n, name);
	ng_put_u64(n, SPAN("packets"), t->packets);
	ng_put_u64(n, SPAN("bytes"), t->bytes);
	ng_put_u64(n, SPAN("errors"), t->errors);
	ng_end(n);
}

/* {family, address, port}, in the words rtpengine uses; nothing where there is no address. */
static void put_addr(struct ng_writer *n, struct span name, const struct addr *a)
{
	char buf[ADDR_TEXT_MAX];
	struct writer w = writer_over(buf, sizeof(buf));

	if (!addr_is_set(a))
		return;
	addr_write_host(&w, a, false);
	ng_begin_dict(n, name);
	ng_put_str(n, SPAN("family"), a->family == ADDR_V6 ? SPAN("IPv6") : SPAN("IPv4"));
	ng_put_str(n, SPAN("address"), writer_done(&w));
	ng_put_u64(n, SPAN("port"), a->port);
	ng_end(n);
}

static const char *state_name(enum port_state state)
{
	static const char *const names[] = {
		[PORT_WAITING] = "waiting",
		[PORT_LEARNING] = "learning",
		[PORT_LATCHED] = "latched",
	};

	return names[state];
}

static void put_refused(struct ng_writer *n, const struct port_stats *s)
{
	ng_put_u64(n, SPAN("refused"), s->refused_packets);
	put_addr(n, SPAN("last refused"), &s->refused[0]);
	if (!addr_is_set(&s->refused[0]))
		return;
	ng_begin_list(n, SPAN("refused sources"));
	for (unsigned i = 0; i < PORT_REFUSED_MAX; i++)
		put_addr(n, (struct span){ 0 }, &s->refused[i]);
	ng_end(n);
}

static void put_stream(struct job *j, const struct session *session, const struct leg *l, unsigned at,
		       enum stream_kind kind, struct report_total *total)
{
	const struct stream *m = &l->stream[at];
	struct ng_writer *n = &j->answer;
	const bool is_rtp = kind == STREAM_RTP;
	struct port_stats s;
	bool known = look_port(j->relay, l, m, kind, &s);
	struct report_total own = { 0 };

	total_add(&own, &s);
	total_add(total, &s);
	ng_begin_dict(n, (struct span){ 0 });
	ng_put_str(n, SPAN("kind"), is_rtp ? SPAN("RTP") : SPAN("RTCP"));
	ng_put_u64(n, SPAN("local port"), m->port + (is_rtp ? 0U : 1U));
	put_addr(n, SPAN("endpoint"), is_rtp ? &m->now.said_rtp : &m->now.said_rtcp);
	if (known) {
		put_addr(n, SPAN("latched"), &s.latched);
		ng_put_str(n, SPAN("state"), span_str(state_name(s.state)));
		if (ice_state(m, kind))
			ng_put_str(n, SPAN("ICE"), span_str(ice_state(m, kind)));
		if (s.rx_packets && is_rtp)
			ng_put_u64(n, SPAN("SSRC"), s.ssrc);
		if (s.last_rx_ms)
			ng_put_u64(n, SPAN("last packet"), (s.last_rx_ms + j->relay->wall_ms) / 1000);
		put_total(n, SPAN("stats"), &own);
		ng_put_u64(n, SPAN("sent packets"), s.tx_packets);
		ng_put_u64(n, SPAN("sent bytes"), s.tx_bytes);
		put_refused(n, &s);
		if (is_rtp) {
			const struct report_stream view = { j->relay, session, l, at, &s };

			ng_put_str(n, SPAN("verdict"), span_str(look_name(look_at(m, &s, j->now))));
			report_quality_stream(n, &view);
		}
	}
	ng_end(n);
}

/* How the side's media is protected, never with what. */
static void put_shield(struct ng_writer *n, const struct stream *m)
{
	const struct shield *s = m->secure ? &m->secure->shield : NULL;

	if (m->now.shield == SHIELD_NONE)
		return;
	ng_put_str(n, SPAN("srtp"), span_str(shield_kind_name(m->now.shield)));
	if (s && s->kind == m->now.shield && s->theirs.suite != SRTP_SUITE_NONE)
		ng_put_str(n, SPAN("suite"), sdp_crypto_suite(s->theirs.suite)->name);
}

/* How far it is with the keys of a side that has DTLS. */
static void put_handshake(struct ng_writer *n, const struct stream *m)
{
	const struct handshake *h = m->secure ? m->secure->handshake : NULL;

	if (!h || m->now.shield != SHIELD_DTLS)
		return;
	ng_put_str(n, SPAN("handshake"), span_str(handshake_state(h)));
	if (*handshake_why(h))
		ng_put_str(n, SPAN("handshake reason"), span_str(handshake_why(h)));
}

static void put_media(struct job *j, const struct session *s, const struct leg *l, unsigned at,
		      struct report_total total[2])
{
	const struct stream *m = &l->stream[at];
	struct ng_writer *n = &j->answer;

	ng_begin_dict(n, (struct span){ 0 });
	ng_put_u64(n, SPAN("index"), at + 1);
	ng_put_str(n, SPAN("type"), span_str(m->now.type));
	ng_put_str(n, SPAN("protocol"), span_str(m->now.protocol));
	put_shield(n, m);
	ng_put_u64(n, SPAN("held"), m->now.held);
	put_handshake(n, m);
	ng_begin_list(n, SPAN("streams"));
	if (m->port && stream_is_open(m)) {
		put_stream(j, s, l, at, STREAM_RTP, &total[STREAM_RTP]);
		if (!secure_is_muxed(m))
			put_stream(j, s, l, at, STREAM_RTCP, &total[STREAM_RTCP]);
	}
	ng_end(n);
	ng_end(n);
}

/* Whom it listens to, each m-line by its source's tag. */
static void put_heard(struct ng_writer *n, const struct leg *l)
{
	ng_begin_list(n, SPAN("listens to"));
	for (unsigned i = 0; i < l->ear->n; i++)
		if (l->ear->now[i].source)
			ng_put_str(n, (struct span){ 0 }, leg_tag(l->ear->now[i].source));
	ng_end(n);
}

static void put_leg(struct job *j, const struct session *s, const struct leg *l, struct report_total total[2])
{
	struct ng_writer *n = &j->answer;
	const struct leg *other = session_peer(s, l);

	/* A side that has not answered yet has no tag: its Via branch tells it apart. */
	ng_begin_dict(n, l->ntag ? leg_tag(l) : span_is_set(l->via_branch) ? l->via_branch : SPAN(""));
	if (l->ntag)
		ng_put_str(n, SPAN("tag"), leg_tag(l));
	if (span_is_set(l->via_branch))
		ng_put_str(n, SPAN("via-branch"), l->via_branch);
	if (span_is_set(l->label))
		ng_put_str(n, SPAN("label"), l->label);
	ng_put_str(n, SPAN("realm"), span_str(j->relay->conf->realms[l->realm].name));
	if (other && other->ntag)
		ng_put_str(n, SPAN("in dialogue with"), leg_tag(other));
	if (l->ear)
		put_heard(n, l);
	if (l->connected)
		ng_put_str(n, SPAN("connected to call"), l->connected->session->call_id);
	if (l->echo)
		ng_put_str(n, SPAN("media-echo"), l->echo == LEG_ECHO_BACK ? SPAN("back") : SPAN("sink"));
	ng_begin_list(n, SPAN("medias"));
	for (unsigned i = 0; i < l->nstream; i++)
		if (l->stream[i].now.known)
			put_media(j, s, l, i, total);
	ng_end(n);
	ng_end(n);
}

/* As things are now: a short call has not been judged yet, nor has who spoke up only after the last time. */
static void grade_now(struct job *j, struct session *s)
{
	if (j->now < s->graded && j->request->command != NG_DELETE) {
		grade_session_first(j->relay, s, j->now);
		return;
	}
	s->graded = j->now + GRADE_STEP_MS;
	grade_session(j->relay, s, j->now);
}

void report_session(struct job *j, struct session *s)
{
	struct ng_writer *n = &j->answer, before = *n;
	struct writer *w = n->w, written = *w;
	struct report_total total[2] = { 0 }, of_listeners[2] = { 0 };

	grade_now(j, s);
	ng_put_u64(n, SPAN("created"), (s->created + j->relay->wall_ms) / 1000);
	if (span_is_set(s->owner))
		ng_put_str(n, SPAN("owner"), s->owner);
	ng_put_u64(n, SPAN("committed"), s->committed);
	ng_put_u64(n, SPAN("held"), s->held);
	if (s->resumed)
		ng_put_u64(n, SPAN("resumed"), 1);
	if (s->drop_traffic)
		ng_put_u64(n, SPAN("drop-traffic"), 1);
	forward_report(n, j->relay, s);
	ng_begin_dict(n, SPAN("tags"));
	put_leg(j, s, s->near, total);
	for (const struct leg *l = s->far; l; l = l->next)
		put_leg(j, s, l, total);
	for (const struct leg *l = s->listeners; l; l = l->next)
		put_leg(j, s, l, of_listeners);
	ng_end(n);
	ng_begin_dict(n, SPAN("totals"));
	put_total(n, SPAN("RTP"), &total[STREAM_RTP]);
	put_total(n, SPAN("RTCP"), &total[STREAM_RTCP]);
	ng_end(n);
	report_quality_sources(n, j->relay, s);
	/* Large answers are what breaks in the field: go without the figures rather than without an answer. */
	if (!w->failed && w->cap - w->n >= REPORT_RESERVE)
		return;
	*n = before;
	*w = written;
	job_warn(j, "statistics left out, too large", (struct span){ 0 });
}

enum outcome report_query(struct job *j)
{
	struct session *s = job_session(j);

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	report_session(j, s);
	return OUTCOME_OK;
}

enum outcome report_list(struct job *j)
{
	const struct ng_request *q = j->request;
	struct ng_writer *n = &j->answer;
	const struct writer *w = n->w;
	uint32_t count = 0;

	if (span_is_set(q->owner))
		return owner_list(j);
	ng_begin_list(n, SPAN("calls"));
	for (const struct session *s = j->relay->all.first; s; s = s->next) {
		if ((q->limit && count == q->limit) || w->cap - w->n < REPORT_RESERVE + 6 * s->call_id.n)
			continue;
		ng_put_str(n, (struct span){ 0 }, s->call_id);
		count++;
	}
	ng_end(n);
	return OUTCOME_OK;
}

static void put_counter(void *arg, const char *name, uint64_t value)
{
	ng_put_u64(arg, span_str(name), value);
}

static void put_sessions(struct ng_writer *n, const struct relay *r)
{
	const struct relay_counters *c = &r->counters;

	ng_begin_dict(n, SPAN("sessions"));
	ng_put_u64(n, SPAN("now"), r->sessions.count);
	ng_put_u64(n, SPAN("deleted"), r->lingering.count);
	ng_put_u64(n, SPAN("limit"), r->sessions.capacity);
	ng_put_u64(n, SPAN("total"), c->sessions);
	ng_put_u64(n, SPAN("silent"), c->timeouts);
	ng_put_u64(n, SPAN("abandoned"), c->abandoned);
	ng_put_u64(n, SPAN("orphaned"), c->orphaned);
	ng_end(n);
}

static void put_ports(struct ng_writer *n, const struct relay *r)
{
	ng_begin_dict(n, SPAN("ports"));
	for (unsigned i = 0; i < r->conf->nrealm; i++) {
		const struct ports *p = &r->ports[i];

		ng_begin_dict(n, span_str(r->conf->realms[i].name));
		ng_put_u64(n, SPAN("used"), 2 * (uint64_t)ports_used(p));
		ng_put_u64(n, SPAN("free"), 2 * (uint64_t)ports_left(p));
		ng_put_u64(n, SPAN("resting"), 2 * (uint64_t)ports_resting(p));
		ng_end(n);
	}
	ng_end(n);
}

static void put_commands(struct ng_writer *n, const struct relay *r)
{
	ng_begin_dict(n, SPAN("commands"));
	for (unsigned i = 0; i < NG_COMMAND_N; i++) {
		ng_begin_dict(n, span_str(command_name((enum ng_command)i)));
		ng_put_u64(n, SPAN("ok"), r->counters.commands[i][0]);
		ng_put_u64(n, SPAN("refused"), r->counters.commands[i][1]);
		ng_end(n);
	}
	ng_end(n);
	ng_begin_dict(n, SPAN("outcomes"));
	for (unsigned i = 0; i < OUTCOME_N; i++)
		if (r->counters.outcomes[i])
			ng_put_u64(n, span_str(outcome_name((enum outcome)i)), r->counters.outcomes[i]);
	ng_end(n);
}

static void put_control(struct ng_writer *n, const struct relay *r)
{
	const struct {
		const char *name;
		uint64_t value;
	} counters[] = {
		{ "no-cookie", r->counters.dropped },
		{ "strangers", r->counters.strangers },
		{ "connections-closed", r->counters.clients_closed },
		{ "answered-again", r->dedupe.hits },
		{ "answers-forgotten-early", r->dedupe.forgotten_early },
		{ "events-sent", r->counters.events },
		{ "listeners-unanswered", r->counters.listeners_unanswered },
		{ "packet-path-full", r->counters.path_full },
		{ "latched", r->counters.latched },
		{ "refused-sources", r->counters.refused_sources },
		{ "mail-dtls", r->counters.mail.taken[0] },
		{ "mail-stun", r->counters.mail.taken[1] },
		{ "mail-lost", r->counters.mail.lost },
		{ "handshakes-begun", r->handshakes.counters.begun },
		{ "handshakes-done", r->handshakes.counters.done },
		{ "handshakes-failed", r->handshakes.counters.failed },
		{ "handshakes-impostors", r->handshakes.counters.impostors },
		{ "handshakes-deferred", r->handshakes.counters.deferred },
		{ "handshakes-strangers", r->handshakes.strangers },
		{ "handshakes-unfinished", r->handshakes.unfinished },
	};

	ng_begin_dict(n, SPAN("control"));
	for (unsigned i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		ng_put_u64(n, span_str(counters[i].name), counters[i].value);
	ng_end(n);
}

static void put_checks(struct ng_writer *n, const struct relay *r)
{
	ng_begin_dict(n, SPAN("checks"));
	for (unsigned i = 0; i < STUNCHECK_N; i++)
		if (r->counters.checks[i])
			ng_put_u64(n, span_str(stuncheck_name((enum stuncheck)i)), r->counters.checks[i]);
	ng_end(n);
}

enum outcome report_statistics(struct job *j)
{
	struct ng_writer *n = &j->answer;
	const struct relay *r = j->relay;

	ng_begin_dict(n, SPAN("statistics"));
	put_sessions(n, r);
	put_ports(n, r);
	ng_put_u64(n, SPAN("bans"), r->banned.by_whom.count);
	put_commands(n, r);
	put_control(n, r);
	put_checks(n, r);
	totals_put(n, r);
	ng_begin_dict(n, SPAN("datapath"));
	if (r->path.counters)
		r->path.counters(r->path.ctx, put_counter, n);
	ng_end(n);
	ng_end(n);
	return OUTCOME_OK;
}
