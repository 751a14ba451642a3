/* SPDX-License-Identifier: BSD-3-Clause */
/* early.h: what the caller is shown of the early dialogs on the other side: one for all, or one each; whose early
 * media, and how their end is told (CALLS.md F3 to F5, C8). */
#ifndef NATSBC_SBC_EARLY_H
#define NATSBC_SBC_EARLY_H

#include "sbc/engine/engine.h"

/* Who calls on near sees each early dialog by itself. */
bool early_is_separate(const struct engine *e, const struct leg *near);

/* The caller's leg that the response on l is for is l->peer from now on, and l is its peer. Where the caller sees each
 * early dialog by itself, it may be a new one, with a To-tag of its own. */
void early_show(struct engine *e, struct pass *p, struct leg *l);

/* Is SDP in the 18x m on l for the caller? It counts as heard then. */
bool early_is_heard(const struct engine *e, struct pass *p, struct leg *l, const struct sip_msg *m);

/* The status under which a provisional response on l goes to the caller. */
uint16_t early_status(const struct engine *e, const struct leg *l, uint16_t status);

/* 199 says that the early dialog on l is over (RFC 6228): is it for the caller, who may see it as that of all? */
bool early_is_told(const struct engine *e, const struct leg *l, uint16_t status);

/* A branch failed and others go on: a caller who sees its early dialogs by themselves, and wants to know, hears 199. */
void early_gone(struct engine *e, const struct branch *b);

/* The early dialog on l is over: BYE came, or its peer does not know it. True: others go on. False: it was the last, so
 * the call is over. */
bool early_ended(struct engine *e, struct leg *l);

/* Nobody is there on the other side of l any more, while others ring. */
bool early_is_over(const struct leg *l);

#endif
