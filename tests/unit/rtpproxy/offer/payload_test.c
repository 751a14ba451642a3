/* SPDX-License-Identifier: BSD-3-Clause */
/* CALLS.md O6: both sides number as they like, and each is shown its own numbers. */
#include "tests/unit/rtpproxy/rig.h"

#define EVENT(number) "a=rtpmap:" number " telephone-event/8000\r\n"
#define OPUS(number)  "a=rtpmap:" number " opus/48000/2\r\n"

/* In a dialog: A is outside, B on the LAN. */
static void ask(struct rig *g, enum ng_command command, bool from_a, const char *media)
{
	const bool offer_of_a = from_a == (command == NG_OFFER);

	rig_say(g, (struct rig_say){ .command = command,
				     .call = "c",
				     .from = offer_of_a ? "A" : "B",
				     .to = offer_of_a ? "B" : "A",
				     .sdp = rig_sdp(g, from_a ? "198.51.100.7" : "10.0.0.50", media),
				     .direction = { from_a ? "out" : "lan", from_a ? "lan" : "out" },
				     .received = from_a ? "198.51.100.7" : "10.0.0.50" });
	assert_ok(g);
}

static void assert_shown(const struct rig *g, const char *what)
{
	if (!rig_has(g->answer.sdp, what))
		fail_msg("no \"%s\" in:\n%.*s", what, SPAN_ARG(g->answer.sdp));
}

/* What comes from the side under a number goes on as another. */
static void assert_mapped(struct rig *g, unsigned realm, uint8_t from, uint8_t to)
{
	const struct session *s = table_find(&g->relay.sessions, SPAN("c"));
	const struct leg *l = s->near->realm == realm ? s->near : s->joined;
	const struct port_spec *spec = rig_spec(g, realm, l->stream[0].port);

	if (payload_map_number(&spec->map, from) != to)
		fail_msg("%u goes on as %u, not as %u", from, payload_map_number(&spec->map, from), to);
	assert_false(payload_map_is_set(&rig_spec(g, realm, l->stream[0].port + 1)->map));
}

static void each_side_has_its_own_numbers(void **state)
{
	struct rig *g = *state;

	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 101\r\n" EVENT("101") "a=fmtp:101 0-16\r\n");
	assert_shown(g, " RTP/AVP 0 101\r\n");
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96") "a=fmtp:96 0-15\r\n");
	assert_shown(g, " RTP/AVP 0 101\r\n" EVENT("101") "a=fmtp:101 0-15\r\n");
	assert_mapped(g, RIG_OUT, 101, 96);
	assert_mapped(g, RIG_OUT, 0, 0);
	/* B was offered 101, and sends that, or what it said itself. */
	assert_mapped(g, RIG_LAN, 101, 101);
	assert_mapped(g, RIG_LAN, 96, 101);
}

/* B's 96 is opus to A: from B it is opus, since that is what B was offered. */
static void what_was_offered_goes_before_what_was_answered(void **state)
{
	struct rig *g = *state;

	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 96 97\r\n" OPUS("96") EVENT("97"));
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 97 96\r\n" OPUS("97") EVENT("96"));
	assert_shown(g, " RTP/AVP 96 97\r\n" OPUS("96") EVENT("97"));
	assert_mapped(g, RIG_OUT, 96, 97);
	assert_mapped(g, RIG_OUT, 97, 96);
	assert_mapped(g, RIG_LAN, 96, 96);
	assert_mapped(g, RIG_LAN, 97, 97);
}

