/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static struct session *session_of(struct rig *g, const char *call)
{
	return table_find(&g->relay.sessions, span_str(call));
}

static void delete_after(struct rig *g, const char *call, const char *flags)
{
	g->flags = flags;
	rig_delete(g, call);
	g->flags = NULL;
	assert_ok(g);
}

static void a_deleted_session_stays_its_time(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	delete_after(g, "c", "delete-delay=5");
	assert_non_null(session_of(g, "c"));
	assert_int_equal(relay_ports_used(&g->relay), 2);
	assert_int_equal(g->nset, 4);
	g->now += 4999;
	relay_tick(&g->relay, g->now);
	assert_int_equal(relay_sessions(&g->relay), 1);
	g->now++;
	relay_tick(&g->relay, g->now);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
	assert_int_equal(g->relay.lingering.count, 0);
}

static void how_long_is_said_or_configured(void **state)
{
	static const struct {
		const char *name, *flags, *owner;
		uint64_t stays_ms;
	} cases[] = {
		{ "as configured", NULL, NULL, 30000 },
		{ "said", "delete-delay=3", NULL, 3000 },
		{ "at once, said", "delete-delay=0", NULL, 0 },
		{ "below nothing is as configured", "delete-delay=-1", NULL, 30000 },
		{ "our SBC knows when a call is over", NULL, "sbc1", 0 },
		{ "unless it says otherwise", "delete-delay=2", "sbc1", 2000 },
	};
	struct rig *g = *state;

	g->conf.relay.delete_delay_ms = 30000;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = "A",
					     .owner = cases[i].owner,
					     .direction = { "out", "lan" },
					     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) });
		delete_after(g, "c", cases[i].flags);
		if ((session_of(g, "c") != NULL) != (cases[i].stays_ms > 0))
			fail_msg("%s", cases[i].name);
		if (cases[i].stays_ms && session_of(g, "c")->linger_until != g->now + cases[i].stays_ms)
			fail_msg("%s: %lu", cases[i].name, (unsigned long)(session_of(g, "c")->linger_until - g->now));
		delete_after(g, "c", "delete-delay=0");
	}
}

/* Kamailio deletes when one of several branches has failed, and goes on. */
static void the_call_goes_on_where_it_is_used_again(void **state)
{
	struct rig *g = *state;
	int port;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	port = rig_port_of(g, 0);
	delete_after(g, "c", "delete-delay=5");
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	assert_int_equal(rig_port_of(g, 0), port);
	delete_after(g, "c", "delete-delay=5");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
	assert_int_equal(session_of(g, "c")->linger_until, 0);
	g->now += 10000;
	relay_tick(&g->relay, g->now);
	assert_non_null(session_of(g, "c"));
	/* What fails does not bring it back. */
	delete_after(g, "c", "delete-delay=5");
	rig_answer(g, "c", "nonsense");
	assert_int_not_equal(session_of(g, "c")->linger_until, 0);
}

static void deleted_twice_counts_from_the_second_time(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	rig_call(g, "d");
	delete_after(g, "c", "delete-delay=5");
	delete_after(g, "d", "delete-delay=5");
	g->now += 3000;
	delete_after(g, "c", "delete-delay=5");
	g->now += 2000;
	relay_tick(&g->relay, g->now);
	assert_non_null(session_of(g, "c"));
	assert_null(session_of(g, "d"));
	delete_after(g, "c", "delete-delay=0");
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(g->relay.lingering.count, 0);
}

/* Nobody is told of the silence of a call that is over. */
static void it_is_not_watched(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	delete_after(g, "c", "delete-delay=600");
	g->now += 500000;
	relay_tick(&g->relay, g->now);
	assert_int_equal(g->events, 0);
	assert_non_null(session_of(g, "c"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_deleted_session_stays_its_time),
		TEST(how_long_is_said_or_configured),
		TEST(the_call_goes_on_where_it_is_used_again),
		TEST(deleted_twice_counts_from_the_second_time),
		TEST(it_is_not_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
