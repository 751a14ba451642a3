/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/life/watch.h"

#define EVENTS(number) "a=rtpmap:" number " telephone-event/8000\r\n"
#define A_AUDIO        "m=audio 4000 RTP/AVP 0 101\r\n" EVENTS("101")
#define B_AUDIO        "m=audio 6000 RTP/AVP 0 96\r\n" EVENTS("96")
#define C_AUDIO        "m=audio 4400 RTP/AVP 0 110\r\n" EVENTS("110")
#define D_AUDIO        "m=audio 6600 RTP/AVP 0 97\r\n" EVENTS("97")

/* Two calls: A and B of "c", C and D of "d"; the ports that face them. */
struct four {
	int a, b, c, d;
};

static void call(struct rig *g, const char *id, const char *from, const char *to, const char *offer, const char *answer)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = id,
				     .from = from,
				     .sdp = rig_sdp(g, "198.51.100.7", offer),
				     .direction = { "out", "lan" },
				     .received = "198.51.100.7" });
	assert_ok(g);
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = id,
				     .from = from,
				     .to = to,
				     .sdp = rig_sdp(g, "10.0.0.50", answer),
				     .direction = { "lan", "out" },
				     .received = "10.0.0.50" });
	assert_ok(g);
}

static int port_facing(const struct rig *g, const char *id, const char *tag)
{
	const struct session *s = table_find(&g->relay.sessions, span_str(id));

	return session_leg(s, span_str(tag))->stream[0].port;
}

static struct four two_calls(struct rig *g)
{
	call(g, "c", "A", "B", A_AUDIO, B_AUDIO);
	call(g, "d", "C", "D", C_AUDIO, D_AUDIO);
	return (struct four){
		port_facing(g, "c", "A"),
		port_facing(g, "c", "B"),
		port_facing(g, "d", "C"),
		port_facing(g, "d", "D"),
	};
}

static void join(struct rig *g, const char *id, const char *from, const char *to_call, const char *to)
{
	char flags[64];

	snprintf(flags, sizeof(flags), "to-call-id=%s", to_call);
	g->flags = to_call ? flags : NULL;
	rig_say(g, (struct rig_say){ .command = NG_CONNECT, .call = id, .from = from, .to = to });
	g->flags = NULL;
}

static unsigned peer(struct rig *g, unsigned realm, int port)
{
	return rig_spec(g, realm, port)->peer.port;
}

/* Whom each of the four talks with: "a" with "c" is "ca--" in the places of a, b, c, d: who is there. */
static void talk(struct rig *g, struct four f, char text[5])
{
	const struct {
		unsigned realm;
		int port;
		char name;
	} all[] = { { RIG_OUT, f.a, 'a' }, { RIG_LAN, f.b, 'b' }, { RIG_OUT, f.c, 'c' }, { RIG_LAN, f.d, 'd' } };

	for (unsigned i = 0; i < 4; i++) {
		const struct rig_port *p = &g->ports[all[i].realm][all[i].port];

		text[i] = p->is_set ? '-' : '.';
		for (unsigned k = 0; k < 4 && p->is_set; k++) {
			const struct own_port to = p->spec.peer;

			if (to.port == all[k].port && to.realm == all[k].realm)
				text[i] = all[k].name;
		}
	}
	text[4] = '\0';
}

#define assert_talk(g, f, expected)                                                                                    \
	do {                                                                                                           \
		char text_[5];                                                                                         \
		talk(g, f, text_);                                                                                     \
		assert_string_equal(text_, expected);                                                                  \
	} while (0)

static int64_t differences(struct rig *g)
{
	struct ng_value v;

	rig_say(g, (struct rig_say){ .command = NG_AUDIT });
	assert_int_equal(ng_find(g->answer.body, SPAN("different"), &v), 0);
	return v.integer;
}

static void two_sides_of_two_calls(void **state)
{
	static const struct {
		const char *call, *from, *to_call, *to, *talk;
	} steps[] = {
		{ "c", "A", "d", "C", "c-a-" },
		{ "c", "A", "d", "C", "c-a-" }, /* once more */
		{ "d", "D", "c", "B", "cdab" },
		{ "c", "A", "d", "D",
		  "d--a" }, /* B and C have lost whom they had, and whom they talked with first, too */
		{ "c", "B", "d", "C", "dcba" },
		{ "c", "A", NULL, "B", "badc" }, /* as their own calls have it */
		{ "d", "D", "c", "A", "d--a" },
		{ "c", "A", "c", "B", "badc" },
	};
	struct rig *g = *state;
	const struct four f = two_calls(g);

	assert_talk(g, f, "badc");
	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		join(g, steps[i].call, steps[i].from, steps[i].to_call, steps[i].to);
		assert_ok(g);
		assert_talk(g, f, steps[i].talk);
		assert_int_equal(differences(g), 0);
	}
}

