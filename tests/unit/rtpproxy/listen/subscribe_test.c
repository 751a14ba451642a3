/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/listen/listen_scene.h"

#include "rtpproxy/life/watch.h"

static void both_sides_are_offered_sendonly(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe_all(g);
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 10.0.0.1\r\n"));
	assert_true(rig_port_of(g, 0) > 0 && rig_port_of(g, 1) > 0);
	assert_int_equal(rig_port_of(g, 2), -1);
	assert_true(rig_has(g->answer.sdp, " RTP/AVP 0 8\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=rtpmap:0 PCMU/8000\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=sendonly\r\n"));
	assert_true(rig_has(g->reply, "9:from-tagsl1:A1:Be"));
	assert_true(rig_has(g->reply, "6:to-tag1:L"));
	assert_true(rig_has(g->reply, "10:tag-mediasld3:tag1:A6:mediasld5:indexi1e4:type5:audio4:mode8:sendrecveee"
				      "d3:tag1:B6:mediasld5:indexi1e4:type5:audio4:mode8:sendrecveeee"));
	assert_int_equal(g->copies, 0);
	assert_agrees(g);
}

static void one_side_by_its_tag_or_label(void **state)
{
	struct rig *g = *state;
	int port;

	rig_call(g, "c");
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .from_tag = SPAN("B") });
	assert_ok(g);
	assert_true(rig_has(g->reply, "8:from-tag1:B"));
	port = rig_port_of(g, 0);
	assert_int_equal(rig_port_of(g, 1), -1);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	assert_ok(g);
	assert_hears(g, session(g)->joined, 0);
	assert_int_equal(session(g)->listeners->stream[0].port, port);
	assert_int_equal(g->ncopy, 2);
	leg_set_label(session(g)->near, SPAN("caller"));
	g->flags = "from-label=caller";
	subscribe(g, (struct ng_request){ .to_tag = SPAN("M") });
	g->flags = NULL;
	assert_ok(g);
	assert_true(rig_has(g->reply, "8:from-tag1:A"));
}

/* Who listens is told no more of where a side is than who talks with it: parameters with its own name in them are left
 * out, whoever else has the same to say. */
static void a_sides_own_name_is_not_for_listeners(void **state)
{
#define PARAMETERS "useinbandfec=1; from=phone.example.net"
#define MEDIA                                                                                                          \
	"s=-\r\nc=IN IP4 192.168.1.5\r\nt=0 0\r\nm=audio 4000 RTP/AVP 96 101\r\n"                                      \
	"a=rtpmap:96 opus/48000/2\r\na=fmtp:96 " PARAMETERS "\r\n"                                                     \
	"a=rtpmap:101 telephone-event/48000\r\na=fmtp:101 0-15\r\n"
	static const struct {
		const char *call, *sdp;
		bool told;
	} cases[] = {
		{ "another", "v=0\r\no=- 7 1 IN IP4 192.168.1.5\r\n" MEDIA, true },
		{ "c", "v=0\r\no=- 7 1 IN IP4 Phone.example.net\r\n" MEDIA, false },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rig_offer(g, cases[i].call, cases[i].sdp);
		assert_ok(g);
		assert_int_equal(rig_has(g->answer.sdp, PARAMETERS), cases[i].told);
		rig_answer(g, cases[i].call,
			   rig_sdp(g, "10.0.0.50", "m=audio 6000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"));
		assert_ok(g);
		rig_ask(g, (struct ng_request){ .command = NG_SUBSCRIBE_REQUEST,
						.call_id = span_str(cases[i].call),
						.to_tag = SPAN("L"),
						.from_tag = SPAN("A"),
						.interface = SPAN("lan") });
		assert_ok(g);
		assert_true(rig_has(g->answer.sdp, "a=rtpmap:96 opus/48000/2\r\n"));
		assert_int_equal(rig_has(g->answer.sdp, PARAMETERS), cases[i].told);
	}
#undef MEDIA
#undef PARAMETERS
}

