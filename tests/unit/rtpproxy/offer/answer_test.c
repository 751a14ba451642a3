/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#define NAT_SDP(g) rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000"))
#define LAN_SDP(g) rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000"))

static struct session *session(struct rig *g, const char *call)
{
	return table_find(&g->relay.sessions, span_str(call));
}

/* An offer of A that reaches out on a branch, and the answer of a tag on it. */
static int branch_offer(struct rig *g, const char *via, const char *sdp)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = via,
				     .sdp = sdp,
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
	assert_ok(g);
	return rig_port_of(g, 0);
}

static int branch_answer(struct rig *g, const char *via, const char *to, const char *host, const char *media)
{
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = to,
				     .via = via,
				     .sdp = rig_sdp(g, host, media),
				     .received = host });
	assert_ok(g);
	return rig_port_of(g, 0);
}

/* Kamailio's stock configuration does not name its branches: two that reach into two realms are told apart by them. */
static void forks_without_names_are_told_apart_by_realm(void **state)
{
	static const struct {
		const char *direction[2];
		int realm;
	} cases[] = {
		{ { "lan", "out" }, RIG_LAN }, { { "out", "lan" }, RIG_LAN },     { { "out", "out" }, RIG_OUT },
		{ { NULL, NULL }, RIG_OUT },   { { "nowhere", "out" }, RIG_OUT },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig_say say = { .command = NG_OFFER,
				       .call = "c",
				       .from = "A",
				       .sdp = NAT_SDP(g),
				       .direction = { "out", "lan" },
				       .received = "198.51.100.7" };

		rig_say(g, say);
		assert_ok(g);
		say.direction[1] = "out";
		rig_say(g, say);
		assert_ok(g);
		say.command = NG_ANSWER;
		say.to = "B";
		memcpy(say.direction, cases[i].direction, sizeof(say.direction));
		rig_say(g, say);
		assert_ok(g);
		assert_int_equal(session(g, "c")->joined->realm, cases[i].realm);
		rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A" });
		assert_ok(g);
	}
}

static void joins_both_sides(void **state)
{
	struct rig *g = *state;
	int lan, out;

	rig_offer(g, "c", NAT_SDP(g));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") "a=rtcp:6009\r\n"));
	assert_ok(g);
	out = rig_port_of(g, 0);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 203.0.113.1\r\n"));
	for (int rtcp = 0; rtcp < 2; rtcp++) {
		const struct port_spec *a = rig_spec(g, RIG_OUT, out + rtcp), *b = rig_spec(g, RIG_LAN, lan + rtcp);

		assert_int_equal(a->peer.realm, RIG_LAN);
		assert_int_equal(a->peer.port, lan + rtcp);
		assert_int_equal(b->peer.realm, RIG_OUT);
		assert_int_equal(b->peer.port, out + rtcp);
		assert_int_equal(a->kind, rtcp ? STREAM_RTCP : STREAM_RTP);
		assert_int_equal(b->kind, a->kind);
		assert_true(a->window_open && b->window_open);
		assert_false(a->relearn || b->relearn || a->drop || b->drop);
		assert_int_equal(a->session, b->session);
		assert_addr(&b->expected, rtcp ? "10.0.0.50:6009" : "10.0.0.50:6000");
		assert_addr(&a->expected, "none");
		assert_int_equal(a->policy, LATCH_SIG_IP);
		assert_int_equal(a->sig_bits, 32);
	}
	assert_int_equal(g->nset, 4);
}

