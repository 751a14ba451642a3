/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/mappings.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Index of the realm with that address whose public address is to be found, or -1. */
static int realm_of(const struct mappings *m, const struct addr *ours)
{
	const struct config *c = m->core->conf;

	for (unsigned i = 0; i < c->nrealm; i++)
		if (c->realms[i].public_auto && addr_same_host(&c->realms[i].address, ours))
			return (int)i;
	return -1;
}

bool mappings_wanted(const struct mappings *m, const struct addr *ours)
{
	return m->wanted && realm_of(m, ours) >= 0;
}

bool mappings_answers(const struct mappings *m, unsigned realm)
{
	const struct mapping *p = m->listener[realm];

	return p && p->state == MAPPING_OPEN && m->firewall->state == FIREWALLLINK_UP;
}

static void mapping_free(struct mapping *p)
{
	firewalllink_forget(p->home->firewall, &p->item);
	wheel_del(&p->home->core->wheel, &p->again);
	*p->link = p->next;
	if (p->next)
		p->next->link = p->link;
	p->home->n--;
	free(p);
}

/* ----- what the firewall is told ----- */

static bool mapping_write(void *ctx, struct firewalllink_item *i, struct firewall_request *out)
{
	const struct mapping *p = (const struct mapping *)i;

	(void)ctx;
	out->verb = p->state == MAPPING_LEAVING ? FIREWALL_UNMAP : FIREWALL_MAP;
	out->map = (struct firewall_map){ .protocol = p->protocol, .ours = p->ours, .seconds = MAPPINGS_WANTED_S };
	return true;
}

static void on_again(struct timer *timer, void *ctx, uint64_t now)
{
	struct mapping *p = (struct mapping *)(void *)((char *)timer - offsetof(struct mapping, again));

	(void)ctx, (void)now;
	firewalllink_tell(p->home->firewall, &p->item);
}

static void ask_later(struct mapping *p)
{
	struct core *core = p->home->core;
	uint64_t now = core_now(core), renewed = p->until > now ? (p->until - now) * 5 / 8 : 0;
	uint64_t most = p->state != MAPPING_OPEN ? MAPPINGS_REFUSED_MS
			: p->listener            ? MAPPINGS_LISTENER_MS
						 : MAPPINGS_AGAIN_MS;

	if (p->state == MAPPING_OPEN && renewed < most)
		most = renewed < MAPPINGS_REFUSED_MS ? MAPPINGS_REFUSED_MS : renewed;
	wheel_add(&core->wheel, &p->again, now + most, on_again);
}

const char *mapping_state_name(enum mapping_state s)
{
	static const char *const names[] = {
		[MAPPING_ASKED] = "asked for",
		[MAPPING_OPEN] = "open",
		[MAPPING_REFUSED] = "refused",
		[MAPPING_LEAVING] = "closing",
	};

	return names[s];
}

/* What is refused is told by the firewall's log, with the reason. */
static void mapping_answered(void *ctx, struct firewalllink_item *i, const struct firewall_answer *a)
{
	struct mappings *m = ctx;
	struct mapping *p = (struct mapping *)i;

	if (p->state == MAPPING_LEAVING) {
		if (a->verb == FIREWALL_UNMAP)
			mapping_free(p);
		return;
	}
	p->state = a->verb == FIREWALL_MAP && a->result == FIREWALL_DONE ? MAPPING_OPEN : MAPPING_REFUSED;
	p->router = a->router;
	p->language = a->language;
	p->until = core_now(m->core) + 1000ULL * a->map.seconds;
	snprintf(p->why, sizeof(p->why), "%.*s", SPAN_ARG(a->why));
	if (p->state == MAPPING_OPEN) {
		p->outside = a->map.outside;
		if (p->listener && !addr_same_host(&p->outside, &m->core->conf->realms[p->realm].public))
			m->moved(m->ctx, p->realm, &p->outside);
	}
	ask_later(p);
	if (p->settled)
		p->settled(p->settled_ctx);
}

static const struct firewalllink_kind kind = { mapping_write, mapping_answered };

/* ----- opening and closing ----- */

static struct mapping *mapping_new(struct mappings *m, uint8_t protocol, const struct addr *ours)
{
	struct mapping *p = m->n < MAPPINGS_MAX ? calloc(1, sizeof(*p)) : NULL;

	if (!p)
		return NULL;
	p->item.kind = &kind;
	p->item.ctx = m;
	p->home = m;
	p->protocol = protocol;
	p->ours = *ours;
	p->realm = (uint8_t)realm_of(m, ours);
	p->next = m->first;
	if (p->next)
		p->next->link = &p->next;
	p->link = &m->first;
	m->first = p;
	m->n++;
	firewalllink_tell(m->firewall, &p->item);
	return p;
}

struct mapping *mappings_open(struct mappings *m, struct span owner, const struct addr *ours)
{
	struct mapping *p = mappings_wanted(m, ours) ? mapping_new(m, IPPROTO_UDP, ours) : NULL;

	if (p)
		snprintf(p->owner, sizeof(p->owner), "%.*s", SPAN_ARG(owner));
	return p;
}

void mappings_close(struct mapping *p)
{
	/* Nobody to be told: it runs out. */
	if (p->home->firewall->state != FIREWALLLINK_UP) {
		mapping_free(p);
		return;
	}
	p->state = MAPPING_LEAVING;
	wheel_del(&p->home->core->wheel, &p->again);
	firewalllink_tell(p->home->firewall, &p->item);
}

void mappings_again(struct mappings *m)
{
	struct mapping *next;

	for (struct mapping *p = m->first; p; p = next) {
		next = p->next;
		if (p->state == MAPPING_LEAVING)
			mapping_free(p);
		else
			firewalllink_tell(m->firewall, &p->item);
	}
}

/* ----- what realms listen on ----- */

static int open_listeners(struct mappings *m, const struct conf_realm *r)
{
	for (unsigned i = 0; i < r->nlisten; i++) {
		struct addr ours = r->address;
		struct mapping *p;

		ours.port = r->listen[i].port;
		p = mapping_new(m, r->listen[i].transport == CONF_UDP ? IPPROTO_UDP : IPPROTO_TCP, &ours);
		if (!p)
			return -1;
		p->listener = true;
		if (!m->listener[p->realm])
			m->listener[p->realm] = p;
	}
	return 0;
}

int mappings_init(struct mappings *m, struct core *core, struct firewalllink *firewall, mappings_moved_fn *moved,
		  void *ctx)
{
	const struct config *c = core->conf;
	int failed = 0;

	*m = (struct mappings){ .core = core, .firewall = firewall, .moved = moved, .ctx = ctx };
	if (firewall->state == FIREWALLLINK_OFF || c->pinholes.upstream.protocol == CONF_UPSTREAM_OFF)
		return 0;
	for (unsigned i = 0; i < c->nrealm && !failed; i++) {
		if (!c->realms[i].public_auto)
			continue;
		m->wanted = true;
		failed = open_listeners(m, &c->realms[i]);
	}
	return failed;
}

void mappings_fini(struct mappings *m)
{
	while (m->first)
		mapping_free(m->first);
}
