/* SPDX-License-Identifier: BSD-3-Clause */
/* hearsay.h: what the RTCP of the side at a port tells: how far away it is, and how it hears what we send there. */
#ifndef NATSBC_RTPPROXY_HEARSAY_H
#define NATSBC_RTPPROXY_HEARSAY_H

#include <stdbool.h>
#include <stdint.h>

/* Written by the worker; others read it with hearsay_copy(). */
struct hearsay {
	uint64_t sent_us;     /* when the last sender's report left by this port; 0: none has */
	uint32_t sent_middle; /* the middle of its NTP time, which answers repeat */
	uint32_t round_trip_us;
	uint32_t trips;  /* measured so far */
	uint32_t blocks; /* what the side said of the stream that it hears: so often, and the last of it */
	uint32_t jitter; /* in units of the stream's clock */
	int32_t lost;
	uint16_t fraction; /* lost since its report before, in 256ths */
	bool said_bye;
};

/* A compound packet that came to one port and leaves by another. False where it is unsound. now_us: as in bursts. */
bool hearsay_take(struct hearsay *in, struct hearsay *out, const uint8_t *rtcp, uint32_t n, uint64_t now_us);

/* From another thread: sent_us and sent_middle are left out. */
void hearsay_copy(struct hearsay *to, const struct hearsay *from);

/* Nothing was told. */
void hearsay_reset(struct hearsay *h);

#endif
