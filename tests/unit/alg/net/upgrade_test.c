/* SPDX-License-Identifier: BSD-3-Clause */
/* The request that opens a WebSocket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/net/upgrade.h"
#include "tests/unit/guard.h"

#define GET     "GET / HTTP/1.1\r\n"
#define HOST    "Host: sbc.example\r\n"
#define WEB     "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define SIP     "Sec-WebSocket-Protocol: sip\r\n"
#define REST    WEB KEY VERSION SIP "\r\n"

static enum upgrade_verdict parse(struct span text, struct upgrade *out)
{
	struct span guarded = guard_span(text);
	enum upgrade_verdict v = upgrade_parse(guarded, out);

	if (v == UPGRADE_OK) { /* what it borrowed, in terms of the original */
		out->key.p = text.p + (out->key.p - guarded.p);
		if (out->origin.p)
			out->origin.p = text.p + (out->origin.p - guarded.p);
	}
	guard_free(guarded);
	return v;
}

static void requests(void **state)
{
	static const struct {
		const char *in;
		enum upgrade_verdict expected;
	} cases[] = {
		{ GET HOST REST, UPGRADE_OK },
		{ "", UPGRADE_MORE },
		{ "G", UPGRADE_MORE },
		{ GET HOST WEB KEY VERSION SIP "\r", UPGRADE_MORE },
		{ "\x16\x03\x01", UPGRADE_BAD },
		{ "\r\n", UPGRADE_BAD },
		/* the first line */
		{ "GET /ws?x=1 HTTP/1.1\r\n" HOST REST, UPGRADE_OK },
		{ "GET / HTTP/1.2\r\n" HOST REST, UPGRADE_OK },
		{ "POST / HTTP/1.1\r\n" HOST REST, UPGRADE_METHOD },
		{ "get / HTTP/1.1\r\n" HOST REST, UPGRADE_METHOD },
		{ "GET / HTTP/1.0\r\n" HOST REST, UPGRADE_BAD },
		{ "GET / HTTP/2.0\r\n" HOST REST, UPGRADE_BAD },
		{ "GET  HTTP/1.1\r\n" HOST REST, UPGRADE_BAD },
		{ "GET / HTTP/1.1 \r\n" HOST REST, UPGRADE_BAD },
		{ "GET / HTTP/1.1\n" HOST REST, UPGRADE_BAD },
		{ "GET\r\n" HOST REST, UPGRADE_BAD },
		{ "OPTIONS sip:sbc.example SIP/2.0\r\n" HOST REST, UPGRADE_BAD },
		/* the fields */
		{ GET REST, UPGRADE_BAD },
		{ GET HOST HOST REST, UPGRADE_BAD },
		{ GET HOST "\r\n", UPGRADE_NEEDED },
		{ GET HOST "Connection: Upgrade\r\n" KEY VERSION SIP "\r\n", UPGRADE_NEEDED },
		{ GET HOST "Upgrade: websocket\r\n" KEY VERSION SIP "\r\n", UPGRADE_NEEDED },
		{ GET HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n" KEY VERSION SIP "\r\n", UPGRADE_NEEDED },
		{ GET HOST "upgrade:h2c , WebSocket\r\nCONNECTION: keep-alive,upgrade\r\n" KEY VERSION SIP "\r\n",
		  UPGRADE_OK },
		{ GET HOST WEB KEY SIP "\r\n", UPGRADE_BAD },
		{ GET HOST WEB KEY SIP "Sec-WebSocket-Version: 8\r\n\r\n", UPGRADE_VERSION },
		{ GET HOST WEB KEY SIP "Sec-WebSocket-Version: 13, 8\r\n\r\n", UPGRADE_VERSION },
		{ GET HOST WEB VERSION SIP "\r\n", UPGRADE_BAD },
		{ GET HOST WEB KEY KEY VERSION SIP "\r\n", UPGRADE_BAD },
		{ GET HOST WEB VERSION SIP "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n\r\n", UPGRADE_BAD },
		{ GET HOST WEB VERSION SIP "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA\r\n\r\n", UPGRADE_BAD },
		{ GET HOST WEB VERSION SIP "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j$Q==\r\n\r\n", UPGRADE_BAD },
		{ GET HOST WEB KEY VERSION "\r\n", UPGRADE_BAD },
		{ GET HOST WEB KEY VERSION "Sec-WebSocket-Protocol: msrp\r\n\r\n", UPGRADE_BAD },
		{ GET HOST WEB KEY VERSION "Sec-WebSocket-Protocol: msrp, sip\r\n\r\n", UPGRADE_OK },
		{ GET HOST WEB KEY VERSION "Sec-WebSocket-Protocol: msrp\r\n" SIP "\r\n", UPGRADE_OK },
		/* what would part us and the client over where the frames begin */
		{ GET HOST "Content-Length: 0\r\n" REST, UPGRADE_OK },
		{ GET HOST "Content-Length: 5\r\n" REST, UPGRADE_BAD },
		{ GET HOST "Transfer-Encoding: chunked\r\n" REST, UPGRADE_BAD },
		{ GET HOST "X : y\r\n" REST, UPGRADE_BAD },
		{ GET HOST " folded\r\n" REST, UPGRADE_BAD },
		{ GET HOST "X\r\n" REST, UPGRADE_BAD },
		{ GET HOST ": y\r\n" REST, UPGRADE_BAD },
		{ GET HOST "X: a\nY: b\r\n" REST, UPGRADE_BAD },
		{ GET HOST "X: a\rY: b\r\n" REST, UPGRADE_BAD },
	};
	struct upgrade out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum upgrade_verdict v = parse(span_str(cases[i].in), &out);

		if (v != cases[i].expected)
			fail_msg("%zu: %d for\n%s", i, v, cases[i].in);
	}
}

