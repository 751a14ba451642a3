/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/base/token.h"

/* Counts up: every byte value comes, and the fillings are counted. */
static void fill_count(void *ctx, void *bytes, uint32_t n)
{
	unsigned *fillings = ctx;

	for (uint32_t i = 0; i < n; i++)
		((uint8_t *)bytes)[i] = (uint8_t)(i + *fillings);
	(*fillings)++;
}

static void letters_are_32_all_alike_often(void **state)
{
	unsigned fillings = 0, seen[256] = { 0 }, kinds = 0;
	struct token_source t;
	char text[256];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	token_source_init(&t, fill_count, &fillings);
	token_write(&t, &w, 256);
	for (int i = 0; i < 256; i++)
		seen[(unsigned char)text[i]]++;
	for (int c = 0; c < 256; c++) {
		if (!seen[c])
			continue;
		kinds++;
		assert_int_equal(seen[c], 8);
		/* A peer may fold case: that must not make two tokens one. */
		assert_true((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
	}
	assert_int_equal(kinds, 32);
}

static void no_byte_is_used_twice(void **state)
{
	unsigned fillings = 0;
	struct token_source t;

	(void)state;
	token_source_init(&t, fill_count, &fillings);
	assert_int_equal(fillings, 0);
	assert_true(token_u64(&t) == 0x0001020304050607);
	assert_true(token_u64(&t) == 0x08090a0b0c0d0e0f);
	for (unsigned i = 2; i < sizeof(t.page) / 8; i++)
		token_u64(&t);
	assert_int_equal(fillings, 1);
	/* The next page begins with what the source gives then. */
	assert_true(token_u64(&t) == 0x0102030405060708);
	assert_int_equal(fillings, 2);
}

static void without_room_the_writer_fails(void **state)
{
	unsigned fillings = 0;
	struct token_source t;
	char text[TOKEN_TAG_LEN];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	token_source_init(&t, fill_count, &fillings);
	token_write(&t, &w, TOKEN_TAG_LEN);
	assert_false(w.failed);
	token_write(&t, &w, 1);
	assert_true(w.failed);
}

static void a_token_is_known_by_its_letters(void **state)
{
	static const struct {
		struct span text;
		bool is;
	} cases[] = {
		{ { "abcdfghjklmn", 12 }, true },   { { "pqrstvwxyz01", 12 }, true },
		{ { "0123456789ab", 12 }, true },   { { "abcdfghjklm", 11 }, false },
		{ { "abcdfghjklmno", 13 }, false }, { { "Abcdfghjklmn", 12 }, false },
		{ { "abcdefghijkl", 12 }, false },  { { "abcd@1.2.3.4", 12 }, false },
		{ { "abcdfghjkl\0n", 12 }, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(token_is(cases[i].text, 12), cases[i].is);
}

static void bytes_are_spelt(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0xff };
	char text[9];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	token_spell(&w, bytes, 9); /* 5 bits a letter, from the top */
	assert_true(span_eq(writer_done(&w), SPAN("abcdfghj9")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_known_by_its_letters), cmocka_unit_test(letters_are_32_all_alike_often),
		cmocka_unit_test(no_byte_is_used_twice),           cmocka_unit_test(bytes_are_spelt),
		cmocka_unit_test(without_room_the_writer_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
