/* SPDX-License-Identifier: BSD-3-Clause */
/* The index: verdicts, limits, spellings, walks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/msg.h"
#include "tests/unit/guard.h"

#define START "BYE sip:a@h SIP/2.0\r\n"

static void verdicts(void **state)
{
	static const struct {
		const char *in;
		const char *verdict;
		bool is_request;
	} cases[] = {
		{ START "\r\n", "ok", true },
		{ "\r\n\r\n" START "\r\n", "ok", true },
		{ START "X-A :1\r\n\r\n", "ok", true },
		{ START "X:\r\n\r\n", "ok", true },
		{ START "X: a\r\n b\r\n\tc\r\n\r\n", "ok", true },
		{ START "X: a\r\n \r\n\r\n", "ok", true },
		{ START "X: \"\\\x01\"\r\n\r\n", "ok", true },
		{ "bye sip:a@h sip/2.0\r\n\r\n", "ok", true },
		{ "SIP/2.0 200 OK\r\n\r\n", "ok", false },
		{ "SIP/2.0 200\r\n\r\n", "ok", false },
		{ "SIP/2.0 699 \r\n\r\n", "ok", false },
		{ "", "bad-start", false },
		{ "\r\n\r\n", "bad-start", false },
		{ "hello\r\n\r\n", "bad-start", false },
		{ "GET / HTTP/1.1\r\n\r\n", "bad-start", false },
		{ "BYE sip:a@h SIP/2.0", "bad-start", false },
		{ "BYE  sip:a@h SIP/2.0\r\n\r\n", "bad-start", true },
		{ "BYE sip:a@h SIP/2.0 \r\n\r\n", "bad-start", true },
		{ "BYE sip:a@h;\tlr SIP/2.0\r\n\r\n", "bad-start", true },
		{ "BYE sip:a@h x SIP/2.0\r\n\r\n", "bad-start", true },
		{ "B(E sip:a@h SIP/2.0\r\n\r\n", "bad-start", true },
		{ " BYE sip:a@h SIP/2.0\r\n\r\n", "bad-start", true },
		{ "BYE SIP/2.0\r\n\r\n", "bad-start", true },
		{ "BYE sip:a@h\n SIP/2.0\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 99 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 099 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 100 x\r\n\r\n", "ok", false },
		{ "SIP/2.0 2x0 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 700 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 2000 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0  200 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 -20 x\r\n\r\n", "bad-start", false },
		{ "SIP/2.0 4294967301 x\r\n\r\n", "bad-start", false },
		{ "BYE sip:a@h SIP/3.0\r\n\r\n", "bad-version", true },
		{ "BYE sip:a@h SIP/2.00\r\n\r\n", "bad-version", true },
		{ "BYE sip:a@h SIP/2\r\n\r\n", "bad-start", false },
		{ "SIP/7.0 200 OK\r\n\r\n", "bad-version", false },
		{ START "X\r\n\r\n", "bad-header", true },
		{ START ": x\r\n\r\n", "bad-header", true },
		{ START " X: a\r\n\r\n", "bad-header", true },
		{ START "X Y: a\r\n\r\n", "bad-header", true },
		{ START "X\r\n : a\r\n\r\n", "bad-header", true },
		{ START "X@Y: a\r\n\r\n", "bad-header", true },
		{ START "X: a\nTo: b\r\n\r\n", "bad-header", true },
		{ START "X: a\rTo: b\r\n\r\n", "bad-header", true },
		{ START "X: a\r\r\n\r\n", "bad-header", true },
		{ START "X: \x01\r\n\r\n", "bad-header", true },
		{ START "X: \"\x01\"\r\n\r\n", "bad-header", true },
		{ START "X: \\\x01\r\n\r\n", "bad-header", true },
		{ START "X: \"\\\\\x01\"\r\n\r\n", "bad-header", true },
		{ START "X: \"\\\n\"\r\n\r\n", "bad-header", true },
		{ START "To: a\r\nt: b\r\n\r\n", "duplicate", true },
		{ START "TO: a\r\nX: y\r\nto : b\r\n\r\n", "duplicate", true },
		{ START "l: 0\r\nContent-Length: 0\r\n\r\n", "duplicate", true },
		{ START "Via: a\r\nv: b\r\nX-A: 1\r\nX-A: 1\r\n\r\n", "ok", true },
		{ START "l: 0\r\n\r\n", "ok", true },
		{ START "l: 3\r\n\r\nabc", "ok", true },
		{ START "l: 4\r\n\r\nabc", "bad-length", true },
		{ START "l: -1\r\n\r\nabc", "bad-length", true },
		{ START "l: \r\n\r\nabc", "bad-length", true },
		{ START "l: 3,3\r\n\r\nabc", "bad-length", true },
		{ START "l: 4294967298\r\n\r\nabc", "bad-length", true },
		{ START "l: 18446744073709551619\r\n\r\nabc", "bad-length", true },
		{ START, "no-end", true },
		{ START "\r", "no-end", true },
		{ START "l: 0\r\n", "no-end", true },
		{ START "l: 0\r\n\r", "no-end", true },
		{ START "l: 0", "no-end", true },
	};
	struct sip_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		const char *got = sip_verdict_name(sip_msg_index(in, &m));

		if (strcmp(got, cases[i].verdict) != 0 || m.is_request != cases[i].is_request)
			fail_msg("'%s': %s, request %d", cases[i].in, got, m.is_request);
		guard_free(in);
	}
}

static void a_nul_is_a_control(void **state)
{
	static const char bare[] = START "X: a\0b\r\n\r\n", escaped[] = START "X: \"a\\\0b\"\r\n\r\n";
	static const char body[] = START "l: 1\r\n\r\n\0";
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_index(span_of(bare, sizeof(bare) - 1), &m), SIP_BAD_HEADER);
	assert_int_equal(sip_msg_index(span_of(escaped, sizeof(escaped) - 1), &m), SIP_OK);
	assert_int_equal(sip_msg_index(span_of(body, sizeof(body) - 1), &m), SIP_OK);
}

/* Lines are looked through many bytes at a time: none of them is passed over. HTAB and what is beyond ASCII are fine.
 */
