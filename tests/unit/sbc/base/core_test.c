/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/sbc/bench.h"

static struct bench bench;

static bool same(struct name a, struct name b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

#define PARTS(...)                                                                                                     \
	(const struct span[]){ __VA_ARGS__ }, sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span)
#define NAME(...) core_name(&bench.e->core, PARTS(__VA_ARGS__))

static void names_tell_parts_apart(void **state)
{
	char longer[600];
	struct span a, b;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	assert_true(same(NAME(SPAN("a"), SPAN("b")), NAME(SPAN("a"), SPAN("b"))));
	assert_false(same(NAME(SPAN("a"), SPAN("b")), NAME(SPAN("b"), SPAN("a"))));
	assert_false(same(NAME(SPAN("ab"), SPAN("c")), NAME(SPAN("a"), SPAN("bc"))));
	assert_false(same(NAME(SPAN("a")), NAME(SPAN("a"), SPAN(""))));
	/* Whatever bytes the sender puts in. */
	assert_false(same(NAME(SPAN("a\nb"), SPAN("c")), NAME(SPAN("a"), SPAN("b\nc"))));
	assert_false(same(NAME(SPAN("a\0b"), SPAN("c")), NAME(SPAN("a"), SPAN("b\0c"))));
	/* Long parts count to their last byte, and 15 of them fit. */
	memset(longer, 'x', sizeof(longer));
	a = bench_keep(&bench, span_of(longer, sizeof(longer)));
	longer[sizeof(longer) - 1] = 'y';
	b = bench_keep(&bench, span_of(longer, sizeof(longer)));
	assert_false(same(NAME(a), NAME(b)));
	a.n = b.n = 256;
	assert_false(same(NAME(a, a, a, a, a, a, a, a, a, a, a, a, a, a, SPAN("1")),
			  NAME(a, a, a, a, a, a, a, a, a, a, a, a, a, a, SPAN("2"))));
	bench_close(&bench);
}

static void names_depend_on_the_key(void **state)
{
	struct name before;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	before = NAME(SPAN("a"));
	bench.e->core.key[0].k0 ^= 1;
	bench.e->core.key[1].k0 ^= 1;
	assert_int_not_equal(before.hi, NAME(SPAN("a")).hi);
	assert_int_not_equal(before.lo, NAME(SPAN("a")).lo);
	bench_close(&bench);
}

/* The domain where phones know one, the public address elsewhere: never the one we bind. */
static void what_we_call_ourselves(void **state)
{
	static const char conf[] =
		"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"listen\": [\"udp:5080\"],"
		" \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { \"domains\": [\"example.com\", \"x.org\"] } "
		"},"
		" \"six\": { \"address\": \"2001:db8::5\", \"media\": { \"ports\": \"20000-20099\" } },"
		" \"nat\": { \"address\": \"10.1.0.5\", \"public\": \"198.51.100.5\", \"media\": { \"ports\": "
		"\"30000-30099\" } }"
		" } }";
	static const struct {
		const char *realm, *peer, *sent_by, *host;
	} cases[] = {
		{ "lan", "10.0.0.9", "10.0.0.5:5080", "example.com" },
		{ "six", "[2001:db8::9]", "[2001:db8::5]:5060", "[2001:db8::5]" },
		{ "nat", "203.0.113.1", "198.51.100.5:5060", "198.51.100.5" },
	};

	(void)state;
	bench_open(&bench, conf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow f = bench_flow(&bench, cases[i].realm, cases[i].peer);
		char text[128];
		struct writer w = writer_over(text, sizeof(text) - 1);

		core_write_sent_by(&bench.e->core, &w, &f);
		text[w.n] = '\0';
		assert_string_equal(text, cases[i].sent_by);
		w = writer_over(text, sizeof(text) - 1);
		core_write_host(&bench.e->core, &w, f.realm);
		text[w.n] = '\0';
		assert_string_equal(text, cases[i].host);
	}
	bench_close(&bench);
}

static void what_is_sent_is_counted(void **state)
{
	struct flow to;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	to = bench_phone(&bench);
	core_send(&bench.e->core, &to, SPAN("x"));
	assert_int_equal(bench_count(&bench, COUNT_TX_MESSAGE), 1);
	assert_true(flow_eq(&bench.sent[0].to, &to));
	assert_true(span_eq(bench_last(&bench), SPAN("x")));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tell_parts_apart),
		cmocka_unit_test(names_depend_on_the_key),
		cmocka_unit_test(what_we_call_ourselves),
		cmocka_unit_test(what_is_sent_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
