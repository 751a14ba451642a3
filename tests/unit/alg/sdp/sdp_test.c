/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/sdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"

static const struct verdict_case {
	const char *name;
	struct span text;
	enum sdp_verdict verdict;
	unsigned nmedia;
} verdicts[] = {
	{ "no media", SPAN(HEAD), SDP_OK, 0 },
	{ "one stream", SPAN(HEAD "m=audio 4000 RTP/AVP 0\r\n"), SDP_OK, 1 },
	{ "no end of the last line", SPAN(HEAD "m=audio 4000 RTP/AVP 0"), SDP_OK, 1 },
	{ "half an end of the last line", SPAN(HEAD "m=audio 4000 RTP/AVP 0\r"), SDP_OK, 1 },
	{ "LF alone", SPAN("v=0\no=- 1 2 IN IP4 192.0.2.1\ns=-\nt=0 0\nm=audio 4 RTP/AVP 0\n"), SDP_OK, 1 },
	{ "empty lines at the end", SPAN(HEAD "m=audio 4 RTP/AVP 0\r\n\r\n\r\n"), SDP_OK, 1 },
	{ "session lines in another order", SPAN("v=0\r\nt=0 0\r\ns=x\r\no=- 1 2 IN IP4 192.0.2.1\r\n"), SDP_OK, 0 },
	{ "media lines in another order", SPAN(HEAD "m=audio 4 RTP/AVP 0\r\na=x\r\nc=IN IP4 192.0.2.1\r\n"), SDP_OK,
	  1 },
	{ "unknown types", SPAN(HEAD "x=y\r\nQ=\r\n"), SDP_OK, 0 },
	{ "several times", SPAN(HEAD "t=1 2\r\n"), SDP_OK, 0 },
	{ "nothing", SPAN(""), SDP_NO_VERSION, 0 },
	{ "only empty lines", SPAN("\r\n\r\n"), SDP_NO_VERSION, 0 },
	{ "no version number", SPAN("v=\r\nv=0"), SDP_NO_VERSION, 0 },
	{ "no version number, LF", SPAN("v=\nv=0"), SDP_NO_VERSION, 0 },
	{ "version 1", SPAN("v=1\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"), SDP_NO_VERSION, 0 },
	{ "version not first", SPAN("s=-\r\nv=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nt=0 0\r\n"), SDP_NO_VERSION, 0 },
	{ "version cut off", SPAN("v="), SDP_NO_VERSION, 0 },
	{ "a letter cut off", SPAN("v"), SDP_BAD_LINE, 0 },
	{ "no equals sign", SPAN(HEAD "maudio\r\n"), SDP_BAD_LINE, 0 },
	{ "blank before the equals sign", SPAN(HEAD "m =audio\r\n"), SDP_BAD_LINE, 0 },
	{ "no letter", SPAN(HEAD "1=2\r\n"), SDP_BAD_LINE, 0 },
	{ "empty line in the middle", SPAN("v=0\r\n\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"), SDP_BAD_LINE,
	  0 },
	{ "NUL in an attribute", SPAN(HEAD "a=x\0y\r\n"), SDP_BAD_LINE, 0 },
	{ "NUL as the last byte", SPAN(HEAD "a=x\0"), SDP_BAD_LINE, 0 },
	{ "CR inside a line", SPAN(HEAD "a=x\rc=IN IP4 10.0.0.1\r\n"), SDP_BAD_LINE, 0 },
	{ "two CR before the end", SPAN(HEAD "a=x\r\r\n"), SDP_BAD_LINE, 0 },
	{ "second version", SPAN(HEAD "v=0\r\n"), SDP_BAD_ORDER, 0 },
	{ "second version in a media section", SPAN(HEAD "m=audio 4 RTP/AVP 0\r\nv=0\r\n"), SDP_BAD_ORDER, 1 },
	{ "second origin", SPAN(HEAD "o=- 1 2 IN IP4 192.0.2.1\r\n"), SDP_BAD_ORDER, 0 },
	{ "second name", SPAN(HEAD "s=-\r\n"), SDP_BAD_ORDER, 0 },
	{ "no origin", SPAN("v=0\r\ns=-\r\nt=0 0\r\n"), SDP_BAD_ORDER, 0 },
	{ "no name", SPAN("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\nt=0 0\r\n"), SDP_BAD_ORDER, 0 },
	{ "no time", SPAN("v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\n"), SDP_BAD_ORDER, 0 },
	{ "origin in a media section only",
	  SPAN("v=0\r\ns=-\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\no=- 1 2 IN IP4 192.0.2.1\r\n"), SDP_BAD_ORDER, 1 },
};

static void index_gives_the_verdict(void **state)
{
	struct sdp s;

	(void)state;
	for (unsigned i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct verdict_case *c = &verdicts[i];
		struct span text = guard_span(c->text);
		enum sdp_verdict v = sdp_index(text, &s);

		if (v != c->verdict)
			fail_msg("%s: %s", c->name, sdp_verdict_name(v));
		if (v == SDP_OK && s.nmedia != c->nmedia)
			fail_msg("%s: %u media", c->name, s.nmedia);
		guard_free(text);
	}
}

/* Every prefix of a good description is read without touching what lies behind it. */
static void index_survives_every_cut(void **state)
{
	static const struct span whole = SPAN(HEAD "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n");
	struct sdp s;

	(void)state;
	for (uint32_t n = 0; n <= whole.n; n++) {
		struct span text = guard_span(span_slice(whole, 0, n));

		if (sdp_index(text, &s) == SDP_OK)
			assert_true(n >= sizeof(HEAD) - 6); /* "…t=" is the least that has all lines */
		guard_free(text);
	}
}

