/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/writer.h"

static void expect(const struct writer *w, const char *text)
{
	struct span done = writer_done(w);

	if (!span_is_set(done) || !span_eq(done, span_str(text)))
		fail_msg("\"%.*s\" instead of \"%s\"", SPAN_ARG(done), text);
}

static void writes_in_order(void **state)
{
	char buf[64];
	struct writer w = writer_over(buf, sizeof(buf));
	(void)state;

	expect(&w, "");
	writer_put(&w, SPAN("ab"));
	writer_put(&w, (struct span){ 0 });
	writer_byte(&w, '-');
	writer_str(&w, "cd");
	writer_u64(&w, 0);
	writer_u64(&w, UINT64_MAX);
	writer_hex(&w, "\x00\x1f\xff", 3);
	writer_format(&w, ":%d", -7);
	expect(&w, "ab-cd018446744073709551615001fff:-7");
}

static void fills_to_the_last_byte(void **state)
{
	char *buf = malloc(4); /* exactly: a sanitizer sees the fifth */
	struct writer w = writer_over(buf, 4);
	(void)state;

	writer_put(&w, SPAN("abcd"));
	expect(&w, "abcd");
	writer_put(&w, SPAN(""));
	expect(&w, "abcd");
	writer_byte(&w, 'e');
	assert_true(w.failed);
	assert_false(span_is_set(writer_done(&w)));
	free(buf);
}

static void nothing_follows_a_failure(void **state)
{
	char buf[4];
	struct writer w = writer_over(buf, sizeof(buf));
	(void)state;

	writer_str(&w, "ab");
	writer_str(&w, "too long");
	assert_true(w.failed);
	writer_byte(&w, 'c');
	writer_u64(&w, 1);
	writer_hex(&w, "x", 1);
	writer_format(&w, "d");
	assert_int_equal(w.n, 2);
	assert_false(span_is_set(writer_done(&w)));
}

static void format_needs_room_for_its_nul(void **state)
{
	char buf[4];
	struct writer fits = writer_over(buf, sizeof(buf)), full = fits;
	(void)state;

	writer_format(&fits, "%s", "abc");
	expect(&fits, "abc");
	writer_format(&full, "%s", "abcd");
	assert_true(full.failed);
}

static void no_room_at_all(void **state)
{
	struct writer w = writer_over(NULL, 0);
	(void)state;

	writer_put(&w, SPAN(""));
	assert_false(w.failed);
	writer_byte(&w, 'a');
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_in_order),
		cmocka_unit_test(fills_to_the_last_byte),
		cmocka_unit_test(nothing_follows_a_failure),
		cmocka_unit_test(format_needs_room_for_its_nul),
		cmocka_unit_test(no_room_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
