/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/ports.h"

#include <stdlib.h>

static uint32_t ports_pairs(uint32_t first, uint32_t last)
{
	return last > first ? (last - first + 1) / 2 : 0;
}

int ports_init(struct ports *p, uint16_t first, uint16_t last)
{
	/* Port 0 is "none" everywhere, so its pair is never given out. */
	uint16_t even = first < 2 ? 2 : first == UINT16_MAX ? first : (uint16_t)((first + 1) & ~1);
	uint32_t npair = ports_pairs(even, last);

	*p = (struct ports){
		.first = even,
		.npair = npair,
		.npool = npair,
		.pool = calloc(npair + 1, sizeof(*p->pool)),
		.rest = calloc(npair + 1, sizeof(*p->rest)),
		.state = calloc(npair + 1, sizeof(*p->state)),
	};
	if (!p->pool || !p->rest || !p->state) {
		ports_fini(p);
		return -1;
	}
	for (uint32_t i = 0; i < npair; i++)
		p->pool[i] = (uint16_t)i;
	return 0;
}

void ports_fini(struct ports *p)
{
	free(p->pool);
	free(p->rest);
	free(p->state);
	*p = (struct ports){ 0 };
}

static uint16_t ports_rest_pop(struct ports *p)
{
	uint16_t pair = p->rest[p->rest_at].pair;

	p->rest_at = (p->rest_at + 1) % p->npair;
	p->nrest--;
	return pair;
}

static uint16_t ports_out(struct ports *p, uint16_t pair)
{
	p->state[pair] = PORTS_USED;
	return (uint16_t)(p->first + 2 * pair);
}

uint16_t ports_take(struct ports *p, uint64_t now, uint64_t random)
{
	uint32_t at;
	uint16_t pair;

	while (p->nrest && now >= p->rest[p->rest_at].since + PORTS_REST_MS)
		p->pool[p->npool++] = ports_rest_pop(p);
	if (!ports_left(p))
		return 0;
	if (!p->npool)
		return ports_out(p, ports_rest_pop(p));
	at = (uint32_t)(random % p->npool);
	pair = p->pool[at];
	p->pool[at] = p->pool[--p->npool];
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

void ports_give(struct ports *p, uint16_t port, uint64_t now)
{
	uint32_t pair = ports_pair(p, port);

	if (pair == p->npair || p->state[pair] == PORTS_FREE)
		return;
	if (p->state[pair] == PORTS_PARKED)
		p->nparked--;
	p->state[pair] = PORTS_FREE;
	p->rest[(p->rest_at + p->nrest++) % p->npair] = (struct ports_rest){ .since = now, .pair = (uint16_t)pair };
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
