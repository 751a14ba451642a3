/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/admission.h"

#include <stdlib.h>

#include "sbc/call/calls.h"
#include "sbc/identity/identity.h"

enum {
	USERS_MAX = 16384, /* who call within one second */
	TOLD_PER_S = 5,
	RETRY_CALLS_S = 5,
	RETRY_RATE_S = 1,
};

int admission_init(struct admission *a, const struct config *conf, const struct hash_key *key)
{
	memset(a, 0, sizeof(*a));
	a->trunk = calloc(conf->ntrunk ? conf->ntrunk : 1, sizeof(*a->trunk));
	return a->trunk ? rates_init(&a->users, USERS_MAX, key) : -1;
}

void admission_fini(struct admission *a)
{
	free(a->trunk);
	rates_fini(&a->users);
	memset(a, 0, sizeof(*a));
}

/* ----- limits ----- */

/* One limit, what there is of it, and where it is written. */
struct limit {
	enum count why;
	const char *section, *name, *key;
	uint32_t most;
	bool reached;
};

/* Of a flood, some lines are enough: the counters tell all of it. */
static void tell(struct engine *e, const struct limit *l)
{
	struct rate *told = &e->admission.told;
	uint64_t now = core_now(&e->core);

	if (!rate_allows(told, TOLD_PER_S, now))
		return;
	rate_take(told, TOLD_PER_S, now);
	log_warn(&e->core.log, "no further call: %s: %s.%s.%s is %u", count_name(l->why), l->section, l->name, l->key,
		 l->most);
}

/* The first that is reached. */
static bool all_allow(struct engine *e, const struct limit *limit, unsigned n, enum count *why)
{
	for (unsigned i = 0; i < n; i++) {
		if (!limit[i].most || !limit[i].reached)
			continue;
		*why = limit[i].why;
		tell(e, &limit[i]);
		return false;
	}
	return true;
}

static struct limit realm_calls(const struct engine *e, unsigned realm)
{
	const struct conf_realm *conf = &e->core.conf->realms[realm];

	return (struct limit){
		.why = COUNT_REFUSE_REALM_CALLS,
		.section = "realms",
		.name = conf->name,
		.key = "limits.calls",
		.most = conf->max_calls,
		.reached = e->admission.realm[realm].calls >= conf->max_calls,
	};
}

static struct limit realm_rate(const struct engine *e, unsigned realm)
{
	const struct conf_realm *conf = &e->core.conf->realms[realm];

	return (struct limit){
		.why = COUNT_REFUSE_REALM_RATE,
		.section = "realms",
		.name = conf->name,
		.key = "limits.cps",
		.most = conf->max_cps,
		.reached = !rate_allows(&e->admission.realm[realm].rate, conf->max_cps, core_now(&e->core)),
	};
}

static struct limit trunk_calls(const struct engine *e, unsigned trunk)
{
	const struct conf_trunk *conf = &e->core.conf->trunks[trunk];

	return (struct limit){
		.why = COUNT_REFUSE_TRUNK_CALLS,
		.section = "trunks",
		.name = conf->name,
		.key = "limits.calls",
		.most = conf->max_calls,
		.reached = e->admission.trunk[trunk].calls >= conf->max_calls,
	};
}

static struct limit trunk_rate(const struct engine *e, unsigned trunk)
{
	const struct conf_trunk *conf = &e->core.conf->trunks[trunk];

	return (struct limit){
		.why = COUNT_REFUSE_TRUNK_RATE,
		.section = "trunks",
		.name = conf->name,
		.key = "limits.cps",
		.most = conf->max_cps,
		.reached = !rate_allows(&e->admission.trunk[trunk].rate, conf->max_cps, core_now(&e->core)),
	};
}

static struct limit user_calls(const struct engine *e, const struct identity *who)
{
	const struct conf_realm *conf = &e->core.conf->realms[who->realm];

	return (struct limit){
		.why = COUNT_REFUSE_USER_CALLS,
		.section = "realms",
		.name = conf->name,
		.key = "phones.limits.per-user-calls",
		.most = conf->phones.calls_per_user,
		.reached = who->user.n && calls_of_user(e, who->user) >= conf->phones.calls_per_user,
	};
}

static struct limit user_rate(const struct engine *e, const struct identity *who)
{
	const struct conf_realm *conf = &e->core.conf->realms[who->realm];

