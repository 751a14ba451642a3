/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/guard.h"

#include "alg/sip/nameaddr.h"
#include "sbc/engine/engine.h"
#include "sbc/guard/banrelay.h"
#include "sbc/guard/stranger.h"
#include "sbc/identity/identity.h"
#include "sbc/registrar/bindings.h"

enum { RATE_MAX = 1000000, KNOWN_FACTOR = 10 /* what a registered phone may say, of what a stranger may */ };

int guard_init(struct engine *e)
{
	struct guard *g = &e->guard;

	g->key = (struct hash_key){ token_u64(&e->core.tokens), token_u64(&e->core.tokens) };
	if (sites_init(&g->sites, e->core.conf->limits.registrations, &g->key) ||
	    meters_init(&g->meters, GUARD_METERS) || refusals_init(&g->refusals) ||
	    bans_init(&g->bans, &e->core, &g->key))
		return -1;
	return banrelay_open(e);
}

void guard_fini(struct engine *e)
{
	sites_fini(&e->guard.sites);
	meters_fini(&e->guard.meters);
	refusals_fini(&e->guard.refusals);
	bans_fini(&e->guard.bans);
}

/* ----- who ----- */

static const struct conf_guard *conf_of(const struct engine *e, const struct flow *from)
{
	return &e->core.conf->realms[from->realm].guard;
}

static bool is_among(const struct prefix *list, unsigned n, const struct addr *a)
{
	for (unsigned i = 0; i < n; i++)
		if (prefix_has(&list[i], a))
			return true;
	return false;
}

/* Whatever it does. Nobody else can send from this host's own addresses. */
static bool is_allowed(const struct engine *e, const struct addr *a)
{
	return is_among(e->core.conf->allow, e->core.conf->nallow, a) || is_among(e->guard.allow, e->guard.nallow, a) ||
	       addr_is_loopback(a);
}

/* ----- how much ----- */

/* Of a source: what one may say, as often as phones are registered there. Once it did enough wrong for a ban that would
 * hit those phones, others there get a tenth. */
static uint32_t budget_of_host(const struct meter *m, uint32_t per_s, uint32_t phones)
{
	uint64_t n = (uint64_t)per_s * (1 + phones);

	if (phones && m->points >= METERS_FULL / 2)
		n = per_s / 10 + 1;
	return n < RATE_MAX ? (uint32_t)n : RATE_MAX;
}

static uint32_t budget_of_phones(uint32_t per_s, uint32_t phones)
{
	uint64_t most = (uint64_t)per_s * phones * KNOWN_FACTOR;

	return most < RATE_MAX ? (uint32_t)most : RATE_MAX;
}

static enum guard_verdict look_known(struct engine *e, uint64_t flow, uint32_t phones, uint32_t per_s)
{
	uint64_t now = core_now(&e->core);
	struct meter *m = meters_get(&e->guard.meters, flow, now);

	return rate_pass(&m->rate, budget_of_phones(per_s, phones), now) ? GUARD_PASS : GUARD_OVER;
}

static enum guard_verdict refuse(struct engine *e, uint64_t host, enum refusal why, uint32_t limit)
{
	refusals_note(&e->guard.refusals, host, why, limit, core_now(&e->core));
	return why == REFUSAL_STRANGERS ? GUARD_FLOOD : GUARD_OVER;
}

static enum guard_verdict look_stranger(struct engine *e, uint64_t host, uint32_t phones, uint32_t per_s)
{
	struct guard *g = &e->guard;
	uint64_t now = core_now(&e->core);
	struct meter *m = meters_get(&g->meters, host, now);
	uint32_t budget = per_s ? budget_of_host(m, per_s, phones) : 0;

	if (!rate_pass(&m->rate, budget, now))
		return refuse(e, host, REFUSAL_SOURCE, budget);
	if (!phones && overload_is_on(&e->overload) && !rate_pass(&g->strangers, GUARD_STRANGERS_PER_S, now))
		return refuse(e, host, REFUSAL_STRANGERS, GUARD_STRANGERS_PER_S);
	return GUARD_STRANGER;
}

