/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/offer/parties.h"

#include "rtpproxy/life/end.h"
#include "rtpproxy/life/owner.h"
#include "rtpproxy/line/loop.h"
#include "rtpproxy/session/linger.h"

/* The realm of that family that is nearest to the one named: itself, another on its interface, or any. */
static int realm_of_family(const struct config *c, int realm, uint8_t family)
{
	const char *interface = c->realms[realm].interface;
	int found = -1;

	if (c->realms[realm].address.family == family)
		return realm;
	for (unsigned i = 0; i < c->nrealm; i++) {
		if (c->realms[i].address.family != family)
			continue;
		if (interface && c->realms[i].interface && strcmp(interface, c->realms[i].interface) == 0)
			return (int)i;
		if (found < 0)
			found = (int)i;
	}
	return found;
}

/* The realm of that name, the first one without a name; where a family is wanted, the nearest one of that. */
static enum outcome realm_of(struct job *j, struct span name, uint8_t family, uint8_t *out)
{
	const struct config *c = j->relay->conf;
	int realm = 0;

	if (span_is_set(name))
		realm = conf_direction_find(c, name);
	else if (c->nrealm > 1 && family == ADDR_NONE)
		job_warn(j, "no direction, assuming realm", span_str(c->realms[0].name));
	if (realm < 0)
		return OUTCOME_UNKNOWN_REALM;
	if (family != ADDR_NONE)
		realm = realm_of_family(c, realm, family);
	if (realm < 0)
		return OUTCOME_NO_REALM_OF_FAMILY;
	*out = (uint8_t)realm;
	return OUTCOME_OK;
}

/* The realm that the request names, number 0 or 1 of `direction`. `address-family` is of the side that gets the
 * description. */
static enum outcome realm_named(struct job *j, unsigned side, uint8_t *out)
{
	const struct ng_request *q = j->request;
	const bool is_alone = q->command == NG_PUBLISH && span_is_set(q->interface);

	return realm_of(j, is_alone ? q->interface : q->direction[side], side == 1 ? q->family : ADDR_NONE, out);
}

/* RFC 4566 wants digits; 31 bits are understood by every phone. */
static uint64_t sdp_id_new(struct relay *r)
{
	return (r->random(r->random_ctx) & 0x7fffffff) | 1;
}

static enum outcome leg_in(struct job *j, uint8_t realm, struct span via_branch, struct span tag, struct leg **out)
{
	struct leg *l = leg_new(realm, via_branch, sdp_id_new(j->relay));

	if (!l)
		return OUTCOME_NO_MEMORY;
	if (span_is_set(tag) && leg_use_tag(l, tag)) {
		leg_free(l);
		return OUTCOME_NO_MEMORY;
	}
	*out = l;
	return OUTCOME_OK;
}

static enum outcome leg_begin(struct job *j, unsigned side, struct span via_branch, struct span tag, struct leg **out)
{
	uint8_t realm;
	const enum outcome o = realm_named(j, side, &realm);

	return o == OUTCOME_OK ? leg_in(j, realm, via_branch, tag, out) : o;
}

/* Of two directions the second is who gets our description. */
enum outcome parties_leg(struct job *j, struct span tag, struct leg **out)
{
	const struct ng_request *q = j->request;
	const struct span names[] = { q->interface, q->direction[1], q->direction[0] };
	unsigned i = 0;
	uint8_t realm;
	enum outcome o;

	while (i < 2 && !span_is_set(names[i]))
		i++;
	o = realm_of(j, names[i], q->family, &realm);
	return o == OUTCOME_OK ? leg_in(j, realm, (struct span){ 0 }, tag, out) : o;
}

static uint32_t ports_left_to(const struct relay *r, unsigned worker)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < r->conf->nrealm; i++)
		n += ports_left_in(&r->ports[i], worker);
	return n;
}

/* A call that comes back to us stays with the worker that it left from: only so can it be joined inside. Others go
 * where most ports are left. */
static uint8_t worker_choose(const struct relay *r, const struct sdp *sdp)
{
	unsigned best = 0;
	uint16_t ours;

	if (r->workers == 1)
		return 0;
	ours = loop_port(r->conf, r->ports, sdp);
	if (ours)
		return (uint8_t)datapath_worker(ours, r->workers);
	for (unsigned i = 1; i < r->workers; i++)
		if (ports_left_to(r, i) > ports_left_to(r, best))
			best = i;
	return (uint8_t)best;
}

