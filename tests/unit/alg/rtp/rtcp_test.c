/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/rtp/rtcp.h"
#include "alg/rtp/sdes.h"
#include "tests/unit/guard.h"

#define SSRC_A "\x0a\x0b\x0c\x0d"
#define SSRC_B "\x01\x02\x03\x04"
#define TIME   "\xe0\x01\x02\x03\x04\x05\x06\x07"
#define SENT   TIME "\x00\x00\x10\x00\x00\x00\x00\x64\x00\x00\x43\x30"
#define BLOCK                                                                                                          \
	SSRC_B "\x40\xff\xff\xfe\x00\x01\x00\x09\x00\x00\x00\x50"                                                      \
	       "\x02\x03\x04\x05\x00\x01\x80\x00"
#define SR   "\x81\xc8\x00\x0c" SSRC_A SENT BLOCK
#define SR_0 "\x80\xc8\x00\x06" SSRC_A SENT
#define RR   "\x81\xc9\x00\x07" SSRC_A BLOCK
#define RR_0 "\x80\xc9\x00\x01" SSRC_A
#define SDES "\x81\xca\x00\x03" SSRC_A "\x01\x02xy\x00\x00\x00\x00"
#define BYE  "\x81\xcb\x00\x01" SSRC_A
#define NACK "\x81\xcd\x00\x03" SSRC_A SSRC_B "\x00\x07\x00\x00"
#define PLI  "\x81\xce\x00\x02" SSRC_A SSRC_B
#define XR   "\x80\xcf\x00\x02" SSRC_A "\x04\x00\x00\x00"
#define APP  "\x80\xcc\x00\x02" SSRC_A "name"

static const uint8_t *bytes(struct span s)
{
	return (const uint8_t *)s.p;
}

