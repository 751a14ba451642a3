/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define NONE ((struct span){ 0 })

static void put_sample(struct ng_writer *n)
{
	ng_put_str(n, SPAN("result"), SPAN("ok"));
	ng_put_u64(n, SPAN("created"), UINT64_MAX);
	ng_begin_dict(n, SPAN("totals"));
	ng_begin_dict(n, SPAN("RTP"));
	ng_put_u64(n, SPAN("packets"), 0);
	ng_put_u64(n, SPAN("bytes"), 9);
	ng_end(n);
	ng_end(n);
	ng_begin_list(n, SPAN("calls"));
	ng_put_str(n, NONE, SPAN("a"));
	ng_put_u64(n, NONE, 5);
	ng_begin_dict(n, NONE);
	ng_end(n);
	ng_begin_list(n, NONE);
	ng_end(n);
	ng_end(n);
	ng_put_str(n, SPAN("empty"), SPAN(""));
}

static const char *const samples[] = {
	[NG_BENCODE] = "7_1 d6:result2:ok7:createdi18446744073709551615e6:totalsd3:RTPd7:packetsi0e5:bytesi9eee"
		       "5:callsl1:ai5edelee5:empty0:e",
	[NG_JSON] =
		"7_1 "
		"{\"result\":\"ok\",\"created\":18446744073709551615,\"totals\":{\"RTP\":{\"packets\":0,\"bytes\":9}},"
		"\"calls\":[\"a\",5,{},[]],\"empty\":\"\"}",
};

static void both_codings_say_the_same(void **state)
{
	(void)state;
	for (unsigned coding = NG_BENCODE; coding <= NG_JSON; coding++) {
		char buf[512] = { 0 };
		struct writer w = writer_over(buf, sizeof(buf) - 1);
		struct ng_writer n;

		ng_open(&n, &w, (enum ng_coding)coding, SPAN("7_1"));
		put_sample(&n);
		ng_close(&n);
		assert_false(w.failed);
		assert_string_equal(buf, samples[coding]);
	}
}

