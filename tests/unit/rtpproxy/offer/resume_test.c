/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/life/watch.h"

#define NAT_SDP(g) rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000"))
#define LAN_SDP(g) rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000"))

static void offer_again(struct rig *g, const char *sdp, const char *a, const char *b)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .sdp = sdp,
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7",
				     .resume = { a, b } });
}

/* "ID VERSION PORT", as the answer in hand shows it. */
static void shown(const struct rig *g, char text[64])
{
	unsigned long long id, version;
	const uint32_t o = span_search(g->answer.sdp, SPAN("o=- "));

	assert_int_equal(sscanf(g->answer.sdp.p + o, "o=- %llu %llu ", &id, &version), 2);
	snprintf(text, 64, "%llu %llu %d", id, version, rig_port_of(g, 0));
}

static void audit(struct rig *g)
{
	rig_say(g, (struct rig_say){ .command = NG_AUDIT });
	assert_true(rig_has(g->reply, "9:differenti0e"));
}

/* The relay is another one: a new rig, which chooses other numbers. */
static void both_sides_go_on_as_before(void **state)
{
	struct rig *g = *state;
	char near[64], far[64], text[64];

	rig_offer(g, "c", NAT_SDP(g));
	shown(g, far);
	rig_answer(g, "c", LAN_SDP(g));
	shown(g, near);
	rig_delete(g, "c");
	assert_int_equal(relay_sessions(&g->relay), 0);
	offer_again(g, NAT_SDP(g), near, far);
	assert_ok(g);
	shown(g, text);
	assert_string_equal(text, far);
	rig_answer(g, "c", LAN_SDP(g));
	assert_ok(g);
	shown(g, text);
	assert_string_equal(text, near);
	audit(g);
	/* What is shown next counts on. */
	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4002") "a=sendonly\r\n"));
	shown(g, text);
	assert_string_not_equal(text, far);
	assert_int_equal(strncmp(text, far, (size_t)(strchr(far, ' ') - far)), 0);
}

/* Listeners, forwarding and recordings are not the SBC's to restore: who has ordered them is told. */
static void what_else_there_was_is_told_as_lost(void **state)
{
	static const struct {
		enum ng_command command;
		const char *told;
	} cases[] = {
		{ NG_QUERY, "7:resumedi1e" },
		{ NG_SUBSCRIBE_ANSWER, "No listener with that to-tag: the relay was started anew since and knows none" },
		{ NG_UNSUBSCRIBE, "No listener with that to-tag: the relay was started anew since and knows none" },
		{ NG_STOP_FORWARDING, "the relay was started anew since, nothing is forwarded" },
		{ NG_STOP_RECORDING, "the relay was started anew since, nothing is recorded" },
	};
	struct rig *g = *state;

	for (unsigned resumed = 0; resumed < 2; resumed++) {
		offer_again(g, NAT_SDP(g), resumed ? "5 1 20000" : "", resumed ? "6 1 20002" : "");
		rig_answer(g, "c", LAN_SDP(g));
		assert_ok(g);
		for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			rig_say(g, (struct rig_say){ .command = cases[i].command, .call = "c", .to = "L" });
			if (rig_has(g->reply, cases[i].told) != resumed)
				fail_msg("%u: %.*s", i, SPAN_ARG(g->reply));
		}
		rig_delete(g, "c");
	}
}

static void ports_that_are_out_are_refused(void **state)
{
	struct rig *g = *state;
	char near[64], far[64];

	rig_offer(g, "other", NAT_SDP(g));
	shown(g, far);
	snprintf(near, sizeof(near), "5 1 %d", (int)g->conf.realms[RIG_OUT].media_first);
	offer_again(g, NAT_SDP(g), near, far);
	assert_true(span_eq(g->answer.error_reason, SPAN("The ports that the call had cannot be had again")));
	assert_int_equal(relay_sessions(&g->relay), 1);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	audit(g);
}

/* One that was told nothing yet; one that is there already. */
static void a_side_may_have_nothing_to_resume(void **state)
{
	struct rig *g = *state;
	char far[64], text[64];

	rig_offer(g, "c", NAT_SDP(g));
	shown(g, far);
	rig_delete(g, "c");
	offer_again(g, NAT_SDP(g), "", far);
	assert_ok(g);
	shown(g, text);
	assert_string_equal(text, far);
	offer_again(g, NAT_SDP(g), "9 9 9", "9 9 9");
	assert_ok(g);
	shown(g, text);
	assert_string_equal(text, far);
	audit(g);
}

