/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/dtls/association.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/rtpproxy/dtls_clock.h"

enum { WALL_S = 1800000000, SENT_MAX = 16, LEFT = 100 };

/* Ours, and the side that it is with. */
struct scene {
	struct identity *ours, *theirs;
	struct sdp_fingerprints of_ours, of_theirs;
	struct association a;
	struct association_counters counters;
	uint32_t left;
	uint64_t now;
	struct {
		struct addr to;
		uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
		size_t n;
	} sent[SENT_MAX];
	unsigned nsent;
};

static void scene_send(void *ctx, const struct addr *to, const uint8_t *bytes, size_t n)
{
	struct scene *c = ctx;

	assert_true(c->nsent < SENT_MAX && n <= ENDPOINT_DATAGRAM_MAX);
	c->sent[c->nsent].to = *to;
	memcpy(c->sent[c->nsent].bytes, bytes, n);
	c->sent[c->nsent++].n = n;
}

static struct association_way way_of(struct scene *c)
{
	return (struct association_way){ .who = c->ours,
					 .peer = &c->of_theirs,
					 .send = scene_send,
					 .ctx = c,
					 .counters = &c->counters,
					 .left = &c->left,
					 .now = c->now };
}

static int scene_setup(void **state)
{
	struct scene *c = calloc(1, sizeof(*c));

	c->ours = identity_new(WALL_S);
	c->theirs = identity_new(WALL_S);
	c->of_ours = (struct sdp_fingerprints){ 1, { c->ours->fingerprint } };
	c->of_theirs = (struct sdp_fingerprints){ 1, { c->theirs->fingerprint } };
	c->left = LEFT;
	c->now = 1000;
	*state = c;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *c = *state;

	association_forget(&c->a);
	identity_release(c->ours);
	identity_release(c->theirs);
	free(c);
	return 0;
}

static struct addr at_port(uint16_t port)
{
	return (struct addr){ .ip = { 192, 0, 2, 1 }, .port = port, .family = ADDR_V4 };
}

static struct association_guest guest(uint16_t port, uint8_t rank, bool checked)
{
	return (struct association_guest){
		.source = at_port(port), .rank = rank, .checked = checked, .may_begin = true, .cookie = port
	};
}

/* What the end has to say now goes to ours; true where that has new keys. */
static bool say(struct scene *c, struct endpoint *end, const struct association_guest *from)
{
	const struct association_way way = way_of(c);
	uint8_t bytes[ENDPOINT_DATAGRAM_MAX];
	bool keys = false;
	size_t n;

	while ((n = endpoint_give(end, bytes)) > 0)
		keys |= association_take(&c->a, &way, from, bytes, n);
	return keys;
}

/* What was sent to the port goes to the end. */
static void hear(struct scene *c, struct endpoint *end, uint16_t port)
{
	for (unsigned i = 0; i < c->nsent; i++)
		if (c->sent[i].to.port == port)
			endpoint_take(end, c->sent[i].bytes, c->sent[i].n);
	c->nsent = 0;
}

/* Until both are silent; true where ours got keys. */
static bool talk(struct scene *c, struct endpoint *end, const struct association_guest *from)
{
	bool keys = false;

	do {
		keys |= say(c, end, from);
		if (!c->nsent)
			return keys;
		hear(c, end, from->source.port);
	} while (true);
}

static struct endpoint *caller(struct scene *c)
{
	return endpoint_client(c->theirs, &c->of_ours);
}

static void whoever_is_right_gives_the_keys(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, false);
	struct endpoint *end = caller(c);
	struct srtp_key ours, theirs;

	assert_true(association_is_idle(&c->a));
	assert_true(talk(c, end, &from));
	assert_int_equal(endpoint_keys(end, &ours, &theirs), 0);
	assert_memory_equal(&c->a.theirs, &ours, sizeof(ours));
	assert_memory_equal(&c->a.ours, &theirs, sizeof(theirs));
	assert_true(addr_eq(&c->a.proved, &from.source));
	assert_false(association_is_busy(&c->a));
	assert_false(association_is_idle(&c->a));
	assert_int_equal(c->counters.begun, 1);
	assert_int_equal(c->counters.done, 1);
	assert_int_equal(c->left, LEFT - 1);
	endpoint_free(end);
}

