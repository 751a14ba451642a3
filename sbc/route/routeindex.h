/* SPDX-License-Identifier: BSD-3-Clause */
/* routeindex.h: which of many routes may fit a call: by who calls, and by how the numbers and domains begin or end that
 * a route wants. What is no candidate does not fit; what is one has still to be asked. */
#ifndef NATSBC_SBC_ROUTEINDEX_H
#define NATSBC_SBC_ROUTEINDEX_H

#include "alg/base/literal.h"
#include "alg/conf/config.h"

/* Each route stands in the table of the condition that says most. */
enum routeindex_key { ROUTEINDEX_TO, ROUTEINDEX_FROM, ROUTEINDEX_TO_DOMAIN, ROUTEINDEX_FROM_DOMAIN, ROUTEINDEX_KEYS };

enum {
	ROUTEINDEX_SOURCES = 1 + CONF_TRUNK_MAX + CONF_REALM_MAX, /* anybody, trunks, phones of realms */
	ROUTEINDEX_LISTS = 2 * ROUTEINDEX_KEYS * (LITERAL_LEN + 1),
};

/* Where a text leads to, byte by byte. */
struct routeindex_node {
	uint32_t child, sibling; /* 0: none */
	uint32_t routes, nroute; /* of those that want no more than the text up to here */
	char byte;
};

struct routeindex {
	struct routeindex_node *node; /* [0] is nobody's */
	uint32_t nnode, room;
	uint32_t (*root)[2][ROUTEINDEX_KEYS]; /* by source; of routes for numbers, for users of our own */
	uint16_t *routes;                     /* lists of the nodes, each rising */
	uint32_t nroutes;
};

struct routeindex_query {
	int trunk, realm; /* who calls: a trunk's index, else -1 and the realm of the phone */
	bool own;         /* a user of our own is called */
	struct span key[ROUTEINDEX_KEYS];
};

struct routeindex_walk {
	struct {
		const uint16_t *at, *end;
	} list[ROUTEINDEX_LISTS];
	unsigned n;
	int last;
};

/* 0, or -1 without memory; routeindex_free() is fine then, too. */
int routeindex_init(struct routeindex *x, const struct config *conf);
void routeindex_free(struct routeindex *x);

/* after: only routes behind that one; -1: all. */
void routeindex_begin(const struct routeindex *x, const struct routeindex_query *q, int after,
		      struct routeindex_walk *w);

/* The next candidate in the order of the configuration; -1: there is none. */
int routeindex_next(struct routeindex_walk *w);

#endif