static void a_control_is_found_wherever_it_stands(void **state)
{
	static const struct {
		char byte;
		enum sip_verdict verdict;
	} cases[] = { { '\x01', SIP_BAD_HEADER }, { '\x1f', SIP_BAD_HEADER }, { '\n', SIP_BAD_HEADER },
		      { '\r', SIP_BAD_HEADER },   { '\t', SIP_OK },           { ' ', SIP_OK },
		      { '\x80', SIP_OK },         { '\xff', SIP_OK } };
	char text[] = START "Subject: 0123456789012345678901234567890123456789\r\n\r\n";
	const uint32_t first = sizeof(START "Subject: ") - 1;
	struct sip_msg m;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (uint32_t at = first; at < first + 39; at++) {
			const char was = text[at];

			text[at] = cases[i].byte;
			assert_int_equal(sip_msg_index(span_of(text, sizeof(text) - 1), &m), cases[i].verdict);
			text[at] = was;
		}
	}
}

static void statuses_of_verdicts(void **state)
{
	(void)state;
	assert_int_equal(sip_verdict_status(SIP_OK), 0);
	assert_int_equal(sip_verdict_status(SIP_BAD_VERSION), 505);
	assert_int_equal(sip_verdict_status(SIP_TOO_LONG), 513);
	for (enum sip_verdict v = SIP_OK + 1; v < SIP_VERDICT_N; v++)
		assert_true(sip_verdict_status(v) >= 400 && sip_verdict_name(v)[0]);
}

static void offsets_of_a_field(void **state)
{
	static const char text[] = START "X-A \t:  a\r\n b \r\nSubject:\r\n\r\n";
	const struct sip_field *f;
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_index(SPAN(text), &m), SIP_OK);
	assert_int_equal(m.nfield, 2);
	f = sip_field_first(&m, SIP_HDR_OTHER);
	assert_true(span_eq(sip_field_name(&m, f), SPAN("X-A")));
	assert_true(span_eq(sip_field_value(&m, f), SPAN("a\r\n b")));
	assert_true(span_eq(span_slice(m.raw, f->line, f->line_end + 2), SPAN("X-A \t:  a\r\n b \r\n")));
	f = sip_field_first(&m, SIP_HDR_SUBJECT);
	assert_int_equal(f->value, f->line_end);
	assert_true(span_is_set(sip_msg_value(&m, SIP_HDR_SUBJECT)));
	assert_false(span_is_set(sip_msg_value(&m, SIP_HDR_TO)));
}

