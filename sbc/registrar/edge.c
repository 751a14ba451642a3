/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/edge.h"

#include "alg/sip/option_tags.h"
#include "sbc/engine/respond.h"
#include "sbc/registrar/errand.h"

void edge_init(struct engine *e)
{
	for (unsigned i = 0; i < e->core.conf->nrealm; i++)
		e->edge.realm[i] = (struct edge_realm){
			.filled_at = core_now(&e->core),
			.allowance = e->core.conf->realms[i].phones.upstream_rate * 1000,
		};
}

void edge_fini(struct engine *e)
{
	while (e->edge.errands)
		errand_free(e, e->edge.errands);
}

/* ----- reading ----- */

uint16_t edge_read(struct engine *e, const struct sip_msg *m, const struct flow *from, char aor[BINDING_USER_MAX],
		   struct registration *g)
{
	struct writer w = writer_over(aor, BINDING_USER_MAX);
	uint16_t status;

	memset(g, 0, sizeof(*g));
	g->msg = m;
	g->from = *from;
	g->where = &e->core.conf->realms[from->realm];
	g->bindings = e->bindings;
	g->now = core_now(&e->core);
	g->wall = e->wall();
	edge_aor_of_party(e, &w, from->realm, sip_msg_value(m, SIP_HDR_TO));
	g->user = writer_done(&w);
	if (!g->user.n) {
		g->why = "the To cannot be read, or is too long";
		return 404;
	}
	status = registration_read(g);
	if (!status)
		registration_match(g);
	return status;
}

static bool same_contact(const struct registration_wish *w, const struct binding *b)
{
	struct uri uri;

	return uri_parse(b->facts.contact, &uri) == 0 && uri_eq(&uri, &w->uri);
}

static bool is_known(const struct registration *g, const struct registration_wish *w)
{
	const struct binding *b = w->match;

	return b && w->expires_s && b->facts.token.n && flow_eq(&b->facts.flow, &g->from) && same_contact(w, b) &&
	       span_eq(b->facts.instance, w->facts.instance) && b->facts.reg_id == w->facts.reg_id &&
	       span_eq(b->facts.path, w->facts.path) && b->facts.q == w->facts.q &&
	       span_eq(b->facts.call_id, g->call_id) && registration_in_order(g, b);
}

bool edge_is_known(const struct registration *g)
{
	for (unsigned i = 0; i < g->n; i++)
		if (!is_known(g, &g->wish[i]))
			return false;
	return g->n > 0;
}

/* G1: home hears of it again when half of its time is over, and before the phone's next REGISTER would come too late.
 */
static bool is_due(const struct registration *g, const struct binding_facts *f)
{
	uint64_t left_s = f->upstream_at > g->now ? (f->upstream_at - g->now) / 1000 : 0;
	uint32_t next_s = registration_grant_max(g) + 10;

	return left_s < (f->upstream_s / 2 > next_s ? f->upstream_s / 2 : next_s);
}

/* Home would let these phones live on until their next REGISTER. */
static bool is_good_for_now(const struct registration *g)
{
	for (unsigned i = 0; i < g->n; i++)
		if (g->wish[i].match->facts.upstream_at < g->now + registration_grant_max(g) * UINT64_C(1000))
			return false;
	return true;
}

static bool any_due(const struct registration *g)
{
	for (unsigned i = 0; i < g->n; i++)
		if (is_due(g, &g->wish[i].match->facts))
			return true;
	return false;
}

/* ----- answering ----- */

static void keep_upstream(struct binding_facts *f, const struct binding_facts *known)
{
	f->token = known->token;
	f->service_route = known->service_route;
	f->associated = known->associated;
	f->gruu = known->gruu;
	f->upstream_at = known->upstream_at;
	f->upstream_s = known->upstream_s;
}

void edge_answer_here(struct engine *e, struct txn *t, struct registration *g, uint32_t most_s)
{
	struct writer w = writer_over(e->core.part_text, EDGE_ANSWER_LINES);
	struct answer a = { .status = 200 };

	for (unsigned i = 0; i < g->n; i++) {
		struct registration_wish *wish = &g->wish[i];

		keep_upstream(&wish->facts, &wish->match->facts);
		if (wish->expires_s > most_s)
			wish->expires_s = most_s;
	}
	a.status = registration_apply(g, &w);
	if (a.status) {
		core_count(&e->core, COUNT_REFUSE_REGISTRATION);
	} else {
		a.status = 200;
		registration_answer_write(g, &w);
	}
	a.lines = writer_done(&w);
	t->known = true;
	respond(e, t, &a);
}

