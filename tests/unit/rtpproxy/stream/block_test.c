/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

/* A on the outer side, B in the LAN, telephone events as 101 here and 96 there; the ports that face them. */
struct two {
	int a, b;
};

static struct two two_talk(struct rig *g)
{
	struct two t;

	rig_offer_with(
		g, "c",
		rig_sdp(g, "198.51.100.7", "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
		"label=alice");
	t.b = rig_port_of(g, 0);
	rig_answer_with(g, "c",
			rig_sdp(g, "10.0.0.50", "m=audio 6000 RTP/AVP 0 96\r\na=rtpmap:96 Telephone-Event/8000\r\n"),
			"label=bob");
	t.a = rig_port_of(g, 0);
	return t;
}

static void say(struct rig *g, enum ng_command command, const char *from, const char *flags)
{
	g->flags = flags;
	rig_say(g, (struct rig_say){ .command = command, .call = "c", .from = from });
	g->flags = NULL;
}

/* "a" and "b" where that side's media is blocked, "d" and "e" its events, "s" and "t" where it is silenced. */
static void shut(struct rig *g, struct two t, char text[8])
{
	const struct gate *a = &rig_spec(g, RIG_OUT, t.a)->gate, *b = &rig_spec(g, RIG_LAN, t.b)->gate;

	snprintf(text, 8, "%s%s%s%s%s%s", a->media ? "a" : "", b->media ? "b" : "", a->events ? "d" : "",
		 b->events ? "e" : "", a->silence ? "s" : "", b->silence ? "t" : "");
}

static void whose_media_is_blocked(void **state)
{
	static const struct {
		enum ng_command command;
		const char *from, *flags, *shut; /* afterwards */
	} steps[] = {
		{ NG_BLOCK_MEDIA, NULL, NULL, "ab" },
		{ NG_UNBLOCK_MEDIA, NULL, NULL, "" },
		{ NG_BLOCK_MEDIA, "A", NULL, "a" },
		{ NG_BLOCK_DTMF, "B", NULL, "ae" },
		{ NG_UNBLOCK_MEDIA, "A", NULL, "e" },
		{ NG_UNBLOCK_DTMF, "A", "all", "" },
		{ NG_BLOCK_MEDIA, NULL, "from-label=bob", "b" },
		{ NG_BLOCK_MEDIA, NULL, "label=alice", "ab" },
		{ NG_UNBLOCK_MEDIA, NULL, NULL, "" },
		{ NG_SILENCE_MEDIA, NULL, "address=10.0.0.50", "t" },
		{ NG_SILENCE_MEDIA, NULL, NULL, "st" },
		{ NG_UNSILENCE_MEDIA, NULL, NULL, "" },
		{ NG_BLOCK_DTMF, NULL, NULL, "de" },
		{ NG_UNBLOCK_DTMF, NULL, NULL, "" },
	};
	struct rig *g = *state;
	const struct two t = two_talk(g);
	char text[8];

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		say(g, steps[i].command, steps[i].from, steps[i].flags);
		assert_ok(g);
		shut(g, t, text);
		if (strcmp(text, steps[i].shut) != 0)
			fail_msg("step %u: %s", i, text);
	}
}

static void who_is_not_there_is_told(void **state)
{
	struct rig *g = *state;

	say(g, NG_BLOCK_MEDIA, NULL, NULL);
	assert_refused(g, "Unknown call-id");
	two_talk(g);
	say(g, NG_BLOCK_MEDIA, "X", NULL);
	assert_refused(g, "Neither tag belongs to this call");
	say(g, NG_BLOCK_MEDIA, NULL, "from-label=carol");
	assert_refused(g, "Neither tag belongs to this call");
}

/* A blocked call stays blocked through a re-INVITE, and for a side that comes later. */
static void it_holds_until_it_is_lifted(void **state)
{
	struct rig *g = *state;
	struct two t;
	char text[8];

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	say(g, NG_BLOCK_MEDIA, NULL, NULL);
	t = two_talk(g);
	shut(g, t, text);
	assert_string_equal(text, "ab");
	say(g, NG_UNBLOCK_MEDIA, NULL, NULL);
	say(g, NG_BLOCK_MEDIA, "A", NULL);
	t = two_talk(g);
	shut(g, t, text);
	assert_string_equal(text, "a");
}

/* Either side may send by the number of the other's description. */
static void events_are_known_by_both_numbers(void **state)
{
	struct rig *g = *state;
	const struct two t = two_talk(g);
	const struct gate *gate = &rig_spec(g, RIG_OUT, t.a)->gate;

	assert_true(numbers_have(&gate->number, 101));
	assert_true(numbers_have(&gate->number, 96));
	assert_false(numbers_have(&gate->number, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(whose_media_is_blocked),
		TEST(who_is_not_there_is_told),
		TEST(it_holds_until_it_is_lifted),
		TEST(events_are_known_by_both_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
