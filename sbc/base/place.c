/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/place.h"

#include <stdlib.h>

int places_init(struct places *p, uint32_t connections, const struct hash_key *key)
{
	*p = (struct places){ 0 };
	/* Each may have an alias beside its own address. */
	if (table_init(&p->by_place, 2 * connections, key) == 0 && table_init(&p->sources, connections, key) == 0)
		return 0;
	places_fini(p);
	return -1;
}

void places_fini(struct places *p)
{
	struct source *s;
	uint32_t pos = 0;

	while (p->sources.slot && (s = table_next(&p->sources, &pos)))
		free(s);
	table_fini(&p->by_place);
	table_fini(&p->sources);
}

static void name_write(uint8_t name[PLACE_NAME], const struct flow *to)
{
	memcpy(name, to->peer.ip, 16);
	name[16] = (uint8_t)(to->peer.port >> 8);
	name[17] = (uint8_t)to->peer.port;
	name[18] = (uint8_t)(to->transport << 4 | to->peer.family);
	name[19] = to->realm;
}

struct place *place_find(const struct places *p, const struct flow *to)
{
	uint8_t name[PLACE_NAME];

	name_write(name, to);
	return table_find(&p->by_place, span_of(name, PLACE_NAME));
}

bool place_add(struct places *p, struct place *place, const struct flow *to, struct connection *connection)
{
	struct place *first = place_find(p, to);

	name_write(place->name, to);
	place->connection = connection;
	place->next = NULL;
	if (first) {
		place->next = first->next;
		first->next = place;
	} else if (table_add(&p->by_place, span_of(place->name, PLACE_NAME), place)) {
		return false;
	}
	place->listed = true;
	return true;
}

void place_del(struct places *p, struct place *place)
{
	struct place *at;

	if (!place->listed)
		return;
	place->listed = false;
	at = table_find(&p->by_place, span_of(place->name, PLACE_NAME));
	if (at == place) {
		table_del(&p->by_place, span_of(place->name, PLACE_NAME));
		if (place->next)
			table_add(&p->by_place, span_of(place->next->name, PLACE_NAME), place->next);
		return;
	}
	while (at->next != place)
		at = at->next;
	at->next = place->next;
}

struct source *source_take(struct places *p, unsigned realm, const struct addr *peer, uint32_t max)
{
	uint8_t name[SOURCE_NAME] = { 0 };
	struct source *s;

	memcpy(name, peer->ip, peer->family == ADDR_V6 ? 8 : 4);
	name[16] = peer->family;
	name[17] = (uint8_t)realm;
	s = table_find(&p->sources, span_of(name, SOURCE_NAME));
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		memcpy(s->name, name, SOURCE_NAME);
		if (table_add(&p->sources, span_of(s->name, SOURCE_NAME), s)) {
			free(s);
			return NULL;
		}
	}
	if (s->count >= max)
		return NULL;
	s->count++;
	return s;
}

void source_give(struct places *p, struct source *source)
{
	if (!source || --source->count)
		return;
	table_del(&p->sources, span_of(source->name, SOURCE_NAME));
	free(source);
}
