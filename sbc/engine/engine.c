/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/engine.h"

#include <stdlib.h>

#include "sbc/call/callend.h"
#include "sbc/call/calls.h"
#include "sbc/call/dtmf.h"
#include "sbc/engine/hearing.h"
#include "sbc/engine/inbound.h"
#include "sbc/guard/banrelay.h"
#include "sbc/media/reconcile.h"
#include "sbc/registrar/edge.h"
#include "sbc/route/routetable.h"
#include "sbc/store/bankeep.h"
#include "sbc/store/banrestore.h"
#include "sbc/store/callkeep.h"
#include "sbc/store/callrestore.h"
#include "sbc/store/store.h"
#include "sbc/trunk/trunkregs.h"

/* Two legs, and as many again of calls that are over but whose BYE is not answered yet. More are made room for when
 * they come (leg.c). */
enum { DIALOGS_PER_CALL = 4 };

static bool keepalive_out(void *ctx, const struct flow *to, struct span request)
{
	return core_send(ctx, to, request) == 0;
}

/* The relay heard a digit; or nothing on a call for too long, or no longer knows it. */
static void on_relay_event(void *env, const struct ng_answer *event)
{
	struct engine *e = env;
	struct call *c = calls_find(e, event->call_id);

	if (c && span_eq(event->event, SPAN("dtmf")))
		dtmf_heard(e, c, event);
	if (!c || !span_eq(event->event, SPAN("media-timeout")))
		return;
	callend(e, c, hearing_cause(event), 408, NULL);
}

static void on_binding(void *ctx, struct binding *b, enum binding_event what, uint64_t now)
{
	struct engine *e = ctx;
	struct span user = binding_user_name(b);
	char peer[ADDR_TEXT_MAX];

	(void)now;
	guard_registered(e, b, binding_event_is_end(what));
	if (what == BINDING_EXPIRED)
		core_count(&e->core, COUNT_BINDING_EXPIRED);
	if (what == BINDING_LOST)
		core_count(&e->core, COUNT_BINDING_UNREACHABLE);
	if (what != BINDING_REFRESHED && what != BINDING_RESTORED)
		log_info(&e->core.log, "%.*s %s: %s realm %s%s", SPAN_ARG(user), binding_event_name(what),
			 addr_text(&b->facts.flow.peer, peer), e->core.conf->realms[b->facts.flow.realm].name,
			 b->facts.nat ? " behind NAT" : "");
}

/* The realm of the challenge: the first domain, where there is one. */
static struct span auth_realm(const struct conf_realm *realm)
{
	return realm->phones.ndomain ? span_str(realm->phones.domains[0]) : SPAN("sbc");
}

static int open_auth(struct engine *e)
{
	uint8_t key[NONCE_KEY_LEN];

	for (unsigned i = 0; i < e->core.conf->nrealm; i++) {
		const struct conf_realm *realm = &e->core.conf->realms[i];
		struct auth_conf conf = {
			.users = e->users[i],
			.where = realm,
			.realm = auth_realm(realm),
			.nonce_key = key,
			.nonce_lifetime_ms = AUTH_NONCE_LIFETIME_MS,
			/* With room to spare: of 100,000 phones one in seven was challenged anew without. */
			.nonce_count = 2 * e->core.conf->limits.registrations,
		};

		if (!realm->phones.present || realm->phones.home_trunk >= 0)
			continue;
		for (unsigned k = 0; k < sizeof(key); k += 8) {
			uint64_t r = token_u64(&e->core.tokens);

			memcpy(key + k, &r, 8);
		}
		if (!e->users[i] || !(e->auth[i] = auth_new(&conf)))
			return -1;
	}
	return 0;
}

/* Its user was not removed from the users file meanwhile. */
static bool is_known(void *ctx, const struct binding *b)
{
	const struct engine *e = ctx;
	const struct users *users = e->users[b->facts.flow.realm];

	return !users || users_find(users, binding_user_name(b));
}

static int open_store(struct engine *e)
{
	const struct store_keeping k = { .core = &e->core, .bindings = e->bindings, .known = is_known, .ctx = e };

	if (!e->store)
		return 0;
	relaylink_name(&e->relay, store_instance(e->store));
	return store_keep(e->store, &k);
}

