/* SPDX-License-Identifier: BSD-3-Clause */
/* place.h: which connections lead where, and how many each source holds. */
#ifndef NATSBC_SBC_PLACE_H
#define NATSBC_SBC_PLACE_H

#include "alg/base/table.h"
#include "sbc/base/flow.h"

struct connection;

enum { PLACE_NAME = 20, SOURCE_NAME = 18 };

/* An address that a connection leads to; embedded in it. */
struct place {
	uint8_t name[PLACE_NAME]; /* realm, transport, address, port */
	struct connection *connection;
	struct place *next; /* leads there too */
	bool listed;
};

/* A host (IPv4) or a site (the first 64 bits of IPv6: a subscriber has all of them), in one realm. */
struct source {
	uint8_t name[SOURCE_NAME];
	uint32_t count;
};

struct places {
	struct table by_place, sources;
};

/* For so many connections. 0, or -1 without memory. */
int places_init(struct places *p, uint32_t connections, const struct hash_key *key);
void places_fini(struct places *p);

/* The first that leads there; the others follow by next. NULL: none. */
struct place *place_find(const struct places *p, const struct flow *to);

/* place is connection's, and stays until place_del(). False when the table is full. */
bool place_add(struct places *p, struct place *place, const struct flow *to, struct connection *connection);
void place_del(struct places *p, struct place *place);

/* One more from there; NULL when there are max already, or no memory. */
struct source *source_take(struct places *p, unsigned realm, const struct addr *peer, uint32_t max);
void source_give(struct places *p, struct source *source);

#endif
