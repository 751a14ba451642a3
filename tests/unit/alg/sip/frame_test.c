/* SPDX-License-Identifier: BSD-3-Clause */
/* Framing of a stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/frame.h"
#include "tests/unit/guard.h"

#define START "BYE sip:a@h SIP/2.0\r\n"

static struct frame next(struct span received)
{
	struct span guarded = guard_span(received);
	struct frame f = frame_next(guarded);

	guard_free(guarded);
	return f;
}

static void frames(void **state)
{
	static const struct {
		const char *in;
		enum frame_kind kind;
		uint32_t length;
	} cases[] = {
		{ "", FRAME_MORE, 0 },
		{ "\r", FRAME_MORE, 0 },
		{ "\r\n", FRAME_CRLF, 2 },
		{ "\r\n\r", FRAME_CRLF, 2 },
		{ "\r\n\r\n", FRAME_CRLF, 2 },
		{ "\r\nBYE", FRAME_CRLF, 2 },
		{ "\rB", FRAME_BROKEN, 0 },
		{ "\n", FRAME_BROKEN, 0 },
		{ "\x16\x03\x01", FRAME_BROKEN, 0 },
		{ " BYE", FRAME_BROKEN, 0 },
		{ "B", FRAME_MORE, 0 },
		{ START "l: 0\r\n", FRAME_MORE, 0 },
		{ START "l: 0\r\n\r\n", FRAME_MESSAGE, 29 },
		{ START "l: 3\r\n\r\nab", FRAME_MORE, 0 },
		{ START "l: 3\r\n\r\nabc", FRAME_MESSAGE, 32 },
		{ START "l: 3\r\n\r\nabcBYE sip:", FRAME_MESSAGE, 32 },
		{ START "CONTENT-length\t : \r\n 3 \r\n\r\nabc", FRAME_MESSAGE, 51 },
		{ START "l: 3\r\nContent-Length: 3\r\n\r\nabc", FRAME_MESSAGE, 51 },
		{ START "l: 3\r\nContent-Length: 03\r\n\r\nabc", FRAME_MESSAGE, 52 },
		{ START "X: \r\n l: 1\r\nl: 0\r\n\r\n", FRAME_MESSAGE, 41 },
		{ START "l: 3\r\nContent-Length: 2\r\n\r\nabc", FRAME_BROKEN, 0 },
		{ START "X: y\r\n\r\n", FRAME_MESSAGE, 29 },
		{ START "\r\n", FRAME_MESSAGE, 23 },
		{ "GET / HTTP/1.1\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l:\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: -999\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: +1\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 1,1\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 1 1\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 0x1\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 4294967286\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 4294967296\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 18446744073709551606\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 18446744073709551616\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "l: 99999999999999999999999999999999\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "X: a\nl: 5\r\nl: 0\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "X: a\rl: 5\r\nl: 0\r\n\r\n", FRAME_BROKEN, 0 },
		{ START "X: a\r\r\nl: 0\r\n\r\n", FRAME_BROKEN, 0 },
		{ "BYE sip:a@h\n SIP/2.0\r\nl: 0\r\n\r\n", FRAME_BROKEN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame f = next(span_str(cases[i].in));

		if (f.kind != cases[i].kind || f.length != cases[i].length)
			fail_msg("%zu: '%s': kind %d, length %u", i, cases[i].in, f.kind, f.length);
	}
}

/* A message whose header block is `block` bytes long, with a body of that length announced, and given bytes in all. */
static struct frame sized(uint32_t block, uint32_t body, uint32_t given)
{
	struct writer w = writer_over(malloc(70000), 70000);
	struct frame f;

	writer_format(&w, START "l: %u\r\nX: ", body);
	while (w.n < block - 4)
		writer_byte(&w, 'x');
	writer_str(&w, "\r\n\r\n");
	while (w.n < given)
		writer_byte(&w, 'b');
	f = next(span_of(w.p, given));
	free(w.p);
	return f;
}

static void limits(void **state)
{
	(void)state;
	assert_int_equal(sized(FRAME_HEADER_MAX, 0, FRAME_HEADER_MAX).kind, FRAME_MESSAGE);
	assert_int_equal(sized(FRAME_HEADER_MAX + 1, 0, FRAME_HEADER_MAX + 1).kind, FRAME_BROKEN);
	assert_int_equal(sized(FRAME_HEADER_MAX, 0, FRAME_HEADER_MAX - 1).kind, FRAME_MORE);
	assert_int_equal(sized(FRAME_HEADER_MAX + 1, 0, FRAME_HEADER_MAX).kind, FRAME_BROKEN);
	assert_int_equal(sized(100, FRAME_BODY_MAX, 100).kind, FRAME_MORE);
	assert_int_equal(sized(100, FRAME_BODY_MAX + 1, 100).kind, FRAME_BROKEN);
	assert_int_equal(sized(FRAME_HEADER_MAX, FRAME_BODY_MAX, 65535).length, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
