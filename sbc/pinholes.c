/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinholes.h"

#include <stddef.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

const char *pinhole_state_name(enum pinhole_state s)
{
	static const char *const names[] = {
		[PINHOLE_ASKED] = "asked for",
		[PINHOLE_OPEN] = "open",
		[PINHOLE_REFUSED] = "refused",
		[PINHOLE_CLOSING] = "closing",
	};

	return names[s];
}

static struct span id_span(const struct pinhole *h)
{
	return span_of(&h->hole.id, sizeof(h->hole.id));
}

/* Closing ones, too. */
static struct pinhole *find(const struct pinholes *p, uint64_t id)
{
	return table_find(&p->by_id, span_of(&id, sizeof(id)));
}

static void hole_free(struct pinhole *h)
{
	struct pinholes *p = h->home;

	firewalllink_forget(p->firewall, &h->item);
	wheel_del(&p->core->wheel, &h->end);
	table_del(&p->by_id, id_span(h));
	*h->link = h->next;
	if (h->next)
		h->next->link = h->link;
	free(h);
}

/* ----- what the firewall is told of one ----- */

static bool hole_write(void *ctx, struct firewalllink_item *i, struct firewall_request *out)
{
	const struct pinholes *p = ctx;
	const struct pinhole *h = (const struct pinhole *)i;
	uint64_t now = core_now(p->core);

	out->verb = h->state == PINHOLE_CLOSING ? FIREWALL_CLOSE : h->narrow ? FIREWALL_NARROW : FIREWALL_OPEN;
	out->hole = h->hole;
	if (h->until)
		out->hole.lifetime_s = h->until > now ? (uint32_t)((h->until - now + 999) / 1000) : 1;
	return true;
}

static void refused(struct pinholes *p, struct pinhole *h, enum firewall_result result)
{
	char ours[ADDR_TEXT_MAX];

	if (firewalllink_tell_later(p->firewall, &h->item, result))
		log_warn(&p->core->log, "sbc-firewall did not open %s for %.*s: %s. It is asked again, now and then",
			 addr_text(&h->hole.ours, ours), SPAN_ARG(h->hole.owner), firewalllink_reason(result));
}

static void hole_answered(void *ctx, struct firewalllink_item *i, const struct firewall_answer *a)
{
	struct pinholes *p = ctx;
	struct pinhole *h = (struct pinhole *)i;

	if (h->state == PINHOLE_CLOSING) {
		if (a->verb == FIREWALL_CLOSE) /* else that is yet to be told */
			hole_free(h);
		return;
	}
	if (a->verb == FIREWALL_CLOSE) /* it was wanted again meanwhile */
		return;
	/* It fell silent before it was narrowed. */
	if (a->verb == FIREWALL_NARROW && a->result == FIREWALL_NO_SUCH) {
		h->narrow = false;
		h->state = PINHOLE_ASKED;
		firewalllink_tell(p->firewall, i);
		return;
	}
	h->narrow = false;
	h->state = a->result == FIREWALL_DONE ? PINHOLE_OPEN : PINHOLE_REFUSED;
	if (h->state == PINHOLE_REFUSED)
		refused(p, h, a->result);
}

static const struct firewalllink_kind kind = { hole_write, hole_answered };

/* ----- opening and closing ----- */

/* The firewall ends it at the same time. */
static void on_end(struct timer *timer, void *ctx, uint64_t now)
{
	(void)ctx, (void)now;
	hole_free((struct pinhole *)(void *)((char *)timer - offsetof(struct pinhole, end)));
}

static bool has_room(struct pinholes *p)
{
	const struct table *t = &p->by_id;

	return t->count < t->capacity || (t->count < PINHOLES_MAX && table_grow(&p->by_id, 2 * t->capacity) == 0);
}

static struct pinhole *hole_new(struct pinholes *p, const struct firewall_hole *from)
{
	struct pinhole *h = has_room(p) ? calloc(1, sizeof(*h)) : NULL;

	if (!h)
		return NULL;
	h->item.kind = &kind;
	h->item.ctx = p;
	h->home = p;
	h->hole.id = from->id;
	if (table_add(&p->by_id, id_span(h), h)) {
		free(h);
		return NULL;
	}
	h->next = p->first;
	if (h->next)
		h->next->link = &h->next;
	h->link = &p->first;
	p->first = h;
	return h;
}