/* M2: what either side listed, and comfort noise. */
static void only_what_was_negotiated_confirms(void **state)
{
	static const struct {
		uint8_t number;
		bool offered, answered;
	} cases[] = { { 0, true, true },  { 8, true, true },   { 101, true, true },
		      { 13, true, true }, { 18, false, true }, { 96, false, false } };
	struct rig *g = *state;
	struct sdp_numbers before, near, far;
	int lan, out;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", "m=audio 4000 RTP/AVP 0 8 101\r\n"));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", "m=audio 6000 RTP/AVP 0 18\r\n"));
	out = rig_port_of(g, 0);
	near = rig_spec(g, RIG_OUT, out)->payloads;
	far = rig_spec(g, RIG_LAN, lan)->payloads;
	rig_offer(g, "d", rig_sdp(g, "192.168.1.5", "m=audio 4000 RTP/AVP 0 8 101\r\n"));
	before = rig_spec(g, RIG_OUT, session(g, "d")->near->stream[0].port)->payloads;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (numbers_have(&before, cases[i].number) != cases[i].offered ||
		    numbers_have(&near, cases[i].number) != cases[i].answered ||
		    numbers_have(&far, cases[i].number) != cases[i].answered)
			fail_msg("%u", cases[i].number);
	}
}

static void an_answer_again_changes_nothing(void **state)
{
	struct rig *g = *state;
	char first[2048];
	int n;

	rig_call(g, "c");
	n = snprintf(first, sizeof(first), "%.*s", SPAN_ARG(g->answer.sdp));
	rig_answer(g, "c", LAN_SDP(g));
	assert_true(span_eq(g->answer.sdp, span_of(first, n)));
	assert_int_equal(g->nset, 4);
	assert_int_equal(rig_port(g, rig_spec(g, RIG_OUT, rig_port_of(g, 0))->peer)->relearns, 0);
}

static void a_refused_stream_has_no_ports(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	assert_int_equal(relay_ports_used(&g->relay), 4);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("0")));
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 1), 0);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	assert_int_equal(g->nset, 4);
}

static void more_streams_than_were_offered_are_refused(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", NAT_SDP(g));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
	assert_ok(g);
	assert_true(rig_port_of(g, 0) > 0);
	assert_int_equal(rig_port_of(g, 1), 0);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

/* What was asked for as encrypted audio is not to be had as plain BFCP, nor BFCP as audio without a key for its reader. */
static void another_kind_of_media_is_no_answer(void **state)
{
	static const char keyed[] =
		"m=audio 4000 RTP/SAVP 0\r\n"
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
	static const char *const cases[][2] = {
		{ RIG_AUDIO("4000"), RIG_VIDEO("6000") },
		{ RIG_AUDIO("4000"), "m=image 6000 udptl t38\r\n" },
		{ "m=image 4000 udptl t38\r\n", RIG_AUDIO("6000") },
		{ keyed, "m=application 6000 UDP/BFCP *\r\n" },
		{ "m=application 4000 UDP/BFCP *\r\n", keyed },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer(g, "c", rig_sdp(g, "192.168.1.5", cases[i][0]));
		assert_ok(g);
		rig_answer(g, "c", rig_sdp(g, "10.0.0.50", cases[i][1]));
		assert_ok(g);
		assert_int_equal(rig_port_of(g, 0), 0);
		assert_true(rig_has(g->reply, "stream refused, it was offered as another kind"));
		assert_int_equal(relay_ports_used(&g->relay), 0);
		rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
		rig_delete(g, "c");
	}
}

static void fewer_streams_than_were_offered(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
	rig_answer(g, "c", LAN_SDP(g));
	assert_ok(g);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

/* R4: learnt again where the address changed, once. */
static void a_new_address_is_learnt_again(void **state)
{
	struct rig *g = *state;
	int lan, out;

	rig_offer(g, "c", NAT_SDP(g));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", LAN_SDP(g));
	out = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.51", RIG_AUDIO("6000")));
	assert_int_equal(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)lan })->relearns, 1);
	assert_int_equal(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)(lan + 1) })->relearns, 1);
	assert_int_equal(rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)out })->relearns, 0);
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.51:6000");
	rig_answer(g, "c", rig_sdp(g, "10.0.0.51", RIG_AUDIO("6000")));
	assert_int_equal(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)lan })->relearns, 1);
}

