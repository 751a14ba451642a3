/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct latch_case {
	struct span text;
	int result;
	enum ng_latch latch;
	unsigned bits;
	const char *written;
} latches[] = {
	{ SPAN("exact"), 0, NG_LATCH_EXACT, 0, "exact" },
	{ SPAN("SDP_IP"), 0, NG_LATCH_SDP_IP, 0, "sdp-ip" },
	{ SPAN("sig-ip"), 0, NG_LATCH_SIG_IP, 0, "sig-ip" },
	{ SPAN("sig-ip/24"), 0, NG_LATCH_SIG_IP, 24, "sig-ip/24" },
	{ SPAN("sig-ip/1"), 0, NG_LATCH_SIG_IP, 1, "sig-ip/1" },
	{ SPAN("sig-ip/128"), 0, NG_LATCH_SIG_IP, 128, "sig-ip/128" },
	{ SPAN("open"), 0, NG_LATCH_OPEN, 0, "open" },
	{ SPAN("sig-ip/0"), -1, 0, 0, NULL },
	{ SPAN("sig-ip/129"), -1, 0, 0, NULL },
	{ SPAN("sig-ip/"), -1, 0, 0, NULL },
	{ SPAN("sig-ip/x"), -1, 0, 0, NULL },
	{ SPAN("exact/24"), -1, 0, 0, NULL },
	{ SPAN("default"), -1, 0, 0, NULL },
	{ SPAN(""), -1, 0, 0, NULL },
};

static void latch_is_read_and_written(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(latches) / sizeof(latches[0]); i++) {
		struct span text = guard_span(latches[i].text);
		enum ng_latch latch;
		uint8_t bits;
		char buf[16];
		struct writer w = writer_over(buf, sizeof(buf));

		if (ng_latch_parse(text, &latch, &bits) != latches[i].result)
			fail_msg("%s", latches[i].text.p);
		if (latches[i].result == 0) {
			assert_int_equal(latch, latches[i].latch);
			assert_int_equal(bits, latches[i].bits);
			ng_latch_write(&w, latch, bits);
			assert_true(span_eq(writer_done(&w), span_str(latches[i].written)));
		}
		guard_free(text);
	}
}

static void commands_have_names(void **state)
{
	(void)state;
	for (unsigned c = 0; c < NG_COMMAND_OTHER; c++)
		assert_int_equal(ng_command_of(ng_command_name((enum ng_command)c)), c);
	assert_int_equal(ng_command_of(SPAN("Offer")), NG_OFFER);
	assert_int_equal(ng_command_of(SPAN("play media")), NG_PLAY_MEDIA);
	assert_int_equal(ng_command_of(SPAN("block DTMF")), NG_BLOCK_DTMF);
	assert_int_equal(ng_command_of(SPAN("start_recording")), NG_START_RECORDING);
	assert_int_equal(ng_command_of(SPAN("make tea")), NG_COMMAND_OTHER);
	assert_int_equal(ng_command_of(SPAN("")), NG_COMMAND_OTHER);
	assert_false(span_is_set(ng_command_name(NG_COMMAND_OTHER)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latch_is_read_and_written),
		cmocka_unit_test(commands_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
