/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static void ask(struct rig *g, enum ng_command command, bool no_payload)
{
	rig_ask(g, (struct ng_request){ .command = command, .call_id = SPAN("c"), .no_payload = no_payload });
}

static enum datapath_capture of_port(struct rig *g, int port)
{
	return g->ports[RIG_OUT][port].spec.capture;
}

static void from_start_to_stop(void **state)
{
	struct rig *g = *state;
	struct ng_value v;
	int out;

	g->relay.wall_ms = 1700000000000 - g->now;
	g->conf.relay.capture_dir = "/captures";
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	assert_int_equal(of_port(g, out), CAPTURE_NONE);
	ask(g, NG_START_RECORDING, false);
	assert_ok(g);
	assert_int_equal(ng_find(g->answer.body, SPAN("file"), &v), 0);
	assert_true(span_eq(v.text, span_str(g->capture_path)));
	assert_string_equal(g->capture_path, "/captures/20231114T221320Z-1.pcapng");
	assert_int_equal(g->captured, 1);
	assert_int_equal(of_port(g, out), CAPTURE_WHOLE);
	assert_int_equal(of_port(g, out + 1), CAPTURE_WHOLE);
	/* Again, without payload: the same file. */
	g->now += 5000;
	ask(g, NG_START_RECORDING, true);
	assert_ok(g);
	assert_string_equal(g->capture_path, "/captures/20231114T221320Z-1.pcapng");
	assert_int_equal(of_port(g, out), CAPTURE_HEADERS);
	ask(g, NG_PAUSE_RECORDING, false);
	assert_ok(g);
	assert_int_equal(of_port(g, out), CAPTURE_NONE);
	assert_int_equal(g->captured, 1);
	ask(g, NG_STOP_RECORDING, false);
	assert_ok(g);
	assert_int_equal(g->captured, 0);
}

/* Within one second, too: no file is written over. */
static void begun_again_it_is_another_file(void **state)
{
	struct rig *g = *state;

	g->relay.wall_ms = 1700000000000 - g->now;
	g->conf.relay.capture_dir = "/captures";
	rig_call(g, "c");
	ask(g, NG_START_RECORDING, false);
	ask(g, NG_STOP_RECORDING, false);
	ask(g, NG_START_RECORDING, false);
	assert_ok(g);
	assert_string_equal(g->capture_path, "/captures/20231114T221320Z-1-2.pcapng");
	ask(g, NG_STOP_RECORDING, false);
	rig_delete(g, "c");
	rig_call(g, "c");
	ask(g, NG_START_RECORDING, false);
	assert_string_equal(g->capture_path, "/captures/20231114T221320Z-2.pcapng");
}

static void the_calls_end_closes_the_file(void **state)
{
	struct rig *g = *state;

	g->conf.relay.capture_dir = "/captures";
	rig_call(g, "c");
	ask(g, NG_START_RECORDING, false);
	assert_int_equal(g->captured, 1);
	rig_delete(g, "c");
	assert_int_equal(g->captured, 0);
}

static void what_cannot_be_written_is_said(void **state)
{
	struct rig *g = *state;
	int out;

	g->conf.relay.capture_dir = "/captures";
	ask(g, NG_START_RECORDING, false);
	assert_refused(g, "Unknown call-id");
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	g->capture_fails = true;
	ask(g, NG_START_RECORDING, false);
	assert_refused(g, "Cannot capture: the relay's log says why");
	assert_string_equal(g->log, "1 no room");
	assert_int_equal(of_port(g, out), CAPTURE_NONE);
}

/* record-call in an offer, an answer, a later offer. */
static void as_offers_and_answers_wish(void **state)
{
	static const struct {
		const char *flag;
		uint32_t captured;
		enum datapath_capture port;
	} steps[] = {
		{ "record-call=on", 1, CAPTURE_WHOLE }, { "record-call", 1, CAPTURE_WHOLE },
		{ "trust-address", 1, CAPTURE_WHOLE },  { "record-call=pause", 1, CAPTURE_NONE },
		{ "record-call=on", 1, CAPTURE_WHOLE }, { "record-call=off", 0, CAPTURE_NONE },
		{ "record-call=off", 0, CAPTURE_NONE }, { "record-call=pause", 0, CAPTURE_NONE },
	};
	struct rig *g = *state;
	int out;

	g->conf.relay.capture_dir = "/captures";
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")),
			       i % 2 ? steps[i].flag : "trust-address");
		assert_ok(g);
		rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")),
				i % 2 ? "trust-address" : steps[i].flag);
		assert_ok(g);
		out = rig_port_of(g, 0);
		if (g->captured != steps[i].captured || of_port(g, out) != steps[i].port)
			fail_msg("step %u, %s: %u files, port %d", i, steps[i].flag, g->captured, of_port(g, out));
	}
}

static void a_wish_that_cannot_be_met_fails_no_call(void **state)
{
	struct rig *g = *state;

	g->conf.relay.capture_dir = "/captures";
	g->capture_fails = true;
	rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")), "record-call=on");
	assert_ok(g);
	assert_true(span_eq(g->answer.warning, SPAN("cannot capture")));
	assert_true(g->answer.sdp.n > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(from_start_to_stop),
		TEST(begun_again_it_is_another_file),
		TEST(the_calls_end_closes_the_file),
		TEST(what_cannot_be_written_is_said),
		TEST(as_offers_and_answers_wish),
		TEST(a_wish_that_cannot_be_met_fails_no_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
