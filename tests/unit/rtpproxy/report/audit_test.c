/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/report/audit.h"

static int64_t number(const struct rig *g, const char *key)
{
	struct ng_value v;

	assert_int_equal(ng_find(g->answer.body, span_str(key), &v), 0);
	return v.integer;
}

static int64_t audit(struct rig *g)
{
	rig_say(g, (struct rig_say){ .command = NG_AUDIT });
	assert_ok(g);
	return number(g, "different");
}

static void all_agree(void **state)
{
	struct rig *g = *state;
	char call[16];

	assert_int_equal(audit(g), 0);
	for (unsigned i = 0; i < 50; i++) {
		snprintf(call, sizeof(call), "c%u", i);
		rig_call(g, call);
	}
	rig_offer(g, "open", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_int_equal(audit(g), 0);
	assert_int_equal(number(g, "sessions"), 51);
	assert_int_equal(number(g, "pairs-taken"), 104);
	assert_int_equal(number(g, "pairs-of-sessions"), 104);
	assert_int_equal(number(g, "ports-in-path"), g->nset);
	rig_delete(g, "open");
	for (unsigned i = 0; i < 50; i++) {
		snprintf(call, sizeof(call), "c%u", i);
		rig_delete(g, call);
	}
	assert_int_equal(audit(g), 0);
	assert_int_equal(number(g, "pairs-taken"), 0);
	assert_int_equal(number(g, "ports-in-path"), 0);
}

/* What the packet path had no room for is on its way, and no difference. */
static void a_full_ring_is_no_difference(void **state)
{
	struct rig *g = *state;

	rig_call(g, "a");
	g->path_is_full = true;
	rig_call(g, "b");
	rig_delete(g, "a");
	assert_int_equal(audit(g), 0);
	g->path_is_full = false;
	relay_tick(&g->relay, g->now);
	assert_int_equal(audit(g), 0);
	assert_int_equal(number(g, "pairs-taken"), 2);
}

static void each_difference_is_named(void **state)
{
	struct rig *g = *state;
	struct session *s;
	uint16_t port;

	rig_call(g, "c");
	s = table_find(&g->relay.sessions, SPAN("c"));
	port = s->near->stream[0].port;

	g->ports[RIG_OUT][port + 1].is_set = false;
	assert_int_equal(audit(g), 1);
	assert_true(rig_has(g->reply, "of a session, but not in the packet path"));
	g->ports[RIG_OUT][port + 1].is_set = true;

	s->near->stream[0].port = 0;
	assert_int_equal(audit(g), 3); /* the pair, and each of its ports in the path */
	assert_true(rig_has(g->reply, "taken, but of no session"));
	assert_true(rig_has(g->reply, "in the packet path, but of no session"));

	s->near->stream[0].port = (uint16_t)(port == 10000 ? port + 2 : port - 2);
	assert_int_equal(audit(g), 4);
	assert_true(rig_has(g->reply, "of a session, but not taken"));

	s->near->stream[0].port = port;
	rig_call(g, "d");
	((struct session *)table_find(&g->relay.sessions, SPAN("d")))->near->stream[0].port = port;
	(void)audit(g);
	assert_true(rig_has(g->reply, "of two streams"));
}

static void many_differences_are_counted(void **state)
{
	struct rig *g = *state;

	for (unsigned i = 0; i < 300; i++)
		ports_take(&g->relay.ports[RIG_LAN], 0, g->now, i);
	assert_int_equal(audit(g), 300);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(all_agree),
		TEST(a_full_ring_is_no_difference),
		TEST(each_difference_is_named),
		TEST(many_differences_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
