/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/report/answer_at.h"

static void query_tells_how_it_sounds(void **state)
{
	struct rig *g = *state;
	struct port_stats *rtp, *rtcp;
	int out;

	g->relay.wall_ms = 1700000000000;
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	rtp = &g->ports[RIG_OUT][out].stats;
	rtcp = &g->ports[RIG_OUT][out + 1].stats;
	*rtp = (struct port_stats){
		.ssrc = 51966,
		.rx_packets = 247,
		.last_rx_ms = g->now,
		.payload_type = 0,
		.quality = { .ssrc = 51966,
			     .highest = 65600,
			     .expected = 250,
			     .received = 245,
			     .lost = 5,
			     .reordered = 4,
			     .duplicates = 2,
			     .gaps = 3,
			     .gap_max = 2,
			     .jitter_us = 2600 },
	};
	rtcp->hearsay = (struct hearsay){
		.blocks = 3, .trips = 1, .round_trip_us = 60000, .lost = 4, .fraction = 64, .jitter = 21
	};
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_number(g, "SSRC/51966/average MOS/samples", 1);
	/* 2 % of G.711 in runs of 1.63 times the random ones, 75 ms: R = 93.2 - 1.8 - 190 / 26.3 */
	assert_number(g, "SSRC/51966/average MOS/MOS", 42);
	assert_number(g, "SSRC/51966/average MOS/packet loss", 2);
	assert_number(g, "SSRC/51966/average MOS/jitter", 3);
	assert_number(g, "SSRC/51966/average MOS/round-trip time", 60000);
	assert_number(g, "SSRC/51966/lowest MOS/round-trip time leg", 60000);
	assert_number(g, "SSRC/51966/lowest MOS/reported at", 1700001000);
	assert_number(g, "SSRC/51966/highest MOS/MOS", 42);
	assert_number(g, "tags/A/medias/0/streams/0/ingress SSRCs/0/SSRC", 51966);
	assert_number(g, "tags/A/medias/0/streams/0/ingress SSRCs/0/last RTP seq", 64);
	assert_text(g, "tags/A/medias/0/streams/0/codec", "PCMU");
	assert_number(g, "tags/A/medias/0/streams/0/lost", 5);
	assert_number(g, "tags/A/medias/0/streams/0/loss in hundredths of percent", 200);
	assert_number(g, "tags/A/medias/0/streams/0/longest gap", 2);
	assert_number(g, "tags/A/medias/0/streams/0/jitter us", 2600);
	assert_number(g, "tags/A/medias/0/streams/0/MOS", 42);
	assert_text(g, "tags/A/medias/0/streams/0/verdict", "flows");
	assert_number(g, "tags/A/medias/0/streams/0/reported/lost", 4);
	assert_number(g, "tags/A/medias/0/streams/0/reported/loss in hundredths of percent", 2500);
	assert_number(g, "tags/A/medias/0/streams/0/reported/round-trip time", 60000);
	assert_text(g, "tags/B/medias/0/streams/0/verdict", "never");
	/* The next five seconds are worse, and the call ends before they are over. */
	rtp->quality.expected = 450;
	rtp->quality.received = 425;
	rtp->quality.lost = 25;
	rtp->quality.gaps = 23;
	rig_delete(g, "c");
	assert_ok(g);
	assert_number(g, "SSRC/51966/average MOS/samples", 2);
	assert_number(g, "SSRC/51966/average MOS/packet loss", 6);
	assert_number(g, "SSRC/51966/lowest MOS/packet loss", 10);
	assert_number(g, "SSRC/51966/lowest MOS/MOS", 33);
	assert_number(g, "SSRC/51966/highest MOS/MOS", 42);
}

static void hear(struct port_stats *rtp, uint32_t ssrc, uint32_t packets)
{
	rtp->ssrc = rtp->quality.ssrc = ssrc;
	rtp->rx_packets = rtp->quality.expected = rtp->quality.received = packets;
}

/* Clients look up what they know of a side by its SSRC: of a call of two seconds that must be there for both. */
static void who_spoke_up_later_is_judged_too(void **state)
{
	struct rig *g = *state;
	const struct session *s;
	struct port_stats *a, *b;

	rig_call(g, "c");
	s = g->relay.all.first;
	a = &g->ports[RIG_OUT][s->near->stream[0].port].stats;
	b = &g->ports[RIG_LAN][s->far->stream[0].port].stats;
	hear(a, 51966, 10);
	g->now += 1000;
	relay_tick(&g->relay, g->now);
	hear(a, 51966, 60);
	hear(b, 47806, 50);
	g->now += 1000;
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_number(g, "SSRC/47806/average MOS/samples", 1);
	assert_number(g, "SSRC/51966/average MOS/samples", 1);
}

/* Some echo what they hear, number and all: a key must not come twice. */
static void an_echo_is_one_source(void **state)
{
	struct rig *g = *state;
	const struct session *s;
	unsigned found = 0;

	rig_call(g, "c");
	s = g->relay.all.first;
	hear(&g->ports[RIG_OUT][s->near->stream[0].port].stats, 51966, 10);
	hear(&g->ports[RIG_LAN][s->far->stream[0].port].stats, 51966, 10);
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	for (struct span left = at(g, "SSRC").text; rig_has(left, "5:51966"); found++)
		left = span_from(left, span_search(left, SPAN("5:51966")) + 1);
	assert_int_equal(found, 1);
}

/* Of who has said nothing there is nothing to say; what he says that he hears is told all the same. */
static void who_says_nothing_may_have_heard(void **state)
{
	struct rig *g = *state;
	struct ng_value v;
	int out;

	rig_call(g, "c");
	out = rig_port_of(g, 0);
	g->ports[RIG_OUT][out + 1].stats.hearsay = (struct hearsay){ .blocks = 2, .lost = -3, .fraction = 0 };
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_int_equal(at(g, "SSRC").text.n, 2);
	assert_number(g, "tags/A/medias/0/streams/0/reported/reports", 2);
	assert_number(g, "tags/A/medias/0/streams/0/reported/lost", 0); /* doubled ones made it less than none */
	v = at(g, "tags/A/medias/0/streams/0");
	assert_int_equal(ng_find(v.text, SPAN("ingress SSRCs"), &v), -1);
	v = at(g, "tags/A/medias/0/streams/0");
	assert_int_equal(ng_find(v.text, SPAN("MOS"), &v), -1);
	v = at(g, "tags/A/medias/0/streams/0/reported");
	assert_int_equal(ng_find(v.text, SPAN("round-trip time"), &v), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(query_tells_how_it_sounds),
		TEST(who_spoke_up_later_is_judged_too),
		TEST(an_echo_is_one_source),
		TEST(who_says_nothing_may_have_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