/* Most messages are of registered phones, then of trunks. Of a host without phones no flow needs to be looked for. */
enum guard_verdict guard_look(struct engine *e, const struct flow *from)
{
	struct guard *g = &e->guard;
	uint32_t per_s = conf_of(e, from)->per_source, there, phones = 0;
	uint64_t host = origin_host(&g->key, &from->peer), flow;
	struct ban *ban = bans_of(&g->bans, &from->peer, host);

	if (ban && (ban->why == EVIDENCE_BY_HAND || !is_allowed(e, &from->peer))) {
		ban->dropped++;
		return GUARD_BANNED;
	}
	there = sites_count(&g->sites, host);
	if (there) {
		flow = origin_flow(host, from);
		phones = sites_count(&g->sites, flow);
	}
	if (phones && (!per_s || look_known(e, flow, phones, per_s) == GUARD_PASS))
		return GUARD_PASS;
	meters_prefetch(&g->meters, host);
	if (identity_trunk(e, from) >= 0 || is_allowed(e, &from->peer))
		return GUARD_PASS;
	if (phones)
		return refuse(e, host, REFUSAL_PHONE, budget_of_phones(per_s, phones));
	return look_stranger(e, host, there, per_s);
}

void guard_refused(struct engine *e, const struct flow *from, enum refusal why)
{
	refusals_note(&e->guard.refusals, origin_host(&e->guard.key, &from->peer), why, 0, core_now(&e->core));
}

void guard_unknown(struct engine *e, const struct flow *from, enum refusal why, struct span what)
{
	uint64_t host = origin_host(&e->guard.key, &from->peer), now = core_now(&e->core);

	/* Of a flood of sources one is named a second. */
	if (refusals_note(&e->guard.refusals, host, why, 0, now) && rate_pass(&e->guard.told, 1, now))
		stranger_log(&e->core, from, why, what);
}

bool guard_kept_off_most(struct guard *g)
{
	bool most = g->kept_off > g->taken / 2;

	g->taken = g->kept_off = 0;
	return most;
}

bool guard_spares(const struct engine *e, const struct prefix *whom)
{
	return is_allowed(e, &whom->base) || trunksources_is_within(&e->trunks.sources, whom);
}

bool guard_is_banned(const struct engine *e, const struct addr *peer)
{
	const struct ban *ban = bans_of(&e->guard.bans, peer, origin_host(&e->guard.key, peer));

	return ban && (ban->why == EVIDENCE_BY_HAND || !is_allowed(e, peer));
}

/* ----- what it did ----- */

static void spare(struct engine *e, const struct flow *from, const char *why, enum evidence what)
{
	char peer[ADDR_TEXT_MAX];

	core_count(&e->core, COUNT_BAN_SPARED);
	if (!rate_pass(&e->guard.told, 1, core_now(&e->core)))
		return;
	log_warn(&e->core.log, "%s from %s realm %s again and again: not banned, for %s", evidence_name(what),
		 addr_text(&from->peer, peer), e->core.conf->realms[from->realm].name, why);
}

/* Phones are registered there: who guesses is held back alone, by the name that he tries. */
static void hold(struct engine *e, const struct flow *from, enum evidence why, uint32_t points, struct span user)
{
	struct guard *g = &e->guard;
	uint64_t now = core_now(&e->core);
	struct meter *host = meters_get(&g->meters, origin_host(&g->key, &from->peer), now);

	if (user.n) {
		struct meter *m = meters_get(&g->meters, origin_user(&g->key, &from->peer, user), now);
		uint32_t sum = m->points + points;

		if (sum >= METERS_FULL && !m->held)
			spare(e, from, "phones are registered there; that user's passwords are not tried any more",
			      why);
		m->held = m->held || sum >= METERS_FULL;
		m->points = (uint16_t)(sum < METERS_FULL ? sum : METERS_FULL);
		points /= 2;
	}
	if (host->points + points >= METERS_FULL)
		spare(e, from, "phones are registered there; others there may say little", why);
	host->points = (uint16_t)(host->points + points < METERS_FULL ? host->points + points : METERS_FULL - 1);
}

