/* SPDX-License-Identifier: BSD-3-Clause */
/* elsewhere.h: a side of a session that is a side of another one already, and will be here alone if it agrees. Its
 * handshakes there wait for that. */
#ifndef NATSBC_RTPPROXY_ELSEWHERE_H
#define NATSBC_RTPPROXY_ELSEWHERE_H

#include "rtpproxy/session/session.h"

struct relay;

/* The side that "CALL-ID TAG" names. NULL: there is none. */
struct leg *elsewhere_find(const struct relay *r, struct span what);

/* It is shown something here now: where it is elsewhere, too, it may begin anew there. */
void elsewhere_tell(struct relay *r, struct leg *l, uint64_t now);
/* It has agreed to that: it has gone from there. What is offered in its name is no such agreement: it may not know. */
void elsewhere_leave(struct relay *r, struct leg *l, uint64_t now);
/* Nothing comes of it here: it has stayed there. */
void elsewhere_stay(struct relay *r, struct leg *l, uint64_t now);

#endif
