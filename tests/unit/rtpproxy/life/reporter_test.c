/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/rtp/rtcp.h"
#include "tests/unit/rtpproxy/rig.h"

enum { STEP = 5000 };

/* Packets flow both ways for a while: A's port of the realm out, B's of lan. */
static void flow(struct rig *g, int out, int lan, uint32_t lost)
{
	struct port_stats *a = &g->ports[RIG_OUT][out].stats, *b = &g->ports[RIG_LAN][lan].stats;

	a->ssrc = a->quality.ssrc = 0xa;
	b->ssrc = b->quality.ssrc = 0xb;
	a->rx_packets += 100;
	b->rx_packets += 100;
	a->quality.expected += 100;
	a->quality.lost += lost;
	a->quality.highest = 777;
	b->quality.expected += 100;
	for (unsigned i = 0; i < STEP / 1000; i++) {
		g->now += 1000;
		relay_tick(&g->relay, g->now);
	}
}

static int lan_port(const struct rig *g)
{
	for (int i = 0; i < 65536; i++)
		if (g->ports[RIG_LAN][i].is_set)
			return i;
	fail_msg("no port towards the lan");
	return 0;
}

static void for_whom_nobody_reports(void **state)
{
	struct rig *g = *state;
	const struct rig_port *to_a, *to_b;
	struct rtcp_news news;
	int out, lan;

	g->conf.relay.rtcp = CONF_RTCP_GENERATE;
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	lan = lan_port(g);
	to_a = &g->ports[RIG_OUT][out + 1];
	to_b = &g->ports[RIG_LAN][lan + 1];
	flow(g, out, lan, 0);
	flow(g, out, lan, 25);
	/* A hears from us, under B's name, how its own stream came. */
	assert_true(to_a->sends >= 1 && to_b->sends >= 1);
	assert_int_equal(rtcp_read(to_a->sent, to_a->nsent, &news), 0);
	assert_int_equal(news.ssrc, 0xb);
	assert_false(news.sends);
	assert_int_equal(news.block[0].ssrc, 0xa);
	assert_int_equal(news.block[0].lost, 25);
	assert_int_equal(news.block[0].fraction, 64);
	assert_int_equal(news.block[0].highest, 777);
}

/* B sends RTCP, which is passed on: A needs none of ours; B does, as A sends none. */
static void who_reports_speaks_for_itself(void **state)
{
	struct rig *g = *state;
	int out, lan;

	g->conf.relay.rtcp = CONF_RTCP_GENERATE;
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	lan = lan_port(g);
	for (unsigned i = 0; i < 4; i++) {
		g->ports[RIG_LAN][lan + 1].stats.rx_packets++;
		flow(g, out, lan, 0);
	}
	assert_int_equal(g->ports[RIG_OUT][out + 1].sends, 0);
	assert_true(g->ports[RIG_LAN][lan + 1].sends >= 3);
}

static void only_where_asked_for(void **state)
{
	struct rig *g = *state;
	int out;

	rig_call(g, "c");
	out = rig_port_of(g, 0);
	for (unsigned i = 0; i < 4; i++)
		flow(g, out, lan_port(g), 0);
	assert_int_equal(g->ports[RIG_OUT][out + 1].sends, 0);
}

/* Silence is not reported on. */
static void not_without_media(void **state)
{
	struct rig *g = *state;
	unsigned before;
	int out;

	g->conf.relay.rtcp = CONF_RTCP_GENERATE;
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	flow(g, out, lan_port(g), 0);
	for (unsigned i = 0; i < STEP / 1000; i++)
		relay_tick(&g->relay, g->now += 1000);
	before = g->ports[RIG_OUT][out + 1].sends;
	for (unsigned i = 0; i < 20; i++)
		relay_tick(&g->relay, g->now += 1000);
	assert_int_equal(g->ports[RIG_OUT][out + 1].sends, before);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(for_whom_nobody_reports),
		TEST(who_reports_speaks_for_itself),
		TEST(only_where_asked_for),
		TEST(not_without_media),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
