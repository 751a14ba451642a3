/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/hearsay.h"

#include "alg/rtp/rtcp.h"

enum { TRIP_MAX_US = 30000000 }; /* beyond it, somebody's clock is wrong */

static void put(uint32_t *at, uint32_t value)
{
	__atomic_store_n(at, value, __ATOMIC_RELAXED);
}

static uint32_t load(const uint32_t *at)
{
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

/* A block about what we sent there. It answers the last sender's report, or an older one, which tells nothing here. */
static void block_take(struct hearsay *in, const struct rtcp_block *b, uint64_t now_us)
{
	int64_t trip = -1;

	put(&in->blocks, in->blocks + 1);
	put(&in->jitter, b->jitter);
	__atomic_store_n(&in->lost, b->lost, __ATOMIC_RELAXED);
	__atomic_store_n(&in->fraction, b->fraction, __ATOMIC_RELAXED);
	if (in->sent_us && b->last && b->last == in->sent_middle)
		trip = rtcp_round_trip(b, in->sent_us, now_us);
	if (trip < 0 || trip > TRIP_MAX_US)
		return;
	put(&in->round_trip_us, (uint32_t)trip);
	put(&in->trips, in->trips + 1);
}

bool hearsay_take(struct hearsay *in, struct hearsay *out, const uint8_t *rtcp, uint32_t n, uint64_t now_us)
{
	struct rtcp_news news;

	if (rtcp_read(rtcp, n, &news) < 0)
		return false;
	/* Of several streams the first is the one that counts. */
	if (news.nblock)
		block_take(in, &news.block[0], now_us);
	if (news.sends) {
		out->sent_us = now_us;
		out->sent_middle = news.sender.ntp_middle;
	}
	if (news.bye)
		__atomic_store_n(&in->said_bye, true, __ATOMIC_RELAXED);
	return true;
}

void hearsay_copy(struct hearsay *to, const struct hearsay *from)
{
	*to = (struct hearsay){
		.round_trip_us = load(&from->round_trip_us),
		.trips = load(&from->trips),
		.blocks = load(&from->blocks),
		.jitter = load(&from->jitter),
		.lost = __atomic_load_n(&from->lost, __ATOMIC_RELAXED),
		.fraction = __atomic_load_n(&from->fraction, __ATOMIC_RELAXED),
		.said_bye = __atomic_load_n(&from->said_bye, __ATOMIC_RELAXED),
	};
}

void hearsay_reset(struct hearsay *h)
{
	uint32_t *const numbers[] = { &h->round_trip_us, &h->trips, &h->blocks, &h->jitter };

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		put(numbers[i], 0);
	__atomic_store_n(&h->lost, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&h->fraction, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&h->said_bye, false, __ATOMIC_RELAXED);
	h->sent_us = 0;
	h->sent_middle = 0;
}