/* R5, in every dialect: ports, latch and target stay; the timeout is the long one. */
static void hold_and_resume(void **state)
{
	static const struct {
		const char *host, *media;
		bool held;
	} steps[] = {
		{ "192.168.1.5", RIG_AUDIO("4000"), false },
		{ "192.168.1.5", RIG_AUDIO("4000") "a=sendonly\r\n", true },
		{ "192.168.1.5", RIG_AUDIO("4000") "a=inactive\r\n", true },
		{ "0.0.0.0", RIG_AUDIO("4000"), true },
		{ "192.168.1.5", RIG_AUDIO("4000"), false },
	};
	struct rig *g = *state;
	int out = 0;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		rig_offer(g, "c", rig_sdp(g, steps[i].host, steps[i].media));
		assert_ok(g);
		if (i == 3)
			assert_true(rig_has(g->answer.sdp, "c=IN IP4 0.0.0.0"));
		rig_answer(g, "c", LAN_SDP(g));
		assert_ok(g);
		assert_int_equal(session(g, "c")->held, steps[i].held);
		assert_true(!out || rig_port_of(g, 0) == out);
		out = rig_port_of(g, 0);
		assert_int_equal(rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)out })->relearns, 0);
		assert_int_equal(g->nset, 4);
	}
	/* The target of a held leg stays what it was, too. */
	rig_answer(g, "c", rig_sdp(g, "0.0.0.0", RIG_AUDIO("6000")));
	assert_addr(&rig_spec(g, RIG_LAN, rig_spec(g, RIG_OUT, out)->peer.port)->expected, "10.0.0.50:6000");
}

/* F2: one set of ports towards the caller, whoever answers; the newest answer is the one that talks. */
static void parallel_forks_by_via_branch(void **state)
{
	struct rig *g = *state;
	int p1 = branch_offer(g, "z1", NAT_SDP(g)), p2 = branch_offer(g, "z2", NAT_SDP(g));
	int out;

	assert_int_not_equal(p1, p2);
	assert_int_equal(relay_ports_used(&g->relay), 3);
	out = branch_answer(g, "z1", "B1", "10.0.0.51", RIG_AUDIO("6100"));
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, p1);
	assert_int_equal(branch_answer(g, "z2", "B2", "10.0.0.52", RIG_AUDIO("6200")), out);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, p2);
	assert_int_equal(rig_spec(g, RIG_LAN, p2)->peer.port, out);
	/* F3: the loser is received and measured, not heard. */
	assert_int_equal(rig_spec(g, RIG_LAN, p1)->peer.port, 0);
	assert_int_equal(branch_answer(g, "z1", "B1", "10.0.0.51", RIG_AUDIO("6100")), out);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, p1);
	assert_int_equal(rig_spec(g, RIG_LAN, p2)->peer.port, 0);
	assert_int_equal(rig_port(g, (struct own_port){ RIG_OUT, (uint16_t)out })->relearns, 0);
}

/* A proxy further on forks what we sent once: the same ports of ours, another to-tag. */
static void downstream_forks_share_the_branch(void **state)
{
	struct rig *g = *state;
	int lan = branch_offer(g, NULL, NAT_SDP(g));
	int out = branch_answer(g, NULL, "B1", "10.0.0.51", RIG_AUDIO("6100"));

	assert_int_equal(branch_answer(g, NULL, "B2", "10.0.0.52", RIG_AUDIO("6200")), out);
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.52:6200");
	assert_true(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)lan })->relearns > 0);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	/* An offer in the dialog of the first finds the same leg. */
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B1",
				     .to = "A",
				     .sdp = rig_sdp(g, "10.0.0.51", RIG_AUDIO("6100")) });
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), out);
}

static void forks_that_accept_different_streams(void **state)
{
	struct rig *g = *state;
	const char *both = RIG_AUDIO("4000") RIG_VIDEO("4002");

	branch_offer(g, "z1", rig_sdp(g, "192.168.1.5", both));
	branch_offer(g, "z2", rig_sdp(g, "192.168.1.5", both));
	branch_answer(g, "z1", "B1", "10.0.0.51", RIG_AUDIO("6100") RIG_VIDEO("0"));
	assert_int_equal(rig_port_of(g, 1), 0);
	branch_answer(g, "z2", "B2", "10.0.0.52", RIG_AUDIO("6200") RIG_VIDEO("6202"));
	assert_true(rig_port_of(g, 1) > 0);
	assert_int_not_equal(rig_spec(g, RIG_OUT, rig_port_of(g, 1))->peer.port, 0);
	rig_delete(g, "c");
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
}

