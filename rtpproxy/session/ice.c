/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/ice.h"

#include "alg/net/reach.h"
#include "alg/ng/ng.h"
#include "alg/sdp/ice.h"
#include "rtpproxy/line/loop.h"
#include "rtpproxy/line/stuncheck.h"
#include "rtpproxy/session/secure.h"
#include "rtpproxy/session/state.h"

static bool terms_have_ice(const struct terms *t)
{
	return t && t->ice.said;
}

/* It checks: else both would wait for the other (I3), or what it found is not true any more (I6). */
static bool terms_check(const struct terms *t)
{
	return terms_have_ice(t) && !t->ice.lite && !t->ice.mismatch;
}

/* --- descriptions --- */

enum ice_look ice_offer(const struct ng_request *q, const struct terms *said)
{
	if (q->ice == NG_ICE_FORCE)
		return ICE_OURS;
	return q->ice == NG_ICE_DEFAULT && terms_have_ice(said) ? ICE_OURS : ICE_NONE;
}

enum ice_look ice_answer(const struct ng_request *q, const struct terms *offered)
{
	if (!terms_have_ice(offered) || q->ice == NG_ICE_REMOVE)
		return ICE_NONE;
	return offered->ice.mismatch ? ICE_MISMATCH : ICE_OURS;
}

bool ice_has_no_place(const struct target *t)
{
	return terms_have_ice(t->terms) && addr_is_any(&t->said_rtp);
}

bool ice_checks(const struct target *t)
{
	return terms_check(t->terms);
}

/* ice-char (RFC 8839 5.4): 6 bits each. */
static void text_make(char *text, unsigned n, ice_random_fn *random, void *ctx)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t bits = 0;

	for (unsigned i = 0; i < n; i++) {
		if (i % 8 == 0)
			bits = random(ctx);
		text[i] = chars[bits & 63];
		bits >>= 6;
	}
	text[n] = '\0';
}

static void us_make(struct ice_us *us, ice_random_fn *random, void *ctx)
{
	text_make(us->ufrag, ICE_UFRAG, random, ctx);
	text_make(us->pwd, ICE_PWD, random, ctx);
}

const struct ice_us *ice_us_offered(struct ice *ice, ice_random_fn *random, void *ctx)
{
	if (!ice->us.ufrag[0])
		us_make(&ice->us, random, ctx);
	return &ice->us;
}

struct ice_us ice_us_answered(const struct ice *ice, const struct terms *in_force, const struct terms *offered,
			      ice_random_fn *random, void *ctx)
{
	const bool anew = terms_have_ice(in_force) && in_force->ice.all != offered->ice.all;
	struct ice_us us;

	if (ice->us.ufrag[0] && !anew)
		return ice->us;
	us_make(&us, random, ctx);
	return us;
}

void ice_tell(struct ice *ice, const struct ice_us *us)
{
	if (memcmp(us, &ice->us, sizeof(*us)) == 0)
		return;
	ice->former = ice->us;
	ice->us = *us;
}

void ice_write(struct writer *w, enum ice_look look, const struct ice_us *us, const struct addr *rtp,
	       const struct addr *rtcp)
{
	const struct sdp_ice_ours ours = { span_str(us->ufrag), span_str(us->pwd), *rtp, *rtcp };

	if (look == ICE_OURS)
		sdp_ice_write(w, &ours);
	if (look == ICE_MISMATCH)
		writer_str(w, "a=ice-mismatch\r\n");
}

/* --- where the side is --- */

/* Among those that are not nominated the best; of nominations, which come all at once from who nominates whatever
 * works, the best of a while, and then the last (I2, I4). */
static bool pair_gives_way(const struct ice_pair *p, const struct ice_pair *to)
{
	if (!addr_is_set(&p->at) || p->peer != to->peer)
		return true;
	if (p->nominated != to->nominated)
		return to->nominated;
	return to->priority > p->priority || (to->nominated && to->at_ms - p->at_ms >= ICE_SETTLE_MS);
}

/* True where media goes elsewhere now. */
static bool pair_take(struct ice_pair *p, const struct ice_pair *next)
{
	if (addr_is_set(&p->at) && p->peer == next->peer && addr_eq(&p->at, &next->at)) {
		if (next->nominated && !p->nominated)
			*p = *next;
		if (next->nominated)
			p->at_ms = next->at_ms;
		return false;
	}
	if (!pair_gives_way(p, next))
		return false;
	*p = *next;
	return true;
}

/* A slot that is free fits nobody. */
static bool known_has(const struct ice *ice, const struct addr *source)
{
	for (unsigned i = 0; i < ICE_KNOWN; i++)
		if (addr_eq(&ice->known[i], source))
			return true;
	return false;
}

static void known_add(struct ice *ice, const struct addr *source)
{
	if (!known_has(ice, source))
		ice->known[ice->nknown++ % ICE_KNOWN] = *source;
}

/* What somebody else had found is of no use to the side. */
static void pairs_forget(struct ice *ice)
{
	memset(ice->pair, 0, sizeof(ice->pair));
	memset(ice->known, 0, sizeof(ice->known));
	ice->routine = false;
}

