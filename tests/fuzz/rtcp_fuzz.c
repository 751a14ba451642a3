/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes at a media port: told apart, RTCP read, its names overwritten and its feedback dropped. */
#include <stdlib.h>

#include "alg/rtp/rtcp.h"
#include "alg/rtp/rtp.h"
#include "alg/rtp/sdes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What stays: everything but texts, so a second reading finds the same. */
static void names_hide(const uint8_t *data, uint32_t n)
{
	static const struct hash_key key = { 1, 2 };
	uint8_t *once = malloc(n + 1u);
	enum sdes found;

	require(once != NULL);
	memcpy(once, data, n);
	found = sdes_hide(once, n, &key);
	if (found == SDES_NONE)
		require(memcmp(once, data, n) == 0);
	if (found != SDES_BROKEN)
		require(sdes_hide(once, n, &key) == found);
	free(once);
}

/* Without its feedback a sound packet is sound and says the same. */
static void reports_read(const uint8_t *data, uint32_t n)
{
	struct rtcp_news before, after;
	uint8_t *copy = malloc(n + 1u);

	require(copy != NULL);
	memcpy(copy, data, n);
	if (rtcp_read(data, n, &before) == 0) {
		n = rtcp_feedback_drop(copy, n);
		require(rtcp_read(copy, n, &after) == 0);
		require(!after.feedback && after.nblock == before.nblock && after.ssrc == before.ssrc);
		if (!before.feedback)
			require(memcmp(copy, data, n) == 0);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t n = (uint32_t)size;
	struct rtp_header h;
	enum rtp_kind kind;

	if (size > UINT16_MAX)
		return 0;
	kind = rtp_demux(data, n);
	if (rtp_is_plain_media(data, n))
		require(kind == RTP_MEDIA);
	if (rtp_parse(data, n, false, &h) == 0)
		require(kind == RTP_MEDIA && h.header_len + (uint32_t)h.padding <= n);
	reports_read(data, n);
	if (kind == RTP_CONTROL)
		names_hide(data, n);
	return 0;
}
