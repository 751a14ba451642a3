/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static void datagrams_and_their_answers(void **state)
{
	static const struct {
		const char *datagram, *answer;
	} cases[] = {
		{ "7_1 d7:command4:pinge", "7_1 d6:result4:ponge" },
		{ "7_2 {\"command\":\"ping\"}", "7_2 {\"result\":\"pong\"}" },
		{ "7_3 d7:command9:somethinge", "7_3 d6:result5:error12:error-reason20:Unrecognized commande" },
		{ "7_4 d7:call-id1:xe",
		  "7_4 d6:result5:error12:error-reason36:Dictionary contains no key \"command\"e" },
		{ "7_5 nonsense", "7_5 d6:result5:error12:error-reason22:Invalid NG data formate" },
		{ "7_6 d7:command5:querye", "7_6 d6:result5:error12:error-reason21:No call-id in messagee" },
		{ "d7:command4:pinge", NULL },
		{ " d7:command4:pinge", NULL },
		{ "", NULL },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_send(g, span_str(cases[i].datagram));
		if (!span_eq(g->reply, span_str(cases[i].answer)))
			fail_msg("%s: %.*s", cases[i].datagram, SPAN_ARG(g->reply));
	}
	assert_int_equal(g->relay.counters.dropped, 3);
	assert_int_equal(g->relay.counters.outcomes[OUTCOME_BAD_DATA], 1);
	assert_int_equal(g->relay.counters.outcomes[OUTCOME_NO_COMMAND], 1);
	assert_int_equal(g->relay.counters.commands[NG_COMMAND_OTHER][1], 1);
}

static void every_outcome_has_a_name_and_a_reason(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OUTCOME_N; i++) {
		assert_true(strlen(outcome_name((enum outcome)i)) > 0);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(outcome_name((enum outcome)i), outcome_name((enum outcome)k));
		assert_int_equal(strlen(outcome_reason((enum outcome)i)) > 0, i != OUTCOME_OK);
	}
}

static void keys_not_understood_are_told(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	rig_send(g, SPAN("9 d7:call-id1:c7:command5:query7:media-x1:ye"));
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "media-x"));
}

/* A client that hears nothing asks again, with the same cookie. */
static void a_command_sent_twice_is_carried_out_once(void **state)
{
	struct rig *g = *state;
	struct rig_say offer = { .command = NG_OFFER,
				 .call = "c",
				 .from = "A",
				 .cookie = "k1",
				 .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) };
	char first[2048];
	int n;

	rig_say(g, offer);
	n = snprintf(first, sizeof(first), "%.*s", SPAN_ARG(g->reply));
	rig_delete(g, "c");
	rig_say(g, offer);
	assert_true(span_eq(g->reply, span_of(first, n)));
	assert_int_equal(relay_sessions(&g->relay), 0);
	/* From somebody else it is another command. */
	memcpy(&g->peer.address, "\1\0client-2", 10);
	rig_say(g, offer);
	assert_int_equal(relay_sessions(&g->relay), 1);
	assert_false(span_eq(g->reply, span_of(first, n)));
	/* Its answer is kept for half a minute at least, then it is another command. */
	n = snprintf(first, sizeof(first), "%.*s", SPAN_ARG(g->reply));
	g->now += 30000;
	rig_say(g, offer);
	assert_true(span_eq(g->reply, span_of(first, n)));
	g->now += 60001;
	rig_delete(g, "c");
	rig_say(g, offer);
	assert_false(span_eq(g->reply, span_of(first, n)));
	/* A query is carried out each time: its figures are of now. */
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c", .cookie = "k2" });
	assert_ok(g);
	rig_delete(g, "c");
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c", .cookie = "k2" });
	assert_refused(g, "Unknown call-id");
}

static void speaks_json(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .coding = NG_JSON,
				     .direction = { "out", "lan" },
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) });
	assert_true(rig_has(g->reply, "\"result\":\"ok\""));
	assert_true(rig_has(g->reply, "c=IN IP4 10.0.0.1\\r\\n"));
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "d", .coding = NG_JSON });
	assert_true(rig_has(g->reply, "{\"result\":\"error\",\"error-reason\":\"Unknown call-id\"}"));
}

