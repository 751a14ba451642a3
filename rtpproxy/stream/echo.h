/* SPDX-License-Identifier: BSD-3-Clause */
/* echo.h: media that goes back to who sends it, or nowhere, because a client wants it so. */
#ifndef NATSBC_RTPPROXY_ECHO_H
#define NATSBC_RTPPROXY_ECHO_H

#include "rtpproxy/session/job.h"

/* What the request says of it (media-echo, drop-traffic), with a description that sender made for receiver. It holds at
 * once, and until something else is said. */
void echo_wish(struct job *j, struct session *s, struct leg *sender, struct leg *receiver);

/* Its media does not go to who is across: by its own call, or by that of whom it was connected to, of which nothing may
 * be relayed. */
bool echo_holds(const struct session *s, const struct leg *l);

/* What is otherwise at a port of such a leg. */
void echo_spec(const struct session *s, const struct leg *l, struct port_spec *spec);

#endif
