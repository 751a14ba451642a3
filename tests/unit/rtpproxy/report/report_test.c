/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/report/answer_at.h"

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
		TEST(query_of_an_unknown_call),      TEST(query_of_a_refused_stream_and_of_who_has_not_answered),
		TEST(too_many_figures_are_left_out), TEST(what_does_not_fit_is_an_error),
		TEST(list_by_owner_and_limit),       TEST(statistics_tell_where_things_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