/* What Kamailio and OpenSIPS send, key for key. */
static void other_clients_are_understood(void **state)
{
	const char *sdp = "v=0\r\no=- 1 1 IN IP4 192.168.1.5\r\ns=-\r\nc=IN IP4 192.168.1.5\r\nt=0 0\r\n" RIG_AUDIO(
		"4000") "a=sendrecv\r\n";
	char kamailio[1024];
	static const char opensips[] = "77_1 d7:call-id3:k-17:command6:deletee";
	struct rig *g = *state;
	const struct session *s;

	snprintf(kamailio, sizeof(kamailio),
		 "12_34_5 d8:supportsl10:load "
		 "limite3:sdp%zu:%s7:replacel6:origin18:session-connectione5:flagsl9:symmetrice"
		 "7:call-id3:k-113:received-froml3:IP412:198.51.100.7e8:from-tag1:A16:sip-message-type11:sip_request"
		 "7:command5:offere",
		 strlen(sdp), sdp);
	rig_send(g, span_str(kamailio));
	assert_ok(g);
	assert_false(rig_has(g->answer.warning, "not understood"));
	s = table_find(&g->relay.sessions, SPAN("k-1"));
	assert_non_null(s);
	assert_int_equal(s->near->stream[0].now.policy, LATCH_SIG_IP);
	rig_send(g, SPAN(opensips));
	assert_ok(g);
	assert_int_equal(relay_sessions(&g->relay), 0);
}

static void a_thousand_calls_leave_nothing_behind(void **state)
{
	struct rig *g = *state;
	char call[16];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 1000; i++) {
			snprintf(call, sizeof(call), "%u", i);
			rig_call(g, call);
			assert_ok(g);
		}
		assert_int_equal(relay_sessions(&g->relay), 1000);
		assert_int_equal(relay_ports_used(&g->relay), 2000);
		assert_int_equal(g->nset, 4000);
		for (unsigned i = 0; i < 1000; i++) {
			snprintf(call, sizeof(call), "%u", i);
			rig_delete(g, call);
			assert_ok(g);
		}
		assert_int_equal(relay_sessions(&g->relay), 0);
		assert_int_equal(relay_ports_used(&g->relay), 0);
		assert_int_equal(g->nset, 0);
	}
}

/* Failed set-ups, the way they fail in the field: no port may be lost by any of them. */
static void failed_calls_lose_no_ports(void **state)
{
	struct rig *g = *state;
	char call[16];

	for (unsigned i = 0; i < 6000; i++) {
		snprintf(call, sizeof(call), "%u", i);
		rig_offer(g, call, rig_sdp(g, i % 3 ? "198.51.100.7" : "127.0.0.1", RIG_AUDIO("4000")));
		if (i % 2)
			rig_answer(g, call, "nonsense");
		rig_say(g, (struct rig_say){ .command = i % 4 ? NG_DELETE : NG_ROLLBACK, .call = call, .from = "A" });
	}
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
}

/* What the books say: pairs out, and ports that the packet path knows. */
static void leg_audit(struct rig *g, const struct session *s, const struct leg *l, unsigned *pairs, unsigned *known)
{
	for (unsigned i = 0; i < l->nstream; i++) {
		const struct stream *m = &l->stream[i];
		const struct leg *other = session_peer(s, l);

		*pairs += m->port != 0;
		*known += m->in_path ? 2 : 0;
		assert_true(m->port || !(m->in_path || m->fresh || m->unpushed));
		if (!m->in_path)
			continue;
		assert_int_equal(rig_spec(g, l->realm, m->port)->session, s->id);
		/* Whom a port sends to sends back to it, and belongs to the same call. */
		if (rig_spec(g, l->realm, m->port)->peer.port) {
			assert_non_null(other);
			assert_int_equal(rig_spec(g, l->realm, m->port)->peer.port, other->stream[i].port);
			assert_int_equal(rig_spec(g, other->realm, other->stream[i].port)->peer.port, m->port);
		}
	}
}

