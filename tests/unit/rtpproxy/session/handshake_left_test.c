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

/* A handshake that waits for the side's last flight, which is in bytes then: how long that is. */
static size_t begin_and_leave(struct scene *c, uint8_t *bytes)
{
	size_t n;

	c->end = end_begin(c, c->id);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, endpoint_give(c->end, bytes));
	assert_string_equal(handshake_state(handshake_of(c)), "under way");
	leave(c);
	for (unsigned i = 1; i < c->npost; i++)
		endpoint_take(c->end, c->post[i].bytes, c->post[i].n);
	n = endpoint_give(c->end, bytes);
	assert_true(n > 0);
	c->npost = 0;
	hand_in(c, "198.51.100.7:4000", RTP, bytes, n);
	assert_int_equal(c->npost, 0);
	assert_no_keys(c);
	return n;
}

/* What comes may be meant for the new association: it is not read, nor is anything said again. */
static void what_is_under_way_waits(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];

	(void)begin_and_leave(c, bytes);
	handshake_tick(&c->g->relay, c->g->now += ASSOCIATION_AGAIN_MS);
	handshake_turn(&c->g->relay, c->g->now);
	assert_int_equal(c->npost, 0);
	assert_false(handshake_is_on(&c->g->relay));
	assert_string_equal(handshake_state(handshake_of(c)), "under way");
}

/* The other session came to nothing: at once, not when the 32 s are over. */
static void it_goes_on_where_the_side_has_stayed(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	const size_t n = begin_and_leave(c, bytes);

	handshake_stay(&c->g->relay, stream_of(c), c->g->now, c->g->now + 200);
	assert_true(handshake_is_on(&c->g->relay));
	hand_in(c, "198.51.100.7:4000", RTP, bytes, n);
	talk(c, c->end, "198.51.100.7:4000", RTP);
	assert_keys(c, c->end, RTP);
}

/* Of two sessions that the side was offered the first comes to nothing. */
static void who_is_awaited_elsewhere_yet_has_not_stayed(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	const size_t n = begin_and_leave(c, bytes);

	handshake_leave(&c->g->relay, stream_of(c), c->g->now + 1);
	handshake_stay(&c->g->relay, stream_of(c), c->g->now, c->g->now + 2);
	hand_in(c, "198.51.100.7:4000", RTP, bytes, n);
	assert_no_keys(c);
	handshake_gone(&c->g->relay, stream_of(c), c->g->now, c->g->now + 2);
	assert_string_equal(handshake_state(handshake_of(c)), "under way");
}

static void what_is_under_way_is_given_up_where_the_side_has_gone(void **state)
{
	struct scene *c = *state;
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	const size_t n = begin_and_leave(c, bytes);

	handshake_gone(&c->g->relay, stream_of(c), c->g->now, c->g->now);
	assert_string_equal(handshake_state(handshake_of(c)), "waiting");
	c->g->now += HANDSHAKE_LEAVE_MS;
	hand_in(c, "198.51.100.7:4000", RTP, bytes, n);
	assert_no_keys(c);
}

/* It has had another association since, of another certificate of ours: that of before is over for it. */
static void who_comes_back_means_another_association(void **state)
{
	struct scene *c = *state;
	const struct sdp_fingerprints relay = relay_shown(c);

	scene_describe(c, c->id, "passive");
	c->end = endpoint_server(c->id, &relay);
	endpoint_take(c->end, c->post[0].bytes, c->post[0].n);
	c->npost = 0;
	talk(c, c->end, "198.51.100.7:4000", RTP);
	for (unsigned gone = 0; gone < 2; gone++) {
		leave(c);
		if (gone)
			handshake_gone(&c->g->relay, stream_of(c), c->g->now, c->g->now);
		scene_describe(c, c->id, "passive");
		assert_int_equal(c->npost > 0, gone);
		assert_keys(c, c->end, RTP);
	}
	c->npost = 0;
	scene_describe(c, c->id, "passive");
	assert_int_equal(c->npost, 0);
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
	handshake_stay(&c->g->relay, &bare, c->g->now, c->g->now);
	handshake_gone(&c->g->relay, &c->session->far->stream[0], c->g->now, c->g->now);
	assert_int_equal(handshake_prepare(&c->g->relay, stream_of(c), c->g->now), 0);
	assert_ptr_equal(c->g->relay.handshakes.identity, shown);
	assert_true(shown->renew > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(nobody_begins_where_the_side_has_left),
		SCENE(what_is_under_way_waits),
		SCENE(it_goes_on_where_the_side_has_stayed),
		SCENE(who_is_awaited_elsewhere_yet_has_not_stayed),
		SCENE(what_is_under_way_is_given_up_where_the_side_has_gone),
		SCENE(who_comes_back_means_another_association),
		SCENE(nor_do_we_begin),
		SCENE(who_agrees_on_something_here_is_here_again),
		SCENE(who_has_not_gone_in_time_has_stayed),
		SCENE(who_has_no_handshake_leaves_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
