/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/session/session.h"

static struct leg *leg(const char *via, const char *tag)
{
	struct leg *l = leg_new(0, span_str(via), 1);

	assert_int_equal(leg_use_tag(l, span_str(tag)), 0);
	return l;
}

static void keeps_its_own_texts(void **state)
{
	char call[] = "call", owner[] = "owner";
	struct session *s = session_new(span_str(call), span_str(owner));

	(void)state;
	memset(call, 'x', 4);
	memset(owner, 'x', 5);
	assert_true(span_eq(s->call_id, SPAN("call")));
	assert_true(span_eq(s->owner, SPAN("owner")));
	session_free(s);
	s = session_new(SPAN("call"), (struct span){ 0 });
	assert_false(span_is_set(s->owner));
	session_free(s);
}

static void finds_legs_by_tag_and_branch(void **state)
{
	struct session *s = session_new(SPAN("c"), (struct span){ 0 });
	struct leg *one = leg("z1", "B1"), *two = leg("z2", "B2");

	(void)state;
	s->near = leg(NULL, "A");
	session_add_far(s, one);
	session_add_far(s, two);
	assert_ptr_equal(session_leg(s, SPAN("A")), s->near);
	assert_ptr_equal(session_leg(s, SPAN("B1")), one);
	assert_null(session_leg(s, SPAN("B")));
	assert_null(session_leg(s, (struct span){ 0 }));
	assert_ptr_equal(session_branch(s, SPAN("z2")), two);
	assert_null(session_branch(s, SPAN("z")));
	session_free(s);
}

static void the_row_holds_those_that_are_there(void **state)
{
	static const unsigned orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 }, { 1, 2, 0 } };

	(void)state;
	for (unsigned i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct session s[3] = { 0 };
		struct session_list all = { 0 };

		for (unsigned k = 0; k < 3; k++)
			session_join(&all, &s[k]);
		for (unsigned k = 0; k < 3; k++) {
			unsigned n = 0;

			for (const struct session *one = all.first; one; one = one->next, n++)
				assert_true(!one->before || one->before->next == one);
			assert_int_equal(n, 3 - k);
			session_leave(&all, &s[orders[i][k]]);
		}
		assert_null(all.first);
	}
}

static void who_talks_with_whom(void **state)
{
	struct session *s = session_new(SPAN("c"), (struct span){ 0 });
	struct leg *one = leg("z1", "B1"), *two = leg("z2", "B2");

	(void)state;
	s->near = leg(NULL, "A");
	session_add_far(s, one);
	session_add_far(s, two);
	assert_null(session_peer(s, s->near));
	assert_null(session_peer(s, one));
	s->joined = one;
	s->offerer = one;
	assert_ptr_equal(session_peer(s, s->near), one);
	assert_ptr_equal(session_peer(s, one), s->near);
	assert_null(session_peer(s, two));
	session_take_far(s, one);
	assert_null(session_peer(s, s->near));
	assert_null(s->offerer);
	assert_ptr_equal(s->far, two);
	assert_null(two->next);
	leg_free(one);
	session_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_its_own_texts),
		cmocka_unit_test(finds_legs_by_tag_and_branch),
		cmocka_unit_test(the_row_holds_those_that_are_there),
		cmocka_unit_test(who_talks_with_whom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
