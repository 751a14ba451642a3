/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/forward.h"

#include "rtpproxy/stream/block.h"
#include "rtpproxy/stream/join.h"

/* near, then the far legs. */
static struct leg *leg_after(const struct session *s, const struct leg *l)
{
	return l == s->near ? s->far : l->next;
}

enum datapath_capture forward_of(const struct session *s, const struct leg *l)
{
	static const enum datapath_capture copied[] = {
		[FORWARD_AS_THE_CALL] = CAPTURE_NONE,
		[FORWARD_OFF] = CAPTURE_NONE,
		[FORWARD_HEADERS] = CAPTURE_HEADERS,
		[FORWARD_WHOLE] = CAPTURE_WHOLE,
	};

	return copied[l->forward == FORWARD_AS_THE_CALL ? s->forward : l->forward];
}

static bool session_has(const struct session *s, const struct ng_request *q)
{
	for (const struct leg *l = s->near; l; l = leg_after(s, l))
		if (block_names(l, q))
			return true;
	return false;
}

/* Of all sides, those that are yet to come as well, or of those that the request names. */
static void session_turn(struct session *s, const struct ng_request *q, enum forward to)
{
	const bool all = !block_names_a_side(q);

	if (all)
		s->forward = (uint8_t)to;
	for (struct leg *l = s->near; l; l = leg_after(s, l))
		if (all || block_names(l, q))
			l->forward = (uint8_t)(all ? FORWARD_AS_THE_CALL : to);
}

static void session_push(struct relay *r, struct session *s)
{
	for (struct leg *l = s->near; l; l = leg_after(s, l))
		join_push(r, s, l);
}

static bool session_is_forwarded(const struct session *s)
{
	for (const struct leg *l = s->near; l; l = leg_after(s, l))
		if (forward_of(s, l) != CAPTURE_NONE)
			return true;
	return false;
}

static enum outcome stream_begin(struct relay *r, struct session *s)
{
	static const enum outcome outcomes[] = {
		[DATAPATH_FORWARDED] = OUTCOME_OK,
		[DATAPATH_FORWARDS_FULL] = OUTCOME_NO_CAPTURE,
		[DATAPATH_FORWARD_GONE] = OUTCOME_FORWARDER_GONE,
	};
	char name[SESSION_TEXT_MAX + 1], error[256] = "";
	enum datapath_forwarding how;

	memcpy(name, s->call_id.p, s->call_id.n);
	name[s->call_id.n] = '\0';
	how = r->path.forward_begin(r->path.ctx, s->id, name, error, sizeof(error));
	if (how != DATAPATH_FORWARDED) {
		if (r->log)
			r->log(r->log_ctx, 1, error);
		return outcomes[how];
	}
	r->nforwarded += !s->forwarded;
	s->forwarded = true;
	return OUTCOME_OK;
}

enum outcome forward_start(struct job *j)
{
	struct relay *r = j->relay;
	struct session *s = job_session(j);
	const struct ng_request *q = j->request;
	enum outcome o;

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!r->conf->relay.forward_to || !r->path.forward_begin)
		return OUTCOME_NO_FORWARDER;
	if (block_names_a_side(q) && !session_has(s, q))
		return OUTCOME_UNKNOWN_TAGS;
	o = stream_begin(r, s);
	if (o != OUTCOME_OK)
		return o;
	session_turn(s, q, q->no_payload ? FORWARD_HEADERS : FORWARD_WHOLE);
	session_push(r, s);
	return OUTCOME_OK;
}

enum outcome forward_stop(struct job *j)
{
	struct session *s = job_session(j);

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (block_names_a_side(j->request) && !session_has(s, j->request))
		return OUTCOME_UNKNOWN_TAGS;
	if (!s->forwarded) {
		if (s->resumed)
			job_warn(j, "the relay was started anew since, nothing is forwarded", (struct span){ 0 });
		return OUTCOME_OK;
	}
	session_turn(s, j->request, FORWARD_OFF);
	session_push(j->relay, s);
	if (!session_is_forwarded(s))
		forward_session_end(j->relay, s);
	return OUTCOME_OK;
}

static void put_sides(struct ng_writer *n, const struct session *s)
{
	ng_begin_list(n, SPAN("sides"));
	for (const struct leg *l = s->near; l; l = leg_after(s, l))
		if (l->ntag && forward_of(s, l) != CAPTURE_NONE)
			ng_put_str(n, (struct span){ 0 }, leg_tag(l));
	ng_end(n);
}

void forward_report(struct ng_writer *n, const struct relay *r, const struct session *s)
{
	struct datapath_forward f;

	if (!s->forwarded || !r->path.forward_look(r->path.ctx, s->id, &f))
		return;
	ng_begin_dict(n, SPAN("forwarding"));
	ng_put_str(n, SPAN("state"), span_str(f.state));
	put_sides(n, s);
	ng_put_u64(n, SPAN("packets"), f.packets);
	ng_put_u64(n, SPAN("bytes"), f.bytes);
	ng_put_u64(n, SPAN("dropped"), f.dropped);
	ng_end(n);
}

void forward_session_end(struct relay *r, struct session *s)
{
	if (!s->forwarded)
		return;
	r->path.forward_end(r->path.ctx, s->id);
	s->forwarded = false;
	s->forward = FORWARD_AS_THE_CALL;
	r->nforwarded--;
}
