/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#define EVENT(number) "a=rtpmap:" number " telephone-event/8000\r\n"

/* A, outside, calls B on the LAN; the ports that face them. */
struct two {
	int a, b;
};

static struct two two_talk(struct rig *g, const char *a_says, const char *b_says, const char *offer_flags,
			   const char *answer_flags, const char *b_shown, const char *a_shown)
{
	struct two t;

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", a_says), offer_flags);
	assert_ok(g);
	if (!rig_has(g->answer.sdp, b_shown))
		fail_msg("B is shown %.*s", SPAN_ARG(g->answer.sdp));
	t.b = rig_port_of(g, 0);
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", b_says), answer_flags);
	assert_ok(g);
	if (!rig_has(g->answer.sdp, a_shown))
		fail_msg("A is shown %.*s", SPAN_ARG(g->answer.sdp));
	t.a = rig_port_of(g, 0);
	return t;
}

static void what_each_side_is_shown(void **state)
{
	static const struct {
		const char *name, *a_says, *b_says, *offer_flags, *answer_flags, *b_shown, *a_shown;
		bool from_a, from_b; /* told and ended */
		uint8_t number;
	} cases[] = {
		{ "none has INFO: as it came", "m=audio 4000 RTP/AVP 0 96\r\n" EVENT("96"),
		  "m=audio 6000 RTP/AVP 0\r\n", NULL, NULL, "AVP 0 96\r\n" EVENT("96"), "AVP 0\r\n", false, false, 96 },
		{ "B has INFO", "m=audio 4000 RTP/AVP 0 96\r\n" EVENT("96"), "m=audio 6000 RTP/AVP 0\r\n",
		  "receiver-dtmf-info", "sender-dtmf-info", "AVP 0\r\n",
		  "AVP 0 96\r\n" EVENT("96") "a=fmtp:96 0-15\r\n", true, false, 96 },
		{ "B has INFO, A had events of two clocks",
		  "m=audio 4000 RTP/AVP 0 96 97\r\n" EVENT("96") "a=rtpmap:97 telephone-event/48000\r\n",
		  "m=audio 6000 RTP/AVP 0\r\n", "receiver-dtmf-info", "sender-dtmf-info", "AVP 0\r\n",
		  "AVP 0 96 97\r\n" EVENT("96"), true, false, 97 },
		{ "B has INFO, A has nothing", "m=audio 4000 RTP/AVP 0\r\n", "m=audio 6000 RTP/AVP 0\r\n",
		  "receiver-dtmf-info", "sender-dtmf-info", "AVP 0\r\n", "AVP 0\r\n", true, false, 0 },
		{ "A has INFO", "m=audio 4000 RTP/AVP 0\r\n", "m=audio 6000 RTP/AVP 0 101\r\n" EVENT("101"),
		  "sender-dtmf-info", "receiver-dtmf-info", "AVP 0 101\r\n" EVENT("101") "a=fmtp:101 0-15\r\n",
		  "AVP 0\r\n", false, true, 101 },
		{ "A has INFO, B answers under another number", "m=audio 4000 RTP/AVP 0\r\n",
		  "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"), "sender-dtmf-info", "receiver-dtmf-info",
		  "AVP 0 101\r\n", "AVP 0\r\n", false, true, 101 },
		{ "A has INFO, and 101 is taken", "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 iLBC/8000\r\n",
		  "m=audio 6000 RTP/AVP 101\r\na=rtpmap:101 iLBC/8000\r\n", "sender-dtmf-info", "receiver-dtmf-info",
		  "AVP 101 127\r\na=rtpmap:101 iLBC/8000\r\n" EVENT("127"), "AVP 101\r\n", false, true, 127 },
		{ "both have INFO: as it came", "m=audio 4000 RTP/AVP 0 96\r\n" EVENT("96"),
		  "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"), "sender-dtmf-info receiver-dtmf-info",
		  "sender-dtmf-info receiver-dtmf-info", "AVP 0 96\r\n", "AVP 0 96\r\n", false, false, 96 },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct two t = two_talk(g, cases[i].a_says, cases[i].b_says, cases[i].offer_flags,
					      cases[i].answer_flags, cases[i].b_shown, cases[i].a_shown);
		const struct gate *a = &rig_spec(g, RIG_OUT, t.a)->gate, *b = &rig_spec(g, RIG_LAN, t.b)->gate;

		if (a->tell != cases[i].from_a || a->events != cases[i].from_a || b->tell != cases[i].from_b ||
		    b->events != cases[i].from_b)
			fail_msg("%s: gates", cases[i].name);
		if (cases[i].number)
			assert_true(numbers_have(cases[i].from_b ? &b->number : &a->number, cases[i].number));
		rig_delete(g, "c");
	}
}

