/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

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

static void ports_that_are_out_are_refused(void **state)
{
	struct rig *g = *state;
	char near[64], far[64];

	rig_offer(g, "other", NAT_SDP(g));
	shown(g, far);
	snprintf(near, sizeof(near), "5 1 %d", (int)g->conf.realms[RIG_OUT].media_first);
	offer_again(g, NAT_SDP(g), near, far);
	assert_true(span_eq(g->answer.error_reason, SPAN("The ports or keys that the call had cannot be had again")));
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
		{ "1 1 20000", "2 1 20002",
		  "The ports that the call had are of several workers now: relay.cores has changed" },
		{ "1 1 20000 20002", "",
		  "The ports that the call had are of several workers now: relay.cores has changed" },
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

/* Whichever side is protected: our key was used, nobody knows how far. A session that is there goes on. */
static void protected_streams_are_not_taken_up(void **state)
{
	static const struct {
		const char *media, *flags;
	} cases[] = { { SAVP("4000"), "RTP/AVP" }, { RIG_AUDIO("4000"), "RTP/SAVP" }, { SAVP("4000"), NULL } };
	struct rig *g = *state;
	char far[64];

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", cases[i].media), cases[i].flags);
		shown(g, far);
		g->flags = cases[i].flags;
		offer_again(g, rig_sdp(g, "192.168.1.5", cases[i].media), "", far);
		assert_ok(g);
		rig_delete(g, "c");
		offer_again(g, rig_sdp(g, "192.168.1.5", cases[i].media), "", far);
		g->flags = NULL;
		assert_refused(g, "The ports or keys that the call had cannot be had again");
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(both_sides_go_on_as_before),
		TEST(ports_that_are_out_are_refused),
		TEST(a_side_may_have_nothing_to_resume),
		TEST(nonsense_is_refused),
		cmocka_unit_test(ports_of_several_workers_are_refused),
		TEST(protected_streams_are_not_taken_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
