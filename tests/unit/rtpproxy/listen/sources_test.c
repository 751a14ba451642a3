/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/listen/sources.h"

#include "tests/unit/rtpproxy/rig.h"

/* The call "c" of A and B, each with audio. */
static int in_a_call(void **state)
{
	struct rig *g = rig_new();

	rig_begin(g);
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("5000")));
	assert_ok(g);
	*state = g;
	return 0;
}

static struct session *session(struct rig *g)
{
	struct session *s = table_find(&g->relay.sessions, SPAN("c"));

	assert_non_null(s);
	return s;
}

static void by_tags_each_once(void **state)
{
	const struct session *s = session(*state);
	struct sources all;

	assert_int_equal(sources_read(s,
				      &(struct ng_request){ .from_tag = SPAN("A"),
							    .from_tags = { SPAN("B"), SPAN("A") },
							    .nfrom_tag = 2 },
				      &all),
			 OUTCOME_OK);
	assert_int_equal(all.n, 2);
	assert_ptr_equal(all.leg[0], session_leg(s, SPAN("B")));
	assert_ptr_equal(all.leg[1], session_leg(s, SPAN("A")));
}

static void who_is_not_there_is_told(void **state)
{
	const struct session *s = session(*state);
	struct sources all;

	assert_int_equal(sources_read(s, &(struct ng_request){ .from_tag = SPAN("X") }, &all), OUTCOME_UNKNOWN_TAGS);
	assert_int_equal(sources_read(s, &(struct ng_request){ .from_label = SPAN("nobody's") }, &all),
			 OUTCOME_NO_SOURCE);
}

static void all_are_both(void **state)
{
	struct sources all;

	assert_int_equal(sources_read(session(*state), &(struct ng_request){ .all = true }, &all), OUTCOME_OK);
	assert_int_equal(all.n, 2);
}

static void whom_an_m_line_is_of(void **state)
{
	struct session *s = session(*state);
	struct leg *a = session_leg(s, SPAN("A"));
	struct sources all;

	assert_int_equal(sources_read(s, &(struct ng_request){ .from_tag = SPAN("A") }, &all), OUTCOME_OK);
	assert_true(sources_have(&all, &(struct ear_line){ .source = a }));
	assert_false(sources_have(&all, &(struct ear_line){ .source = NULL }));
	assert_false(sources_have(&all, &(struct ear_line){ .source = a, .stream = 1 }));
	assert_false(sources_have(&all, &(struct ear_line){ .source = session_leg(s, SPAN("B")) }));
	a->stream[0].now.datagram = true;
	assert_false(sources_have(&all, &(struct ear_line){ .source = a }));
	a->stream[0].now.datagram = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_tags_each_once, in_a_call, rig_teardown),
		cmocka_unit_test_setup_teardown(who_is_not_there_is_told, in_a_call, rig_teardown),
		cmocka_unit_test_setup_teardown(all_are_both, in_a_call, rig_teardown),
		cmocka_unit_test_setup_teardown(whom_an_m_line_is_of, in_a_call, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