static void audit(struct rig *g)
{
	unsigned pairs = 0, known = 0;
	struct session *s;
	uint32_t pos = 0;

	while ((s = table_next(&g->relay.sessions, &pos)) != NULL) {
		leg_audit(g, s, s->near, &pairs, &known);
		for (const struct leg *l = s->far; l; l = l->next)
			leg_audit(g, s, l, &pairs, &known);
	}
	assert_int_equal(pairs, relay_ports_used(&g->relay));
	assert_int_equal(known, g->nset);
}

static const char *any_of(struct rig *g, const char *const *texts, unsigned n)
{
	return texts[rig_random(g) % n];
}

/* Any command at any time with any tags: the books must balance after each, and be empty at the end. */
static void any_order_of_commands_keeps_the_books(void **state)
{
	static const char *const calls[] = { "c1", "c2", "c3" }, *const tags[] = { "A", "B", "C", "D", NULL };
	static const char *const vias[] = { "z1", "z2", NULL, NULL, NULL };
	static const char *const hosts[] = { "198.51.100.7", "192.168.1.5", "0.0.0.0", "10.0.0.50", "127.0.0.1" };
	static const char *const medias[] = { RIG_AUDIO("4000"),
					      RIG_AUDIO("4000") RIG_VIDEO("4002"),
					      "",
					      RIG_AUDIO("0") RIG_VIDEO("4002"),
					      RIG_AUDIO("4000") RIG_VIDEO("0"),
					      RIG_AUDIO("4000") "m=audio 4004 RTP/SAVP 0\r\n" RIG_AUDIO("4006") };
	static const enum ng_command commands[] = { NG_OFFER,  NG_OFFER,    NG_OFFER,  NG_ANSWER, NG_ANSWER,
						    NG_ANSWER, NG_ROLLBACK, NG_DELETE, NG_QUERY };
	struct rig *g = *state;

	g->random = 4711;
	for (unsigned i = 0; i < 20000; i++) {
		rig_say(g, (struct rig_say){
				   .command = commands[rig_random(g) % (sizeof(commands) / sizeof(commands[0]))],
				   .call = any_of(g, calls, 3),
				   .from = any_of(g, tags, 5),
				   .to = any_of(g, tags, 5),
				   .via = any_of(g, vias, 5),
				   .received = rig_random(g) % 2 ? "198.51.100.7" : NULL,
				   .direction = { "out", "lan" },
				   .sdp = rig_sdp(g, any_of(g, hosts, 5), any_of(g, medias, 6)),
			   });
		audit(g);
	}
	assert_true(g->relay.counters.commands[NG_ANSWER][0] > 1000);
	for (unsigned i = 0; i < 3; i++)
		rig_delete(g, calls[i]);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
}

/* What a client does with a relay that is full: it looks for another one, by the words that it knows. */
static void a_full_relay_says_so_in_the_clients_words(void **state)
{
	struct rig *g = *state;
	char request[9000];
	const char *sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000"));

	g->relay.sessions.capacity = 0;
	rig_offer(g, "c", sdp);
	assert_refused(g, "Parallel session limit reached");
	snprintf(request, sizeof(request),
		 "9_9 d8:supportsl10:load limite3:sdp%zu:%s7:call-id1:c8:from-tag1:A7:command5:offere", strlen(sdp),
		 sdp);
	rig_send(g, span_str(request));
	assert_true(span_eq(g->reply, SPAN("9_9 d6:result10:load limit7:message30:Parallel session limit reachede")));
}

static void commands_that_are_not_built_are_refused_by_name(void **state)
{
	static const char *const names[] = { "play media", "stop media" };
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char request[128], expected[128];

		snprintf(request, sizeof(request), "k d7:call-id1:c7:command%zu:%se", strlen(names[i]), names[i]);
		snprintf(expected, sizeof(expected), "Not built into this relay: %s", names[i]);
		rig_send(g, span_str(request));
		assert_refused(g, expected);
	}
}

