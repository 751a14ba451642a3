/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static char text[70000];

static struct writer over(void)
{
	return writer_over(text, sizeof(text));
}

/* Members as "tag=value ", values in hexadecimal. */
static const char *listed(struct span members)
{
	static char out[256];
	struct writer w = writer_over(out, sizeof(out) - 1);
	struct span value;
	uint32_t at = 0;
	uint8_t tag;
	int more;

	while ((more = pack_next(members, &at, &tag, &value)) > 0) {
		writer_format(&w, "%u=", tag);
		writer_hex(&w, value.p, value.n);
		writer_byte(&w, ' ');
	}
	if (more < 0)
		writer_str(&w, "cut off");
	out[w.n] = '\0';
	return out;
}

static void what_is_written_is_read(void **state)
{
	struct writer w = over();
	struct span members, guarded;

	(void)state;
	writer_str(&w, "before");
	pack_text(&w, 1, SPAN("ab"));
	pack_text(&w, 2, SPAN(""));
	pack_text(&w, 3, (struct span){ 0 });
	pack_number(&w, 4, 0);
	pack_number(&w, 5, 255);
	pack_number(&w, 6, 0x123456);
	pack_number(&w, 255, UINT64_MAX);
	pack_end(&w, 6);
	assert_false(w.failed);
	guarded = guard_span(span_from(writer_done(&w), 6));
	assert_int_equal(pack_open(guarded, &members), 0);
	assert_string_equal(listed(members), "1=6162 5=ff 6=563412 255=ffffffffffffffff ");
	guard_free(guarded);
}

static void numbers_are_read(void **state)
{
	static const struct {
		struct span in;
		uint64_t expected;
		int result;
	} cases[] = {
		{ SPAN(""), 0, 0 },
		{ SPAN("\xff"), 255, 0 },
		{ SPAN("\x01\x02"), 0x201, 0 },
		{ SPAN("\xff\xff\xff\xff\xff\xff\xff\xff"), UINT64_MAX, 0 },
		{ SPAN("\x01\x01\x01\x01\x01\x01\x01\x01\x01"), 7, -1 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t out = 7;

		assert_int_equal(pack_read_number(cases[i].in, &out), cases[i].result);
		assert_int_equal(out, cases[i].expected);
	}
}

static void longest_value(void **state)
{
	static char value[65536];
	struct writer w = over();

	(void)state;
	pack_text(&w, 1, span_of(value, 65535));
	assert_false(w.failed);
	assert_int_equal(w.n, 65538);
	w = over();
	pack_text(&w, 1, span_of(value, 65536));
	assert_true(w.failed);
	w = writer_over(text, 4);
	pack_text(&w, 1, SPAN("ab"));
	assert_true(w.failed);
	pack_end(&w, 0);
	assert_true(w.failed);
}

static void each_changed_bit_is_noticed(void **state)
{
	struct writer w = over();
	struct span members;

	(void)state;
	pack_text(&w, 1, SPAN("hello"));
	pack_number(&w, 2, 77);
	pack_end(&w, 0);
	for (uint32_t i = 0; i < 8 * w.n; i++) {
		text[i / 8] ^= (char)(1 << i % 8);
		assert_int_equal(pack_open(writer_done(&w), &members), -1);
		text[i / 8] ^= (char)(1 << i % 8);
	}
	assert_int_equal(pack_open(writer_done(&w), &members), 0);
	for (uint32_t n = 0; n < w.n; n++) {
		struct span guarded = guard_span(span_of(text, n));

		assert_int_equal(pack_open(guarded, &members), -1);
		guard_free(guarded);
	}
	assert_int_equal(pack_open((struct span){ 0 }, &members), -1);
}

static void members_that_are_cut_off(void **state)
{
	static const struct {
		struct span in;
		const char *expected;
	} cases[] = {
		{ SPAN(""), "" },
		{ SPAN("\1"), "cut off" },
		{ SPAN("\1\0"), "cut off" },
		{ SPAN("\1\0\0"), "1= " },
		{ SPAN("\1\1\0"), "cut off" },
		{ SPAN("\1\1\0a"), "1=61 " },
		{ SPAN("\1\1\0ab"), "1=61 cut off" },
		{ SPAN("\1\0\1ab"), "cut off" },
		{ SPAN("\1\xff\xff"), "cut off" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span guarded = guard_span(cases[i].in);

		assert_string_equal(listed(guarded), cases[i].expected);
		guard_free(guarded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(longest_value),
		cmocka_unit_test(each_changed_bit_is_noticed),
		cmocka_unit_test(members_that_are_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
