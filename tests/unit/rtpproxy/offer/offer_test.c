/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#define NAT_SDP(g) rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000"))
#define LAN_SDP(g) rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000"))

/* Of the call's two sides it is A that is outside. */
static void say(struct rig *g, enum ng_command command, const char *call, const char *from, const char *to,
		bool outward, const char *sdp)
{
	rig_say(g, (struct rig_say){ .command = command,
				     .call = call,
				     .from = from,
				     .to = to,
				     .sdp = sdp,
				     .direction = { outward ? "out" : "lan", outward ? "lan" : "out" },
				     .received = outward ? "198.51.100.7" : "10.0.0.50" });
}

/* An offer inside the call: from one side's tag to the other's. */
static void reoffer(struct rig *g, const char *call, const char *from, const char *to, const char *sdp)
{
	say(g, NG_OFFER, call, from, to, *from == 'A', sdp);
}

static void reanswer(struct rig *g, const char *call, const char *from, const char *to, const char *sdp)
{
	say(g, NG_ANSWER, call, from, to, *to == 'A', sdp);
}

static void rollback(struct rig *g, const char *call)
{
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = call, .from = "A", .to = "B" });
}

static void shows_our_address_and_nothing_else(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") "a=rtcp:4001 IN IP4 192.168.1.5\r\n"));
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 10.0.0.1\r\n"));
	assert_false(rig_has(g->answer.sdp, "192.168.1.5"));
	assert_false(rig_has(g->answer.sdp, "192.0.2.99"));
	assert_int_equal(rig_port_of(g, 0) & 1, 0);
}

static void advertises_the_public_address(void **state)
{
	struct rig *g = *state;

	g->conf.realms[RIG_OUT].public = rig_addr("198.18.0.1");
	rig_call(g, "c");
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 198.18.0.1\r\n"));
	assert_false(rig_has(g->answer.sdp, "203.0.113.1"));
}

/* Each side sees the family of the realm that it is in, and ports of that realm. */
static void between_ipv4_and_ipv6(void **state)
{
	struct rig *g = *state;
	int lan, out;

	g->conf.realms[RIG_LAN].address = g->conf.realms[RIG_LAN].public = rig_addr("2001:db8::1");
	rig_offer(g, "c", NAT_SDP(g));
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, " IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\n"));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c",
		   "v=0\r\no=- 1 1 IN IP6 2001:db8::50\r\ns=-\r\nc=IN IP6 2001:db8::50\r\nt=0 0\r\n" RIG_AUDIO("6000"));
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, " IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\n"));
	out = rig_port_of(g, 0);
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "[2001:db8::50]:6000");
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->peer.port, out);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, lan);
}

static void each_kind_of_media_has_its_dscp(void **state)
{
	struct rig *g = *state;
	static const uint8_t lan[CONF_KIND_N] = { 46, 34, 0, 0, 8 };
	int audio, video;

	memcpy(g->conf.realms[RIG_LAN].dscp, lan, sizeof(lan));
	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	audio = rig_port_of(g, 0);
	video = rig_port_of(g, 1);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_int_equal(rig_spec(g, RIG_LAN, audio)->dscp, 46);
	assert_int_equal(rig_spec(g, RIG_LAN, audio + 1)->dscp, 46);
	assert_int_equal(rig_spec(g, RIG_LAN, video)->dscp, 34);
	assert_int_equal(rig_spec(g, RIG_OUT, rig_port_of(g, 1))->dscp, 0);
}

/* M2: the caller's window opens with its offer; the other side is unknown as yet. */
static void first_offer_opens_the_callers_window_only(void **state)
{
	struct rig *g = *state;
	const struct stream *m;
	const struct port_spec *spec;

	rig_offer(g, "c", NAT_SDP(g));
	assert_int_equal(g->nset, 2);
	m = &((struct session *)table_find(&g->relay.sessions, SPAN("c")))->near->stream[0];
	spec = rig_spec(g, RIG_OUT, m->port);
	assert_true(spec->window_open);
	assert_int_equal(spec->peer.port, 0);
	assert_int_equal(spec->policy, LATCH_SIG_IP);
	assert_addr(&spec->signalling, "198.51.100.7:0");
	assert_addr(&spec->expected, "none");
	spec = rig_spec(g, RIG_OUT, m->port + 1);
	assert_int_equal(spec->kind, STREAM_RTCP);
}