static void what_is_not_built_is_told(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")),
		       "ICE=force-relay always-transcode foo-bar");
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "not built, without effect: ice"));
	assert_true(rig_has(g->answer.warning, "not built, without effect: always-transcode"));
	assert_true(rig_has(g->answer.warning, "not understood, ignored: foo-bar"));
}

/* A datagram may be as long as one can be (IPv4, UDP): most of it description. */
static void requests_may_be_as_long_as_a_datagram(void **state)
{
	struct rig *g = *state;
	static char request[65507 + 1], sdp[65507];
	struct writer s = writer_over(sdp, sizeof(sdp)), w = writer_over(request, sizeof(request));

	writer_str(&s, "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n" RIG_AUDIO("4000"));
	for (unsigned i = 0; i < 127; i++) {
		writer_str(&s, "a=x-filler:");
		for (unsigned k = 0; k < 490; k++)
			writer_byte(&s, 'x');
		writer_str(&s, "\r\n");
	}
	writer_format(&w, "k1 d7:command5:offer7:call-id1:c8:from-tag1:A3:sdp%u:", s.n);
	writer_put(&w, writer_done(&s));
	writer_str(&w, "4:fill");
	writer_format(&w, "%u:", 65507 - w.n - 6);
	while (w.n < 65506)
		writer_byte(&w, 'y');
	writer_byte(&w, 'e');
	assert_false(w.failed);
	assert_int_equal(w.n, 65507);
	rig_send(g, writer_done(&w));
	assert_ok(g);
	assert_true(g->reply.n > 60000);
}

static void what_the_packet_path_saw_is_counted_and_logged(void **state)
{
	struct rig *g = *state;

	g->path_event = (struct datapath_event){
		DATAPATH_REFUSED, { RIG_OUT, 20002 }, 7, rig_addr("198.51.100.66:6"), 0xbad, { 0 }
	};
	g->has_path_event = true;
	relay_tick(&g->relay, g->now);
	assert_string_equal(g->log, "1 session 7, out port 20002: refused 198.51.100.66:6, SSRC 00000bad");
	g->path_event.kind = DATAPATH_LATCHED;
	g->has_path_event = true;
	relay_tick(&g->relay, g->now);
	assert_string_equal(g->log, "3 session 7, out port 20002: learnt 198.51.100.66:6, SSRC 00000bad");
	assert_int_equal(g->relay.counters.refused_sources, 1);
	assert_int_equal(g->relay.counters.latched, 1);
}

/* Flags of the configuration, behind which the client's own hold. */
static void templates_hold_as_if_a_client_had_said_them(void **state)
{
	static const struct {
		const char *flags, *owner, *has, *has_not;
	} cases[] = {
		{ NULL, NULL, "a=default\r\na=offer\r\n", "a=extra" },
		{ "template=extra", NULL, "a=default\r\na=offer\r\na=extra\r\n", "SAVP" },
		{ "sdp-attr-add-audio-own template=extra", NULL, "a=extra\r\na=own\r\n", "SAVP" },
		{ "template=plain", NULL, "RTP/AVP ", "RTP/AVPF" },
		{ "template=feedback", NULL, "RTP/AVPF", "RTP/AVP " },
		{ "RTP/AVP template=feedback", NULL, "RTP/AVP ", "RTP/AVPF" },
		{ NULL, "sbc", "m=audio", "a=default" },
		{ "template=extra", "sbc", "a=extra\r\n", "a=default" },
	};
	static const struct conf_template templates[] = {
		{ "default", "sdp-attr-add-audio-default" },   { "offer", "sdp-attr=[audio=[add=[offer]]]" },
		{ "extra", "sdp-attr-add-audio-extra" },       { "plain", "" },
		{ "feedback", "transport-protocol=RTP/AVPF" }, { "play DTMF", "code=5" },
		{ "realms", "direction=lan direction=lan" },
	};
	struct rig *g = *state;

	memcpy(g->conf.relay.templates, templates, sizeof(templates));
	g->conf.relay.ntemplate = sizeof(templates) / sizeof(templates[0]);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		g->flags = cases[i].flags;
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = "A",
					     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")),
					     .direction = { "out", "lan" },
					     .owner = cases[i].owner });
		g->flags = NULL;
		assert_ok(g);
		if (!rig_has(g->answer.sdp, cases[i].has) || rig_has(g->answer.sdp, cases[i].has_not) ||
		    g->answer.warning.n)
			fail_msg("%u: %.*s", i, SPAN_ARG(g->reply));
		rig_delete(g, "c");
	}
	/* The request's own directions are not added to those of the template. */
	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")), "template=realms");
	assert_ok(g);
	assert_int_equal(g->answer.warning.n, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") "a=rtpmap:101 telephone-event/8000\r\n"));
	rig_say(g, (struct rig_say){ .command = NG_PLAY_DTMF, .call = "c", .from = "A" });
	assert_refused(g, "The other side has no telephone-event: digits cannot be dialled"); /* the digit is there */
}

