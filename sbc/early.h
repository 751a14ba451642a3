/* SPDX-License-Identifier: BSD-3-Clause */
/* early.h: what the caller is shown of the early dialogs on the other side: one for all, or one each; whose early
 * media, and how their end is told (CALLS.md F3 to F5, C8). */
#ifndef NATSBC_SBC_EARLY_H
#define NATSBC_SBC_EARLY_H

#include "sbc/engine.h"

/* The caller's leg that the response on l is for is l->peer from now on, and l is its peer. Where the caller sees each
 * early dialog by itself, it may be a new one, with a To-tag of its own. */
void early_show(struct engine *e, struct pass *p, struct leg *l);

/* Is SDP in a 18x on l for the caller? It counts as heard then. */
bool early_is_heard(const struct engine *e, struct pass *p, struct leg *l);

/* The status under which a provisional response on l goes to the caller. */
uint16_t early_status(const struct engine *e, const struct leg *l, uint16_t status);

/* BYE came on l before the call was answered. True: only that early dialog ended, and others go on. False: it was the
 * last, so the call is over. */
bool early_bye(struct engine *e, struct leg *l);

#endif
