/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/stream/forward.h"

/* The call "c": alice outside, bob on the LAN. */
struct stage {
	struct rig *g;
	int a, b; /* our ports that face them */
};

static void ask(struct rig *g, enum ng_command command, const char *from_tag, bool no_payload)
{
	rig_ask(g, (struct ng_request){ .command = command,
					.call_id = SPAN("c"),
					.from_tag = span_str(from_tag),
					.no_payload = no_payload });
}

static struct stage call(struct rig *g)
{
	struct stage s = { .g = g };

	g->conf.relay.forward_to = "tcp:192.0.2.9:9000";
	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	s.b = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	s.a = rig_port_of(g, 0);
	return s;
}

/* What is copied of either side, RTP and RTCP. */
static void copied(const struct stage *s, enum datapath_capture a, enum datapath_capture b)
{
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_spec(s->g, RIG_OUT, s->a + i)->forward, a);
		assert_int_equal(rig_spec(s->g, RIG_LAN, s->b + i)->forward, b);
		assert_int_equal(rig_spec(s->g, RIG_OUT, s->a + i)->capture, CAPTURE_NONE);
	}
}

static void from_start_to_stop(void **state)
{
	struct rig *g = *state;
	const struct stage s = call(g);

	copied(&s, CAPTURE_NONE, CAPTURE_NONE);
	assert_false(forward_is_on(&g->relay));
	ask(g, NG_START_FORWARDING, NULL, false);
	assert_ok(g);
	copied(&s, CAPTURE_WHOLE, CAPTURE_WHOLE);
	assert_int_equal(g->forwarded, 1);
	assert_string_equal(g->forward_name, "c");
	assert_true(forward_is_on(&g->relay));
	/* Again, without payload: the same stream. */
	ask(g, NG_START_FORWARDING, NULL, true);
	assert_ok(g);
	copied(&s, CAPTURE_HEADERS, CAPTURE_HEADERS);
	ask(g, NG_STOP_FORWARDING, NULL, false);
	assert_ok(g);
	copied(&s, CAPTURE_NONE, CAPTURE_NONE);
	assert_int_equal(g->forwarded, 0);
	assert_false(forward_is_on(&g->relay));
	/* Twice is no more than once. */
	ask(g, NG_STOP_FORWARDING, NULL, false);
	assert_ok(g);
}

/* What a new offer refuses before there was an answer keeps its port until then, but nobody hears of it. */
static void of_a_refused_stream_nothing_is_copied(void **state)
{
	struct rig *g = *state;
	struct own_port second = { .realm = RIG_OUT };

	g->conf.relay.forward_to = "tcp:192.0.2.9:9000";
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_AUDIO("4002")));
	second.port = g->relay.all.first->near->stream[1].port;
	ask(g, NG_START_FORWARDING, NULL, false);
	assert_ok(g);
	assert_int_equal(rig_spec(g, RIG_OUT, second.port)->forward, CAPTURE_WHOLE);
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_AUDIO("0")));
	assert_ok(g);
	assert_false(addr_is_set(&rig_spec(g, RIG_OUT, second.port)->expected));
	ask(g, NG_STOP_FORWARDING, NULL, false);
	assert_ok(g);
	assert_int_equal(rig_spec(g, RIG_OUT, second.port)->forward, CAPTURE_NONE);
}

/* Each step after those before it. */
static void one_side(void **state)
{
	static const struct {
		enum ng_command command;
		const char *side;
		bool no_payload;
		enum datapath_capture a, b;
	} steps[] = {
		{ NG_START_FORWARDING, "A", false, CAPTURE_WHOLE, CAPTURE_NONE },
		{ NG_START_FORWARDING, "B", true, CAPTURE_WHOLE, CAPTURE_HEADERS },
		{ NG_STOP_FORWARDING, "A", false, CAPTURE_NONE, CAPTURE_HEADERS },
		{ NG_STOP_FORWARDING, "A", false, CAPTURE_NONE, CAPTURE_HEADERS },
		{ NG_STOP_FORWARDING, "B", false, CAPTURE_NONE, CAPTURE_NONE },
		{ NG_START_FORWARDING, NULL, false, CAPTURE_WHOLE, CAPTURE_WHOLE },
		{ NG_STOP_FORWARDING, "B", false, CAPTURE_WHOLE, CAPTURE_NONE },
		{ NG_START_FORWARDING, NULL, true, CAPTURE_HEADERS, CAPTURE_HEADERS },
		{ NG_STOP_FORWARDING, "B", false, CAPTURE_HEADERS, CAPTURE_NONE },
		{ NG_STOP_FORWARDING, "A", false, CAPTURE_NONE, CAPTURE_NONE },
		{ NG_START_FORWARDING, "B", false, CAPTURE_NONE, CAPTURE_WHOLE },
		{ NG_STOP_FORWARDING, NULL, false, CAPTURE_NONE, CAPTURE_NONE },
	};
	struct rig *g = *state;
	const struct stage s = call(g);

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ask(g, steps[i].command, steps[i].side, steps[i].no_payload);
		assert_ok(g);
		copied(&s, steps[i].a, steps[i].b);
		/* A stream as long as something is in it. */
		assert_int_equal(g->forwarded, steps[i].a || steps[i].b ? 1 : 0);
		assert_int_equal(forward_is_on(&g->relay), g->forwarded);
	}
	ask(g, NG_START_FORWARDING, "C", false);
	assert_refused(g, "Neither tag belongs to this call");
	ask(g, NG_STOP_FORWARDING, "C", false);
	assert_refused(g, "Neither tag belongs to this call");
}

