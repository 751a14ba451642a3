/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

/* A calls; branch z1 has answered as B1 and before that as B0, branch z2 as B2 and is the one joined; z3 rings. */
static void forked_call(struct rig *g)
{
	static const struct {
		const char *via, *to;
	} steps[] = { { "z1", NULL }, { "z2", NULL }, { "z3", NULL }, { "z1", "B0" }, { "z1", "B1" }, { "z2", "B2" } };

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		rig_say(g, (struct rig_say){
				   .command = steps[i].to ? NG_ANSWER : NG_OFFER,
				   .call = "c",
				   .from = "A",
				   .to = steps[i].to,
				   .via = steps[i].via,
				   .direction = { "out", "lan" },
				   .sdp = rig_sdp(g, steps[i].to ? "10.0.0.50" : "198.51.100.7", RIG_AUDIO("4000")) });
		assert_ok(g);
	}
	assert_int_equal(relay_ports_used(&g->relay), 4);
}

static void what_a_delete_ends(void **state)
{
	static const struct {
		const char *name;
		struct rig_say say;
		unsigned pairs; /* left in use: 4 = nothing ended */
		bool warns;
	} cases[] = {
		{ "the call-id suffices", { .call = "c" }, 0, false },
		{ "the caller", { .call = "c", .from = "A" }, 0, false },
		{ "the dialog in force", { .call = "c", .from = "A", .to = "B2" }, 0, false },
		{ "the dialog in force, by the called", { .call = "c", .from = "B2", .to = "A" }, 0, false },
		{ "the called alone", { .call = "c", .from = "B2" }, 0, false },
		{ "a branch", { .call = "c", .from = "A", .via = "z1" }, 3, false },
		{ "a branch without tags", { .call = "c", .via = "z3" }, 3, false },
		{ "the branch that is joined", { .call = "c", .from = "A", .via = "z2" }, 3, false },
		{ "an unknown branch", { .call = "c", .from = "A", .via = "z9" }, 4, true },
		{ "an unknown branch without tags", { .call = "c", .via = "z9" }, 4, true },
		{ "BYE in the dialog, Via branch of its own",
		  { .call = "c", .from = "A", .to = "B2", .via = "z9" },
		  0,
		  false },
		{ "a dialog that lost, on its own branch", { .call = "c", .from = "A", .to = "B1" }, 3, false },
		{ "a fork of a branch, not in force", { .call = "c", .from = "A", .to = "B0" }, 4, false },
		{ "a fork of a branch, by itself", { .call = "c", .from = "B0", .to = "A" }, 4, false },
		{ "a tag that never answered", { .call = "c", .from = "A", .to = "B7" }, 4, true },
		{ "a stranger", { .call = "c", .from = "X" }, 4, true },
		{ "two strangers", { .call = "c", .from = "X", .to = "Y" }, 4, true },
		{ "another call", { .call = "d" }, 4, true },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig_say say = cases[i].say;
		struct rig *g;

		rig_setup((void **)&g);
		forked_call(g);
		say.command = NG_DELETE;
		rig_say(g, say);
		assert_ok(g);
		if (relay_ports_used(&g->relay) != cases[i].pairs)
			fail_msg("%s: %u pairs left", cases[i].name, relay_ports_used(&g->relay));
		if (rig_has(g->answer.warning, "Call-ID not found or tags didn't match") != cases[i].warns)
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(g->reply));
		say.fatal = true;
		if (cases[i].warns) {
			rig_say(g, say);
			assert_refused(g, "Call-ID not found or tags didn't match");
		}
		rig_delete(g, "c");
		assert_int_equal(relay_ports_used(&g->relay), 0);
		assert_int_equal(g->nset, 0);
		rig_free(g);
	}
}

static void a_fork_that_is_ended_is_forgotten(void **state)
{
	struct rig *g = *state;
	const struct session *s;

	forked_call(g);
	s = table_find(&g->relay.sessions, SPAN("c"));
	assert_non_null(session_leg(s, SPAN("B0")));
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .to = "B0" });
	assert_null(session_leg(s, SPAN("B0")));
	assert_non_null(session_leg(s, SPAN("B1")));
}

static void the_last_branch_is_the_call(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = "z1",
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) });
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .via = "z1" });
	assert_ok(g);
	assert_int_equal(relay_sessions(&g->relay), 0);
}

static void the_last_figures_come_with_the_answer(void **state)
{
	struct rig *g = *state;
	struct ng_value v;
	int out;

	rig_call(g, "c");
	out = rig_port_of(g, 0);
	g->ports[RIG_OUT][out].stats = (struct port_stats){ .rx_packets = 500, .rx_bytes = 86000 };
	g->ports[RIG_OUT][out + 1].stats = (struct port_stats){ .rx_packets = 3, .rx_bytes = 300 };
	rig_delete(g, "c");
	assert_int_equal(ng_find(g->answer.body, SPAN("totals"), &v), 0);
	assert_int_equal(ng_find(v.text, SPAN("RTP"), &v), 0);
	assert_int_equal(ng_find(v.text, SPAN("packets"), &v), 0);
	assert_int_equal(v.integer, 500);
	assert_int_equal(ng_find(g->answer.body, SPAN("tags"), &v), 0);
}

static void who_is_in_a_hurry_gets_no_figures(void **state)
{
	struct rig *g = *state;
	struct ng_value v;

	rig_call(g, "c");
	rig_ask(g, (struct ng_request){ .command = NG_DELETE, .call_id = SPAN("c"), .fast = true });
	assert_ok(g);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(ng_find(g->answer.body, SPAN("totals"), &v), -1);
	assert_int_equal(ng_find(g->answer.body, SPAN("tags"), &v), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_delete_ends),
		cmocka_unit_test_setup_teardown(a_fork_that_is_ended_is_forgotten, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_last_branch_is_the_call, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_last_figures_come_with_the_answer, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(who_is_in_a_hurry_gets_no_figures, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
