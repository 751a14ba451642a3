/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct frame_case {
	const char *name;
	struct span text;
	enum ng_frame_end end;
	uint32_t length; /* of the request, where it is whole */
	const char *cookie;
} cases[] = {
	{ "bencode with a cookie", SPAN("1_2 d7:command4:pinge"), NG_FRAME_WHOLE, 21, "1_2" },
	{ "bencode without", SPAN("d7:command4:pinge"), NG_FRAME_WHOLE, 17, NULL },
	{ "an empty dictionary", SPAN("de"), NG_FRAME_WHOLE, 2, NULL },
	{ "JSON with a cookie", SPAN("c {\"command\":\"ping\"}"), NG_FRAME_WHOLE, 20, "c" },
	{ "JSON without", SPAN("{\"a\":[\"}\",{\"\\\"]\":2}]}"), NG_FRAME_WHOLE, 21, NULL },
	{ "another one follows", SPAN("c d1:a1:bed1:c"), NG_FRAME_WHOLE, 10, "c" },
	{ "line ends before and after", SPAN("\r\n c de\r\n"), NG_FRAME_WHOLE, 7, "c" },
	{ "a cookie that begins as a dictionary does", SPAN("dx7 de"), NG_FRAME_WHOLE, 6, "dx7" },
	{ "a cookie of one letter", SPAN("d de"), NG_FRAME_WHOLE, 4, "d" },
	{ "an e inside of a string", SPAN("d1:a7:eeeeeeee"), NG_FRAME_WHOLE, 14, NULL },
	{ "lists and numbers", SPAN("d1:ali1ei-22el0:ee1:bdee"), NG_FRAME_WHOLE, 24, NULL },
	{ "nothing", SPAN(""), NG_FRAME_MORE, 0, NULL },
	{ "blanks", SPAN(" \r\n"), NG_FRAME_MORE, 0, NULL },
	{ "a cookie", SPAN("1_2"), NG_FRAME_MORE, 0, NULL },
	{ "a cookie and its blank", SPAN("1_2 "), NG_FRAME_MORE, 0, NULL },
	{ "part of a length", SPAN("d1"), NG_FRAME_MORE, 0, NULL },
	{ "part of a string", SPAN("c d7:comman"), NG_FRAME_MORE, 0, NULL },
	{ "part of a number", SPAN("c d1:ai-12"), NG_FRAME_MORE, 0, NULL },
	{ "part of JSON", SPAN("{\"a\":\"}"), NG_FRAME_MORE, 0, NULL },
	{ "neither coding", SPAN("GET / HTTP/1.1\r\n"), NG_FRAME_BROKEN, 0, NULL },
	{ "a list", SPAN("c le"), NG_FRAME_BROKEN, 0, NULL },
	{ "no number", SPAN("d1:aixe"), NG_FRAME_BROKEN, 0, NULL },
	{ "a number without digits", SPAN("d1:aiee"), NG_FRAME_BROKEN, 0, NULL },
	{ "a number too long", SPAN("d1:ai123456789012345678901"), NG_FRAME_BROKEN, 0, NULL },
	{ "a length too long", SPAN("d100000"), NG_FRAME_BROKEN, 0, NULL },
	{ "a string too long", SPAN("d65508:"), NG_FRAME_BROKEN, 0, NULL },
	{ "nested too deeply", SPAN("d1:alllllllllllle"), NG_FRAME_BROKEN, 0, NULL },
	{ "nested too deeply in JSON", SPAN("{\"a\":[[[[[[[[[[[["), NG_FRAME_BROKEN, 0, NULL },
};

static void check(const struct frame_case *c, const struct ng_frame *f, enum ng_frame_end end, struct span text)
{
	struct span cookie;

	if (end != c->end)
		fail_msg("%s: %d", c->name, end);
	if (end != NG_FRAME_WHOLE)
		return;
	if (f->at != c->length)
		fail_msg("%s: %u bytes", c->name, f->at);
	cookie = ng_frame_cookie(f, text);
	if (span_is_set(cookie) != (c->cookie != NULL) || (c->cookie && !span_eq(cookie, span_str(c->cookie))))
		fail_msg("%s: cookie %.*s", c->name, SPAN_ARG(cookie));
	assert_true(text.p[f->dict] == 'd' || text.p[f->dict] == '{');
}

static void ends_are_found(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct ng_frame f = { 0 };

		check(&cases[i], &f, ng_frame_read(&f, text), text);
		guard_free(text);
	}
}

/* However it comes, the end is the same, and it is found with its last byte and not before. */
static void byte_by_byte(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ng_frame f = { 0 };
		enum ng_frame_end end = NG_FRAME_MORE;
		uint32_t n = 0;

		while (end == NG_FRAME_MORE && n < cases[i].text.n) {
			struct span text = guard_span(span_slice(cases[i].text, 0, ++n));

			end = ng_frame_read(&f, text);
			if (end == NG_FRAME_WHOLE)
				assert_int_equal(n, f.at);
			if (end != NG_FRAME_MORE || n == cases[i].text.n)
				check(&cases[i], &f, end, text);
			guard_free(text);
		}
	}
}

/* A string that just fits, and one byte more. */
static void the_largest_request(void **state)
{
	static char text[NG_FRAME_MAX + 16];
	const uint32_t around = 10; /* "d1:a65497:" and the end, less the "e" */
	struct ng_frame f = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "d1:a65496:", around);
	text[NG_FRAME_MAX - 1] = 'e';
	assert_int_equal(ng_frame_read(&f, span_of(text, NG_FRAME_MAX - 1)), NG_FRAME_MORE);
	assert_int_equal(ng_frame_read(&f, span_of(text, NG_FRAME_MAX)), NG_FRAME_WHOLE);
	assert_int_equal(f.at, NG_FRAME_MAX);
	f = (struct ng_frame){ 0 };
	memcpy(text, "d1:a65497:", around);
	assert_int_equal(ng_frame_read(&f, span_of(text, NG_FRAME_MAX)), NG_FRAME_BROKEN);
}

static void endless_cookie(void **state)
{
	char text[NG_COOKIE_MAX + 2];
	struct ng_frame f = { 0 };

	(void)state;
	memset(text, '1', sizeof(text));
	assert_int_equal(ng_frame_read(&f, span_of(text, NG_COOKIE_MAX)), NG_FRAME_MORE);
	assert_int_equal(ng_frame_read(&f, span_of(text, NG_COOKIE_MAX + 1)), NG_FRAME_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_are_found),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(the_largest_request),
		cmocka_unit_test(endless_cookie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