static int open_location(struct engine *e)
{
	struct keepalive_conf conf = {
		.conf = e->core.conf,
		.wheel = &e->core.wheel,
		.send = keepalive_out,
		.ctx = &e->core,
	};

	conf.key = (struct hash_key){ token_u64(&e->core.tokens), token_u64(&e->core.tokens) };
	e->bindings = bindings_new(e->core.conf->limits.registrations, &e->core.key[0], &e->core.wheel);
	if (!e->bindings || bindings_watch(e->bindings, on_binding, e))
		return -1;
	conf.bindings = e->bindings;
	e->keepalive = keepalive_new(&conf);
	e->registrar = (struct registrar){ .bindings = e->bindings, .conf = e->core.conf };
	return e->keepalive ? open_store(e) : -1;
}

static void firewall_again(void *ctx)
{
	struct engine *e = ctx;

	pinholes_again(&e->pinholes);
	mappings_again(&e->mappings);
	firewallbans_again(&e->firewallbans);
}

/* Who was told the old one is told the new one when he is written to next. */
static void realm_moved(void *ctx, unsigned realm, const struct addr *outside)
{
	struct engine *e = ctx;
	char text[ADDR_TEXT_MAX];

	log_warn(&e->core.log, "realm %s: its public address is %s from now on", e->core.conf->realms[realm].name,
		 addr_host_text(outside, text));
	if (!e->moving)
		return;
	e->moving->realms[realm].public = *outside;
	e->moving->realms[realm].public.port = 0;
}

static int open_firewall(struct engine *e)
{
	return firewalllink_init(&e->firewall, &e->core, e->relay.owner, firewall_again, e) ||
			       pinholes_init(&e->pinholes, &e->core, &e->firewall) ||
			       mappings_init(&e->mappings, &e->core, &e->firewall, realm_moved, e) ||
			       firewallbans_init(&e->firewallbans, &e->firewall, &e->guard.bans)
		       ? -1
		       : 0;
}

struct engine *engine_new(const struct engine_setup *s)
{
	struct engine *e = calloc(1, sizeof(*e));
	const struct config *conf = s->conf;

	if (!e)
		return NULL;
	e->core.conf = conf;
	e->moving = s->moving;
	e->core.log = s->log;
	e->core.out = s->out;
	e->wall = s->wall;
	e->started = s->now;
	e->started_wall = s->wall ? s->wall() : 0;
	e->store = s->store;
	memcpy(e->users, s->users, sizeof(e->users));
	wheel_init(&e->core.wheel, s->now, e);
	overload_init(&e->overload, s->now);
	token_source_init(&e->core.tokens, s->random, s->random_ctx);
	for (int i = 0; i < 2; i++)
		e->core.key[i] = (struct hash_key){ token_u64(&e->core.tokens), token_u64(&e->core.tokens) };
	e->credentials = credentials_new(conf, s->secrets);
	if (!e->credentials || txns_init(&e->txns, &e->core, e, conf->limits.transactions) ||
	    relaylink_init(&e->relay, &e->core, e, on_relay_event) ||
	    table_init(&e->dialogs, DIALOGS_PER_CALL * conf->limits.calls, NULL) ||
	    table_init(&e->calls_by_id, 2 * conf->limits.calls, &e->core.key[0]) ||
	    tally_init(&e->calls_of_user, conf->limits.calls, &e->core.key[0]) ||
	    admission_init(&e->admission, conf, &e->core.key[0]) || !(e->routes = routetable_new(conf)) ||
	    guard_init(e) || open_auth(e) || open_location(e) || trunks_init(&e->trunks, &e->core, &e->txns) ||
	    !(e->registrations = trunkregs_new(e))) {
		log_error(&e->core.log, "cannot start: no memory for %u calls, %u transactions, %u registrations",
			  conf->limits.calls, conf->limits.transactions, conf->limits.registrations);
		engine_free(e);
		return NULL;
	}
	edge_init(e);
	if (open_firewall(e)) {
		log_error(&e->core.log, "cannot start: no memory for pinholes");
		engine_free(e);
		return NULL;
	}
	if (banrestore_all(e) || callrestore_all(e) || (s->owns_media && !(e->reconcile = reconcile_new(e)))) {
		log_error(&e->core.log, "cannot start: no memory for the calls and bans of before");
		engine_free(e);
		return NULL;
	}
	/* Else it hears of them when it is found to be there. */
	if (!s->owns_media)
		banrelay_again(e);
	return e;
}

