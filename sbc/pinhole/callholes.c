/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/callholes.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>

#include "sbc/media/relayports.h"

struct callholes {
	struct engine *engine;
	struct call *call;
	struct pinhole *first;
	struct mapping *mapped; /* by the router above us */
	struct relaylink_wait *asked;
	struct timer timer;
	uint32_t round;
	uint64_t wait_ms; /* until the next look */
};

/* The same for the same port of the same call, in the next run too: what is open stays open then. */
static uint64_t id_of(const struct call *c, const struct addr *ours)
{
	static const struct hash_key plain = { 0, 0 };
	struct {
		char call[sizeof(c->id)];
		uint8_t ip[16], port[2];
	} all = { .port = { (uint8_t)(ours->port >> 8), (uint8_t)ours->port } };

	memcpy(all.call, c->id, sizeof(all.call));
	memcpy(all.ip, ours->ip, sizeof(all.ip));
	return siphash(&plain, &all, sizeof(all)) | UINT64_C(1) << 63;
}

static struct pinhole *find(const struct callholes *h, const struct addr *ours)
{
	struct pinhole *p = h->first;

	while (p && !addr_eq(&p->hole.ours, ours))
		p = p->of_call;
	return p;
}

static struct pinhole *add(struct callholes *h, const struct relayport *from)
{
	struct engine *e = h->engine;
	const struct firewall_hole with = {
		.id = id_of(h->call, &from->ours),
		.owner = span_str(h->call->id),
		.protocol = IPPROTO_UDP,
		.ours = from->ours,
		.peer = from->latched,
		.idle_s = e->core.conf->pinholes.idle_s,
	};
	struct pinhole *p = pinholes_open(&e->pinholes, &with);

	if (!p)
		return NULL;
	p->of_call = h->first;
	h->first = p;
	return p;
}

static void on_hole(struct callholes *h, const struct relayport *from)
{
	struct pinhole *p = find(h, &from->ours);

	if (p)
		pinholes_keep(p, &from->latched);
	else
		p = add(h, from);
	if (p)
		p->round = h->round;
}

static bool is_settled(const struct callholes *h)
{
	const struct mapping *p = h->mapped;

	while (p && !mapping_is_asked(p))
		p = p->of_call;
	return !p;
}

/* While the relay is asked there may be more. */
static void on_settled(void *ctx)
{
	struct callholes *h = ctx;

	if (!h->asked && is_settled(h))
		mappinghold_settled(h->engine, h->call);
}

static void on_mapping(struct callholes *h, const struct relayport *from)
{
	struct mapping *p = h->mapped;

	while (p && !addr_eq(&p->ours, &from->ours))
		p = p->of_call;
	if (!p && (p = mappings_open(&h->engine->mappings, span_str(h->call->id), &from->ours))) {
		p->of_call = h->mapped;
		p->settled = on_settled;
		p->settled_ctx = h;
		h->mapped = p;
	}
	if (p)
		p->round = h->round;
}

static bool opens_holes(const struct engine *e)
{
	return e->core.conf->pinholes.calls == CONF_PINHOLES_ALWAYS && e->firewall.state != FIREWALLLINK_OFF;
}

static void on_port(void *ctx, const struct relayport *from)
{
	struct callholes *h = ctx;

	if (!span_eq(from->call_id, span_str(h->call->id)) || from->ended)
		return;
	if (opens_holes(h->engine))
		on_hole(h, from);
	if (mappings_wanted(&h->engine->mappings, &from->ours))
		on_mapping(h, from);
}

/* Those that the relay no longer has. */
static void close_others(struct callholes *h)
{
	for (struct mapping **at = &h->mapped; *at;) {
		struct mapping *p = *at;

		if (p->round == h->round) {
			at = &p->of_call;
			continue;
		}
		*at = p->of_call;
		mappings_close(p);
	}
	for (struct pinhole **at = &h->first; *at;) {
		struct pinhole *p = *at;

		if (p->round == h->round) {
			at = &p->of_call;
			continue;
		}
		*at = p->of_call;
		pinholes_close(p);
	}
}

static void ask(struct callholes *h);

static void on_timer(struct timer *timer, void *ctx, uint64_t now)
{
	struct callholes *h = (struct callholes *)(void *)((char *)timer - offsetof(struct callholes, timer));

	(void)ctx, (void)now;
	ask(h);
}

static void again(struct callholes *h)
{
	struct core *core = &h->engine->core;
	uint64_t most = (uint64_t)core->conf->pinholes.idle_s * 1000 / CALLHOLES_OFTEN;

	wheel_add(&core->wheel, &h->timer, core_now(core) + h->wait_ms, on_timer);
	h->wait_ms = 2 * h->wait_ms < most ? 2 * h->wait_ms : most;
}

/* A relay that says nothing takes nothing away. */
static void on_answer(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	struct callholes *h = w->user;

	(void)env;
	if (a && span_eq(a->result, SPAN("ok"))) {
		h->round++;
		relayports_read(h->engine->core.conf, a->body, on_port, h);
		close_others(h);
	}
	again(h);
	if (is_settled(h))
		mappinghold_settled(h->engine, h->call); /* the call may go with it */
}

static void ask(struct callholes *h)
{
	const struct relayports_question q = { .call_id = span_str(h->call->id) };

	relaylink_forget(&h->asked);
	wheel_del(&h->engine->core.wheel, &h->timer);
	if (!relayports_ask(&h->engine->relay, &q, on_answer, h, &h->asked))
		again(h);
}

void callholes_look(struct engine *e, struct call *c)
{
	if (!opens_holes(e) && !e->mappings.wanted)
		return;
	if (!c->holes) {
		c->holes = calloc(1, sizeof(*c->holes));
		if (!c->holes)
			return;
		*c->holes = (struct callholes){ .engine = e, .call = c };
	}
	c->holes->wait_ms = CALLHOLES_SOON_MS;
	ask(c->holes); /* it comes to the relay behind what was asked before */
}

void callholes_swap(struct call *a, struct call *b)
{
	struct callholes *of_a = a->holes;

	a->holes = b->holes;
	b->holes = of_a;
	if (a->holes)
		a->holes->call = a;
	if (b->holes)
		b->holes->call = b;
}

void callholes_end(struct engine *e, struct call *c)
{
	struct callholes *h = c->holes;

	if (!h)
		return;
	c->holes = NULL;
	relaylink_forget(&h->asked);
	wheel_del(&e->core.wheel, &h->timer);
	while (h->mapped) {
		struct mapping *p = h->mapped;

		h->mapped = p->of_call;
		mappings_close(p);
	}
	while (h->first) {
		struct pinhole *p = h->first;

		h->first = p->of_call;
		pinholes_close(p);
	}
	free(h);
}
