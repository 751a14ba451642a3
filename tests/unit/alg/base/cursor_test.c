/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/cursor.h"
#include "tests/unit/guard.h"

static void classes_of_bytes(void **state)
{
	static const struct {
		unsigned class;
		struct span members;
	} cases[] = {
		{ BLANK, SPAN(" \t\r\n") },
		{ DIGIT, SPAN("0123456789") },
		{ HEX, SPAN("0123456789abcdefABCDEF") },
		{ ALPHA, SPAN("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") },
		{ TOKEN_MARK, SPAN("-.!%*_+`'~") }, /* RFC 3261 25.1 */
		{ SEMICOLON, SPAN(";") },
		{ COMMA, SPAN(",") },
		{ QUOTE, SPAN("\"") },
		{ EQUALS, SPAN("=") },
		{ COLON, SPAN(":") },
		{ SLASH, SPAN("/") },
		{ LESS, SPAN("<") },
		{ GREATER, SPAN(">") },
		{ AT, SPAN("@") },
		{ QUESTION, SPAN("?") },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (unsigned b = 0; b < 256; b++) {
			bool member = span_find(cases[i].members, (char)b) < cases[i].members.n;

			if (byte_is((char)b, cases[i].class) != member)
				fail_msg("class %#x, byte %#x", cases[i].class, b);
		}
	for (unsigned b = 0; b < 256; b++)
		if (byte_is((char)b, CONTROL) != ((b < 32 && !byte_is((char)b, BLANK)) || b == 127))
			fail_msg("control, byte %#x", b);
}

/* One read of each kind: what it yields, what it leaves, whether it fails. */
static void one_read(void **state)
{
	enum kind { WORD, SEP, BLANKS, UNTIL, WHILE, A_TOKEN, QUOTED };
	static const struct {
		enum kind kind;
		const char *in, *left, *got;
		bool failed;
	} cases[] = {
		{ WORD, "SIP/2", "/2", NULL, false },
		{ WORD, "sip/2", "/2", NULL, false },
		{ WORD, "SI", "SI", NULL, true },
		{ WORD, "", "", NULL, true },
		{ SEP, "/x", "x", NULL, false },
		{ SEP, " \r\n / \t x", "x", NULL, false },
		{ SEP, "/", "", NULL, false },
		{ SEP, "  ", "", NULL, true },
		{ SEP, "x/", "x/", NULL, true },
		{ BLANKS, " \t\r\n x ", "x ", NULL, false },
		{ BLANKS, "x", "x", NULL, false },
		{ BLANKS, "", "", NULL, false },
		{ UNTIL, "ab;c", ";c", "ab", false },
		{ UNTIL, ";c", ";c", "", false },
		{ UNTIL, "ab", "", "ab", false },
		{ UNTIL, "", "", "", false },
		{ WHILE, "123a", "a", "123", false },
		{ WHILE, "123", "", "123", false },
		{ WHILE, "a", "a", "", true },
		{ WHILE, "", "", "", true },
		{ A_TOKEN, "a-1.!%*_+`'~;", ";", "a-1.!%*_+`'~", false },
		{ A_TOKEN, "@", "@", "", true },
		{ QUOTED, "\"a b\" c", " c", "\"a b\"", false },
		{ QUOTED, "\"\"", "", "\"\"", false },
		{ QUOTED, "\"a\\\"b\"c", "c", "\"a\\\"b\"", false },
		{ QUOTED, "\"a\\\\\"c", "c", "\"a\\\\\"", false },
		{ QUOTED, "\"a", "\"a", "", true },
		{ QUOTED, "\"a\\\"", "\"a\\\"", "", true },
		{ QUOTED, "\"a\\", "\"a\\", "", true },
		{ QUOTED, "\"", "\"", "", true },
		{ QUOTED, "a\"", "a\"", "", true },
		{ QUOTED, "", "", "", true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in)), got = { 0 };
		struct cursor c = { .left = in };

		switch (cases[i].kind) {
		case WORD:
			cursor_word(&c, SPAN("SIP"));
			break;
		case SEP:
			cursor_sep(&c, '/');
			break;
		case BLANKS:
			cursor_blank(&c);
			break;
		case UNTIL:
			got = cursor_until(&c, SEMICOLON | COMMA);
			break;
		case WHILE:
			got = cursor_while(&c, DIGIT);
			break;
		case A_TOKEN:
			got = cursor_token(&c);
			break;
		case QUOTED:
			got = cursor_quoted(&c);
			break;
		}
		if (c.failed != cases[i].failed || !span_eq(c.left, span_str(cases[i].left)) ||
		    !span_eq(got, span_str(cases[i].got)))
			fail_msg("case %zu (%s): got \"%.*s\", left \"%.*s\"", i, cases[i].in, SPAN_ARG(got),
				 SPAN_ARG(c.left));
		guard_free(in);
	}
}

static void numbers_up_to_a_maximum(void **state)
{
	static const struct {
		const char *in;
		uint64_t max, value;
		bool failed;
	} cases[] = {
		{ "5060;", 65535, 5060, false },
		{ "65535", 65535, 65535, false },
		{ "65536", 65535, 0, true },
		{ "18446744073709551615", UINT64_MAX, UINT64_MAX, false },
		{ "18446744073709551616", UINT64_MAX, 0, true },
		{ "", 10, 0, true },
		{ "-1", 10, 0, true },
		{ " 1", 10, 0, true },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct cursor c = { .left = in };

		if (cursor_number(&c, cases[i].max) != cases[i].value || c.failed != cases[i].failed)
			fail_msg("%s", cases[i].in);
		guard_free(in);
	}
}

static void nothing_is_read_after_a_failure(void **state)
{
	struct cursor c = { .left = SPAN("abc 1 \"q\";") };
	struct span before;
	(void)state;

	cursor_word(&c, SPAN("x"));
	assert_true(c.failed);
	before = c.left;
	cursor_word(&c, SPAN("abc"));
	cursor_blank(&c);
	cursor_sep(&c, 'a');
	assert_false(cursor_try(&c, 'a'));
	assert_int_equal(cursor_until(&c, SEMICOLON).n, 0);
	assert_int_equal(cursor_while(&c, ALPHA).n, 0);
	assert_int_equal(cursor_token(&c).n, 0);
	assert_int_equal(cursor_quoted(&c).n, 0);
	assert_int_equal(cursor_number(&c, 10), 0);
	assert_true(c.failed);
	assert_ptr_equal(c.left.p, before.p);
	assert_int_equal(c.left.n, before.n);
}

static void the_end_is_the_end(void **state)
{
	struct cursor blank = { .left = SPAN(" \r\n") }, more = { .left = SPAN(" x") }, none = { 0 };
	(void)state;

	cursor_end(&blank);
	assert_false(blank.failed);
	cursor_end(&more);
	assert_true(more.failed);
	cursor_end(&none);
	assert_false(none.failed);
	assert_true(cursor_empty(&none));
}

static void all_of_a_class(void **state)
{
	(void)state;
	assert_true(span_all(SPAN("0123"), DIGIT));
	assert_false(span_all(SPAN("0123a"), DIGIT));
	assert_true(span_all(SPAN("0a-"), TOKEN));
	assert_false(span_all(SPAN(""), DIGIT));
	assert_false(span_all(SPAN("1\0"), DIGIT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_of_bytes),        cmocka_unit_test(one_read),
		cmocka_unit_test(numbers_up_to_a_maximum), cmocka_unit_test(nothing_is_read_after_a_failure),
		cmocka_unit_test(the_end_is_the_end),      cmocka_unit_test(all_of_a_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
