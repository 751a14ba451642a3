/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

/* The value under a path of keys; list elements by number. */
static struct ng_value at(const struct rig *g, const char *path)
{
	struct ng_value v = { .kind = NG_DICT, .text = g->answer.body };
	struct span left = span_str(path);

	while (left.n) {
		uint32_t end = span_find(left, '/');
		struct span key = span_slice(left, 0, end);
		uint32_t number, pos = 0;

		left = span_from(left, end + 1);
		if (v.kind == NG_LIST_KIND) {
			struct span list = v.text, unused;

			assert_int_equal(span_u32(key, &number), 0);
			for (uint32_t i = 0; i <= number; i++)
				if (ng_next(list, &pos, &unused, &v) != 1)
					fail_msg("%s: no such element", path);
		} else if (ng_find(v.text, key, &v)) {
			fail_msg("%s: no %.*s", path, SPAN_ARG(key));
		}
	}
	return v;
}

static void assert_text(const struct rig *g, const char *path, const char *expected)
{
	const struct ng_value v = at(g, path);

	if (v.kind != NG_STRING || !span_eq(v.text, span_str(expected)))
		fail_msg("%s is %.*s, not %s", path, SPAN_ARG(v.text), expected);
}

static void assert_number(const struct rig *g, const char *path, int64_t expected)
{
	const struct ng_value v = at(g, path);

	if (v.kind != NG_INTEGER || v.integer != expected)
		fail_msg("%s is %lld, not %lld", path, (long long)v.integer, (long long)expected);
}

static void query_tells_all_of_a_call(void **state)
{
	struct rig *g = *state;
	int out;

	g->relay.wall_ms = 1700000000000;
	rig_call(g, "c");
	out = rig_port_of(g, 0);
	g->ports[RIG_OUT][out].stats = (struct port_stats){
		.state = PORT_LATCHED,
		.latched = rig_addr("198.51.100.7:40001"),
		.ssrc = 0xcafe,
		.rx_packets = 50,
		.rx_bytes = 8600,
		.tx_packets = 40,
		.tx_bytes = 6880,
		.refused_packets = 7,
		.refused = { rig_addr("198.51.100.66:6666"), rig_addr("198.51.100.67:6667") },
		.malformed_packets = 1,
		.unsent_packets = 2,
		.last_rx_ms = 1005000,
	};
	g->ports[RIG_OUT][out + 1].stats.rx_packets = 4;
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_number(g, "created", 1700001000);
	assert_number(g, "totals/RTP/packets", 50);
	assert_number(g, "totals/RTP/bytes", 8600);
	assert_number(g, "totals/RTP/errors", 3);
	assert_number(g, "totals/RTCP/packets", 4);
	assert_text(g, "tags/A/tag", "A");
	assert_text(g, "tags/A/realm", "out");
	assert_text(g, "tags/A/in dialogue with", "B");
	assert_number(g, "tags/A/medias/0/index", 1);
	assert_text(g, "tags/A/medias/0/type", "audio");
	assert_text(g, "tags/A/medias/0/protocol", "RTP/AVP");
	assert_number(g, "tags/A/medias/0/streams/0/local port", out);
	assert_text(g, "tags/A/medias/0/streams/0/endpoint/address", "192.168.1.5");
	assert_number(g, "tags/A/medias/0/streams/0/endpoint/port", 4000);
	assert_text(g, "tags/A/medias/0/streams/0/endpoint/family", "IPv4");
	assert_text(g, "tags/A/medias/0/streams/0/latched/address", "198.51.100.7");
	assert_number(g, "tags/A/medias/0/streams/0/latched/port", 40001);
	assert_text(g, "tags/A/medias/0/streams/0/state", "latched");
	assert_number(g, "tags/A/medias/0/streams/0/SSRC", 0xcafe);
	assert_number(g, "tags/A/medias/0/streams/0/last packet", 1700001005);
	assert_number(g, "tags/A/medias/0/streams/0/stats/packets", 50);
	assert_number(g, "tags/A/medias/0/streams/0/sent packets", 40);
	assert_number(g, "tags/A/medias/0/streams/0/refused", 7);
	assert_text(g, "tags/A/medias/0/streams/0/last refused/address", "198.51.100.66");
	assert_text(g, "tags/A/medias/0/streams/1/kind", "RTCP");
	assert_number(g, "tags/A/medias/0/streams/1/local port", out + 1);
	assert_text(g, "tags/B/medias/0/streams/0/state", "waiting");
	assert_text(g, "tags/B/medias/0/streams/0/endpoint/address", "10.0.0.50");
}

/* Kamailio's and OpenSIPS' variables for MOS read this. */
#define KEY "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"

