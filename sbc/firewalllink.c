/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewalllink.h"

#include <stddef.h>
#include <stdlib.h>

int firewalllink_init(struct firewalllink *l, struct core *core, const char *name, void (*again)(void *), void *ctx)
{
	*l = (struct firewalllink){ .core = core, .name = name, .again = again, .ctx = ctx, .connection = 1 };
	l->end = &l->first;
	l->again_ms = FIREWALLLINK_AGAIN_MS;
	if (!core->out.firewall)
		return 0;
	l->state = FIREWALLLINK_AWAY;
	l->slot = calloc(FIREWALLLINK_WINDOW, sizeof(*l->slot));
	l->packet_text = malloc(WIRE_REQUESTS_MAX);
	if (!l->slot || !l->packet_text) {
		firewalllink_fini(l);
		return -1;
	}
	l->packet = writer_over(l->packet_text, WIRE_REQUESTS_MAX);
	return 0;
}

void firewalllink_fini(struct firewalllink *l)
{
	if (l->core)
		wheel_del(&l->core->wheel, &l->again_timer);
	free(l->slot);
	free(l->packet_text);
	l->slot = NULL;
	l->packet_text = NULL;
	l->state = FIREWALLLINK_OFF;
}

/* ----- items ----- */

static void queue_take(struct firewalllink *l, struct firewalllink_item *i)
{
	if (!i->link)
		return;
	*i->link = i->next;
	if (i->next)
		i->next->link = i->link;
	else if (!i->later)
		l->end = i->link;
	i->next = NULL;
	i->link = NULL;
	i->later = false;
}

static struct firewalllink_slot *slot_of(const struct firewalllink *l, uint32_t seq)
{
	return &l->slot[seq % FIREWALLLINK_WINDOW];
}

/* The answer that is on its way is nobody's. */
static void answer_disown(struct firewalllink *l, struct firewalllink_item *i)
{
	if (i->seq)
		slot_of(l, i->seq)->item = NULL;
	i->seq = 0;
}

void firewalllink_tell(struct firewalllink *l, struct firewalllink_item *i)
{
	if (l->state != FIREWALLLINK_UP || (i->link && !i->later))
		return;
	queue_take(l, i);
	i->next = NULL;
	i->link = l->end;
	*l->end = i;
	l->end = &i->next;
}

const char *firewalllink_reason(enum firewall_result result)
{
	static const char *const reasons[FIREWALL_RESULT_N] = {
		[FIREWALL_FULL] = "it holds no more",
		[FIREWALL_REFUSED] = "it makes no sense there",
		[FIREWALL_FAILED] = "the kernel would not have it, its own log tells why",
	};

	return reasons[result] ? reasons[result] : "it does not say why";
}

static void on_again(struct timer *timer, void *ctx, uint64_t now);

static void again_later(struct firewalllink *l)
{
	struct core *core = l->core;

	wheel_del(&core->wheel, &l->again_timer);
	wheel_add(&core->wheel, &l->again_timer, core_now(core) + l->again_ms, on_again);
	l->again_ms = 2 * l->again_ms < FIREWALLLINK_AGAIN_MOST_MS ? 2 * l->again_ms : FIREWALLLINK_AGAIN_MOST_MS;
}

bool firewalllink_tell_later(struct firewalllink *l, struct firewalllink_item *i, enum firewall_result result)
{
	bool first = !l->error;

	if (l->state != FIREWALLLINK_UP || i->link)
		return false;
	if (!l->later)
		again_later(l);
	i->next = l->later;
	if (i->next)
		i->next->link = &i->next;
	i->link = &l->later;
	i->later = true;
	l->later = i;
	l->nrefused += i->refused != l->connection;
	i->refused = l->connection;
	l->error = firewalllink_reason(result);
	return first;
}

static void refused_no_more(struct firewalllink *l, struct firewalllink_item *i)
{
	l->nrefused -= i->refused && i->refused == l->connection;
	i->refused = 0;
}

void firewalllink_forget(struct firewalllink *l, struct firewalllink_item *i)
{
	queue_take(l, i);
	answer_disown(l, i);
	refused_no_more(l, i);
}

/* ----- asking ----- */

