/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/bencode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct take_case {
	struct span text;
	int result;
	enum ng_kind kind;
	const char *value;
	int64_t integer;
	uint32_t at; /* behind the value */
} cases[] = {
	{ SPAN("5:hello"), 0, NG_STRING, "hello", 0, 7 },
	{ SPAN("0:"), 0, NG_STRING, "", 0, 2 },
	{ SPAN("2:i1x"), 0, NG_STRING, "i1", 0, 4 },
	{ SPAN("i0e"), 0, NG_INTEGER, "0", 0, 3 },
	{ SPAN("i-5e"), 0, NG_INTEGER, "-5", -5, 4 },
	{ SPAN("i9223372036854775807e"), 0, NG_INTEGER, "9223372036854775807", INT64_MAX, 21 },
	{ SPAN("i-9223372036854775808e"), 0, NG_INTEGER, "-9223372036854775808", INT64_MIN, 22 },
	{ SPAN("le"), 0, NG_LIST_KIND, "le", 0, 2 },
	{ SPAN("de"), 0, NG_DICT, "de", 0, 2 },
	{ SPAN("l1:ai1ed1:kleee"), 0, NG_LIST_KIND, "l1:ai1ed1:kleee", 0, 15 },
	{ SPAN("d1:b1:x1:a1:ye"), 0, NG_DICT, "d1:b1:x1:a1:ye", 0, 14 },
	{ SPAN(""), -1, 0, NULL, 0, 0 },
	{ SPAN("5:hell"), -1, 0, NULL, 0, 0 },
	{ SPAN("5hello"), -1, 0, NULL, 0, 0 },
	{ SPAN(":x"), -1, 0, NULL, 0, 0 },
	{ SPAN("-1:x"), -1, 0, NULL, 0, 0 },
	{ SPAN("4294967295:x"), -1, 0, NULL, 0, 0 },
	{ SPAN("4294967297:x"), -1, 0, NULL, 0, 0 },
	{ SPAN("18446744073709551617:x"), -1, 0, NULL, 0, 0 },
	{ SPAN("ie"), -1, 0, NULL, 0, 0 },
	{ SPAN("i-e"), -1, 0, NULL, 0, 0 },
	{ SPAN("i5"), -1, 0, NULL, 0, 0 },
	{ SPAN("i5x"), -1, 0, NULL, 0, 0 },
	{ SPAN("i9223372036854775808e"), -1, 0, NULL, 0, 0 },
	{ SPAN("i-9223372036854775809e"), -1, 0, NULL, 0, 0 },
	{ SPAN("l"), -1, 0, NULL, 0, 0 },
	{ SPAN("d1:a"), -1, 0, NULL, 0, 0 },
	{ SPAN("d1:ae"), -1, 0, NULL, 0, 0 },
	{ SPAN("di1ei2ee"), -1, 0, NULL, 0, 0 },
	{ SPAN("e"), -1, 0, NULL, 0, 0 },
	{ SPAN("x"), -1, 0, NULL, 0, 0 },
};

static void take_reads_one_value(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct ng_value v;
		uint32_t at = 0;

		if (bencode_take(text, &at, &v) != cases[i].result || at != cases[i].at)
			fail_msg("%s", cases[i].text.p);
		if (cases[i].result == 0) {
			assert_int_equal(v.kind, cases[i].kind);
			assert_true(span_eq(v.text, span_str(cases[i].value)));
			assert_true(v.integer == cases[i].integer);
		}
		guard_free(text);
	}
}

static void nesting_is_limited_on_both_sides(void **state)
{
	(void)state;
	for (unsigned depth = NG_DEPTH_MAX; depth <= NG_DEPTH_MAX + 1; depth++) {
		char text[2 * NG_DEPTH_MAX + 2];
		struct ng_value v;
		uint32_t at = 0;

		memset(text, 'l', depth);
		memset(text + depth, 'e', depth);
		assert_int_equal(bencode_take(span_of(text, 2 * depth), &at, &v), depth > NG_DEPTH_MAX ? -1 : 0);
	}
}

/* Where the dictionary ends that text is; 0 where it is none. */
static uint32_t members_walk(struct span text)
{
	struct ng_value v;
	struct span key;
	uint32_t at = 0;
	int more;

	while ((more = bencode_member(text, &at, &key, &v)) > 0)
		;
	return more ? 0 : at;
}

/* Every prefix is refused, and none is read beyond its end. */
static void every_cut_is_refused(void **state)
{
	static const struct span whole = SPAN("d4:listl1:ai-7ee4:dictd1:kdee3:str4:texte");

	(void)state;
	for (uint32_t n = 0; n <= whole.n; n++) {
		struct span text = guard_span(span_slice(whole, 0, n));

		assert_int_equal(members_walk(text), n == whole.n ? n : 0);
		guard_free(text);
	}
}

