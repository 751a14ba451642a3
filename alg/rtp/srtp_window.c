/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/srtp_window.h"

enum { SEQ_HALF = 1 << 15, SEQ_ALL = 1 << 16 };

uint64_t srtp_window_index(const struct srtp_window *w, uint16_t seq)
{
	const uint64_t highest = w->next ? w->next - 1 : seq;
	const uint64_t index = (highest & ~UINT64_C(0xffff)) | seq;

	if (index + SEQ_HALF < highest)
		return index + SEQ_ALL;
	/* Before the first rollover nothing is behind it. */
	return index > highest + SEQ_HALF && index >= SEQ_ALL ? index - SEQ_ALL : index;
}

static bool bit(const struct srtp_window *w, uint64_t behind)
{
	return w->seen[behind / 64] >> behind % 64 & 1;
}

bool srtp_window_is_new(const struct srtp_window *w, uint64_t index)
{
	if (index > SRTP_INDEX_MAX)
		return false;
	if (index >= w->next)
		return true;
	return w->next - 1 - index < SRTP_WINDOW && !bit(w, w->next - 1 - index);
}

static void window_move(struct srtp_window *w, uint64_t by)
{
	if (by >= SRTP_WINDOW) {
		w->seen[0] = w->seen[1] = 0;
	} else if (by >= 64) {
		w->seen[1] = w->seen[0] << (by - 64);
		w->seen[0] = 0;
	} else if (by) {
		w->seen[1] = w->seen[1] << by | w->seen[0] >> (64 - by);
		w->seen[0] <<= by;
	}
}

void srtp_window_take(struct srtp_window *w, uint64_t index)
{
	if (index >= w->next) {
		window_move(w, index + 1 - w->next);
		w->next = index + 1;
	}
	w->seen[(w->next - 1 - index) / 64] |= UINT64_C(1) << (w->next - 1 - index) % 64;
}
