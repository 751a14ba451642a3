/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/report/openports.h"

#include "rtpproxy/session/look.h"
#include "rtpproxy/session/secure.h"

enum { OPENPORTS_RESERVE = 2048 /* of the answer: for what comes after the list */ };

static void put_addr(struct ng_writer *n, struct span name, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	if (addr_is_set(a))
		ng_put_str(n, name, span_str(addr_text(a, text)));
}

static void put_counts(struct job *j, const struct port_stats *s)
{
	struct ng_writer *n = &j->answer;

	put_addr(n, SPAN("latched"), &s->latched);
	ng_put_u64(n, SPAN("packets"), s->rx_packets);
	ng_put_u64(n, SPAN("bytes"), s->rx_bytes);
	if (s->last_rx_ms)
		ng_put_u64(n, SPAN("last-packet"), (s->last_rx_ms + j->relay->wall_ms) / 1000);
	ng_put_u64(n, SPAN("refused"), s->refused_packets);
	ng_begin_list(n, SPAN("refused-from"));
	for (unsigned i = 0; i < PORT_REFUSED_MAX; i++)
		put_addr(n, (struct span){ 0 }, &s->refused[i]);
	ng_end(n);
}

static void put_port(struct job *j, const struct leg *l, const struct stream *m, enum stream_kind kind)
{
	const struct target *t = &m->now;
	struct ng_writer *n = &j->answer;
	struct port_stats s;

	ng_begin_dict(n, (struct span){ 0 });
	ng_put_str(n, SPAN("realm"), span_str(j->relay->conf->realms[l->realm].name));
	ng_put_u64(n, SPAN("port"), m->port + (kind == STREAM_RTP ? 0U : 1U));
	ng_put_str(n, SPAN("kind"), kind == STREAM_RTP ? SPAN("RTP") : SPAN("RTCP"));
	put_addr(n, SPAN("said"), kind == STREAM_RTP ? &t->said_rtp : &t->said_rtcp);
	if (look_port(j->relay, l, m, kind, &s))
		put_counts(j, &s);
	ng_end(n);
}

/* port 0: all of them. */
static bool has_port(const struct stream *m, uint32_t port)
{
	return m->port && (!port || port == m->port || (port == m->port + 1U && !secure_is_muxed(m)));
}

static enum stream_kind last_kind(const struct stream *m)
{
	return secure_is_muxed(m) ? STREAM_RTP : STREAM_RTCP;
}

static void put_leg(struct job *j, const struct leg *l)
{
	const uint32_t port = j->request->port;

	for (unsigned i = 0; i < l->nstream; i++)
		for (enum stream_kind kind = STREAM_RTP; kind <= last_kind(&l->stream[i]); kind++)
			if (has_port(&l->stream[i], port) && (!port || port == l->stream[i].port + (uint32_t)kind))
				put_port(j, l, &l->stream[i], kind);
}

/* False where the answer has no room for it: nothing of it is there then. */
static bool put_session(struct job *j, const struct session *s)
{
	struct ng_writer *n = &j->answer, before = *n;
	struct writer *w = n->w, written = *w;

	ng_begin_dict(n, (struct span){ 0 });
	ng_put_str(n, SPAN("call-id"), s->call_id);
	if (span_is_set(s->owner))
		ng_put_str(n, SPAN("owner"), s->owner);
	ng_put_u64(n, SPAN("ended"), s->linger_until != 0);
	ng_begin_list(n, SPAN("ports"));
	for (const struct leg *l = s->near; l; l = session_next(s, l))
		put_leg(j, l);
	ng_end(n);
	ng_end(n);
	if (!w->failed && w->cap - w->n >= OPENPORTS_RESERVE)
		return true;
	*n = before;
	*w = written;
	return false;
}

static bool leg_has_port(const struct leg *l, uint32_t port)
{
	for (unsigned i = 0; i < l->nstream; i++)
		if (has_port(&l->stream[i], port))
			return true;
	return false;
}

static bool session_has_port(const struct session *s, uint32_t port)
{
	bool found = false;

	for (const struct leg *l = s->near; l && !found; l = session_next(s, l))
		found = leg_has_port(l, port);
	return found;
}

/* Realms on different addresses may have the same numbers. */
static void put_who_has_port(struct job *j)
{
	const struct session *s;
	uint32_t pos = 0;

	while ((s = table_next(&j->relay->sessions, &pos)) != NULL)
		if (session_has_port(s, j->request->port) && !put_session(j, s))
			job_warn(j, "calls left out, too many", (struct span){ 0 });
}

/* Returns the last one that was put where there are more behind it, else 0. */
static uint32_t put_page(struct job *j)
{
	const struct ng_request *q = j->request;
	struct owner *w = owners_find(&j->relay->owners, q->owner);
	struct session *s = w ? owners_behind(w, q->after) : NULL;
	uint32_t count = 0, last = 0;

	for (; s && (!q->limit || count < q->limit); s = s->held_next, count++) {
		if (!put_session(j, s)) {
			if (count)
				break;
			/* Alone it is too much: the others are told all the same. */
			job_warn(j, "left out, too large", s->call_id);
		}
		last = s->id;
		w->told = s;
	}
	return s ? last : 0;
}

enum outcome openports_run(struct job *j)
{
	const struct ng_request *q = j->request;
	struct session *one = q->call_id.n ? job_session(j) : NULL;
	uint32_t next = 0;

	if (q->call_id.n && !one)
		return OUTCOME_UNKNOWN_CALL;
	ng_begin_list(&j->answer, SPAN("calls"));
	if (one && !put_session(j, one))
		job_warn(j, "left out, too large", one->call_id);
	if (!one && q->port)
		put_who_has_port(j);
	if (!one && !q->port)
		next = put_page(j);
	ng_end(&j->answer);
	if (next)
		ng_put_u64(&j->answer, SPAN("next"), next);
	return OUTCOME_OK;
}