/* RFC 3264 8.3.2: within a session a number does not change its meaning. */
static void an_offer_back_keeps_the_numbers(void **state)
{
	struct rig *g = *state;

	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 96 101\r\n" OPUS("96") EVENT("101"));
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 111 96\r\n" OPUS("111") EVENT("96"));
	ask(g, NG_OFFER, false,
	    "m=audio 6000 RTP/AVP 111 96 97\r\n" OPUS("111") EVENT("96") "a=rtpmap:97 iLBC/8000\r\n");
	assert_shown(g, " RTP/AVP 96 101 97\r\n" OPUS("96") EVENT("101") "a=rtpmap:97 iLBC/8000\r\n");
	ask(g, NG_ANSWER, true, "m=audio 4000 RTP/AVP 96 101\r\n" OPUS("96") EVENT("101"));
	assert_shown(g, " RTP/AVP 111 96\r\n" OPUS("111") EVENT("96"));
	assert_mapped(g, RIG_OUT, 101, 96);
	assert_mapped(g, RIG_OUT, 96, 111);
	assert_mapped(g, RIG_LAN, 111, 96);
	assert_mapped(g, RIG_LAN, 96, 101);
}

/* A codec that is new to A, under a number that is another's there. */
static void a_number_that_is_taken_is_given_another(void **state)
{
	struct rig *g = *state;

	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 96\r\n" OPUS("96"));
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 0\r\n");
	ask(g, NG_OFFER, false, "m=audio 6000 RTP/AVP 96\r\na=rtpmap:96 iLBC/8000\r\n");
	assert_shown(g, " RTP/AVP 127\r\na=rtpmap:127 iLBC/8000\r\n");
	ask(g, NG_ANSWER, true, "m=audio 4000 RTP/AVP 127\r\na=rtpmap:127 iLBC/8000\r\n");
	assert_shown(g, " RTP/AVP 96\r\na=rtpmap:96 iLBC/8000\r\n");
	assert_mapped(g, RIG_OUT, 127, 96);
	assert_mapped(g, RIG_LAN, 96, 127);
}

static void a_failed_offer_changes_nothing(void **state)
{
	struct rig *g = *state;

	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 101\r\n" EVENT("101"));
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"));
	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 102\r\n" EVENT("102"));
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A", .to = "B" });
	ask(g, NG_OFFER, false, "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"));
	assert_shown(g, EVENT("101"));
	assert_mapped(g, RIG_OUT, 101, 96);
}

static void more_than_a_map_holds_crosses_as_it_came(void **state)
{
	struct rig *g = *state;

	for (unsigned n = PAYLOAD_MAP_MAX; n <= PAYLOAD_MAP_MAX + 1; n++) {
		char media[2][1024], number[16];

		for (unsigned side = 0; side < 2; side++) {
			struct writer w = writer_over(media[side], sizeof(media[side]) - 1);

			writer_str(&w, "m=audio 4000 RTP/AVP");
			for (unsigned i = 0; i < n; i++)
				writer_format(&w, " %u", 96 + 16 * side + i);
			for (unsigned i = 0; i < n; i++)
				writer_format(&w, "\r\na=rtpmap:%u codec%u/8000", 96 + 16 * side + i, i);
			writer_str(&w, "\r\n");
			media[side][w.n] = '\0';
			ask(g, side ? NG_ANSWER : NG_OFFER, side == 0, media[side]);
		}
		snprintf(number, sizeof(number), "RTP/AVP %u ", n > PAYLOAD_MAP_MAX ? 112 : 96);
		assert_shown(g, number);
		assert_mapped(g, RIG_OUT, 96, n > PAYLOAD_MAP_MAX ? 96 : 112);
		assert_mapped(g, RIG_LAN, 112, n > PAYLOAD_MAP_MAX ? 112 : 96);
		rig_delete(g, "c");
	}
}

#define SAVP   "m=audio 4000 RTP/SAVP 0 "
#define CRYPTO "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\r\n"

/* SRTP is opened on one side and sealed anew on the other: its numbers are as good as any. */
static void sealed_packets_are_renumbered_too(void **state)
{
	struct rig *g = *state;

	ask(g, NG_OFFER, true, SAVP "101\r\n" EVENT("101") CRYPTO);
	ask(g, NG_ANSWER, false, SAVP "96\r\n" EVENT("96") CRYPTO);
	assert_shown(g, EVENT("101"));
	assert_mapped(g, RIG_OUT, 101, 96);
	assert_mapped(g, RIG_LAN, 96, 101);
}

