/* SPDX-License-Identifier: BSD-3-Clause */
/* route.h: which way a request goes: to a registered phone, or by the routes to a trunk (conf/README.md). */
#ifndef NATSBC_SBC_ROUTE_H
#define NATSBC_SBC_ROUTE_H

#include "sbc/identity.h"
#include "sbc/leg.h"

enum { ROUTE_TEXT_MAX = 2048 };

/* Where to; the spans of target live in text. */
struct route {
	struct leg_target target;
	char text[ROUTE_TEXT_MAX];
};

/* 0, or the status code to refuse with and why. */
uint16_t route_find(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
		    enum count *why);

/* Compiles the routes' expressions: 0, or -1 without memory (their syntax was checked with the configuration). */
int route_compile(struct engine *e);
void route_forget(struct engine *e);

#endif
