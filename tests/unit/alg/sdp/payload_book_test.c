/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/payload_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"

static unsigned list_of(const char *media, char *text, size_t size, struct sdp_codec list[CODEC_MAX])
{
	static struct sdp s;

	snprintf(text, size, HEAD "%s", media);
	assert_int_equal(sdp_index(span_str(text), &s), SDP_OK);
	return sdp_codec_list(&s, 0, list);
}

static void book_of(const char *media, struct payload_book *b)
{
	struct sdp_codec list[CODEC_MAX];
	char text[2048];

	payload_book_read(b, list, list_of(media, text, sizeof(text), list));
}

#define OPUS  "a=rtpmap:96 opus/48000/2\r\n"
#define EVENT "a=rtpmap:101 telephone-event/8000\r\n"

static void what_is_kept(void **state)
{
	static const struct {
		const char *name, *media, *numbers;
		bool shut;
	} cases[] = {
		{ "no stream that has numbers", "m=image 4 udptl t38\r\n", "", false },
		{ "those of RFC 3551 need no entry", "m=audio 4 RTP/AVP 0 8 9\r\n", "", false },
		{ "nor do they where they are named", "m=audio 4 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n", "", false },
		{ "of the side's own choice", "m=audio 4 RTP/AVP 96 0 101\r\n" OPUS EVENT, "96 101", false },
		{ "a static codec under another number", "m=audio 4 RTP/AVP 97\r\na=rtpmap:97 PCMU/8000\r\n", "97",
		  false },
		{ "a static number for another codec", "m=audio 4 RTP/AVP 0\r\na=rtpmap:0 speex/8000\r\n", "0", false },
		{ "a number that nobody explains", "m=audio 4 RTP/AVP 99\r\n", "", false },
		{ "one codec twice: the first number",
		  "m=audio 4 RTP/AVP 96 97\r\n" OPUS "a=rtpmap:97 opus/48000/2\r\n", "96", false },
		{ "one name, two clocks",
		  "m=audio 4 RTP/AVP 101 102\r\n" EVENT "a=rtpmap:102 telephone-event/48000\r\n", "101 102", false },
		{ "numbers inside of packets", "m=audio 4 RTP/AVP 96 97\r\n" OPUS "a=rtpmap:97 red/48000/2\r\n",
		  "96 97", true },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct payload_book b;
		char text[64] = "";
		size_t at = 0;

		book_of(cases[i].media, &b);
		for (unsigned number = 0; number < 256; number++)
			if (payload_book_uses(&b, (uint8_t)number))
				at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u", at ? " " : "", number);
		if (strcmp(text, cases[i].numbers) != 0 || b.shut != cases[i].shut)
			fail_msg("%s: %s%s", cases[i].name, text, b.shut ? ", shut" : "");
	}
}

/* media of n codecs under numbers of their own. */
static const char *many(unsigned n, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "m=audio 4 RTP/AVP");

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, size - at, " %u", 96 + i);
	at += (size_t)snprintf(text + at, size - at, "\r\n");
	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, size - at, "a=rtpmap:%u codec%u/8000\r\n", 96 + i, i);
	assert_true(at < size);
	return text;
}

static void more_than_fit(void **state)
{
	struct payload_book b;
	char text[1024];

	(void)state;
	book_of(many(PAYLOAD_BOOK_MAX, text, sizeof(text)), &b);
	assert_int_equal(b.n, PAYLOAD_BOOK_MAX);
	assert_false(b.shut);
	book_of(many(PAYLOAD_BOOK_MAX + 1, text, sizeof(text)), &b);
	assert_int_equal(b.n, PAYLOAD_BOOK_MAX);
	assert_true(b.shut);
	/* What an earlier description said is gone. */
	book_of("m=audio 4 RTP/AVP 0\r\n", &b);
	assert_int_equal(b.n, 0);
	assert_false(b.shut);
}

static void which_number(void **state)
{
	static const struct {
		const char *rtpmap;
		int number;
	} cases[] = {
		{ "opus/48000/2", 96 },
		{ "OPUS/48000/2", 96 },
		{ "opus/48000", -1 },
		{ "opus/16000/2", -1 },
		{ "telephone-event/8000/1", 101 },
		{ "speex/8000", -1 },
	};
	struct payload_book b;

	(void)state;
	book_of("m=audio 4 RTP/AVP 96 0 101\r\n" OPUS EVENT, &b);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sdp_codec list[CODEC_MAX];
		char media[128], text[512];
		int number;

		snprintf(media, sizeof(media), "m=audio 4 RTP/AVP 120\r\na=rtpmap:120 %s\r\n", cases[i].rtpmap);
		assert_int_equal(list_of(media, text, sizeof(text), list), 1);
		number = payload_book_number(&b, &list[0]);
		if (number != cases[i].number)
			fail_msg("%s: %d", cases[i].rtpmap, number);
	}
	assert_int_equal(payload_book_event(&b, 8000), 101);
	assert_int_equal(payload_book_event(&b, 48000), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept),
		cmocka_unit_test(more_than_fit),
		cmocka_unit_test(which_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
