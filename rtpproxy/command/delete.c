/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/command/delete.h"

#include "rtpproxy/life/end.h"
#include "rtpproxy/listen/publish.h"
#include "rtpproxy/report/report.h"
#include "rtpproxy/report/unheard.h"
#include "rtpproxy/session/linger.h"
#include "rtpproxy/stream/listener.h"

enum delete_scope { DELETE_NOTHING, DELETE_FORK, DELETE_BRANCH, DELETE_PUBLISHER, DELETE_CALL };

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
static enum delete_scope publisher_scope(const struct session *s, const struct ng_request *q, struct leg **leg)
{
	*leg = session_leg(s, q->from_tag);
	if (!*leg)
		*leg = session_leg(s, q->to_tag);
	if (*leg)
		return s->far ? DELETE_PUBLISHER : DELETE_CALL;
	return span_is_set(q->from_tag) || span_is_set(q->to_tag) || span_is_set(q->via_branch) ? DELETE_NOTHING
												: DELETE_CALL;
}

/* What a delete means. The call-id suffices; what is given beside it must match. A dialog that is not the one in force
 * is ended alone: its losing 2xx gets a BYE of its own (F6). */
static enum delete_scope delete_scope(const struct session *s, const struct ng_request *q, struct leg **leg,
				      struct span *tag)
{
	bool from_known = session_leg(s, q->from_tag) != NULL, to_known = session_leg(s, q->to_tag) != NULL;
	bool has_branch = span_is_set(q->via_branch);

	if (publish_is_all(s))
		return publisher_scope(s, q, leg);
	*leg = has_branch ? session_branch(s, q->via_branch) : NULL;
	if (*leg)
		return s->far->next ? DELETE_BRANCH : DELETE_CALL;
	/* Inside a dialog each request has a Via branch of its own: both tags must tell then. */
	if (has_branch && (!from_known || !to_known))
		return DELETE_NOTHING;
	if (span_is_set(q->from_tag) && !from_known && !to_known)
		return DELETE_NOTHING;
	/* A tag that no answer has brought: some fork failed. It is not the one that talks. */
	if (span_is_set(q->to_tag) && !to_known && s->committed)
		return DELETE_NOTHING;
	*leg = fork_named(s, q, tag);
	if (*leg)
		return DELETE_FORK;
	*leg = far_named(s, q);
	return *leg && *leg != s->joined && s->far->next ? DELETE_BRANCH : DELETE_CALL;
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

static enum outcome delete_not_found(struct job *j)
{
	if (j->request->fatal)
		return OUTCOME_NOT_FOUND;
	job_warn(j, outcome_reason(OUTCOME_NOT_FOUND), (struct span){ 0 });
	return OUTCOME_OK;
}

static void delete_call(struct job *j, struct session *s)
{
	const uint64_t delay = linger_delay_ms(j, s);

	if (delay)
		linger_begin(j->relay, s, j->now + delay);
	else
		end_session(j->relay, s, j->now);
}

enum outcome delete_run(struct job *j)
{
	struct session *s = job_session(j);
	struct leg *leg = NULL, *listener;
	struct span tag = { 0 };

	if (!s)
		return delete_not_found(j);
	listener = listener_named(s, j->request);
	if (listener) {
		listener_end(j->relay, s, listener, j->now);
		return OUTCOME_OK;
	}
	switch (delete_scope(s, j->request, &leg, &tag)) {
	case DELETE_NOTHING:
		return delete_not_found(j);
	case DELETE_FORK:
		leg_drop_tag(leg, tag);
		return OUTCOME_OK;
	case DELETE_BRANCH:
		end_branch(j->relay, s, leg, j->now);
		return OUTCOME_OK;
	case DELETE_PUBLISHER:
		publish_leave(j->relay, s, leg, j->now);
		return OUTCOME_OK;
	case DELETE_CALL:
		if (!j->request->fast)
			report_session(j, s);
		unheard_report(j, s);
		delete_call(j, s);
		return OUTCOME_OK;
	}
	return OUTCOME_OK;
}
