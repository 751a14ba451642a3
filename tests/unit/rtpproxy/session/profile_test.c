/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static bool shows(const struct rig *g, const char *profile)
{
	char line[64];

	snprintf(line, sizeof(line), " %s 0", profile);
	return rig_has(g->answer.sdp, line);
}

static const char *sdp_of(struct rig *g, const char *host, const char *profile)
{
	char media[128];

	snprintf(media, sizeof(media), "m=audio 4000 %s 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", profile);
	return rig_sdp(g, host, media);
}

static bool has_feedback(const char *profile)
{
	return profile[strlen(profile) - 1] == 'F';
}

/* What the called side is shown, and what the caller gets back: always the profile that it offered. */
static void each_side_has_its_own(void **state)
{
	static const struct {
		const char *offered, *flags, *shown, *answered, *returned;
	} cases[] = {
		{ "RTP/AVP", NULL, "RTP/AVP", "RTP/AVP", "RTP/AVP" },
		{ "RTP/AVP", "RTP/AVPF", "RTP/AVPF", "RTP/AVPF", "RTP/AVP" },
		{ "RTP/AVPF", "transport-protocol=RTP/AVP", "RTP/AVP", "RTP/AVP", "RTP/AVPF" },
		{ "RTP/AVPF", NULL, "RTP/AVPF", "RTP/AVP", "RTP/AVPF" },
		{ "RTP/AVPF", NULL, "RTP/AVPF", "RTP/AVPF", "RTP/AVPF" },
		{ "RTP/SAVP", NULL, "RTP/SAVP", "RTP/SAVP", "RTP/SAVP" },
		{ "RTP/SAVP", "RTP/SAVPF", "RTP/SAVPF", "RTP/SAVPF", "RTP/SAVP" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const bool keys = cases[i].offered[4] == 'S';
		const bool feedback = has_feedback(cases[i].offered) && has_feedback(cases[i].answered);

		rig_offer_with(g, "c", sdp_of(g, "198.51.100.7", cases[i].offered), cases[i].flags);
		assert_ok(g);
		if (!shows(g, cases[i].shown) || rig_has(g->answer.sdp, "a=crypto:") != keys)
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		rig_answer(g, "c", sdp_of(g, "10.0.0.50", cases[i].answered));
		assert_ok(g);
		if (!shows(g, cases[i].returned) || rig_has(g->answer.sdp, "a=crypto:") != keys)
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		assert_int_equal(!g->ports[RIG_OUT][rig_port_of(g, 0) + 1].spec.no_feedback, feedback);
		rig_delete(g, "c");
	}
}

/* One side would hear noise. */
static void srtp_on_one_side_only_is_refused(void **state)
{
	static const struct {
		const char *offered, *flags;
	} cases[] = {
		{ "RTP/AVP", "RTP/SAVP" },
		{ "RTP/SAVP", "RTP/AVP" },
		{ "RTP/AVP", "UDP/TLS/RTP/SAVPF" },
		{ "RTP/AVP", "WebRTC" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", sdp_of(g, "198.51.100.7", cases[i].offered), cases[i].flags);
		assert_refused(g, "Media between RTP and SRTP is not relayed: same profile on both sides");
		assert_int_equal(relay_sessions(&g->relay), 0);
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
	rig_offer(g, "c", sdp_of(g, "198.51.100.7", "RTP/SAVP"));
	rig_answer(g, "c", sdp_of(g, "10.0.0.50", "RTP/AVP"));
	assert_refused(g, "Media between RTP and SRTP is not relayed: same profile on both sides");
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
		TEST(srtp_on_one_side_only_is_refused),
		TEST(a_stream_that_is_refused_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
