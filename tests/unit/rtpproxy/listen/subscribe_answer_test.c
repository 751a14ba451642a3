/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/listen/listen_scene.h"

static void copies_begin_with_the_answer(void **state)
{
	struct rig *g = *state;
	const int port = listen_to_call(g);
	const struct port_spec *spec = rig_spec(g, RIG_LAN, port);

	assert_hears(g, session(g)->near, 0);
	assert_hears(g, session(g)->joined, 1);
	assert_int_equal(g->ncopy, 4);
	assert_addr(&spec->expected, "10.0.0.99:7000");
	assert_int_equal(spec->peer.port, 0);
	assert_agrees(g);
}

/* The ports of a listener come back, and the call goes on. */
static void unsubscribing_ends_it_alone(void **state)
{
	static const struct rig_say ends[] = {
		{ .command = NG_UNSUBSCRIBE, .call = "c", .to = "L" },
		{ .command = NG_DELETE, .call = "c", .from = "L" },
		{ .command = NG_DELETE, .call = "c", .from = "A", .to = "L" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		listen_to_call(g);
		assert_int_equal(g->nset, 8);
		rig_say(g, ends[i]);
		assert_ok(g);
		assert_null(session(g)->listeners);
		assert_int_equal(g->ncopy, 0);
		assert_int_equal(g->nset, 4);
		assert_agrees(g);
		rig_delete(g, "c");
		assert_ok(g);
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

/* Hold, or a stream that it does not want. */
static void a_listener_may_decline(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe_all(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("0")));
	assert_ok(g);
	assert_hears(g, session(g)->near, 0);
	assert_int_equal(g->ncopy, 2);
	assert_int_equal(session(g)->listeners->stream[1].port, 0);
	assert_agrees(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", "m=audio 7000 RTP/AVP 0\r\na=inactive\r\n"));
	assert_ok(g);
	assert_int_equal(g->ncopy, 0);
	assert_agrees(g);
}

/* What was offered as audio is heard as audio or not at all. */
static void a_listener_answers_in_kind(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe_all(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") "m=image 7002 udptl t38\r\n"));
	assert_ok(g);
	assert_hears(g, session(g)->near, 0);
	assert_int_equal(g->ncopy, 2);
	assert_int_equal(session(g)->listeners->stream[1].port, 0);
	assert_agrees(g);
}

static void a_listener_on_hold_comes_back(void **state)
{
	struct rig *g = *state;

	listen_to_call(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", "m=audio 7000 RTP/AVP 0\r\na=inactive\r\n"));
	assert_int_equal(g->ncopy, 0);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	assert_ok(g);
	assert_hears(g, session(g)->near, 0);
	assert_agrees(g);
}

/* Who is not there cannot answer, nor leave; nothing changes by it. */
static void who_does_not_listen(void **state)
{
	struct rig *g = *state;

	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	assert_refused(g, "Unknown call-id");
	rig_say(g, (struct rig_say){ .command = NG_UNSUBSCRIBE, .call = "c", .to = "L" });
	assert_refused(g, "Unknown call-id");
	listen_to_call(g);
	accept_with(g, "X", rig_sdp(g, "10.0.0.98", HEARS("7000")));
	assert_refused(g, "No listener with that to-tag in this call");
	rig_say(g, (struct rig_say){ .command = NG_UNSUBSCRIBE, .call = "c", .to = "X" });
	assert_refused(g, "No listener with that to-tag in this call");
	accept_with(g, "L", NULL);
	assert_refused(g, "No SDP body in message");
	assert_int_equal(g->ncopy, 4);
	assert_agrees(g);
}

/* More m-lines than were offered are nobody's. */
static void what_was_not_offered_is_not_heard(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe_all(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("7002") HEARS("7004")));
	assert_ok(g);
	assert_int_equal(g->ncopy, 4);
	assert_agrees(g);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(copies_begin_with_the_answer),
		TEST(unsubscribing_ends_it_alone),
		TEST(a_listener_may_decline),
		TEST(a_listener_answers_in_kind),
		TEST(a_listener_on_hold_comes_back),
		TEST(who_does_not_listen),
		TEST(what_was_not_offered_is_not_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
