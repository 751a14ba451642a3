/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/net/checksum.h"
#include "tests/unit/guard.h"

/* Fields are as they lie in memory: read back high byte first. */
static uint16_t read_be(uint16_t v)
{
	const uint8_t *p = (const uint8_t *)&v;

	return (uint16_t)(p[0] << 8 | p[1]);
}

static void known_sums(void **state)
{
	static const struct {
		struct span bytes;
		uint16_t field;
	} cases[] = {
		{ SPAN(""), 0xffff },
		{ SPAN("\x00\x00"), 0xffff },
		{ SPAN("\xff\xff"), 0x0000 },
		{ SPAN("\x00\x01\xf2\x03\xf4\xf5\xf6\xf7"), 0x220d }, /* RFC 1071 3 */
		{ SPAN("\x01"), 0xfeff },                             /* odd: padded with zero */
		{ SPAN("\x00\x01\xf2"), 0x0dfe },
		{ SPAN("\x00\x01\xf2\x03\xf4"), 0x19fa },
		{ SPAN("\x45\x00\x00\x73\x00\x00\x40\x00\x40\x11\x00\x00\xc0\xa8\x00\x01\xc0\xa8\x00\xc7"), 0xb861 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(cases[i].bytes);
		uint16_t field = read_be(checksum_field(checksum_add(0, s.p, s.n)));

		if (field != cases[i].field)
			fail_msg("case %zu: %04x", i, field);
		guard_free(s);
	}
}

/* RFC 1624 4: an update that ends at zero must not become the other zero. */
static void update_like_the_whole(void **state)
{
	uint8_t data[12] = { 0x55, 0x55, 0xdd, 0x2f, 0, 0, 1, 2, 3, 4, 5, 6 };
	uint16_t before, after;
	uint64_t removed, added;

	(void)state;
	for (unsigned v = 0; v < 65536; v++) {
		before = checksum_field(checksum_add(0, data, sizeof(data)));
		removed = checksum_add(0, data + 4, 4);
		data[4] = (uint8_t)(v >> 8);
		data[5] = (uint8_t)v;
		data[6] = (uint8_t)(v * 7);
		added = checksum_add(0, data + 4, 4);
		after = checksum_field(checksum_add(0, data, sizeof(data)));
		if (checksum_update(before, removed, added) != after)
			fail_msg("word %04x", v);
	}
}

static void udp_never_zero(void **state)
{
	(void)state;
	assert_int_equal(checksum_udp(0), 0xffff);
	assert_int_equal(checksum_udp(1), 1);
	assert_int_equal(checksum_udp(0xffff), 0xffff);
}

static void fold_of_large_sums(void **state)
{
	(void)state;
	assert_int_equal(checksum_fold(0), 0);
	assert_int_equal(checksum_fold(0x10000), 1);
	assert_int_equal(checksum_fold(0xffffffff), 0xffff);
	assert_int_equal(checksum_fold(UINT64_MAX), 0xffff);
	assert_int_equal(checksum_fold(0x100000000), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_sums),
		cmocka_unit_test(update_like_the_whole),
		cmocka_unit_test(udp_never_zero),
		cmocka_unit_test(fold_of_large_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