/* Ports of RTCP follow those of RTP. */
static void rtcp_goes_along(void **state)
{
	struct rig *g = *state;
	const struct four f = two_calls(g);

	join(g, "c", "A", "d", "D");
	assert_int_equal(peer(g, RIG_OUT, f.a + 1), f.d + 1);
	assert_int_equal(peer(g, RIG_LAN, f.d + 1), f.a + 1);
	assert_int_equal(peer(g, RIG_LAN, f.b + 1), 0);
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *call, *from, *to_call, *to, *reason;
	} cases[] = {
		{ "x", "A", NULL, "B", "Unknown call-id" },
		{ "c", "A", "x", "C", "Unknown call-id" },
		{ "c", NULL, "d", "C", "No from-tag in message" },
		{ "c", "A", "d", NULL, "No to-tag in message" },
		{ "c", "X", "d", "C", "Neither tag belongs to this call" },
		{ "c", "A", "d", "X", "Neither tag belongs to this call" },
		{ "c", "A", "d", "B", "Neither tag belongs to this call" },
		{ "c", "A", NULL, "A", "Both tags are of one side, which cannot be connected to itself" },
	};
	struct rig *g = *state;
	const struct four f = two_calls(g);

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		join(g, cases[i].call, cases[i].from, cases[i].to_call, cases[i].to);
		assert_refused(g, cases[i].reason);
		assert_talk(g, f, "badc");
	}
}

static int other_workers_setup(void **state)
{
	struct rig *g = rig_new();

	g->workers = 2;
	rig_begin(g);
	*state = g;
	return 0;
}

/* The second call goes to the worker that has more ports left. */
static void ports_of_two_workers_cannot_be_connected(void **state)
{
	struct rig *g = *state;
	const struct four f = two_calls(g);

	join(g, "c", "A", "d", "C");
	assert_refused(g, "Ports of several workers cannot talk with each other, see relay.cores");
	assert_talk(g, f, "badc");
}

/* A sends events as 101, as it offered, or as its own call's other side numbers them. */
static void numbers_are_the_other_sides(void **state)
{
	struct rig *g = *state;
	const struct four f = two_calls(g);
	const struct port_spec *a = rig_spec(g, RIG_OUT, f.a), *c = rig_spec(g, RIG_OUT, f.c);

	join(g, "c", "A", "d", "C");
	assert_false(rig_has(g->answer.body, "warning"));
	assert_int_equal(payload_map_number(&a->map, 101), 110);
	assert_int_equal(payload_map_number(&a->map, 96), 110);
	assert_int_equal(payload_map_number(&a->map, 0), 0);
	assert_int_equal(payload_map_number(&c->map, 110), 101);
	assert_int_equal(payload_map_number(&c->map, 97), 101);
	assert_true(numbers_have(&a->payloads, 96) && numbers_have(&a->payloads, 110));
	join(g, "c", "A", "c", "B");
	assert_int_equal(payload_map_number(&a->map, 101), 96);
	assert_int_equal(payload_map_number(&c->map, 110), 97);
}

static void formats_of_one_side_alone_are_told(void **state)
{
	struct rig *g = *state;

	call(g, "c", "A", "B", "m=audio 4000 RTP/AVP 8 0 101\r\n" EVENTS("101"), B_AUDIO);
	call(g, "d", "C", "D", "m=audio 4400 RTP/AVP 0 9 101\r\na=rtpmap:101 opus/48000/2\r\n", RIG_AUDIO("6600"));
	join(g, "c", "A", "d", "C");
	assert_ok(g);
	if (!rig_has(g->answer.warning, "the other side has no such format: audio 8 101; "
					"the other side has no such format: audio 9 101"))
		fail_msg("%.*s", SPAN_ARG(g->answer.warning));
}