static void nothing_is_kept_before_the_cookie_is_back(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, false);
	struct endpoint *end = caller(c);

	say(c, end, &from);
	assert_int_equal(c->nsent, 1);
	assert_true(association_is_idle(&c->a));
	assert_int_equal(c->left, LEFT);
	hear(c, end, 4000);
	say(c, end, &from);
	assert_true(association_is_busy(&c->a));
	endpoint_free(end);
}

static void who_was_checked_needs_no_cookie(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, true);
	struct endpoint *end = caller(c);

	say(c, end, &from);
	assert_true(association_is_busy(&c->a));
	assert_true(c->sent[0].n > 200);
	endpoint_free(end);
}

/* As many as fit, all of them half done. */
static void crowd(struct scene *c, struct endpoint *ends[], unsigned n, uint8_t rank)
{
	for (unsigned i = 0; i < n; i++) {
		struct association_guest from = guest((uint16_t)(5000 + i), rank, true);

		ends[i] = caller(c);
		c->now++;
		say(c, ends[i], &from);
		c->nsent = 0;
	}
}

static bool knows(const struct scene *c, uint16_t port)
{
	for (unsigned i = 0; i < ASSOCIATION_HALVES; i++)
		if (c->a.half[i].end && c->a.half[i].source.port == port)
			return true;
	return false;
}

static void the_oldest_of_the_worst_gives_way(void **state)
{
	struct scene *c = *state;
	struct association_guest worse = guest(7000, 1, true), best = guest(7001, 3, true);
	struct endpoint *ends[ASSOCIATION_HALVES + 3];

	crowd(c, ends, 1, 3);
	for (unsigned i = 1; i < ASSOCIATION_HALVES + 1; i++) {
		struct association_guest from = guest((uint16_t)(6000 + i), 2, true);

		ends[i] = caller(c);
		c->now++;
		say(c, ends[i], &from);
		c->nsent = 0;
	}
	/* Three of the second rank were there; the first of them is gone. */
	assert_true(knows(c, 5000));
	assert_false(knows(c, 6001));
	assert_true(knows(c, 6002) && knows(c, 6003) && knows(c, 6004));
	/* Who is worse than all is not let in. */
	ends[ASSOCIATION_HALVES + 1] = caller(c);
	say(c, ends[ASSOCIATION_HALVES + 1], &worse);
	assert_false(knows(c, 7000));
	ends[ASSOCIATION_HALVES + 2] = caller(c);
	say(c, ends[ASSOCIATION_HALVES + 2], &best);
	assert_true(knows(c, 7001) && knows(c, 5000));
	assert_false(knows(c, 6002));
	for (unsigned i = 0; i < ASSOCIATION_HALVES + 3; i++)
		endpoint_free(ends[i]);
}

static void once_there_are_keys_the_others_are_forgotten(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, true);
	struct endpoint *ends[2], *end = caller(c);

	crowd(c, ends, 2, 1);
	assert_true(talk(c, end, &from));
	assert_false(association_is_busy(&c->a));
	assert_true(knows(c, 4000));
	assert_false(knows(c, 5000) || knows(c, 5001));
	endpoint_free(ends[0]);
	endpoint_free(ends[1]);
	endpoint_free(end);
}

static void a_last_flight_that_was_lost_is_sent_again_for_a_while(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, true);
	struct endpoint *end = caller(c);
	struct association_way way;
	uint8_t last[ENDPOINT_DATAGRAM_MAX];
	size_t n;

	say(c, end, &from);
	hear(c, end, 4000);
	n = endpoint_give(end, last);
	way = way_of(c);
	assert_true(association_take(&c->a, &way, &from, last, n));
	assert_true(c->nsent > 0);
	c->nsent = 0; /* lost */
	assert_int_equal(endpoint_state(end), ENDPOINT_SHAKING);
	c->now += ASSOCIATION_KEEP_MS - 1;
	way = way_of(c);
	association_tick(&c->a, &way);
	assert_false(association_is_idle(&c->a));
	c->now++;
	way = way_of(c);
	association_tick(&c->a, &way);
	assert_true(association_is_idle(&c->a));
	assert_int_equal(c->a.ours.suite, SRTP_SUITE_AEAD_AES_128_GCM);
	endpoint_free(end);
}