static void numbers_pass_where_a_realm_wants_that(void **state)
{
	struct rig *g = *state;

	for (unsigned realm = 0; realm < RIG_REALMS; realm++) {
		g->conf.realms[realm].numbers = CONF_NUMBERS_PASS;
		ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 101\r\n" EVENT("101"));
		ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"));
		assert_shown(g, EVENT("96"));
		assert_mapped(g, RIG_OUT, 101, 101);
		assert_mapped(g, RIG_LAN, 96, 96);
		g->conf.realms[realm].numbers = CONF_NUMBERS_OWN;
		rig_delete(g, "c");
	}
}

/* "all" among them is what a list of the configuration says. */
static void lists_of_realms_hold_both_ways(void **state)
{
	struct rig *g = *state;
	static const struct {
		const char *name;
		struct conf_codecs out, lan;
		const char *shown;
	} cases[] = {
		{ "no list", { { NULL }, 0 }, { { NULL }, 0 }, " RTP/AVP 0 8 96 101\r\n" },
		{ "of who offers: a filter", { { "opus", "PCMA" }, 2 }, { { NULL }, 0 }, " RTP/AVP 8 96\r\n" },
		{ "of who is offered: the order too",
		  { { NULL }, 0 },
		  { { "telephone-event", "opus", "PCMA" }, 3 },
		  " RTP/AVP 101 96 8\r\n" },
		{ "what both have", { { "PCMU", "opus" }, 2 }, { { "opus", "PCMA" }, 2 }, " RTP/AVP 96\r\n" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		g->conf.realms[RIG_OUT].codecs = cases[i].out;
		g->conf.realms[RIG_LAN].codecs = cases[i].lan;
		ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 8 96 101\r\n" OPUS("96") EVENT("101"));
		if (!rig_has(g->answer.sdp, cases[i].shown))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(g->answer.sdp));
		assert_int_equal(rig_has(g->answer.sdp, "a=rtpmap:101"), strstr(cases[i].shown, "101") != NULL);
		rig_delete(g, "c");
	}
}

static void an_answer_keeps_its_order(void **state)
{
	struct rig *g = *state;

	g->conf.realms[RIG_OUT].codecs = (struct conf_codecs){ { "PCMA", "PCMU" }, 2 };
	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 8\r\n");
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 0 8 9\r\n");
	assert_shown(g, " RTP/AVP 0 8\r\n");
}

static void no_codec_left_is_refused(void **state)
{
	struct rig *g = *state;

	g->conf.realms[RIG_LAN].codecs = (struct conf_codecs){ { "G729", "telephone-event" }, 2 };
	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", "m=audio 4000 RTP/AVP 0 101\r\n" EVENT("101")));
	assert_refused(g, "No codec left that may be used between these realms");
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(relay_sessions(&g->relay), 0);
	/* The list is of audio: a stream of another kind can be what the call is for. */
	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0\r\n" RIG_VIDEO("4002"));
	assert_shown(g, "m=audio 0 RTP/AVP 0\r\n");
	assert_int_equal(relay_ports_used(&g->relay), 2);
	ask(g, NG_ANSWER, false, "m=audio 0 RTP/AVP 0\r\n" RIG_VIDEO("6002"));
	assert_int_equal(g->nset, 4);
}

