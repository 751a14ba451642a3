/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "tests/unit/guard.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"

static unsigned list_of(struct span media, struct sdp_codec out[CODEC_MAX], struct span *text)
{
	static struct sdp s;
	static char buf[16384];

	snprintf(buf, sizeof(buf), HEAD "%.*s", SPAN_ARG(media));
	*text = guard_span(span_str(buf));
	assert_int_equal(sdp_index(*text, &s), SDP_OK);
	assert_int_equal(s.nmedia, 1);
	return sdp_codec_list(&s, 0, out);
}

static const struct list_case {
	const char *name;
	struct span media;
	const char *out; /* number encoding/clock/channels[;fmtp] */
} cases[] = {
	{ "static numbers need no a=rtpmap", SPAN("m=audio 4 RTP/AVP 0 8 9 18 13\r\n"),
	  "0 PCMU/8000/1 8 PCMA/8000/1 9 G722/8000/1 18 G729/8000/1 13 CN/8000/1 " },
	{ "the order of the m= line",
	  SPAN("m=audio 4 RTP/AVP 101 0\r\na=rtpmap:0 PCMU/8000\r\n"
	       "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"),
	  "101 telephone-event/8000/1;0-16 0 PCMU/8000/1 " },
	{ "a=rtpmap outdoes the static meaning", SPAN("m=audio 4 RTP/AVP 0\r\na=rtpmap:0 L16/8000/2\r\n"),
	  "0 L16/8000/2 " },
	{ "nobody says what it is", SPAN("m=audio 4 RTP/AVP 96 1 127\r\na=rtpmap:97 opus/48000/2\r\n"),
	  "96 /0/0 1 /0/0 127 /0/0 " },
	{ "a malformed line is none", SPAN("m=audio 4 RTP/AVP 96\r\na=rtpmap:96 opus\r\na=rtpmap:96 speex/8000\r\n"),
	  "96 speex/8000/1 " },
	{ "parameters of the number alone",
	  SPAN("m=audio 4 RTP/AVP 9 96\r\na=fmtp:961 x=1\r\na=fmtp:96\r\na=fmtp:9 y=2\r\n"),
	  "9 G722/8000/1;y=2 96 /0/0 " },
	{ "blanks", SPAN("m=audio 4 RTP/AVP 0  8 \r\n"), "0 PCMU/8000/1 8 PCMA/8000/1 " },
	{ "no numbers", SPAN("m=image 4 udptl t38\r\n"), "" },
	{ "a number too large", SPAN("m=audio 4 RTP/AVP 0 128\r\n"), "" },
	{ "no m= line", SPAN("m=audio\r\n"), "" },
	{ "refused without formats", SPAN("m=audio 0 RTP/AVP\r\n"), "" },
};

static void numbers_have_meanings(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sdp_codec list[CODEC_MAX];
		struct span text;
		const unsigned n = list_of(cases[i].media, list, &text);
		char buf[512];
		struct writer w = writer_over(buf, sizeof(buf));

		for (unsigned k = 0; k < n; k++) {
			writer_format(&w, "%u %.*s/%u/%u", list[k].number, SPAN_ARG(list[k].encoding), list[k].clock,
				      list[k].channels);
			if (list[k].fmtp.n)
				writer_format(&w, ";%.*s", SPAN_ARG(list[k].fmtp));
			writer_byte(&w, ' ');
		}
		if (!span_eq(writer_done(&w), span_str(cases[i].out)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(writer_done(&w)));
		guard_free(text);
	}
}

static void as_many_as_there_is_room_for(void **state)
{
	struct sdp_codec list[CODEC_MAX];
	char media[1024];
	struct span text;

	(void)state;
	for (unsigned n = CODEC_MAX; n <= CODEC_MAX + 1; n++) {
		struct writer w = writer_over(media, sizeof(media));

		writer_str(&w, "m=audio 4 RTP/AVP");
		for (unsigned i = 0; i < n; i++)
			writer_format(&w, " %u", i);
		assert_int_equal(list_of(writer_done(&w), list, &text), n == CODEC_MAX ? CODEC_MAX : 0);
		guard_free(text);
	}
}

/* Two formats of one m-line: the same codec or not? */
static const struct same_case {
	const char *name, *a, *b;
	bool same;
} pairs[] = {
	{ "the same", "opus/48000/2", "opus/48000/2", true },
	{ "letters", "OPUS/48000/2", "opus/48000/2", true },
	{ "parameters that are negotiated", "opus/48000/2;useinbandfec=1", "opus/48000/2;maxplaybackrate=8000", true },
	{ "clock", "speex/8000", "speex/16000", false },
	{ "channels", "L16/8000", "L16/8000/2", false },
	{ "one channel need not be said", "L16/8000", "L16/8000/1", true },
	{ "name", "iLBC/8000", "speex/8000", false },
	{ "events of other clocks", "telephone-event/8000", "telephone-event/48000", false },
	{ "events of other kinds", "telephone-event/8000;0-15", "telephone-event/8000;0-16", true },
	{ "packetization", "H264/90000;packetization-mode=1;profile-level-id=42e01f",
	  "H264/90000;profile-level-id=42e01f", false },
	{ "packetization by default", "H264/90000;packetization-mode=0;profile-level-id=42e01f",
	  "H264/90000; profile-level-id=42E01F", true },
	{ "level", "H264/90000;packetization-mode=1;profile-level-id=42e01f",
	  "H264/90000;profile-level-id=42e034;packetization-mode=1", true },
	{ "profile", "H264/90000;profile-level-id=42e01f", "H264/90000;profile-level-id=640c1f", false },
	{ "profile of VP9", "VP9/90000;profile-id=2", "VP9/90000", false },
	{ "octets", "AMR/8000;octet-align=1", "AMR/8000;mode-set=7", false },
	{ "bit rate of G722.1", "G7221/16000;bitrate=32000", "G7221/16000;bitrate=24000", false },
};

