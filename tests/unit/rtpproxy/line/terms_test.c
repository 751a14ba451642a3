/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD               "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define KEY                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
#define CRYPTO(tag, suite) "a=crypto:" tag " " suite " inline:" KEY "\r\n"
#define AUDIO              "m=audio 4000 RTP/SAVP 0\r\n"

static struct terms *read_one(const char *text, unsigned media)
{
	static struct sdp sdp;
	struct terms *t;

	assert_int_equal(sdp_index(span_str(text), &sdp), SDP_OK);
	assert_int_equal(terms_read(&sdp, media, &t), 0);
	return t;
}

/* The first that can be used; tag 0: none. */
static void the_first_key_that_can_be_used(void **state)
{
	static const struct {
		const char *text;
		unsigned tag;
	} cases[] = {
		{ HEAD AUDIO CRYPTO("1", "AES_CM_128_HMAC_SHA1_80"), 1 },
		{ HEAD AUDIO CRYPTO("1", "F8_128_HMAC_SHA1_80") CRYPTO("2", "AES_CM_128_HMAC_SHA1_32")
			  CRYPTO("3", "AES_CM_128_HMAC_SHA1_80"),
		  2 },
		{ HEAD AUDIO "a=CRYPTO:4 AES_CM_128_HMAC_SHA1_80 inline:" KEY "\r\n", 4 },
		{ HEAD AUDIO CRYPTO("1", "F8_128_HMAC_SHA1_80"), 0 },
		/* Of another stream; of all, which there is not. */
		{ HEAD AUDIO "m=audio 4002 RTP/SAVP 0\r\n" CRYPTO("5", "AES_CM_128_HMAC_SHA1_80"), 0 },
		{ HEAD CRYPTO("6", "AES_CM_128_HMAC_SHA1_80") AUDIO, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct terms *t = read_one(cases[i].text, 0);

		if ((t ? t->crypto.tag : 0) != cases[i].tag)
			fail_msg("%u", i);
		terms_drop(t);
	}
}

static void ice_and_mux(void **state)
{
	static const char pwd[] = "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n";
	static const struct {
		const char *session, *media;
		bool mux, ice, lite, mismatch;
	} cases[] = {
		{ "", "a=rtcp-mux\r\n", true, false, false, false },
		{ "", "a=rtcp-mux-only\r\n", true, false, false, false },
		{ "", "a=rtcp-muxes\r\n", false, false, false, false },
		{ "a=rtcp-mux\r\n", "", false, false, false, false },
		{ "", "a=ice-ufrag:8hhY\r\n", false, true, false, false },
		{ "a=ice-ufrag:8hhY\r\n", "", false, true, false, false },
		{ "a=ice-lite\r\n", "a=ice-ufrag:8hhY\r\n", false, true, true, false },
		{ "", "a=ice-ufrag:8hhY\r\na=ice-mismatch\r\n", false, true, false, true },
		{ "", "a=ice-ufrag:8\r\n", false, false, false, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		struct terms *t;

		snprintf(text, sizeof(text), HEAD "%s" AUDIO "%s%s", cases[i].session, cases[i].media, pwd);
		t = read_one(text, 0);
		if ((t && t->mux) != cases[i].mux || (t && t->ice.said) != cases[i].ice ||
		    (t && t->ice.lite) != cases[i].lite || (t && t->ice.mismatch) != cases[i].mismatch)
			fail_msg("%u", i);
		if (cases[i].ice && t->ice.peer != terms_ice_peer(SPAN("8hhY")))
			fail_msg("%u: who it is", i);
		terms_drop(t);
	}
}

static struct terms_ice ice_of(const char *ufrag, const char *pwd)
{
	char text[512];
	struct terms_ice ice;
	struct terms *t;

	snprintf(text, sizeof(text), HEAD AUDIO "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", ufrag, pwd);
	t = read_one(text, 0);
	ice = t->ice;
	terms_drop(t);
	return ice;
}

/* Either of the two makes a restart (RFC 8445 9). */
static void others_mean_that_it_begins_anew(void **state)
{
	const struct terms_ice a = ice_of("8hhY", "asd88fgpdd777uzjYhagZg");

	(void)state;
	assert_true(ice_of("8hhY", "asd88fgpdd777uzjYhagZg").all == a.all);
	assert_true(ice_of("8hhZ", "asd88fgpdd777uzjYhagZg").all != a.all);
	assert_true(ice_of("8hhY", "asd88fgpdd777uzjYhagZh").all != a.all);
	assert_true(ice_of("8hhY", "asd88fgpdd777uzjYhagZh").peer == a.peer);
}

static void plain_lines_have_none(void **state)
{
	static const char *const cases[] = {
		HEAD AUDIO,
		HEAD AUDIO "a=cryptography:1\r\na=crypt\r\na=c\r\na=\r\nb=AS:64\r\n",
		HEAD "a=group:BUNDLE 1\r\n" AUDIO "a=rtpmap:0 PCMU/8000\r\n",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_null(read_one(cases[i], 0));
}

static void the_last_holder_frees(void **state)
{
	struct terms *t = read_one(HEAD AUDIO CRYPTO("1", "AES_CM_128_HMAC_SHA1_80"), 0);

	(void)state;
	assert_ptr_equal(terms_hold(t), t);
	terms_drop(t);
	assert_int_equal(t->crypto.tag, 1);
	terms_drop(t);
	assert_null(terms_hold(NULL));
	terms_drop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_key_that_can_be_used),  cmocka_unit_test(ice_and_mux),
		cmocka_unit_test(others_mean_that_it_begins_anew), cmocka_unit_test(plain_lines_have_none),
		cmocka_unit_test(the_last_holder_frees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
