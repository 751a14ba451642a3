/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/look.h"

#include "tests/unit/rtpproxy/rig.h"

enum { NOW = 1000000 };

static void what_is_said_of_a_side(void **state)
{
	static const struct {
		const char *shows;
		struct target now;
		uint64_t packets, last_ms;
		enum look look;
		const char *name;
	} cases[] = {
		{ "heard just now", { .known = true }, 1, NOW, LOOK_FLOWS, "flows" },
		{ "heard since the clock was read", { .known = true }, 1, NOW + 5, LOOK_FLOWS, "flows" },
		{ "a pause", { .known = true }, 9, NOW - LOOK_SILENT_MS + 1, LOOK_FLOWS, "flows" },
		{ "silent", { .known = true }, 9, NOW - LOOK_SILENT_MS, LOOK_SILENT, "silent" },
		{ "never heard", { .known = true }, 0, 0, LOOK_NEVER, "never" },
		{ "held, and silent", { .known = true, .held = true }, 9, 1, LOOK_HELD, "held" },
		{ "held, never heard", { .known = true, .held = true }, 0, 0, LOOK_HELD, "held" },
		{ "held, and speaks all the same", { .known = true, .held = true }, 9, NOW, LOOK_FLOWS, "flows" },
		{ "refused", { .known = true, .refused = true }, 9, NOW, LOOK_OFF, "off" },
		{ "not described", { 0 }, 0, 0, LOOK_OFF, "off" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct stream m = { .now = cases[i].now };
		const struct port_stats rtp = { .rx_packets = cases[i].packets, .last_rx_ms = cases[i].last_ms };

		if (look_at(&m, &rtp, NOW) != cases[i].look)
			fail_msg("%s: %s", cases[i].shows, look_name(look_at(&m, &rtp, NOW)));
		assert_string_equal(look_name(cases[i].look), cases[i].name);
	}
}

static void what_it_says_itself_comes_by_either_port(void **state)
{
	static const struct {
		uint32_t rtp, rtcp; /* reports that came there */
		int which;          /* 0: none, 1: of RTP's port, 2: of RTCP's */
	} cases[] = { { 0, 0, 0 }, { 1, 0, 1 }, { 0, 1, 2 }, { 7, 1, 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct port_stats rtp = { .hearsay.blocks = cases[i].rtp }, rtcp = { .hearsay.blocks = cases[i].rtcp };
		const struct hearsay *h = look_hearsay(&rtp, &rtcp);
		const struct hearsay *const expected[] = { NULL, &rtp.hearsay, &rtcp.hearsay };

		assert_ptr_equal(h, expected[cases[i].which]);
	}
}

/* A call whose sides have ports; the legs of it. */
struct two {
	struct session *s;
	struct leg *a, *b;
};

static struct two two_talk(struct rig *g)
{
	struct two t;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", "m=audio 4000 RTP/AVP 8 0 9\r\n"));
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", "m=audio 6000 RTP/AVP 0 8\r\n"));
	t.s = table_find(&g->relay.sessions, SPAN("c"));
	assert_non_null(t.s);
	t.a = t.s->near;
	t.b = t.s->joined;
	return t;
}

static struct rig_port *path_port(struct rig *g, const struct leg *l, unsigned above)
{
	return rig_port(g, (struct own_port){ l->realm, (uint16_t)(l->stream->port + above) });
}

static void each_port_has_numbers_of_its_own(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	struct port_stats out;

	path_port(g, t.a, 0)->stats.rx_packets = 11;
	path_port(g, t.a, 1)->stats.rx_packets = 22;
	path_port(g, t.b, 0)->stats.rx_packets = 33;
	assert_true(look_port(&g->relay, t.a, t.a->stream, STREAM_RTP, &out));
	assert_int_equal(out.rx_packets, 11);
	assert_true(look_port(&g->relay, t.a, t.a->stream, STREAM_RTCP, &out));
	assert_int_equal(out.rx_packets, 22);
	assert_true(look_port(&g->relay, t.b, t.b->stream, STREAM_RTP, &out));
	assert_int_equal(out.rx_packets, 33);
	/* Not told yet: nothing, and not what was there before. */
	t.a->stream->in_path = false;
	assert_false(look_port(&g->relay, t.a, t.a->stream, STREAM_RTP, &out));
	assert_int_equal(out.rx_packets, 0);
	t.a->stream->in_path = true;
}

static void how_far_it_is(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);

	assert_int_equal(look_round_trip(&g->relay, t.a, t.a->stream), 0);
	path_port(g, t.a, 0)->stats.hearsay = (struct hearsay){ .round_trip_us = 5000, .blocks = 1 };
	assert_int_equal(look_round_trip(&g->relay, t.a, t.a->stream), 5000);
	path_port(g, t.a, 1)->stats.hearsay = (struct hearsay){ .round_trip_us = 7000, .blocks = 1 };
	assert_int_equal(look_round_trip(&g->relay, t.a, t.a->stream), 7000);
	assert_int_equal(look_round_trip(&g->relay, t.b, t.b->stream), 0);
}

static void who_is_across(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);

	assert_ptr_equal(look_across(t.s, t.a, 0), t.b->stream);
	assert_ptr_equal(look_across(t.s, t.b, 0), t.a->stream);
	assert_null(look_across(t.s, t.a, 1));
	rig_offer(g, "d", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	assert_null(look_across(g->relay.all.first, g->relay.all.first->near, 0)); /* nobody has answered */
}

/* B likes 0, A has it: A sends that, until its packets say otherwise. */
static void what_is_spoken(void **state)
{
	static const struct {
		uint8_t payload_type, a, b; /* as last seen, and what the two are taken to speak */
	} cases[] = { { 128, 0, 8 }, { 8, 8, 8 }, { 0, 0, 0 }, { 99, 0, 8 } };
	struct rig *g = *state;
	const struct two t = two_talk(g);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(look_voice(t.s, t.a, 0, cases[i].payload_type)->payload_type, cases[i].a);
		assert_int_equal(look_voice(t.s, t.b, 0, cases[i].payload_type)->payload_type, cases[i].b);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_of_a_side),
		cmocka_unit_test(what_it_says_itself_comes_by_either_port),
		TEST(each_port_has_numbers_of_its_own),
		TEST(how_far_it_is),
		TEST(who_is_across),
		TEST(what_is_spoken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
