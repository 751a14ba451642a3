/* SPDX-License-Identifier: BSD-3-Clause */
/* keepalive.h: what the relay sends where it has had nothing to send for long: so that a NAT on the way stays open (RFC
 * 6263), and a phone that waits to be spoken to first hears something (CALLS.md M7). */
#ifndef NATSBC_RTPPROXY_KEEPALIVE_H
#define NATSBC_RTPPROXY_KEEPALIVE_H

#include "rtpproxy/session/state.h"

enum {
	KEEPALIVE_FIRST_MS = 1000, /* after the sides were joined, where nobody speaks */
	KEEPALIVE_LOOKS = 4,       /* in an interval: what left may be a part of it old when it is seen */
};

/* Once a second. */
void keepalive_tick(struct relay *r, uint64_t now);

#endif