	return (struct limit){
		.why = COUNT_REFUSE_USER_RATE,
		.section = "realms",
		.name = conf->name,
		.key = "phones.limits.per-user-cps",
		.most = conf->phones.user_cps,
		.reached = !rates_allow(&e->admission.users, who->user, conf->phones.user_cps, core_now(&e->core)),
	};
}

bool admission_admits(struct engine *e, const struct identity *who, enum count *why)
{
	bool trunk = who->kind == IDENTITY_TRUNK;
	struct limit limit[] = {
		realm_calls(e, who->realm),
		realm_rate(e, who->realm),
		trunk ? trunk_calls(e, (unsigned)who->trunk) : user_calls(e, who),
		trunk ? trunk_rate(e, (unsigned)who->trunk) : user_rate(e, who),
	};

	return all_allow(e, limit, sizeof(limit) / sizeof(*limit), why);
}

void admission_begin(struct engine *e, struct leg *l, const struct identity *who)
{
	const struct conf_realm *conf = &e->core.conf->realms[who->realm];
	struct admission *a = &e->admission;
	uint64_t now = core_now(&e->core);

	rate_take(&a->realm[who->realm].rate, conf->max_cps, now);
	if (who->kind == IDENTITY_TRUNK)
		rate_take(&a->trunk[who->trunk].rate, e->core.conf->trunks[who->trunk].max_cps, now);
	else
		rates_take(&a->users, who->user, conf->phones.user_cps, now);
	admission_stay(e, l);
}

/* ----- legs ----- */

static bool counts_in_realm(const struct call *c, unsigned realm)
{
	for (const struct leg *l = c->legs; l; l = l->next)
		if (l->admitted && l->admitted_realm == realm)
			return true;
	return false;
}

static bool counts_in_trunk(const struct call *c, int trunk)
{
	for (const struct leg *l = c->legs; l; l = l->next)
		if (l->admitted && l->admitted_trunk == trunk)
			return true;
	return false;
}

bool admission_allows(struct engine *e, const struct call *c, int trunk, unsigned realm, enum count *why)
{
	struct limit limit[3];
	unsigned n = 0;

	if (c->kind != CALL_INVITE || c->emergency)
		return true;
	if (!counts_in_realm(c, realm))
		limit[n++] = realm_calls(e, realm);
	if (trunk >= 0 && !counts_in_trunk(c, trunk))
		limit[n++] = trunk_calls(e, (unsigned)trunk);
	if (trunk >= 0)
		limit[n++] = trunk_rate(e, (unsigned)trunk);
	return all_allow(e, limit, n, why);
}

void admission_enter(struct engine *e, struct leg *l)
{
	if (l->trunk >= 0 && l->call->kind == CALL_INVITE)
		rate_take(&e->admission.trunk[l->trunk].rate, e->core.conf->trunks[l->trunk].max_cps,
			  core_now(&e->core));
	admission_stay(e, l);
}

void admission_stay(struct engine *e, struct leg *l)
{
	struct admission *a = &e->admission;
	const struct call *c = l->call;

	if (l->admitted || c->kind != CALL_INVITE || c->state == CALL_OVER)
		return;
	a->realm[l->flow.realm].calls += !counts_in_realm(c, l->flow.realm);
	if (l->trunk >= 0)
		a->trunk[l->trunk].calls += !counts_in_trunk(c, l->trunk);
	l->admitted = true;
	l->admitted_realm = l->flow.realm;
	l->admitted_trunk = l->trunk;
}

void admission_leave(struct engine *e, struct leg *l)
{
	struct admission *a = &e->admission;

	if (!l->admitted)
		return;
	l->admitted = false;
	a->realm[l->admitted_realm].calls -= !counts_in_realm(l->call, l->admitted_realm);
	if (l->admitted_trunk >= 0)
		a->trunk[l->admitted_trunk].calls -= !counts_in_trunk(l->call, l->admitted_trunk);
}

unsigned admission_retry_s(enum count why)
{
	return why == COUNT_REFUSE_REALM_RATE || why == COUNT_REFUSE_TRUNK_RATE || why == COUNT_REFUSE_USER_RATE
		       ? RETRY_RATE_S
		       : RETRY_CALLS_S;
}