static void soundness(void **state)
{
	static const struct {
		const char *name;
		struct span packet;
		bool sound;
		unsigned blocks;
	} cases[] = {
		{ "nothing", SPAN(""), true, 0 },
		{ "sender's report without blocks", SPAN(SR_0), true, 0 },
		{ "sender's report", SPAN(SR), true, 1 },
		{ "receiver's report", SPAN(RR), true, 1 },
		{ "receiver's report of nothing", SPAN(RR_0), true, 0 },
		{ "all there is", SPAN(SR SDES BYE NACK PLI XR APP), true, 1 },
		{ "more blocks than are kept", SPAN("\x85\xc9\x00\x1f" SSRC_A BLOCK BLOCK BLOCK BLOCK BLOCK), true, 4 },
		{ "what a profile adds", SPAN("\x81\xc9\x00\x08" SSRC_A BLOCK "more"), true, 1 },
		{ "another type", SPAN("\x80\xdf\x00\x00"), true, 0 },
		{ "reason of a BYE",
		  SPAN("\x81\xcb\x00\x02" SSRC_A "\x03"
		       "bye"),
		  true, 0 },
		{ "three bytes", SPAN("\x80\xc9\x00"), false, 0 },
		{ "longer than it is", SPAN("\x80\xc9\x00\x02" SSRC_A), false, 0 },
		{ "version 1", SPAN("\x40\xc9\x00\x01" SSRC_A), false, 0 },
		{ "RTP", SPAN("\x80\x00\x00\x01" SSRC_A), false, 0 },
		{ "receiver's report without its source", SPAN("\x80\xc9\x00\x00"), false, 0 },
		{ "sender's report that sends nothing", SPAN("\x80\xc8\x00\x01" SSRC_A), false, 0 },
		{ "block that is not there", SPAN("\x81\xc9\x00\x01" SSRC_A), false, 0 },
		{ "half a block", SPAN("\x81\xc9\x00\x04" SSRC_A "123456789012"), false, 0 },
		{ "two blocks, one there", SPAN("\x82\xc9\x00\x07" SSRC_A BLOCK), false, 0 },
		{ "BYE of nobody there", SPAN("\x81\xcb\x00\x00"), false, 0 },
		{ "feedback to nobody", SPAN("\x81\xcd\x00\x01" SSRC_A), false, 0 },
		{ "bytes behind", SPAN(RR "x"), false, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(cases[i].packet);
		struct rtcp_news news = { .nblock = 99 };
		const int result = rtcp_read(bytes(s), s.n, &news);

		if ((result == 0) != cases[i].sound)
			fail_msg("%s: %d", cases[i].name, result);
		if (news.nblock != (cases[i].sound ? cases[i].blocks : 99))
			fail_msg("%s: %u blocks", cases[i].name, news.nblock);
		guard_free(s);
	}
}

static void what_is_said(void **state)
{
	struct span s = guard_span(SPAN(SR PLI XR BYE));
	struct rtcp_news n;
	(void)state;

	assert_int_equal(rtcp_read(bytes(s), s.n, &n), 0);
	assert_int_equal(n.ssrc, 0x0a0b0c0d);
	assert_true(n.sends && n.bye && n.extended && n.feedback);
	assert_int_equal(n.sender.ntp_middle, 0x02030405);
	assert_int_equal(n.sender.timestamp, 0x1000);
	assert_int_equal(n.sender.packets, 100);
	assert_int_equal(n.sender.bytes, 17200);
	assert_int_equal(n.block[0].ssrc, 0x01020304);
	assert_int_equal(n.block[0].fraction, 64);
	assert_int_equal(n.block[0].lost, -2);
	assert_int_equal(n.block[0].highest, 65545);
	assert_int_equal(n.block[0].jitter, 80);
	assert_int_equal(n.block[0].last, 0x02030405);
	assert_int_equal(n.block[0].held, 0x18000);
	guard_free(s);
}

static void feedback_goes(void **state)
{
	static const struct {
		struct span packet, left;
	} cases[] = {
		{ SPAN(RR SDES), SPAN(RR SDES) },      { SPAN(RR PLI), SPAN(RR) },
		{ SPAN(RR NACK SDES), SPAN(RR SDES) }, { SPAN(PLI), SPAN("") },
		{ SPAN(NACK PLI XR), SPAN(XR) },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(cases[i].packet);
		const uint32_t n = rtcp_feedback_drop((uint8_t *)(uintptr_t)s.p, s.n);

		assert_int_equal(n, cases[i].left.n);
		assert_memory_equal(s.p, cases[i].left.p, n);
		guard_free(s);
	}
}

/* RFC 3550 6.4.1: the report left at 10 s, 1.5 s it was kept, its answer came at 11.75 s: a quarter of a second. */
static void round_trips(void **state)
{
	static const struct {
		uint32_t held;
		uint64_t at_us, now_us;
		int64_t want;
	} cases[] = {
		{ 0x18000, 10000000, 11750000, 250000 }, { 0, 5, 5, 0 },  { 0x18000, 10000000, 11500000, 0 },
		{ 0x18000, 10000000, 11499999, -1 },     { 0, 6, 5, -1 }, { UINT32_MAX, 0, UINT64_C(65535999985), 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct rtcp_block b = { .held = cases[i].held };
		const int64_t got = rtcp_round_trip(&b, cases[i].at_us, cases[i].now_us);

		if (got != cases[i].want)
			fail_msg("case %zu: %lld", i, (long long)got);
	}
}

/* What we write we can read, and so can who overwrites names. */
static void reports_of_our_own(void **state)
{
	static const struct hash_key key = { 1, 2 };
	const struct rtp_quality heard = {
		.ssrc = 7, .highest = 70000, .lost = 3, .expected = 100, .received = 97, .jitter = 12
	};
	struct rtcp_own own = { .ssrc = 9,
				.timestamp = 160,
				.packets = 50,
				.bytes = 8000,
				.ntp = UINT64_C(0xe001020304050607),
				.heard = &heard,
				.fraction = 5,
				.last = 0x1234,
				.held = 0x5678,
				.name = "" };
	static const char *const names[] = { "", "a", "ab", "abc", "abcd", "12345678901234567890123456789012345" };
	(void)state;

	for (size_t i = 0; i < 3 * sizeof(names) / sizeof(names[0]); i++) {
		uint8_t out[RTCP_REPORT_MAX];
		struct rtcp_news n;
		uint32_t len;

		own.name = names[i / 3];
		own.packets = i % 3 == 0 ? 0 : 50;
		own.heard = i % 3 == 1 ? NULL : &heard;
		len = rtcp_write(&own, out);
		assert_int_equal(len % 4, 0);
		assert_in_range(len, 8, sizeof(out));
		assert_int_equal(rtcp_read(out, len, &n), 0);
		assert_int_equal(n.ssrc, 9);
		assert_int_equal(n.sends, i % 3 != 0);
		assert_int_equal(n.nblock, i % 3 != 1);
		if (n.sends)
			assert_int_equal(n.sender.ntp_middle, 0x02030405);
		if (n.nblock) {
			assert_int_equal(n.block[0].ssrc, 7);
			assert_int_equal(n.block[0].lost, 3);
			assert_int_equal(n.block[0].highest, 70000);
			assert_int_equal(n.block[0].held, 0x5678);
		}
		assert_int_equal(sdes_hide(out, len, &key), SDES_HIDDEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(soundness),   cmocka_unit_test(what_is_said),       cmocka_unit_test(feedback_goes),
		cmocka_unit_test(round_trips), cmocka_unit_test(reports_of_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