static void without_a_tag_one_is_made(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe(g, (struct ng_request){ .from_tag = SPAN("A") });
	assert_ok(g);
	assert_true(rig_has(g->reply, "6:to-tag16:"));
	assert_int_equal(leg_tag(session(g)->listeners).n, 16);
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		struct ng_request q;
		const char *reason;
	} cases[] = {
		{ { .to_tag = SPAN("L") }, "No side of the call named that has media to listen to" },
		{ { .to_tag = SPAN("L"), .from_tag = SPAN("X") }, "Neither tag belongs to this call" },
		{ { .to_tag = SPAN("L"), .from_tags = { SPAN("A"), SPAN("X") }, .nfrom_tag = 2 },
		  "Neither tag belongs to this call" },
		{ { .to_tag = SPAN("A"), .from_tag = SPAN("B") }, "No listener with that to-tag in this call" },
		{ { .to_tag = SPAN("L"), .all = true, .interface = SPAN("moon") }, "Unknown realm in direction" },
		{ { .to_tag = SPAN("L"), .all = true, .family = ADDR_V6 }, "No realm has an address of that family" },
		{ { .to_tag = SPAN("L"), .all = true, .codec = { { NG_CODEC_STRIP, SPAN("all") } }, .ncodec = 1 },
		  "No codec left that may be used between these realms" },
	};
	struct rig *g = *state;
	uint32_t used;

	subscribe_all(g);
	assert_refused(g, "Unknown call-id");
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	assert_refused(g, "Unknown call-id");
	rig_call(g, "c");
	used = relay_ports_used(&g->relay);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *flags = cases[i].q.family ? "address-family=IP6" : NULL;

		g->flags = flags;
		subscribe(g, cases[i].q);
		g->flags = NULL;
		assert_refused(g, cases[i].reason);
		assert_null(session(g)->listeners);
		assert_int_equal(relay_ports_used(&g->relay), used);
	}
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	assert_refused(g, "No listener with that to-tag in this call");
	rig_say(g, (struct rig_say){ .command = NG_UNSUBSCRIBE, .call = "c", .to = "L" });
	assert_refused(g, "No listener with that to-tag in this call");
	subscribe_all(g);
	accept_with(g, "L", NULL);
	assert_refused(g, "No SDP body in message");
	accept_with(g, "L", rig_sdp(g, "127.0.0.1", HEARS("7000")));
	assert_refused(g, "SDP address is loopback");
	assert_int_equal(g->copies, 0);
	assert_agrees(g);
}

/* A side that answers under a tag that a listener has already: the call is what is deleted by it. */
static void a_sides_tag_is_a_sides(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	subscribe(g, (struct ng_request){ .to_tag = SPAN("B"), .from_tag = SPAN("A") });
	assert_ok(g);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .to = "B" });
	assert_ok(g);
	assert_null(session(g));
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

/* What does not fit the answer is not kept: its tag would be known to nobody. */
static void who_cannot_be_told_is_not_there(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	g->reply_cap = 300;
	subscribe(g, (struct ng_request){ .all = true });
	g->reply_cap = sizeof(g->reply_buf);
	assert_refused(g, "Answer does not fit a datagram");
	assert_null(session(g)->listeners);
	assert_agrees(g);
}

static void the_end_of_the_call_is_that_of_its_listeners(void **state)
{
	struct rig *g = *state;

	listen_to_call(g);
	rig_delete(g, "c");
	assert_ok(g);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
	assert_int_equal(g->ncopy, 0);
}

/* Asked for again: the same ports and m-lines; who is not wanted any more is refused in his place. */
static void renegotiation_keeps_ports_and_places(void **state)
{
	struct rig *g = *state;
	int port;

	port = listen_to_call(g);
	subscribe_all(g);
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), port);
	assert_int_equal(g->ncopy, 4);
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .from_tag = SPAN("B") });
	assert_ok(g);
	assert_int_equal(rig_port_of(g, 0), 0);
	assert_true(rig_port_of(g, 1) > 0);
	assert_int_equal(g->ncopy, 4);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("0") HEARS("7002")));
	assert_ok(g);
	assert_int_equal(g->ncopy, 2);
	assert_hears(g, session(g)->joined, 1);
	subscribe_all(g);
	assert_true(rig_port_of(g, 0) > 0);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("7002")));
	assert_int_equal(g->ncopy, 4);
	assert_hears(g, session(g)->near, 0);
	assert_hears(g, session(g)->joined, 1);
	assert_agrees(g);
}

/* A re-INVITE that opens, closes and moves the stream of a source. */
static void sources_may_change(void **state)
{
	struct rig *g = *state;

	listen_to_call(g);
	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", "m=audio 0 RTP/AVP 0\r\n"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", "m=audio 0 RTP/AVP 0\r\n"));
	assert_ok(g);
	assert_int_equal(stream_of_near(g)->port, 0);
	assert_int_equal(g->ncopy, 0);
	assert_agrees(g);
	rig_call(g, "c");
	assert_ok(g);
	assert_hears(g, session(g)->near, 0);
	assert_hears(g, session(g)->joined, 1);
	assert_int_equal(g->ncopy, 4);
	assert_agrees(g);
}

