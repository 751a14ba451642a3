/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/resume.h"

#include "alg/base/cursor.h"

/* What a side was told. */
struct told {
	uint64_t id, version;
	uint16_t port[SDP_MEDIA_MAX];
	unsigned n;
};

static int told_read(struct span text, struct told *out)
{
	struct cursor c = { .left = text };
	struct told t = { .id = cursor_number(&c, UINT64_MAX) };

	cursor_blank(&c);
	t.version = cursor_number(&c, UINT64_MAX);
	while (c.left.n && !c.failed && t.n < SDP_MEDIA_MAX) {
		cursor_blank(&c);
		t.port[t.n++] = (uint16_t)cursor_number(&c, UINT16_MAX);
	}
	cursor_end(&c);
	if (c.failed || !t.id || !t.version)
		return -1;
	*out = t;
	return 0;
}

/* All ports of a session are of one worker; there may be more of them now, or fewer. */
static bool is_of_worker(const struct relay *r, const struct session *s, const struct told *t)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->port[i] && datapath_worker(t->port[i], r->workers) != s->worker)
			return false;
	return true;
}

static void worker_choose(const struct relay *r, struct session *s, const struct told *t)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->port[i])
			s->worker = (uint8_t)datapath_worker(t->port[i], r->workers);
}

static bool leg_is_fresh(const struct leg *l)
{
	for (unsigned i = 0; i < l->nstream; i++)
		if (l->stream[i].port)
			return false;
	return l->sdp_version == 0;
}

static enum outcome leg_resume(struct job *j, struct leg *l, const struct told *t)
{
	if (!t->n || !leg_is_fresh(l))
		return OUTCOME_OK;
	if (leg_grow(l, t->n))
		return OUTCOME_NO_MEMORY;
	/* What it was told looked like is not known: the next one is taken for that. */
	l->sdp_id = t->id;
	l->sdp_version = t->version;
	l->sdp_hash = 0;
	for (unsigned i = 0; i < t->n; i++) {
		if (!t->port[i])
			continue;
		if (ports_take_that(&j->relay->ports[l->realm], t->port[i]))
			return OUTCOME_NOT_RESUMED;
		j->resumed = true;
		l->stream[i].port = t->port[i];
		l->stream[i].fresh = true;
	}
	return OUTCOME_OK;
}

enum outcome resume_take(struct job *j, struct session *s, const struct parties *p, bool is_new)
{
	const struct ng_request *q = j->request;
	struct leg *legs[] = { p->offerer, p->answerer };
	struct told told[2] = { 0 };
	enum outcome o = OUTCOME_OK;

	for (unsigned i = 0; i < 2; i++) {
		if (q->resume[i].n && told_read(q->resume[i], &told[i]))
			return OUTCOME_NOT_RESUMED;
		if (is_new)
			worker_choose(j->relay, s, &told[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		if (!is_of_worker(j->relay, s, &told[i]))
			return OUTCOME_OTHER_WORKERS;
	for (unsigned i = 0; i < 2 && o == OUTCOME_OK; i++)
		o = leg_resume(j, legs[i], &told[i]);
	return o;
}
