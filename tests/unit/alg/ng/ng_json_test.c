/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/ng/ng.h"
#include "tests/unit/guard.h"

static const struct json_case {
	struct span json;
	const char *dict; /* NULL: refused */
} cases[] = {
	{ SPAN("{}"), "de" },
	{ SPAN(" {\"a\": \"b\"} \n"), "d1:a1:be" },
	{ SPAN("{\"a\":\"x\\n\\\"\\u00e4\"}"), "d1:a5:x\n\"\xc3\xa4"
					       "e" },
	{ SPAN("{\"a\":[\"x\",1,-2,true,false]}"), "d1:al1:xi1ei-2ei1ei0eee" },
	{ SPAN("{\"a\":-9223372036854775808}"), "d1:ai-9223372036854775808ee" },
	{ SPAN("{\"a\":null,\"b\":[null,1.5],\"c\":2.5}"), "d1:blee" },
	{ SPAN("{\"a\":{\"b\":{}}}"), "d1:ad1:bdeee" },
	{ SPAN(""), NULL },
	{ SPAN("{"), NULL },
	{ SPAN("[]"), NULL },
	{ SPAN("\"x\""), NULL },
	{ SPAN("{} {}"), NULL },
	{ SPAN("{\"a\":1,\"a\":2}"), NULL },
	{ SPAN("{\"a\":\"\\u0000\"}"), NULL },
	{ SPAN("{\"a\":\"\xff\"}"), NULL },
	{ SPAN("{\"a\":9223372036854775808}"), NULL },
	{ SPAN("{\"a\\"), NULL },
};

static void objects_become_dictionaries(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span json = guard_span(cases[i].json), dict;
		char mem[256] = { 0 };
		int result = ng_json_to_bencode(json, span_of(mem, sizeof(mem)), &dict);

		if (result != (cases[i].dict ? 0 : -1) || (result == 0 && !span_eq(dict, span_str(cases[i].dict))))
			fail_msg("%s", cases[i].json.p);
		guard_free(json);
	}
}

static void nesting_is_limited_on_both_sides(void **state)
{
	(void)state;
	for (unsigned depth = NG_DEPTH_MAX; depth <= NG_DEPTH_MAX + 1; depth++) {
		char text[64], mem[256] = { 0 };
		struct writer w = writer_over(text, sizeof(text));
		struct span dict;

		writer_str(&w, "{\"[{\\\"[\":"); /* brackets in a string do not nest */
		for (unsigned i = 1; i < depth; i++)
			writer_byte(&w, '[');
		for (unsigned i = 1; i < depth; i++)
			writer_byte(&w, ']');
		writer_byte(&w, '}');
		assert_int_equal(ng_json_to_bencode(writer_done(&w), span_of(mem, sizeof(mem)), &dict),
				 depth > NG_DEPTH_MAX ? -1 : 0);
	}
}

static void memory_of_twice_the_size_suffices(void **state)
{
	static const struct span dense = SPAN("{\"\":[1,1,1,1,[],[],\"\",\"\",-1,-1,\"a\",\"0123456789\",{},true]}");
	char mem[256] = { 0 };
	struct span dict;

	(void)state;
	assert_int_equal(ng_json_to_bencode(dense, span_of(mem, 2 * dense.n), &dict), 0);
	for (uint32_t n = 0; n < dict.n; n++)
		assert_int_equal(ng_json_to_bencode(dense, span_of(mem, n), &(struct span){ 0 }), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_become_dictionaries),
		cmocka_unit_test(nesting_is_limited_on_both_sides),
		cmocka_unit_test(memory_of_twice_the_size_suffices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
