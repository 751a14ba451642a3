/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinhole/pinholes.h"

#include "tests/unit/sbc/firewallbench.h"

static struct bench bench;
static struct pinholes *holes;

static int open_bench(void **state)
{
	(void)state;
	firewallbench_open(&bench, BENCH_CONF);
	holes = &bench.e->pinholes;
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

static struct addr at(const char *text)
{
	struct addr a = { 0 };

	if (text)
		assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static struct firewall_hole a_hole(const char *ours, const char *owner)
{
	return (struct firewall_hole){ .owner = span_str(owner), .protocol = 17, .ours = at(ours), .idle_s = 30 };
}

static struct pinhole *open_one(const char *ours)
{
	struct firewall_hole h = a_hole(ours, "c1");
	struct pinhole *p = pinholes_open(holes, &h);

	assert_non_null(p);
	return p;
}

static void keep(struct pinhole *h, const char *peer)
{
	struct addr a = at(peer);

	pinholes_keep(h, &a);
}

/* ----- the tests ----- */

static void its_life(void **state)
{
	struct pinhole *h;

	(void)state;
	firewallbench_comes();
	h = open_one("198.51.100.5:20000");
	assert_int_equal(h->state, PINHOLE_ASKED);
	assert_string_equal(firewallbench_asked(), "open 198.51.100.5:20000 for anybody;");
	assert_true(span_eq(firewallbench.asked[0].hole.owner, SPAN("c1")));
	assert_int_equal(firewallbench.asked[0].hole.idle_s, 30);
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(h->state, PINHOLE_OPEN);
	assert_ptr_equal(pinholes_find(holes, h->hole.id), h);

	keep(h, "203.0.113.9:4000");
	assert_string_equal(firewallbench_asked(), "narrow 198.51.100.5:20000 for 203.0.113.9:4000;");
	firewallbench_answer(FIREWALL_DONE);
	keep(h, "203.0.113.9:4000"); /* once more: it goes on */
	assert_string_equal(firewallbench_asked(), "open 198.51.100.5:20000 for 203.0.113.9:4000;");
	firewallbench_answer(FIREWALL_DONE);
	keep(h, NULL); /* to be learnt anew */
	assert_string_equal(firewallbench_asked(), "open 198.51.100.5:20000 for anybody;");
	firewallbench_answer(FIREWALL_DONE);

	pinholes_close(h);
	assert_null(pinholes_find(holes, firewallbench.asked[0].hole.id));
	assert_string_equal(firewallbench_asked(), "close;");
	firewallbench_answer(FIREWALL_NO_SUCH); /* it had fallen silent */
	assert_null(holes->first);
}

static void narrowed_when_it_has_closed(void **state)
{
	struct pinhole *h;

	(void)state;
	firewallbench_comes();
	h = open_one("198.51.100.5:20000");
	firewallbench_flush();
	firewallbench_answer(FIREWALL_DONE);
	keep(h, "203.0.113.9:4000");
	firewallbench_flush();
	firewallbench_answer(FIREWALL_NO_SUCH);
	assert_string_equal(firewallbench_asked(), "open 198.51.100.5:20000 for 203.0.113.9:4000;");
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(h->state, PINHOLE_OPEN);
}

/* Before it is open, narrowing is opening for one. */
static void narrowed_before_it_is_open(void **state)
{
	struct pinhole *h;

	(void)state;
	firewallbench_comes();
	h = open_one("198.51.100.5:20000");
	keep(h, "203.0.113.9:4000");
	assert_string_equal(firewallbench_asked(), "open 198.51.100.5:20000 for 203.0.113.9:4000;");
}

static void it_is_refused(void **state)
{
	static const struct {
		enum firewall_result result;
		const char *words;
	} cases[] = {
		{ FIREWALL_FULL, "did not open 198.51.100.5:20000 for c1: it holds no more" },
		{ FIREWALL_REFUSED, "it makes no sense there" },
		{ FIREWALL_FAILED, "the kernel would not have it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pinhole *h;

		if (i) {
			close_bench(NULL);
			open_bench(NULL);
		}
		firewallbench_comes();
		h = open_one("198.51.100.5:20000");
		open_one("198.51.100.5:20002");
		firewallbench_flush();
		firewallbench_answer(cases[i].result);
		assert_int_equal(h->state, PINHOLE_REFUSED);
		bench_expect(span_str(bench.log), cases[i].words);
		bench_expect_no(span_str(bench.log), "20002"); /* one line is enough */
		keep(h, NULL);
		firewallbench_flush();
		firewallbench_answer(FIREWALL_DONE);
		assert_int_equal(h->state, PINHOLE_OPEN);
	}
}

/* The firewall ends it then, and so do we. */
static void its_time_is_over(void **state)
{
	struct firewall_hole h = a_hole("198.51.100.5:9000", PINHOLES_BY_HAND);
	struct pinhole *p;

	(void)state;
	firewallbench_comes();
	h.lifetime_s = 600;
	h.idle_s = 0;
	p = pinholes_open(holes, &h);
	assert_non_null(p);
	assert_in_range(p->hole.id, 1, UINT32_MAX);
	firewallbench_flush();
	assert_int_equal(firewallbench.asked[0].hole.lifetime_s, 600);
	firewallbench_answer(FIREWALL_DONE);
	engine_advance(bench.e, BENCH_NOW + 400000);
	firewalllink_lost(&bench.e->firewall, "gone");
	firewalllink_connected(&bench.e->firewall); /* the next one keeps it for what is left */
	firewallbench_flush();
	assert_string_equal(firewallbench_asked(), "hello;list;open 198.51.100.5:9000 for anybody;");
	assert_int_equal(firewallbench.asked[2].hole.lifetime_s, 200);
	firewallbench_answer(FIREWALL_DONE);
	engine_advance(bench.e, BENCH_NOW + 599000);
	assert_non_null(holes->first);
	engine_advance(bench.e, BENCH_NOW + 600500);
	assert_null(holes->first);
	assert_string_equal(firewallbench_asked(), "");
}

/* Closed and opened under its name before the firewall has answered: it is open. */
static void the_same_again(void **state)
{
	struct firewall_hole h = a_hole("198.51.100.5:20000", "c1");
	struct pinhole *p;

	(void)state;
	firewallbench_comes();
	h.id = 7;
	p = pinholes_open(holes, &h);
	assert_null(pinholes_open(holes, &h)); /* it is taken */
	firewallbench_flush();
	firewallbench_answer(FIREWALL_DONE);
	pinholes_close(p);
	firewallbench_flush();
	p = pinholes_open(holes, &h);
	assert_non_null(p);
	firewallbench_answer(FIREWALL_DONE); /* of closing it */
	assert_int_equal(p->state, PINHOLE_ASKED);
	assert_string_equal(firewallbench_asked(), "open 198.51.100.5:20000 for anybody;");
	firewallbench_answer(FIREWALL_DONE);
	assert_int_equal(p->state, PINHOLE_OPEN);
}

static void nobody_is_there(void **state)
{
	struct pinhole *h;

	(void)state;
	h = open_one("198.51.100.5:20000");
	open_one("198.51.100.5:20002");
	pinholes_close(h); /* nothing to be told */
	firewalllink_connected(&bench.e->firewall);
	assert_string_equal(firewallbench_asked(), "hello;list;open 198.51.100.5:20002 for anybody;");
}

/* What an sbc before us left: what was opened by hand stays, what is of calls that are no more goes. */
static void leftovers(void **state)
{
	const struct firewall_answer rows[] = {
		{ .hole = a_hole("198.51.100.5:20000", "c1"), .expires_s = 20 },
		{ .hole = a_hole("198.51.100.5:9000", PINHOLES_BY_HAND), .expires_s = 100 },
		{ .hole = a_hole("198.51.100.5:20002", "c2"), .expires_s = 30 },
	};
	struct firewall_hole mine = a_hole("198.51.100.5:20002", "c2");
	struct pinhole *h;

	(void)state;
	mine.id = 3;
	pinholes_open(holes, &mine);
	firewalllink_connected(&bench.e->firewall);
	firewallbench_flush();
	for (unsigned i = 0; i < 3; i++) {
		struct firewall_answer a = rows[i];

		a.seq = firewallbench.asked[1].seq;
		a.verb = FIREWALL_LIST;
		a.hole.id = i + 1;
		a.hole.lifetime_s = i == 1 ? 600 : 0;
		a.last = i == 2;
		firewallbench_answer_with(a);
	}
	firewallbench.n = 0;
	assert_string_equal(firewallbench_asked(), "close;");
	assert_int_equal(firewallbench.asked[0].hole.id, 1);
	h = pinholes_find(holes, 2);
	assert_non_null(h);
	assert_int_equal(h->until, BENCH_NOW + 100000);
	assert_non_null(pinholes_find(holes, 3));
	assert_null(pinholes_find(holes, 1));
	engine_advance(bench.e, BENCH_NOW + 100500);
	assert_null(pinholes_find(holes, 2));
}

static void so_many_and_no_more(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PINHOLES_MAX; i++) {
		struct firewall_hole h = a_hole("198.51.100.5:20000", "c1");

		h.id = i + 1;
		assert_non_null(pinholes_open(holes, &h));
	}
	struct firewall_hole h = a_hole("198.51.100.5:20000", "c1");

	assert_null(pinholes_open(holes, &h));
	pinholes_close(pinholes_find(holes, 5));
	assert_non_null(pinholes_open(holes, &h));
}

/* nftables is not to be used. */
static void there_is_no_firewall(void **state)
{
	struct firewall_hole h = a_hole("198.51.100.5:20000", "c1");

	(void)state;
	close_bench(NULL);
	bench_open(&bench, BENCH_CONF);
	assert_null(pinholes_open(&bench.e->pinholes, &h));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(its_life),
		TEST(narrowed_when_it_has_closed),
		TEST(narrowed_before_it_is_open),
		TEST(it_is_refused),
		TEST(its_time_is_over),
		TEST(the_same_again),
		TEST(nobody_is_there),
		TEST(leftovers),
		TEST(so_many_and_no_more),
		TEST(there_is_no_firewall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