static void what_it_says(void **state)
{
	static const char text[] = GET HOST "Origin:  https://phone.example \r\n" REST "frames";
	struct upgrade out;

	(void)state;
	assert_int_equal(parse(span_str(text), &out), UPGRADE_OK);
	assert_int_equal(out.length, sizeof(text) - 1 - 6);
	assert_true(span_eq(out.key, SPAN("dGhlIHNhbXBsZSBub25jZQ==")));
	assert_true(span_eq(out.origin, SPAN("https://phone.example")));
	assert_int_equal(parse(span_str(GET HOST REST), &out), UPGRADE_OK);
	assert_false(span_is_set(out.origin));
}

static void too_large(void **state)
{
	static char text[UPGRADE_MAX + 100];
	struct upgrade out;
	size_t n;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, GET "X: ", sizeof(GET "X: ") - 1);
	assert_int_equal(parse(span_of(text, UPGRADE_MAX - 1), &out), UPGRADE_MORE);
	assert_int_equal(parse(span_of(text, UPGRADE_MAX), &out), UPGRADE_TOO_LARGE);
	/* The longest there is. */
	n = sizeof("\r\n" HOST REST) - 1;
	memcpy(text + UPGRADE_MAX - n, "\r\n" HOST REST, n);
	assert_int_equal(parse(span_of(text, UPGRADE_MAX), &out), UPGRADE_OK);
	assert_int_equal(out.length, UPGRADE_MAX);
	memcpy(text + UPGRADE_MAX - n, "xx", 2);
	memcpy(text + UPGRADE_MAX - n + 1, "\r\n" HOST REST, n);
	assert_int_equal(parse(span_of(text, UPGRADE_MAX + 1), &out), UPGRADE_TOO_LARGE);
}

static void answers(void **state)
{
	static const struct {
		enum upgrade_verdict verdict;
		const char *starts, *holds;
	} cases[] = {
		{ UPGRADE_MORE, "HTTP/1.1 408 ", "Connection: close\r\n" },
		{ UPGRADE_BAD, "HTTP/1.1 400 ", "Content-Length: 0\r\n" },
		{ UPGRADE_FORBIDDEN, "HTTP/1.1 403 ", "Connection: close\r\n" },
		{ UPGRADE_METHOD, "HTTP/1.1 405 ", "\r\nAllow: GET\r\n" },
		{ UPGRADE_NEEDED, "HTTP/1.1 426 ", "\r\nUpgrade: websocket\r\n" },
		{ UPGRADE_VERSION, "HTTP/1.1 426 ", "\r\nSec-WebSocket-Version: 13\r\n" },
		{ UPGRADE_TOO_LARGE, "HTTP/1.1 431 ", "Connection: close\r\n" },
	};
	char buf[UPGRADE_ANSWER_MAX];
	struct writer w;
	struct span s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		w = writer_over(buf, sizeof(buf));
		upgrade_write_refusal(&w, cases[i].verdict);
		s = writer_done(&w);
		assert_true(span_starts(s, span_str(cases[i].starts)));
		assert_true(span_search(s, span_str(cases[i].holds)) < s.n);
		assert_true(span_search(s, SPAN("\r\n\r\n")) == s.n - 4);
	}
	w = writer_over(buf, sizeof(buf));
	upgrade_write_accept(&w, SPAN("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
	s = writer_done(&w);
	assert_true(span_starts(s, SPAN("HTTP/1.1 101 ")));
	assert_true(span_search(s, SPAN("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")) < s.n);
	assert_true(span_search(s, SPAN("\r\nSec-WebSocket-Protocol: sip\r\n")) < s.n);
	assert_true(span_search(s, SPAN("\r\n\r\n")) == s.n - 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(too_large),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