static void start_line_parts(void **state)
{
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_index(SPAN("\r\nBYE sip:a@h SIP/2.0\r\nl: 2\r\n\r\nabc"), &m), SIP_OK);
	assert_int_equal(m.method, SIP_BYE);
	assert_true(span_eq(m.method_name, SPAN("BYE")) && span_eq(m.uri, SPAN("sip:a@h")));
	assert_int_equal(m.start_end, 19);
	assert_true(span_eq(sip_msg_body(&m), SPAN("ab")));
	assert_int_equal(m.raw.n, m.body + 2);
	assert_int_equal(sip_msg_index((struct span){ 0 }, &m), SIP_BAD_START);
	assert_false(m.is_request || m.nfield);
	assert_int_equal(sip_msg_index(SPAN("SIP/2.0 486 Busy  Here\r\n\r\nrest"), &m), SIP_OK);
	assert_int_equal(m.status, 486);
	assert_true(span_eq(m.reason, SPAN("Busy  Here")) && span_eq(sip_msg_body(&m), SPAN("rest")));
}

static void what_is_readable_after_a_refusal(void **state)
{
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_index(SPAN("BYE  x SIP/2.0\r\nFrom: a\r\n?\r\nt: b\r\nTo: c\r\nl: 9\r\n\r\n"), &m),
			 SIP_BAD_START);
	assert_true(span_eq(sip_msg_value(&m, SIP_HDR_FROM), SPAN("a")));
	assert_true(span_eq(sip_msg_value(&m, SIP_HDR_TO), SPAN("b")));
	assert_int_equal(m.nfield, 4);
}

static void fields_up_to_the_limit(void **state)
{
	char buf[4096];
	struct sip_msg m;

	(void)state;
	for (unsigned n = SIP_FIELD_MAX; n <= SIP_FIELD_MAX + 1; n++) {
		struct writer w = writer_over(buf, sizeof(buf));

		writer_str(&w, START);
		for (unsigned i = 0; i < n; i++)
			writer_format(&w, "X%u: y\r\n", i);
		writer_str(&w, "\r\n");
		assert_int_equal(sip_msg_index(writer_done(&w), &m), n > SIP_FIELD_MAX ? SIP_TOO_MANY_FIELDS : SIP_OK);
		assert_int_equal(m.nfield, SIP_FIELD_MAX);
	}
}

static void length_up_to_the_limit(void **state)
{
	struct writer w = writer_over(malloc(SIP_MSG_MAX + 1), SIP_MSG_MAX + 1);
	struct sip_msg m;
	struct span text;

	(void)state;
	writer_str(&w, START "\r\n");
	while (w.n < w.cap)
		writer_byte(&w, 'b');
	text = guard_span(span_of(w.p, SIP_MSG_MAX));
	assert_int_equal(sip_msg_index(text, &m), SIP_OK);
	assert_int_equal(m.raw.n, SIP_MSG_MAX);
	guard_free(text);
	assert_int_equal(sip_msg_index(writer_done(&w), &m), SIP_TOO_LONG);
	assert_int_equal(m.nfield, 0);
	free(w.p);
}

/* The last line ends with the message: offsets reach 65535. */
static void headers_up_to_the_limit(void **state)
{
	struct writer w = writer_over(malloc(SIP_MSG_MAX), SIP_MSG_MAX);
	struct sip_msg m;

	(void)state;
	writer_str(&w, START "Subject: ");
	while (w.n < w.cap - 4)
		writer_byte(&w, 's');
	writer_str(&w, "\r\n\r\n");
	assert_int_equal(sip_msg_index(writer_done(&w), &m), SIP_OK);
	assert_int_equal(m.body, SIP_MSG_MAX);
	assert_int_equal(sip_msg_value(&m, SIP_HDR_SUBJECT).n, SIP_MSG_MAX - sizeof(START "Subject: ") + 1 - 4);
	free(w.p);
}

/* Elements of hdr in text, each in []. */
static struct span walk_show(const char *text, enum sip_hdr hdr, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);
	struct sip_walk walk = { 0 };
	struct sip_msg m;
	struct span element;

	assert_int_equal(sip_msg_index(span_str(text), &m), SIP_OK);
	while (sip_walk_next(&m, hdr, &walk, &element)) {
		writer_byte(&w, '[');
		writer_put(&w, element);
		writer_byte(&w, ']');
	}
	assert_false(sip_walk_next(&m, hdr, &walk, &element)); /* and stays at the end */
	return writer_done(&w);
}

