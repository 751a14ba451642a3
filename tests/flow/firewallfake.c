/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/firewallfake.h"

#include <stdio.h>

static void fall_silent(struct firewallfake *f, uint64_t now)
{
	for (unsigned i = 0; i < f->n;)
		if (f->hole[i].until <= now)
			f->hole[i] = f->hole[--f->n];
		else
			i++;
	for (unsigned i = 0; i < f->n; i++)
		f->hole[i].hole.owner.p = f->hole[i].owner;
}

static struct firewallfake_hole *find(struct firewallfake *f, uint64_t id)
{
	for (unsigned i = 0; i < f->n; i++)
		if (f->hole[i].hole.id == id)
			return &f->hole[i];
	return NULL;
}

/* Without a packet, as all are here. */
static void keep(struct firewallfake_hole *h, uint64_t now)
{
	uint32_t s = h->hole.idle_s && (!h->hole.lifetime_s || h->hole.idle_s < h->hole.lifetime_s)
			     ? h->hole.idle_s
			     : h->hole.lifetime_s;

	h->until = now + 1000ULL * s;
}

static enum firewall_result open_hole(struct firewallfake *f, const struct firewall_hole *with, uint64_t now)
{
	struct firewallfake_hole *h = find(f, with->id);

	if (!h && f->n == FIREWALLFAKE_HOLES)
		return FIREWALL_FULL;
	if (!h)
		h = &f->hole[f->n++];
	h->hole = *with;
	memcpy(h->owner, with->owner.p, with->owner.n);
	h->hole.owner.p = h->owner;
	keep(h, now);
	return FIREWALL_DONE;
}

static struct firewallfake_map *find_map(struct firewallfake *f, const struct firewall_map *like)
{
	for (unsigned i = 0; i < f->nmap; i++)
		if (addr_eq(&f->map[i].map.ours, &like->ours) && f->map[i].map.protocol == like->protocol)
			return &f->map[i];
	return NULL;
}

/* The router is always that one, and has each port free. */
static void map_port(struct firewallfake *f, const struct firewall_request *r, uint64_t now)
{
	struct firewallfake_map *m = find_map(f, &r->map);

	if (!m && f->nmap < FIREWALLFAKE_MAPS)
		m = &f->map[f->nmap++];
	if (!m)
		return;
	*m = (struct firewallfake_map){ .map = r->map, .seq = r->seq };
	m->map.outside = (struct addr){ .ip = { 198, 51, 100, 77 }, .port = r->map.ours.port, .family = ADDR_V4 };
	m->due = f->router_ms == FIREWALLFAKE_NEVER ? UINT64_MAX : now + f->router_ms;
}

static void map_answer(struct firewallfake *f, struct firewallfake_map *m)
{
	enum firewall_result result = f->router_refuses ? FIREWALL_FAILED : FIREWALL_DONE;

	wire_answer_write(&f->out,
			  &(struct firewall_answer){
				  .seq = m->seq, .verb = FIREWALL_MAP, .result = result, .last = true, .map = m->map });
	m->seq = 0;
}

static void map_take(struct firewallfake *f, const struct firewall_map *like)
{
	struct firewallfake_map *m = find_map(f, like);

	if (m)
		*m = f->map[--f->nmap];
}

static enum firewall_result run(struct firewallfake *f, const struct firewall_request *r, uint64_t now)
{
	struct firewallfake_hole *h;

	switch (r->verb) {
	case FIREWALL_HELLO:
		if (!span_eq(r->name, span_str(f->name)))
			f->n = 0;
		snprintf(f->name, sizeof(f->name), "%.*s", SPAN_ARG(r->name));
		return FIREWALL_DONE;
	case FIREWALL_OPEN:
		return open_hole(f, &r->hole, now);
	case FIREWALL_NARROW:
		h = find(f, r->hole.id);
		if (!h)
			return FIREWALL_NO_SUCH;
		h->hole.peer = r->hole.peer;
		keep(h, now);
		return FIREWALL_DONE;
	case FIREWALL_CLOSE:
		h = find(f, r->hole.id);
		if (!h)
			return FIREWALL_NO_SUCH;
		h->until = now;
		return FIREWALL_DONE;
	case FIREWALL_UNMAP:
		map_take(f, &r->map);
		return FIREWALL_DONE;
	default:
		return FIREWALL_DONE;
	}
}

static void answer(struct firewallfake *f, const struct firewall_request *r, enum firewall_result result)
{
	wire_answer_write(&f->out,
			  &(struct firewall_answer){ .seq = r->seq, .verb = r->verb, .result = result, .last = true });
}

static void list(struct firewallfake *f, const struct firewall_request *r, uint64_t now)
{
	for (unsigned i = 0; i < f->n; i++)
		wire_answer_write(
			&f->out, &(struct firewall_answer){ .seq = r->seq,
							    .verb = r->verb,
							    .last = i + 1 == f->n,
							    .hole = f->hole[i].hole,
							    .expires_s = (uint32_t)((f->hole[i].until - now) / 1000) });
	if (f->n == 0)
		answer(f, r, FIREWALL_NO_SUCH);
}

bool firewallfake_take(struct firewallfake *f, struct span packet, uint64_t now)
{
	int n = wire_requests(packet);

	if (f->out.n)
		return false;
	f->out = writer_over(f->answers, sizeof(f->answers));
	for (int i = 0; i < n; i++) {
		struct firewall_request r;
		uint32_t seq;

		fall_silent(f, now);
		if (wire_request_read(packet, (unsigned)i, &r, &seq))
			continue;
		if (r.verb == FIREWALL_LIST)
			list(f, &r, now);
		else if (r.verb == FIREWALL_MAP)
			map_port(f, &r, now);
		else
			answer(f, &r, run(f, &r, now));
	}
	return true;
}

struct span firewallfake_answers(struct firewallfake *f, uint64_t now)
{
	struct span answers;

	if (!f->out.cap)
		f->out = writer_over(f->answers, sizeof(f->answers));
	for (unsigned i = 0; i < f->nmap; i++)
		if (f->map[i].seq && f->map[i].due <= now)
			map_answer(f, &f->map[i]);
	answers = writer_done(&f->out);
	f->out = (struct writer){ 0 };
	return answers.n ? answers : (struct span){ 0 };
}

uint64_t firewallfake_next(const struct firewallfake *f)
{
	uint64_t next = UINT64_MAX;

	for (unsigned i = 0; i < f->nmap; i++)
		if (f->map[i].seq && f->map[i].due < next)
			next = f->map[i].due;
	return next;
}

unsigned firewallfake_mapped(const struct firewallfake *f)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->nmap; i++)
		n += f->map[i].seq == 0;
	return n;
}

unsigned firewallfake_open(struct firewallfake *f, uint64_t now)
{
	fall_silent(f, now);
	return f->n;
}

unsigned firewallfake_narrowed(struct firewallfake *f, uint64_t now)
{
	unsigned n = 0;

	fall_silent(f, now);
	for (unsigned i = 0; i < f->n; i++)
		n += addr_is_set(&f->hole[i].hole.peer);
	return n;
}