static void only_blanks_may_follow_a_dictionary(void **state)
{
	(void)state;
	assert_int_equal(members_walk(SPAN("de \r\n")), 2);
	assert_int_equal(members_walk(SPAN("d1:a1:be\n")), 8);
	assert_int_equal(members_walk(SPAN("dede")), 0);
	assert_int_equal(members_walk(SPAN("dex")), 0);
	assert_int_equal(members_walk(SPAN("le")), 0);
	assert_int_equal(members_walk(SPAN("2:de")), 0);
	assert_int_equal(members_walk(SPAN("di1e1:ae")), 0);
}

/* The outermost counts too. */
static void members_nest_no_deeper_than_one_dictionary_does(void **state)
{
	for (unsigned depth = NG_DEPTH_MAX - 2; depth <= NG_DEPTH_MAX; depth++) {
		char text[64];
		struct writer w = writer_over(text, sizeof(text));

		writer_str(&w, "d1:k");
		for (unsigned i = 0; i < depth; i++)
			writer_byte(&w, 'l');
		for (unsigned i = 0; i < depth + 1; i++)
			writer_byte(&w, 'e');
		assert_int_equal(members_walk(writer_done(&w)), depth < NG_DEPTH_MAX ? w.n : 0);
	}
	(void)state;
}

static void next_walks_a_dictionary(void **state)
{
	struct span dict = guard_span(SPAN("d1:ai1e1:bl1:xe1:c0:e")), key;
	struct ng_value v;
	uint32_t at = 0;

	(void)state;
	assert_int_equal(ng_next(dict, &at, &key, &v), 1);
	assert_true(span_eq(key, SPAN("a")) && v.kind == NG_INTEGER && v.integer == 1);
	assert_int_equal(ng_next(dict, &at, &key, &v), 1);
	assert_true(span_eq(key, SPAN("b")) && v.kind == NG_LIST_KIND && span_eq(v.text, SPAN("l1:xe")));
	assert_int_equal(ng_next(dict, &at, &key, &v), 1);
	assert_true(span_eq(key, SPAN("c")) && v.kind == NG_STRING && v.text.n == 0);
	assert_int_equal(ng_next(dict, &at, &key, &v), 0);
	guard_free(dict);
}

static void next_walks_a_list(void **state)
{
	struct span list = guard_span(SPAN("l1:x2:yze")), key;
	struct ng_value v;
	uint32_t at = 0;

	(void)state;
	assert_int_equal(ng_next(list, &at, &key, &v), 1);
	assert_true(span_eq(v.text, SPAN("x")) && !span_is_set(key));
	assert_int_equal(ng_next(list, &at, &key, &v), 1);
	assert_true(span_eq(v.text, SPAN("yz")));
	assert_int_equal(ng_next(list, &at, &key, &v), 0);
	guard_free(list);
}

static void next_tells_what_is_broken(void **state)
{
	static const struct span broken[] = { SPAN(""),         SPAN("d"),    SPAN("x"), SPAN("5:hello"),
					      SPAN("di1e1:xe"), SPAN("d1:a"), SPAN("d"), SPAN("l9:xe") };
	struct ng_value v;
	struct span key;

	(void)state;
	for (unsigned i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct span text = guard_span(broken[i]);
		uint32_t at = 0;

		assert_int_equal(ng_next(text, &at, &key, &v), -1);
		assert_int_equal(ng_find(text, SPAN("a"), &v), -1);
		guard_free(text);
	}
}

static void find_gives_the_value_of_a_key(void **state)
{
	static const struct span dict = SPAN("d6:totalsd3:RTPd7:packetsi5eee7:createdi9ee");
	struct ng_value v;

	(void)state;
	assert_int_equal(ng_find(dict, SPAN("created"), &v), 0);
	assert_int_equal(v.integer, 9);
	assert_int_equal(ng_find(dict, SPAN("totals"), &v), 0);
	assert_int_equal(ng_find(v.text, SPAN("RTP"), &v), 0);
	assert_int_equal(ng_find(v.text, SPAN("packets"), &v), 0);
	assert_int_equal(v.integer, 5);
	assert_int_equal(ng_find(dict, SPAN("packets"), &v), -1);
	assert_int_equal(ng_find(SPAN("l7:createdi9ee"), SPAN("created"), &v), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take_reads_one_value),
		cmocka_unit_test(nesting_is_limited_on_both_sides),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(only_blanks_may_follow_a_dictionary),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(members_nest_no_deeper_than_one_dictionary_does),
		cmocka_unit_test(next_walks_a_dictionary),
		cmocka_unit_test(next_walks_a_list),
		cmocka_unit_test(next_tells_what_is_broken),
		cmocka_unit_test(find_gives_the_value_of_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