static void no_codec_left_in_an_answer(void **state)
{
	struct rig *g = *state;

	g->conf.realms[RIG_LAN].codecs = (struct conf_codecs){ { "PCMU" }, 1 };
	ask(g, NG_OFFER, true, "m=audio 4000 RTP/AVP 0 8\r\n");
	ask(g, NG_ANSWER, false, "m=audio 6000 RTP/AVP 8\r\n");
	assert_shown(g, "m=audio 0 RTP/AVP 8\r\n");
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

/* As Kamailio's and OpenSIPS' users write them. */
static void wishes_of_the_client(void **state)
{
	struct rig *g = *state;
	static const struct {
		const char *flags, *shown;
	} cases[] = {
		{ "codec-strip-PCMU", " RTP/AVP 8 9 96\r\n" },
		{ "codec-mask-opus", " RTP/AVP 0 8 9\r\n" },
		{ "codec-strip-all codec-except-G722 codec-except-PCMU", " RTP/AVP 0 9\r\n" },
		{ "codec-strip-all codec-offer-G722 codec-offer-PCMU", " RTP/AVP 9 0\r\n" },
		{ "codec-mask-all codec-transcode-PCMA", " RTP/AVP 8\r\n" },
		{ "codec-mask-all codec-set-opus/48000/2/16000", " RTP/AVP 96\r\n" },
		{ "codec-accept-PCMA", " RTP/AVP 0 8 9 96\r\n" },
		{ "codec-strip-G722/16000", " RTP/AVP 0 8 9 96\r\n" },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char request[16384];
		const char *sdp = rig_sdp(g, "198.51.100.7", "m=audio 4000 RTP/AVP 0 8 9 96\r\n" OPUS("96"));

		snprintf(request, sizeof(request),
			 "k%u "
			 "d7:command5:offer7:call-id1:c8:from-tag1:A10:rtpp-flags%zu:%s9:directionl3:out3:lane3:sdp%zu:"
			 "%se",
			 i, strlen(cases[i].flags), cases[i].flags, strlen(sdp), sdp);
		rig_send(g, span_str(request));
		assert_ok(g);
		if (!rig_has(g->answer.sdp, cases[i].shown))
			fail_msg("%s: %.*s", cases[i].flags, SPAN_ARG(g->answer.sdp));
		rig_delete(g, "c");
	}
}

/* Each fork has numbers of its own: the caller is shown its numbers whoever answers. */
static void a_fork_is_mapped_when_it_is_joined(void **state)
{
	struct rig *g = *state;
	static const struct {
		const char *branch, *tag, *media;
		uint8_t number;
	} forks[] = { { "b1", "B1", "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96"), 96 },
		      { "b2", "B2", "m=audio 6002 RTP/AVP 0 98\r\n" EVENT("98"), 98 } };

	for (unsigned i = 0; i < 2; i++) {
		rig_say(g, (struct rig_say){
				   .command = NG_OFFER,
				   .call = "c",
				   .from = "A",
				   .via = forks[i].branch,
				   .sdp = rig_sdp(g, "198.51.100.7", "m=audio 4000 RTP/AVP 0 101\r\n" EVENT("101")),
				   .direction = { "out", "lan" },
				   .received = "198.51.100.7" });
		assert_ok(g);
	}
	for (unsigned i = 0; i < 2; i++) {
		rig_say(g, (struct rig_say){ .command = NG_ANSWER,
					     .call = "c",
					     .from = "A",
					     .to = forks[i].tag,
					     .via = forks[i].branch,
					     .sdp = rig_sdp(g, "10.0.0.50", forks[i].media),
					     .received = "10.0.0.50" });
		assert_ok(g);
		assert_shown(g, EVENT("101"));
		assert_mapped(g, RIG_OUT, 101, forks[i].number);
		assert_mapped(g, RIG_LAN, forks[i].number, 101);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_side_has_its_own_numbers, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_was_offered_goes_before_what_was_answered, rig_setup,
						rig_teardown),
		cmocka_unit_test_setup_teardown(an_offer_back_keeps_the_numbers, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_number_that_is_taken_is_given_another, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_failed_offer_changes_nothing, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(more_than_a_map_holds_crosses_as_it_came, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(sealed_packets_are_renumbered_too, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(numbers_pass_where_a_realm_wants_that, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(lists_of_realms_hold_both_ways, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(an_answer_keeps_its_order, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(no_codec_left_is_refused, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(no_codec_left_in_an_answer, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(wishes_of_the_client, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_fork_is_mapped_when_it_is_joined, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
