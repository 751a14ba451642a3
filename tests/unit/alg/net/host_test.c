/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/net/host.h"

static void same_as_addr(void **state)
{
	static const char *const texts[] = { "192.0.2.1",   "0.0.0.0", "255.255.255.255",
					     "2001:db8::1", "::",      "fe80::ffff" };
	(void)state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct addr a, back;
		struct host h, raw;

		assert_int_equal(addr_parse_host(span_str(texts[i]), &a), 0);
		a.port = 0x1234;
		h = host_of(&a);
		raw = a.family == ADDR_V4 ? host_v4(a.ip) : host_v6(a.ip);
		assert_true(host_eq(&h, &raw));
		back = host_addr(&h, a.family, 0x3412);
		if (!addr_eq(&a, &back))
			fail_msg("%s", texts[i]);
	}
}

static void every_bit_counts(void **state)
{
	struct host a = { { 0, 0 } }, b;

	(void)state;
	for (unsigned bit = 0; bit < 128; bit++) {
		b = a;
		b.word[bit / 64] ^= UINT64_C(1) << bit % 64;
		if (host_eq(&a, &b))
			fail_msg("bit %u", bit);
		assert_int_not_equal(host_sum(&b), 0);
	}
	assert_true(host_eq(&a, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_addr),
		cmocka_unit_test(every_bit_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
