/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#define KEY_A    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
#define KEY_B    "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlq"
#define CRYPTO_A "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_A "\r\n"
#define CRYPTO_B "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY_B "|2^31\r\n"

static bool shows(const struct rig *g, const char *profile)
{
	char line[64];

	snprintf(line, sizeof(line), " %s 0", profile);
	return rig_has(g->answer.sdp, line);
}

static const char *sdp_of(struct rig *g, const char *host, const char *profile, const char *crypto)
{
	char media[256];

	snprintf(media, sizeof(media), "m=audio 4000 %s 0\r\n%s", profile, crypto);
	return rig_sdp(g, host, media);
}

static bool has_feedback(const char *profile)
{
	return profile[strlen(profile) - 1] == 'F';
}

/* What the called side is shown, and what the caller gets back: always the profile that it offered. Each has keys of
 * ours where it has keys of its own, and never sees the other's. */
static void each_side_has_its_own(void **state)
{
	static const struct {
		const char *offered, *key, *flags, *shown;
		bool shows_key;
		const char *answered, *answer_key;
		bool returns_key;
	} cases[] = {
		{ "RTP/AVP", "", NULL, "RTP/AVP", false, "RTP/AVP", "", false },
		{ "RTP/AVP", "", "RTP/AVPF", "RTP/AVPF", false, "RTP/AVPF", "", false },
		{ "RTP/AVPF", "", "transport-protocol=RTP/AVP", "RTP/AVP", false, "RTP/AVP", "", false },
		{ "RTP/AVPF", "", NULL, "RTP/AVPF", false, "RTP/AVP", "", false },
		{ "RTP/AVPF", "", NULL, "RTP/AVPF", false, "RTP/AVPF", "", false },
		{ "RTP/SAVP", CRYPTO_A, NULL, "RTP/SAVP", true, "RTP/SAVP", CRYPTO_B, true },
		{ "RTP/SAVP", CRYPTO_A, "RTP/SAVPF", "RTP/SAVPF", true, "RTP/SAVPF", CRYPTO_B, true },
		{ "RTP/SAVP", CRYPTO_A, "RTP/AVP", "RTP/AVP", false, "RTP/AVP", "", true },
		{ "RTP/AVP", "", "RTP/SAVP", "RTP/SAVP", true, "RTP/SAVP", CRYPTO_B, false },
		/* Called so, but the key is there. */
		{ "RTP/AVP", "", "RTP/SAVP", "RTP/SAVP", true, "RTP/AVP", CRYPTO_B, false },
		/* Who offers both in one (RFC 8643), and is heard or not. */
		{ "RTP/AVP", CRYPTO_A, NULL, "RTP/AVP", false, "RTP/AVP", "", false },
		{ "RTP/AVP", CRYPTO_A, "OSRTP=accept", "RTP/AVP", false, "RTP/AVP", "", true },
		{ "RTP/AVP", CRYPTO_A, "sender-srtp-sdes", "RTP/AVP", false, "RTP/AVP", "", true },
		{ "RTP/AVP", "", "OSRTP=offer", "RTP/AVP", true, "RTP/AVP", "", false },
		{ "RTP/AVP", "", "OSRTP-offer", "RTP/AVP", true, "RTP/AVP", CRYPTO_B, false },
		{ "RTP/AVP", CRYPTO_A, "OSRTP-offer OSRTP-accept", "RTP/AVP", true, "RTP/AVP", CRYPTO_B, true },
		{ "RTP/SAVP", CRYPTO_A, "RTP/AVP OSRTP-offer", "RTP/AVP", true, "RTP/AVP", "", true },
		{ "RTP/AVP", "", "OSRTP-offer SDES-off", "RTP/AVP", false, "RTP/AVP", "", false },
		/* A key that nobody asked for. */
		{ "RTP/AVP", "", NULL, "RTP/AVP", false, "RTP/AVP", CRYPTO_B, false },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const bool feedback = has_feedback(cases[i].offered) && has_feedback(cases[i].answered);

		rig_offer_with(g, "c", sdp_of(g, "198.51.100.7", cases[i].offered, cases[i].key), cases[i].flags);
		assert_ok(g);
		if (!shows(g, cases[i].shown) || rig_has(g->answer.sdp, "a=crypto:") != cases[i].shows_key ||
		    rig_has(g->answer.sdp, KEY_A))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		rig_answer(g, "c", sdp_of(g, "10.0.0.50", cases[i].answered, cases[i].answer_key));
		assert_ok(g);
		if (!shows(g, cases[i].offered) || rig_has(g->answer.sdp, "a=crypto:") != cases[i].returns_key ||
		    rig_has(g->answer.sdp, KEY_B))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		assert_int_equal(!g->ports[RIG_OUT][rig_port_of(g, 0) + 1].spec.no_feedback, feedback);
		rig_delete(g, "c");
	}
}

static void offers_that_cannot_be_shown_are_refused(void **state)
{
	static const struct {
		const char *offered, *key, *flags;
	} cases[] = {
		{ "RTP/AVP", "", "RTP/SAVP SDES-off" },
		{ "RTP/SAVP", CRYPTO_A, "SDES-off" },
		{ "RTP/SAVP", "", NULL },
		{ "RTP/SAVP", "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" KEY_A "\r\n", NULL },
		{ "RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", "RTP/AVP" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", sdp_of(g, "198.51.100.7", cases[i].offered, cases[i].key), cases[i].flags);
		assert_refused(g, "SRTP without keys that can be used");
		assert_int_equal(relay_sessions(&g->relay), 0);
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

/* Nobody talks in the clear who was offered nothing but SRTP (O7), nor encrypted who was offered none. */
static void answers_that_do_not_fit_are_refused(void **state)
{
	static const struct {
		const char *flags, *answered, *key, *reason;
	} cases[] = {
		{ "RTP/SAVP", "RTP/AVP", "", "Media in the clear where it must be encrypted" },
		{ "RTP/SAVP", "RTP/SAVP", "", "SRTP without keys that can be used" },
		{ NULL, "RTP/SAVP", CRYPTO_B, "SRTP without keys that can be used" },
		{ NULL, "RTP/SAVP", "", "SRTP without keys that can be used" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", sdp_of(g, "198.51.100.7", "RTP/AVP", ""), cases[i].flags);
		assert_ok(g);
		rig_answer(g, "c", sdp_of(g, "10.0.0.50", cases[i].answered, cases[i].key));
		assert_refused(g, cases[i].reason);
		rig_delete(g, "c");
	}
}

static void a_stream_that_is_refused_does_not_matter(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c",
		       rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") "m=audio 0 RTP/SAVP 0\r\nm=image 0 udptl t38\r\n"),
		       "RTP/AVPF");
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, " RTP/AVPF 0 8\r\n"));
	assert_true(rig_has(g->answer.sdp, "m=audio 0 RTP/SAVP 0\r\nm=image 0 udptl t38\r\n"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_side_has_its_own),
		TEST(offers_that_cannot_be_shown_are_refused),
		TEST(answers_that_do_not_fit_are_refused),
		TEST(a_stream_that_is_refused_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