static void ban(struct engine *e, const struct flow *from, enum evidence why, bool proven, struct span sample)
{
	struct prefix whom = origin_prefix(&from->peer);
	struct bans_reason reason = { why, sample, e->core.conf->realms[from->realm].name, !proven };

	if (guard_is_banned(e, &from->peer))
		return; /* what was under way when it was */
	if (trunksources_is_within(&e->trunks.sources, &whom))
		spare(e, from, "a trunk is there", why);
	else if (!bans_add(&e->guard.bans, &whom, conf_of(e, from)->ban_s, &reason))
		core_count(&e->core, COUNT_DROP_FULL);
	else
		core_count(&e->core, COUNT_BANNED);
}

void guard_evidence(struct engine *e, const struct flow *from, enum evidence why, bool proven, struct span user,
		    struct span sample)
{
	struct guard *g = &e->guard;
	uint32_t points = evidence_points(why, conf_of(e, from)->failed_auth);
	uint64_t host = origin_host(&g->key, &from->peer);

	if (!points || !conf_of(e, from)->ban_s || identity_trunk(e, from) >= 0 || is_allowed(e, &from->peer))
		return;
	if (sites_count(&g->sites, host))
		hold(e, from, why, points, user);
	else if (meter_add(meters_get(&g->meters, host, core_now(&e->core)), points))
		ban(e, from, why, proven || flow_is_stream(from), sample);
}

/* One that answers now and then is a site of phones; one that never does wants to know names. */
void guard_challenged(struct engine *e, const struct flow *from, const struct sip_msg *m)
{
	struct guard *g = &e->guard;
	uint64_t now = core_now(&e->core), host = origin_host(&g->key, &from->peer);
	struct meter *meter;

	if (sites_count(&g->sites, host))
		return;
	if (m->method != SIP_REGISTER)
		guard_unknown(e, from, REFUSAL_UNPROVED, m->method_name);
	meter = meters_get(&g->meters, host, now);
	if (meter->asked == 0)
		meter->asked_s = (uint32_t)(now / 1000);
	if (++meter->asked < GUARD_UNANSWERED || now / 1000 < meter->asked_s + (uint64_t)GUARD_PATIENCE_S)
		return;
	meter->asked = 0;
	guard_evidence(e, from, EVIDENCE_UNANSWERED, false, (struct span){ 0 },
		       span_slice(m->raw, 0, span_find(m->raw, '\r')));
}

void guard_proved(struct engine *e, const struct flow *from)
{
	uint64_t host = origin_host(&e->guard.key, &from->peer);
	struct meter *m = meters_find(&e->guard.meters, host);

	refusals_forget(&e->guard.refusals, host, REFUSAL_UNPROVED);
	if (m)
		m->asked = 0;
}

bool guard_is_held(struct engine *e, const struct flow *from, struct span user)
{
	uint64_t name = origin_user(&e->guard.key, &from->peer, user);
	struct meter *m = meters_find(&e->guard.meters, name);

	if (!m || !m->held)
		return false;
	m = meters_get(&e->guard.meters, name, core_now(&e->core));
	m->held = m->points > METERS_FULL / 2;
	if (!m->held)
		return false;
	/* Not the user's own phone, registered over this flow. */
	for (const struct binding *b = bindings_find(e->bindings, user); b; b = b->next)
		if (flow_eq(&b->facts.flow, from))
			return false;
	return true;
}

/* ----- who lives where ----- */

void guard_registered(struct engine *e, const struct binding *b, bool ended)
{
	if (ended)
		sites_drop(&e->guard.sites, b->number);
	else
		sites_put(&e->guard.sites, b->number, &b->facts.flow);
}

bool guard_allow(struct engine *e, const struct prefix *whom)
{
	struct guard *g = &e->guard;

	if (g->nallow == GUARD_HAND_MAX)
		return false;
	g->allow[g->nallow++] = *whom;
	bans_lift_within(&g->bans, whom);
	return true;
}
