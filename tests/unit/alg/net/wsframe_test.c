/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames of a WebSocket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/net/wsframe.h"
#include "tests/unit/guard.h"

enum { MAX = 65535 };

#define MASK "\x01\x02\x03\x04"
#define F(s)                                                                                                           \
	{                                                                                                              \
		s, sizeof(s) - 1                                                                                       \
	}

static enum wsframe_kind parse(struct span s, uint32_t max, struct wsframe *out)
{
	struct span guarded = guard_span(s);
	enum wsframe_kind kind = wsframe_parse(guarded, max, out);

	guard_free(guarded);
	return kind;
}

static void frames(void **state)
{
	static const struct {
		struct span in;
		enum wsframe_kind kind;
		struct wsframe frame;
	} cases[] = {
		{ F(""), WSFRAME_MORE, { 0 } },
		{ F("\x81"), WSFRAME_MORE, { 0 } },
		{ F("\x81\x82" MASK "a"), WSFRAME_MORE, { 0 } },
		{ F("\x81\x82" MASK "ab"), WSFRAME_OK, { WSFRAME_TEXT, true, MASK, 6, 2 } },
		{ F("\x82\x82" MASK "abc"), WSFRAME_OK, { WSFRAME_BINARY, true, MASK, 6, 2 } },
		{ F("\x01\x80" MASK), WSFRAME_OK, { WSFRAME_TEXT, false, MASK, 6, 0 } },
		{ F("\x80\x80" MASK), WSFRAME_OK, { WSFRAME_CONTINUATION, true, MASK, 6, 0 } },
		{ F("\x88\x80" MASK), WSFRAME_OK, { WSFRAME_CLOSE, true, MASK, 6, 0 } },
		{ F("\x89\x81" MASK "x"), WSFRAME_OK, { WSFRAME_PING, true, MASK, 6, 1 } },
		{ F("\x8a\x80" MASK), WSFRAME_OK, { WSFRAME_PONG, true, MASK, 6, 0 } },
		/* not masked */
		{ F("\x81\x02"
		    "ab"),
		  WSFRAME_BROKEN,
		  { 0 } },
		/* reserved bits and opcodes */
		{ F("\xc1\x80" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x91\x80" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x83\x80" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x8b\x80" MASK), WSFRAME_BROKEN, { 0 } },
		/* control frames are short, and whole */
		{ F("\x08\x80" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x89\xfe\x00\x7e" MASK), WSFRAME_BROKEN, { 0 } },
		/* the shortest form of a length only */
		{ F("\x81\xfe\x00\x7d" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00" MASK), WSFRAME_BROKEN, { 0 } },
		{ F("\x81\xfe\x00"), WSFRAME_MORE, { 0 } },
		{ F("\x81\xff\x00\x00\x00\x00\x00\x00\x00"), WSFRAME_MORE, { 0 } },
		{ F("\x81\xfe\x00\x7e" MASK), WSFRAME_MORE, { 0 } },
		/* at once, not when all of it came */
		{ F("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00"), WSFRAME_TOO_LARGE, { 0 } },
		{ F("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"), WSFRAME_TOO_LARGE, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct wsframe *want = &cases[i].frame;
		struct wsframe f = { 0 };
		enum wsframe_kind kind = parse(cases[i].in, MAX, &f);

		if (kind != cases[i].kind || f.opcode != want->opcode || f.final != want->final ||
		    f.head != want->head || f.payload != want->payload || memcmp(f.mask, want->mask, 4) != 0)
			fail_msg("%zu: kind %d, opcode %u, head %u, payload %u", i, kind, f.opcode, f.head, f.payload);
	}
}

/* What a server says of a length, a client's frame says too. */
static void lengths(void **state)
{
	static const struct {
		uint32_t payload, head;
	} cases[] = { { 0, 2 }, { 1, 2 }, { 125, 2 }, { 126, 4 }, { 65535, 4 }, { 65536, 10 }, { 100000, 10 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t n = cases[i].payload;
		char *text = calloc(1, n + WSFRAME_HEAD_MAX);
		struct wsframe f;

		assert_int_equal(wsframe_write_head(text, WSFRAME_BINARY, n), cases[i].head);
		assert_int_equal((uint8_t)text[0], 0x82);
		text[1] = (char)(text[1] | 0x80);
		assert_int_equal(parse(span_of(text, cases[i].head + 4 + n), 100000, &f), WSFRAME_OK);
		assert_int_equal(f.payload, n);
		assert_int_equal(f.head, cases[i].head + 4);
		if (n)
			assert_int_equal(parse(span_of(text, cases[i].head + 4 + n), n - 1, &f), WSFRAME_TOO_LARGE);
		free(text);
	}
}

static void masks(void **state)
{
	/* RFC 6455 5.7 */
	char hello[] = { 0x7f, (char)0x9f, 0x4d, 0x51, 0x58 };
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

	(void)state;
	wsframe_unmask(hello, sizeof(hello), mask);
	assert_memory_equal(hello, "Hello", 5);
	wsframe_unmask(hello, 0, mask);
	assert_memory_equal(hello, "Hello", 5);
}

static void text(void **state)
{
	static const struct {
		struct span in;
		bool expected;
	} cases[] = {
		{ F(""), true },
		{ F("plain\r\n"), true },
		{ F("\0"), true },
		{ F("J\xc3\xbcrgen"), true },
		{ F("\xe2\x82\xac"), true },
		{ F("\xf0\x9f\x93\x9e"), true },
		{ F("\xf4\x8f\xbf\xbf"), true },
		{ F("J\xfcrgen"), false },
		{ F("\x80"), false },
		{ F("\xc3"), false },
		{ F("\xe2\x82"), false },
		{ F("\xf0\x9f\x93"), false },
		{ F("\xc0\x80"), false },
		{ F("\xc1\xbf"), false },
		{ F("\xe0\x9f\xbf"), false },
		{ F("\xf0\x8f\xbf\xbf"), false },
		{ F("\xed\xa0\x80"), false },
		{ F("\xf4\x90\x80\x80"), false },
		{ F("\xf5\x80\x80\x80"), false },
		{ F("\xe2\x28\xa1"), false },
		{ F("\xe2\x82\x28"), false },
		{ F("ok\xff"), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span guarded = guard_span(cases[i].in);

		if (wsframe_is_text(guarded) != cases[i].expected)
			fail_msg("%zu", i);
		guard_free(guarded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(lengths),
		cmocka_unit_test(masks),
		cmocka_unit_test(text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
