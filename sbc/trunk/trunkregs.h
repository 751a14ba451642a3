/* SPDX-License-Identifier: BSD-3-Clause */
/* trunkregs.h: all our registrations at trunks, and which calls come by them. */
#ifndef NATSBC_SBC_TRUNKREGS_H
#define NATSBC_SBC_TRUNKREGS_H

#include "sbc/trunk/trunkreg.h"

struct trunkregs;

/* Registers at every trunk with `register`, the first time within a second. NULL without memory. Caller frees with
 * trunkregs_free(). */
struct trunkregs *trunkregs_new(struct engine *e);
void trunkregs_free(struct trunkregs *all);

/* Takes back what is registered: one request each, answered or not. Nothing more is sent by itself. */
void trunkregs_end(struct trunkregs *all);
/* The same without a word. */
void trunkregs_quiet(struct trunkregs *all);
/* Some of these requests are still under way. */
bool trunkregs_busy(const struct trunkregs *all);

/* A connection ended: what was registered over it is registered anew. */
void trunkregs_flow_closed(struct trunkregs *all, const struct flow *flow);

/* Something was mended: what was refused or failed is tried now. */
void trunkregs_retry(struct trunkregs *all);

/* False: that trunk wants no registration. */
bool trunkregs_report(const struct trunkregs *all, unsigned trunk, struct trunkreg_report *out);

/* Comma-separated: where requests to the trunk are to go through (RFC 3608); absent: nowhere. */
struct span trunkregs_route(const struct trunkregs *all, int trunk);

/* A request from a place of `trunk` (-1: of none), to a Contact that we registered: the trunk that knows us by it,
 * which may be another one at that place; else `trunk`. */
int trunkregs_trunk(const struct engine *e, const struct sip_msg *m, const struct flow *from, int trunk);

/* The URI that was dialled: of a request to our Contact at that trunk, its To; else its Request-URI. */
struct span trunkregs_dialled(const struct engine *e, const struct sip_msg *m, int trunk);

#endif
