/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/listener.h"

#include "rtpproxy/session/secure.h"
#include "tests/unit/rtpproxy/check_make.h"
#include "tests/unit/rtpproxy/rig.h"

#define THEIR_PWD   "asd88fgpdd777uzjYhagZg"
#define CREDENTIALS "a=ice-ufrag:thei\r\na=ice-pwd:" THEIR_PWD "\r\n"
#define CANDIDATE   "a=candidate:1 1 UDP 2130706431 198.51.100.9 7000 typ host\r\n"
#define FINGERPRINT                                                                                                    \
	"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:"   \
	"CC:DD:EE:FF\r\na=setup:active\r\n"
#define HEARS(port) "m=audio " port " RTP/AVP 0\r\na=recvonly\r\n"

static struct session *session_of(struct rig *g, const char *call)
{
	return table_find(&g->relay.sessions, span_str(call));
}

static const struct leg *listener(struct rig *g)
{
	return session_of(g, "c")->listeners;
}

static void subscribe(struct rig *g, const char *flags)
{
	g->flags = flags;
	rig_say(g, (struct rig_say){
			   .command = NG_SUBSCRIBE_REQUEST, .call = "c", .to = "L", .direction = { "lan", "out" } });
	g->flags = NULL;
	assert_ok(g);
}

static void accept_with(struct rig *g, const char *media)
{
	rig_say(g, (struct rig_say){ .command = NG_SUBSCRIBE_ANSWER,
				     .call = "c",
				     .to = "L",
				     .sdp = rig_sdp(g, "198.51.100.9", media) });
	assert_ok(g);
}

/* A call, and L hears both. */
static struct rig *heard_call(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe(g, "all");
	accept_with(g, HEARS("7000") HEARS("7002"));
	assert_int_equal(g->ncopy, 4);
	return g;
}

static void assert_agrees(struct rig *g)
{
	struct ng_value v;

	rig_ask(g, (struct ng_request){ .command = NG_AUDIT });
	assert_int_equal(ng_find(g->answer.body, SPAN("different"), &v), 0);
	if (v.integer != 0)
		fail_msg("%.*s", SPAN_ARG(g->reply));
}

static void line_copy(const struct rig *g, const char *name, char *out, size_t size)
{
	const uint32_t at = span_search(g->answer.sdp, span_str(name));
	const struct span line = span_from(g->answer.sdp, at + (uint32_t)strlen(name));

	assert_true(at < g->answer.sdp.n);
	snprintf(out, size, "%.*s", (int)span_find(line, '\r'), line.p);
}

/* STUN that comes to a listener's port is his: he hears at the pair that he nominates. */
static void a_browser_says_where_it_hears(void **state)
{
	struct rig *g = *state;
	char ufrag[64], pwd[64], username[128], request[STUN_CHECK_MAX];
	struct span in;
	int port;

	rig_call(g, "c");
	subscribe(g, "from-tag=A ICE=force rtcp-mux-require WebRTC");
	line_copy(g, "a=ice-ufrag:", ufrag, sizeof(ufrag));
	line_copy(g, "a=ice-pwd:", pwd, sizeof(pwd));
	assert_true(rig_has(g->answer.sdp, " UDP/TLS/RTP/SAVPF 0 8\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=setup:actpass\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=ice-lite\r\n"));
	port = rig_port_of(g, 0);
	/* A hello may be quicker than the answer. */
	assert_true(rig_spec(g, RIG_OUT, port)->wants_dtls && rig_spec(g, RIG_OUT, port)->awaits_keys);
	assert_int_equal(g->ncopy, 0);
	accept_with(
		g,
		"m=audio 7000 UDP/TLS/RTP/SAVPF 0\r\na=rtcp-mux\r\na=recvonly\r\n" CREDENTIALS CANDIDATE FINGERPRINT);
	/* Both ports of the source leave by the one that he has. */
	assert_int_equal(g->ncopy, 2);
	assert_int_equal(g->copy[0].to.port, port);
	assert_int_equal(g->copy[1].to.port, port);
	snprintf(username, sizeof(username), "%s:thei", ufrag);
	in = check_make(&(struct check_make){ username, pwd, NULL, 100, true, false, { 0 } }, request);
	g->mail = (struct datapath_mail){
		.own = { RIG_OUT, (uint16_t)port },
		.session = session_of(g, "c")->id,
		.source = rig_addr("192.0.2.44:9000"),
		.stun = true,
		.n = (uint16_t)in.n,
	};
	memcpy(g->mail.bytes, in.p, in.n);
	g->has_mail = true;
	relay_notices(&g->relay, g->now);
	assert_int_equal(g->replies, 1);
	assert_addr(&rig_spec(g, RIG_OUT, port)->expected, "192.0.2.44:9000");
	assert_int_equal(g->ncopy, 2);
	assert_agrees(g);
}

