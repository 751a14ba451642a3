/* SPDX-License-Identifier: BSD-3-Clause */
/* digit.h: telephone events in the RTP that arrives at a port, each told once, when it is over (RFC 4733 2.5.2). */
#ifndef NATSBC_RTPPROXY_DIGIT_H
#define NATSBC_RTPPROXY_DIGIT_H

#include "alg/rtp/event.h"

enum {
	DIGIT_OVER_MS = 200,   /* so long without a packet of it, and it is over though nobody said so */
	DIGIT_FORGET_MS = 2000 /* an older timestamp than that of the last event is a late packet no more */
};

/* The last event. All zero: none yet. */
struct digit {
	uint64_t at_ms;     /* its last packet */
	uint32_t timestamp; /* all its packets have that one */
	uint32_t ssrc;
	uint16_t duration;
	uint8_t event;
	uint8_t payload_type;
	bool known;
	bool open; /* not told yet */
};

/* One RTP packet of n bytes whose header is known to be there; is_event: its payload number is that of such events.
 * How many events are over with it, one after the other: at most 2. */
unsigned digit_hear(struct digit *d, const uint8_t *rtp, uint32_t n, bool is_event, uint64_t now, struct digit over[2]);

#endif
