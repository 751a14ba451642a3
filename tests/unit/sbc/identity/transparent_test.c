/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/transparent.h"

#include "sbc/call/leg.h"
#include "tests/unit/sbc/bench.h"

/* The carrier calls alice, who is in lan. */
#define CONF(lan, internet)                                                                                            \
	"{ \"realms\": {"                                                                                              \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"topology\": \"" lan "\"," \
	"  \"phones\": {} },"                                                                                          \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" },"                   \
	"  \"topology\": \"" internet "\" } }, " BENCH_TRUNK " }"
#define OPEN CONF("transparent", "transparent")

static struct bench bench;

static bool is(const struct buf *b, const char *expected)
{
	return span_eq(buf_span(b), span_str(expected));
}

static void between_whom(void **state)
{
	static const struct {
		const char *conf;
		bool open;
	} cases[] = {
		{ OPEN, true },
		{ CONF("transparent", "hide"), false },
		{ CONF("hide", "transparent"), false },
		{ CONF("hide", "hide"), false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		const struct leg *a;

		bench_open(&bench, cases[i].conf);
		a = bench_call(&bench, &ok)->leg[SIDE_A];
		assert_int_equal(transparent_between(bench.e, a, a->peer), cases[i].open);
		assert_int_equal(transparent_between(bench.e, a->peer, a), cases[i].open);
		assert_false(transparent_between(bench.e, NULL, a));
		/* the names that each side has */
		assert_int_equal(is(a->peer->call_id, "trunkcall"), cases[i].open);
		assert_int_equal(is(a->peer->local_tag, "trunktag"), cases[i].open);
		assert_int_equal(is(a->local_tag, "theirs"), cases[i].open);
		assert_int_equal(is(a->peer->local, "\"Caller\" <sip:trunk@example.com>"), cases[i].open);
		assert_int_equal(is(a->peer->remote, "<sip:alice@198.51.100.5>"), cases[i].open);
		bench_close(&bench);
	}
}

/* What may not stand as the user of a Contact is not taken over. */
static void tags_that_cannot_be_ours(void **state)
{
	static const struct {
		const char *tag;
		bool taken;
	} cases[] = {
		{ "a.b-c_d!e~f*g'h", true },
		{ "a%20b", false },
		{ "a`b", false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct call *c;

		bench_open(&bench, OPEN);
		bench.their_tag = cases[i].tag;
		c = bench_invite(&bench);
		bench_answer(&bench, bench.nsent - 1, 180, "Contact: <sip:alice@10.0.0.20:5062>\n", "");
		assert_int_equal(is(c->leg[SIDE_A]->local_tag, cases[i].tag), cases[i].taken);
		bench_close(&bench);
	}
}

/* A name that another call has is left to it. */
static void names_that_are_taken(void **state)
{
	struct span ok;
	struct leg *a, *b;

	(void)state;
	bench_open(&bench, OPEN);
	a = bench_call(&bench, &ok)->leg[SIDE_A];
	b = a->peer;
	assert_int_equal(leg_rename(bench.e, a, buf_span(b->call_id), buf_span(b->local_tag)), -1);
	assert_true(is(a->local_tag, "theirs"));
	assert_ptr_equal(leg_named(bench.e, SPAN("trunkcall"), SPAN("theirs")), a);
	/* its own */
	assert_int_equal(leg_rename(bench.e, a, SPAN("trunkcall"), SPAN("theirs")), 0);
	/* free ones */
	assert_int_equal(leg_rename(bench.e, a, SPAN("trunkcall"), SPAN("others")), 0);
	assert_ptr_equal(leg_named(bench.e, SPAN("trunkcall"), SPAN("others")), a);
	assert_null(leg_named(bench.e, SPAN("trunkcall"), SPAN("theirs")));
	bench_close(&bench);
}

/* Legs of one side share their names, and are told apart by the peer's tag. */
static void names_that_are_shared(void **state)
{
	struct span ok, text;
	struct leg *b, *other;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, OPEN);
	b = bench_call(&bench, &ok)->leg[SIDE_B];
	other = leg_make(b->call, SIDE_B);
	other->call_id = buf_keep(&bench.e->core.bufs, SPAN("x"));
	other->local_tag = buf_keep(&bench.e->core.bufs, SPAN("x"));
	assert_int_equal(leg_rename(bench.e, other, buf_span(b->call_id), buf_span(b->local_tag)), 0);
	text = bench_text(&bench, "INFO sip:x@y SIP/2.0\nFrom: <sip:a@b>;tag=theirs\nTo: <sip:a@b>;tag=trunktag\n"
				  "Call-ID: trunkcall\n\n");
	m = bench_msg(text);
	assert_ptr_equal(leg_find(bench.e, &m), b);
	text = bench_text(&bench, "INFO sip:x@y SIP/2.0\nFrom: <sip:a@b>;tag=new\nTo: <sip:a@b>;tag=trunktag\n"
				  "Call-ID: trunkcall\n\n");
	m = bench_msg(text);
	assert_ptr_equal(leg_find(bench.e, &m), other);
	leg_lose(bench.e, b);
	assert_ptr_equal(leg_named(bench.e, SPAN("trunkcall"), SPAN("trunktag")), other);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_whom),
		cmocka_unit_test(tags_that_cannot_be_ours),
		cmocka_unit_test(names_that_are_taken),
		cmocka_unit_test(names_that_are_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