/* Inside the dialog each request comes with a Via branch of its own: the tags tell. */
static void reoffer_on_another_via_branch(void **state)
{
	struct rig *g = *state;
	int lan = branch_offer(g, "z1", NAT_SDP(g));

	branch_answer(g, "z1", "B", "10.0.0.50", RIG_AUDIO("6000"));
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .via = "z9",
				     .sdp = NAT_SDP(g),
				     .received = "198.51.100.7" });
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), lan);
	assert_int_equal(relay_ports_used(&g->relay), 2);
}

/* The 200 carries the offer, the ACK the answer: Kamailio turns the tags round for both. */
static void late_offer(void **state)
{
	struct rig *g = *state;
	int out, lan;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = LAN_SDP(g),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	assert_ok(g);
	out = rig_port_of(g, 0);
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "B",
				     .to = "A",
				     .sdp = NAT_SDP(g),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
	assert_ok(g);
	lan = rig_port_of(g, 0);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, lan);
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->peer.port, out);
}

/* Two phones answer an INVITE without a description: both offer, the caller answers each. */
static void late_offers_of_two_forks(void **state)
{
	static const char *const hosts[] = { "10.0.0.51", "10.0.0.52" }, *const tags[] = { "B1", "B2" };
	struct rig *g = *state;
	int out = 0, lan = 0;

	for (unsigned i = 0; i < 2; i++) {
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "c",
					     .from = tags[i],
					     .to = "A",
					     .sdp = rig_sdp(g, hosts[i], RIG_AUDIO("6000")),
					     .direction = { "lan", "out" } });
		assert_ok(g);
		assert_true(!out || rig_port_of(g, 0) == out);
		out = rig_port_of(g, 0);
		rig_say(g, (struct rig_say){
				   .command = NG_ANSWER, .call = "c", .from = tags[i], .to = "A", .sdp = NAT_SDP(g) });
		assert_ok(g);
		lan = rig_port_of(g, 0);
	}
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.52:6000");
	assert_int_equal(relay_ports_used(&g->relay), 2);
	/* The one that lost is sent a BYE: the call goes on. */
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .to = "B1" });
	assert_int_equal(relay_sessions(&g->relay), 1);
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .to = "B2" });
	assert_int_equal(relay_sessions(&g->relay), 0);
}

/* A fork that we have not heard of sends an offer to the caller, with an UPDATE in its early dialog. */
static void a_fork_that_offers_before_it_answers(void **state)
{
	struct rig *g = *state;
	int out;

	branch_offer(g, "z1", NAT_SDP(g));
	out = branch_answer(g, "z1", "B1", "10.0.0.51", RIG_AUDIO("6100"));
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "B2",
				     .to = "A",
				     .via = "z2",
				     .direction = { "lan", "out" },
				     .sdp = rig_sdp(g, "10.0.0.52", RIG_AUDIO("6200")) });
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), out);
	rig_say(g, (struct rig_say){ .command = NG_ANSWER, .call = "c", .from = "B2", .to = "A", .sdp = NAT_SDP(g) });
	assert_ok(g);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->peer.port, rig_port_of(g, 0));
	assert_int_equal(relay_ports_used(&g->relay), 3);
}

static void tags_the_other_way_round_are_understood(void **state)
{
	struct rig *g = *state;
	int lan = branch_offer(g, NULL, NAT_SDP(g));

	rig_say(g, (struct rig_say){ .command = NG_ANSWER, .call = "c", .from = "B", .to = "A", .sdp = LAN_SDP(g) });
	assert_ok(g);
	assert_int_equal(rig_spec(g, RIG_OUT, rig_port_of(g, 0))->peer.port, lan);
	/* Both tags known now: whose offer is open tells who answers. */
	branch_offer(g, NULL, rig_sdp(g, "192.168.1.5", RIG_AUDIO("4400")));
	rig_say(g, (struct rig_say){ .command = NG_ANSWER, .call = "c", .from = "B", .to = "A", .sdp = LAN_SDP(g) });
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 203.0.113.1\r\n"));
	assert_null(session(g, "c")->offerer);
}

