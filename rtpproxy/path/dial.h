/* SPDX-License-Identifier: BSD-3-Clause */
/* dial.h: a digit that we dial in the place of a side (RFC 4733): its packets replace those that the side sends
 * meanwhile, number by number; where none come, packets are made that would be next. */
#ifndef NATSBC_RTPPROXY_DIAL_H
#define NATSBC_RTPPROXY_DIAL_H

#include "alg/rtp/event.h"
#include "alg/rtp/rtp_make.h"

enum {
	DIAL_LEN = RTP_MAKE_HEADER + EVENT_LEN,
	DIAL_STEP_MS = 20,
	DIAL_SILENT_MS = 60, /* so long without a packet of the side's, and ours are made */
	DIAL_ENDS = 3,       /* the last packet so many times (RFC 4733 2.5.1.4) */
};

/* What control asks for, again every 20 ms until it is over. */
struct dial_order {
	uint32_t id;       /* another for each digit, never 0 */
	uint32_t ssrc;     /* where the side has sent nothing yet */
	uint16_t duration; /* in units of the event's clock */
	uint16_t step;     /* 20 ms in units of the stream's clock */
	uint8_t ratio;     /* of the stream's clock to the event's */
	uint8_t event;
	uint8_t volume;
	uint8_t payload_type; /* as the receiver numbers it */
};

/* The packet before: what follows it goes on from there. */
struct dial_last {
	uint64_t at_ms;
	uint32_t ssrc, timestamp;
	uint16_t seq;
};

/* All zero: nothing was dialled yet. */
struct dial {
	struct dial_order order;
	struct dial_last last;
	uint32_t timestamp; /* of the event */
	uint16_t elapsed;   /* in units of the event's clock */
	uint8_t ends;
	bool active;
	bool begun;
	bool silent; /* the last packet was made by us */
};

/* heard: the side's last packet, or what stands for it. */
void dial_begin(struct dial *d, const struct dial_order *o, const struct dial_last *heard);

/* The packet of the digit that goes in the place of h. True: it is over with that. */
bool dial_replace(struct dial *d, const struct rtp_header *h, uint64_t now, uint8_t out[DIAL_LEN]);

/* The side is silent, and the next packet is due. */
bool dial_is_due(const struct dial *d, uint64_t now);

/* That packet. True: it is over with that. */
bool dial_make(struct dial *d, uint64_t now, uint8_t out[DIAL_LEN]);

#endif
