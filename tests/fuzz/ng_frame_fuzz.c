/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as a stream of commands: the ends of requests are the same however the bytes come, and what a decoder takes
 * for a request is one for the stream, too. */
#include <stdlib.h>

#include "alg/ng/ng_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* In pieces of so many bytes. */
static enum ng_frame_end read_in_pieces(struct span all, uint32_t piece, struct ng_frame *f)
{
	enum ng_frame_end end = NG_FRAME_MORE;

	*f = (struct ng_frame){ 0 };
	for (uint32_t n = 0; end == NG_FRAME_MORE && n < all.n;) {
		n = n + piece < all.n ? n + piece : all.n;
		end = ng_frame_read(f, span_slice(all, 0, n));
	}
	return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char mem[1 << 17];
	struct span left = span_of(data, size);
	struct ng_request r;

	if (size == 0 || size > UINT16_MAX)
		return 0;
	for (;;) {
		struct ng_frame whole, single;
		enum ng_frame_end end = read_in_pieces(left, left.n ? left.n : 1, &whole);

		require(read_in_pieces(left, 1, &single) == end);
		if (end != NG_FRAME_WHOLE)
			break;
		require(single.at == whole.at && single.dict == whole.dict && whole.dict < whole.at);
		require(span_within(ng_frame_cookie(&whole, left), left) ||
			!span_is_set(ng_frame_cookie(&whole, left)));
		left = span_from(left, whole.at);
	}
	left = span_of(data, size);
	if (left.p[0] != 'd' && left.p[0] != '{' && !span_blank(left.p[0]) && left.n < NG_FRAME_MAX &&
	    ng_request_decode(left, span_of(mem, sizeof(mem)), &r) == NG_DECODE_OK) {
		struct ng_frame f;

		require(read_in_pieces(left, left.n, &f) == NG_FRAME_WHOLE);
		require(span_eq(ng_frame_cookie(&f, left), r.cookie));
	}
	return 0;
}
