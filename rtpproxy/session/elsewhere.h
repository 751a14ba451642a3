/* SPDX-License-Identifier: BSD-3-Clause */
/* elsewhere.h: a side of a session that is a side of another one already, and will be here alone if it agrees. Its
 * handshakes there wait for that. */
#ifndef NATSBC_RTPPROXY_ELSEWHERE_H
#define NATSBC_RTPPROXY_ELSEWHERE_H

#include "rtpproxy/session/session.h"

struct relay;

/* The side that "CALL-ID TAG" names. NULL: there is none. */
struct leg *elsewhere_find(const struct relay *r, struct span what);

/* l is that side, and is told something here. 0, or -1 without memory. */
int elsewhere_begin(struct relay *r, struct leg *l, struct span what, uint64_t now);

/* It has agreed to something here: it has gone from there. */
void elsewhere_leave(struct relay *r, struct leg *l, uint64_t now);
/* Nothing comes of it here: it has stayed there. */
void elsewhere_stay(struct relay *r, struct leg *l, uint64_t now);

#endif
