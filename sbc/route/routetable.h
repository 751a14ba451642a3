/* SPDX-License-Identifier: BSD-3-Clause */
/* routetable.h: the routes of the configuration made ready: their expressions compiled, and an index over them. */
#ifndef NATSBC_SBC_ROUTETABLE_H
#define NATSBC_SBC_ROUTETABLE_H

#include "sbc/route/rewrite.h"
#include "sbc/route/routeindex.h"

/* What is not given is not compiled: the configuration tells which are. */
struct routetable_route {
	regex_t to_number, to_user, from_number, header[CONF_HEADER_MAX];
	struct rewrites called, caller;
	unsigned compiled; /* expressions, in this order */
};

struct routetable_trunk {
	struct rewrites called, caller;
};

struct routetable {
	const struct config *conf;
	struct routetable_route *route;
	struct routetable_trunk *trunk;
	struct routeindex index;
	bool emergency; /* there is a route for emergency calls */
	bool users;     /* there is one for users of our own */
};

/* NULL without memory. Borrows conf. Caller frees with routetable_free(). */
struct routetable *routetable_new(const struct config *conf);
void routetable_free(struct routetable *t);

#endif
