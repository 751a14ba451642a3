/* SPDX-License-Identifier: BSD-3-Clause */
/* condition.h: does a route fit a call? All that it asks must. */
#ifndef NATSBC_SBC_CONDITION_H
#define NATSBC_SBC_CONDITION_H

#include "alg/sip/uri.h"
#include "sbc/identity/identity.h"
#include "sbc/route/routetable.h"
#include "sbc/route/window.h"

/* What a call is, as routes ask for it. */
struct condition_facts {
	const struct sip_msg *m;
	const struct identity *who;
	struct uri uri; /* where to */
	bool own;       /* a user of our own */
	/* Of one whom his home calls: what stands behind his name in the key of his bindings; else absent. */
	struct span at;
	const struct binding *phone; /* the only one of his that is called; NULL: all */
	char to[REWRITE_USER_MAX];   /* user part that was dialled, plain; of a tel number what only parts its digits
				      * is left out; a service (RFC 5031) stands there as a whole */
	char from[REWRITE_USER_MAX]; /* likewise, of From; "" where it is too long to be anybody's */
	struct span from_host;
	int64_t wall;
	bool timed; /* time is filled in */
	struct window_time time;
};

/* A service: a URI that is dialled, though it has neither user nor host. */
bool condition_is_service(const struct condition_facts *f);

/* own, at and phone are left to the caller. -1: uri or its user part can't be read. */
int condition_facts_read(struct condition_facts *f, const struct sip_msg *m, struct span uri,
			 const struct identity *who, int64_t wall);

/* Does that route fit? */
bool condition_fits(const struct routetable *t, unsigned route, struct condition_facts *f);

/* Names that the domain of a condition stands for: "*.example.net" is all below. */
bool condition_domain_has(const char *domain, struct span host);

#endif
