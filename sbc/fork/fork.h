/* SPDX-License-Identifier: BSD-3-Clause */
/* fork.h: a request outside of dialogs, tried at several places at once and in turn, and which answer counts
 * (RFC 3261 16.6, 16.7; CALLS.md 4.2). */
#ifndef NATSBC_SBC_FORK_H
#define NATSBC_SBC_FORK_H

#include "sbc/route/route.h"

/* Sends m, which p is about, to the first places of the route; to the others when these fail. */
void fork_begin(struct engine *e, struct pass *p, const struct route *route, const struct sip_msg *m);

/* A branch has b->status 300 or more, from m or, where m is NULL, by our own judgement; why: what to count when this
 * ends the call. Others go on, are begun, or the best of all failures goes back and the call is over. */
void fork_failed(struct engine *e, struct branch *b, const struct sip_msg *m, enum count why);

/* The lines that its request has because there are several branches, or came to be by a redirection. m: the request as
 * it came. */
void fork_lines(struct engine *e, const struct branch *b, const struct sip_msg *m, struct writer *w);

/* It was cancelled before it was sent. */
void fork_unsent(struct engine *e, struct branch *b);

/* A 2xx came that nobody wants any more, and was ended: nothing else will come of the branch. */
void fork_unwanted(struct engine *e, struct branch *b);

/* The 2xx of this leg is the answer: all other branches and early dialogs are ended (F3, F6). */
void fork_won(struct engine *e, struct branch *b, struct leg *winner);

#endif
