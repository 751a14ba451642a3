/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/bundle.h"

#include "tests/unit/rtpproxy/rig.h"

#define NAME_32 "abcdefghijklmnopqrstuvwxyz012345"

/* What the caller said of its m-lines, what the called side answers, and which lines the caller sees again. */
static void who_names_m_lines_hears_the_names_again(void **state)
{
	static const struct {
		const char *group, *name, *answered, *shown, *grouped;
	} cases[] = {
		{ "", "", "", NULL, NULL },
		{ "", "a=mid:0\r\n", "", "a=mid:0\r\n", NULL },
		{ "a=group:BUNDLE 0\r\n", "a=mid:0\r\n", "", "a=mid:0\r\n", "a=group:BUNDLE 0\r\n" },
		{ "a=group:BUNDLE x 0\r\n", "a=mid:0\r\n", "", "a=mid:0\r\n", "a=group:BUNDLE 0\r\n" },
		{ "a=group:BUNDLE 00 x\r\n", "a=mid:0\r\n", "", "a=mid:0\r\n", NULL },
		{ "a=group:LS 0\r\n", "a=mid:0\r\n", "", "a=mid:0\r\n", NULL },
		{ "a=group:BUNDLE 0\r\n", "a=mid:0\r\n", "a=mid:0\r\n", "a=mid:0\r\n", "a=group:BUNDLE 0\r\n" },
		/* Another name came, as from a side that does not do this well: it stands alone. */
		{ "a=group:BUNDLE 0\r\n", "a=mid:0\r\n", "a=mid:b\r\n", "a=mid:b\r\n", NULL },
		{ "", "a=mid:" NAME_32 "\r\n", "", "a=mid:" NAME_32 "\r\n", NULL },
		{ "", "a=mid:" NAME_32 "x\r\n", "", NULL, NULL },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char call[8], media[256];

		snprintf(call, sizeof(call), "c%u", i);
		snprintf(media, sizeof(media), "%s" RIG_AUDIO("4000") "%s", cases[i].group, cases[i].name);
		rig_offer(g, call, rig_sdp(g, "198.51.100.7", media));
		assert_ok(g);
		assert_false(rig_has(g->answer.sdp, "BUNDLE"));
		snprintf(media, sizeof(media), RIG_AUDIO("6000") "%s", cases[i].answered);
		rig_answer(g, call, rig_sdp(g, "10.0.0.50", media));
		assert_ok(g);
		assert_int_equal(rig_has(g->answer.sdp, "a=mid:"), cases[i].shown != NULL);
		assert_true(!cases[i].shown || rig_has(g->answer.sdp, cases[i].shown));
		assert_int_equal(rig_has(g->answer.sdp, "a=group:BUNDLE"), cases[i].grouped != NULL);
		assert_true(!cases[i].grouped || rig_has(g->answer.sdp, cases[i].grouped));
	}
}

/* Of several m-lines each has a transport of its own, so that one alone can stay in the group. */
static void the_first_stream_stays_in_the_group(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c",
		  rig_sdp(g, "198.51.100.7",
			  "a=group:BUNDLE a v\r\n" RIG_AUDIO("4000") "a=mid:a\r\n" RIG_VIDEO("4002") "a=mid:v\r\n"));
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", "m=audio 0 RTP/AVP 0\r\n" RIG_VIDEO("6002")));
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "a=group:BUNDLE v\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=mid:v\r\n"));
}

/* When the other side makes the offer, the names are those that were said before. */
static void an_offer_has_the_names_of_its_reader(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", "a=group:BUNDLE 0\r\n" RIG_AUDIO("4000") "a=mid:0\r\n"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "a=group:BUNDLE 0\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=mid:0\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_names_m_lines_hears_the_names_again, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_first_stream_stays_in_the_group, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(an_offer_has_the_names_of_its_reader, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