static void a_branch_that_ends_is_heard_no_more(void **state)
{
	static const char *const branches[] = { "z1", "z2" };
	struct rig *g = *state;

	for (unsigned i = 0; i < 2; i++)
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = "A",
					     .via = branches[i],
					     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")),
					     .direction = { "out", "lan" } });
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .via = "z2",
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")) });
	assert_ok(g);
	subscribe(g, "all");
	accept_with(g, HEARS("7000") HEARS("7002"));
	assert_int_equal(g->ncopy, 4);
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .via = "z2" });
	assert_ok(g);
	assert_int_equal(g->ncopy, 2);
	assert_null(listener(g)->ear->now[1].source);
	relay_tick(&g->relay, g->now += 1000);
	assert_agrees(g);
	subscribe(g, "all");
	assert_int_equal(rig_port_of(g, 1), 0);
}

/* Connected elsewhere a side is heard as ever, by the numbers that it has from its own call. */
static void who_is_connected_elsewhere_is_heard(void **state)
{
	struct rig *g = heard_call(state);

	rig_call(g, "d");
	g->flags = "to-call-id=d";
	rig_say(g, (struct rig_say){ .command = NG_CONNECT, .call = "c", .from = "A", .to = "B" });
	g->flags = NULL;
	assert_ok(g);
	assert_int_equal(g->ncopy, 4);
	rig_delete(g, "d");
	assert_int_equal(g->ncopy, 4);
	assert_agrees(g);
}

/* Nothing is relayed: not to listeners either. */
static void traffic_that_is_dropped_is_not_heard(void **state)
{
	struct rig *g = heard_call(state);

	rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")), "drop-traffic=start");
	assert_ok(g);
	assert_int_equal(g->ncopy, 0);
	rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")), "drop-traffic=stop");
	assert_ok(g);
	assert_int_equal(g->ncopy, 4);
}

/* What he sends is nobody's: it keeps no call alive, nor is it recorded. */
static void a_listener_keeps_no_call_alive(void **state)
{
	struct rig *g = heard_call(state);
	struct rig_port *p = rig_port(g, (struct own_port){ listener(g)->realm, listener(g)->stream[0].port });

	assert_int_equal(p->spec.capture, CAPTURE_NONE);
	for (unsigned i = 0; i < 70; i++) {
		p->stats.rx_packets += 50;
		relay_tick(&g->relay, g->now += 1000);
	}
	assert_true(rig_has(span_of(g->event, g->event_len), "no-media"));
}

/* A NAT before him is kept open while nobody speaks. */
static void a_silent_listener_gets_keepalives(void **state)
{
	struct rig *g = *state;
	struct rig_port *p;

	for (unsigned i = 0; i < RIG_REALMS; i++)
		g->conf.realms[i].media_keepalive_ms = 15000;
	heard_call(state);
	p = rig_port(g, (struct own_port){ listener(g)->realm, listener(g)->stream[0].port });
	for (unsigned i = 0; i < 20; i++)
		relay_tick(&g->relay, g->now += 1000);
	assert_true(p->sends > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_browser_says_where_it_hears),       TEST(a_branch_that_ends_is_heard_no_more),
		TEST(who_is_connected_elsewhere_is_heard), TEST(traffic_that_is_dropped_is_not_heard),
		TEST(a_listener_keeps_no_call_alive),      TEST(a_silent_listener_gets_keepalives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