/* With its keys the end that gave them, which may have to send its last flight again. */
static void what_is_done_outlives_what_is_under_way(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, true);
	struct endpoint *end = caller(c), *ends[2];

	assert_true(talk(c, end, &from));
	crowd(c, ends, 2, 1);
	assert_true(association_is_busy(&c->a) && knows(c, 5000) && knows(c, 5001));
	association_abandon(&c->a);
	assert_false(association_is_busy(&c->a) || knows(c, 5000) || knows(c, 5001));
	assert_true(knows(c, 4000));
	assert_int_not_equal(c->a.ours.suite, SRTP_SUITE_NONE);
	assert_int_equal(c->counters.failed, 0);
	endpoint_free(ends[0]);
	endpoint_free(ends[1]);
	endpoint_free(end);
}

static void patience_has_an_end(void **state)
{
	struct scene *c = *state;
	struct endpoint *ends[1];
	struct association_way way;

	crowd(c, ends, 1, 1);
	c->now += ASSOCIATION_PATIENCE_MS;
	way = way_of(c);
	association_tick(&c->a, &way);
	assert_true(association_is_idle(&c->a));
	assert_int_equal(c->counters.failed, 1);
	assert_string_equal(c->a.why, "no end in 30 s");
	endpoint_free(ends[0]);
}

static void who_may_not_begin_is_not_answered(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, true);
	struct endpoint *end = caller(c);

	from.may_begin = false;
	say(c, end, &from);
	assert_int_equal(c->nsent, 0);
	assert_true(association_is_idle(&c->a));
	endpoint_free(end);
}

static void we_begin_and_may_say_goodbye(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, false);
	struct endpoint *end = endpoint_server(c->theirs, &c->of_ours);
	struct association_way way = way_of(c);

	association_call(&c->a, &way, &from.source);
	assert_int_equal(c->nsent, 1);
	hear(c, end, 4000);
	assert_true(talk(c, end, &from));
	association_tick(&c->a, &way);
	assert_true(association_is_idle(&c->a)); /* the other side was done before us */
	endpoint_free(end);
	end = caller(c);
	assert_true(talk(c, end, &from));
	association_end(&c->a, &way);
	assert_true(association_is_idle(&c->a));
	assert_int_equal(c->nsent, 1);
	hear(c, end, 4000);
	assert_int_equal(endpoint_state(end), ENDPOINT_CLOSED);
	endpoint_free(end);
}

static void when_too_many_begin_it_waits(void **state)
{
	struct scene *c = *state;
	struct association_guest from = guest(4000, 1, true);
	struct endpoint *end = caller(c);
	struct association_way way = way_of(c);

	c->left = 0;
	say(c, end, &from);
	association_call(&c->a, &way, &from.source);
	assert_int_equal(c->nsent, 0);
	assert_int_equal(c->counters.deferred, 2);
	assert_int_equal(c->counters.begun, 0);
	endpoint_free(end);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(whoever_is_right_gives_the_keys),
		SCENE(nothing_is_kept_before_the_cookie_is_back),
		SCENE(who_was_checked_needs_no_cookie),
		SCENE(the_oldest_of_the_worst_gives_way),
		SCENE(once_there_are_keys_the_others_are_forgotten),
		SCENE(a_last_flight_that_was_lost_is_sent_again_for_a_while),
		SCENE(what_is_done_outlives_what_is_under_way),
		SCENE(patience_has_an_end),
		SCENE(who_may_not_begin_is_not_answered),
		SCENE(we_begin_and_may_say_goodbye),
		SCENE(when_too_many_begin_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