/* A fork that comes later, and a re-INVITE. */
static void sides_that_come_later(void **state)
{
	struct rig *g = *state;
	const struct stage s = call(g);
	int port;

	ask(g, NG_START_FORWARDING, NULL, false);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = "branch",
				     .sdp = rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
	assert_ok(g);
	port = rig_port_of(g, 0);
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "D",
				     .via = "branch",
				     .sdp = rig_sdp(g, "10.0.0.51", RIG_AUDIO("7000")),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.51" });
	assert_ok(g);
	assert_int_equal(rig_spec(g, RIG_LAN, port)->forward, CAPTURE_WHOLE);
	assert_int_equal(rig_spec(g, RIG_OUT, s.a)->forward, CAPTURE_WHOLE);
}

static void the_calls_end_ends_it(void **state)
{
	struct rig *g = *state;

	call(g);
	ask(g, NG_START_FORWARDING, "A", false);
	assert_int_equal(g->forwarded, 1);
	rig_delete(g, "c");
	assert_int_equal(g->forwarded, 0);
	assert_false(forward_is_on(&g->relay));
}

static void beside_a_file(void **state)
{
	struct rig *g = *state;
	const struct stage s = call(g);

	g->conf.relay.capture_dir = "/captures";
	ask(g, NG_START_RECORDING, NULL, false);
	ask(g, NG_START_FORWARDING, "A", true);
	assert_int_equal(rig_spec(g, RIG_OUT, s.a)->capture, CAPTURE_WHOLE);
	assert_int_equal(rig_spec(g, RIG_OUT, s.a)->forward, CAPTURE_HEADERS);
	assert_int_equal(rig_spec(g, RIG_LAN, s.b)->capture, CAPTURE_WHOLE);
	assert_int_equal(rig_spec(g, RIG_LAN, s.b)->forward, CAPTURE_NONE);
	ask(g, NG_STOP_RECORDING, NULL, false);
	copied(&s, CAPTURE_HEADERS, CAPTURE_NONE);
}

static void query_tells(void **state)
{
	struct rig *g = *state;

	call(g);
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_false(rig_has(g->reply, "forwarding"));
	ask(g, NG_START_FORWARDING, "B", false);
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(rig_has(g->reply, "10:forwardingd5:state5:flows5:sidesl1:Be7:packetsi12e5:bytesi2400e"
				      "7:droppedi1ee"));
}

static void what_cannot_be(void **state)
{
	struct rig *g = *state;
	struct stage s;

	ask(g, NG_START_FORWARDING, NULL, false);
	assert_refused(g, "Unknown call-id");
	ask(g, NG_STOP_FORWARDING, NULL, false);
	assert_refused(g, "Unknown call-id");
	s = call(g);
	g->conf.relay.forward_to = NULL;
	ask(g, NG_START_FORWARDING, NULL, false);
	assert_refused(g, "Nobody to forward to: the configuration has no relay.forward-to");
	g->conf.relay.forward_to = "unix:/run/receiver";
	g->forwarding = DATAPATH_FORWARD_GONE;
	ask(g, NG_START_FORWARDING, NULL, false);
	assert_refused(g, "Who relay.forward-to names cannot be reached: the relay's log says why");
	assert_string_equal(g->log, "1 no way");
	g->forwarding = DATAPATH_FORWARDS_FULL;
	ask(g, NG_START_FORWARDING, NULL, false);
	assert_refused(g, "Cannot capture: the relay's log says why");
	copied(&s, CAPTURE_NONE, CAPTURE_NONE);
	assert_false(forward_is_on(&g->relay));
	/* A call that goes on without: what is forwarded already stays so. */
	g->forwarding = DATAPATH_FORWARDED;
	ask(g, NG_START_FORWARDING, "A", false);
	assert_ok(g);
	g->forwarding = DATAPATH_FORWARD_GONE;
	ask(g, NG_START_FORWARDING, "B", false);
	assert_refused(g, "Who relay.forward-to names cannot be reached: the relay's log says why");
	copied(&s, CAPTURE_WHOLE, CAPTURE_NONE);
	assert_int_equal(g->forwarded, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(from_start_to_stop),
		TEST(of_a_refused_stream_nothing_is_copied),
		TEST(one_side),
		TEST(sides_that_come_later),
		TEST(the_calls_end_ends_it),
		TEST(beside_a_file),
		TEST(query_tells),
		TEST(what_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
