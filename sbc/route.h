/* SPDX-License-Identifier: BSD-3-Clause */
/* route.h: which way a request goes: to a registered phone, or by the routes to a trunk (conf/README.md). */
#ifndef NATSBC_SBC_ROUTE_H
#define NATSBC_SBC_ROUTE_H

#include "sbc/identity.h"
#include "sbc/leg.h"

enum { ROUTE_TARGETS = 16, ROUTE_TEXT_MAX = 8192 };

/* One place. Those of the same group are tried at once, a later group when all of the one before failed. */
struct route_target {
	struct leg_target leg;
	unsigned group;
};

/* Where to, in order; the spans of the targets live in text. */
struct route {
	struct route_target target[ROUTE_TARGETS];
	unsigned n;
	uint32_t used; /* bytes of text */
	char text[ROUTE_TEXT_MAX];
};

/* to gets texts of its own. */
void route_copy(struct route *to, const struct route *from);

/* 0, or the status code to refuse with and why. */
uint16_t route_find(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
		    enum count *why);

/* Compiles the routes' expressions: 0, or -1 without memory (their syntax was checked with the configuration). */
int route_compile(struct engine *e);
void route_forget(struct engine *e);

#endif