static void the_same_offer_again_gives_the_same_bytes(void **state)
{
	struct rig *g = *state;
	char first[2048];
	int n;

	rig_offer(g, "c", NAT_SDP(g));
	n = snprintf(first, sizeof(first), "%.*s", SPAN_ARG(g->answer.sdp));
	rig_offer(g, "c", NAT_SDP(g));
	assert_true(span_eq(g->answer.sdp, span_of(first, n)));
	rig_answer(g, "c", LAN_SDP(g));
	reoffer(g, "c", "A", "B", NAT_SDP(g));
	assert_true(span_eq(g->answer.sdp, span_of(first, n)));
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

static unsigned long long session_id(struct span sdp)
{
	return strtoull(sdp.p + sizeof("v=0\r\no=- ") - 1, NULL, 10);
}

/* O4 */
static void version_grows_by_one_where_the_body_changed(void **state)
{
	static const struct {
		const char *name, *media, *version;
	} steps[] = {
		{ "first", RIG_AUDIO("4000"), " 1 IN IP4 10.0.0.1\r\n" },
		{ "the sender's port does not show", RIG_AUDIO("4444"), " 1 IN IP4 10.0.0.1\r\n" },
		{ "hold", RIG_AUDIO("4000") "a=sendonly\r\n", " 2 IN IP4 10.0.0.1\r\n" },
		{ "still held", RIG_AUDIO("4000") "a=sendonly\r\n", " 2 IN IP4 10.0.0.1\r\n" },
		{ "resumed: as at first, but not what was sent last", RIG_AUDIO("4000"), " 3 IN IP4 10.0.0.1\r\n" },
	};
	struct rig *g = *state;
	char id[32] = "";

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		reoffer(g, "c", "A", i ? "B" : NULL, rig_sdp(g, "192.168.1.5", steps[i].media));
		if (!rig_has(g->answer.sdp, steps[i].version))
			fail_msg("%s: %.*s", steps[i].name, SPAN_ARG(g->answer.sdp));
		if (!i)
			snprintf(id, sizeof(id), "\no=- %llu ", session_id(g->answer.sdp));
		assert_true(rig_has(g->answer.sdp, id));
		reanswer(g, "c", "A", "B", LAN_SDP(g));
		assert_ok(g);
	}
}

static void reoffer_changes_nothing_before_its_answer(void **state)
{
	struct rig *g = *state;
	unsigned sets;
	int out;

	rig_call(g, "c");
	out = rig_port_of(g, 0);
	sets = g->sets;
	reoffer(g, "c", "A", "B", rig_sdp(g, "198.51.100.7", RIG_AUDIO("5000") RIG_VIDEO("5002")));
	assert_ok(g);
	assert_int_equal(g->sets, sets);
	assert_int_equal(g->clears, 0);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->policy, LATCH_SIG_IP);
	assert_int_equal(relay_ports_used(&g->relay), 4);
	reanswer(g, "c", "A", "B", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), out);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->policy, LATCH_SDP_IP);
	assert_int_equal(g->nset, 8);
}

static void rollback_gives_back_what_the_reoffer_took(void **state)
{
	struct rig *g = *state;
	unsigned sets;
	int out;

	rig_call(g, "c");
	out = rig_port_of(g, 0);
	sets = g->sets;
	reoffer(g, "c", "A", "B", rig_sdp(g, "198.51.100.7", RIG_AUDIO("5000") RIG_VIDEO("5002")));
	rollback(g, "c");
	assert_ok(g);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	assert_int_equal(g->sets, sets);
	assert_int_equal(g->clears, 0);
	rollback(g, "c");
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "no offer is open"));
	/* The next offer starts from what was in force; the other side has seen version 2 already. */
	reoffer(g, "c", "A", "B", NAT_SDP(g));
	assert_true(rig_has(g->answer.sdp, " 3 IN IP4"));
	reanswer(g, "c", "A", "B", LAN_SDP(g));
	assert_int_equal(rig_port_of(g, 0), out);
	assert_false(rig_spec(g, RIG_OUT, out)->relearn);
}

static void fork_call(struct rig *g, const char *branch)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = branch,
				     .sdp = rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")),
				     .direction = { "out", "lan" } });
	assert_ok(g);
}

/* Both have answered with a video that nobody had offered. The offer that takes ports for it is taken back on another
 * branch: whoever has the port of the caller next must not get the video of this call. */
