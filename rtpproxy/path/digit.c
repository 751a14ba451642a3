/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/digit.h"

#include "alg/rtp/rtp.h"

static unsigned digit_end(struct digit *d, struct digit *over)
{
	if (!d->open)
		return 0;
	d->open = false;
	*over = *d;
	return 1;
}

static bool is_late(const struct digit *d, const struct rtp_header *h, uint64_t now)
{
	return d->known && d->ssrc == h->ssrc && now - d->at_ms < DIGIT_FORGET_MS &&
	       (int32_t)(h->timestamp - d->timestamp) < 0;
}

unsigned digit_hear(struct digit *d, const uint8_t *rtp, uint32_t n, bool is_event, uint64_t now, struct digit over[2])
{
	struct rtp_header h;
	struct rtp_event e;
	unsigned told = 0;

	if (!is_event)
		return d->open && now - d->at_ms >= DIGIT_OVER_MS ? digit_end(d, over) : 0;
	if (rtp_parse(rtp, n, false, &h) || rtp_event_parse(rtp + h.header_len, n - h.header_len - h.padding, &e) ||
	    is_late(d, &h, now))
		return 0;
	if (!d->known || d->timestamp != h.timestamp || d->ssrc != h.ssrc) {
		told = digit_end(d, &over[0]);
		*d = (struct digit){ .timestamp = h.timestamp,
				     .ssrc = h.ssrc,
				     .event = e.event,
				     .payload_type = h.payload_type,
				     .known = true,
				     .open = true };
	}
	d->at_ms = now;
	if (e.duration > d->duration)
		d->duration = e.duration;
	return told + (e.end ? digit_end(d, &over[told]) : 0);
}
