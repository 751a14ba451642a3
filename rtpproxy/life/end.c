/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/life/end.h"

#include "rtpproxy/life/linger.h"
#include "rtpproxy/life/owner.h"
#include "rtpproxy/listen/publish.h"
#include "rtpproxy/report/report.h"
#include "rtpproxy/session/elsewhere.h"
#include "rtpproxy/stream/connect.h"
#include "rtpproxy/stream/forward.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/listener.h"
#include "rtpproxy/stream/record.h"

void end_session(struct relay *r, struct session *s, uint64_t now)
{
	linger_cancel(r, s);
	record_end(r, s);
	forward_session_end(r, s);
	table_del(&r->sessions, s->call_id);
	session_leave(&r->all, s);
	owner_del(r, s);
	peers_let_go(&r->peers, s->peer);
	listener_end_all(r, s, now);
	connect_end(r, s, s->near);
	elsewhere_stay(r, s->near, now);
	for (struct leg *l = s->far; l; l = l->next) {
		connect_end(r, s, l);
		elsewhere_stay(r, l, now);
	}
	join_drop_all(r, s->near, now);
	for (struct leg *l = s->far; l; l = l->next)
		join_drop_all(r, l, now);
	session_free(s);
}

void end_branch(struct relay *r, struct session *s, struct leg *l, uint64_t now)
{
	bool was_joined = s->joined == l;

	connect_end(r, s, l);
	elsewhere_stay(r, l, now);
	join_drop_all(r, l, now);
	listener_forget(s, l);
	session_take_far(s, l);
	leg_free(l);
	if (was_joined)
		join_push(r, s, s->near);
}

enum end_scope { END_NOTHING, END_FORK, END_BRANCH, END_PUBLISHER, END_CALL };

/* The leg and tag of the request that are not, or no longer, the ones in force on their side. */
static struct leg *fork_named(const struct session *s, const struct ng_request *q, struct span *tag)
{
	const struct span tags[] = { q->to_tag, q->from_tag };

	for (unsigned i = 0; i < 2; i++) {
		struct leg *l = session_leg(s, tags[i]);

		*tag = tags[i];
		if (l && !span_eq(leg_tag(l), tags[i]))
			return l;
	}
	return NULL;
}

static struct leg *far_named(const struct session *s, const struct ng_request *q)
{
	struct leg *l = session_leg(s, q->to_tag);

	if (!l || l == s->near)
		l = session_leg(s, q->from_tag);
	return l == s->near ? NULL : l;
}

/* They have nobody across: each is named by its own tag alone. */
static enum end_scope publisher_scope(const struct session *s, const struct ng_request *q, struct leg **leg)
{
	*leg = session_leg(s, q->from_tag);
	if (!*leg)
		*leg = session_leg(s, q->to_tag);
	if (*leg)
		return s->far ? END_PUBLISHER : END_CALL;
	return span_is_set(q->from_tag) || span_is_set(q->to_tag) || span_is_set(q->via_branch) ? END_NOTHING
												: END_CALL;
}

/* What a delete means. The call-id suffices; what is given beside it must match. A dialog that is not the one in force
 * is ended alone: its losing 2xx gets a BYE of its own (F6). */
static enum end_scope end_scope(const struct session *s, const struct ng_request *q, struct leg **leg, struct span *tag)
{
	bool from_known = session_leg(s, q->from_tag) != NULL, to_known = session_leg(s, q->to_tag) != NULL;
	bool has_branch = span_is_set(q->via_branch);

	if (publish_is_all(s))
		return publisher_scope(s, q, leg);
	*leg = has_branch ? session_branch(s, q->via_branch) : NULL;
	if (*leg)
		return s->far->next ? END_BRANCH : END_CALL;
	/* Inside a dialog each request has a Via branch of its own: both tags must tell then. */
	if (has_branch && (!from_known || !to_known))
		return END_NOTHING;
	if (span_is_set(q->from_tag) && !from_known && !to_known)
		return END_NOTHING;
	/* A tag that no answer has brought: some fork failed. It is not the one that talks. */
	if (span_is_set(q->to_tag) && !to_known && s->committed)
		return END_NOTHING;
	*leg = fork_named(s, q, tag);
	if (*leg)
		return END_FORK;
	*leg = far_named(s, q);
	return *leg && *leg != s->joined && s->far->next ? END_BRANCH : END_CALL;
}

/* Who only listens goes alone. A side may have got the same tag since: that is who is meant then. */
static struct leg *listener_named(const struct session *s, const struct ng_request *q)
{
	const struct span tags[] = { q->from_tag, q->to_tag };
	struct leg *l = NULL;

	for (unsigned i = 0; i < 2 && !l; i++)
		l = session_leg(s, tags[i]) ? NULL : listener_find(s, tags[i]);
	return l;
}

static enum outcome end_not_found(struct job *j)
{
	if (j->request->fatal)
		return OUTCOME_NOT_FOUND;
	job_warn(j, outcome_reason(OUTCOME_NOT_FOUND), (struct span){ 0 });
	return OUTCOME_OK;
}

static void end_call(struct job *j, struct session *s)
{
	const uint64_t delay = linger_delay_ms(j, s);

	if (delay)
		linger_begin(j->relay, s, j->now + delay);
	else
		end_session(j->relay, s, j->now);
}

enum outcome end_run(struct job *j)
{
	struct session *s = job_session(j);
	struct leg *leg = NULL, *listener;
	struct span tag = { 0 };

	if (!s)
		return end_not_found(j);
	listener = listener_named(s, j->request);
	if (listener) {
		listener_end(j->relay, s, listener, j->now);
		return OUTCOME_OK;
	}
	switch (end_scope(s, j->request, &leg, &tag)) {
	case END_NOTHING:
		return end_not_found(j);
	case END_FORK:
		leg_drop_tag(leg, tag);
		return OUTCOME_OK;
	case END_BRANCH:
		end_branch(j->relay, s, leg, j->now);
		return OUTCOME_OK;
	case END_PUBLISHER:
		publish_leave(j->relay, s, leg, j->now);
		return OUTCOME_OK;
	case END_CALL:
		if (!j->request->fast)
			report_session(j, s);
		end_call(j, s);
		return OUTCOME_OK;
	}
	return OUTCOME_OK;
}