static const struct string_case {
	struct span text;
	const char *json;
} strings[] = {
	{ SPAN("plain"), "plain" },
	{ SPAN(" !~"), " !~" },
	{ SPAN("a\"b\\c/"), "a\\\"b\\\\c/" },
	{ SPAN("v=0\r\n\t"), "v=0\\r\\n\\t" },
	{ SPAN("\0\x01\x1f\x7f"), "\\u0000\\u0001\\u001f\\u007f" },
	{ SPAN("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ SPAN("\x80"), "\\ufffd" },
	{ SPAN("\xff"
	       "a"),
	  "\\ufffda" },
	{ SPAN("\xc3"), "\\ufffd" },
	{ SPAN("\xc3"
	       "a"),
	  "\\ufffda" },
	{ SPAN("\xc0\x80"), "\\ufffd\\ufffd" },            /* overlong */
	{ SPAN("\xe0\x9f\xbf"), "\\ufffd\\ufffd\\ufffd" }, /* overlong */
	{ SPAN("\xed\xa0\x80"), "\\ufffd\\ufffd\\ufffd" }, /* surrogate */
	{ SPAN("\xf0\x8f\xbf\xbf"), "\\ufffd\\ufffd\\ufffd\\ufffd" },
	{ SPAN("\xf4\x90\x80\x80"), "\\ufffd\\ufffd\\ufffd\\ufffd" }, /* beyond U+10FFFF */
	{ SPAN("\xf0\x9f\x98"), "\\ufffd\\ufffd\\ufffd" },
	{ SPAN("\xe2\x82"
	       "a"),
	  "\\ufffd\\ufffda" },
};

static void json_strings_are_escaped(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		char buf[256] = { 0 }, expected[256];
		struct writer w = writer_over(buf, sizeof(buf) - 1);
		struct span text = guard_span(strings[i].text);
		struct ng_writer n;

		ng_open(&n, &w, NG_JSON, SPAN("c"));
		ng_put_str(&n, SPAN("k"), text);
		ng_close(&n);
		guard_free(text);
		snprintf(expected, sizeof(expected), "c {\"k\":\"%s\"}", strings[i].json);
		assert_string_equal(buf, expected);
	}
}

static void bencode_strings_are_bytes(void **state)
{
	char buf[64];
	struct writer w = writer_over(buf, sizeof(buf));
	struct ng_writer n;

	(void)state;
	ng_open(&n, &w, NG_BENCODE, SPAN("c"));
	ng_put_str(&n, SPAN("k"), SPAN("\0\xff\r\n"));
	ng_close(&n);
	assert_true(span_eq(writer_done(&w), SPAN("c d1:k4:\0\xff\r\ne")));
}

static void nesting_is_limited_on_both_sides(void **state)
{
	(void)state;
	for (unsigned depth = NG_DEPTH_MAX; depth <= NG_DEPTH_MAX + 1; depth++) {
		char buf[256];
		struct writer w = writer_over(buf, sizeof(buf));
		struct ng_writer n;

		ng_open(&n, &w, NG_BENCODE, SPAN("c"));
		for (unsigned i = 1; i < depth; i++)
			ng_begin_dict(&n, SPAN("k"));
		assert_int_equal(w.failed, depth > NG_DEPTH_MAX);
	}
}

static void ends_must_match(void **state)
{
	char buf[64];
	struct writer w = writer_over(buf, sizeof(buf));
	struct ng_writer n;

	(void)state;
	ng_open(&n, &w, NG_BENCODE, SPAN("c"));
	ng_begin_list(&n, SPAN("k"));
	ng_close(&n);
	assert_true(w.failed);

	w = writer_over(buf, sizeof(buf));
	ng_open(&n, &w, NG_JSON, SPAN("c"));
	ng_close(&n);
	assert_false(w.failed);
	ng_end(&n);
	assert_true(w.failed);

	w = writer_over(buf, sizeof(buf));
	ng_open(&n, &w, NG_JSON, SPAN("c"));
	ng_close(&n);
	ng_put_u64(&n, SPAN("k"), 1);
	assert_true(w.failed);
}

/* Lengths of one, two and three digits, each in a buffer that holds it, and in one that is a byte shorter. */
static void strings_of_any_length_fit_to_the_last_byte(void **state)
{
	static const struct {
		uint32_t n;
		const char *head;
	} cases[] = { { 0, "c d1:k0:" },   { 1, "c d1:k1:" },   { 9, "c d1:k9:" },
		      { 10, "c d1:k10:" }, { 99, "c d1:k99:" }, { 100, "c d1:k100:" } };
	char value[100], buf[128] = { 0 };

	(void)state;
	memset(value, 'v', sizeof(value));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint32_t head = (uint32_t)strlen(cases[i].head), whole = head + cases[i].n + 1;

		for (uint32_t missing = 0; missing <= 1; missing++) {
			struct span room = guard_span(span_of(buf, whole - missing));
			struct writer w = writer_over((char *)room.p, room.n);
			struct ng_writer n;

			ng_open(&n, &w, NG_BENCODE, SPAN("c"));
			ng_put_str(&n, SPAN("k"), span_of(value, cases[i].n));
			ng_close(&n);
			assert_int_equal(w.failed, missing);
			if (!missing) {
				assert_int_equal(w.n, whole);
				assert_memory_equal(w.p, cases[i].head, head);
				assert_memory_equal(w.p + head, value, cases[i].n);
				assert_int_equal(w.p[whole - 1], 'e');
			}
			guard_free(room);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_codings_say_the_same),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(bencode_strings_are_bytes),
		cmocka_unit_test(nesting_is_limited_on_both_sides),
		cmocka_unit_test(ends_must_match),
		cmocka_unit_test(strings_of_any_length_fit_to_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
