/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/siphash.h"
#include "tests/unit/guard.h"

/* The reference key: bytes 00 to 0f, as two little-endian words. */
static const struct hash_key reference_key = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

/* The reference input of n bytes: 00, 01, 02, … The results are those of the algorithm's authors. */
static void gives_the_published_values(void **state)
{
	static const struct {
		uint32_t n;
		uint64_t hash;
	} cases[] = {
		{ 0, 0x726fdb47dd0e0e31 }, { 1, 0x74f839c593dc67fd },  { 7, 0xab0200f58b01d137 },
		{ 8, 0x93f5f5799a932462 }, { 15, 0xa129ca6149be45e5 },
	};
	char bytes[16];
	(void)state;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(span_of(bytes, cases[i].n));

		if (siphash(&reference_key, s.p, s.n) != cases[i].hash)
			fail_msg("wrong for %u bytes", cases[i].n);
		guard_free(s);
	}
}

/* Of the same input: as two words, the lower bytes of the published text first. */
static void gives_the_published_long_values(void **state)
{
	static const struct {
		uint32_t n;
		uint64_t hash[2];
	} cases[] = {
		{ 0, { 0xe6a825ba047f81a3, 0x930255c71472f66d } },
		{ 1, { 0x44af996bd8c187da, 0x45fc229b11597634 } },
	};
	char bytes[16];
	(void)state;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(span_of(bytes, cases[i].n));
		uint64_t hash[2];

		siphash_128(&reference_key, s.p, s.n, hash);
		if (memcmp(hash, cases[i].hash, sizeof(hash)) != 0)
			fail_msg("wrong for %u bytes: %016lx %016lx", cases[i].n, hash[0], hash[1]);
		guard_free(s);
	}
}

static void the_halves_of_a_long_value_differ(void **state)
{
	uint64_t a[2], b[2];
	(void)state;

	siphash_128(&reference_key, "abc", 3, a);
	siphash_128(&reference_key, "abd", 3, b);
	assert_true(a[0] != a[1] && a[0] != b[0] && a[1] != b[1]);
	assert_true(a[0] != siphash(&reference_key, "abc", 3));
}

static void another_key_gives_another_hash(void **state)
{
	struct hash_key k0 = reference_key, k1 = reference_key;
	(void)state;

	k0.k0 ^= 1;
	k1.k1 ^= 1;
	assert_true(siphash(&k0, "abc", 3) != siphash(&reference_key, "abc", 3));
	assert_true(siphash(&k1, "abc", 3) != siphash(&reference_key, "abc", 3));
	assert_true(siphash(&k0, "abc", 3) != siphash(&k1, "abc", 3));
}

static void the_length_counts(void **state)
{
	(void)state;
	assert_true(siphash(&reference_key, "a\0", 1) != siphash(&reference_key, "a\0", 2));
	assert_true(siphash(&reference_key, NULL, 0) == siphash(&reference_key, "x", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_published_values),
		cmocka_unit_test(gives_the_published_long_values),
		cmocka_unit_test(the_halves_of_a_long_value_differ),
		cmocka_unit_test(another_key_gives_another_hash),
		cmocka_unit_test(the_length_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
