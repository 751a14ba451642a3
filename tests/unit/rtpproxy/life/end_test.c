/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/life/end.h"

static struct session *session_of(struct rig *g, const char *call)
{
	return table_find(&g->relay.sessions, span_str(call));
}

/* A calls; branches z1 and z2 have both answered, z2 last. */
static struct session *forked_call(struct rig *g)
{
	static const struct {
		const char *via, *to;
	} steps[] = { { "z1", NULL }, { "z2", NULL }, { "z1", "B1" }, { "z2", "B2" } };

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
	return session_of(g, "c");
}

/* The caller's ports stay up, but what they hear goes nowhere. */
static void without_the_joined_branch_nobody_is_joined(void **state)
{
	struct rig *g = *state;
	struct session *s = forked_call(g);
	const uint16_t near = s->near->stream[0].port, far = s->joined->stream[0].port;

	assert_int_equal(rig_spec(g, RIG_OUT, near)->peer.port, far);
	end_branch(&g->relay, s, s->joined, g->now);
	assert_null(s->joined);
	assert_int_equal(rig_spec(g, RIG_OUT, near)->peer.port, 0);
	assert_false(rig_port(g, (struct own_port){ RIG_LAN, far })->is_set);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

/* Another branch's end changes nothing for who talks. */
static void a_branch_that_lost_ends_alone(void **state)
{
	struct rig *g = *state;
	struct session *s = forked_call(g);
	struct leg *joined = s->joined, *lost = session_branch(s, SPAN("z1"));

	assert_ptr_not_equal(joined, lost);
	end_branch(&g->relay, s, lost, g->now);
	assert_ptr_equal(s->joined, joined);
	assert_null(session_branch(s, SPAN("z1")));
	assert_int_equal(rig_spec(g, RIG_OUT, s->near->stream[0].port)->peer.port, joined->stream[0].port);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

/* Of three calls the one in the middle: the others are found and told of as before. */
static void a_session_ends_with_all_that_it_had(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c1");
	rig_call(g, "c2");
	rig_call(g, "c3");
	end_session(&g->relay, session_of(g, "c2"), g->now);
	assert_null(session_of(g, "c2"));
	assert_non_null(session_of(g, "c1"));
	assert_non_null(session_of(g, "c3"));
	assert_int_equal(relay_sessions(&g->relay), 2);
	assert_int_equal(relay_ports_used(&g->relay), 4);
	assert_int_equal(g->nset, 8);
}

static void delete_after(struct rig *g, const char *call, const char *flags)
{
	g->flags = flags;
	rig_delete(g, call);
	g->flags = NULL;
	assert_ok(g);
}

static int setup_small(void **state)
{
	struct rig *g = rig_new();

	g->conf.relay.sessions = 2;
	g->conf.realms[RIG_LAN].media_last = 20003;
	rig_begin(g);
	*state = g;
	return 0;
}

static void who_lingers_gives_way(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c1");
	rig_call(g, "c2");
	delete_after(g, "c2", "delete-delay=60");
	delete_after(g, "c1", "delete-delay=30");
	rig_call(g, "c3");
	assert_ok(g);
	assert_null(session_of(g, "c2"));
	assert_non_null(session_of(g, "c1"));
	/* For ports too, but never the session in hand. */
	delete_after(g, "c3", "delete-delay=30");
	rig_offer(g, "c3", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_ok(g);
	assert_null(session_of(g, "c1"));
	rig_offer(g, "c3", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002") RIG_AUDIO("4004")));
	assert_refused(g, "Ran out of ports");
	assert_int_equal(relay_sessions(&g->relay), 1);
}

/* Who is being used again is not ended for want of room, however long it has lingered. */
static void the_session_in_hand_does_not_give_way(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c1");
	rig_call(g, "c2");
	delete_after(g, "c1", "delete-delay=60");
	assert_false(end_make_room(&g->relay, session_of(g, "c1"), g->now));
	delete_after(g, "c2", "delete-delay=60");
	assert_true(end_make_room(&g->relay, session_of(g, "c1"), g->now));
	assert_null(session_of(g, "c2"));
	assert_non_null(session_of(g, "c1"));
	assert_true(end_make_room(&g->relay, NULL, g->now));
	assert_false(end_make_room(&g->relay, NULL, g->now));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_the_joined_branch_nobody_is_joined),
		TEST(a_branch_that_lost_ends_alone),
		TEST(a_session_ends_with_all_that_it_had),
		TEST(the_session_in_hand_does_not_give_way),
		cmocka_unit_test_setup_teardown(who_lingers_gives_way, setup_small, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