/* HEAD and then line n times. */
static struct span repeat(char *buf, uint32_t cap, const char *line, unsigned n)
{
	uint32_t at = sizeof(HEAD) - 1;

	memcpy(buf, HEAD, at);
	for (unsigned i = 0; i < n; i++) {
		assert_true(at + strlen(line) <= cap);
		memcpy(buf + at, line, strlen(line));
		at += (uint32_t)strlen(line);
	}
	return span_of(buf, at);
}

static void limits_hold_on_both_sides(void **state)
{
	static char buf[70000];
	struct span text;
	struct sdp s;

	(void)state;
	assert_int_equal(sdp_index(repeat(buf, sizeof(buf), "a=x\r\n", SDP_LINE_MAX - 4), &s), SDP_OK);
	assert_int_equal(s.nline, SDP_LINE_MAX);
	assert_int_equal(sdp_index(repeat(buf, sizeof(buf), "a=x\r\n", SDP_LINE_MAX - 3), &s), SDP_TOO_MANY_LINES);
	assert_int_equal(sdp_index(repeat(buf, sizeof(buf), "m=audio 0 RTP/AVP 0\r\n", SDP_MEDIA_MAX), &s), SDP_OK);
	assert_int_equal(s.nmedia, SDP_MEDIA_MAX);
	assert_int_equal(sdp_index(repeat(buf, sizeof(buf), "m=audio 0 RTP/AVP 0\r\n", SDP_MEDIA_MAX + 1), &s),
			 SDP_TOO_MANY_MEDIA);

	text = repeat(buf, sizeof(buf), "a=", 1);
	memset(buf + text.n, 'x', sizeof(buf) - text.n);
	assert_int_equal(sdp_index(span_of(buf, UINT16_MAX), &s), SDP_OK);
	assert_int_equal(sdp_line_value(&s, &s.line[4]).n, UINT16_MAX - text.n);
	assert_int_equal(sdp_index(span_of(buf, UINT16_MAX + 1), &s), SDP_TOO_LONG);
}

static const char attributes[] = HEAD "a=rtpmap:9 session\r\n"
				      "m=audio 4 RTP/AVP 0 8\r\nb=AS:64\r\na=rtpmap:0 PCMU/8000\r\na=rtpmapx:1\r\n"
				      "a=rtpmap:8 PCMA/8000\r\na=ptime\r\n"
				      "m=video 6 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

static void attributes_are_walked_within_their_section(void **state)
{
	struct span text = guard_span(SPAN(attributes)), value = { 0 };
	const struct sdp_line *l = NULL;
	struct sdp s;

	(void)state;
	assert_int_equal(sdp_index(text, &s), SDP_OK);
	l = sdp_attribute(&s, &s.media[0], SPAN("rtpmap"), NULL, &value);
	assert_non_null(l);
	assert_true(span_eq(value, SPAN("0 PCMU/8000")));
	l = sdp_attribute(&s, &s.media[0], SPAN("rtpmap"), l, &value);
	assert_non_null(l);
	assert_true(span_eq(value, SPAN("8 PCMA/8000")));
	assert_null(sdp_attribute(&s, &s.media[0], SPAN("rtpmap"), l, &value));
	assert_non_null(sdp_attribute(&s, &s.media[0], SPAN("ptime"), NULL, &value));
	assert_int_equal(value.n, 0);
	assert_non_null(sdp_attribute(&s, &s.session, SPAN("rtpmap"), NULL, &value));
	assert_true(span_eq(value, SPAN("9 session")));
	assert_null(sdp_attribute(&s, &s.media[1], SPAN("ptime"), NULL, &value));
	assert_non_null(sdp_find(&s, &s.media[0], 'b'));
	assert_null(sdp_find(&s, &s.media[1], 'b'));
	guard_free(text);
}

static void connection_of_a_stream_is_its_own_or_the_sessions(void **state)
{
	static const struct span text = SPAN(HEAD "c=IN IP4 192.0.2.1\r\nm=audio 4 RTP/AVP 0\r\nc=IN IP4 192.0.2.2\r\n"
						  "m=video 6 RTP/AVP 96\r\n");
	static const struct span without = SPAN(HEAD "m=audio 4 RTP/AVP 0\r\n");
	struct sdp s;

	(void)state;
	assert_int_equal(sdp_index(text, &s), SDP_OK);
	assert_true(span_eq(sdp_line_value(&s, sdp_connection_line(&s, 0)), SPAN("IN IP4 192.0.2.2")));
	assert_true(span_eq(sdp_line_value(&s, sdp_connection_line(&s, 1)), SPAN("IN IP4 192.0.2.1")));
	assert_int_equal(sdp_index(without, &s), SDP_OK);
	assert_null(sdp_connection_line(&s, 0));
}

static void verdicts_have_names(void **state)
{
	(void)state;
	for (unsigned v = 0; v < SDP_VERDICT_N; v++) {
		assert_non_null(sdp_verdict_name((enum sdp_verdict)v));
		for (unsigned o = 0; o < v; o++)
			assert_string_not_equal(sdp_verdict_name((enum sdp_verdict)v),
						sdp_verdict_name((enum sdp_verdict)o));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(index_gives_the_verdict),
		cmocka_unit_test(index_survives_every_cut),
		cmocka_unit_test(limits_hold_on_both_sides),
		cmocka_unit_test(attributes_are_walked_within_their_section),
		cmocka_unit_test(connection_of_a_stream_is_its_own_or_the_sessions),
		cmocka_unit_test(verdicts_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
