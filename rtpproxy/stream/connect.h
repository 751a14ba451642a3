/* SPDX-License-Identifier: BSD-3-Clause */
/* connect.h: two sides, of one call or of two, whose media goes to each other whatever their own calls say. */
#ifndef NATSBC_RTPPROXY_CONNECT_H
#define NATSBC_RTPPROXY_CONNECT_H

#include "rtpproxy/session/job.h"

/* The command `connect`. It holds until one of the two ends or is connected anew, or until an answer in the call of one
 * settles whom that one talks with; then both have whom their own calls give them. */
enum outcome connect_run(struct job *j);

/* The leg is connected to nobody any more. Does nothing where it is not. */
void connect_end(struct relay *r, struct session *s, struct leg *l);

/* What is otherwise at the port of a connected leg: it has heard of the other side's payload numbers nowhere. */
void connect_spec(const struct session *s, const struct leg *l, unsigned stream, struct port_spec *spec);

#endif
