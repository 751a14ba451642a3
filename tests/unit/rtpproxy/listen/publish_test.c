/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/life/watch.h"
#include "rtpproxy/stream/listener.h"

static struct session *session(struct rig *g)
{
	return table_find(&g->relay.sessions, SPAN("c"));
}

static void publish_as(struct rig *g, const char *from, const char *media)
{
	rig_ask(g, (struct ng_request){ .command = NG_PUBLISH,
					.call_id = SPAN("c"),
					.from_tag = span_str(from),
					.interface = SPAN("lan"),
					.sdp = span_str(rig_sdp(g, "10.0.0.50", media)) });
}

static void publish(struct rig *g, const char *media)
{
	publish_as(g, "P", media);
}

static int hear(struct rig *g, const char *tag, const char *answer)
{
	int port;

	rig_ask(g, (struct ng_request){ .command = NG_SUBSCRIBE_REQUEST,
					.call_id = SPAN("c"),
					.from_tag = SPAN("P"),
					.to_tag = span_str(tag),
					.interface = SPAN("out") });
	assert_ok(g);
	port = rig_port_of(g, 0);
	rig_ask(g, (struct ng_request){ .command = NG_SUBSCRIBE_ANSWER,
					.call_id = SPAN("c"),
					.to_tag = span_str(tag),
					.sdp = span_str(rig_sdp(g, "198.51.100.9", answer)) });
	assert_ok(g);
	return port;
}

static void assert_agrees(struct rig *g)
{
	struct ng_value v;

	rig_ask(g, (struct ng_request){ .command = NG_AUDIT });
	assert_int_equal(ng_find(g->answer.body, SPAN("different"), &v), 0);
	if (v.integer != 0)
		fail_msg("%.*s", SPAN_ARG(g->reply));
}

#define SPEAKS      RIG_AUDIO("6000") "a=sendonly\r\n"
#define HEARS(port) "m=audio " port " RTP/AVP 0 8\r\na=recvonly\r\n"

static void who_publishes_is_answered_recvonly(void **state)
{
	static const struct {
		const char *said, *shown;
	} cases[] = {
		{ SPEAKS, "a=recvonly\r\n" },
		{ RIG_AUDIO("6000"), "a=recvonly\r\n" },
		{ RIG_AUDIO("6000") "a=recvonly\r\n", "a=inactive\r\n" },
		{ RIG_AUDIO("6000") "a=inactive\r\n", "a=inactive\r\n" },
		{ RIG_AUDIO("6000") "a=mid:x\r\n", "a=mid:x\r\n" },
		{ RIG_AUDIO("6000") "m=image 6004 udptl t38\r\n", "m=image 0 udptl 0\r\n" },
		{ "m=audio 6000 RTP/AVP 0 99\r\n", " RTP/AVP 0\r\n" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		publish(g, cases[i].said);
		assert_ok(g);
		if (!rig_has(g->answer.sdp, cases[i].shown))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->answer.sdp));
		assert_true(rig_has(g->answer.sdp, "c=IN IP4 10.0.0.1\r\n"));
		assert_false(rig_has(g->answer.sdp, "10.0.0.50"));
		assert_int_equal(rig_spec(g, RIG_LAN, rig_port_of(g, 0))->peer.port, 0);
		assert_agrees(g);
		rig_delete(g, "c");
		assert_ok(g);
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

static void several_hear_him(void **state)
{
	struct rig *g = *state;
	const struct own_port *to;
	int speaks;

	publish(g, SPEAKS);
	assert_ok(g);
	speaks = rig_port_of(g, 0);
	hear(g, "L", HEARS("7000"));
	hear(g, "M", HEARS("7010"));
	assert_int_equal(g->ncopy, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(g->copy[i].from.port & ~1, speaks);
	to = &g->copy[0].to;
	assert_int_equal(to->realm, RIG_OUT);
	assert_addr(&rig_spec(g, RIG_OUT, to->port & ~1)->expected, "198.51.100.9:7000");
	assert_agrees(g);
	rig_ask(g, (struct ng_request){ .command = NG_UNSUBSCRIBE, .call_id = SPAN("c"), .to_tag = SPAN("L") });
	assert_ok(g);
	assert_int_equal(g->ncopy, 2);
	rig_delete(g, "c");
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
}

/* The same tag again: the same port, and who listens goes on; his stream ends and comes again. */
static void he_may_publish_anew(void **state)
{
	struct rig *g = *state;
	int port;

	publish(g, SPEAKS);
	port = rig_port_of(g, 0);
	hear(g, "L", HEARS("7000"));
	publish(g, SPEAKS);
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), port);
	assert_int_equal(g->ncopy, 2);
	publish(g, "m=audio 0 RTP/AVP 0\r\n" RIG_VIDEO("6010"));
	assert_ok(g);
	assert_int_equal(g->ncopy, 0);
	publish(g, SPEAKS);
	assert_ok(g);
	assert_int_equal(g->ncopy, 2);
	assert_agrees(g);
}

