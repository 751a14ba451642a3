/* SPDX-License-Identifier: BSD-3-Clause */
/* Handshakes as descriptions have them: what each side is shown, what its answer changes. */
#include "tests/unit/rtpproxy/session/handshake_scene.h"

#define CERTIFICATE               "a=fingerprint:sha-1 01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14\r\n"
#define DTLS_AUDIO(port, profile) "m=audio " port " " profile " 0\r\n" CERTIFICATE

static bool shown(struct scene *c, const char *line)
{
	return span_search(c->g->answer.sdp, span_str(line)) < c->g->answer.sdp.n;
}

static void a_plain_side_does_not_see_the_others_certificate(void **state)
{
	struct scene *c = *state;

	rig_offer_with(c->g, "d", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVPF");
	assert_ok(c->g);
	assert_true(shown(c, " UDP/TLS/RTP/SAVPF 0 8\r\n"));
	assert_true(shown(c, "\r\na=fingerprint:sha-256 "));
	assert_true(shown(c, "\r\na=setup:actpass\r\n"));
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", DTLS_AUDIO("5000", "UDP/TLS/RTP/SAVPF") "a=setup:active\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " RTP/AVP 0\r\n"));
	assert_false(shown(c, "fingerprint") || shown(c, "setup") || shown(c, "01:02"));
}

static void each_side_sees_ours(void **state)
{
	struct scene *c = *state;
	char first[128];
	uint32_t at;

	rig_offer(c->g, "d",
		  rig_sdp(c->g, "198.51.100.7", DTLS_AUDIO("4000", "UDP/TLS/RTP/SAVP") "a=setup:actpass\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " UDP/TLS/RTP/SAVP 0\r\n") && shown(c, "a=setup:actpass\r\n"));
	assert_false(shown(c, "01:02:03"));
	at = span_search(c->g->answer.sdp, SPAN("a=fingerprint:sha-256 "));
	snprintf(first, sizeof(first), "%.*s", 117, c->g->answer.sdp.p + at);
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", DTLS_AUDIO("5000", "UDP/TLS/RTP/SAVP") "a=setup:passive\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, "a=setup:passive\r\n") && shown(c, first));
	assert_false(shown(c, "01:02:03"));
}

static void who_begins_is_as_was_offered(void **state)
{
	static const struct {
		const char *offered, *flags, *answered;
	} cases[] = {
		{ "a=setup:actpass\r\n", "RTP/AVP", "a=setup:passive\r\n" },
		{ "a=setup:actpass\r\n", "RTP/AVP DTLS=passive", "a=setup:passive\r\n" },
		{ "a=setup:actpass\r\n", "RTP/AVP DTLS=active", "a=setup:active\r\n" },
		{ "a=setup:active\r\n", "RTP/AVP DTLS=active", "a=setup:passive\r\n" },
		{ "a=setup:passive\r\n", "RTP/AVP", "a=setup:active\r\n" },
		{ "", "RTP/AVP", "a=setup:passive\r\n" },
	};
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char call[8];

		snprintf(call, sizeof(call), "call%u", i);
		snprintf(c->text, sizeof(c->text), "%s%s", DTLS_AUDIO("4000", "UDP/TLS/RTP/SAVP"), cases[i].offered);
		rig_offer_with(c->g, call, rig_sdp(c->g, "198.51.100.7", c->text), "RTP/AVP");
		rig_answer_with(c->g, call, rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")),
				strstr(cases[i].flags, "DTLS"));
		assert_ok(c->g);
		if (!shown(c, cases[i].answered))
			fail_msg("%s, %s", cases[i].offered, cases[i].flags);
	}
}

