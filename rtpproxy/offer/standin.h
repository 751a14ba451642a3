/* SPDX-License-Identifier: BSD-3-Clause */
/* standin.h: a side of a new session that is a side of another one already: its peer is replaced (CALLS.md X1, X3), and
 * for the phone it is one dialog still. */
#ifndef NATSBC_RTPPROXY_STANDIN_H
#define NATSBC_RTPPROXY_STANDIN_H

#include "rtpproxy/offer/parties.h"

/* The key "stands-for" of an offer has, for the description's sender and for its receiver, "CALL-ID TAG" of the side
 * that it is elsewhere, or nothing. A side that has been told nothing here yet hears our o= go on (RFC 3264 8), and
 * another certificate than there (elsewhere.h); the receiver hears the names of its m-lines again. What is not
 * found is passed over. */
void standin_take(struct job *j, struct parties *p);

/* Forgets the side where its session is over by now: ports may have been taken from it. */
void standin_recall(const struct job *j, struct parties *p);

#endif
