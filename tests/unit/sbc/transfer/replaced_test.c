/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/replaced.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct replaces named(const struct buf *call_id, const struct buf *to_tag, const struct buf *from_tag)
{
	return (struct replaces){
		.call_id = buf_span(call_id),
		.to_tag = buf_span(to_tag),
		.from_tag = buf_span(from_tag),
	};
}

static struct replaces of(const char *call_id, const char *to_tag, const char *from_tag)
{
	return (struct replaces){
		.call_id = span_str(call_id),
		.to_tag = span_str(to_tag),
		.from_tag = span_str(from_tag),
	};
}

static void expect_found(const struct replaces *r, const struct leg *leg)
{
	struct leg *l = NULL;

	assert_int_equal(replaced_find(bench.e, r, &l), REPLACED_FOUND);
	assert_ptr_equal(l, leg);
}

/* Both parties name both dialogs as they know them; all others by our alias. What is meant is the peer at the far end.
 */
static void a_dialog_has_several_names(void **state)
{
	struct span ok;
	struct call *c;
	struct leg *a, *b;
	struct replaces r;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	a = c->leg[SIDE_A];
	b = c->leg[SIDE_B];
	r = named(a->call_id, a->local_tag, a->remote_tag); /* the caller would have the callee replaced */
	expect_found(&r, b);
	r = named(b->call_id, b->local_tag, b->remote_tag);
	expect_found(&r, a);
	r = replaced_name(b); /* the callee speaks of its own end */
	expect_found(&r, b);
	r = replaced_name(a);
	expect_found(&r, a);
	r = replaced_alias(b);
	expect_found(&r, b);
	r = replaced_alias(a);
	expect_found(&r, a);
	/* An alias shows nothing of what the parties wrote. */
	assert_false(span_eq(replaced_alias(b).to_tag, buf_span(b->remote_tag)));
	bench_close(&bench);
}

static void tags_must_fit(void **state)
{
	struct span ok;
	struct leg *a, *b, *l;
	struct call *c;
	struct replaces r;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	a = c->leg[SIDE_A];
	b = c->leg[SIDE_B];
	r = named(a->call_id, a->local_tag, b->remote_tag);
	assert_int_equal(replaced_find(bench.e, &r, &l), REPLACED_FOREIGN);
	r = named(b->call_id, a->remote_tag, b->local_tag);
	assert_int_equal(replaced_find(bench.e, &r, &l), REPLACED_UNKNOWN);
	r = of("trunkcall", "x", "y");
	assert_int_equal(replaced_find(bench.e, &r, &l), REPLACED_FOREIGN);
	bench_close(&bench);
}

/* X4. */
static void what_state_the_dialog_is_in(void **state)
{
	struct span ok;
	struct call *c;
	struct leg *l = NULL;
	struct replaces r;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	r = replaced_alias(c->leg[SIDE_B]);
	r.early_only = true;
	assert_int_equal(replaced_find(bench.e, &r, &l), REPLACED_ANSWERED);
	bench_receive(&bench, bench_carrier(&bench), bench_in_dialog(&bench, ok, "BYE", 2, ""));
	assert_int_equal(replaced_find(bench.e, &r, &l), REPLACED_ENDED);
	bench_answer_byes(&bench);
	bench_close(&bench);
}

/* A Call-ID that only we write, but that we don't know. */
static void ours_but_unknown(void **state)
{
	static const struct {
		const char *call_id;
		enum replaced_verdict verdict;
	} cases[] = {
		{ "abcdfghjklmnpqrstvwxyz01", REPLACED_UNKNOWN },
		{ "abcdfghjklmnpqrstvwxyz0", REPLACED_FOREIGN },
		{ "abcdefghijklmnopqrstuvwx", REPLACED_FOREIGN },
		{ "abcdfghjklmn@192.0.2.1:5", REPLACED_FOREIGN },
	};
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct replaces r = of(cases[i].call_id, "t", "f");

		assert_int_equal(replaced_find(bench.e, &r, &l), cases[i].verdict);
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialog_has_several_names),
		cmocka_unit_test(tags_must_fit),
		cmocka_unit_test(what_state_the_dialog_is_in),
		cmocka_unit_test(ours_but_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
