/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/payload_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"

/* "0 96=opus/48000/2 101=telephone-event/8000" */
static unsigned list_of(const char *text, char *buf, size_t size, struct sdp_codec list[CODEC_MAX])
{
	static struct sdp s;
	char words[512], *save, attributes[512] = "";
	size_t at = (size_t)snprintf(buf, size, HEAD "m=audio 4 RTP/AVP"), more = 0;

	snprintf(words, sizeof(words), "%s", text);
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *equals = strchr(word, '=');

		if (equals)
			*equals = '\0';
		at += (size_t)snprintf(buf + at, size - at, " %s", word);
		if (equals)
			more += (size_t)snprintf(attributes + more, sizeof(attributes) - more, "a=rtpmap:%s %s\r\n",
						 word, equals + 1);
	}
	snprintf(buf + at, size - at, "\r\n%s", attributes);
	assert_int_equal(sdp_index(span_str(buf), &s), SDP_OK);
	return sdp_codec_list(&s, 0, list);
}

#define EVENT "telephone-event/8000"
#define OPUS  "opus/48000/2"

static const struct plan_case {
	const char *name, *written, *reader, *shown;
	bool own;
} cases[] = {
	{ "nothing known of the reader", "0 101=" EVENT, "", "0 101", true },
	{ "the same numbers", "0 101=" EVENT, "0 101=" EVENT, "0 101", true },
	{ "events", "0 96=" EVENT, "0 8 101=" EVENT, "0 101", true },
	{ "two numbers in each other's place", "96=" OPUS " 97=" EVENT, "97=" OPUS " 96=" EVENT, "97 96", true },
	{ "a static codec under another number", "96=PCMU/8000", "0 8", "0", true },
	{ "a number that is another codec to the reader", "96=speex/8000", "96=" OPUS, "127", true },
	{ "the free number is free on both sides", "96=speex/8000 127=iLBC/8000", "96=" OPUS " 126=G726-32/8000",
	  "125 127", true },
	{ "a number of no meaning stays", "96 0", "101=" EVENT, "96 0", true },
	{ "more differences than are allowed", "96=" OPUS " 97=" EVENT " 98=speex/8000 99=iLBC/8000",
	  "106=" OPUS " 107=" EVENT " 108=speex/8000 109=iLBC/8000", "96 97 98 99", false },
	{ "as many as are allowed", "96=" OPUS " 97=" EVENT " 98=speex/8000",
	  "106=" OPUS " 107=" EVENT " 108=speex/8000", "106 107 108", true },
	{ "numbers inside of packets", "96=" OPUS " 97=red/48000/2", "106=" OPUS, "96 97", false },
	{ "numbers inside of the reader's packets", "96=" OPUS, "106=" OPUS " 97=red/48000/2", "96", false },
	{ "one codec twice", "96=" OPUS " 97=" OPUS, "106=" OPUS, "96 97", false },
};

static void the_reader_is_shown_its_own_numbers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sdp_codec written[CODEC_MAX], reader[CODEC_MAX];
		struct payload_book a, b;
		struct payload_plan plan;
		char buf[2][1024], shown[128] = "";
		unsigned n = list_of(cases[i].reader, buf[0], sizeof(buf[0]), reader), at = 0;
		bool own;

		payload_book_read(&b, reader, n);
		n = list_of(cases[i].written, buf[1], sizeof(buf[1]), written);
		payload_book_read(&a, written, n);
		payload_plan_begin(&plan, written, n);
		own = payload_plan_renumber(&plan, written, n, &a, &b, 3);
		for (unsigned k = 0; k < plan.n; k++)
			at += (unsigned)snprintf(shown + at, sizeof(shown) - at, k ? " %u" : "%u", plan.format[k].to);
		if (own != cases[i].own || strcmp(shown, cases[i].shown) != 0)
			fail_msg("%s: %s", cases[i].name, shown);
	}
}

static void what_is_no_list_is_left_alone(void **state)
{
	static const struct payload_book none;
	struct payload_plan plan;

	(void)state;
	payload_plan_begin(&plan, NULL, 0);
	assert_false(plan.given);
	assert_false(payload_plan_renumber(&plan, NULL, 0, &none, &none, 3));
	assert_int_equal(payload_plan_shows(&plan, 0), -1);
}

/* A book of as many codecs as it has room for, and of one more. */
static void a_book_that_is_full_is_shut(void **state)
{
	(void)state;
	for (unsigned n = PAYLOAD_BOOK_MAX; n <= PAYLOAD_BOOK_MAX + 1; n++) {
		struct sdp_codec list[CODEC_MAX];
		struct payload_book b;
		char text[512], buf[2048];
		unsigned at = 0;

		for (unsigned i = 0; i < n; i++)
			at += (unsigned)snprintf(text + at, sizeof(text) - at, "%u=codec%u/8000 ", 96 + i, i);
		assert_int_equal(list_of(text, buf, sizeof(buf), list), n);
		payload_book_read(&b, list, n);
		assert_int_equal(b.shut, n > PAYLOAD_BOOK_MAX);
		assert_int_equal(payload_book_number(&b, &list[PAYLOAD_BOOK_MAX - 1]), 96 + PAYLOAD_BOOK_MAX - 1);
		assert_true(payload_book_uses(&b, 96));
		assert_false(payload_book_uses(&b, 95));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_is_shown_its_own_numbers),
		cmocka_unit_test(what_is_no_list_is_left_alone),
		cmocka_unit_test(a_book_that_is_full_is_shut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