static int mapped(struct rig *g, const struct leg *source, unsigned at, uint8_t number)
{
	const struct leg *l = listener_find(session(g), SPAN("L"));
	const struct rig_copy *c = rig_copy_find(g, port_of(source, 0, 0), port_of(l, at, 0));

	assert_non_null(c);
	return payload_map_number(&c->map, number);
}

/* What is heard of a codec has the number that the listener's answer gave it. */
static void numbers_are_the_listeners_own(void **state)
{
	static const char speaks[] = "m=audio 4000 RTP/AVP 96 97 101\r\na=rtpmap:96 opus/48000/2\r\n"
				     "a=rtpmap:97 iLBC/8000\r\na=rtpmap:101 telephone-event/8000\r\n";
	static const char hears[] = "m=audio 7000 RTP/AVP 111 105\r\na=rtpmap:111 opus/48000/2\r\n"
				    "a=rtpmap:105 telephone-event/8000\r\na=recvonly\r\n";
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", speaks));
	rig_answer(g, "c",
		   rig_sdp(g, "10.0.0.50",
			   "m=audio 6000 RTP/AVP 96 101\r\na=rtpmap:96 opus/48000/2\r\n"
			   "a=rtpmap:101 telephone-event/8000\r\n"));
	assert_ok(g);
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .from_tag = SPAN("A") });
	assert_ok(g);
	/* What the other side does not take is not sent. */
	assert_true(rig_has(g->answer.sdp, "RTP/AVP 96 101\r\n"));
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", hears));
	assert_ok(g);
	assert_int_equal(mapped(g, session(g)->near, 0, 96), 111);
	assert_int_equal(mapped(g, session(g)->near, 0, 101), 105);
	assert_int_equal(mapped(g, session(g)->near, 0, 0), 0);
}

/* Nothing of a side that has keys goes to a listener without. */
static void protection_is_offered_as_the_source_has_it(void **state)
{
	static const char keyed[] =
		"m=audio 4000 RTP/SAVP 0\r\n"
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
	struct rig *g = *state;
	char answer[512];

	rig_offer(g, "c", rig_sdp(g, "192.168.1.5", keyed));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", keyed));
	assert_ok(g);
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .from_tag = SPAN("A") });
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, " RTP/SAVP 0\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=crypto:1 "));
	assert_false(rig_has(g->answer.sdp, "WVNfX19z"));
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	assert_refused(g, "Media in the clear where it must be encrypted");
	snprintf(answer, sizeof(answer), "%sa=recvonly\r\n", keyed);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", answer));
	assert_ok(g);
	assert_int_equal(g->ncopy, 2);
	assert_int_not_equal(rig_spec(g, RIG_LAN, session(g)->listeners->stream[0].port)->seals.suite, SRTP_SUITE_NONE);
	subscribe(g, (struct ng_request){ .to_tag = SPAN("M"), .from_tag = SPAN("A"), .transport = SPAN("RTP/AVP") });
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, " RTP/AVP 0\r\n"));
}

/* What the ring has no room for is told a moment later. */
static void a_full_path_is_asked_again(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe_all(g);
	g->path_is_full = true;
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("7002")));
	assert_ok(g);
	assert_int_equal(g->ncopy, 0);
	relay_tick(&g->relay, g->now += 1000);
	g->path_is_full = false;
	relay_tick(&g->relay, g->now += 1000);
	assert_int_equal(g->ncopy, 4);
	assert_int_equal(g->relay.nunpushed, 0);
	assert_agrees(g);
	g->path_is_full = true;
	rig_say(g, (struct rig_say){ .command = NG_UNSUBSCRIBE, .call = "c", .to = "L" });
	assert_ok(g);
	g->path_is_full = false;
	relay_tick(&g->relay, g->now += 1000);
	assert_int_equal(g->ncopy, 0);
	assert_int_equal(g->relay.nunpushed, 0);
	assert_agrees(g);
}

static void there_are_only_so_many(void **state)
{
	struct rig *g = *state;
	char tag[8];

	rig_call(g, "c");
	for (unsigned i = 0; i < DATAPATH_COPY_MAX; i++) {
		snprintf(tag, sizeof(tag), "L%u", i);
		subscribe(g, (struct ng_request){ .to_tag = span_str(tag), .from_tag = SPAN("A") });
		assert_ok(g);
	}
	subscribe_all(g);
	assert_refused(g, "Too many listen to that side of the call");
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L0"), .from_tag = SPAN("A") });
	assert_ok(g);
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .from_tag = SPAN("B") });
	assert_ok(g);
	assert_agrees(g);
}

