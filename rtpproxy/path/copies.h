/* SPDX-License-Identifier: BSD-3-Clause */
/* copies.h: which ports of the flow table others copy to: the worker's side. */
#ifndef NATSBC_RTPPROXY_COPIES_H
#define NATSBC_RTPPROXY_COPIES_H

#include "rtpproxy/path/flow.h"

/* ORDER_COPY and ORDER_UNCOPY. What is not needed goes back to control. */
void copies_order(struct flow_table *t, const struct order *o);

/* Nothing is copied from the port or to it any more. */
void copies_end(struct flow_table *t, uint32_t index);

/* Is anything that arrives at the port copied? */
bool copies_from(const struct flow_slow *s, uint32_t index);

/* The table ends: nobody is at work on it. */
void copies_fini(struct flow_table *t);

#endif
