/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/elsewhere.h"

#include "tests/unit/rtpproxy/session/handshake_scene.h"

/* The scene's call "c" is of A, with DTLS, and B. In "n" D calls branches, in the clear, one of which may be A. */
static void offer_at_branch(struct scene *c, const char *branch, const char *to_is)
{
	rig_say(c->g, (struct rig_say){ .command = NG_OFFER,
					.call = "n",
					.from = "D",
					.via = branch,
					.sdp = rig_sdp(c->g, "10.0.0.51", RIG_AUDIO("7000")),
					.direction = { "lan", "out" },
					.stands = { "", to_is } });
	assert_ok(c->g);
}

static void answer_of_branch(struct scene *c, const char *branch, const char *tag)
{
	rig_say(c->g, (struct rig_say){ .command = NG_ANSWER,
					.call = "n",
					.from = "D",
					.to = tag,
					.via = branch,
					.sdp = rig_sdp(c->g, "198.51.100.9", RIG_AUDIO("9000")),
					.direction = { "out", "lan" } });
	assert_ok(c->g);
}

static void refuse(struct scene *c, enum ng_command how)
{
	rig_say(c->g, (struct rig_say){ .command = how, .call = "n", .from = "D" });
	assert_ok(c->g);
}

/* However the new session ends before the side has agreed to anything there. */
static void who_refuses_is_answered_at_the_old_ports_at_once(void **state)
{
	static const enum ng_command ways[] = { NG_DELETE, NG_ROLLBACK };
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		offer_at_branch(c, "v", "c A");
		refuse(c, ways[i]);
		endpoint_free(c->end);
		c->end = end_begin(c, c->id);
		talk(c, c->end, "198.51.100.7:4000", RTP);
		assert_keys(c, c->end, RTP);
	}
}

/* The same where the session goes on without it. */
static void a_branch_of_it_that_ends_leaves_it_at_the_old_ports(void **state)
{
	static const enum ng_command ways[] = { NG_DELETE, NG_ROLLBACK };
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		offer_at_branch(c, "v", "");
		answer_of_branch(c, "v", "E");
		offer_at_branch(c, "w", "c A");
		rig_say(c->g, (struct rig_say){ .command = ways[i], .call = "n", .from = "D", .via = "w" });
		assert_ok(c->g);
		endpoint_free(c->end);
		c->end = end_begin(c, c->id);
		talk(c, c->end, "198.51.100.7:4000", RTP);
		assert_keys(c, c->end, RTP);
		rig_delete(c->g, "n");
	}
}

static void who_agrees_is_not_answered_at_the_old_ports(void **state)
{
	struct scene *c = *state;

	offer_at_branch(c, "v", "c A");
	answer_of_branch(c, "v", "E");
	rig_delete(c->g, "n"); /* that the side has stayed is not to be said any more */
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_no_keys(c);
	/* Nor is it of consequence that the old session is over. */
	offer_at_branch(c, "v", "c A");
	rig_delete(c->g, "c");
	refuse(c, NG_DELETE);
}

static void assert_may_begin(struct scene *c, bool may)
{
	const uint64_t done = c->g->relay.handshakes.counters.done;

	endpoint_free(c->end);
	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_int_equal(c->g->relay.handshakes.counters.done - done, may);
}

/* An offer in its name that somebody else is asked first: it is told with the answer, and has not agreed by that. */
static void in_whose_name_is_offered_is_told_last(void **state)
{
	struct scene *c = *state;
	struct rig_say say = { .command = NG_OFFER,
			       .call = "n",
			       .from = "A2",
			       .to = "E",
			       .sdp = rig_sdp(c->g, "198.51.100.7", RIG_AUDIO("4000")),
			       .direction = { "out", "lan" },
			       .stands = { "c A", "" } };

	rig_say(c->g, say);
	assert_ok(c->g);
	assert_may_begin(c, true);
	say.command = NG_ANSWER;
	say.sdp = rig_sdp(c->g, "10.0.0.52", RIG_AUDIO("8000"));
	say.direction[0] = "lan", say.direction[1] = "out";
	rig_say(c->g, say);
	assert_ok(c->g);
	assert_may_begin(c, false);
	rig_delete(c->g, "n");
	assert_may_begin(c, true);
}

/* The longer it is asked here, the longer it may begin there: from when it was shown the last. */
static void each_time_it_is_shown_something_counts(void **state)
{
	struct scene *c = *state;

	offer_at_branch(c, "v", "c A");
	c->g->now += HANDSHAKE_LEAVE_MS - 1;
	offer_at_branch(c, "v", "");
	c->g->now += HANDSHAKE_LEAVE_MS - 1;
	assert_may_begin(c, false);
	c->g->now++;
	assert_may_begin(c, true);
}

static void it_is_known_by_call_and_tag(void **state)
{
	static const struct {
		const char *what;
		bool found;
	} cases[] = { { "c A", true },  { "c B", true }, { "c X", false },
		      { "x A", false }, { "c", false },  { "", false } };
	struct scene *c = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if ((elsewhere_find(&c->g->relay, span_str(cases[i].what)) != NULL) != cases[i].found)
			fail_msg("%s", cases[i].what);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(it_is_known_by_call_and_tag),
		SCENE(who_refuses_is_answered_at_the_old_ports_at_once),
		SCENE(a_branch_of_it_that_ends_leaves_it_at_the_old_ports),
		SCENE(who_agrees_is_not_answered_at_the_old_ports),
		SCENE(in_whose_name_is_offered_is_told_last),
		SCENE(each_time_it_is_shown_something_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
