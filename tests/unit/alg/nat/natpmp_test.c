/* SPDX-License-Identifier: BSD-3-Clause */
/* NAT-PMP as bytes: requests as RFC 6886 draws them, answers good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "alg/nat/natpmp.h"
#include "tests/unit/guard.h"

#define BYTES(text)                                                                                                    \
	{                                                                                                              \
		text, sizeof(text) - 1                                                                                 \
	}

static void writes_requests(void **state)
{
	char text[NATPMP_REQUEST_MAX];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	natpmp_public_write(&w);
	assert_true(span_eq(writer_done(&w), SPAN("\0\0")));
	w = writer_over(text, sizeof(text));
	natpmp_map_write(&w, IPPROTO_UDP, 5060, 5060, 120);
	assert_true(span_eq(writer_done(&w), SPAN("\0\1\0\0\x13\xc4\x13\xc4\0\0\0\x78")));
	w = writer_over(text, sizeof(text));
	natpmp_map_write(&w, IPPROTO_TCP, 5060, 5060, 0);
	assert_true(span_eq(writer_done(&w), SPAN("\0\2\0\0\x13\xc4\0\0\0\0\0\0")));
}

static void reads_answers(void **state)
{
	static const struct {
		struct span bytes;
		int read;
		enum natpmp_kind kind;
		uint16_t result;
	} cases[] = {
		{ BYTES("\0\x80\0\0\0\0\0\5\xc6\x33\x64\7"), 0, NATPMP_PUBLIC, 0 },
		{ BYTES("\0\x80\0\3\0\0\0\5"), 0, NATPMP_PUBLIC, 3 },
		{ BYTES("\0\x80\0\0\0\0\0\5\xc6\x33\x64"), -1, 0, 0 },
		{ BYTES("\0\x81\0\0\0\0\0\5\x13\xc4\x13\xc5\0\0\0\x78"), 0, NATPMP_MAP, 0 },
		{ BYTES("\0\x82\0\2\0\0\0\5\x13\xc4\0\0\0\0\0\0"), 0, NATPMP_MAP, 2 },
		{ BYTES("\0\x81\0\0\0\0\0\5\x13\xc4\x13\xc5\0\0\0"), -1, 0, 0 },
		{ BYTES("\0\x81\0\1\0\0\0\5"), 0, NATPMP_UNSUPPORTED, 1 },
		{ BYTES("\0\x83\0\0\0\0\0\5\x13\xc4\x13\xc5\0\0\0\x78"), -1, 0, 0 },
		{ BYTES("\0\1\0\0\0\0\0\5"), -1, 0, 0 },
		{ BYTES("\2\x81\0\1\0\0\0\5"), -1, 0, 0 },
		{ BYTES("\0\x80\0\0\0\0\0"), -1, 0, 0 },
		{ BYTES(""), -1, 0, 0 },
	};
	struct natpmp_answer a;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span bytes = guard_span(cases[i].bytes);

		if (natpmp_answer_read(bytes, &a) != cases[i].read)
			fail_msg("case %u", i);
		if (cases[i].read == 0) {
			assert_int_equal(a.kind, cases[i].kind);
			assert_int_equal(a.result, cases[i].result);
			assert_int_equal(a.epoch_s, 5);
		}
		guard_free(bytes);
	}
}

static void each_refusal_has_words(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= 6; i++)
		assert_true(strlen(natpmp_result_text(i)) > 3);
	assert_string_not_equal(natpmp_result_text(2), natpmp_result_text(4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_requests),
		cmocka_unit_test(reads_answers),
		cmocka_unit_test(each_refusal_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
