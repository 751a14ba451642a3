/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/rtp/rtp.h"
#include "tests/unit/guard.h"

#define SSRC             "\x01\x02\x03\x04"
#define RTP(first, type) first type "\x00\x07\x00\x00\x00\xa0" SSRC

static void demux(void **state)
{
	static const struct {
		const char *name;
		struct span bytes;
		enum rtp_kind kind;
	} cases[] = {
		{ "nothing", SPAN(""), RTP_UNKNOWN },
		{ "one byte", SPAN("\x80"), RTP_UNKNOWN },
		{ "RTP, PCMU", SPAN(RTP("\x80", "\x00")), RTP_MEDIA },
		{ "RTP with marker, 96", SPAN(RTP("\x80", "\xe0")), RTP_MEDIA },
		{ "RTP, 63: not RTCP", SPAN(RTP("\x80", "\xbf")), RTP_MEDIA },
		{ "eleven bytes of RTP", SPAN("\x80\x00\x00\x07\x00\x00\x00\xa0\x01\x02\x03"), RTP_UNKNOWN },
		{ "one contributing source", SPAN(RTP("\x81", "\x00") SSRC), RTP_MEDIA },
		{ "its source missing", SPAN(RTP("\x81", "\x00") "\x01\x02\x03"), RTP_UNKNOWN },
		{ "extension of no words", SPAN(RTP("\x90", "\x00") "\xbe\xde\x00\x00"), RTP_MEDIA },
		{ "extension of one word", SPAN(RTP("\x90", "\x00") "\xbe\xde\x00\x01" SSRC), RTP_MEDIA },
		{ "extension cut off", SPAN(RTP("\x90", "\x00") "\xbe\xde\x00\x02" SSRC), RTP_UNKNOWN },
		{ "extension without its head", SPAN(RTP("\x90", "\x00") "\xbe\xde\x00"), RTP_UNKNOWN },
		{ "extension of 65535 words", SPAN(RTP("\x90", "\x00") "\xbe\xde\xff\xff" SSRC), RTP_UNKNOWN },
		{ "sender report's type, 192", SPAN("\x80\xc0\x00\x01" SSRC), RTP_CONTROL },
		{ "receiver report", SPAN("\x80\xc9\x00\x01" SSRC), RTP_CONTROL },
		{ "last type of RTCP, 223", SPAN("\x80\xdf\x00\x01" SSRC), RTP_CONTROL },
		{ "224 is payload type 96", SPAN(RTP("\x80", "\xe0")), RTP_MEDIA },
		{ "RTCP longer than it is", SPAN("\x80\xc9\x00\x02" SSRC), RTP_UNKNOWN },
		{ "RTCP of one word", SPAN("\x80\xc9\x00\x00"), RTP_UNKNOWN },
		{ "STUN", SPAN("\x00\x01\x00\x00\x21\x12\xa4\x42"), RTP_STUN },
		{ "3 is STUN still", SPAN("\x03"), RTP_STUN },
		{ "4 is nothing", SPAN("\x04"), RTP_UNKNOWN },
		{ "15 is nothing", SPAN("\x0f"), RTP_UNKNOWN },
		{ "ZRTP", SPAN("\x10"), RTP_ZRTP },
		{ "19 is ZRTP still", SPAN("\x13"), RTP_ZRTP },
		{ "DTLS", SPAN("\x14"), RTP_DTLS },
		{ "63 is DTLS still", SPAN("\x3f"), RTP_DTLS },
		{ "TURN", SPAN("\x40"), RTP_TURN },
		{ "79 is TURN still", SPAN("\x4f"), RTP_TURN },
		{ "80 is nothing", SPAN("\x50"), RTP_UNKNOWN },
		{ "127 is nothing", SPAN("\x7f"), RTP_UNKNOWN },
		{ "version 3", SPAN(RTP("\xc0", "\x00")), RTP_UNKNOWN },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(cases[i].bytes);
		enum rtp_kind kind = rtp_demux((const uint8_t *)s.p, s.n);

		if (kind != cases[i].kind || (rtp_is_plain_media((const uint8_t *)s.p, s.n) && kind != RTP_MEDIA))
			fail_msg("%s: %d", cases[i].name, (int)kind);
		guard_free(s);
	}
}

static void header(void **state)
{
	static const struct span text = SPAN("\xb1\x88\x12\x34\x89\xab\xcd\xef" SSRC "\x05\x06\x07\x08"
					     "\xbe\xde\x00\x01\x11\x22\x33\x44"
					     "voice\x00\x00\x03");
	struct span s = guard_span(text);
	struct rtp_header h;
	(void)state;

	assert_int_equal(rtp_parse((const uint8_t *)s.p, s.n, false, &h), 0);
	assert_int_equal(h.ssrc, 0x01020304);
	assert_int_equal(h.timestamp, 0x89abcdef);
	assert_int_equal(h.seq, 0x1234);
	assert_int_equal(h.payload_type, 8);
	assert_true(h.marker);
	assert_int_equal(h.header_len, 24);
	assert_int_equal(h.padding, 3);
	assert_int_equal(rtp_ssrc((const uint8_t *)s.p), h.ssrc);
	assert_int_equal(rtp_seq((const uint8_t *)s.p), h.seq);
	guard_free(s);
}

static void padding(void **state)
{
	static const struct {
		struct span bytes;
		bool encrypted;
		int result, padding;
	} cases[] = {
		{ SPAN(RTP("\xa0", "\x00") "\x00\x02"), false, 0, 2 },
		{ SPAN(RTP("\xa0", "\x00") "\x00\x03"), false, -1, 0 }, /* more than there is */
		{ SPAN(RTP("\xa0", "\x00") "\x00\x00"), false, -1, 0 }, /* counts itself, so never 0 */
		{ SPAN(RTP("\xa0", "\x00") "\x00\x03"), true, 0, 0 },   /* cannot be told */
		{ SPAN(RTP("\xa0", "\x00")), false, -1, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(cases[i].bytes);
		struct rtp_header h = { .ssrc = 77 };

		if (rtp_parse((const uint8_t *)s.p, s.n, cases[i].encrypted, &h) != cases[i].result)
			fail_msg("case %zu", i);
		if (cases[i].result == 0)
			assert_int_equal(h.padding, cases[i].padding);
		else
			assert_int_equal(h.ssrc, 77);
		guard_free(s);
	}
}

static void sequence_wraps(void **state)
{
	(void)state;
	assert_int_equal(rtp_seq_ahead(1, 2), 1);
	assert_int_equal(rtp_seq_ahead(65535, 0), 1);
	assert_int_equal(rtp_seq_ahead(0, 65535), -1);
	assert_int_equal(rtp_seq_ahead(7, 7), 0);
	assert_int_equal(rtp_seq_ahead(0, 32767), 32767);
	assert_true(rtp_seq_ahead(0, 32768) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(demux),
		cmocka_unit_test(header),
		cmocka_unit_test(padding),
		cmocka_unit_test(sequence_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
