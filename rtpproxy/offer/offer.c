/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/offer.h"

#include "rtpproxy/life/end.h"
#include "rtpproxy/offer/body.h"
#include "rtpproxy/offer/grouping.h"
#include "rtpproxy/offer/hidden.h"
#include "rtpproxy/offer/parties.h"
#include "rtpproxy/offer/profile.h"
#include "rtpproxy/offer/resume.h"
#include "rtpproxy/offer/standin.h"
#include "rtpproxy/session/elsewhere.h"
#include "rtpproxy/stream/digits.h"
#include "rtpproxy/stream/echo.h"
#include "rtpproxy/stream/join.h"
#include "rtpproxy/stream/record.h"

enum outcome offer_read(struct job *j, const struct leg *leg, const struct leg *reader, const struct sdp *sdp,
			struct offer_media *out)
{
	struct sdp_leak names;
	/* Who calls itself what cannot be read is shown to nobody anyhow. */
	const bool named = sdp_leak_init(sdp, &names) == 0;
	const struct target_rules rules = {
		.conf = j->relay->conf,
		.ports = j->relay->ports,
		.realm = leg->realm,
		.reader = reader->realm,
		.request = j->request,
		.shelf = named ? &j->relay->formats : NULL,
		.key = &j->relay->key,
		.names = &names,
	};

	out->n = 0;
	for (unsigned i = 0; i < sdp->nmedia; i++) {
		struct target_codecs *codecs = &out->codecs[i];
		enum outcome o;

		codecs->list = i ? out->codecs[i - 1].list + out->codecs[i - 1].n : j->relay->codecs;
		o = target_read(&rules, sdp, i, codecs, &out->target[i]);
		if (o != OUTCOME_OK)
			return o;
		out->n++;
		out->open[i] = !out->target[i].refused;
		out->profile[i] = (struct span){ 0 };
		out->look[i] = (struct protection){ 0 };
		if (out->target[i].unsupported)
			job_warn(j, "stream refused, not relayed in this version", span_str(out->target[i].protocol));
		if (out->target[i].keyless)
			job_warn(j, "stream refused, no key in it that can be used", span_str(out->target[i].protocol));
		if (out->target[i].unwanted)
			job_warn(j, "stream refused, its kind does not cross here", span_str(out->target[i].type));
	}
	return OUTCOME_OK;
}

void offer_release(struct offer_media *m)
{
	for (unsigned i = 0; i < m->n; i++)
		target_drop(&m->target[i]);
	m->n = 0;
}

enum outcome offer_mistrust(const struct job *j, const struct offer_media *m, unsigned n)
{
	bool mistrusted = false;

	for (unsigned i = 0; i < n; i++) {
		if (m->open[i])
			return OUTCOME_OK;
		mistrusted |= m->target[i].mistrusted;
	}
	if (!mistrusted)
		return OUTCOME_OK;
	return j->request->sender_srtp == NG_SRTP_OFF ? OUTCOME_ENCRYPTED : OUTCOME_NOT_ENCRYPTED;
}

/* An offer of nothing but what we do not relay is refused as a whole: a fax re-INVITE falls back to audio then. */
enum outcome offer_is_usable(const struct offer_media *m, unsigned n)
{
	enum outcome o = OUTCOME_OK;

	for (unsigned i = 0; i < n; i++) {
		if (m->open[i])
			return OUTCOME_OK;
		if (m->target[i].barren)
			o = OUTCOME_NO_USABLE_CODEC;
		else if (m->target[i].unwanted && o != OUTCOME_NO_USABLE_CODEC)
			o = OUTCOME_NO_USABLE_KIND;
		else if (m->target[i].keyless && o == OUTCOME_OK)
			o = OUTCOME_NO_USABLE_KEY;
		else if (m->target[i].unsupported && o == OUTCOME_OK)
			o = OUTCOME_NO_USABLE_MEDIA;
	}
	return o;
}

enum outcome offer_take_ports(struct job *j, struct leg *a, struct leg *b, const bool *open, unsigned n)
{
	struct leg *legs[] = { a, b };
	const unsigned nleg = b ? 2 : 1;
	uint32_t need[CONF_REALM_MAX] = { 0 };

	if (leg_grow(a, n) || (b && leg_grow(b, n)))
		return OUTCOME_NO_MEMORY;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < nleg; k++)
			need[legs[k]->realm] += open[i] && !legs[k]->stream[i].port;
	for (unsigned i = 0; i < j->relay->conf->nrealm; i++)
		while (need[i] > ports_left_in(&j->relay->ports[i], job_session(j)->worker))
			if (!end_make_room(j->relay, job_session(j), j->now))
				return OUTCOME_PORTS_FULL;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < nleg; k++)
			if (open[i] && join_take(j->relay, job_session(j), legs[k], i, j->now))
				return OUTCOME_PORTS_FULL;
	return OUTCOME_OK;
}

/* Waits for its answer; before the first one it holds at once. */
static enum outcome offer_keep(struct job *j, struct session *s, struct leg *sender, struct offer_media *m, unsigned n)
{
	if (s->committed && leg_expect(sender, m->target, n))
		return OUTCOME_NO_MEMORY;
	if (s->offerer && s->offerer != sender)
		leg_settle(s->offerer);
	s->offerer = sender;
	s->offered = j->now;
	if (!s->committed) {
		parties_follow(sender, m->target, n);
		join_push(j->relay, s, sender);
		if (sender->connected)
			join_push_peer(j->relay, s, sender);
	}
	return OUTCOME_OK;
}

