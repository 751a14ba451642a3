/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/whyguard.h"

#include <stdio.h>

void whyguard_bans(struct why *w)
{
	const struct engine *e = w->engine;
	const struct bans *bans = &e->guard.bans;
	const struct ban *b = bans_of(bans, &w->from, origin_host(bans->key, &w->from));
	char from[ADDR_TEXT_MAX];

	if (b && guard_is_banned(e, &w->from))
		why_say(w, WHY_DROPS, "banned",
			"%s is banned, for %u seconds more: %s%s%s. %llu messages were dropped since. To lift it: "
			"sbcctl bans.",
			why_source(w, from), ban_left_s(b, core_now(&e->core)), evidence_name(b->why),
			b->sample[0] ? ", last " : "", b->sample, (unsigned long long)b->dropped);
}

/* Of each reason: its word, what the source did, what became of that, and what is to be known. */
static const struct row {
	const char *what, *did, *became, *hint;
} rows[] = {
	[REFUSAL_SOURCE] = { "source-over-its-rate", "said more than its source may",
			     "dropped (on a connection answered 503)",
			     "That is realms.*.guard.per-source, and as much again for each phone that is registered "
			     "from there; a tenth of it where somebody there did too much wrong. guard.allow lifts "
			     "it." },
	[REFUSAL_PHONE] = { "phone-over-its-rate",
			    "said more than the phones may that are registered from one port there",
			    "dropped (on a connection answered 503)",
			    "That is ten times realms.*.guard.per-source for each of them." },
	[REFUSAL_STRANGERS] = { "stranger-while-overloaded",
				"is known to nobody here, and came while there was no time for all strangers together",
				"dropped (on a connection answered 503)",
				"Registered phones, trunks and guard.allow are not held up by that." },
	[REFUSAL_SCANNER] = { "scanner-not-answered", "says in its User-Agent that it is a scanner",
			      "dropped without an answer", "A few more of them make a ban." },
	[REFUSAL_HELD] = { "user-held",
			   "sent so many wrong passwords of a user that none of that user's are tried from there",
			   "answered 403",
			   "Phones are registered there, so it is not banned. It is forgotten within ten minutes." },
	[REFUSAL_BUSY] = { "overloaded", "asked for something new while the SBC did not keep up with its work",
			   "answered 503", "Retry-After told it when to come again. Calls that are up go on." },
	[REFUSAL_NETWORK] = { "source-not-in-networks", "is in none of the realm's networks",
			      "dropped without an answer", "realms.*.networks says who may speak there." },
	[REFUSAL_NO_PHONES] = { "source-not-allowed", "is no peer of a trunk, where phones may not register",
				"answered 403",
				"trunks.*.peers says from where a trunk calls; phones need realms.*.phones." },
	[REFUSAL_UNPROVED] = { "challenged",
			       "is no peer of a trunk, and gave no right password when it was asked for one",
			       "answered 407",
			       "trunks.*.peers says from where a trunk calls; sbcctl regs, which phones are known." },
};

_Static_assert(sizeof(rows) / sizeof(*rows) == REFUSAL_N, "each reason has its words");

static void tell(struct why *w, const struct row *row, const struct refusal_count *c)
{
	uint64_t now = core_now(&w->engine->core);
	char from[ADDR_TEXT_MAX], limit[48] = "";

	if (c->limit)
		snprintf(limit, sizeof(limit), " (%u messages a second)", c->limit);
	why_say(w, WHY_DROPS, row->what,
		"%s %s%s: %u messages of it were %s, the first %llu s ago, the last %llu s ago. %s",
		why_source(w, from), row->did, limit, c->count, row->became,
		(unsigned long long)((now - c->since) / 1000), (unsigned long long)((now - c->last) / 1000), row->hint);
}

void whyguard_refusals(struct why *w)
{
	const struct guard *g = &w->engine->guard;
	uint64_t host = origin_host(&g->key, &w->from);

	for (unsigned i = 0; i < REFUSAL_N; i++) {
		const struct refusal_count *c =
			refusals_find(&g->refusals, host, (enum refusal)i, core_now(&w->engine->core));

		if (c)
			tell(w, &rows[i], c);
	}
}
