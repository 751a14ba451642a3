/* SPDX-License-Identifier: BSD-3-Clause */
/* CALLS.md O8. */
#include "rtpproxy/session/secure.h"
#include "tests/unit/rtpproxy/rig.h"

#define MUX    "a=rtcp-mux\r\n"
#define CALLER RIG_AUDIO("4000")
#define CALLEE RIG_AUDIO("6000")

static bool path_has(struct rig *g, unsigned realm, int port)
{
	return rig_port(g, (struct own_port){ (uint8_t)realm, (uint16_t)port })->is_set;
}

static uint64_t differences(struct rig *g)
{
	struct ng_value v;

	rig_say(g, (struct rig_say){ .command = NG_AUDIT });
	assert_int_equal(ng_find(g->answer.body, SPAN("different"), &v), 0);
	return (uint64_t)v.integer;
}

/* Asked for an offer, and for an answer; what each side then is shown, and has. */
static void each_side_decides_for_itself(void **state)
{
	static const struct {
		const char *name, *from_a, *from_b, *flags;
		bool b_shown, a_shown; /* a=rtcp-mux in the offer to B, in the answer to A */
		bool b_on;             /* in force at B; at A it is where the answer says so */
	} cases[] = {
		{ "neither", "", "", "", false, false, false },
		{ "both", MUX, MUX, "", true, true, true },
		{ "A alone: taken apart here", MUX, "", "", true, true, false },
		{ "B has not been asked", "", MUX, "", false, false, false },
		{ "demux", MUX, "", "rtcp-mux-demux", false, true, false },
		{ "reject", MUX, "", "rtcp-mux-reject", false, false, false },
		{ "offer", "", MUX, "rtcp-mux-offer", true, false, true },
		{ "offer, not taken", "", "", "rtcp-mux-offer", true, false, false },
		{ "reject and offer", MUX, MUX, "rtcp-mux-reject rtcp-mux-offer", true, false, true },
		{ "require", "", MUX, "rtcp-mux-require", true, false, true },
		{ "accept", MUX, MUX, "rtcp-mux-accept", true, true, true },
		{ "only (RFC 8858)", MUX "a=rtcp-mux-only\r\n", MUX, "", true, true, true },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char sdp[512], call[16];
		bool b_shown, a_shown;
		int a, b;

		snprintf(call, sizeof(call), "c%u", i);
		snprintf(sdp, sizeof(sdp), CALLER "%s", cases[i].from_a);
		rig_offer_with(g, call, rig_sdp(g, "198.51.100.7", sdp), cases[i].flags);
		assert_ok(g);
		b = rig_port_of(g, 0);
		b_shown = rig_has(g->answer.sdp, MUX);
		snprintf(sdp, sizeof(sdp), CALLEE "%s", cases[i].from_b);
		rig_answer(g, call, rig_sdp(g, "10.0.0.50", sdp));
		assert_ok(g);
		a = rig_port_of(g, 0);
		a_shown = rig_has(g->answer.sdp, MUX);
		if (b_shown != cases[i].b_shown || a_shown != cases[i].a_shown)
			fail_msg("%s: shown %d %d", cases[i].name, b_shown, a_shown);
		if (rig_has(g->answer.sdp, "mux-only"))
			fail_msg("%s: what was said of another hop", cases[i].name);
		if (rig_spec(g, RIG_OUT, a)->mux != a_shown || path_has(g, RIG_OUT, a + 1) == a_shown)
			fail_msg("%s: A's ports", cases[i].name);
		if (rig_spec(g, RIG_LAN, b)->mux != cases[i].b_on || path_has(g, RIG_LAN, b + 1) == cases[i].b_on)
			fail_msg("%s: B's ports", cases[i].name);
		/* RTCP finds its way between one port and two. */
		assert_int_equal(rig_spec(g, RIG_OUT, a)->peer.port, b);
		assert_int_equal(rig_spec(g, RIG_LAN, b)->peer.port, a);
		if (!a_shown && rig_spec(g, RIG_OUT, a + 1)->peer.port != b + !cases[i].b_on)
			fail_msg("%s: A's RTCP goes to %d", cases[i].name, rig_spec(g, RIG_OUT, a + 1)->peer.port);
		if (!cases[i].b_on && rig_spec(g, RIG_LAN, b + 1)->peer.port != a + !a_shown)
			fail_msg("%s: B's RTCP goes to %d", cases[i].name, rig_spec(g, RIG_LAN, b + 1)->peer.port);
		assert_int_equal(differences(g), 0);
		rig_delete(g, call);
		assert_int_equal(g->nset, 0);
	}
}

/* RFC 5761 5.1.1: until the answer is there both ports are needed. */
static void two_ports_until_the_answer(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", CALLER MUX));
	assert_int_equal(g->nset, 2); /* A's */
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", CALLEE MUX));
	assert_int_equal(g->nset, 2); /* one each */
}

/* An offer that is refused leaves the ports as they are; one that is answered may change them. */
static void a_re_offer_may_change_it(void **state)
{
	struct rig *g = *state;
	int a;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", CALLER MUX));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", CALLEE MUX));
	a = rig_port_of(g, 0);
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", CALLER));
	assert_false(rig_has(g->answer.sdp, MUX));
	assert_int_equal(g->nset, 2);
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A", .to = "B" });
	assert_ok(g);
	assert_int_equal(g->nset, 2);
	assert_true(rig_spec(g, RIG_OUT, a)->mux);
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", CALLER));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", CALLEE));
	assert_int_equal(g->nset, 4);
	assert_false(rig_spec(g, RIG_OUT, a)->mux);
	assert_int_equal(differences(g), 0);
}

static void a_resumed_call_has_it_again(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .sdp = rig_sdp(g, "198.51.100.7", CALLER MUX),
				     .direction = { "out", "lan" },
				     .resume = { "1 1 20000", "1 1 20002" } });
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", CALLEE MUX));
	assert_ok(g);
	assert_true(rig_spec(g, RIG_OUT, 20000)->mux && rig_spec(g, RIG_LAN, 20002)->mux);
	assert_int_equal(g->nset, 2);
}

/* What is told of ports and streams. */
static void a_shut_port_is_not_spoken_of(void **state)
{
	struct rig *g = *state;
	int a;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", CALLER MUX));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", CALLEE));
	a = rig_port_of(g, 0);
	assert_false(rig_has(g->answer.sdp, "a=rtcp:"));
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	for (int i = 0; i < 2; i++) {
		char port[32];

		snprintf(port, sizeof(port), "local porti%de", a + i);
		assert_int_equal(rig_has(g->reply, port), i == 0);
	}
}

/* A report of ours goes where the side hears it. */
static void reports_leave_from_the_port_that_is_there(void **state)
{
	struct rig *g = *state;
	struct rig_port *port;
	int a, b;

	g->conf.relay.rtcp = CONF_RTCP_GENERATE;
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", CALLER MUX));
	b = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", CALLEE));
	a = rig_port_of(g, 0);
	port = rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)a });
	port->stats.rx_packets = 50;
	port->stats.quality.expected = 50;
	rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)b })->stats.rx_packets = 50;
	g->now += 10000;
	relay_tick(&g->relay, g->now);
	assert_int_equal(port->sends, 1);
	assert_int_equal(port->sent[1], 201); /* a receiver report */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_side_decides_for_itself, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(two_ports_until_the_answer, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_re_offer_may_change_it, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_resumed_call_has_it_again, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_shut_port_is_not_spoken_of, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(reports_leave_from_the_port_that_is_there, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