/* It is not looked for, and what it would have said does not hold. */
static void a_template_within_a_template_is_warned_of(void **state)
{
	static const struct {
		const char *flags;
		bool warned;
	} cases[] = {
		{ NULL, false }, { "template=inner", false }, { "template=outer", true }, { "template=odd", true }
	};
	struct rig *g = *state;

	g->conf.relay.templates[0] = (struct conf_template){ "inner", "sdp-attr-add-audio-inner" };
	g->conf.relay.templates[1] = (struct conf_template){ "outer", "ICE=remove template=inner" };
	g->conf.relay.templates[2] = (struct conf_template){ "odd", "template=nowhere template=odd" };
	g->conf.relay.ntemplate = 3;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")), cases[i].flags);
		assert_ok(g);
		assert_int_equal(rig_has(g->answer.warning, "not built, without effect: template within a template"),
				 cases[i].warned);
		assert_int_equal(rig_has(g->answer.sdp, "a=inner"), i == 1);
		rig_delete(g, "c");
	}
}

static void templates_are_found_in_either_coding(void **state)
{
	struct rig *g = *state;

	g->conf.relay.templates[0] = (struct conf_template){ "ping", "sdp-attr=[audio=[add=[x]]]" };
	g->conf.relay.ntemplate = 1;
	rig_send(g, SPAN("1 {\"command\":\"ping\",\"template\":\"ping\"}"));
	assert_true(span_eq(g->reply, SPAN("1 {\"result\":\"pong\"}")));
	rig_send(g, SPAN("2 d7:command4:ping8:template4:Pinge"));
	assert_refused(g, "Unknown template: Ping");
	rig_send(g, SPAN("3 d7:command4:ping5:flagsl15:template=secretee"));
	assert_refused(g, "Unknown template: secret");
	assert_int_equal(g->relay.counters.outcomes[OUTCOME_UNKNOWN_TEMPLATE], 2);
}

static void ends_with_calls_up(void **state)
{
	struct rig *g = *state;
	char call[16];

	for (unsigned i = 0; i < 100; i++) {
		snprintf(call, sizeof(call), "%u", i);
		rig_call(g, call);
	}
	/* The teardown ends them; the sanitizer build sees what would be left. */
	assert_int_equal(relay_sessions(&g->relay), 100);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(datagrams_and_their_answers),
		cmocka_unit_test(every_outcome_has_a_name_and_a_reason),
		TEST(keys_not_understood_are_told),
		TEST(a_command_sent_twice_is_carried_out_once),
		TEST(speaks_json),
		TEST(other_clients_are_understood),
		TEST(a_thousand_calls_leave_nothing_behind),
		TEST(failed_calls_lose_no_ports),
		TEST(any_order_of_commands_keeps_the_books),
		TEST(a_full_relay_says_so_in_the_clients_words),
		TEST(commands_that_are_not_built_are_refused_by_name),
		TEST(what_is_not_built_is_told),
		TEST(requests_may_be_as_long_as_a_datagram),
		TEST(what_the_packet_path_saw_is_counted_and_logged),
		TEST(templates_hold_as_if_a_client_had_said_them),
		TEST(a_template_within_a_template_is_warned_of),
		TEST(templates_are_found_in_either_coding),
		TEST(ends_with_calls_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