static void hole_set(struct pinhole *h, const struct firewall_hole *from)
{
	struct core *core = h->home->core;

	h->hole = *from;
	memcpy(h->owner, from->owner.p, from->owner.n);
	h->hole.owner.p = h->owner;
	h->state = PINHOLE_ASKED;
	h->narrow = false;
	h->until = 0;
	wheel_del(&core->wheel, &h->end);
	if (!from->lifetime_s)
		return;
	h->until = core_now(core) + (uint64_t)from->lifetime_s * 1000;
	wheel_add(&core->wheel, &h->end, h->until, on_end);
}

/* Short enough to be typed. */
static uint64_t free_id(struct pinholes *p)
{
	uint64_t id;

	do
		id = token_u64(&p->core->tokens) & UINT32_MAX;
	while (id == 0 || find(p, id));
	return id;
}

struct pinhole *pinholes_open(struct pinholes *p, const struct firewall_hole *from)
{
	struct firewall_hole with = *from;
	struct pinhole *h;

	if (p->firewall->state == FIREWALLLINK_OFF || from->owner.n > FIREWALL_OWNER_MAX)
		return NULL;
	if (!with.id)
		with.id = free_id(p);
	h = find(p, with.id);
	if (h && h->state != PINHOLE_CLOSING)
		return NULL;
	if (!h && !(h = hole_new(p, &with)))
		return NULL;
	hole_set(h, &with);
	firewalllink_tell(p->firewall, &h->item);
	return h;
}

void pinholes_keep(struct pinhole *h, const struct addr *peer)
{
	if (!addr_eq(peer, &h->hole.peer)) {
		h->narrow = h->state == PINHOLE_OPEN && addr_is_set(peer);
		h->hole.peer = *peer;
	}
	firewalllink_tell(h->home->firewall, &h->item);
}

/* While nobody is there nothing needs to be told: who comes back is asked what is left over. */
void pinholes_close(struct pinhole *h)
{
	struct firewalllink *firewall = h->home->firewall;

	if (firewall->state != FIREWALLLINK_UP) {
		hole_free(h);
		return;
	}
	wheel_del(&h->home->core->wheel, &h->end);
	h->state = PINHOLE_CLOSING;
	firewalllink_tell(firewall, &h->item);
}

struct pinhole *pinholes_find(const struct pinholes *p, uint64_t id)
{
	struct pinhole *h = find(p, id);

	return h && h->state != PINHOLE_CLOSING ? h : NULL;
}

/* ----- a firewall that comes (back) ----- */

/* Open since before us: what was opened by hand is ours again, all else is of calls that are no more. */
static void on_leftover(void *ctx, const struct firewall_answer *row)
{
	struct pinholes *p = ctx;
	struct firewall_hole from = row->hole;
	struct pinhole *h;

	if (find(p, from.id) || from.owner.n > FIREWALL_OWNER_MAX || !(h = hole_new(p, &from)))
		return;
	if (from.lifetime_s)
		from.lifetime_s = row->expires_s ? row->expires_s : 1;
	hole_set(h, &from);
	h->state = PINHOLE_OPEN;
	if (!span_eq(from.owner, SPAN(PINHOLES_BY_HAND)))
		pinholes_close(h);
}

static void on_all(void *ctx, bool complete)
{
	(void)ctx, (void)complete;
}

void pinholes_again(struct pinholes *p)
{
	for (struct pinhole *h = p->first; h; h = h->next) {
		h->narrow = false;
		h->state = h->state == PINHOLE_CLOSING ? PINHOLE_CLOSING : PINHOLE_ASKED;
		firewalllink_tell(p->firewall, &h->item);
	}
	firewalllink_ask_list(p->firewall, &p->leftover);
}

int pinholes_init(struct pinholes *p, struct core *core, struct firewalllink *firewall)
{
	*p = (struct pinholes){
		.core = core,
		.firewall = firewall,
		.leftover = { .each = on_leftover, .done = on_all, .ctx = p },
	};
	return table_init(&p->by_id, FIRST_ROOM, &core->key[0]);
}

void pinholes_fini(struct pinholes *p)
{
	firewalllink_forget_list(p->firewall, &p->leftover);
	while (p->first)
		hole_free(p->first);
	table_fini(&p->by_id);
}
