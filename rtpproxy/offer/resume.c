/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/resume.h"

#include "alg/base/cursor.h"
#include "alg/sdp/media.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/session/ice.h"
#include "rtpproxy/session/secure.h"

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
		l->stream[i].port = t->port[i];
		l->stream[i].fresh = l->stream[i].lost = true;
	}
	return OUTCOME_OK;
}

static unsigned refused_of(const struct told *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < t->n; i++)
		n += !t->port[i];
	return n;
}

/* By bit, the last n refused lines of the description; none where it has not so many. */
static uint32_t last_refused(const struct sdp *sdp, unsigned n)
{
	uint32_t found = 0;
	struct sdp_media m;

	for (unsigned i = sdp->nmedia; i > 0 && n > 0; i--) {
		if (sdp_media_parse(sdp_line_value(sdp, &sdp->line[sdp->media[i - 1].first]), &m) || m.port)
			continue;
		found |= UINT32_C(1) << (i - 1);
		n--;
	}
	return n ? 0 : found;
}

/* The answerer was told of more lines than the offerer has, or of fewer: refused ones. */
static void lines_resume(const struct parties *p, const struct told *t, const struct sdp *sdp)
{
	struct leg *l = p->answerer;

	if (t->n > sdp->nmedia && t->n - sdp->nmedia <= refused_of(t))
		l->agreed = (uint8_t)t->n;
	if (!t->n || t->n >= sdp->nmedia)
		return;
	l->absent = last_refused(sdp, sdp->nmedia - t->n);
	if (l->absent)
		l->agreed = p->offerer->agreed = (uint8_t)sdp->nmedia;
}

enum outcome resume_take(struct job *j, struct session *s, const struct parties *p, const struct sdp *sdp, bool is_new)
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
	s->resumed |= told[0].n || told[1].n;
	if (leg_is_fresh(p->answerer))
		lines_resume(p, &told[1], sdp);
	for (unsigned i = 0; i < 2 && o == OUTCOME_OK; i++)
		o = leg_resume(j, legs[i], &told[i]);
	return o;
}

/* ----- who must be told anew ----- */

static bool is_told(const struct job *j)
{
	return !j->request->resume[1].n;
}

static void put_anew(struct job *j, struct span offerer, struct span answerer, const bool anew[2])
{
	if (!anew[0] && !anew[1])
		return;
	ng_begin_list(&j->answer, SPAN("anew"));
	if (anew[0])
		ng_put_str(&j->answer, (struct span){ 0 }, offerer);
	if (anew[1])
		ng_put_str(&j->answer, (struct span){ 0 }, answerer);
	ng_end(&j->answer);
}

/* Whether the side will take what it is shown is not known yet. */
void resume_offered(struct job *j, const struct parties *p, const struct offer_media *m, unsigned n)
{
	struct leg *answerer = p->answerer;
	bool anew[2] = { 0 };

	for (unsigned i = 0; i < answerer->nstream; i++)
		answerer->stream[i].told = is_told(j);
	for (unsigned i = 0; i < n && !is_told(j); i++) {
		anew[0] |= m->open[i] && (m->target[i].shield != SHIELD_NONE || ice_checks(&m->target[i]));
		anew[1] |= m->open[i] && (m->look[i].shield != SHIELD_NONE || m->look[i].ice != ICE_NONE);
	}
	put_anew(j, j->request->from_tag, j->request->to_tag, anew);
}

void resume_answered(const struct job *j, const struct parties *p)
{
	for (unsigned i = 0; i < p->offerer->nstream; i++)
		p->offerer->stream[i].lost &= !is_told(j);
	for (unsigned i = 0; i < p->answerer->nstream; i++)
		p->answerer->stream[i].lost &= !p->answerer->stream[i].told;
}

void resume_report(struct job *j, const struct parties *p)
{
	const bool anew[] = { secure_leg_waits(p->offerer), secure_leg_waits(p->answerer) };

	put_anew(j, leg_tag(p->offerer), leg_tag(p->answerer), anew);
}
