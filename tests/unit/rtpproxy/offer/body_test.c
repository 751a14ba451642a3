/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static const char *phone(struct rig *g)
{
	return rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000"));
}

/* What the client wants the other side to see. */
static void wishes_for_the_description(void **state)
{
	static const struct {
		const char *flags, *media, *has, *has_not;
	} cases[] = {
		{ NULL, RIG_AUDIO("4000"), "c=IN IP4 10.0.0.1\r\n", "a=rtcp" },
		{ "media-address=192.0.2.77", RIG_AUDIO("4000"), "c=IN IP4 192.0.2.77\r\n", "10.0.0.1" },
		{ "full-rtcp-attribute", RIG_AUDIO("4000"), " IN IP4 10.0.0.1\r\n", "a=mid" },
		{ "no-rtcp-attribute", RIG_AUDIO("4000"), "c=IN IP4 10.0.0.1\r\n", "a=rtcp" },
		{ "generate-mid", RIG_AUDIO("4000") RIG_VIDEO("4002"), "a=mid:m2\r\n", "a=mid:m3" },
		{ "strip-extmap", RIG_AUDIO("4000") "a=extmap:1 urn:x\r\n", "RTP/AVP", "extmap" },
		{ "extmap=[strip=[urn:x]]", RIG_AUDIO("4000") "a=extmap:1 urn:x\r\na=extmap:2 urn:y\r\n",
		  "a=extmap:2 urn:y\r\n", "urn:x" },
		{ "extmap-mask-all", RIG_AUDIO("4000") "a=extmap:1 urn:x\r\n", "RTP/AVP", "extmap" },
		{ "sdp-attr=[audio=[add=[x:1]]]", RIG_AUDIO("4000") RIG_VIDEO("4002"), "a=x:1\r\nm=video",
		  "H264/90000\r\na=x" },
		{ "sdp-attr-remove-audio-ptime", RIG_AUDIO("4000") "a=ptime:20\r\n", "RTP/AVP", "ptime" },
		{ "sdp-attr-substitute-none-x>y..z", "a=x\r\n" RIG_AUDIO("4000"), "a=y z\r\nm=audio", "a=x" },
		{ "original-sendrecv", RIG_AUDIO("4000") "a=sendonly\r\n", "a=sendonly\r\n", "recvonly" },
		{ "ICE=remove", RIG_AUDIO("4000") "a=candidate:1 1 UDP 1 198.51.100.7 4000 typ host\r\n", "RTP/AVP",
		  "candidate" },
		{ "replace-zero-address", RIG_AUDIO("4000") "c=IN IP4 0.0.0.0\r\n", "c=IN IP4 10.0.0.1\r\n",
		  "0.0.0.0" },
		{ "replace-origin replace-session-connection", RIG_AUDIO("4000"), "o=- ", "198.51.100.7" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", cases[i].media), cases[i].flags);
		assert_ok(g);
		if (!rig_has(g->answer.sdp, cases[i].has) || rig_has(g->answer.sdp, cases[i].has_not) ||
		    g->answer.warning.n)
			fail_msg("%s: %.*s", cases[i].flags ? cases[i].flags : "-", SPAN_ARG(g->reply));
		rig_delete(g, "c");
	}
}

static void a_media_address_of_the_other_ip_version_is_told(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c", phone(g), "media-address=2001:db8::7");
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 10.0.0.1\r\n"));
	assert_true(rig_has(g->answer.warning, "media-address is not of the IP version of realm: lan"));
}

static void lines_of_ours_stay(void **state)
{
	struct rig *g = *state;

	rig_offer_with(
		g, "c", phone(g),
		"RTP/SAVP sdp-attr=[audio=[remove=[crypto] add=[candidate:1 x] substitute=[[rtpmap:0 rtcp:9]]]]");
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "a=crypto:1 "));
	assert_true(rig_has(g->answer.sdp, "a=rtpmap:0 PCMU/8000\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=x\r\n"));
	assert_true(rig_has(g->answer.warning, "sdp-attr: the relay's own line stays as it is: crypto; "));
	assert_true(rig_has(g->answer.warning, "stays as it is: candidate:1; "));
	assert_true(rig_has(g->answer.warning, "stays as it is: rtpmap:0"));
}

/* What the side is told is what counts. */
static void a_patch_makes_a_new_version(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c", phone(g), "sdp-attr-add-audio-x");
	assert_true(rig_has(g->answer.sdp, " 1 IN IP4"));
	rig_offer_with(g, "c", phone(g), "sdp-attr-add-audio-x");
	assert_true(rig_has(g->answer.sdp, " 1 IN IP4"));
	rig_offer(g, "c", phone(g));
	assert_true(rig_has(g->answer.sdp, " 2 IN IP4"));
}

static void the_version_counts_on_where_that_is_forced(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", phone(g));
	assert_true(rig_has(g->answer.sdp, " 1 IN IP4"));
	rig_offer(g, "c", phone(g));
	assert_true(rig_has(g->answer.sdp, " 1 IN IP4"));
	rig_offer_with(g, "c", phone(g), "replace-force-increment-sdp-ver");
	assert_true(rig_has(g->answer.sdp, " 2 IN IP4"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(wishes_for_the_description),
		TEST(a_media_address_of_the_other_ip_version_is_told),
		TEST(lines_of_ours_stay),
		TEST(a_patch_makes_a_new_version),
		TEST(the_version_counts_on_where_that_is_forced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
