/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/base/ports.h"

#include <stdlib.h>

#include "rtpproxy/path/datapath.h"

static uint32_t ports_pairs(uint32_t first, uint32_t last)
{
	return last > first ? (last - first + 1) / 2 : 0;
}

static struct ports_lot *ports_lot(struct ports *p, uint32_t pair)
{
	return &p->lot[datapath_worker((uint16_t)(p->first + 2 * pair), p->nlot)];
}

/* Each lot has its part of the memory, and its pairs in it. */
static void lots_fill(struct ports *p)
{
	uint32_t from = 0;

	for (uint32_t i = 0; i < p->npair; i++)
		ports_lot(p, i)->npair++;
	for (unsigned i = 0; i < p->nlot; i++) {
		p->lot[i].pool = p->pool + from;
		p->lot[i].rest = p->rest + from;
		from += p->lot[i].npair;
	}
	for (uint32_t i = 0; i < p->npair; i++) {
		struct ports_lot *lot = ports_lot(p, i);

		lot->pool[lot->npool++] = (uint16_t)i;
	}
}

int ports_init(struct ports *p, uint16_t first, uint16_t last, unsigned lots)
{
	/* Port 0 is "none" everywhere, so its pair is never given out. */
	uint16_t even = first < 2 ? 2 : first == UINT16_MAX ? first : (uint16_t)((first + 1) & ~1);
	uint32_t npair = ports_pairs(even, last);

	*p = (struct ports){
		.first = even,
		.npair = npair,
		.pool = calloc(npair + 1, sizeof(*p->pool)),
		.rest = calloc(npair + 1, sizeof(*p->rest)),
		.state = calloc(npair + 1, sizeof(*p->state)),
		.nlot = lots,
	};
	if (!p->pool || !p->rest || !p->state) {
		ports_fini(p);
		return -1;
	}
	lots_fill(p);
	return 0;
}

void ports_fini(struct ports *p)
{
	free(p->pool);
	free(p->rest);
	free(p->state);
	*p = (struct ports){ 0 };
}

static uint16_t ports_rest_pop(struct ports_lot *lot)
{
	uint16_t pair = lot->rest[lot->rest_at].pair;

	lot->rest_at = (lot->rest_at + 1) % lot->npair;
	lot->nrest--;
	return pair;
}

static uint16_t ports_out(struct ports *p, uint16_t pair)
{
	p->state[pair] = PORTS_USED;
	return (uint16_t)(p->first + 2 * pair);
}

uint16_t ports_take(struct ports *p, unsigned lot, uint64_t now, uint64_t random)
{
	struct ports_lot *l = &p->lot[lot];
	uint32_t at;
	uint16_t pair;

	while (l->nrest && now >= l->rest[l->rest_at].since + PORTS_REST_MS)
		l->pool[l->npool++] = ports_rest_pop(l);
	if (!ports_left_in(p, lot))
		return 0;
	if (!l->npool)
		return ports_out(p, ports_rest_pop(l));
	at = (uint32_t)(random % l->npool);
	pair = l->pool[at];
	l->pool[at] = l->pool[--l->npool];
	return ports_out(p, pair);
}

/* The pair that port belongs to, or npair where it is not ours. */
static uint32_t ports_pair(const struct ports *p, uint16_t port)
{
	uint32_t pair;

	if (port < p->first)
		return p->npair;
	pair = (port - p->first) / 2U;
	return pair < p->npair ? pair : p->npair;
}

/* The oldest takes its place: it rests a while longer than it must. */
static int rest_remove(struct ports_lot *l, uint16_t pair)
{
	for (uint32_t i = 0; i < l->nrest; i++) {
		struct ports_rest *at = &l->rest[(l->rest_at + i) % l->npair];

		if (at->pair != pair)
			continue;
		at->pair = l->rest[l->rest_at].pair;
		(void)ports_rest_pop(l);
		return 0;
	}
	return -1;
}

int ports_take_that(struct ports *p, uint16_t port)
{
	const uint32_t pair = ports_pair(p, port);
	struct ports_lot *l;

	if (pair == p->npair || p->state[pair] != PORTS_FREE || port != p->first + 2 * pair)
		return -1;
	l = ports_lot(p, pair);
	for (uint32_t i = 0; i < l->npool; i++) {
		if (l->pool[i] != pair)
			continue;
		l->pool[i] = l->pool[--l->npool];
		ports_out(p, (uint16_t)pair);
		return 0;
	}
	if (rest_remove(l, (uint16_t)pair))
		return -1;
	ports_out(p, (uint16_t)pair);
	return 0;
}

void ports_give(struct ports *p, uint16_t port, uint64_t now)
{
	uint32_t pair = ports_pair(p, port);
	struct ports_lot *l;

	if (pair == p->npair || p->state[pair] == PORTS_FREE)
		return;
	if (p->state[pair] == PORTS_PARKED)
		p->nparked--;
	p->state[pair] = PORTS_FREE;
	l = ports_lot(p, pair);
	l->rest[(l->rest_at + l->nrest++) % l->npair] = (struct ports_rest){ .since = now, .pair = (uint16_t)pair };
}

void ports_park(struct ports *p, uint16_t port)
{
	uint32_t pair = ports_pair(p, port);

	if (pair == p->npair || p->state[pair] != PORTS_USED)
		return;
	p->state[pair] = PORTS_PARKED;
	p->nparked++;
}

uint16_t ports_parked(const struct ports *p, uint32_t *pos)
{
	while (p->nparked && *pos < p->npair) {
		uint32_t pair = (*pos)++;

		if (p->state[pair] == PORTS_PARKED)
			return (uint16_t)(p->first + 2 * pair);
	}
	return 0;
}

bool ports_is_used(const struct ports *p, uint16_t port)
{
	uint32_t pair = ports_pair(p, port);

	return pair < p->npair && p->state[pair] != PORTS_FREE;
}

uint32_t ports_left_in(const struct ports *p, unsigned lot)
{
	return p->lot[lot].npool + p->lot[lot].nrest;
}

uint32_t ports_left(const struct ports *p)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < p->nlot; i++)
		n += ports_left_in(p, i);
	return n;
}

uint32_t ports_resting(const struct ports *p)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < p->nlot; i++)
		n += p->lot[i].nrest;
	return n;
}
