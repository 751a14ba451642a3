/* SPDX-License-Identifier: BSD-3-Clause */
/* Bodies of several parts: walked, and one part exchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/session_body.h"
#include "tests/unit/guard.h"

#define MIXED "multipart/mixed;boundary=b1"
#define SDP   "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n"
#define ISUP  "--b1\r\nContent-Type: application/isup\r\nContent-Disposition: signal\r\n\r\n\x01\x00x\r\n"
#define END   "--b1--\r\n"

static void walks(void **state)
{
	static const struct {
		const char *shows, *type;
		struct span body;
		int ended;         /* what the walk ends with; -2: not opened */
		const char *parts; /* type|content| of each */
	} cases[] = {
		{ "one part", MIXED, SPAN(SDP END), 0, "application/sdp|v=0\r\n|" },
		{ "two parts", MIXED, SPAN(SDP "--b1\r\nc: text/plain\r\n\r\nhi\r\n" END), 0,
		  "application/sdp|v=0\r\n|text/plain|hi|" },
		{ "a preamble and an epilogue", MIXED, SPAN("see --b1\r\n--b1x\r\n" SDP END "--b1\r\nmore"), 0,
		  "application/sdp|v=0\r\n|" },
		{ "no headers", MIXED, SPAN("--b1\r\n\r\nhi\r\n" END), 0, "|hi|" },
		{ "no content", MIXED, SPAN("--b1\r\n\r\n\r\n" END), 0, "||" },
		{ "a folded header", MIXED,
		  SPAN("--b1\r\nX: y\r\n z\r\nContent-Type:\r\n text/plain\r\n\r\nhi\r\n" END), 0, "text/plain|hi|" },
		{ "a delimiter's blanks", MIXED, SPAN("--b1 \t\r\n\r\nhi\r\n" END), 0, "|hi|" },
		{ "a delimiter inside a line is none", MIXED, SPAN("--b1\r\n\r\nx--b1\r\n" END), 0, "|x--b1|" },
		{ "a longer boundary is another", MIXED, SPAN("--b1\r\n\r\n--b12\r\n" END), 0, "|--b12|" },
		{ "quoted", "Multipart/Related; boundary=\"a b\"", SPAN("--a b\r\n\r\nhi\r\n--a b--"), 0, "|hi|" },
		{ "no end", MIXED, SPAN("--b1\r\n\r\nhi\r\n"), -1, "" },
		{ "no end after one", MIXED, SPAN(SDP "--b1\r\n\r\nhi"), -1, "application/sdp|v=0\r\n|" },
		{ "no empty line", MIXED, SPAN("--b1\r\nX: y\r\n" END), -1, "" },
		{ "nothing between", MIXED, SPAN("--b1\r\n" END), -1, "" },
		{ "no colon", MIXED, SPAN("--b1\r\nX y\r\n\r\nhi\r\n" END), -1, "" },
		{ "no delimiter", MIXED, SPAN("hi"), -2, "" },
		{ "LF alone", MIXED, SPAN("--b1\n\nhi\n--b1--\n"), -2, "" },
		{ "nothing", MIXED, SPAN(""), -2, "" },
		{ "no boundary", "multipart/mixed", SPAN(SDP END), -2, "" },
		{ "an empty boundary", "multipart/mixed;boundary=\"\"", SPAN("--\r\n\r\n\r\n----"), -2, "" },
		{ "a boundary of other bytes", "multipart/mixed;boundary=\"a\\\"\"", SPAN(SDP END), -2, "" },
		{ "another type", "application/sdp;boundary=b1", SPAN(SDP END), -2, "" },
	};
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span body = guard_span(cases[i].body);
		struct writer w = writer_over(buf, sizeof(buf));
		struct multipart_part p;
		struct multipart m;
		int got = multipart_open(span_str(cases[i].type), body, &m) ? -2 : 1;

		while (got == 1 && (got = multipart_next(&m, &p)) == 1) {
			writer_put(&w, p.type);
			writer_byte(&w, '|');
			writer_put(&w, p.content);
			writer_byte(&w, '|');
		}
		if (got != cases[i].ended || !span_eq(writer_done(&w), span_str(cases[i].parts)))
			fail_msg("%s: %d '%.*s'", cases[i].shows, got, SPAN_ARG(writer_done(&w)));
		guard_free(body);
	}
}

static void limits(void **state)
{
	char text[4096];
	struct multipart_part p;
	struct multipart m;

	(void)state;
	for (unsigned parts = MULTIPART_PARTS_MAX; parts <= MULTIPART_PARTS_MAX + 1; parts++) {
		struct writer w = writer_over(text, sizeof(text));
		unsigned n = 0;
		int got;

		for (unsigned i = 0; i < parts; i++)
			writer_str(&w, "--b1\r\n\r\nx\r\n");
		writer_str(&w, END);
		assert_int_equal(multipart_open(SPAN(MIXED), writer_done(&w), &m), 0);
		while ((got = multipart_next(&m, &p)) == 1)
			n++;
		assert_int_equal(n, MULTIPART_PARTS_MAX);
		assert_int_equal(got, parts == MULTIPART_PARTS_MAX ? 0 : -1);
	}
	for (unsigned n = MULTIPART_BOUNDARY_MAX; n <= MULTIPART_BOUNDARY_MAX + 1; n++) {
		struct writer w = writer_over(text, sizeof(text));
		struct span type, body;

		writer_str(&w, "multipart/mixed;boundary=");
		for (unsigned i = 0; i < n; i++)
			writer_byte(&w, 'x');
		type = writer_done(&w);
		writer_str(&w, "\r\n--");
		writer_put(&w, span_from(type, type.n - n));
		writer_str(&w, "\r\n");
		body = span_from(writer_done(&w), type.n);
		assert_int_equal(multipart_open(type, body, &m), n == MULTIPART_BOUNDARY_MAX ? 0 : -1);
	}
}

static void the_sdp_exchanged(void **state)
{
	static const struct {
		const char *shows;
		struct span body, out; /* out absent: not found */
	} cases[] = {
		{ "first", SPAN(SDP ISUP END), SPAN("--b1\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n" ISUP END) },
		{ "last", SPAN("pre\r\n" ISUP SDP END "epi"),
		  SPAN("pre\r\n" ISUP "--b1\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n" END "epi") },
		{ "its length goes",
		  SPAN("--b1\r\nA: b\r\nl: 5\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n" END),
		  SPAN("--b1\r\nA: b\r\nContent-Type: application/sdp\r\n\r\nNEW\r\n" END) },
		{ "none", SPAN(ISUP END), { 0 } },
		{ "malformed behind it", SPAN(SDP "--b1\r\nno end"), { 0 } },
	};
	char buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span body = guard_span(cases[i].body);
		struct writer w = writer_over(buf, sizeof(buf));
		struct multipart_part p;
		enum session_body got = session_body_in_parts(SPAN(MIXED), body, &p);

		if (got == SESSION_BODY_PART)
			multipart_replace(&w, body, &p, SPAN("NEW"));
		if ((got == SESSION_BODY_PART) != span_is_set(cases[i].out) || !span_eq(writer_done(&w), cases[i].out))
			fail_msg("%s: %d '%.*s'", cases[i].shows, got, SPAN_ARG(writer_done(&w)));
		guard_free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(limits),
		cmocka_unit_test(the_sdp_exchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
