/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/adopt.h"

#include "sbc/call/branch.h"
#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

struct name_of {
	char id[TOKEN_ID_LEN + 1];
};

static struct name_of name_of(const struct call *c)
{
	struct name_of n;

	memcpy(n.id, c->id, sizeof(n.id));
	return n;
}

static struct call *found(const struct name_of *n)
{
	return calls_find(bench.e, span_str(n->id));
}

static unsigned count_legs(const struct call *c)
{
	unsigned n = 0;

	for (const struct leg *l = c->legs; l; l = l->next) {
		assert_ptr_equal(l->call, c);
		n++;
	}
	return n;
}

static struct pass *pass_to(struct leg *to)
{
	struct pass *p = pass_new_own(to->call, to->peer, SIP_INFO);

	assert_non_null(branch_new(p, to));
	return p;
}

/* A call to somebody new, whose session goes on: the caller of the first (kept: side A, or B) talks with its callee. */
static void the_far_side_of_a_new_call(void **state)
{
	(void)state;
	for (int side = SIDE_A; side <= SIDE_B; side++) {
		struct call *c, *asked;
		struct leg *rest, *far, *lost, *stays;
		struct name_of old, new;
		struct pass *p;

		bench_open(&bench, BENCH_CONF);
		c = calls_new(bench.e);
		asked = calls_new(bench.e);
		rest = c->leg[side];
		far = asked->leg[SIDE_B];
		stays = asked->leg[SIDE_A];
		lost = leg_make(asked, SIDE_B); /* another phone, which did not answer */
		strcpy(far->media, "b7");
		c->media = true;
		p = pass_to(far);
		old = name_of(c);
		new = name_of(asked);
		adopt(bench.e, rest, far, asked);
		assert_ptr_equal(rest->peer, far);
		assert_ptr_equal(far->peer, rest);
		assert_ptr_equal(c->leg[side], rest);
		assert_ptr_equal(c->leg[side_other((enum side)side)], far);
		assert_int_equal(far->side, side_other((enum side)side));
		assert_int_equal(lost->side, far->side);
		assert_int_equal(count_legs(c), 4);
		assert_int_equal(count_legs(asked), 1);
		assert_ptr_equal(asked->legs, stays);
		assert_ptr_equal(c->passes, p);
		assert_ptr_equal(p->call, c);
		assert_ptr_equal(p->from, rest);
		assert_null(asked->passes);
		/* What the relay has for the new one is the first one's now, and the other way round. */
		assert_ptr_equal(found(&new), c);
		assert_ptr_equal(found(&old), asked);
		assert_string_equal(rest->media, "a");
		assert_string_equal(far->media, "b7");
		assert_false(c->media);
		assert_true(asked->media);
		calls_free(bench.e, asked);
		calls_free(bench.e, c);
		bench_close(&bench);
	}
}

/* Two calls with one party in common, and a session that belongs to neither. */
static void two_calls_and_a_new_session(void **state)
{
	struct call *c, *other, *session;
	struct leg *rest, *far, *leaves;
	struct name_of new;
	struct pass *to_far;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = calls_new(bench.e);
	other = calls_new(bench.e);
	session = calls_new(bench.e);
	rest = c->leg[SIDE_B];
	far = other->leg[SIDE_A];
	leaves = other->leg[SIDE_B];
	pass_to(leaves);
	to_far = pass_to(far);
	pass_to(leaves);
	new = name_of(session);
	adopt(bench.e, rest, far, session);
	assert_ptr_equal(found(&new), c);
	assert_ptr_equal(c->leg[SIDE_A], far);
	assert_string_equal(rest->media, "a");
	assert_string_equal(far->media, "b");
	assert_int_equal(count_legs(c), 3);
	assert_int_equal(count_legs(other), 1);
	assert_int_equal(count_legs(session), 2);
	assert_ptr_equal(other->leg[SIDE_A], leaves);
	assert_ptr_equal(other->leg[SIDE_B], leaves);
	/* Only what is under way to the one who came. */
	assert_ptr_equal(c->passes, to_far);
	assert_null(to_far->next);
	assert_null(other->passes);
	calls_free(bench.e, session);
	calls_free(bench.e, other);
	calls_free(bench.e, c);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_far_side_of_a_new_call),
		cmocka_unit_test(two_calls_and_a_new_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