/* Ports that one worker had, with as many workers as there are now. */
static void ports_of_several_workers_are_refused(void **state)
{
	static const struct {
		const char *near, *far, *why;
	} cases[] = {
		{ "1 1 20000", "2 1 20000", "" },
		{ "1 1 20002", "2 1 20006", "" },
		{ "1 1 20000", "2 1 20002", "Ports of several workers cannot talk with each other, see relay.cores" },
		{ "1 1 20000 20002", "", "Ports of several workers cannot talk with each other, see relay.cores" },
	};
	struct rig *g = rig_new();

	(void)state;
	g->workers = 2;
	rig_begin(g);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		offer_again(g, NAT_SDP(g), cases[i].near, cases[i].far);
		if (!span_eq(g->answer.error_reason, span_str(cases[i].why)))
			fail_msg("%s, %s: %.*s", cases[i].near, cases[i].far, SPAN_ARG(g->answer.error_reason));
		audit(g);
		rig_delete(g, "c");
	}
	rig_free(g);
}

static void nonsense_is_refused(void **state)
{
	static const char *const cases[] = { "x",           "1",          "1 x",       "0 1 20000",
					     "1 0 20000",   "1 1 70000",  "1 1 20001", "1 1 x",
					     "1 1 20000,5", "-1 1 20000", "1 1 1" };
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		offer_again(g, NAT_SDP(g), cases[i], "");
		if (span_eq(g->answer.result, SPAN("ok")))
			fail_msg("%s", cases[i]);
		assert_int_equal(relay_sessions(&g->relay), 0);
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

#define SAVP(port)                                                                                                     \
	"m=audio " port " RTP/SAVP 0 8\r\n"                                                                            \
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\r\n"

static void answer_again(struct rig *g, const char *sdp, const char *of_b, const char *of_a)
{
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .sdp = sdp,
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50",
				     .resume = { of_b, of_a } });
	assert_ok(g);
}

static bool is_shut(struct rig *g, unsigned realm, int port)
{
	const struct port_spec *s = rig_spec(g, realm, port);

	assert_false(s->awaits_keys && (s->opens.suite || s->seals.suite));
	return s->awaits_keys;
}

/* A side that was told keys needs others, told by an offer that is shown to it: until then nothing passes. */
static void who_had_keys_is_told_anew(void **state)
{
	static const struct {
		const char *name, *near, *far, *to_far, *anew;
		bool shut[2];
	} cases[] = {
		{ "neither", RIG_AUDIO("4000"), RIG_AUDIO("6000"), NULL, "6:result2:ok", { false, false } },
		{ "A", SAVP("4000"), RIG_AUDIO("6000"), "RTP/AVP", "4:anewl1:Ae", { true, false } },
		{ "B", RIG_AUDIO("4000"), SAVP("6000"), "RTP/SAVP", "4:anewl1:Be", { false, true } },
		{ "both", SAVP("4000"), SAVP("6000"), NULL, "4:anewl1:A1:Be", { true, true } },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		g->flags = cases[i].to_far;
		offer_again(g, rig_sdp(g, "192.168.1.5", cases[i].near), "1 1 20000", "2 1 20002");
		assert_ok(g);
		if (!rig_has(g->reply, cases[i].anew))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(g->reply));
		g->flags = NULL;
		answer_again(g, rig_sdp(g, "10.0.0.50", cases[i].far), "2 1 20002", "1 1 20000");
		assert_int_equal(rig_has(g->reply, "4:anew"), cases[i].shut[0] || cases[i].shut[1]);
		if (!rig_has(g->reply, cases[i].anew) || is_shut(g, RIG_OUT, 20000) != cases[i].shut[0] ||
		    is_shut(g, RIG_LAN, 20002) != cases[i].shut[1])
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(g->reply));
		/* B is, if it has to be: A is told nothing of it. */
		rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", cases[i].near), cases[i].to_far);
		assert_false(rig_has(g->reply, "4:anew"));
		assert_true(is_shut(g, RIG_LAN, 20002) == cases[i].shut[1]);
		answer_again(g, rig_sdp(g, "10.0.0.50", cases[i].far), "", "1 1 20000");
		assert_true(is_shut(g, RIG_OUT, 20000) == cases[i].shut[0] && !is_shut(g, RIG_LAN, 20002));
		assert_int_equal(rig_has(g->reply, "4:anewl1:Ae"), cases[i].shut[0]);
		/* And A answers what it has offered itself. */
		rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", cases[i].near), cases[i].to_far);
		rig_answer(g, "c", rig_sdp(g, "10.0.0.50", cases[i].far));
		assert_ok(g);
		assert_false(is_shut(g, RIG_OUT, 20000) || is_shut(g, RIG_LAN, 20002) || rig_has(g->reply, "4:anew"));
		audit(g);
		rig_delete(g, "c");
		g->now += 60000;
	}
}

