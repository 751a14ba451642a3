/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/formats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"

struct bench {
	struct formats_shelf shelf;
	struct hash_key key;
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	b->key = (struct hash_key){ 1, 2 };
	*state = b;
	return 0;
}

/* Nobody holds anything any more. */
static int teardown(void **state)
{
	struct bench *b = *state;

	for (unsigned i = 0; i < FORMATS_ROWS; i++)
		assert_null(b->shelf.row[i]);
	free(b);
	return 0;
}

static struct formats *keep_of(struct bench *b, const char *head, const char *media)
{
	struct sdp_codec list[CODEC_MAX];
	char text[FORMATS_TEXT_MAX * 2];
	struct sdp_leak names;
	struct sdp sdp;

	snprintf(text, sizeof(text), "%s%s", head, media);
	assert_int_equal(sdp_index(span_str(text), &sdp), SDP_OK);
	assert_int_equal(sdp_leak_init(&sdp, &names), 0);
	return formats_keep(&b->shelf, &b->key, &names, list, sdp_codec_list(&sdp, 0, list));
}

static struct formats *keep(struct bench *b, const char *media)
{
	return keep_of(b, HEAD, media);
}

static void what_is_kept(void **state)
{
	static const struct {
		const char *media, *kept;
	} cases[] = {
		{ "m=audio 4 RTP/AVP 0\r\n", "0\r\na=rtpmap:0 PCMU/8000\r\n" },
		{ "m=audio 4 RTP/AVP 96 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
		  "a=rtpmap:96 opus/48000/2\r\na=ptime:20\r\na=crypto:1 x\r\n",
		  "96 0 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\n"
		  "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" },
		{ "m=audio 4 RTP/AVP 99 8\r\n", "8\r\na=rtpmap:8 PCMA/8000\r\n" },
		{ "m=audio 4 RTP/AVP 99\r\n", NULL },
		{ "m=image 4 udptl t38\r\n", NULL },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct formats *f = keep(*state, cases[i].media);

		if (!span_eq(formats_text(f), span_str(cases[i].kept)))
			fail_msg("%u: %.*s", i, SPAN_ARG(formats_text(f)));
		formats_drop(f);
	}
}

/* Who listens is not told by what name its sender goes. */
static void names_of_the_sender_are_not_kept(void **state)
{
#define NAMED "v=0\r\no=- 1 1 IN IP4 pbx.example\r\ns=-\r\nc=IN IP4 gate\r\nt=0 0\r\n"
	static const struct {
		const char *media, *kept;
	} cases[] = {
		{ "m=audio 4 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n",
		  "0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" },
		{ "m=audio 4 RTP/AVP 96 0\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 cbr=1; x=PBX.example\r\n",
		  "96 0\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\n" },
		{ "m=audio 4 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 x=gate\r\n",
		  "96\r\na=rtpmap:96 opus/48000/2\r\n" },
		{ "m=audio 4 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 x=gated\r\n",
		  "96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 x=gated\r\n" },
		{ "m=audio 4 RTP/AVP 96 0\r\na=rtpmap:96 gate/8000\r\na=fmtp:96 y\r\n",
		  "0\r\na=rtpmap:0 PCMU/8000\r\n" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* Somebody else says the same, and it is not his name. */
		struct formats *other = keep(*state, cases[i].media);
		struct formats *f = keep_of(*state, NAMED, cases[i].media);

		if (!span_eq(formats_text(f), span_str(cases[i].kept)))
			fail_msg("%u: %.*s", i, SPAN_ARG(formats_text(f)));
		formats_drop(f);
		formats_drop(other);
	}
#undef NAMED
}

static void the_same_is_kept_once(void **state)
{
	struct formats *a = keep(*state, "m=audio 4 RTP/AVP 0 8\r\n"), *b = keep(*state, "m=audio 6 RTP/AVP 0 8\r\n");
	struct formats *c = keep(*state, "m=audio 6 RTP/AVP 8 0\r\n");

	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	formats_drop(a);
	assert_true(span_starts(formats_text(b), SPAN("0 8\r\n")));
	formats_drop(b);
	formats_drop(c);
}

/* Of one row any may go first. */
static void each_goes_with_its_last_holder(void **state)
{
	enum { MANY = 3 * FORMATS_ROWS };
	static struct formats *all[MANY];
	char media[128];

	for (unsigned i = 0; i < MANY; i++) {
		snprintf(media, sizeof(media), "m=audio 4 RTP/AVP 96\r\na=rtpmap:96 codec-%u/8000\r\n", i);
		all[i] = keep(*state, media);
		assert_non_null(all[i]);
	}
	for (unsigned i = 0; i < MANY; i++)
		formats_drop(all[(i * 7 + 5) % MANY]);
}

static void what_is_too_long_is_not_kept(void **state)
{
	char media[FORMATS_TEXT_MAX + 128];

	snprintf(media, sizeof(media), "m=audio 4 RTP/AVP 0\r\na=fmtp:0 %0*d\r\n", FORMATS_TEXT_MAX, 0);
	assert_null(keep(*state, media));
	formats_drop(NULL);
	assert_null(formats_hold(NULL));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_kept),
		TEST(names_of_the_sender_are_not_kept),
		TEST(the_same_is_kept_once),
		TEST(each_goes_with_its_last_holder),
		TEST(what_is_too_long_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
