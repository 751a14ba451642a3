/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/frame_make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/alg/net/datagram.h"

static const struct make_case {
	const char *from, *to;
	uint16_t n;
} cases[] = {
	{ "192.0.2.1:10000", "198.51.100.7:4000", 0 },      { "192.0.2.1:10000", "198.51.100.7:4000", 12 },
	{ "192.0.2.1:10000", "198.51.100.7:4000", 13 },     { "[2001:db8::1]:10000", "[2001:db8::7]:4000", 12 },
	{ "[2001:db8::1]:10000", "[2001:db8::7]:4000", 1 },
};

static struct addr addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

/* As the tests' own writer makes it, apart from what is said of the service and of fragments. */
static void frames_are_whole(void **state)
{
	static const uint8_t mac[] = { 2, 0, 0, 0, 0, 1 };
	static const uint8_t payload[] = "thirteen bytes";
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr from = addr(cases[i].from), to = addr(cases[i].to);
		struct frame_target t = {
			.source = host_of(&from),
			.target = host_of(&to),
			.port = { htons(from.port), htons(to.port) },
			.target_mac = { 2, 0, 0, 0, 0, 9 },
			.family = from.family,
		};
		uint8_t want[DATAGRAM_MAX], got[DATAGRAM_MAX];
		const uint32_t len = datagram_write(want, &from, &to, payload, cases[i].n);
		const uint32_t ip = from.family == ADDR_V4 ? 12 : 8; /* the addresses */
		struct frame f;

		frame_target_seal(&t);
		memset(got, 0xaa, sizeof(got));
		assert_int_equal(frame_make(got, &t, mac, payload, cases[i].n), len);
		assert_true(datagram_sound(got));
		assert_memory_equal(got, "\2\0\0\0\0\x09\2\0\0\0\0\1", 12);
		assert_memory_equal(got + FRAME_ETHER + ip, want + FRAME_ETHER + ip, len - FRAME_ETHER - ip);
		assert_int_equal(frame_parse(got, len, &f), FRAME_OK);
		assert_int_equal(f.payload_len, cases[i].n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(frames_are_whole) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