/* What is refused changes nothing, nor does what nobody is shown. */
static void an_offer_that_is_refused_tells_nobody(void **state)
{
	struct rig *g = *state;

	g->flags = "RTP/SAVP";
	offer_again(g, NAT_SDP(g), "1 1 20000", "2 1 20002");
	g->flags = NULL;
	answer_again(g, rig_sdp(g, "10.0.0.50", SAVP("6000")), "2 1 20002", "1 1 20000");
	rig_offer_with(g, "c", NAT_SDP(g), "RTP/SAVP");
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c" });
	assert_ok(g);
	g->flags = "RTP/SAVP";
	offer_again(g, NAT_SDP(g), "1 1 20000", "2 1 20002");
	g->flags = NULL;
	answer_again(g, rig_sdp(g, "10.0.0.50", SAVP("6000")), "2 1 20002", "1 1 20000");
	assert_true(is_shut(g, RIG_LAN, 20002));
}

/* Who told them so may be gone, too: the next one hears of it. */
static void those_that_wait_are_listed(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_LEASE, .owner = "o" });
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "plain",
				     .from = "A",
				     .sdp = NAT_SDP(g),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7",
				     .owner = "o" });
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .sdp = rig_sdp(g, "192.168.1.5", SAVP("4000")),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7",
				     .owner = "o",
				     .resume = { "1 1 20000", "2 1 20002" } });
	assert_ok(g);
	answer_again(g, rig_sdp(g, "10.0.0.50", SAVP("6000")), "2 1 20002", "1 1 20000");
	for (unsigned i = 0; i < 2; i++) {
		rig_say(g, (struct rig_say){ .command = NG_LIST, .owner = "o" });
		assert_true(rig_has(g->reply, "5:callsl5:plain1:ce"));
		assert_int_equal(rig_has(g->reply, "4:anewl1:ce"), i == 0);
		assert_int_equal(rig_has(g->reply, "4:anew"), i == 0);
		rig_offer(g, "c", rig_sdp(g, "192.168.1.5", SAVP("4000")));
		rig_answer(g, "c", rig_sdp(g, "10.0.0.50", SAVP("6000")));
		assert_ok(g);
	}
}

/* They are silent because of us. */
static void who_waits_for_keys_is_not_missed(void **state)
{
	struct rig *g = *state;

	g->conf.relay.silence_timeout_ms = 60000;
	g->conf.relay.one_way_timeout_ms = 60000;
	for (unsigned i = 0; i < 2; i++) {
		offer_again(g, rig_sdp(g, "192.168.1.5", SAVP("4000")), "1 1 20000", "2 1 20002");
		answer_again(g, rig_sdp(g, "10.0.0.50", SAVP("6000")), "2 1 20002", "1 1 20000");
		if (i) {
			rig_offer(g, "c", rig_sdp(g, "192.168.1.5", SAVP("4000")));
			rig_answer(g, "c", rig_sdp(g, "10.0.0.50", SAVP("6000")));
		}
		g->event_len = 0;
		g->now += 70000;
		watch_tick(&g->relay, g->now);
		assert_int_equal(g->event_len != 0, i);
		rig_delete(g, "c");
		g->now += 60000;
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(both_sides_go_on_as_before),
		TEST(ports_that_are_out_are_refused),
		TEST(what_else_there_was_is_told_as_lost),
		TEST(a_side_may_have_nothing_to_resume),
		TEST(nonsense_is_refused),
		cmocka_unit_test(ports_of_several_workers_are_refused),
		TEST(who_had_keys_is_told_anew),
		TEST(an_offer_that_is_refused_tells_nobody),
		TEST(those_that_wait_are_listed),
		TEST(who_waits_for_keys_is_not_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