static void walks(void **state)
{
	static const struct {
		const char *headers;
		enum sip_hdr hdr;
		const char *expected;
	} cases[] = {
		{ "", SIP_HDR_ALLOW, "" },
		{ "Allow:\r\n", SIP_HDR_ALLOW, "" },
		{ "Allow: a\r\n", SIP_HDR_ALLOW, "[a]" },
		{ "Allow: a , b,c\r\n", SIP_HDR_ALLOW, "[a][b][c]" },
		{ "Allow: a,b\r\nX: y\r\nallow:\r\nALLOW: c\r\n", SIP_HDR_ALLOW, "[a][b][c]" },
		{ "Allow: a\r\nAllow:\r\n", SIP_HDR_ALLOW, "[a]" },
		{ "Allow: a,,b\r\n", SIP_HDR_ALLOW, "[a][][b]" },
		{ "Allow: ,\r\n", SIP_HDR_ALLOW, "[][]" },
		{ "Allow: a,\r\nAllow: b\r\n", SIP_HDR_ALLOW, "[a][][b]" },
		{ "Allow: a\r\n ,\r\n b\r\n", SIP_HDR_ALLOW, "[a][b]" },
		{ "m: \"a,\\\"b\" <sip:c,d@h>;x=\"e,f\", <sip:g@h>\r\n", SIP_HDR_CONTACT,
		  "[\"a,\\\"b\" <sip:c,d@h>;x=\"e,f\"][<sip:g@h>]" },
		{ "m: <sip:\"@h>, <sip:g@h>\r\n", SIP_HDR_CONTACT, "[<sip:\"@h>][<sip:g@h>]" },
		{ "Reason: Q (a, \\), b), c\r\n", SIP_HDR_REASON, "[Q (a, \\), b)][c]" },
		{ "m: \"a, b\r\nm: c\r\n", SIP_HDR_CONTACT, "[\"a, b][c]" },
		{ "m: \"a\\\r\n", SIP_HDR_CONTACT, "[\"a\\]" },
		{ "Subject: a, b\r\n", SIP_HDR_SUBJECT, "[a, b]" },
		{ "X-A: a, b\r\nX-B: c\r\n", SIP_HDR_OTHER, "[a, b][c]" },
	};
	char text[256], buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span got;

		snprintf(text, sizeof(text), START "%s\r\n", cases[i].headers);
		got = walk_show(text, cases[i].hdr, buf, sizeof(buf));
		if (!span_eq(got, span_str(cases[i].expected)))
			fail_msg("'%s': got '%.*s'", cases[i].headers, SPAN_ARG(got));
	}
}

/* Whoever removes a header of trust must find it in each spelling (a header left over is believed by the next one). */
static void no_spelling_hides_a_header(void **state)
{
	static const char *const lines[] = {
		"P-Asserted-Identity: <sip:a@h>",     "p-asserted-identity:<sip:a@h>",
		"P-ASSERTED-IDENTITY : <sip:a@h>",    "P-Asserted-Identity\t \t:\t<sip:a@h>",
		"P-Asserted-Identity:\r\n <sip:a@h>", "P-Asserted-Identity :\r\n\t\r\n <sip:a@h>",
	};
	char text[256];
	struct sip_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), START "%s\r\n\r\n", lines[i]);
		assert_int_equal(sip_msg_index(span_str(text), &m), SIP_OK);
		assert_true(span_eq(sip_msg_value(&m, SIP_HDR_P_ASSERTED_IDENTITY), SPAN("<sip:a@h>")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(a_nul_is_a_control),
		cmocka_unit_test(a_control_is_found_wherever_it_stands),
		cmocka_unit_test(statuses_of_verdicts),
		cmocka_unit_test(offsets_of_a_field),
		cmocka_unit_test(start_line_parts),
		cmocka_unit_test(what_is_readable_after_a_refusal),
		cmocka_unit_test(fields_up_to_the_limit),
		cmocka_unit_test(length_up_to_the_limit),
		cmocka_unit_test(headers_up_to_the_limit),
		cmocka_unit_test(walks),
		cmocka_unit_test(no_spelling_hides_a_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
