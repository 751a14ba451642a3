/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_flag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static const struct flag_case {
	struct span flag;
	bool trust, fatal, known;
} cases[] = {
	{ SPAN("trust-address"), true, false, true },
	{ SPAN("trust address"), true, false, true },
	{ SPAN("fatal"), false, true, true },
	{ SPAN("SIP-source-address"), false, false, true },
	{ SPAN("replace-origin"), false, false, true },
	{ SPAN("replace-session-connection"), false, false, true },
	{ SPAN("RTP/AVP"), false, false, true },
	{ SPAN("rtcp-mux-demux"), false, false, true },
	{ SPAN("ICE=remove"), false, false, true },
	{ SPAN("ICE=force"), false, false, false },
	{ SPAN("rtcp-mux=demux"), false, false, true },
	{ SPAN("rtcp-mux=require"), false, false, false },
	{ SPAN("DTLS=off"), false, false, true },
	{ SPAN("transport-protocol=RTP/SAVP"), false, false, false },
	{ SPAN("RTP/SAVP"), false, false, false },
	{ SPAN("record-call"), false, false, false },
	{ SPAN("asymmetric"), false, false, false },
	{ SPAN("codec-mask-all"), false, false, false },
	{ SPAN("call-id=x"), false, false, false },
	{ SPAN("sdp=x"), false, false, false },
	{ SPAN("=x"), false, false, false },
	{ SPAN(""), false, false, false },
};

static void flags_are_met_or_told(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span flag = guard_span(cases[i].flag);
		struct ng_request r = { 0 };

		assert_int_equal(ng_flag_take(&r, flag), 0);
		if (r.trust_address != cases[i].trust || r.fatal != cases[i].fatal || r.nunknown != !cases[i].known ||
		    span_is_set(r.call_id) || span_is_set(r.sdp))
			fail_msg("%s", cases[i].flag.p);
		guard_free(flag);
	}
}

static void keys_may_come_as_flags(void **state)
{
	struct ng_request r = { 0 };
	char buf[ADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(ng_flag_take(&r, SPAN("direction=lan")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("direction=internet")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("received-from=192.0.2.7")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("latching=sig-ip/24")), 0);
	assert_int_equal(ng_flag_take(&r, SPAN("via-branch=z9hG4bKx=y")), 0);
	assert_true(span_eq(r.direction[0], SPAN("lan")));
	assert_true(span_eq(r.direction[1], SPAN("internet")));
	assert_string_equal(addr_text(&r.received_from, buf), "192.0.2.7:0");
	assert_int_equal(r.latch, NG_LATCH_SIG_IP);
	assert_int_equal(r.latch_bits, 24);
	assert_true(span_eq(r.via_branch, SPAN("z9hG4bKx=y")));
	assert_int_equal(r.nunknown, 0);
	assert_int_equal(ng_flag_take(&r, SPAN("direction=third")), 0);
	assert_int_equal(r.nunknown, 1);
}

static void unknown_ones_are_limited(void **state)
{
	struct ng_request r = { 0 };

	(void)state;
	for (unsigned i = 0; i < NG_WARNING_MAX; i++)
		ng_unknown_add(&r, SPAN("x"));
	assert_int_equal(r.nunknown, NG_WARNING_MAX);
	ng_unknown_add(&r, SPAN("y"));
	assert_int_equal(r.nunknown, NG_WARNING_MAX);
	assert_true(span_eq(r.unknown[NG_WARNING_MAX - 1], SPAN("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_met_or_told),
		cmocka_unit_test(keys_may_come_as_flags),
		cmocka_unit_test(unknown_ones_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
