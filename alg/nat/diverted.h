/* SPDX-License-Identifier: BSD-3-Clause */
/* diverted.h: who sent a call elsewhere before it came here: read from History-Info (RFC 7044) or Diversion (RFC 5806),
 * written as either (RFC 7544), with the hosts of others replaced. */
#ifndef NATSBC_NAT_DIVERTED_H
#define NATSBC_NAT_DIVERTED_H

#include "alg/base/writer.h"
#include "alg/sip/msg.h"

/* Above them the oldest are left out. */
enum { DIVERTED_MAX = 8, DIVERTED_COUNTER_MAX = 5 };

struct diverted {
	struct span uri; /* who did it; borrows the message */
	uint16_t cause;  /* 302, 486, 408, 480, 503; 404: unknown */
	uint8_t counter; /* diversions that this one stands for, from 1 */
	bool hidden;     /* its URI is not for those we don't trust */
};

/* In the order of time. */
struct diverted_list {
	unsigned n;
	struct diverted by[DIVERTED_MAX];
};

/* From whichever of the two headers tells more. What can't be read is passed over. */
void diverted_read(const struct sip_msg *m, struct diverted_list *out);

/* The value of one header line; nothing where the list is empty. host replaces all hosts, and hidden URIs become
 * anonymous; absent (a peer we trust): all as it was. target is the URI the request goes to now. */
void diverted_write_diversion(struct writer *w, const struct diverted_list *l, struct span host);
void diverted_write_history(struct writer *w, const struct diverted_list *l, struct span target, struct span host);

#endif