static void what_is_taken_back_is_nobodys_target(void **state)
{
	struct rig *g = *state;
	const char both[] = RIG_AUDIO("4000") RIG_VIDEO("4002");
	int video;

	fork_call(g, "v");
	fork_call(g, "w");
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .via = "v",
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")),
				     .direction = { "lan", "out" } });
	reoffer(g, "c", "A", "B", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	reanswer(g, "c", "B", "F", rig_sdp(g, "192.168.1.5", both));
	reanswer(g, "c", "A", "B", rig_sdp(g, "10.0.0.50", both));
	reoffer(g, "c", "A", "B", rig_sdp(g, "192.168.1.5", both));
	assert_ok(g);
	video = rig_port_of(g, 1);
	assert_true(video > 0);
	rig_say(g, (struct rig_say){ .command = NG_BLOCK_MEDIA, .call = "c", .from = "B" });
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A", .via = "w" });
	assert_ok(g);
	assert_false(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)video })->is_set);
	assert_int_equal(relay_ports_used(&g->relay), 3); /* A's, B's, and what "w" was offered */
}

/* It rings on: what it was told holds, though another branch has refused the offer. */
static void a_branch_that_was_not_taken_back_may_answer(void **state)
{
	struct rig *g = *state;
	int port;

	fork_call(g, "v");
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .via = "v",
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")),
				     .direction = { "lan", "out" } });
	fork_call(g, "w");
	port = rig_port_of(g, 0);
	rig_say(g, (struct rig_say){ .command = NG_ROLLBACK, .call = "c", .from = "A", .via = "v" });
	assert_ok(g);
	assert_int_equal(relay_ports_used(&g->relay), 3);
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "C",
				     .via = "w",
				     .sdp = rig_sdp(g, "10.0.0.51", RIG_AUDIO("7000")),
				     .direction = { "lan", "out" } });
	assert_ok(g);
	assert_true(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)port })->is_set);
}

static void rollback_of_the_first_offer_ends_the_call(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", NAT_SDP(g));
	rollback(g, "c");
	assert_ok(g);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
	rollback(g, "c");
	assert_refused(g, "Unknown call-id");
}

/* Hold, resume and new codecs may come from either side. */
static void the_called_side_offers(void **state)
{
	struct rig *g = *state;
	int out, lan;

	rig_offer(g, "c", NAT_SDP(g));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", LAN_SDP(g));
	out = rig_port_of(g, 0);
	reoffer(g, "c", "B", "A", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6100")));
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), out);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 203.0.113.1\r\n"));
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.50:6000");
	reanswer(g, "c", "B", "A", NAT_SDP(g));
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), lan);
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.50:6100");
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->peer.port, out);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, lan);
}

