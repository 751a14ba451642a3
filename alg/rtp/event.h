/* SPDX-License-Identifier: BSD-3-Clause */
/* event.h: the payload of a telephone event: a digit that is dialled, as RTP has it (RFC 4733 2.3). */
#ifndef NATSBC_RTP_EVENT_H
#define NATSBC_RTP_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum { EVENT_LEN = 4 };

struct rtp_event {
	uint8_t event;
	bool end;
	uint8_t volume;    /* -dBm0, 6 bits */
	uint16_t duration; /* so far, in units of the clock */
};

/* 0, or -1 when the n bytes are too few. What follows the first event is another's or none. */
static inline int rtp_event_parse(const uint8_t *p, uint32_t n, struct rtp_event *out)
{
	if (n < EVENT_LEN)
		return -1;
	*out = (struct rtp_event){ p[0], p[1] >> 7, p[1] & 0x3f, (uint16_t)(p[2] << 8 | p[3]) };
	return 0;
}

static inline void rtp_event_write(uint8_t p[EVENT_LEN], const struct rtp_event *e)
{
	p[0] = e->event;
	p[1] = (uint8_t)((e->end ? 0x80 : 0) | (e->volume & 0x3f));
	p[2] = (uint8_t)(e->duration >> 8);
	p[3] = (uint8_t)e->duration;
}

#endif
