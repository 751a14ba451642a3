/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

/* The ports that face A, who calls, and B. */
struct two {
	int a, b;
};

static struct two talk_with(struct rig *g, const char *offer, const char *answer)
{
	struct two t;

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")), offer);
	t.b = rig_port_of(g, 0);
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")), answer);
	t.a = rig_port_of(g, 0);
	assert_ok(g);
	assert_false(rig_has(g->answer.body, "warning"));
	return t;
}

/* Of both sides, in their order, where RTP goes: to the other, back, nowhere; then where RTCP goes. */
static void ways(struct rig *g, struct two t, char text[5])
{
	for (int i = 0; i < 4; i++) {
		const int at = i / 2, mine = at + (i % 2 ? t.b : t.a), other = at + (i % 2 ? t.a : t.b);
		const struct port_spec *s = rig_spec(g, i % 2 ? RIG_LAN : RIG_OUT, mine);

		text[i] = '?';
		if (s->peer.port == 0)
			text[i] = '-';
		if (s->peer.port == mine && s->peer.realm == s->own.realm)
			text[i] = 'e';
		if (s->peer.port == other && s->peer.realm != s->own.realm)
			text[i] = '>';
	}
	text[4] = '\0';
}

static void whose_media_goes_where(void **state)
{
	static const struct {
		const char *offer, *answer, *ways;
	} steps[] = {
		{ NULL, NULL, ">>>>" },
		{ "media-echo=blackhole", NULL, "----" },
		{ NULL, NULL, "----" }, /* it holds */
		{ "media-echo=forward", NULL, "-e--" },
		{ "media-echo=backwards", NULL, "e---" },
		{ "media-echo=both", NULL, "ee--" },
		{ "media-echo=off", NULL, ">>>>" },
		{ NULL, "media-echo=sinkhole", "----" },
		{ NULL, "media_echo=forward", "e---" }, /* of the answer's receiver, who called */
		{ NULL, "media-echo-backwards", "-e--" },
		{ "drop-traffic=start", NULL, "----" },
		{ NULL, NULL, "----" },
		{ NULL, "drop-traffic=stop", "-e--" },
		{ NULL, "media-echo=no", ">>>>" },
		{ "drop-traffic=stop drop-traffic=start", NULL, ">>>>" },
		{ NULL, "drop-traffic-start", "----" },
		{ "drop-traffic=stop", NULL, ">>>>" },
	};
	struct rig *g = *state;
	char text[5];

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct two t = talk_with(g, steps[i].offer, steps[i].answer);

		ways(g, t, text);
		if (strcmp(text, steps[i].ways) != 0)
			fail_msg("step %u: %s", i, text);
	}
}

/* Not only once the offer has an answer. */
static void it_holds_at_once(void **state)
{
	struct rig *g = *state;
	const struct two t = talk_with(g, NULL, NULL);
	char text[5];

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")), "drop-traffic=start");
	ways(g, t, text);
	assert_string_equal(text, "----");
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(rig_has(g->answer.body, "12:drop-traffici1e"));
}

/* Who has no ports of his own yet: the caller alone hears himself while it rings. */
static void a_caller_hears_himself_while_it_rings(void **state)
{
	struct rig *g = *state;
	const struct leg *near;

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")), "media-echo=backwards");
	near = g->relay.all.first->near;
	assert_int_equal(rig_spec(g, RIG_OUT, near->stream[0].port)->peer.port, near->stream[0].port);
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(rig_has(g->answer.body, "10:media-echo4:back"));
}

static void what_is_no_such_word_is_told(void **state)
{
	struct rig *g = *state;

	rig_offer_with(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")), "media-echo=loud drop-traffic=some");
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "not understood, ignored: media-echo; "
					       "not understood, ignored: drop-traffic"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(whose_media_goes_where),
		TEST(it_holds_at_once),
		TEST(a_caller_hears_himself_while_it_rings),
		TEST(what_is_no_such_word_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
