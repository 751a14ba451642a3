/* SPDX-License-Identifier: BSD-3-Clause */
/* route.h: which way a request goes: to a registered phone, or by the routes to a trunk (conf/README.md). */
#ifndef NATSBC_SBC_ROUTE_H
#define NATSBC_SBC_ROUTE_H

#include "sbc/call/leg.h"
#include "sbc/identity/identity.h"

enum { ROUTE_TARGETS = 16, ROUTE_TEXT_MAX = 8192 };

/* One place. Those of the same group are tried at once, a later group when all of the one before failed. */
struct route_target {
	struct leg_target leg;
	unsigned group;
	const struct conf_route *route; /* that leads there; NULL: none */
	struct branch *after;           /* whose redirection led here; NULL: none */
	const struct branch *again;     /* that went there, and is to be answered with credentials; NULL: none */
};

/* Where to, in order; the spans of the targets live in text. */
struct route {
	struct route_target target[ROUTE_TARGETS];
	unsigned n;
	uint32_t used;               /* bytes of text */
	const struct conf_route *by; /* the one that decided; NULL: none did */
	char text[ROUTE_TEXT_MAX];
};

/* All targets, with texts of their own: from->n of the one, from->used bytes of the other. */
void route_copy(struct route_target *to, char *text, const struct route *from);

/* 0, or the status code to refuse with and why. */
uint16_t route_find(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
		    enum count *why);

/* The same for a URI that the message does not name. */
uint16_t route_find_uri(struct engine *e, const struct sip_msg *m, struct span uri, const struct identity *who,
			struct route *out, enum count *why);

/* The same by the routes behind that one alone. */
uint16_t route_find_after(struct engine *e, const struct sip_msg *m, const struct identity *who,
			  const struct conf_route *after, struct route *out, enum count *why);

/* May it come to a route for emergency calls, if it comes from who sends from there? Asked before anything is proven.
 */
bool route_is_emergency(struct engine *e, const struct sip_msg *m, const struct flow *from);

/* The places of our trunks that the host of this URI names: by a peer's configured name, or by an address that one was
 * located at. Their number. */
unsigned route_find_peers(struct engine *e, const struct sip_msg *m, struct span uri, struct route *out);

/* Answers the request itself, as the route or the lack of one wants it. */
void route_refuse(struct engine *e, struct txn *t, const struct sip_msg *m, const struct route *route, uint16_t status,
		  enum count why);

/* The Contacts of the route's 302. */
struct span route_redirect_lines(const struct conf_route *by, struct writer *w);

#endif