/* NULL: too many are out. */
static struct firewalllink_slot *slot_take(struct firewalllink *l)
{
	uint32_t seq = l->last_seq + 1 ? l->last_seq + 1 : 1;
	struct firewalllink_slot *s = slot_of(l, seq);

	if (s->seq)
		return NULL;
	if (l->nout++ == 0)
		l->heard = core_now(l->core);
	l->last_seq = seq;
	*s = (struct firewalllink_slot){ .seq = seq };
	return s;
}

static void slot_free(struct firewalllink *l, struct firewalllink_slot *s)
{
	s->seq = 0;
	l->nout--;
}

/* Hands the packet on. False: it has to wait. */
static bool packet_send(struct firewalllink *l)
{
	if (l->packet.n && !l->core->out.firewall(l->core->out.ctx, writer_done(&l->packet)))
		return false;
	l->packet = writer_over(l->packet_text, WIRE_REQUESTS_MAX);
	return true;
}

static bool packet_is_full(const struct firewalllink *l)
{
	return l->packet.cap - l->packet.n < WIRE_REQUEST;
}

/* Puts one request into the packet, of an item or not. */
static void request_put(struct firewalllink *l, struct firewall_request *r, struct firewalllink_slot *s)
{
	r->seq = s->seq;
	wire_request_write(&l->packet, r);
	core_count(l->core, COUNT_FIREWALL_REQUEST);
}

/* False: no more can be asked now. */
static bool item_put(struct firewalllink *l, struct firewalllink_item *i)
{
	struct firewall_request r = { 0 };
	struct firewalllink_slot *s = slot_take(l);

	if (!s)
		return false;
	queue_take(l, i);
	answer_disown(l, i);
	if (!i->kind->write(i->ctx, i, &r)) {
		slot_free(l, s);
		return true;
	}
	s->item = i;
	i->seq = s->seq;
	request_put(l, &r, s);
	return true;
}

void firewalllink_flush(struct firewalllink *l)
{
	if (l->state != FIREWALLLINK_UP && l->state != FIREWALLLINK_REFUSED)
		return;
	do {
		if (packet_is_full(l) && !packet_send(l))
			return;
	} while (l->first && item_put(l, l->first));
	packet_send(l);
}

bool firewalllink_ask_list(struct firewalllink *l, struct firewalllink_list *list)
{
	struct firewall_request r = { .verb = FIREWALL_LIST };
	struct firewalllink_slot *s;

	list->seq = 0;
	if (l->state != FIREWALLLINK_UP || (packet_is_full(l) && !packet_send(l)) || !(s = slot_take(l)))
		return false;
	s->list = list;
	list->seq = s->seq;
	request_put(l, &r, s);
	return true;
}

void firewalllink_forget_list(struct firewalllink *l, struct firewalllink_list *list)
{
	if (list->seq)
		slot_of(l, list->seq)->list = NULL;
	list->seq = 0;
}

/* ----- answers ----- */

static void list_end(struct firewalllink_slot *s, bool complete)
{
	struct firewalllink_list *list = s->list;

	s->list = NULL;
	if (!list)
		return;
	list->seq = 0;
	list->done(list->ctx, complete);
}

/* Nothing that was told counts. */
static void drop_all(struct firewalllink *l)
{
	wheel_del(&l->core->wheel, &l->again_timer);
	l->nrefused = 0;
	l->connection++;
	while (l->first)
		queue_take(l, l->first);
	while (l->later)
		queue_take(l, l->later);
	for (unsigned k = 0; k < FIREWALLLINK_WINDOW; k++) {
		struct firewalllink_slot *s = &l->slot[k];

		if (!s->seq)
			continue;
		slot_free(l, s);
		if (s->item)
			s->item->seq = 0;
		s->item = NULL;
		list_end(s, false);
	}
}

/* What was told behind HELLO was refused as well. */
static void refuse(struct firewalllink *l)
{
	l->error = "another SBC is connected to sbc-firewall, which serves one: end the other, or give each a "
		   "node.name and "
		   "a pinholes.socket of its own";
	if (!l->missed)
		log_error(&l->core->log,
			  "sbc-firewall wants nothing from us: pinholes and bans are not enforced by "
			  "nftables until it does: %s",
			  l->error);
	l->missed = true;
	l->state = FIREWALLLINK_REFUSED;
	drop_all(l);
	again_later(l);
}