enum outcome parties_begin(struct job *j, const struct sdp *sdp, struct session **out)
{
	struct relay *r = j->relay;
	const struct ng_request *q = j->request;
	struct session *s;
	enum outcome o;

	if (r->sessions.count >= r->sessions.capacity && !end_make_room(r, NULL, j->now))
		return OUTCOME_SESSIONS_FULL;
	s = session_new(q->call_id, q->owner);
	if (!s)
		return OUTCOME_NO_MEMORY;
	o = leg_begin(j, 0, (struct span){ 0 }, q->from_tag, &s->near);
	if (o == OUTCOME_OK && table_add_hashed(&r->sessions, s->call_id, j->call_hash, s))
		o = OUTCOME_SESSIONS_FULL;
	if (o != OUTCOME_OK) {
		session_free(s);
		return o;
	}
	session_join(&r->all, s);
	s->id = ++r->last_id;
	s->worker = worker_choose(r, sdp);
	s->created = s->offered = j->now;
	owner_add(r, s, j->now);
	r->counters.sessions++;
	*out = s;
	return OUTCOME_OK;
}

static enum outcome far_begin(struct job *j, struct session *s, unsigned side, struct span tag, struct leg **out)
{
	struct leg *l;
	enum outcome o = leg_begin(j, side, j->request->via_branch, tag, &l);

	if (o != OUTCOME_OK)
		return o;
	session_add_far(s, l);
	*out = l;
	return OUTCOME_OK;
}

enum outcome parties_join(struct job *j, struct session *s, struct leg **out)
{
	return far_begin(j, s, 0, j->request->from_tag, out);
}

/* The far leg of an offer from near. Inside a dialog the Via branch is a new one each time, so a tag that we do not
 * know yet stands for the leg that is there; without a tag, a new branch is a new leg. */
static struct leg *far_of(const struct session *s, const struct ng_request *q, struct span far_tag)
{
	struct leg *l = session_leg(s, far_tag);

	if (l && l != s->near)
		return l;
	if (span_is_set(q->via_branch)) {
		l = session_branch(s, q->via_branch);
		if (l || !span_is_set(far_tag))
			return l;
	}
	if (s->joined)
		return s->joined;
	for (l = s->far; l && l->publishes; l = l->next)
		;
	return l;
}

/* Before there is an answer, a call may be tried elsewhere under the same branch or none: what the realm of the last
 * try was is of no use there. */
static enum outcome far_elsewhere(struct job *j, const struct session *s, struct leg **far)
{
	struct leg *l = *far;
	uint8_t realm;
	enum outcome o;

	if (s->committed || !l || !span_is_set(j->request->direction[1]) || session_leg(s, j->request->to_tag))
		return OUTCOME_OK;
	o = realm_named(j, 1, &realm);
	if (o != OUTCOME_OK || l->realm == realm)
		return o;
	for (l = s->far; l && l->realm != realm; l = l->next)
		;
	*far = l;
	return OUTCOME_OK;
}

/* An offer from near: outward. */
static enum outcome parties_outward(struct job *j, struct session *s, struct parties *out)
{
	const struct ng_request *q = j->request;
	struct leg *far = far_of(s, q, q->to_tag);
	enum outcome o = far_elsewhere(j, s, &far);

	if (o != OUTCOME_OK)
		return o;
	if (!far)
		o = far_begin(j, s, 1, q->to_tag, &far);
	else if (span_is_set(q->to_tag) && leg_use_tag(far, q->to_tag))
		o = OUTCOME_NO_MEMORY;
	if (o == OUTCOME_OK)
		*out = (struct parties){ .offerer = s->near, .answerer = far };
	return o;
}

/* An offer from a tag that we have not heard of. */
static enum outcome offerer_new(struct job *j, struct session *s, struct leg **out)
{
	const struct ng_request *q = j->request;
	const struct leg *to = session_leg(s, q->to_tag);