static void streams_are_added_refused_and_taken_up_again(void **state)
{
	struct rig *g = *state;
	int video;

	rig_call(g, "c");
	reoffer(g, "c", "A", "B", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	video = rig_port_of(g, 1);
	assert_true(video > 0);
	reanswer(g, "c", "A", "B", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_int_equal(g->nset, 8);
	/* Given up by the caller: nothing changes before the answer. */
	reoffer(g, "c", "A", "B", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("0")));
	assert_int_equal(rig_port_of(g, 1), 0);
	assert_int_equal(g->nset, 8);
	reanswer(g, "c", "A", "B", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")));
	assert_int_equal(rig_port_of(g, 1), 0);
	assert_int_equal(g->nset, 4);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	reoffer(g, "c", "B", "A", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_true(rig_port_of(g, 1) > 0);
	reanswer(g, "c", "B", "A", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_int_equal(g->nset, 8);
}

static void an_m_line_left_out_counts_as_refused(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	reoffer(g, "c", "A", "B", NAT_SDP(g));
	assert_true(rig_has(g->answer.warning, "m-line missing"));
	assert_true(rig_has(g->answer.sdp, "m=video 0 ")); /* for the other side it stays */
	reanswer(g, "c", "A", "B", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")));
	assert_false(rig_has(g->answer.sdp, "m=video"));
	assert_int_equal(g->nset, 4);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

static void what_is_not_relayed_is_refused_with_a_warning(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c",
		  rig_sdp(g, "192.168.1.5",
			  RIG_AUDIO("4000") "m=application 4004 TCP/BFCP *\r\n"
					    "m=audio 4006 RTP/SAVPF 0\r\n"));
	assert_ok(g);
	assert_true(rig_port_of(g, 0) > 0);
	assert_int_equal(rig_port_of(g, 1), 0);
	assert_int_equal(rig_port_of(g, 2), 0);
	assert_true(rig_has(g->answer.warning, "TCP/BFCP"));
	assert_true(rig_has(g->answer.warning, "RTP/SAVPF"));
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

/* What we do not relay must fail, so that the call stays with audio. */
static void an_offer_of_nothing_usable_fails_and_changes_nothing(void **state)
{
	struct rig *g = *state;
	unsigned sets;

	rig_offer(g, "d", rig_sdp(g, "192.168.1.5", "m=audio 4006 RTP/SAVPF 0\r\n"));
	assert_refused(g, "SRTP without keys that can be used");
	assert_int_equal(relay_sessions(&g->relay), 0);
	rig_call(g, "c");
	sets = g->sets;
	reoffer(g, "c", "A", "B", rig_sdp(g, "192.168.1.5", "m=application 4004 TCP/BFCP *\r\n"));
	assert_refused(g, "No stream that can be relayed: RTP, SRTP, udptl, UDP/BFCP and udp are");
	rollback(g, "c");
	assert_int_equal(g->sets, sets);
	assert_int_equal(g->nset, 4);
}

#define NOT_ENCRYPTED "Media in the clear where it must be encrypted"
#define ENCRYPTED     "SRTP where media must be in the clear"

/* O7: and nothing stays of the offer. */
static void what_is_not_protected_as_it_must_be_is_refused(void **state)
{
	static const struct {
		const char *flag, *media, *reason;
	} cases[] = {
		{ "sender-srtp-sdes", RIG_AUDIO("4000"), NOT_ENCRYPTED },
		{ "sender-srtp-sdes", "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", NOT_ENCRYPTED },
		{ "sender-srtp-dtls", RIG_AUDIO("4000"), NOT_ENCRYPTED },
		{ "sender-srtp-dtls", "m=audio 4000 RTP/SAVP 0\r\n", NOT_ENCRYPTED },
		{ "sender-srtp-off", "m=audio 4000 RTP/SAVP 0\r\n", ENCRYPTED },
		{ "sender-srtp-off", "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", ENCRYPTED },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer_with(g, "c", rig_sdp(g, "192.168.1.5", cases[i].media), cases[i].flag);
		assert_refused(g, cases[i].reason);
		assert_int_equal(relay_sessions(&g->relay), 0);
	}
}

/* Of several m-lines those that may are relayed; a fax has no protection to be asked for. */
static void of_several_those_that_may_are_relayed(void **state)
{
	struct rig *g = *state;

	rig_offer_with(
		g, "c",
		rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") "m=audio 4002 RTP/SAVP 0\r\nm=image 4004 udptl t38\r\n"),
		"sender-srtp-off");
	assert_ok(g);
	assert_true(rig_port_of(g, 0) > 0);
	assert_int_equal(rig_port_of(g, 1), 0);
	assert_true(rig_port_of(g, 2) > 0);
	rig_offer_with(g, "d", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") "m=image 4004 udptl t38\r\n"),
		       "sender-srtp-sdes");
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), 0);
	assert_true(rig_port_of(g, 1) > 0);
}

/* O7: what must be encrypted is not talked out of it by an answer. */
static void an_answer_in_the_clear_where_it_must_not_be_is_refused(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000")));
	assert_ok(g);
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")), "sender-srtp-sdes");
	assert_refused(g, NOT_ENCRYPTED);
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", "m=audio 0 RTP/AVP 0\r\n"), "sender-srtp-sdes");
	assert_ok(g);
}

/* The same, where the realms do not want it. */
static void an_offer_of_nothing_wanted_fails(void **state)
{
	struct rig *g = *state;

	g->conf.realms[RIG_LAN].kinds = 1 << CONF_KIND_AUDIO;
	rig_call(g, "c");
	reoffer(g, "c", "A", "B", rig_sdp(g, "192.168.1.5", "m=image 4004 udptl t38\r\n"));
	assert_refused(g, "Media of that kind do not cross between these realms");
	assert_int_equal(g->nset, 4);
}

/* Audio becomes fax in the same m-line, at the same ports of ours; and goes back to audio. */
static void fax_and_back(void **state)
{
	struct rig *g = *state;
	int lan, out;

	rig_offer(g, "c", NAT_SDP(g));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", LAN_SDP(g));
	out = rig_port_of(g, 0);
	reoffer(g, "c", "B", "A", rig_sdp(g, "10.0.0.50", "m=image 6000 udptl t38\r\na=T38FaxVersion:0\r\n"));
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), out);
	assert_true(rig_has(g->answer.sdp, " udptl t38\r\na=T38FaxVersion:0\r\n"));
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->kind, STREAM_RTP);
	reanswer(g, "c", "B", "A", rig_sdp(g, "192.168.1.5", "m=image 4010 udptl t38\r\n"));
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), lan);
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->kind, STREAM_DATAGRAM);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->kind, STREAM_DATAGRAM);
	assert_int_equal(rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)out })->relearns, 1);
	assert_int_equal(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)lan })->relearns, 0);
	reoffer(g, "c", "A", "B", NAT_SDP(g));
	reanswer(g, "c", "A", "B", LAN_SDP(g));
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->kind, STREAM_RTP);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->kind, STREAM_RTP);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

