/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/store/banrestore.h"

#include "sbc/guard/guard.h"
#include "sbc/store/bankeep.h"
#include "sbc/store/store.h"

struct bringing {
	struct engine *e;
	struct moment moment;
	uint32_t n[BANRECORD_END_N];
};

static const struct conf_realm *realm_of(const struct engine *e, const struct ban *ban)
{
	const struct config *conf = e->core.conf;

	for (unsigned i = 0; i < conf->nrealm; i++)
		if (strcmp(conf->realms[i].name, ban->realm) == 0)
			return &conf->realms[i];
	return NULL;
}

/* What the configuration says now goes before what was. By hand is by hand. */
static bool is_wanted(const struct engine *e, struct ban *ban)
{
	const struct conf_realm *realm = realm_of(e, ban);

	if (!realm)
		ban->realm[0] = '\0';
	if (ban->why == EVIDENCE_BY_HAND)
		return true;
	return realm && realm->guard.ban_s > 0 && !guard_spares(e, &ban->whom);
}

static enum banrecord_end bring(struct bringing *g, const struct banrecord *r)
{
	struct ban ban;
	enum banrecord_end end = banrecord_read(r, &g->moment, &ban);

	if (end)
		return end;
	if (!is_wanted(g->e, &ban))
		return BANRECORD_UNWANTED;
	return bans_restore(&g->e->guard.bans, r->row, &ban) ? BANRECORD_NO_MEMORY : BANRECORD_RESTORED;
}

static void bring_back(void *ctx, const struct banrecord *r)
{
	struct bringing *g = ctx;
	enum banrecord_end end = bring(g, r);

	g->n[end]++;
	if (end)
		bankeep_mark(g->e->bankeep, r->row);
}

static void tell(const struct bringing *g)
{
	static const char *const names[] = {
		[BANRECORD_RESTORED] = "restored",      [BANRECORD_EXPIRED] = "over meanwhile",
		[BANRECORD_BROKEN] = "not understood",  [BANRECORD_UNWANTED] = "not wanted by the configuration now",
		[BANRECORD_NO_MEMORY] = "without room",
	};
	char text[256];
	struct writer w = writer_over(text, sizeof(text));

	for (unsigned i = 0; i < BANRECORD_END_N; i++)
		if (g->n[i] || i == BANRECORD_RESTORED)
			writer_format(&w, "%s%u %s", i ? ", " : "", g->n[i], names[i]);
	log_info(&g->e->core.log, "store: bans: %.*s", SPAN_ARG(writer_done(&w)));
}

int banrestore_all(struct engine *e)
{
	struct bringing g = { .e = e };

	if (!e->store)
		return 0;
	g.moment = (struct moment){ core_now(&e->core), e->wall() };
	e->bankeep = bankeep_new(&e->guard.bans, e->wall);
	if (!e->bankeep)
		return -1;
	store_keep_bans(e->store, e->bankeep, bring_back, &g);
	tell(&g);
	return 0;
}
