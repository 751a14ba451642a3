/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a stream, arriving bit by bit: what is found complete stays so however much follows, and a message taken
 * off the stream is read with the same end by the index. */
#include <stdlib.h>

#include "alg/sip/frame.h"
#include "alg/sip/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_final(struct frame f)
{
	return f.kind == FRAME_MESSAGE || f.kind == FRAME_CRLF || f.kind == FRAME_BROKEN;
}

/* The frame at the start of s, seen through growing prefixes. */
static struct frame grow(struct span s)
{
	uint32_t step = s.n / 64 + 1;
	struct frame seen = { .kind = FRAME_MORE };

	for (uint32_t n = 0; n <= s.n; n += step) {
		struct frame f = frame_next(span_slice(s, 0, n));

		if (f.length > n || (f.kind == FRAME_MESSAGE && f.length == 0))
			abort();
		if (is_final(seen) && (f.kind != seen.kind || f.length != seen.length))
			abort();
		seen = f;
	}
	return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span left = span_of(data, size);
	struct sip_msg m;
	struct frame f;

	for (unsigned turn = 0; turn < 16; turn++) {
		f = grow(left);
		if (is_final(f) && f.kind != frame_next(left).kind)
			abort();
		f = frame_next(left);
		if (f.kind == FRAME_MORE || f.kind == FRAME_BROKEN)
			return 0;
		if (f.kind == FRAME_MESSAGE && sip_msg_index(span_slice(left, 0, f.length), &m) == SIP_OK &&
		    m.raw.n != f.length)
			abort();
		left = span_from(left, f.length);
	}
	return 0;
}
