/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rtpproxy/line/voice.h"

static struct voice read_voice(const char *formats, const char *attributes)
{
	char text[1024];
	struct sdp_codec list[CODEC_MAX];
	struct sdp sdp;
	struct voice v;

	snprintf(text, sizeof(text), "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP %s\r\n%s",
		 formats, attributes);
	assert_int_equal(sdp_index(span_str(text), &sdp), SDP_OK);
	voice_read(list, sdp_codec_list(&sdp, 0, list), &v);
	return v;
}

#define OPUS  "a=rtpmap:96 opus/48000/2\r\n"
#define OPUS2 "a=rtpmap:111 OPUS/48000/2\r\n"
#define WIDE  "a=rtpmap:96 X-WIDE/16000\r\n"
#define TONES "a=rtpmap:101 telephone-event/8000\r\n"

static void what_is_named(void **state)
{
	static const struct {
		const char *formats, *attributes;
		unsigned n;
		uint8_t first;
		uint32_t clock_hz;
	} cases[] = {
		{ "0 8 101", TONES, 2, 0, 8000 },
		{ "101 8", TONES, 1, 8, 8000 },
		{ "13 0", "", 1, 0, 8000 },
		{ "96 0", OPUS, 2, 96, 48000 },
		{ "96", WIDE, 1, 96, 16000 },
		{ "97", "", 1, 97, 0 },
		{ "9", "a=rtpmap:9 G722/8000\r\n", 1, 9, 8000 },
		{ "0 8 9 18 3 4 15 96", OPUS, VOICE_MAX, 0, 8000 },
		{ "t38 128 x", "", 0, 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct voice v = read_voice(cases[i].formats, cases[i].attributes);

		if (v.n != cases[i].n || v.codec[0].payload_type != cases[i].first ||
		    v.codec[0].clock_hz != cases[i].clock_hz)
			fail_msg("%s: %u codecs, first %u at %u Hz", cases[i].formats, v.n, v.codec[0].payload_type,
				 v.codec[0].clock_hz);
	}
}

static void what_flows(void **state)
{
	static const struct {
		const char *name, *from[2], *to[2];
		uint8_t payload_type;
		int want; /* its number as the receiver has it; -1: unknown */
	} cases[] = {
		{ "answer took one", { "96 8", OPUS }, { "8", "" }, 255, 8 },
		{ "towards who offered two", { "8", "" }, { "96 8", OPUS }, 255, 8 },
		{ "same codec, other number", { "96", OPUS }, { "111", OPUS2 }, 255, 111 },
		{ "seen on the wire", { "0 8", "" }, { "8 0", "" }, 0, 0 },
		{ "seen by the sender's number", { "96", OPUS }, { "111", OPUS2 }, 96, 96 },
		{ "nothing in common", { "8", "" }, { "0", "" }, 255, 0 },
		{ "same name, other clock", { "96", WIDE }, { "96", OPUS }, 255, 96 },
		{ "nothing named", { "8", "" }, { "", "" }, 255, -1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct voice from = read_voice(cases[i].from[0], cases[i].from[1]);
		const struct voice to = read_voice(cases[i].to[0], cases[i].to[1]);
		const struct voice_codec *c = voice_of(&from, &to, cases[i].payload_type);

		if ((c ? c->payload_type : -1) != cases[i].want)
			fail_msg("%s: %d", cases[i].name, c ? c->payload_type : -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_named),
		cmocka_unit_test(what_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
