/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/stream/play.h"
#include "tests/unit/rtpproxy/rig.h"

#define EVENT(number, clock) "a=rtpmap:" number " telephone-event/" clock "\r\n"

/* The port that faces A. */
static int two_talk(struct rig *g, const char *a_says, const char *b_says)
{
	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", a_says), "label=alice");
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", b_says), "label=bob");
	assert_ok(g);
	return rig_port_of(g, 0);
}

static void play(struct rig *g, const char *call, const char *from, const char *code, const char *flags)
{
	struct ng_request q = {
		.command = NG_PLAY_DTMF, .call_id = span_str(call), .from_tag = span_str(from), .digits = span_str(code)
	};

	g->flags = flags;
	rig_ask(g, q);
	g->flags = NULL;
}

#define PCMU_EVENT "m=audio 6000 RTP/AVP 0 96\r\n" EVENT("96", "8000")

static void how_it_is_dialled(void **state)
{
	static const struct {
		const char *name, *a_says, *b_says, *code, *flags;
		struct dial_order order;
	} cases[] = {
		{ "as the receiver numbers it",
		  "m=audio 4000 RTP/AVP 0 101\r\n" EVENT("101", "8000"),
		  PCMU_EVENT,
		  "#",
		  NULL,
		  { .duration = 2000, .step = 160, .ratio = 1, .event = 11, .volume = 10, .payload_type = 96 } },
		{ "with what is asked for",
		  "m=audio 4000 RTP/AVP 0\r\n",
		  PCMU_EVENT,
		  "d",
		  "duration=100 volume=-20",
		  { .duration = 800, .step = 160, .ratio = 1, .event = 15, .volume = 20, .payload_type = 96 } },
		{ "but not too short",
		  "m=audio 4000 RTP/AVP 0\r\n",
		  PCMU_EVENT,
		  "0",
		  "duration=1",
		  { .duration = 320, .step = 160, .ratio = 1, .event = 0, .volume = 10, .payload_type = 96 } },
		{ "nor too long or quiet",
		  "m=audio 4000 RTP/AVP 0\r\n",
		  PCMU_EVENT,
		  "0",
		  "duration=99999 volume=99",
		  { .duration = 40000, .step = 160, .ratio = 1, .event = 0, .volume = 63, .payload_type = 96 } },
		{ "by the clock of the voice",
		  "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\n",
		  "m=audio 6000 RTP/AVP 97 96 98\r\na=rtpmap:97 opus/48000/2\r\n" EVENT("96", "8000")
			  EVENT("98", "48000"),
		  "1",
		  "duration=100",
		  { .duration = 4800, .step = 960, .ratio = 1, .event = 1, .volume = 10, .payload_type = 98 } },
		{ "or another",
		  "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\n",
		  "m=audio 6000 RTP/AVP 97 96\r\na=rtpmap:97 opus/48000/2\r\n" EVENT("96", "8000"),
		  "1",
		  "duration=100",
		  { .duration = 800, .step = 960, .ratio = 6, .event = 1, .volume = 10, .payload_type = 96 } },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int port = two_talk(g, cases[i].a_says, cases[i].b_says);
		struct dial_order got;

		play(g, "c", "A", cases[i].code, cases[i].flags);
		assert_ok(g);
		play_tick(&g->relay, g->now);
		got = g->ports[RIG_OUT][port].dialled;
		got.id = got.ssrc = 0;
		if (memcmp(&got, &cases[i].order, sizeof(got)) != 0)
			fail_msg("%s: %u for %u, steps of %u/%u, -%u dB, as %u", cases[i].name, got.event, got.duration,
				 got.step, got.ratio, got.volume, got.payload_type);
		rig_delete(g, "c");
		play_tick(&g->relay, g->now);
		assert_false(play_is_on(&g->relay));
	}
}

static void over(struct rig *g, int port)
{
	g->path_event = (struct datapath_event){ .kind = DATAPATH_DIALLED,
						 .own = { RIG_OUT, (uint16_t)port },
						 .session = rig_spec(g, RIG_OUT, port)->session };
	g->has_path_event = true;
	relay_notices(&g->relay, g->now);
}

static void one_after_the_other(void **state)
{
	struct rig *g = *state;
	const int port = two_talk(g, "m=audio 4000 RTP/AVP 0\r\n", PCMU_EVENT);
	const struct rig_port *p = &g->ports[RIG_OUT][port];
	uint32_t id;

	play(g, "c", "A", "12", NULL);
	assert_ok(g);
	for (unsigned i = 0; i < 5; i++)
		play_tick(&g->relay, g->now += 20);
	assert_int_equal(p->dials, 5);
	assert_int_equal(p->dialled.event, 1);
	id = p->dialled.id;
	over(g, port);
	play_tick(&g->relay, g->now += 20);
	assert_int_equal(p->dials, 5);
	for (unsigned i = 0; i < 10; i++)
		play_tick(&g->relay, g->now += 20);
	assert_int_equal(p->dialled.event, 2);
	assert_int_not_equal(p->dialled.id, id);
	/* Though the packet path never says so. */
	play_tick(&g->relay, g->now += 10000);
	for (unsigned i = 0; i < 10; i++)
		play_tick(&g->relay, g->now += 20);
	assert_false(play_is_on(&g->relay));
}

static void what_cannot_be_dialled(void **state)
{
	static const struct {
		const char *call, *from, *code, *flags, *b_says, *refused; /* NULL: carried out, with a warning */
	} cases[] = {
		{ "x", "A", "1", NULL, PCMU_EVENT, "Unknown call-id" },
		{ "c", "X", "1", NULL, PCMU_EVENT, "Neither tag belongs to this call" },
		{ "c", NULL, "1", NULL, PCMU_EVENT, "Neither tag belongs to this call" },
		{ "c", NULL, "1", "from-label=alice", PCMU_EVENT, NULL },
		{ "c", "A", NULL, NULL, PCMU_EVENT, "No digit in message: \"code\"" },
		{ "c", "A", "1", NULL, "m=audio 6000 RTP/AVP 0\r\n",
		  "The other side has no telephone-event: digits cannot be dialled" },
		{ "c", "A", "1x", NULL, PCMU_EVENT, NULL },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		two_talk(g, "m=audio 4000 RTP/AVP 0\r\n", cases[i].b_says);
		play(g, cases[i].call, cases[i].from, cases[i].code, cases[i].flags);
		if (cases[i].refused)
			assert_refused(g, cases[i].refused);
		else
			assert_ok(g);
		rig_delete(g, "c");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(how_it_is_dialled),
		TEST(one_after_the_other),
		TEST(what_cannot_be_dialled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
