/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/answer.h"

#include "rtpproxy/life/watch.h"
#include "rtpproxy/offer/body.h"
#include "rtpproxy/offer/grouping.h"
#include "rtpproxy/offer/hidden.h"
#include "rtpproxy/offer/offer.h"
#include "rtpproxy/offer/parties.h"
#include "rtpproxy/offer/profile.h"
#include "rtpproxy/offer/resume.h"
#include "rtpproxy/session/elsewhere.h"
#include "rtpproxy/stream/connect.h"
#include "rtpproxy/stream/digits.h"
#include "rtpproxy/stream/echo.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/record.h"

/* A stream lives where both sides accept it, as the same kind of media: what was asked to be encrypted RTP is not to be
 * had as something else. */
static void answer_open(struct job *j, const struct session *s, const struct parties *p, const struct sdp *sdp,
			struct offer_media *m)
{
	const struct leg *l = p->offerer;

	for (unsigned i = 0; i < sdp->nmedia; i++) {
		const struct target *t;

		if (i >= l->nstream) {
			m->open[i] = false;
			continue;
		}
		t = s->offerer == l ? leg_offered(l, i) : &l->stream[i].now;
		m->open[i] = m->open[i] && t->known && !t->refused;
		if (!m->open[i] || target_answers(&m->target[i], t))
			continue;
		job_warn(j, "stream refused, it was offered as another kind", span_str(m->target[i].type));
		m->open[i] = false;
		m->target[i].refused = true;
	}
}

/* Ports only for what both sides accept. */
static void drop_closed(struct job *j, struct leg *a, struct leg *b)
{
	unsigned n = a->nstream > b->nstream ? a->nstream : b->nstream;

	for (unsigned i = 0; i < n; i++) {
		struct stream *of_a = i < a->nstream ? &a->stream[i] : NULL;
		struct stream *of_b = i < b->nstream ? &b->stream[i] : NULL;

		if (of_a && of_b && stream_is_open(of_a) && stream_is_open(of_b))
			continue;
		if (of_a)
			join_drop(j->relay, a, i, j->now);
		if (of_b)
			join_drop(j->relay, b, i, j->now);
	}
}

static void forget_fresh(struct leg *l)
{
	for (unsigned i = 0; i < l->nstream; i++)
		l->stream[i].fresh = false;
}

/* Held, or nothing there that could be heard: the long timeout applies (R5). */
static bool is_held(const struct leg *a, const struct leg *b)
{
	for (unsigned i = 0; i < a->nstream && i < b->nstream; i++) {
		const struct target *of_a = &a->stream[i].now, *of_b = &b->stream[i].now;

		if (stream_is_open(&a->stream[i]) && stream_is_open(&b->stream[i]) && !of_a->held && !of_b->held)
			return false;
	}
	return true;
}

/* What has no answer is refused (RFC 3264 6: as many m-lines as were offered). */
static void answer_commit(struct job *j, struct session *s, const struct parties *p, struct offer_media *m, unsigned n)
{
	struct leg *far = p->offerer == s->near ? p->answerer : p->offerer;
	struct leg *before = s->joined;

	connect_end(j->relay, s, s->near);
	connect_end(j->relay, s, far);
	if (s->offerer == p->offerer) {
		if (p->offerer->offer)
			parties_follow(p->offerer, p->offerer->offer, p->offerer->nstream);
		leg_settle(p->offerer);
		s->offerer = NULL;
	}
	parties_follow(p->answerer, m->target, n);
	elsewhere_leave(j->relay, p->answerer, j->now);
	resume_answered(j, p);
	protection_commit(j, s, p, m, n);
	drop_closed(j, s->near, far);
	forget_fresh(s->near);
	for (struct leg *l = s->far; l; l = l->next)
		forget_fresh(l);
	p->offerer->agreed = p->answerer->agreed = (uint8_t)n;
	hidden_settle(p->offerer, n);
	hidden_settle(p->answerer, n);
	s->joined = far;
	s->committed = true;
	s->keep = 0;
	s->held = is_held(s->near, far);
	watch_begin(s, j->now);
	s->told = 0;
	if (before && before != far)
		join_push(j->relay, s, before);
	join_push(j->relay, s, far);
	join_push(j->relay, s, s->near);
}

/* What the offerer is shown, and with that in hand what is in force. */
static enum outcome answer_carry(struct job *j, struct session *s, const struct parties *p, const struct sdp *sdp,
				 struct offer_media *m)
{
	struct payload_plans plans;
	struct span body;
	enum outcome o;

	answer_open(j, s, p, sdp, m);
	digits_wish(j, s, p->answerer, p->offerer);
	payload_answer(j, s, sdp, p->offerer, p->answerer, m, &plans);
	o = offer_mistrust(j, m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = profile_of_answer(s, p->offerer, p->answerer, m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = offer_take_ports(j, p->offerer, p->answerer, m->open, sdp->nmedia);
	if (o == OUTCOME_OK)
		elsewhere_tell(j->relay, p->offerer, j->now);
	if (o == OUTCOME_OK)
		o = protection_answer(j, s, p, m, sdp->nmedia);
	if (o == OUTCOME_OK)
		grouping_answer(s, p, m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = body_write(j, sdp, p->offerer, &(struct body_look){ m, &plans, p->offerer->hidden }, &body);
	if (o == OUTCOME_OK && leg_use_tag(p->answerer, p->answerer_tag))
		o = OUTCOME_NO_MEMORY;
	if (o == OUTCOME_OK)
		o = parties_wish(j, s, p->answerer);
	if (o != OUTCOME_OK)
		return o;
	payload_keep_answer(&plans, p->offerer, p->answerer);
	answer_commit(j, s, p, m, sdp->nmedia);
	echo_wish(j, s, p->answerer, p->offerer);
	parties_heard_from(j, s);
	record_wish(j);
	ng_put_str(&j->answer, SPAN("sdp"), body);
	resume_report(j, p);
	return OUTCOME_OK;
}

enum outcome answer_run(struct job *j)
{
	struct session *s = job_session(j);
	struct offer_media m;
	struct parties p;
	struct sdp sdp;
	enum outcome o;

	/* Candidates of a side, that nobody here needs (ice.h): it is who checks. They may be quicker than its offer.
	 */
	if (j->request->fragment)
		return OUTCOME_OK;
	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!span_is_set(j->request->from_tag))
		return OUTCOME_NO_FROM_TAG;
	if (!span_is_set(j->request->to_tag))
		return OUTCOME_NO_TO_TAG;
	o = job_sdp(j, &sdp);
	if (o == OUTCOME_OK && job_loops(j, &sdp))
		return OUTCOME_OK;
	if (o == OUTCOME_OK)
		o = parties_of_answer(j, s, &p);
	if (o != OUTCOME_OK)
		return o;
	o = hidden_complete(j, p.answerer->hidden, p.offerer, &sdp);
	if (o != OUTCOME_OK)
		return o;
	o = offer_read(j, p.answerer, p.offerer, &sdp, &m);
	/* Now: what follows points into the streams. */
	if (o == OUTCOME_OK && (leg_grow(p.offerer, sdp.nmedia) || leg_grow(p.answerer, sdp.nmedia)))
		o = OUTCOME_NO_MEMORY;
	if (o == OUTCOME_OK)
		o = answer_carry(j, s, &p, &sdp, &m);
	offer_release(&m);
	return o;
}