static enum outcome offer_prepare(struct job *j, struct session *s, struct parties *p, const struct sdp *sdp)
{
	struct payload_plans plans;
	struct offer_media m;
	uint32_t hidden;
	struct span body;
	enum outcome o = offer_read(j, p->offerer, p->answerer, sdp, &m);

	if (o != OUTCOME_OK) {
		offer_release(&m);
		return o;
	}
	hidden = hidden_choose(j, p->answerer, &m);
	digits_wish(j, s, p->offerer, p->answerer);
	payload_offer(j, sdp, p->offerer, p->answerer, &m, &plans);
	o = offer_mistrust(j, &m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = offer_is_usable(&m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = profile_of_offer(j, p->answerer, &m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = offer_take_ports(j, p->offerer, p->answerer, m.open, sdp->nmedia);
	standin_recall(j, p);
	if (o == OUTCOME_OK)
		o = protection_offer(j, p, &m, sdp->nmedia);
	if (o == OUTCOME_OK)
		grouping_offer(p, &m, sdp->nmedia);
	if (o == OUTCOME_OK)
		o = body_write(j, sdp, p->answerer, &(struct body_look){ &m, &plans, hidden }, &body);
	if (o == OUTCOME_OK)
		o = parties_wish(j, s, p->offerer);
	if (o == OUTCOME_OK)
		o = offer_keep(j, s, p->offerer, &m, sdp->nmedia);
	if (o == OUTCOME_OK)
		resume_offered(j, p, &m, sdp->nmedia);
	offer_release(&m);
	if (o != OUTCOME_OK)
		return o;
	payload_keep_offer(&plans, p->answerer);
	p->answerer->offered = true;
	p->offerer->hidden = p->hidden;
	p->answerer->hidden = hidden;
	p->answerer->withheld |= hidden & ~p->answerer->absent;
	join_listen(j->relay, s, p->answerer);
	echo_wish(j, s, p->offerer, p->answerer);
	ng_put_str(&j->answer, SPAN("sdp"), body);
	return OUTCOME_OK;
}

/* Nothing stays of an offer that failed, but what an earlier one that is still open has taken. */
static void offer_undo(struct job *j, struct session *s, const struct parties *p, bool is_new)
{
	if (is_new) {
		end_session(j->relay, s, j->now);
		return;
	}
	if (!s->offerer && p->offerer) {
		join_drop_fresh(j->relay, p->offerer, j->now);
		join_drop_fresh(j->relay, p->answerer, j->now);
	}
	parties_forget_new(j, s, p);
}

enum outcome offer_run(struct job *j)
{
	struct session *s = job_session(j);
	bool is_new = s == NULL;
	struct parties p = { 0 };
	struct sdp sdp;
	enum outcome o;

	/* Candidates of a side, that nobody here needs (ice.h): it is who checks. They may be quicker than its offer.
	 */
	if (j->request->fragment)
		return OUTCOME_OK;
	if (!span_is_set(j->request->from_tag))
		return OUTCOME_NO_FROM_TAG;
	o = job_sdp(j, &sdp);
	if (o == OUTCOME_OK && job_loops(j, &sdp))
		return OUTCOME_OK;
	if (o == OUTCOME_OK && is_new)
		o = parties_begin(j, &sdp, &s);
	if (o != OUTCOME_OK)
		return o;
	o = parties_of_offer(j, s, &p);
	if (o == OUTCOME_OK)
		o = resume_take(j, s, &p, &sdp, is_new);
	if (o == OUTCOME_OK) {
		standin_take(j, &p);
		o = hidden_align(j, &p, &sdp);
	}
	if (o == OUTCOME_OK)
		o = offer_prepare(j, s, &p, &sdp);
	if (o != OUTCOME_OK) {
		offer_undo(j, s, &p, is_new);
		return o;
	}
	parties_heard_from(j, s);
	record_wish(j);
	return OUTCOME_OK;
}

static enum outcome rollback_unanswered(struct job *j, struct session *s, struct leg *branch)
{
	if (branch && s->far->next)
		end_branch(j->relay, s, branch, j->now);
	else
		end_session(j->relay, s, j->now);
	return OUTCOME_OK;
}

/* Where near has no port any more nothing that the other side answers later makes it talk. */
static void drop_deserted(struct relay *r, const struct session *s, struct leg *far, uint64_t now)
{
	for (unsigned i = 0; i < far->nstream; i++)
		if (far->stream[i].fresh && (i >= s->near->nstream || !s->near->stream[i].port))
			join_drop(r, far, i, now);
}

static void branch_undo(const struct job *j, struct leg *l)
{
	join_drop_fresh(j->relay, l, j->now);
	elsewhere_stay(j->relay, l, j->now);
}

enum outcome offer_rollback(struct job *j)
{
	struct session *s = job_session(j);
	struct leg *branch;

	if (!s)
		return OUTCOME_UNKNOWN_CALL;
	if (!s->offerer) {
		job_warn(j, "no offer is open", (struct span){ 0 });
		return OUTCOME_OK;
	}
	branch = span_is_set(j->request->via_branch) ? session_branch(s, j->request->via_branch) : NULL;
	if (!s->committed)
		return rollback_unanswered(j, s, branch);
	join_drop_fresh(j->relay, s->near, j->now);
	hidden_forget(s->near);
	for (struct leg *l = s->far; l; l = l->next)
		hidden_forget(l);
	for (struct leg *l = s->far; l; l = l->next) {
		if (s->offerer == l || (s->offerer == s->near && (!branch || branch == l)))
			branch_undo(j, l);
		drop_deserted(j->relay, s, l, j->now);
	}
	leg_settle(s->offerer);
	s->offerer = NULL;
	return OUTCOME_OK;
}