static void keys_are_answered_with_ours(void **state)
{
	static const char keyed[] =
		"m=audio 6000 RTP/SAVP 0\r\n"
		"a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
	struct rig *g = *state;
	const struct port_spec *spec;

	publish(g, keyed);
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:"));
	assert_false(rig_has(g->answer.sdp, "WVNfX19z"));
	spec = rig_spec(g, RIG_LAN, rig_port_of(g, 0));
	assert_int_equal(spec->opens.suite, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	assert_int_equal(spec->seals.suite, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *from, *media, *reason;
	} cases[] = {
		{ NULL, SPEAKS, "No from-tag in message" },
		{ "P", "m=image 6004 udptl t38\r\n",
		  "No stream that can be relayed: RTP, SRTP, udptl, UDP/BFCP and udp are" },
		{ "P", SPEAKS "c=IN IP4 127.0.0.1\r\n", "SDP address is loopback" },
		{ "P", "m=audio 6000 RTP/SAVP 0\r\n", "SRTP without keys that can be used" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		publish_as(g, cases[i].from, cases[i].media);
		assert_refused(g, cases[i].reason);
		assert_null(session(g));
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
	publish(g, SPEAKS);
	assert_ok(g);
	hear(g, "L", HEARS("7000"));
	publish_as(g, "L", SPEAKS);
	assert_refused(g, "That call has two sides: who publishes needs another call-id");
	publish_as(g, "Q", "m=image 6004 udptl t38\r\n");
	assert_refused(g, cases[1].reason);
	assert_null(session(g)->far);
	publish(g, "m=image 6004 udptl t38\r\n");
	assert_refused(g, cases[1].reason);
	assert_null(session(g)->offerer);
	assert_int_equal(g->nset, 4);
	assert_agrees(g);
	rig_delete(g, "c");
	rig_call(g, "c");
	publish_as(g, "A", SPEAKS);
	assert_refused(g, "That call has two sides: who publishes needs another call-id");
}

static void leave(struct rig *g, const char *tag)
{
	rig_ask(g, (struct ng_request){ .command = NG_DELETE, .call_id = SPAN("c"), .from_tag = span_str(tag) });
	assert_ok(g);
	assert_agrees(g);
}

/* A conference: each has ports of his own, none of them is another's peer, who listens to all hears all. */
static void several_publish_and_leave(void **state)
{
	struct rig *g = *state;
	int port[2];

	publish(g, SPEAKS);
	port[0] = rig_port_of(g, 0);
	publish_as(g, "Q", RIG_AUDIO("6010"));
	assert_ok(g);
	port[1] = rig_port_of(g, 0);
	assert_int_not_equal(port[0], port[1]);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(rig_spec(g, RIG_LAN, port[i])->peer.port, 0);
	rig_ask(g, (struct ng_request){ .command = NG_SUBSCRIBE_REQUEST,
					.call_id = SPAN("c"),
					.to_tag = SPAN("L"),
					.all = true,
					.interface = SPAN("out") });
	assert_ok(g);
	rig_ask(g, (struct ng_request){ .command = NG_SUBSCRIBE_ANSWER,
					.call_id = SPAN("c"),
					.to_tag = SPAN("L"),
					.sdp = span_str(rig_sdp(g, "198.51.100.9", HEARS("7000") HEARS("7002"))) });
	assert_ok(g);
	assert_int_equal(g->ncopy, 4);
	assert_agrees(g);
	/* The first one again: his own port. Then he goes, and the other one is who there is. */
	publish(g, SPEAKS);
	assert_int_equal(rig_port_of(g, 0), port[0]);
	assert_int_equal(g->ncopy, 4);
	leave(g, "P");
	assert_int_equal(g->ncopy, 2);
	assert_true(leg_has_tag(session(g)->near, SPAN("Q")));
	assert_null(session(g)->far);
	publish(g, SPEAKS);
	assert_ok(g);
	leave(g, "P");
	leave(g, "nobody");
	assert_non_null(session(g));
	leave(g, "Q");
	assert_null(session(g));
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

/* Held are all only when none of them speaks. */
static void one_who_speaks_is_enough(void **state)
{
	struct rig *g = *state;

	publish(g, SPEAKS);
	publish_as(g, "Q", RIG_AUDIO("6010") "a=inactive\r\n");
	assert_false(session(g)->held);
	leave(g, "P");
	assert_true(session(g)->held);
	publish_as(g, "Q", SPEAKS);
	assert_false(session(g)->held);
}

/* What a publisher's call is with somebody is that one's, not another publisher's. */
static void a_publisher_may_call_somebody(void **state)
{
	struct rig *g = *state;

	publish(g, SPEAKS);
	publish_as(g, "Q", SPEAKS);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "P",
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")),
				     .direction = { "lan", "out" } });
	assert_ok(g);
	assert_false(leg_has_tag(session(g)->far, SPAN("Q")));
	assert_agrees(g);
	leave(g, "Q");
	assert_true(leg_has_tag(session(g)->near, SPAN("P")));
	leave(g, "P");
	assert_null(session(g));
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

/* Once somebody talks with him it is a call, and his m-lines are answered by that one: were they closed here, the other
 * side's media would go on to ports that may be another call's. */
static void in_a_call_nobody_publishes(void **state)
{
	struct rig *g = *state;

	publish(g, SPEAKS);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "P",
				     .direction = { "lan", "out" },
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")) });
	assert_ok(g);
	publish(g, "m=audio 0 RTP/AVP 0\r\n");
	assert_refused(g, "That call has two sides: who publishes needs another call-id");
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "P",
				     .to = "B",
				     .sdp = rig_sdp(g, "198.51.100.9", RIG_AUDIO("7000")) });
	assert_ok(g);
	publish(g, "m=audio 0 RTP/AVP 0\r\n");
	assert_refused(g, "That call has two sides: who publishes needs another call-id");
	assert_int_not_equal(session(g)->near->stream[0].port, 0);
	assert_agrees(g);
}

/* Who was connected to him talks with what he has published since, too. */
static void he_may_be_connected(void **state)
{
	struct rig *g = *state;
	const struct stream *his;
	const struct leg *other;

	publish(g, SPEAKS);
	rig_offer(g, "d", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	rig_answer(g, "d", rig_sdp(g, "10.0.0.51", RIG_AUDIO("6100") RIG_VIDEO("6102")));
	g->flags = "to-call-id=c";
	rig_ask(g, (struct ng_request){
			   .command = NG_CONNECT, .call_id = SPAN("d"), .from_tag = SPAN("A"), .to_tag = SPAN("P") });
	g->flags = NULL;
	assert_ok(g);
	publish(g, SPEAKS RIG_VIDEO("6010"));
	assert_ok(g);
	his = session(g)->near->stream;
	other = session(g)->near->connected->leg;
	assert_int_equal(rig_spec(g, RIG_OUT, other->stream[0].port)->peer.port, his[0].port);
	assert_int_equal(rig_spec(g, RIG_OUT, other->stream[1].port)->peer.port, his[1].port);
}

/* Nobody is missed on the other side; but his own silence is told. */
static void only_his_own_silence_is_told(void **state)
{
	struct rig *g = *state;
	struct rig_port *p;

	g->conf.relay.one_way_timeout_ms = 20000;
	publish(g, SPEAKS);
	hear(g, "L", HEARS("7000"));
	p = rig_port(g, (struct own_port){ RIG_LAN, session(g)->near->stream[0].port });
	for (unsigned i = 0; i < 120; i++) {
		p->stats.rx_packets += 50;
		relay_tick(&g->relay, g->now += 1000);
	}
	assert_int_equal(g->events, 0);
	for (unsigned i = 0; i < 70; i++)
		relay_tick(&g->relay, g->now += 1000);
	assert_true(g->events > 0);
	assert_true(rig_has(span_of(g->event, g->event_len), "silence-timeout"));
	for (unsigned i = 0; i < 400; i++)
		relay_tick(&g->relay, g->now += 1000);
	assert_null(session(g));
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_publishes_is_answered_recvonly), TEST(several_hear_him),
		TEST(several_publish_and_leave),          TEST(one_who_speaks_is_enough),
		TEST(a_publisher_may_call_somebody),      TEST(he_may_publish_anew),
		TEST(keys_are_answered_with_ours),        TEST(what_cannot_be_is_refused),
		TEST(in_a_call_nobody_publishes),         TEST(he_may_be_connected),
		TEST(only_his_own_silence_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