/* As long as an offer of a call may wait; then the ports come back, and the call goes on. */
static void who_never_answers_gives_his_ports_back(void **state)
{
	struct rig *g = *state;
	uint32_t used;

	g->conf.relay.silence_timeout_ms = 0;
	rig_call(g, "c");
	used = relay_ports_used(&g->relay);
	subscribe_all(g);
	relay_tick(&g->relay, g->now += SESSION_UNANSWERED_MS - 1);
	assert_non_null(session(g)->listeners);
	subscribe_all(g);
	relay_tick(&g->relay, g->now += SESSION_UNANSWERED_MS - 1);
	assert_non_null(session(g)->listeners);
	assert_true(relay_ports_used(&g->relay) > used);
	relay_tick(&g->relay, g->now += 1);
	assert_null(session(g)->listeners);
	assert_int_equal(relay_ports_used(&g->relay), used);
	assert_int_equal(g->relay.counters.listeners_unanswered, 1);
	assert_agrees(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("7002")));
	assert_refused(g, "No listener with that to-tag in this call");
}

/* Of a new offer that has no answer nothing stays; what he hears goes on, whatever is asked for next. */
static void who_does_not_answer_again_hears_on(void **state)
{
	struct rig *g = *state;
	uint32_t used;

	rig_call(g, "c");
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .from_tag = SPAN("A") });
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000")));
	used = relay_ports_used(&g->relay);
	subscribe_all(g);
	assert_int_equal(relay_ports_used(&g->relay), used + 1);
	relay_tick(&g->relay, g->now += SESSION_UNANSWERED_MS);
	assert_int_equal(relay_ports_used(&g->relay), used);
	assert_hears(g, session(g)->near, 0);
	assert_int_equal(g->ncopy, 2);
	assert_agrees(g);
	subscribe_all(g);
	accept_with(g, "L", rig_sdp(g, "10.0.0.99", HEARS("7000") HEARS("7002")));
	assert_ok(g);
	assert_hears(g, session(g)->near, 0);
	assert_hears(g, session(g)->joined, 1);
	assert_agrees(g);
}

static void siprec_labels_m_lines(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	subscribe(g, (struct ng_request){ .to_tag = SPAN("L"), .all = true, .siprec = true });
	assert_ok(g);
	assert_true(rig_has(g->answer.sdp, "a=label:1\r\n"));
	assert_true(rig_has(g->answer.sdp, "a=label:2\r\n"));
	assert_true(rig_has(g->reply, "5:label1:2"));
}

static void reports_show_them(void **state)
{
	struct rig *g = *state;
	int port = listen_to_call(g);
	char text[64];

	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_true(rig_has(g->reply, "10:listens tol1:A1:Be"));
	rig_ask(g, (struct ng_request){ .command = NG_PORTS, .port = (uint32_t)port });
	assert_ok(g);
	snprintf(text, sizeof(text), "4:porti%de", port);
	assert_true(rig_has(g->reply, text));
}

/* The same datagram twice: one listener. */
static void a_repeated_request_is_one(void **state)
{
	struct rig *g = *state;

	rig_call(g, "c");
	for (unsigned i = 0; i < 2; i++) {
		subscribe(g, (struct ng_request){ .cookie = SPAN("same"), .from_tag = SPAN("A") });
		assert_ok(g);
	}
	assert_null(session(g)->listeners->next);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_sides_are_offered_sendonly),
		TEST(one_side_by_its_tag_or_label),
		TEST(without_a_tag_one_is_made),
		TEST(a_sides_own_name_is_not_for_listeners),
		TEST(what_cannot_be_is_refused),
		TEST(a_sides_tag_is_a_sides),
		TEST(who_cannot_be_told_is_not_there),
		TEST(the_end_of_the_call_is_that_of_its_listeners),
		TEST(renegotiation_keeps_ports_and_places),
		TEST(sources_may_change),
		TEST(numbers_are_the_listeners_own),
		TEST(protection_is_offered_as_the_source_has_it),
		TEST(a_full_path_is_asked_again),
		TEST(there_are_only_so_many),
		TEST(who_never_answers_gives_his_ports_back),
		TEST(who_does_not_answer_again_hears_on),
		TEST(siprec_labels_m_lines),
		TEST(reports_show_them),
		TEST(a_repeated_request_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
