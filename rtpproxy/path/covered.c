/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/covered.h"

#include "alg/rtp/rtp.h"
#include "rtpproxy/bpf/flow_lines.h"

static const uint8_t verdict_of_open[] = {
	[SEAL_DONE] = VERDICT_NONE,
	[SEAL_FALSE] = VERDICT_NOT_AUTHENTIC,
	[SEAL_OLD] = VERDICT_REPLAYED,
};

static const uint8_t verdict_of_put[] = {
	[SEAL_DONE] = VERDICT_NONE,
	[SEAL_FALSE] = VERDICT_UNSEALED,
	[SEAL_OLD] = VERDICT_UNSEALED,
	[SEAL_SPENT] = VERDICT_KEY_SPENT,
};

/* Whoever forwards it writes the rest of the headers anew, but for the length in that of IPv6. What it was is proven by
 * more than a checksum. */
static void payload_opened(uint8_t *p, struct frame *f, uint16_t n, uint16_t addresses)
{
	uint8_t *udp = p + f->udp;

	f->payload_len = n;
	frame_store16(udp + 4, htons((uint16_t)(FRAME_UDP + n)));
	if (f->family == ADDR_V6)
		memcpy(p + FRAME_ETHER + 4, udp + 4, 2);
	frame_store16(udp + 6, frame_udp_complete(udp, n, addresses, frame_load32(udp)));
}

enum verdict covered_open(struct cover *c, uint8_t *p, struct frame *f, uint16_t addresses, bool control, uint64_t now)
{
	uint32_t n = f->payload_len;
	enum seal_result result;

	if (!c->opens)
		return VERDICT_NO_KEYS;
	result = cover_open(c, p + frame_payload(f), &n, control, now);
	if (result == SEAL_DONE)
		payload_opened(p, f, (uint16_t)n, addresses);
	else
		flow_count(&c->unopened, 1);
	return (enum verdict)verdict_of_open[result];
}

enum verdict covered_seal(struct cover *c, uint8_t *p, struct frame *f, uint32_t room, bool control)
{
	uint8_t *payload = p + frame_payload(f);
	const uint64_t before = checksum_add(0, payload, f->payload_len);
	uint32_t n = f->payload_len;
	enum seal_result result;

	if (!c->seals || c->awaits_keys)
		return VERDICT_NO_KEYS;
	if (frame_len(f) + SEAL_ROOM > room)
		return VERDICT_TOO_LONG;
	result = seal_put(c->seals, payload, &n, control);
	if (result == SEAL_DONE)
		frame_payload_resized(p, f, (uint16_t)n, before, checksum_add(0, payload, n));
	return (enum verdict)verdict_of_put[result];
}

enum verdict covered_seal_own(struct cover *c, uint8_t *payload, uint32_t *n)
{
	const enum rtp_kind kind = rtp_demux(payload, *n);

	if (!c->seals || c->awaits_keys)
		return VERDICT_NO_KEYS;
	if (kind != RTP_MEDIA && kind != RTP_CONTROL)
		return VERDICT_UNSEALED;
	return (enum verdict)verdict_of_put[seal_put(c->seals, payload, n, kind == RTP_CONTROL)];
}
