/* SPDX-License-Identifier: BSD-3-Clause */
/* Handshakes of a side that goes on in another session. */
#include "tests/unit/rtpproxy/session/handshake_scene.h"

static void leave(struct scene *c)
{
	handshake_leave(&c->g->relay, stream_of(c), c->g->now);
}

/* What the side meant for its new association is not answered with the certificate of the old one. */
static void nobody_begins_where_the_side_has_left(void **state)
{
	struct scene *c = *state;
	struct endpoint *again;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	leave(c);
	again = end_begin(c, c->id);
	talk(c, again, "198.51.100.7:4000", RTP);
	assert_int_equal(endpoint_state(again), ENDPOINT_SHAKING);
	assert_int_equal(c->g->relay.handshakes.counters.begun, 1);
	assert_keys(c, c->end, RTP); /* it goes on until it is told */
	endpoint_free(again);
}

/* One that had its cookie: it would be taken for what comes next, and a flight be sent again. */
static void what_is_under_way_is_given_up(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];

	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_string_equal(handshake_state(handshake_of(c)), "under way");
	leave(c);
	assert_string_equal(handshake_state(handshake_of(c)), "waiting");
	endpoint_take(c->end, c->post[1].bytes, c->post[1].n);
	c->npost = 0;
	talk(c, c->end, "198.51.100.7:4000", RTP);
	handshake_turn(&c->g->relay, c->g->now += ASSOCIATION_AGAIN_MS);
	assert_int_equal(c->npost, 0);
	assert_no_keys(c);
}

static void nor_do_we_begin(void **state)
{
	struct scene *c = *state;

	scene_describe(c, c->id, "passive");
	assert_true(c->npost > 0);
	leave(c);
	c->npost = 0;
	handshake_turn(&c->g->relay, c->g->now += 2 * ASSOCIATION_AGAIN_MS);
	assert_int_equal(c->npost, 0);
}

static void who_agrees_on_something_here_is_here_again(void **state)
{
	struct scene *c = *state;
	struct endpoint *again;

	c->end = end_begin(c, c->id);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	leave(c);
	scene_describe(c, c->id, "actpass");
	assert_string_equal(handshake_state(handshake_of(c)), "done");
	again = end_begin(c, c->id);
	talk(c, again, "198.51.100.7:4000", RTP);
	assert_keys(c, again, RTP);
	endpoint_free(again);
}

/* The other session came to nothing, and nobody says so here. */
static void who_has_not_gone_in_time_has_stayed(void **state)
{
	static const struct {
		uint32_t after_ms;
		enum endpoint_state end;
	} cases[] = { { HANDSHAKE_LEAVE_MS - 1, ENDPOINT_SHAKING }, { HANDSHAKE_LEAVE_MS, ENDPOINT_DONE } };
	struct scene *c = *state;

	leave(c);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct endpoint *end = end_begin(c, c->id);
		const uint64_t now = c->g->now;

		c->g->now += cases[i].after_ms;
		talk(c, end, "198.51.100.7:4000", RTP);
		assert_int_equal(endpoint_state(end), cases[i].end);
		c->g->now = now;
		endpoint_free(end);
	}
}

/* Of a stream in the clear, and of one that nothing is known of. */
static void who_has_no_handshake_leaves_none(void **state)
{
	struct scene *c = *state;
	struct stream bare = { 0 };
	const struct identity *shown = c->g->relay.handshakes.identity;

	handshake_leave(&c->g->relay, &bare, c->g->now);
	handshake_leave(&c->g->relay, &c->session->far->stream[0], c->g->now);
	assert_int_equal(handshake_prepare(&c->g->relay, stream_of(c), c->g->now), 0);
	assert_ptr_equal(c->g->relay.handshakes.identity, shown);
	assert_true(shown->renew > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(nobody_begins_where_the_side_has_left),
		SCENE(what_is_under_way_is_given_up),
		SCENE(nor_do_we_begin),
		SCENE(who_agrees_on_something_here_is_here_again),
		SCENE(who_has_not_gone_in_time_has_stayed),
		SCENE(who_has_no_handshake_leaves_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
