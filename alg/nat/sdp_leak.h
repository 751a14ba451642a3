/* SPDX-License-Identifier: BSD-3-Clause */
/* sdp_leak.h: finding what in a description tells where its sender is. */
#ifndef NATSBC_NAT_SDP_LEAK_H
#define NATSBC_NAT_SDP_LEAK_H

#include "alg/sdp/sdp.h"

enum { SDP_LEAK_NAME_MAX = 8 };

/* Host names that the sender gives for itself in o=, c= and candidates; literals need no list. Borrows the description.
 */
struct sdp_leak {
	struct span name[SDP_LEAK_NAME_MAX];
	uint8_t n;
};

/* 0; -1 where an o= or c= line is malformed or there are more than SDP_LEAK_NAME_MAX different names. */
int sdp_leak_init(const struct sdp *in, struct sdp_leak *out);

/* True where text holds anything that reads as an IP literal, whoever's it is, or one of the names. */
bool sdp_leak_has(const struct sdp_leak *leak, struct span text);

#endif
