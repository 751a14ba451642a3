/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/totals.h"

#include "rtpproxy/life/watch.h"
#include "tests/unit/rtpproxy/rig.h"

static struct port_stats *port_of(struct rig *g, unsigned realm)
{
	struct session *s = NULL;
	uint32_t pos = 0;

	s = table_next(&g->relay.sessions, &pos);
	assert_non_null(s);
	return &g->ports[realm][realm == RIG_OUT ? s->near->stream[0].port : s->far->stream[0].port].stats;
}

static struct port_stats heard(const struct rig *g, uint32_t expected, uint32_t lost, uint32_t late, uint32_t doubled)
{
	return (struct port_stats){
		.rx_packets = expected - lost,
		.last_rx_ms = g->now,
		.quality = { .expected = expected, .lost = lost, .reordered = late, .duplicates = doubled },
	};
}

static void look(struct rig *g)
{
	g->now += GRADE_STEP_MS;
	relay_tick(&g->relay, g->now);
}

static void packets_of_all_calls(void **state)
{
	struct rig *g = *state;
	const struct totals *t = &g->relay.totals;

	rig_call(g, "c");
	*port_of(g, RIG_OUT) = heard(g, 100, 10, 0, 1);
	look(g);
	assert_int_equal(t->expected, 100);
	assert_int_equal(t->lost, 10);
	assert_int_equal(t->doubled, 1);
	/* What was late was not lost after all. */
	*port_of(g, RIG_OUT) = heard(g, 200, 8, 2, 1);
	look(g);
	assert_int_equal(t->expected, 200);
	assert_int_equal(t->lost, 8);
	assert_int_equal(t->late, 2);
	/* The last seconds count, too; the next call on the port counts from nothing. */
	*port_of(g, RIG_OUT) = heard(g, 210, 9, 2, 1);
	rig_delete(g, "c");
	assert_int_equal(t->expected, 210);
	assert_int_equal(t->lost, 9);
	rig_call(g, "d");
	*port_of(g, RIG_LAN) = heard(g, 50, 1, 0, 0);
	rig_delete(g, "d");
	assert_int_equal(t->expected, 260);
	assert_int_equal(t->lost, 10);
	assert_int_equal(t->doubled, 1);
}

/* Counted when it was so twice, and once for as long as it is so. */
static void streams_that_nobody_hears(void **state)
{
	static const struct {
		bool out, lan; /* packets come from there */
		uint64_t never, silent, one_way;
	} steps[] = {
		{ false, false, 0, 0, 0 }, { true, false, 1, 0, 0 }, { true, false, 1, 0, 1 },
		{ true, false, 1, 0, 1 },  { true, true, 1, 0, 1 },  { false, false, 1, 0, 1 },
		{ false, false, 1, 2, 1 }, { false, true, 1, 2, 1 }, { true, true, 1, 2, 1 },
		{ false, true, 1, 2, 1 },  { false, true, 1, 3, 2 },
	};
	struct rig *g = *state;
	const struct totals *t = &g->relay.totals;
	uint32_t n[2] = { 0 };

	rig_call(g, "c");
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		g->now += GRADE_STEP_MS;
		if (steps[i].out)
			*port_of(g, RIG_OUT) = heard(g, n[0] += 250, 0, 0, 0);
		if (steps[i].lan)
			*port_of(g, RIG_LAN) = heard(g, n[1] += 250, 0, 0, 0);
		relay_tick(&g->relay, g->now);
		if (t->never != steps[i].never || t->silent != steps[i].silent || t->one_way != steps[i].one_way)
			fail_msg("step %u: never %u, silent %u, one way %u", i, (unsigned)t->never, (unsigned)t->silent,
				 (unsigned)t->one_way);
	}
}

static void who_asks_is_told(void **state)
{
	struct rig *g = *state;
	struct ng_value all, packets, lost;

	g->relay.totals.lost = 7;
	rig_say(g, (struct rig_say){ .command = NG_STATISTICS });
	assert_int_equal(ng_find(g->answer.body, SPAN("statistics"), &all), 0);
	assert_int_equal(ng_find(all.text, SPAN("streams"), &packets), 0);
	assert_int_equal(ng_find(all.text, SPAN("packets"), &packets), 0);
	assert_int_equal(ng_find(packets.text, SPAN("lost"), &lost), 0);
	assert_int_equal(lost.integer, 7);
	rig_say(g, (struct rig_say){ .command = NG_LEASE, .owner = "us" });
	assert_ok(g);
	assert_int_equal(ng_find(g->answer.body, SPAN("packets"), &packets), 0);
	assert_int_equal(ng_find(packets.text, SPAN("lost"), &lost), 0);
	assert_int_equal(lost.integer, 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(packets_of_all_calls),
		TEST(streams_that_nobody_hears),
		TEST(who_asks_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