	*out = s->near;
	/* A fork of what near has sent, that speaks before it has answered. */
	if (to == s->near) {
		*out = span_is_set(q->via_branch) ? session_branch(s, q->via_branch) : NULL;
		if (!*out)
			return far_begin(j, s, 0, q->from_tag, out);
	}
	/* Else it is near under another name: a phone that tries again with a new tag, or a further fork of an INVITE
	 * without a description, where those who are called make the offers. */
	if (!to && s->committed)
		return OUTCOME_UNKNOWN_TAGS;
	return leg_use_tag(*out, q->from_tag) ? OUTCOME_NO_MEMORY : OUTCOME_OK;
}

enum outcome parties_of_offer(struct job *j, struct session *s, struct parties *out)
{
	struct leg *from = session_leg(s, j->request->from_tag);
	enum outcome o = from ? OUTCOME_OK : offerer_new(j, s, &from);

	if (o != OUTCOME_OK)
		return o;
	if (from == s->near)
		return parties_outward(j, s, out);
	*out = (struct parties){ .offerer = from, .answerer = s->near };
	return OUTCOME_OK;
}

/* The first answer, of a fork that no Via branch names: where it comes from, `direction` tells. Some clients repeat
 * that of the offer, others turn it round: near's realm shows which. */
static struct leg *far_answering(const struct job *j, const struct session *s, struct span far_tag)
{
	const struct ng_request *q = j->request;
	const struct config *c = j->relay->conf;
	struct leg *found = far_of(s, q, far_tag);

	if (s->committed || !found || !found->next || span_is_set(q->via_branch) || session_leg(s, far_tag))
		return found;
	for (unsigned side = 0; side < 2; side++) {
		if (!span_is_set(q->direction[side]) ||
		    conf_direction_find(c, q->direction[1 - side]) != s->near->realm)
			continue;
		for (struct leg *l = s->far; l; l = l->next)
			if (conf_direction_find(c, q->direction[side]) == l->realm)
				return l;
	}
	return found;
}

enum outcome parties_of_answer(const struct job *j, const struct session *s, struct parties *out)
{
	const struct ng_request *q = j->request;
	struct span far_tag = q->to_tag;
	struct leg *from = session_leg(s, q->from_tag), *to = session_leg(s, q->to_tag);
	bool is_swapped = (!from && to) || (s->offerer && s->offerer == to && from != to);

	if (is_swapped) {
		from = to;
		far_tag = q->from_tag;
	}
	if (!from)
		return OUTCOME_UNKNOWN_TAGS;
	out->offerer = from;
	out->answerer_tag = far_tag;
	out->answerer = from == s->near ? far_answering(j, s, far_tag) : s->near;
	return out->answerer ? OUTCOME_OK : OUTCOME_UNKNOWN_TAGS;
}

enum outcome parties_wish(const struct job *j, struct session *s, struct leg *sender)
{
	const struct ng_request *q = j->request;

	if (span_is_set(q->label) && leg_set_label(sender, q->label))
		return OUTCOME_NO_MEMORY;
	s->generate_rtcp |= q->generate_rtcp;
	if (q->has_dscp) {
		s->has_dscp = true;
		s->dscp = q->dscp;
	}
	return OUTCOME_OK;
}

void parties_forget_new(struct job *j, struct session *s, const struct parties *p)
{
	struct leg *far = p->offerer == s->near ? p->answerer : p->offerer;

	if (far && !far->offered)
		end_branch(j->relay, s, far, j->now);
}

void parties_heard_from(const struct job *j, struct session *s)
{
	linger_cancel(j->relay, s);
	if (j->from)
		s->peer = peers_turn(&j->relay->peers, s->peer, j->from);
	s->coding = j->request->coding;
}

void parties_follow(struct leg *l, struct target *said, unsigned n)
{
	for (unsigned i = 0; i < l->nstream; i++) {
		struct stream *m = &l->stream[i];

		if (i >= n) {
			target_drop(&m->now);
			m->now = (struct target){ .known = true, .refused = true };
			continue;
		}
		if (!said[i].known)
			continue;
		if (target_follow(&said[i], &m->now))
			m->relearn = true;
		target_hold(&said[i]);
		target_drop(&m->now);
		m->now = said[i];
	}
}
