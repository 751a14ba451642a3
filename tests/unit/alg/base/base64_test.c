/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

/* RFC 4648 10, and all the digits. */
static const struct {
	struct span bytes, text;
} pairs[] = {
	{ SPAN("f"), SPAN("Zg==") },
	{ SPAN("fo"), SPAN("Zm8=") },
	{ SPAN("foo"), SPAN("Zm9v") },
	{ SPAN("foob"), SPAN("Zm9vYg==") },
	{ SPAN("fooba"), SPAN("Zm9vYmE=") },
	{ SPAN("foobar"), SPAN("Zm9vYmFy") },
	{ SPAN("\xfb\xff\xbf"), SPAN("+/+/") },
};

static void bytes_become_text_and_bytes_again(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct span bytes = guard_span(pairs[i].bytes), text = guard_span(pairs[i].text);
		char buf[16];
		struct writer w = writer_over(buf, text.n);
		uint8_t out[8];

		base64_write(&w, (const uint8_t *)bytes.p, bytes.n);
		assert_true(span_eq(writer_done(&w), text));
		assert_int_equal(base64_read(text, out, bytes.n), 0);
		assert_memory_equal(out, bytes.p, bytes.n);
		assert_int_equal(base64_read(text, out, bytes.n + 1), -1);
		if (bytes.n > 1)
			assert_int_equal(base64_read(text, out, bytes.n - 1), -1);
		guard_free(bytes);
		guard_free(text);
	}
}

static void what_is_read(void **state)
{
	static const struct {
		struct span text;
		uint32_t n;
		int result;
	} cases[] = {
		{ SPAN("Zm8"), 2, 0 },   { SPAN("Zg"), 1, 0 },     { SPAN("Zg="), 1, 0 },    { SPAN("Zg==="), 1, -1 },
		{ SPAN("Zg=x"), 1, -1 }, { SPAN("Z"), 1, -1 },     { SPAN(""), 1, -1 },      { SPAN("Zm9-"), 3, -1 },
		{ SPAN("Zm 9"), 3, -1 }, { SPAN("Zm9\0"), 3, -1 }, { SPAN("Zm9\n"), 3, -1 }, { SPAN("=m9v"), 3, -1 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		uint8_t out[4];

		if (base64_read(text, out, cases[i].n) != cases[i].result)
			fail_msg("%.*s", SPAN_ARG(text));
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_text_and_bytes_again),
		cmocka_unit_test(what_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
