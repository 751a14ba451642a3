/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

enum { PAIRS = 4 };

static int few_ports(void **state)
{
	struct rig *g = rig_new();

	for (unsigned i = 0; i < RIG_REALMS; i++)
		g->conf.realms[i].media_last = (uint16_t)(g->conf.realms[i].media_first + 2 * PAIRS - 1);
	rig_begin(g);
	*state = g;
	return 0;
}

static const struct leg *side(const struct rig *g, const char *call, const char *tag)
{
	const struct session *s = table_find(&g->relay.sessions, span_str(call));

	return s ? session_leg(s, span_str(tag)) : NULL;
}

/* A call whose caller has a name for its m-line. */
static void named_call(struct rig *g)
{
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") "a=mid:hers\r\n"));
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
}

/* Somebody else offers to the same caller, in another session. */
static void offer_to(struct rig *g, const char *whom, const char *media)
{
	rig_ask(g, (struct ng_request){ .command = NG_OFFER,
					.call_id = SPAN("d"),
					.from_tag = SPAN("C"),
					.direction = { SPAN("lan"), SPAN("out") },
					.stands_for = { SPAN(""), span_str(whom) },
					.sdp = span_str(rig_sdp(g, "10.0.0.51", media)) });
}

static void for_the_side_it_goes_on(void **state)
{
	struct rig *g = *state;
	char origin[64];

	named_call(g);
	snprintf(origin, sizeof(origin), "o=- %llu ", (unsigned long long)side(g, "c", "A")->sdp_id);
	offer_to(g, "c A", RIG_AUDIO("6100"));
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, origin));
	assert_true(rig_has(g->answer.sdp, "a=mid:hers\r\n"));
	assert_true(side(g, "c", "A")->sdp_version > 1);
}

static void who_is_not_there_is_passed_over(void **state)
{
	static const char *const whom[] = { "", "c", "c ", "c X", "x A", " ", "A c" };
	struct rig *g = *state;

	named_call(g);
	for (unsigned i = 0; i < sizeof(whom) / sizeof(whom[0]); i++) {
		offer_to(g, whom[i], RIG_AUDIO("6100"));
		assert_ok(g);
		assert_false(rig_has(g->answer.sdp, "a=mid:hers\r\n"));
		g->flags = "delete-delay=0";
		rig_delete(g, "d");
		g->flags = NULL;
	}
}

/* The session that the side is known from is over, and ends when the new one needs its ports. */
static void its_ports_may_be_taken(void **state)
{
	struct rig *g = *state;

	named_call(g);
	g->flags = "delete-delay=5";
	rig_delete(g, "c");
	g->flags = NULL;
	offer_to(g, "c A", RIG_AUDIO("6100") RIG_AUDIO("6102") RIG_AUDIO("6104") RIG_AUDIO("6106"));
	assert_ok(g);
	assert_null(side(g, "c", "A"));
	assert_false(rig_has(g->answer.sdp, "a=mid:hers\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(for_the_side_it_goes_on, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(who_is_not_there_is_passed_over, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(its_ports_may_be_taken, few_ports, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
