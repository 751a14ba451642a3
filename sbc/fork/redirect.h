/* SPDX-License-Identifier: BSD-3-Clause */
/* redirect.h: 3xx from the other side: followed where it leads to somebody we know, else not shown (CALLS.md D1; RFC
 * 3261 8.1.3.4). */
#ifndef NATSBC_SBC_REDIRECT_H
#define NATSBC_SBC_REDIRECT_H

#include "sbc/engine/engine.h"

enum { REDIRECT_DEPTH = 5, REDIRECT_CONTACTS = 8 };

/* The Contacts that may be followed are put before all places that the hunt still has. False: it is no redirection, or
 * there is none. */
bool redirect_follow(struct engine *e, const struct branch *b, const struct sip_msg *m);

/* The best response is a redirection of a trunk that may be passed on: it goes back with Contacts that lead to us. */
bool redirect_pass(struct engine *e, struct pass *p, const struct sip_msg *m);

#endif