/* How a side is protected, but not with what. */
static void query_tells_no_keys(void **state)
{
	struct rig *g = *state;
	struct span ours;
	char key[64];

	rig_offer_with(g, "c",
		       rig_sdp(g, "192.168.1.5",
			       "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:" KEY "\r\n"),
		       "RTP/AVP");
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_text(g, "tags/A/medias/0/srtp", "sdes");
	assert_false(rig_has(g->reply, "5:suite"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	ours = span_from(g->answer.sdp, span_search(g->answer.sdp, SPAN("inline:")) + 7);
	snprintf(key, sizeof(key), "%.*s", 40, ours.p);
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_text(g, "tags/A/medias/0/suite", "AES_CM_128_HMAC_SHA1_32");
	assert_text(g, "tags/B/medias/0/protocol", "RTP/AVP");
	assert_false(rig_has(span_from(g->reply, span_search(g->reply, SPAN("3:tag1:B"))), "4:srtp"));
	assert_false(rig_has(g->reply, KEY) || rig_has(g->reply, key) || rig_has(g->reply, "inline"));
}

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

static void query_of_an_unknown_call(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_refused(g, "Unknown call-id");
}

static void query_of_a_refused_stream_and_of_who_has_not_answered(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = "z1",
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_VIDEO("0") RIG_AUDIO("4000")) });
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_text(g, "tags/A/medias/0/type", "video");
	assert_int_equal(at(g, "tags/A/medias/0/streams").text.n, 2);
	assert_text(g, "tags/A/medias/1/streams/0/kind", "RTP");
	assert_text(g, "tags/z1/via-branch", "z1");
	assert_int_equal(at(g, "tags/z1/medias").text.n, 2);
}

/* An answer too large for a datagram loses its figures, not itself. */
static void too_many_figures_are_left_out(void **state)
{
	struct rig *g = *state;
	char media[4096] = "";

	for (unsigned i = 0; i < 30; i++)
		strcat(media, RIG_AUDIO("4000"));
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", media));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", media));
	g->reply_cap = 8000;
	rig_delete(g, "c");
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "statistics left out"));
	assert_true(g->reply.n < 300);
	assert_int_equal(relay_sessions(&g->relay), 0);
}

static void what_does_not_fit_is_an_error(void **state)
{
	struct rig *g = *state;

	g->reply_cap = 400;
	rig_say(g, (struct rig_say){ .command = NG_STATISTICS });
	assert_refused(g, "Answer does not fit a datagram");
}

static unsigned listed(const struct rig *g)
{
	const struct ng_value calls = at(g, "calls");
	struct ng_value v;
	struct span key;
	uint32_t pos = 0;
	unsigned n = 0;

	while (ng_next(calls.text, &pos, &key, &v) == 1)
		n++;
	return n;
}

static void list_by_owner_and_limit(void **state)
{
	struct rig *g = *state;
	char call[16];

	for (unsigned i = 0; i < 20; i++) {
		snprintf(call, sizeof(call), "c%u", i);
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = call,
					     .from = "A",
					     .owner = i % 4 ? "one" : "two",
					     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) });
	}
	rig_say(g, (struct rig_say){ .command = NG_LIST });
	assert_ok(g);
	assert_int_equal(listed(g), 20);
	rig_say(g, (struct rig_say){ .command = NG_LIST, .owner = "two" });
	assert_int_equal(listed(g), 5);
	rig_say(g, (struct rig_say){ .command = NG_LIST, .owner = "nobody" });
	assert_int_equal(listed(g), 0);
	rig_say(g, (struct rig_say){ .command = NG_LIST, .limit = 7 });
	assert_int_equal(listed(g), 7);
	g->reply_cap = 2100;
	rig_say(g, (struct rig_say){ .command = NG_LIST });
	assert_ok(g);
	assert_in_range(listed(g), 1, 19);
}

static void statistics_tell_where_things_stand(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "other" });
	rig_say(g, (struct rig_say){ .command = NG_STATISTICS });
	assert_ok(g);
	assert_number(g, "statistics/sessions/now", 1);
	assert_number(g, "statistics/sessions/limit", 2000);
	assert_number(g, "statistics/ports/out/used", 2);
	assert_number(g, "statistics/ports/lan/free", 9998);
	assert_number(g, "statistics/commands/offer/ok", 1);
	assert_number(g, "statistics/commands/query/refused", 1);
	assert_number(g, "statistics/outcomes/unknown-call", 1);
	assert_number(g, "statistics/datapath/rx", 11);
	assert_number(g, "statistics/datapath/drop_short", 2);
	assert_number(g, "statistics/control/packet-path-full", 0);
	rig_delete(g, "c");
	rig_say(g, (struct rig_say){ .command = NG_STATISTICS });
	assert_number(g, "statistics/sessions/now", 0);
	assert_number(g, "statistics/sessions/total", 1);
	assert_number(g, "statistics/ports/out/used", 0);
	assert_number(g, "statistics/ports/out/resting", 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(query_tells_all_of_a_call),     TEST(query_tells_no_keys),
		TEST(query_tells_how_it_sounds),     TEST(who_spoke_up_later_is_judged_too),
		TEST(query_of_an_unknown_call),      TEST(query_of_a_refused_stream_and_of_who_has_not_answered),
		TEST(too_many_figures_are_left_out), TEST(what_does_not_fit_is_an_error),
		TEST(list_by_owner_and_limit),       TEST(statistics_tell_where_things_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