static void free_users(struct engine *e)
{
	for (unsigned i = 0; i < CONF_REALM_MAX; i++) {
		struct users *u = e->users[i];

		for (unsigned k = i; u && k < CONF_REALM_MAX; k++)
			if (e->users[k] == u)
				e->users[k] = NULL;
		if (u)
			users_free(u);
	}
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	store_close(e->store); /* it has the bindings and calls to write */
	bankeep_free(e->bankeep);
	callkeep_free(e->keep);
	e->keep = NULL; /* calls that end now stay in the store: on the wire they go on */
	while (e->calls)
		calls_free(e, e->calls);
	/* Timers of the wheel know their neighbours: who takes one off does so before others' memory goes. */
	if (e->pinholes.firewall)
		pinholes_fini(&e->pinholes);
	if (e->mappings.firewall)
		mappings_fini(&e->mappings);
	edge_fini(e);
	trunkregs_free(e->registrations);
	trunks_fini(&e->trunks);
	credentials_free(e->credentials);
	reconcile_free(e->reconcile);
	if (e->bindings)
		bindings_free(e->bindings);
	if (e->keepalive)
		keepalive_free(e->keepalive);
	for (unsigned i = 0; i < CONF_REALM_MAX; i++)
		if (e->auth[i])
			auth_free(e->auth[i]);
	free_users(e);
	relaylink_fini(&e->relay);
	firewallbans_fini(&e->firewallbans);
	firewalllink_fini(&e->firewall);
	txns_fini(&e->txns); /* last: its timers stay on the wheel */
	table_fini(&e->dialogs);
	table_fini(&e->calls_by_id);
	tally_fini(&e->calls_of_user);
	admission_fini(&e->admission);
	guard_fini(e);
	routetable_free(e->routes);
	buf_pool_fini(&e->core.bufs);
	free(e);
}

/* Time first: what is due was due before this came. */
void engine_receive(struct engine *e, const struct flow *from, struct span bytes, uint64_t now)
{
	engine_advance(e, now);
	inbound(e, from, bytes);
	callend_reap(e);
}

void engine_flow_closed(struct engine *e, const struct flow *flow, uint64_t now)
{
	engine_advance(e, now);
	bindings_flow_closed(e->bindings, flow, now);
	txns_flow_closed(&e->txns, flow);
	trunkregs_flow_closed(e->registrations, flow);
	callend_reap(e);
}

void engine_relay_receive(struct engine *e, struct span datagram, uint64_t now)
{
	engine_advance(e, now);
	relaylink_receive(&e->relay, datagram);
	callend_reap(e);
}

void engine_relay_replaced(struct engine *e, uint64_t now)
{
	engine_advance(e, now);
	reconcile_now(e->reconcile);
}

void engine_resolved(struct engine *e, uint32_t id, enum resolve_status status, struct span raw, uint64_t now)
{
	engine_advance(e, now);
	locate_answer(&e->trunks.locate, id, status, raw);
	callend_reap(e);
}

void engine_advance(struct engine *e, uint64_t now)
{
	if (now > core_now(&e->core))
		wheel_advance(&e->core.wheel, now);
	callend_reap(e);
}

void engine_turn(struct engine *e, bool behind, uint64_t now)
{
	bool flood = guard_kept_off_most(&e->guard);

	overload_turn(&e->overload, now, behind && !flood, e->relay.nwait > OVERLOAD_RELAY_MANY);
}

uint64_t engine_next(const struct engine *e)
{
	return wheel_next(&e->core.wheel);
}

void engine_shutdown(struct engine *e)
{
	struct call *next;

	e->draining = true;
	for (struct call *c = e->calls; c; c = next) {
		next = c->next;
		callend(e, c, COUNT_CALL_SHUTDOWN, 503, NULL);
	}
	callend_reap(e);
	trunkregs_end(e->registrations);
}

bool engine_leave(struct engine *e)
{
	if (!e->keep)
		return false;
	callkeep_leave(e->keep);
	return true;
}

bool engine_is_leaving(const struct engine *e)
{
	return trunkregs_busy(e->registrations);
}
