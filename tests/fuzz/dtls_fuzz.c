/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as datagrams for one port that waits for DTLS, and for one that has begun. The first byte of each datagram
 * is its length divided by eight; its highest bit says that it comes from a source that has been checked. */
#include <openssl/err.h>
#include <stdlib.h>

#include "rtpproxy/dtls/association.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHECKED = 0x80, UNIT = 8, ENOUGH = 64 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void count_sent(void *ctx, const struct addr *to, const uint8_t *bytes, size_t n)
{
	(void)bytes;
	require(n > 0 && n <= ENDPOINT_DATAGRAM_MAX && to->port);
	*(size_t *)ctx += n;
}

/* What comes without a certificate gives no keys, and to who has not been checked never goes more than came. */
static void feed(struct association *a, struct association_way *way, size_t *sent, bool waits, const uint8_t *data,
		 size_t size)
{
	while (size > 0) {
		struct association_guest guest = {
			.source = { .ip = { 192, 0, 2, (uint8_t)(waits ? size % 7 : 1) },
				    .port = 4000,
				    .family = ADDR_V4 },
			.rank = (uint8_t)(1 + size % 4),
			.checked = data[0] & CHECKED,
			.may_begin = waits,
			.cookie = 5,
		};
		size_t n = (size_t)(data[0] & ~CHECKED) * UNIT;

		n = n < size - 1 ? n : size - 1;
		*sent = 0;
		require(!association_take(a, way, &guest, data + 1, n));
		require(guest.checked || association_is_busy(a) || *sent <= n);
		data += 1 + n;
		size -= 1 + n;
		way->now += 10;
		association_tick(a, way);
	}
	require(a->ours.suite == SRTP_SUITE_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Made once: it costs more than all the rest. */
	static struct identity *who;
	struct association_counters counters = { 0 };
	size_t sent = 0;

	if (!who)
		who = identity_new(1800000000);
	for (unsigned waits = 0; waits < 2; waits++) {
		const struct sdp_fingerprints peer = { .n = 1, .at = { { .hash = SDP_SHA256 } } };
		uint32_t left = ENOUGH;
		struct association_way way = { .who = who,
					       .peer = &peer,
					       .send = count_sent,
					       .ctx = &sent,
					       .counters = &counters,
					       .left = &left,
					       .now = 1000 };
		struct association a = { 0 };

		if (!waits)
			association_call(&a, &way,
					 &(struct addr){ .ip = { 192, 0, 2, 1 }, .port = 4000, .family = ADDR_V4 });
		feed(&a, &way, &sent, waits, data, size);
		association_end(&a, &way);
		require(association_is_idle(&a));
	}
	require(ERR_peek_error() == 0);
	return 0;
}
