/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/dial.h"

/* What we made for a silent side counts as sent: the next digit goes on behind it. */
static bool is_behind(const struct dial *d, const struct dial_last *heard)
{
	return d->silent && d->last.ssrc == heard->ssrc && rtp_seq_ahead(heard->seq, d->last.seq) > 0;
}

void dial_begin(struct dial *d, const struct dial_order *o, const struct dial_last *heard)
{
	*d = (struct dial){
		.order = *o,
		.last = is_behind(d, heard) ? d->last : *heard,
		.silent = is_behind(d, heard),
		.active = true,
	};
}

static bool is_late(const struct dial *d, const struct rtp_header *h)
{
	return d->begun && h->ssrc == d->last.ssrc && (int32_t)(h->timestamp - d->last.timestamp) < 0;
}

/* Units of the event's clock at the end of the packet. What comes late, or from another source, tells nothing. */
static uint64_t elapsed_after(const struct dial *d, const struct rtp_header *h)
{
	if (is_late(d, h))
		return d->elapsed;
	if (!d->begun || h->ssrc != d->last.ssrc)
		return d->elapsed + d->order.step / d->order.ratio;
	return (uint64_t)d->elapsed + (h->timestamp - d->last.timestamp) / d->order.ratio;
}

static bool dial_next(struct dial *d, const struct rtp_header *h, uint64_t now, uint8_t out[DIAL_LEN])
{
	const uint64_t elapsed = elapsed_after(d, h);
	const bool end = elapsed >= d->order.duration;
	struct rtp_header header = *h;
	struct rtp_event event = { d->order.event, end, d->order.volume, d->order.duration };

	if (!d->begun)
		d->timestamp = h->timestamp;
	d->elapsed = end ? d->order.duration : (uint16_t)elapsed;
	d->ends += end;
	event.duration = d->elapsed;
	header.marker = !d->begun;
	header.timestamp = d->timestamp;
	header.payload_type = d->order.payload_type;
	rtp_make_header(out, &header);
	rtp_event_write(out + RTP_MAKE_HEADER, &event);
	if (!is_late(d, h))
		d->last = (struct dial_last){ now, h->ssrc, h->timestamp, h->seq };
	d->last.at_ms = now;
	d->begun = true;
	d->active = d->ends < DIAL_ENDS;
	return !d->active;
}

bool dial_replace(struct dial *d, const struct rtp_header *h, uint64_t now, uint8_t out[DIAL_LEN])
{
	d->silent = false;
	return dial_next(d, h, now, out);
}

bool dial_is_due(const struct dial *d, uint64_t now)
{
	return d->active && now - d->last.at_ms + DIAL_STEP_MS / 2 > (d->silent ? DIAL_STEP_MS : DIAL_SILENT_MS);
}

bool dial_make(struct dial *d, uint64_t now, uint8_t out[DIAL_LEN])
{
	/* A silence is as long in timestamps as it was. */
	const uint64_t steps = (now - d->last.at_ms + DIAL_STEP_MS / 2) / DIAL_STEP_MS;
	const struct rtp_header h = {
		.ssrc = d->last.ssrc,
		.seq = (uint16_t)(d->last.seq + 1),
		.timestamp = d->last.timestamp + (uint32_t)((steps ? steps : 1) * d->order.step),
	};

	d->silent = true;
	return dial_next(d, &h, now, out);
}
