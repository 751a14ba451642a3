/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/loop.h"

#include "tests/unit/rtpproxy/rig.h"

/* As other clients say it. */
static void ask(struct rig *g, const char *command, const char *sdp, bool protect)
{
	int n = snprintf(g->request, sizeof(g->request),
			 "l%u d7:command%zu:%s7:call-id5:again8:from-tag1:A6:to-tag1:B9:directionl3:lan3:oute"
			 "5:flagsl%se3:sdp%zu:%se",
			 ++g->serial, strlen(command), command, protect ? "12:loop-protect" : "", strlen(sdp), sdp);

	rig_send(g, span_of(g->request, (size_t)n));
}

/* What we told the LAN comes back from there. */
static void what_is_ours_passes_as_it_came(void **state)
{
	struct rig *g = *state;
	char ours[2048];

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	snprintf(ours, sizeof(ours), "%.*s", SPAN_ARG(g->answer.sdp));
	ask(g, "offer", ours, true);
	assert_ok(g);
	assert_true(span_eq(g->answer.sdp, span_str(ours)));
	assert_int_equal(relay_sessions(&g->relay), 1);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	ask(g, "offer", ours, false);
	assert_ok(g);
	assert_false(span_eq(g->answer.sdp, span_str(ours)));
	assert_int_equal(relay_sessions(&g->relay), 2);
	ask(g, "answer", ours, true);
	assert_ok(g);
	assert_true(span_eq(g->answer.sdp, span_str(ours)));
	rig_delete(g, "again");
	rig_delete(g, "c");
	ask(g, "offer", ours, true);
	assert_refused(g, "SDP address is one of our own ports"); /* of a call that is over */
}

static void what_is_not_all_ours_is_anchored(void **state)
{
	struct rig *g = *state;
	char media[128];
	int port;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	port = rig_port_of(g, 0);
	ask(g, "offer", rig_sdp(g, "10.0.0.50", RIG_AUDIO("4000")), true);
	assert_ok(g);
	assert_false(rig_has(g->answer.sdp, "10.0.0.50"));
	rig_delete(g, "again");
	snprintf(media, sizeof(media), "m=audio %d RTP/AVP 0\r\nm=video 4000 RTP/AVP 96\r\nc=IN IP4 10.0.0.50\r\n",
		 port);
	ask(g, "offer", rig_sdp(g, "10.0.0.1", media), true);
	assert_ok(g);
	assert_false(rig_has(g->answer.sdp, "10.0.0."));
	rig_delete(g, "again");
	snprintf(media, sizeof(media), "m=audio %d RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\n", port);
	ask(g, "offer", rig_sdp(g, "10.0.0.1", media), true);
	assert_true(rig_has(g->answer.sdp, "10.0.0.1"));
}

/* Both calls of a hairpin expect each other's ports; keepalives are none there. */
static void a_call_that_comes_back_is_known(void **state)
{
	struct rig *g = *state;
	int first, second;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	first = rig_port_of(g, 0);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "back",
				     .from = "A",
				     .sdp = rig_sdp(g, "10.0.0.1", "m=audio 20000 RTP/AVP 0\r\n"),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	assert_refused(
		g, "SDP address is one of our own ports"); /* another port than any call's, or a stranger who guesses */
	snprintf(g->event, sizeof(g->event), "m=audio %d RTP/AVP 0\r\n", first);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "back",
				     .from = "A",
				     .sdp = rig_sdp(g, "10.0.0.1", g->event),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50",
				     .trust = true });
	assert_ok(g);
	for (second = 20000; second < 30000; second += 2)
		if (second != first && rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)second })->is_set)
			break;
	assert_int_equal(rig_spec(g, RIG_LAN, second)->expected.port, first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_ours_passes_as_it_came),
		TEST(what_is_not_all_ours_is_anchored),
		TEST(a_call_that_comes_back_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
