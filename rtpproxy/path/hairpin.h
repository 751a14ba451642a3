/* SPDX-License-Identifier: BSD-3-Clause */
/* hairpin.h: calls that leave us and come back to us: two of our ports that face each other are passed over, so that
 * such media never leaves. */
#ifndef NATSBC_RTPPROXY_HAIRPIN_H
#define NATSBC_RTPPROXY_HAIRPIN_H

#include "rtpproxy/path/flow.h"

enum { HAIRPIN_MAX = 8 }; /* times that one call may come back */

/* Something about these ports has changed, 0 being none: who may be their peer or face them, or that they are in use.
 * Finds anew where what arrives there and behind them leaves from: a port that nothing of ours faces; 0 where it would
 * go in circles. */
void hairpin_turn(struct flow_table *t, const uint32_t *ports, unsigned n);

/* Would a packet that came to this port from a port of ours go to another port of ours? Media that crosses us so often
 * without having been joined could do so for ever. */
bool hairpin_circles(const struct flow_table *t, uint32_t index);

#endif