static void hello_answered(struct firewalllink *l, const struct firewall_answer *a)
{
	if (a->result != FIREWALL_DONE) {
		refuse(l);
		return;
	}
	log_info(&l->core->log, "%s", l->missed ? "sbc-firewall is there again" : "sbc-firewall is there");
	l->missed = false;
	l->error = NULL;
	l->again_ms = FIREWALLLINK_AGAIN_MS;
	if (l->state == FIREWALLLINK_UP)
		return;
	l->state = FIREWALLLINK_UP;
	l->again(l->ctx);
}

/* What was refused has been taken. */
static void is_well(struct firewalllink *l)
{
	log_info(&l->core->log, "sbc-firewall does all that it is asked again");
	l->error = NULL;
	l->again_ms = FIREWALLLINK_AGAIN_MS;
}

static void answer_take(struct firewalllink *l, const struct firewall_answer *a)
{
	struct firewalllink_slot *s = slot_of(l, a->seq);
	struct firewalllink_item *i = s->item;

	if (a->seq == 0 || s->seq != a->seq) {
		core_count(l->core, COUNT_FIREWALL_STRAY);
		return;
	}
	l->heard = core_now(l->core);
	if (a->result != FIREWALL_DONE && a->result != FIREWALL_NO_SUCH)
		core_count(l->core, COUNT_FIREWALL_REFUSED);
	if (a->verb == FIREWALL_LIST && s->list && a->result == FIREWALL_DONE && addr_is_set(&a->hole.ours))
		s->list->each(s->list->ctx, a);
	if (!a->last)
		return;
	slot_free(l, s);
	s->item = NULL;
	if (a->verb == FIREWALL_HELLO)
		hello_answered(l, a);
	list_end(s, a->result == FIREWALL_DONE || a->result == FIREWALL_NO_SUCH);
	if (!i)
		return;
	i->seq = 0;
	if (a->result == FIREWALL_DONE || a->result == FIREWALL_NO_SUCH)
		refused_no_more(l, i);
	i->kind->answered(i->ctx, i, a);
	if (l->state == FIREWALLLINK_UP && l->error && l->nrefused == 0)
		is_well(l);
}

void firewalllink_receive(struct firewalllink *l, struct span packet)
{
	bool there = l->state == FIREWALLLINK_UP || l->state == FIREWALLLINK_REFUSED;
	int n = there ? wire_answers(packet) : 0;

	for (int i = 0; i < n; i++) {
		struct firewall_answer a;

		if (wire_answer_read(packet, (unsigned)i, &a) == 0)
			answer_take(l, &a);
		else
			core_count(l->core, COUNT_FIREWALL_STRAY);
	}
	if (n < 0)
		core_count(l->core, COUNT_FIREWALL_STRAY);
}

/* ----- it comes and goes ----- */

static void greet(struct firewalllink *l)
{
	struct firewall_request hello = { .verb = FIREWALL_HELLO, .name = span_str(l->name) };

	l->packet = writer_over(l->packet_text, WIRE_REQUESTS_MAX);
	request_put(l, &hello, slot_take(l));
}

static void on_again(struct timer *timer, void *ctx, uint64_t now)
{
	struct firewalllink *l =
		(struct firewalllink *)(void *)((char *)timer - offsetof(struct firewalllink, again_timer));

	(void)ctx, (void)now;
	if (l->state == FIREWALLLINK_REFUSED) {
		greet(l);
		firewalllink_flush(l);
	}
	while (l->later)
		firewalllink_tell(l, l->later);
}

void firewalllink_connected(struct firewalllink *l)
{
	l->state = FIREWALLLINK_UP;
	greet(l);
	l->again(l->ctx);
}

void firewalllink_lost(struct firewalllink *l, const char *why)
{
	if (!l->missed)
		log_warn(&l->core->log, "sbc-firewall: %s: pinholes and bans wait for it, all else goes on", why);
	l->missed = true;
	l->error = why;
	l->state = FIREWALLLINK_AWAY;
	l->again_ms = FIREWALLLINK_AGAIN_MS;
	drop_all(l);
}

bool firewalllink_is_stuck(const struct firewalllink *l)
{
	return l->state >= FIREWALLLINK_UP && l->nout && core_now(l->core) >= l->heard + FIREWALLLINK_PATIENCE_MS;
}
