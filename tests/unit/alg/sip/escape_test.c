/* SPDX-License-Identifier: BSD-3-Clause */
/* Escapes in URI headers, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/escape.h"
#include "tests/unit/guard.h"

static void written_and_read_again(void **state)
{
	static const struct {
		const char *plain, *escaped;
	} cases[] = {
		{ "", "" },
		{ "abc-_.!~*'()[]/?:+$09Z", "abc-_.!~*'()[]/?:+$09Z" },
		{ "12345@atlanta.example.com;from-tag=12345;to-tag=54321",
		  "12345%40atlanta.example.com%3Bfrom-tag%3D12345%3Bto-tag%3D54321" },
		{ "a b\"c\"<d>&e,f%41", "a%20b%22c%22%3Cd%3E%26e%2Cf%2541" },
		{ "\xc3\xa9\t", "%C3%A9%09" },
	};
	char buf[128], again[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span plain = guard_span(span_str(cases[i].plain));
		struct writer w = writer_over(buf, sizeof(buf)), r = writer_over(again, sizeof(again));

		escape_write(&w, plain);
		escape_read(&r, writer_done(&w));
		if (!span_eq(writer_done(&w), span_str(cases[i].escaped)) || !span_eq(writer_done(&r), plain))
			fail_msg("'%s': '%.*s'", cases[i].plain, SPAN_ARG(writer_done(&w)));
		guard_free(plain);
	}
}

static void unescaped(void **state)
{
	static const struct {
		const char *escaped, *plain; /* NULL: fails */
	} cases[] = {
		{ "%41%62%3b", "Ab;" }, { "%2541", "%41" }, /* once */
		{ "100%", "100%" },     { "%4", "%4" },     { "%4g%", "%4g%" }, { "a%0D%0AVia:%20x", NULL },
		{ "a%0a", NULL },       { "%00", NULL },    { "%7F", NULL },    { "%C3%A9", "\xc3\xa9" },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].escaped));
		struct writer w = writer_over(buf, sizeof(buf));

		escape_read(&w, in);
		if (w.failed != !cases[i].plain || !span_eq(writer_done(&w), span_str(cases[i].plain)))
			fail_msg("'%s': %d '%.*s'", cases[i].escaped, w.failed, SPAN_ARG(writer_done(&w)));
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_read_again),
		cmocka_unit_test(unescaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