/* A re-INVITE from the other side keeps it so. */
static void it_stays_so(void **state)
{
	struct rig *g = *state;

	two_talk(g, "m=audio 4000 RTP/AVP 0\r\n", "m=audio 6000 RTP/AVP 0 101\r\n" EVENT("101"), "sender-dtmf-info",
		 "receiver-dtmf-info", "AVP 0 101\r\n", "AVP 0\r\n");
	g->flags = "receiver-dtmf-info";
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = rig_sdp(g, "10.0.0.50", "m=audio 6000 RTP/AVP 0 101\r\n" EVENT("101")),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	g->flags = NULL;
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "AVP 0\r\n"));
}

static void a_digit_is_told(void **state)
{
	static const struct {
		uint8_t payload_type, event;
		uint16_t duration;
		const char *told;
	} cases[] = {
		{ 96, 11, 1280, "4:codei11e8:durationi160e" },
		{ 97, 3, 7680, "4:codei3e8:durationi160e" },
	};
	struct rig *g = *state;
	const struct two t = two_talk(
		g, "m=audio 4000 RTP/AVP 0 96 97\r\n" EVENT("96") "a=rtpmap:97 telephone-event/48000\r\n",
		"m=audio 6000 RTP/AVP 0\r\n", "receiver-dtmf-info", "sender-dtmf-info", "AVP 0\r\n", "AVP 0 96 97\r\n");

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		g->path_event = (struct datapath_event){
			.kind = DATAPATH_DIGIT,
			.own = { RIG_OUT, (uint16_t)t.a },
			.session = rig_spec(g, RIG_OUT, t.a)->session,
			.digit = { cases[i].duration, cases[i].event, cases[i].payload_type },
		};
		g->has_path_event = true;
		relay_notices(&g->relay, g->now);
		assert_int_equal(g->events, i + 1);
		if (!rig_has(span_of(g->event, g->event_len), cases[i].told) ||
		    !rig_has(span_of(g->event, g->event_len), "5:event4:dtmf7:call-id1:c8:from-tag1:A"))
			fail_msg("%.*s", (int)g->event_len, g->event);
	}
}

/* What comes after the call, or from a port that is another's now. */
static void a_digit_of_nobody_is_not(void **state)
{
	struct rig *g = *state;
	const struct two t =
		two_talk(g, "m=audio 4000 RTP/AVP 0\r\n", "m=audio 6000 RTP/AVP 0\r\n", NULL, NULL, "AVP 0", "AVP 0");

	g->path_event = (struct datapath_event){ .kind = DATAPATH_DIGIT,
						 .own = { RIG_LAN, (uint16_t)t.a },
						 .session = rig_spec(g, RIG_OUT, t.a)->session };
	g->has_path_event = true;
	relay_notices(&g->relay, g->now);
	g->path_event =
		(struct datapath_event){ .kind = DATAPATH_DIGIT, .own = { RIG_OUT, (uint16_t)t.a }, .session = 99999 };
	g->has_path_event = true;
	relay_notices(&g->relay, g->now);
	assert_int_equal(g->events, 0);
}

static void a_client_may_ask_to_be_told(void **state)
{
	struct rig *g = *state;
	const struct two t =
		two_talk(g, "m=audio 4000 RTP/AVP 0 96\r\n" EVENT("96"), "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"),
			 "detect-DTMF", NULL, "AVP 0 96\r\n", "AVP 0 96\r\n");

	assert_true(rig_spec(g, RIG_OUT, t.a)->gate.tell && !rig_spec(g, RIG_OUT, t.a)->gate.events);
	assert_true(rig_spec(g, RIG_LAN, t.b)->gate.tell && !rig_spec(g, RIG_LAN, t.b)->gate.events);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_each_side_is_shown),
		TEST(it_stays_so),
		TEST(a_digit_is_told),
		TEST(a_digit_of_nobody_is_not),
		TEST(a_client_may_ask_to_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