void ice_follow(struct ice *ice, const struct terms *said, uint64_t now)
{
	const struct terms_ice nobody = { 0 }, *peer = terms_check(said) ? &said->ice : &nobody;

	if (ice->all == peer->all)
		return;
	pairs_forget(ice);
	ice->peer = peer->peer;
	ice->all = peer->all;
	for (unsigned i = 0; i < 2; i++) {
		if (!addr_is_set(&ice->early[i].at) || ice->early[i].peer != ice->peer)
			continue;
		ice->pair[i] = ice->early[i];
		known_add(ice, &ice->pair[i].at);
		ice->heard = now;
	}
	memset(ice->early, 0, sizeof(ice->early));
}

void ice_spec(const struct stream *m, enum stream_kind kind, struct port_spec *spec)
{
	const struct ice_pair *p = &m->secure->ice.pair[kind == STREAM_RTCP];

	if (!m->secure->ice.us.ufrag[0] || !terms_have_ice(m->now.terms))
		return;
	spec->wants_stun = true;
	if (!addr_is_set(&p->at))
		return;
	spec->policy = LATCH_EXACT;
	spec->expected = p->at;
	spec->asymmetric = false;
}

bool ice_is_on(const struct stream *m)
{
	return m->secure && terms_check(m->now.terms) && m->secure->ice.us.ufrag[0];
}

bool ice_lets(const struct stream *m, const struct addr *source)
{
	return !ice_is_on(m) || known_has(&m->secure->ice, source);
}

const char *ice_state(const struct stream *m, enum stream_kind kind)
{
	const struct ice_pair *p = m->secure ? &m->secure->ice.pair[kind == STREAM_RTCP] : NULL;

	if (!p || !terms_have_ice(m->now.terms))
		return NULL;
	if (m->now.terms->ice.mismatch)
		return "mismatch";
	if (!m->secure->ice.us.ufrag[0])
		return NULL;
	if (m->now.terms->ice.lite)
		return "lite";
	if (!addr_is_set(&p->at))
		return "waiting";
	return p->nominated ? "nominated" : "checked";
}

/* --- checks --- */

/* From where nothing comes that is true, nor from a port of ours, which checks nobody. */
static bool source_is_false(const struct relay *r, const struct mail *m)
{
	const struct conf_realm *realm = &r->conf->realms[m->leg->realm];

	return reach_from(&realm->address, &m->what->source) != REACH_FINE ||
	       loop_is_ours(r->conf, r->ports, &m->what->source);
}

/* True where what the packet path knows is not true any more. */
static bool check_note(const struct mail *m, const struct stuncheck_result *c)
{
	struct stream *s = &m->leg->stream[m->stream];
	struct ice *ice = &s->secure->ice;
	struct ice_pair *p = &ice->pair[m->rtcp];
	const struct ice_pair next = {
		.at = m->what->source,
		.peer = terms_ice_peer(c->them),
		.at_ms = m->now,
		.since = m->now,
		.priority = c->check.priority,
		.nominated = c->check.nominates,
	};

	if (next.peer != ice->peer) {
		pair_take(&ice->early[m->rtcp], &next);
		return false;
	}
	ice->heard = m->now;
	ice->routine |= p->nominated && m->now - p->since >= ICE_ROUTINE_MS;
	known_add(ice, &next.at);
	if (!pair_take(p, &next))
		return false;
	/* RTCP follows its RTP stream by itself. */
	s->relearn |= !m->rtcp;
	return true;
}

/* By what we showed last, and before: who has been told something new may not have heard it yet. Answers. */
static enum stuncheck check_judge(struct relay *r, const struct ice *ice, const struct datapath_mail *what,
				  struct stuncheck_result *out)
{
	const struct stuncheck_us us[] = {
		{ span_str(ice->us.ufrag), span_str(ice->us.pwd) },
		{ span_str(ice->former.ufrag), span_str(ice->former.pwd) },
	};
	char answer[STUN_CHECK_ANSWER_MAX];
	struct writer w = writer_over(answer, sizeof(answer));
	const enum stuncheck end =
		stuncheck_judge(span_of(what->bytes, what->n), &what->source, us, sizeof(us) / sizeof(us[0]), &w, out);

	if (w.n && !w.failed && r->path.reply)
		(void)r->path.reply(r->path.ctx, what->own, &what->source, (const uint8_t *)answer, (uint16_t)w.n);
	return end;
}

enum mail_news ice_read(struct relay *r, const struct mail *m)
{
	const struct stream *s = &m->leg->stream[m->stream];
	struct ice *ice = s->secure ? &s->secure->ice : NULL;
	struct stuncheck_result c;
	enum stuncheck end;
	bool is_new;

	if (!ice)
		return MAIL_NO_NEWS;
	end = check_judge(r, ice, m->what, &c);
	r->counters.checks[end]++;
	if (end != STUNCHECK_GOOD || source_is_false(r, m))
		return MAIL_NO_NEWS;
	is_new = check_note(m, &c);
	if (c.us == 0 && ice->former.ufrag[0])
		ice->former = (struct ice_us){ 0 };
	return is_new ? MAIL_OF_SIDE : MAIL_NO_NEWS;
}

/* --- consent --- */

static bool leg_is_lost(const struct leg *l, uint64_t now)
{
	for (unsigned i = 0; l && i < l->nstream; i++) {
		const struct stream *m = &l->stream[i];

		if (m->secure && m->secure->ice.routine && stream_is_open(m) &&
		    now - m->secure->ice.heard >= ICE_CONSENT_MS)
			return true;
	}
	return false;
}

struct leg *ice_lost(const struct session *s, uint64_t now)
{
	if (leg_is_lost(s->near, now))
		return s->near;
	return leg_is_lost(s->joined, now) ? s->joined : NULL;
}