static void what_is_no_dtls_is_refused(void **state)
{
	static const struct {
		const char *what, *media;
	} answers[] = {
		{ "in the clear", RIG_AUDIO("5000") },
		{ "no certificate", "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n" },
		{ "MD5", "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=fingerprint:md5 01:02\r\n" },
		{ "not now", DTLS_AUDIO("5000", "UDP/TLS/RTP/SAVP") "a=setup:holdconn\r\n" },
	};
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char call[8];

		snprintf(call, sizeof(call), "call%u", i);
		rig_offer_with(c->g, call, rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVP");
		rig_answer(c->g, call, rig_sdp(c->g, "10.0.0.50", answers[i].media));
		if (span_eq(c->g->answer.result, SPAN("ok")))
			fail_msg("%s", answers[i].what);
		rig_offer(c->g, call, rig_sdp(c->g, "198.51.100.7", answers[i].media));
		if (i && span_eq(c->g->answer.result, SPAN("ok")))
			fail_msg("offered: %s", answers[i].what);
	}
	rig_offer_with(c->g, "x", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVP DTLS=off");
	assert_false(span_eq(c->g->answer.result, SPAN("ok")));
}

static void it_may_be_called_srtp(void **state)
{
	struct scene *c = *state;

	rig_offer(c->g, "d", rig_sdp(c->g, "198.51.100.7", DTLS_AUDIO("4000", "RTP/SAVPF") "a=setup:actpass\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " RTP/SAVPF 0\r\n") && shown(c, "a=setup:actpass\r\n"));
	assert_false(shown(c, "a=crypto"));
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", DTLS_AUDIO("5000", "RTP/SAVPF") "a=setup:active\r\n"));
	assert_ok(c->g);
	assert_true(shown(c, " RTP/SAVPF 0\r\n") && shown(c, "a=setup:passive\r\n"));
}

/* M9: with ICE only from where a check came, and no cookie is needed there. */
static void with_ice_only_checked_addresses_are_heard(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	struct ice *ice;

	scene_describe_with(c, c->id, "active",
			    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
			    "a=candidate:1 1 UDP 1 198.51.100.7 4000 typ host\r\n"
			    "a=candidate:1 2 UDP 1 198.51.100.7 4001 typ host\r\n");
	ice = &stream_of(c)->secure->ice;
	assert_true(ice_is_on(stream_of(c)));
	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_int_equal(c->npost, 0);
	assert_int_equal(c->g->relay.handshakes.strangers, 1);
	assert_int_equal(addr_parse(SPAN("192.0.2.55:6000"), 0, &ice->known[0]), 0);
	ice->nknown = 1;
	endpoint_free(c->end);
	c->end = end_begin(c, c->id);
	hand_in(c, "192.0.2.55:6000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_true(c->npost > 0 && c->post[0].n > 200); /* a certificate, not a cookie */
	talk(c, c->end, "192.0.2.55:6000", RTP);
	assert_keys(c, c->end, RTP);
}

static void with_ice_we_begin_where_it_leads(void **state)
{
	struct scene *c = *state;

	scene_describe_with(c, c->id, "passive",
			    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=rtcp-mux\r\n"
			    "a=candidate:1 1 UDP 1 198.51.100.7 4000 typ host\r\n");
	assert_int_equal(c->npost, 0);
	assert_int_equal(addr_parse(SPAN("192.0.2.55:6000"), 0, &stream_of(c)->secure->ice.pair[0].at), 0);
	handshake_turn(&c->g->relay, c->g->now += ASSOCIATION_STEP_MS);
	assert_int_equal(c->npost, 1); /* RTCP has no port of its own */
	assert_int_equal(c->post[0].to.port, 6000);
}

/* A relay before this one had the keys. It is not called before it knows of another certificate. */
static void a_handshake_begins_when_its_side_is_told(void **state)
{
	struct scene *c = *state;
	const struct stream *m;
	const struct session *s;
	char offer[512];

	snprintf(offer, sizeof(offer), "%sa=setup:passive\r\n",
		 rig_sdp(c->g, "198.51.100.7", DTLS_AUDIO("4000", "UDP/TLS/RTP/SAVP")));
	c->g->flags = "RTP/AVP";
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "r",
					.from = "A",
					.to = "B",
					.sdp = offer,
					.direction = { "out", "lan" },
					.resume = { "7 1 20004", "8 1 20004" } });
	c->g->flags = NULL;
	assert_ok(c->g);
	rig_say(c->g, (struct rig_say){ .command = NG_ANSWER,
					.call = "r",
					.from = "A",
					.to = "B",
					.sdp = rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("6000")),
					.direction = { "lan", "out" },
					.resume = { "8 1 20004", "7 1 20004" } });
	assert_ok(c->g);
	assert_true(rig_has(c->g->reply, "4:anewl1:Ae"));
	s = table_find(&c->g->relay.sessions, SPAN("r"));
	m = &s->near->stream[0];
	assert_true(rig_spec(c->g, RIG_OUT, 20004)->awaits_keys && rig_spec(c->g, RIG_OUT, 20004)->wants_dtls);
	assert_string_equal(handshake_state(m->secure->handshake), "waiting");
	assert_int_equal(c->npost, 0);
	c->g->flags = "RTP/AVP";
	rig_offer(c->g, "r", offer);
	c->g->flags = NULL;
	rig_answer(c->g, "r", rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_false(rig_has(c->g->reply, "4:anew"));
	assert_string_equal(handshake_state(m->secure->handshake), "under way");
	assert_true(c->npost > 0);
}

static void query_tells_how_far_it_is(void **state)
{
	struct scene *c = *state;

	rig_say(c->g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(span_search(c->g->reply, SPAN("9:handshake7:waiting")) < c->g->reply.n);
	assert_true(span_search(c->g->reply, SPAN("the other side has not begun")) < c->g->reply.n);
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	rig_say(c->g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(span_search(c->g->reply, SPAN("9:handshake4:done")) < c->g->reply.n);
}

/* The ClientHello is here before the answer: it waits for it. */
static void who_is_quicker_than_his_answer_is_heard(void **state)
{
	struct scene *c = *state;
	struct session *d;
	struct datapath_mail what = { 0 };
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);
	const struct port_spec *spec;
	struct sdp_fingerprints relay = { .n = 1 };
	uint32_t at;

	rig_offer_with(c->g, "d", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")), "UDP/TLS/RTP/SAVP");
	assert_ok(c->g);
	d = table_find(&c->g->relay.sessions, SPAN("d"));
	what.own = (struct own_port){ RIG_LAN, d->far->stream[0].port };
	spec = &rig_port(c->g, what.own)->spec;
	assert_true(spec->wants_dtls && spec->awaits_keys && !spec->window_open);
	at = span_search(c->g->answer.sdp, SPAN("a=fingerprint:"));
	assert_int_equal(sdp_fingerprint_parse(span_slice(c->g->answer.sdp, at + 14, at + 14 + 103), &relay.at[0]), 0);
	c->end = endpoint_client(c->id, &relay);
	what.n = (uint16_t)endpoint_give(c->end, what.bytes);
	assert_int_equal(addr_parse(SPAN("10.0.0.50:5000"), 0, &what.source), 0);
	for (unsigned i = 0; i < 3; i++)
		mail_take(&c->g->relay, &(struct mail){ .session = d, .leg = d->far, .what = &what });
	assert_int_equal(c->npost, 0);
	writer_str(&w, "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n");
	sdp_fingerprint_write(&w, &c->id->fingerprint);
	c->text[w.n] = '\0';
	rig_answer(c->g, "d", rig_sdp(c->g, "10.0.0.50", c->text));
	assert_ok(c->g);
	assert_int_equal(c->npost, 1);
	assert_int_equal(c->post[0].own.port, what.own.port);
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	assert_true(endpoint_give(c->end, what.bytes) > 0); /* with its cookie */
}

/* The side is asked again and answers with another certificate: its ClientHello may be here first. */
static void another_certificate_may_be_quicker_than_its_answer(void **state)
{
	struct scene *c = *state;
	struct identity *next = identity_new(1800000000);
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	struct endpoint *end;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	c->g->flags = "UDP/TLS/RTP/SAVP";
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "c",
					.from = "B",
					.to = "A",
					.sdp = rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")) });
	c->g->flags = NULL;
	assert_ok(c->g);
	end = end_begin(c, next);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(end, bytes));
	assert_int_equal(c->npost, 0);
	writer_str(&w, "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n");
	sdp_fingerprint_write(&w, &next->fingerprint);
	c->text[w.n] = '\0';
	rig_say(c->g, (struct rig_say){ .command = NG_ANSWER,
					.call = "c",
					.from = "B",
					.to = "A",
					.sdp = rig_sdp(c->g, "198.51.100.7", c->text) });
	assert_ok(c->g);
	assert_int_equal(c->npost, 1);
	endpoint_take(end, c->post[0].bytes, c->post[0].n);
	c->npost = 0;
	talk(c, end, "198.51.100.7:4000", RTP);
	assert_keys(c, end, RTP);
	endpoint_free(end);
	identity_release(next);
}

static void an_offer_that_is_refused_changes_nothing(void **state)
{
	struct scene *c = *state;
	struct identity *next = identity_new(1800000000);
	struct writer w = writer_over(c->text, sizeof(c->text) - 1);

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	writer_str(&w, "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\na=setup:actpass\r\n");
	sdp_fingerprint_write(&w, &next->fingerprint);
	c->text[w.n] = '\0';
	rig_offer_with(c->g, "c", rig_sdp(c->g, "198.51.100.7", c->text), "RTP/AVP");
	assert_ok(c->g);
	rig_say(c->g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A" });
	assert_ok(c->g);
	assert_string_equal(handshake_state(handshake_of(c)), "done");
	assert_keys(c, c->end, RTP);
	identity_release(next);
}

static void a_side_that_goes_on_in_the_clear_has_no_handshake(void **state)
{
	struct scene *c = *state;

	rig_offer(c->g, "c", rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")));
	rig_answer(c->g, "c", rig_sdp(c->g, "10.0.0.50", RIG_AUDIO("5000")));
	assert_ok(c->g);
	assert_null(handshake_of(c));
	assert_false(port_of(c, RTP)->spec.wants_dtls || port_of(c, RTP)->spec.awaits_keys);
	assert_null(c->g->relay.handshakes.resting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_plain_side_does_not_see_the_others_certificate),
		SCENE(each_side_sees_ours),
		SCENE(who_begins_is_as_was_offered),
		SCENE(what_is_no_dtls_is_refused),
		SCENE(it_may_be_called_srtp),
		SCENE(with_ice_only_checked_addresses_are_heard),
		SCENE(with_ice_we_begin_where_it_leads),
		SCENE(a_handshake_begins_when_its_side_is_told),
		SCENE(query_tells_how_far_it_is),
		SCENE(who_is_quicker_than_his_answer_is_heard),
		SCENE(another_certificate_may_be_quicker_than_its_answer),
		SCENE(an_offer_that_is_refused_changes_nothing),
		SCENE(a_side_that_goes_on_in_the_clear_has_no_handshake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
