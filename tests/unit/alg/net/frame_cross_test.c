/* SPDX-License-Identifier: BSD-3-Clause */
/* What leaves in the other family must be what a plain sender at the new address would have sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/net/frame_cross.h"
#include "tests/unit/alg/net/datagram.h"
#include "tests/unit/guard.h"

#define SOURCE_MAC ((const uint8_t *)"\2\0\0\0\0\1")

static const struct ways {
	const char *from, *to, *new_from, *new_to;
} ways[] = {
	{ "192.0.2.7:4000", "198.51.100.1:10000", "[fd00::1]:20002", "[fd00::9]:5004" },
	{ "[2001:db8::7]:4000", "[2001:db8:1::1]:10000", "10.0.0.1:20002", "10.0.0.9:5004" },
};

static struct addr addr(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a) < 0)
		fail_msg("%s", text);
	return a;
}

static struct frame_target target_of(const struct ways *w)
{
	const struct addr from = addr(w->new_from), to = addr(w->new_to);
	struct frame_target t = {
		.source = host_of(&from),
		.target = host_of(&to),
		.port = { __builtin_bswap16(from.port), __builtin_bswap16(to.port) },
		.target_mac = { 2, 0, 0, 0, 0, 2 },
		.dscp = 46,
		.family = to.family,
	};

	frame_target_seal(&t);
	return t;
}

/* Where the UDP checksum of what comes is what a sender does with it. */
enum checksum { SOUND, NONE, PARTIAL, CHECKSUMS };

struct room {
	uint8_t before[FRAME_CROSS_ROOM], frame[DATAGRAM_MAX];
};

static uint32_t put(struct room *r, const struct ways *w, const void *payload, uint32_t n, enum checksum checksum)
{
	const struct addr from = addr(w->from), to = addr(w->to);
	const uint32_t len = datagram_write(r->frame, &from, &to, payload, n);
	uint8_t *udp = r->frame + len - n - DATAGRAM_UDP;

	if (checksum == NONE)
		datagram_put16(udp + 6, 0);
	if (checksum == PARTIAL)
		datagram_put16(udp + 6, datagram_pseudo(r->frame, DATAGRAM_UDP + n));
	return len;
}

/* Where the frame begins then. */
static uint8_t *cross(struct room *r, uint32_t len, const struct ways *w)
{
	const struct frame_target t = target_of(w);
	struct frame f = { 0 }, again = { 0 };
	uint8_t *p = r->frame;
	uint16_t addresses;

	assert_int_equal(frame_parse(p, len, &f), FRAME_OK);
	assert_true(frame_can_cross(p, &f));
	addresses = frame_addresses_sum(p, &f);
	p += frame_cross(p, &f, addresses);
	assert_true(p >= r->before);
	assert_int_equal(f.family, t.family);
	frame_rewrite(p, f, addresses, &t, SOURCE_MAC);
	assert_int_equal(frame_parse(p, frame_len(&f), &again), FRAME_OK);
	assert_int_equal(again.udp, f.udp);
	assert_int_equal(again.payload_len, f.payload_len);
	return p;
}

static void as_a_plain_sender(void **state)
{
	static struct room got;
	uint8_t payload[300], want[DATAGRAM_MAX], *p;

	(void)state;
	for (unsigned i = 0; i < 2 * CHECKSUMS; i++) {
		const struct ways *w = &ways[i % 2];
		const struct addr from = addr(w->new_from), to = addr(w->new_to);
		const uint32_t udp = to.family == ADDR_V4 ? 34 : 54;

		if (w == &ways[1] && i / 2 == NONE)
			continue;
		for (uint32_t n = 0; n <= sizeof(payload); n++) {
			uint32_t len;

			for (uint32_t j = 0; j < n; j++)
				payload[j] = (uint8_t)(j * 37 + n);
			p = cross(&got, put(&got, w, payload, n, (enum checksum)(i / 2)), w);
			len = datagram_write(want, &from, &to, payload, n);
			if (!datagram_sound(p) || memcmp(p + udp, want + udp, len - udp) != 0)
				fail_msg("from %s, checksum %u, %u bytes", w->from, i / 2, n);
			assert_memory_equal(p, "\2\0\0\0\0\2\2\0\0\0\0\1", 12);
		}
	}
}

static void header_fields(void **state)
{
	static struct room r;

	(void)state;
	assert_memory_equal(cross(&r, put(&r, &ways[0], "voice", 5, SOUND), &ways[0]) + 12,
			    "\x86\xdd\x6b\x80\x00\x00\x00\x0d\x11\x40", 10);
	assert_memory_equal(cross(&r, put(&r, &ways[1], "voice", 5, SOUND), &ways[1]) + 12,
			    "\x08\x00\x45\xb8\x00\x21\x00\x00\x40\x00\x40\x11", 12);
}

/* A sum that comes to zero is sent as 0xffff: 0 would say that there is none. */
static void never_checksum_zero(void **state)
{
	static struct room r;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t at = i ? 34 : 54;
		uint8_t payload[2] = { 0 }, *p = cross(&r, put(&r, &ways[i], payload, 2, SOUND), &ways[i]);
		const uint32_t sum = (uint32_t)p[at + 6] << 8 | p[at + 7];

		/* The payload's word takes all of what the sum lacks. */
		datagram_put16(payload, sum);
		p = cross(&r, put(&r, &ways[i], payload, 2, SOUND), &ways[i]);
		assert_memory_equal(p + at + 6, "\xff\xff", 2);
		assert_true(datagram_sound(p));
	}
}

static void without_checksum_from_ipv6(void **state)
{
	static struct room r;
	struct frame f = { 0 };

	(void)state;
	assert_int_equal(frame_parse(r.frame, put(&r, &ways[1], "voice", 5, NONE), &f), FRAME_OK);
	assert_false(frame_can_cross(r.frame, &f));
}

static void damage_stays_visible(void **state)
{
	static struct room r;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		const uint32_t len = put(&r, &ways[i], "voice", 5, SOUND);

		r.frame[len - 1] ^= 1;
		assert_false(datagram_sound(cross(&r, len, &ways[i])));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_plain_sender),    cmocka_unit_test(header_fields),
		cmocka_unit_test(never_checksum_zero),  cmocka_unit_test(without_checksum_from_ipv6),
		cmocka_unit_test(damage_stays_visible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