static void no_streams_at_all_is_an_offer(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", ""));
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", ""));
	assert_ok(g);
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

static void offers_that_fail(void **state)
{
	static const struct {
		struct rig_say say;
		const char *reason;
	} cases[] = {
		{ { .call = "c", .from = "A" }, "No SDP body in message" },
		{ { .call = "c", .from = "A", .sdp = "" }, "No SDP body in message" },
		{ { .call = "c", .from = "A", .sdp = "v=\nv=0" }, "Failed to parse SDP" },
		{ { .call = "c", .sdp = "v=0\r\n" }, "No from-tag in message" },
		{ { .from = "A", .sdp = "v=0\r\n" }, "No call-id in message" },
		{ { .call = "", .from = "A", .sdp = "v=0\r\n" }, "No call-id in message" },
		{ { .call = "c",
		    .from = "A",
		    .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n" },
		  "Incomplete SDP specification" },
		{ { .call = "c",
		    .from = "A",
		    .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
			   "m=audio 4000 RTP/AVP 0\r\n" },
		  "SDP address is loopback" },
		{ { .call = "c",
		    .from = "A",
		    .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\n"
			   "m=audio x RTP/AVP 0\r\n" },
		  "Failed to parse SDP" },
		{ { .call = "c",
		    .from = "A",
		    .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\n",
		    .direction = { "out", "nowhere" } },
		  "Unknown realm in direction" },
		{ { .call = "c",
		    .from = "A",
		    .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\n",
		    .direction = { "nowhere", "lan" } },
		  "Unknown realm in direction" },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig_say say = cases[i].say;

		say.command = NG_OFFER;
		rig_say(g, say);
		assert_refused(g, cases[i].reason);
		assert_int_equal(relay_sessions(&g->relay), 0);
		assert_int_equal(relay_ports_used(&g->relay), 0);
	}
}

static void texts_have_a_limit(void **state)
{
	struct rig *g = *state;
	char text[SESSION_TEXT_MAX + 2];

	memset(text, 'x', sizeof(text));
	text[SESSION_TEXT_MAX] = '\0';
	rig_offer(g, text, NAT_SDP(g));
	assert_ok(g);
	text[SESSION_TEXT_MAX] = 'x';
	text[SESSION_TEXT_MAX + 1] = '\0';
	rig_offer(g, text, NAT_SDP(g));
	assert_refused(g, "Call-id, tag, branch, owner or label too long");
}

/* A broken o= line is seen only when the description is written: by then there are ports and a leg. */
static void what_fails_late_leaves_nothing(void **state)
{
	const char *broken =
		"v=0\r\no=-\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n" RIG_AUDIO("4000") RIG_VIDEO("4002");
	struct rig *g = *state;

	rig_offer(g, "d", broken);
	assert_refused(g, "Error rewriting SDP");
	assert_int_equal(relay_ports_used(&g->relay), 0);
	rig_call(g, "c");
	reoffer(g, "c", "A", "B", broken);
	assert_refused(g, "Error rewriting SDP");
	assert_int_equal(relay_ports_used(&g->relay), 2);
	/* The same on a branch of its own: the branch is not there afterwards. */
	rig_say(g, (struct rig_say){ .command = NG_OFFER, .call = "c", .from = "A", .via = "z7", .sdp = broken });
	assert_refused(g, "Error rewriting SDP");
	assert_int_equal(relay_ports_used(&g->relay), 2);
	assert_null(session_branch(table_find(&g->relay.sessions, SPAN("c")), SPAN("z7")));
}

static void a_stranger_may_not_offer_in_a_call_that_is_up(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", NAT_SDP(g));
	/* Before the answer it is the same phone, that tries again under a new tag. */
	reoffer(g, "c", "A2", NULL, NAT_SDP(g));
	assert_ok(g);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	reanswer(g, "c", "A2", "B", LAN_SDP(g));
	assert_ok(g);
	reoffer(g, "c", "X", NULL, NAT_SDP(g));
	assert_refused(g, "Neither tag belongs to this call");
	reoffer(g, "c", "X", "Y", NAT_SDP(g));
	assert_refused(g, "Neither tag belongs to this call");
}

/* Two pairs of ports on each side. */
static int setup_small(void **state)
{
	struct rig *g = rig_new();

	for (unsigned i = 0; i < RIG_REALMS; i++)
		g->conf.realms[i].media_last = 20003;
	g->conf.realms[RIG_LAN].media_last = 20005;
	g->conf.relay.sessions = 3;
	rig_begin(g);
	*state = g;
	return 0;
}

static void ports_run_out_and_come_back(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c1");
	rig_call(g, "c2");
	assert_ok(g);
	rig_offer(g, "c3", NAT_SDP(g));
	assert_refused(g, "Ran out of ports");
	assert_int_equal(relay_sessions(&g->relay), 2);
	assert_int_equal(relay_ports_used(&g->relay), 4);
	/* The free pair on the LAN side alone is not enough, nor does it leak. */
	reoffer(g, "c1", "A", "B", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_refused(g, "Ran out of ports");
	assert_int_equal(relay_ports_used(&g->relay), 4);
	/* Not even where an offer of the same side is open already. */
	reoffer(g, "c1", "B", "A", LAN_SDP(g));
	reoffer(g, "c1", "B", "A", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_refused(g, "Ran out of ports");
	assert_int_equal(relay_ports_used(&g->relay), 4);
	rig_delete(g, "c1");
	rig_call(g, "c3");
	assert_ok(g);
}

static void sessions_run_out(void **state)
{
	struct rig *g = *state;

	for (unsigned i = 0; i < 3; i++) {
		const char *calls[] = { "1", "2", "3" };

		rig_offer(g, calls[i], rig_sdp(g, "192.168.1.5", "m=audio 0 RTP/AVP 0\r\n"));
		assert_ok(g);
	}
	rig_offer(g, "4", NAT_SDP(g));
	assert_refused(g, "Parallel session limit reached");
	rig_delete(g, "2");
	rig_offer(g, "4", NAT_SDP(g));
	assert_ok(g);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(shows_our_address_and_nothing_else),
		TEST(advertises_the_public_address),
		TEST(between_ipv4_and_ipv6),
		TEST(each_kind_of_media_has_its_dscp),
		TEST(first_offer_opens_the_callers_window_only),
		TEST(the_same_offer_again_gives_the_same_bytes),
		TEST(version_grows_by_one_where_the_body_changed),
		TEST(reoffer_changes_nothing_before_its_answer),
		TEST(rollback_gives_back_what_the_reoffer_took),
		TEST(what_is_taken_back_is_nobodys_target),
		TEST(a_branch_that_was_not_taken_back_may_answer),
		TEST(rollback_of_the_first_offer_ends_the_call),
		TEST(the_called_side_offers),
		TEST(streams_are_added_refused_and_taken_up_again),
		TEST(an_m_line_left_out_counts_as_refused),
		TEST(what_is_not_relayed_is_refused_with_a_warning),
		TEST(what_is_not_protected_as_it_must_be_is_refused),
		TEST(of_several_those_that_may_are_relayed),
		TEST(an_answer_in_the_clear_where_it_must_not_be_is_refused),
		TEST(an_offer_of_nothing_usable_fails_and_changes_nothing),
		TEST(an_offer_of_nothing_wanted_fails),
		TEST(fax_and_back),
		TEST(no_streams_at_all_is_an_offer),
		TEST(offers_that_fail),
		TEST(texts_have_a_limit),
		TEST(what_fails_late_leaves_nothing),
		TEST(a_stranger_may_not_offer_in_a_call_that_is_up),
		cmocka_unit_test_setup_teardown(ports_run_out_and_come_back, setup_small, rig_teardown),
		cmocka_unit_test_setup_teardown(sessions_run_out, setup_small, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