/* The first audio stream talks with the first audio stream, wherever it stands. */
static void streams_are_found_by_their_kind(void **state)
{
	struct rig *g = *state;
	const struct session *s;
	const struct stream *audio, *video;

	call(g, "c", "A", "B", RIG_VIDEO("4000") RIG_AUDIO("4002"), RIG_VIDEO("6000") RIG_AUDIO("6002"));
	call(g, "d", "C", "D", RIG_AUDIO("4400"), RIG_AUDIO("6600"));
	join(g, "c", "A", "d", "C");
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "the other side has no such stream: video"));
	s = table_find(&g->relay.sessions, SPAN("c"));
	video = &s->near->stream[0];
	audio = &s->near->stream[1];
	assert_int_equal(peer(g, RIG_OUT, video->port), 0);
	assert_int_equal(peer(g, RIG_OUT, audio->port), port_facing(g, "d", "C"));
	assert_int_equal(peer(g, RIG_OUT, port_facing(g, "d", "C")), audio->port);
}

static void answer_again(struct rig *g)
{
	call(g, "c", "A", "B", A_AUDIO, B_AUDIO);
}

static void delete_d(struct rig *g)
{
	rig_delete(g, "d");
}

static void delete_c(struct rig *g)
{
	rig_delete(g, "c");
}

static void offer_again(struct rig *g)
{
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", A_AUDIO));
}

static void restart(struct rig *g)
{
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "d",
				     .from = "C",
				     .to = "D",
				     .sdp = rig_sdp(g, "10.0.0.50", D_AUDIO) });
}

static void when_it_ends(void **state)
{
	static const struct {
		const char *name, *talk;
		void (*happens)(struct rig *g);
	} cases[] = {
		{ "the other call is deleted", "ba..", delete_d },
		{ "this call is deleted", "..dc", delete_c },
		{ "an offer, without an answer yet", "c-a-", offer_again },
		{ "an answer", "badc", answer_again },
		{ "an answer in the other call", "badc", restart },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig *g = rig_new();
		struct four f;
		char text[5];

		rig_begin(g);
		f = two_calls(g);
		join(g, "c", "A", "d", "C");
		assert_talk(g, f, "c-a-");
		cases[i].happens(g);
		talk(g, f, text);
		if (strcmp(text, cases[i].talk) != 0)
			fail_msg("%s: %s", cases[i].name, text);
		assert_int_equal(differences(g), 0);
		rig_delete(g, "c");
		rig_delete(g, "d");
		assert_int_equal(g->nset, 0);
		rig_free(g);
	}
}

/* A fork that has answered, too, may be heard by the other; near is left alone. */
static void two_sides_of_one_call(void **state)
{
	struct rig *g = *state;
	int a, b, c;

	call(g, "c", "A", "B", A_AUDIO, B_AUDIO);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .via = "other",
				     .sdp = rig_sdp(g, "198.51.100.7", A_AUDIO),
				     .direction = { "out", "lan" } });
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "C",
				     .via = "other",
				     .sdp = rig_sdp(g, "10.0.0.60", D_AUDIO) });
	assert_ok(g);
	a = port_facing(g, "c", "A");
	b = port_facing(g, "c", "B");
	c = port_facing(g, "c", "C");
	assert_int_equal(peer(g, RIG_OUT, a), c);
	join(g, "c", "B", NULL, "C");
	assert_ok(g);
	assert_int_equal(peer(g, RIG_LAN, b), c);
	assert_int_equal(peer(g, RIG_LAN, c), b);
	assert_int_equal(peer(g, RIG_OUT, a), 0);
	rig_say(g, (struct rig_say){ .command = NG_DELETE, .call = "c", .from = "A", .to = "B" });
	assert_int_equal(peer(g, RIG_OUT, a), c);
	assert_int_equal(peer(g, RIG_LAN, c), a);
	assert_int_equal(differences(g), 0);
}

static void hear(struct rig *g, unsigned realm, int port)
{
	g->ports[realm][port].stats.rx_packets++;
}

/* Neither call is taken for silent while one of the two speaks, nor for one-way while both do. */
static void media_of_either_keeps_both_calls(void **state)
{
	struct rig *g = *state;
	struct four f;

	g->conf.relay.one_way_timeout_ms = 20000;
	f = two_calls(g);
	join(g, "c", "A", "d", "C");
	for (unsigned i = 0; i < 100; i++) {
		hear(g, RIG_OUT, f.a);
		hear(g, RIG_OUT, f.c);
		g->now += 1000;
		relay_tick(&g->relay, g->now);
	}
	assert_int_equal(g->events, 0);
	for (unsigned i = 0; i < 30; i++) {
		hear(g, RIG_OUT, f.a);
		g->now += 1000;
		relay_tick(&g->relay, g->now);
	}
	assert_int_equal(g->relay.counters.timeouts, 2);
	assert_true(rig_has(span_of(g->event, g->event_len), "15:one-way-timeout"));
	assert_true(rig_has(span_of(g->event, g->event_len), "8:from-tag1:C"));
}

