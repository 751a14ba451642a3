/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/session/leg.h"

static void the_tag_used_last_is_in_force(void **state)
{
	struct leg *l = leg_new(0, SPAN("z"), 1);

	(void)state;
	assert_false(span_is_set(leg_tag(l)));
	assert_int_equal(leg_use_tag(l, SPAN("a")), 0);
	assert_int_equal(leg_use_tag(l, SPAN("b")), 0);
	assert_int_equal(leg_use_tag(l, SPAN("a")), 0);
	assert_int_equal(l->ntag, 2);
	assert_true(span_eq(leg_tag(l), SPAN("a")));
	assert_true(leg_has_tag(l, SPAN("b")));
	leg_drop_tag(l, SPAN("a"));
	leg_drop_tag(l, SPAN("nobody's"));
	assert_true(span_eq(leg_tag(l), SPAN("b")));
	assert_int_equal(l->ntag, 1);
	leg_free(l);
}

static void the_tag_longest_out_of_force_makes_room(void **state)
{
	struct leg *l = leg_new(0, (struct span){ 0 }, 1);
	char tag[8];

	(void)state;
	for (unsigned i = 0; i < LEG_TAG_MAX + 3; i++) {
		snprintf(tag, sizeof(tag), "t%u", i);
		assert_int_equal(leg_use_tag(l, span_str(tag)), 0);
	}
	assert_int_equal(l->ntag, LEG_TAG_MAX);
	assert_true(span_eq(leg_tag(l), span_str(tag)));
	assert_false(leg_has_tag(l, SPAN("t2")));
	assert_true(leg_has_tag(l, SPAN("t3")));
	leg_free(l);
}

static void the_empty_tag_is_a_tag(void **state)
{
	struct leg *l = leg_new(0, SPAN(""), 1);

	(void)state;
	assert_true(span_is_set(l->via_branch));
	assert_false(leg_has_tag(l, SPAN("")));
	assert_int_equal(leg_use_tag(l, SPAN("")), 0);
	assert_true(leg_has_tag(l, SPAN("")));
	assert_int_equal(l->ntag, 1);
	leg_free(l);
}

static void streams_are_kept_when_the_leg_grows(void **state)
{
	struct leg *l = leg_new(0, (struct span){ 0 }, 1);

	(void)state;
	assert_int_equal(leg_grow(l, 1), 0);
	l->stream[0].port = 4000;
	assert_int_equal(leg_grow(l, SDP_MEDIA_MAX), 0);
	assert_int_equal(leg_grow(l, 2), 0);
	assert_int_equal(l->nstream, SDP_MEDIA_MAX);
	assert_int_equal(l->stream[0].port, 4000);
	assert_int_equal(l->stream[SDP_MEDIA_MAX - 1].port, 0);
	assert_false(stream_is_open(&l->stream[0]));
	leg_free(l);
}

static void an_offer_that_waits_changes_nothing(void **state)
{
	const struct target offered[] = { { .known = true, .held = true } };
	struct leg *l = leg_new(0, (struct span){ 0 }, 1);

	(void)state;
	assert_int_equal(leg_grow(l, 2), 0);
	l->stream[1].now = (struct target){ .known = true };
	assert_ptr_equal(leg_offered(l, 1), &l->stream[1].now);
	assert_int_equal(leg_expect(l, offered, 1), 0);
	assert_true(leg_offered(l, 0)->held);
	assert_true(leg_offered(l, 1)->refused); /* not offered any more */
	assert_false(l->stream[0].now.known);
	assert_false(l->stream[1].now.refused);
	/* What the answer has more is none of the offer's. */
	assert_int_equal(leg_grow(l, SDP_MEDIA_MAX), 0);
	assert_true(leg_offered(l, 0)->held);
	assert_false(leg_offered(l, SDP_MEDIA_MAX - 1)->known);
	leg_settle(l);
	assert_ptr_equal(leg_offered(l, 0), &l->stream[0].now);
	leg_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tag_used_last_is_in_force),
		cmocka_unit_test(the_tag_longest_out_of_force_makes_room),
		cmocka_unit_test(the_empty_tag_is_a_tag),
		cmocka_unit_test(streams_are_kept_when_the_leg_grows),
		cmocka_unit_test(an_offer_that_waits_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