void edge_put_off(struct engine *e, struct txn *t, enum count why)
{
	char text[32];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = 503 };

	core_count(&e->core, why);
	writer_format(&w, "Retry-After: %u\r\n",
		      EDGE_RETRY_LEAST_S + (unsigned)(token_u64(&e->core.tokens) % EDGE_RETRY_SPREAD_S));
	a.lines = writer_done(&w);
	respond_bounded(e, t, &a);
}

/* ----- while home can't be reached (G7) ----- */

void edge_home_lost(struct engine *e, unsigned realm)
{
	struct edge_realm *r = &e->edge.realm[realm];

	if (r->survives)
		return;
	r->survives = true;
	r->since = core_now(&e->core);
	core_count(&e->core, COUNT_HOME_LOST);
	log_warn(&e->core.log,
		 "realm %s: its home, trunk %s, can't be reached: known phones stay registered here and can call each "
		 "other",
		 e->core.conf->realms[realm].name, e->core.conf->realms[realm].phones.home);
}

void edge_home_found(struct engine *e, unsigned realm)
{
	struct edge_realm *r = &e->edge.realm[realm];

	if (!r->survives)
		return;
	r->survives = false;
	log_info(&e->core.log, "realm %s: its home, trunk %s, is back after %llu s", e->core.conf->realms[realm].name,
		 e->core.conf->realms[realm].phones.home, (unsigned long long)((core_now(&e->core) - r->since) / 1000));
}

void edge_survive(struct engine *e, struct txn *t, struct registration *g)
{
	if (edge_is_known(g)) {
		core_count(&e->core, COUNT_REGISTER_SURVIVED);
		edge_answer_here(e, t, g, EDGE_SURVIVAL_S);
	} else {
		edge_put_off(e, t, COUNT_REFUSE_HOME_LOST);
	}
}

/* ----- how many home is asked about (G8) ----- */

/* Half of the allowance is for phones that are known: strangers can't keep them from home. */
static bool may_ask(struct engine *e, unsigned realm, bool known)
{
	struct edge_realm *r = &e->edge.realm[realm];
	uint64_t rate = e->core.conf->realms[realm].phones.upstream_rate, now = core_now(&e->core);
	uint64_t filled = r->allowance + (now - r->filled_at) * rate;
	uint64_t kept = known || rate < 10 ? 0 : rate / 2 * 1000;

	if (!rate)
		return true;
	r->filled_at = now;
	r->allowance = (uint32_t)(filled < rate * 1000 ? filled : rate * 1000);
	if (r->allowance < 1000 + kept)
		return false;
	r->allowance -= 1000;
	return true;
}

/* ----- */

/* While home is asked about it, what home let in does not end. */
static void hold(const struct registration *g)
{
	uint64_t until = g->now + EDGE_HOLD_MS;

	for (unsigned i = 0; i < g->n; i++) {
		struct binding *b = g->wish[i].match;
		struct binding_facts f = b->facts;

		f.expires_at = until < f.upstream_at ? until : f.upstream_at;
		if (f.expires_at > b->facts.expires_at)
			bindings_put(g->bindings, g->user, b, &f, b->refreshed);
	}
}

static void refuse_register(struct engine *e, struct txn *t, const struct registration *g, uint16_t status,
			    struct span lines)
{
	struct answer a = { .status = status, .lines = lines };
	char peer[ADDR_TEXT_MAX];

	core_count(&e->core, COUNT_REFUSE_REGISTRATION);
	log_info(&e->core.log, "refused REGISTER of %.*s from %s: %u %s", SPAN_ARG(g->user),
		 addr_text(&t->flow.peer, peer), status, g->why);
	respond_bounded(e, t, &a);
}

void edge_register(struct engine *e, struct txn *t, const struct sip_msg *m)
{
	char aor[BINDING_USER_MAX], lines[64];
	struct writer w = writer_over(lines, sizeof(lines));
	struct registration g;
	uint16_t status = edge_read(e, m, &t->flow, aor, &g);
	bool known;

	if (!status)
		status = registration_check(&g, &w);
	if (status) {
		refuse_register(e, t, &g, status, writer_done(&w));
		return;
	}
	known = edge_is_known(&g);
	t->known = known;
	if (known && !any_due(&g)) {
		core_count(&e->core, COUNT_REGISTER_HERE);
		edge_answer_here(e, t, &g, UINT32_MAX);
		return;
	}
	if (!may_ask(e, t->flow.realm, known)) {
		if (known && is_good_for_now(&g))
			edge_answer_here(e, t, &g, UINT32_MAX);
		else
			edge_put_off(e, t, COUNT_REFUSE_STORM);
		return;
	}
	if (known)
		hold(&g);
	if (!errand_begin(e, t))
		edge_survive(e, t, &g);
}