static void a_query_tells(void **state)
{
	struct rig *g = *state;

	two_calls(g);
	join(g, "c", "A", "d", "C");
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_ok(g);
	assert_true(rig_has(g->answer.body, "16:in dialogue with1:C17:connected to call1:d"));
	assert_false(rig_has(g->answer.body, "16:in dialogue with1:A"));
}

/* What the packet path has no room for is told later. */
static void a_full_ring_forgets_nothing(void **state)
{
	struct rig *g = *state;
	const struct four f = two_calls(g);

	g->path_is_full = true;
	join(g, "c", "A", "d", "C");
	assert_ok(g);
	assert_talk(g, f, "badc");
	g->path_is_full = false;
	relay_tick(&g->relay, g->now);
	assert_talk(g, f, "c-a-");
}

/* While it rings the caller may be heard already, and say something else. */
static void an_offer_without_an_answer_is_followed(void **state)
{
	struct rig *g = *state;
	const struct four f = two_calls(g);
	const struct port_spec *c = rig_spec(g, RIG_OUT, f.c);
	int e;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "e",
				     .from = "E",
				     .sdp = rig_sdp(g, "198.51.100.9", A_AUDIO),
				     .direction = { "out", "lan" } });
	e = port_facing(g, "e", "E");
	join(g, "e", "E", "d", "C");
	assert_ok(g);
	assert_int_equal(c->peer.port, e);
	assert_int_equal(payload_map_number(&c->map, 110), 101);
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "e",
				     .from = "E",
				     .sdp = rig_sdp(g, "198.51.100.9", B_AUDIO),
				     .direction = { "out", "lan" } });
	assert_int_equal(payload_map_number(&c->map, 110), 96);
	assert_int_equal(rig_spec(g, RIG_OUT, e)->peer.port, f.c);
}

/* Deleted, and used again: it lives on. */
static void a_deleted_call_lives_on(void **state)
{
	struct rig *g = *state;
	struct four f;

	g->conf.relay.delete_delay_ms = 30000;
	f = two_calls(g);
	rig_delete(g, "d");
	join(g, "c", "A", "d", "C");
	assert_ok(g);
	g->now += 31000;
	relay_tick(&g->relay, g->now);
	assert_talk(g, f, "c-a-");
}

/* What is sent to a side of a call of which nothing is to be relayed goes nowhere, whichever call it comes from. */
static void drop_traffic_is_of_both_ways(void **state)
{
	struct rig *g = *state;
	const struct four f = two_calls(g);
	const char *const offer = "m=audio 4400 RTP/AVP 0 110\r\n" EVENTS("110");

	join(g, "c", "A", "d", "C");
	assert_talk(g, f, "c-a-");
	for (unsigned i = 0; i < 2; i++) {
		g->flags = i ? "drop-traffic=stop" : "drop-traffic=start";
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "d",
					     .from = "C",
					     .to = "D",
					     .sdp = rig_sdp(g, "198.51.100.7", offer) });
		g->flags = NULL;
		assert_ok(g);
		assert_talk(g, f, i ? "c-a-" : "----");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(two_sides_of_two_calls),
		TEST(rtcp_goes_along),
		TEST(what_cannot_be_is_refused),
		cmocka_unit_test_setup_teardown(ports_of_two_workers_cannot_be_connected, other_workers_setup,
						rig_teardown),
		TEST(numbers_are_the_other_sides),
		TEST(formats_of_one_side_alone_are_told),
		TEST(streams_are_found_by_their_kind),
		cmocka_unit_test(when_it_ends),
		TEST(two_sides_of_one_call),
		TEST(media_of_either_keeps_both_calls),
		TEST(a_query_tells),
		TEST(a_full_ring_forgets_nothing),
		TEST(an_offer_without_an_answer_is_followed),
		TEST(a_deleted_call_lives_on),
		TEST(drop_traffic_is_of_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