static unsigned parts(const char *text, unsigned number, char *out, size_t size)
{
	const char *semicolon = strchr(text, ';');
	const int n = semicolon ? (int)(semicolon - text) : (int)strlen(text);

	return (unsigned)snprintf(out, size, "a=rtpmap:%u %.*s\r\na=fmtp:%u %s\r\n", number, n, text, number,
				  semicolon ? semicolon + 1 : "x=1");
}

static void keys_tell_codecs_apart(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct sdp_codec list[CODEC_MAX];
		char media[512] = "m=audio 4 RTP/AVP 96 97\r\n";
		unsigned at = (unsigned)strlen(media);
		struct span text;

		at += parts(pairs[i].a, 96, media + at, sizeof(media) - at);
		parts(pairs[i].b, 97, media + at, sizeof(media) - at);
		assert_int_equal(list_of(span_str(media), list, &text), 2);
		if ((list[0].key == list[1].key) != pairs[i].same)
			fail_msg("%s", pairs[i].name);
		guard_free(text);
	}
}

/* RFC 4588: the same where what it repeats is the same, whatever the numbers. */
static void retransmissions_belong_to_a_codec(void **state)
{
	struct sdp_codec list[CODEC_MAX];
	struct span text;

	(void)state;
	assert_int_equal(list_of(SPAN("m=video 4 RTP/AVPF 96 97 98 99 100\r\na=rtpmap:96 VP8/90000\r\n"
				      "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP8/90000\r\n"
				      "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\na=rtpmap:100 rtx/90000\r\n"
				      "a=fmtp:100 apt=100\r\n"),
				 list, &text),
			 5);
	assert_ptr_equal(sdp_codec_repeated(&list[1], list, 5), &list[0]);
	assert_ptr_equal(sdp_codec_repeated(&list[3], list, 5), &list[2]);
	assert_null(sdp_codec_repeated(&list[0], list, 5));
	assert_null(sdp_codec_repeated(&list[4], list, 5));
	assert_int_equal(list[1].key, list[3].key);
	assert_int_not_equal(list[1].key, list[4].key);
	guard_free(text);
}

static void numbers_that_need_no_saying(void **state)
{
	static const struct {
		const char *encoding;
		uint32_t clock, channels;
		int number;
	} known[] = { { "PCMU", 8000, 1, 0 },   { "pcma", 8000, 1, 8 },   { "G722", 8000, 1, 9 },
		      { "L16", 44100, 2, 10 },  { "L16", 44100, 1, 11 },  { "H263", 90000, 1, 34 },
		      { "PCMU", 16000, 1, -1 }, { "opus", 48000, 2, -1 }, { "", 0, 0, -1 } };

	(void)state;
	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct sdp_codec c = { .encoding = span_str(known[i].encoding),
					     .clock = known[i].clock,
					     .channels = known[i].channels };

		if (sdp_codec_static(&c) != known[i].number)
			fail_msg("%s", known[i].encoding);
	}
}

static void parameters_by_name(void **state)
{
	const struct span fmtp = guard_span(SPAN("a=1; B = 2 ;;cc;ab=3;d="));

	(void)state;
	assert_true(span_eq(sdp_codec_parameter(fmtp, SPAN("a")), SPAN("1")));
	assert_true(span_eq(sdp_codec_parameter(fmtp, SPAN("b")), SPAN("2")));
	assert_true(span_eq(sdp_codec_parameter(fmtp, SPAN("ab")), SPAN("3")));
	assert_int_equal(sdp_codec_parameter(fmtp, SPAN("cc")).n, 0);
	assert_int_equal(sdp_codec_parameter(fmtp, SPAN("d")).n, 0);
	assert_int_equal(sdp_codec_parameter(fmtp, SPAN("x")).n, 0);
	assert_int_equal(sdp_codec_parameter((struct span){ 0 }, SPAN("x")).n, 0);
	guard_free(fmtp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_meanings),       cmocka_unit_test(as_many_as_there_is_room_for),
		cmocka_unit_test(keys_tell_codecs_apart),      cmocka_unit_test(retransmissions_belong_to_a_codec),
		cmocka_unit_test(numbers_that_need_no_saying), cmocka_unit_test(parameters_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