static void answers_that_fail(void **state)
{
	static const struct {
		struct rig_say say;
		const char *reason;
	} cases[] = {
		{ { .call = "x", .from = "A", .to = "B", .sdp = "v=0\r\n" }, "Unknown call-id" },
		{ { .call = "c", .to = "B", .sdp = "v=0\r\n" }, "No from-tag in message" },
		{ { .call = "c", .from = "A", .sdp = "v=0\r\n" }, "No to-tag in message" },
		{ { .call = "c", .from = "A", .to = "B" }, "No SDP body in message" },
		{ { .call = "c", .from = "A", .to = "B", .sdp = "nonsense" }, "Failed to parse SDP" },
		{ { .call = "c", .from = "X", .to = "Y", .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n" },
		  "Neither tag belongs to this call" },
		{ { .call = "c",
		    .from = "A",
		    .to = "B",
		    .sdp = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 224.1.1.1\r\n"
			   "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n" },
		  "SDP address is multicast" },
	};
	struct rig *g = *state;
	unsigned sets;

	rig_offer(g, "c", NAT_SDP(g));
	sets = g->sets;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig_say say = cases[i].say;

		say.command = NG_ANSWER;
		rig_say(g, say);
		assert_refused(g, cases[i].reason);
		assert_int_equal(g->sets, sets);
	}
	/* None of them has spoilt it. */
	rig_answer(g, "c", LAN_SDP(g));
	assert_ok(g);
}

/* What the packet path has no room for is told to it later, relearning included; a pair it still knows is not given
 * out. */
static void a_full_packet_path_is_asked_again(void **state)
{
	struct rig *g = *state;
	int lan;

	rig_offer(g, "c", NAT_SDP(g));
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", LAN_SDP(g));
	g->path_is_full = true;
	rig_answer(g, "c", rig_sdp(g, "10.0.0.51", RIG_AUDIO("6000")));
	assert_ok(g);
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.50:6000");
	assert_int_equal(g->relay.nunpushed, 2);
	relay_tick(&g->relay, g->now);
	assert_int_equal(g->relay.nunpushed, 2);
	g->path_is_full = false;
	relay_tick(&g->relay, g->now);
	assert_int_equal(g->relay.nunpushed, 0);
	assert_addr(&rig_spec(g, RIG_LAN, lan)->expected, "10.0.0.51:6000");
	assert_int_equal(rig_port(g, (struct own_port){ RIG_LAN, (uint16_t)lan })->relearns, 1);

	g->path_is_full = true;
	rig_answer(g, "c", LAN_SDP(g));
	assert_int_equal(g->relay.nunpushed, 2);
	rig_delete(g, "c");
	assert_int_equal(g->relay.nunpushed, 0);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 2);
	g->path_is_full = false;
	relay_tick(&g->relay, g->now);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(joins_both_sides),
		TEST(forks_without_names_are_told_apart_by_realm),
		TEST(only_what_was_negotiated_confirms),
		TEST(an_answer_again_changes_nothing),
		TEST(a_refused_stream_has_no_ports),
		TEST(more_streams_than_were_offered_are_refused),
		TEST(another_kind_of_media_is_no_answer),
		TEST(fewer_streams_than_were_offered),
		TEST(a_new_address_is_learnt_again),
		TEST(hold_and_resume),
		TEST(parallel_forks_by_via_branch),
		TEST(downstream_forks_share_the_branch),
		TEST(forks_that_accept_different_streams),
		TEST(reoffer_on_another_via_branch),
		TEST(late_offer),
		TEST(late_offers_of_two_forks),
		TEST(a_fork_that_offers_before_it_answers),
		TEST(tags_the_other_way_round_are_understood),
		TEST(answers_that_fail),
		TEST(a_full_packet_path_is_asked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
