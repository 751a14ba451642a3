/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/dnscache.h"

#include "tests/unit/sbc/dnsfake.h"

static struct dnsbench d;
static struct dnscache cache;

static void open_cache(uint32_t capacity, uint32_t stale_s)
{
	dnsfake_open(&d, BENCH_CONF, "");
	d.b.conf->dns.stale_s = stale_s;
	assert_int_equal(dnscache_init(&cache, &d.b.e->core, capacity), 0);
}

static void close_cache(void)
{
	dnscache_fini(&cache);
	bench_close(&d.b);
}

/* The question that went out last is answered. */
static bool answer(enum resolve_status status, const char *lines)
{
	struct dnsfake_asked *a = &d.dns.asked[d.dns.nasked - 1];
	char raw[4096];
	struct writer w = writer_over(raw, sizeof(raw));

	dnstext_answer(&w, 0, a->name, a->type, lines);
	return dnscache_answer(&cache, a->id, status, writer_done(&w));
}

static enum dnscache_state state_of(const char *name)
{
	const struct dnscache_entry *e = dnscache_find(&cache, name, DNS_A);

	assert_non_null(e);
	return e->state;
}

static void expect_counts(unsigned query, unsigned answered, unsigned unanswered, unsigned cached, unsigned stale)
{
	const uint64_t *n = d.b.e->core.count.n;

	assert_int_equal(n[COUNT_DNS_QUERY], query);
	assert_int_equal(n[COUNT_DNS_ANSWER], answered);
	assert_int_equal(n[COUNT_DNS_NO_ANSWER], unanswered);
	assert_int_equal(n[COUNT_DNS_CACHED], cached);
	assert_int_equal(n[COUNT_DNS_STALE], stale);
}

static void counted(void **state)
{
	(void)state;
	open_cache(4, 30);
	state_of("x");
	state_of("x");
	expect_counts(1, 0, 0, 0, 0);
	answer(RESOLVE_OK, "x 10 A 192.0.2.1");
	expect_counts(1, 1, 0, 0, 0);
	state_of("x");
	state_of("x");
	expect_counts(1, 1, 0, 2, 0);
	bench_pass(&d.b, 10000);
	state_of("x");
	expect_counts(2, 1, 0, 2, 1);
	answer(RESOLVE_FAILED, "");
	expect_counts(2, 1, 1, 2, 1);
	state_of("y");
	answer(RESOLVE_NO_NAME, "");
	expect_counts(3, 2, 1, 2, 1);
	close_cache();
}

static void states(void **state)
{
	(void)state;
	open_cache(4, 30);
	assert_int_equal(state_of("x"), DNSCACHE_WAITING);
	assert_int_equal(state_of("X."), DNSCACHE_WAITING);
	assert_int_equal(d.dns.nasked, 1);
	assert_true(answer(RESOLVE_FAILED, ""));
	assert_int_equal(state_of("x"), DNSCACHE_FAILED);
	bench_pass(&d.b, 999);
	assert_int_equal(state_of("x"), DNSCACHE_FAILED);
	assert_int_equal(d.dns.nasked, 1);
	bench_pass(&d.b, 1);
	/* Asked again, but nobody need wait for that. */
	assert_int_equal(state_of("x"), DNSCACHE_FAILED);
	assert_int_equal(d.dns.nasked, 2);
	assert_true(answer(RESOLVE_OK, "x 10 A 192.0.2.1"));
	/* Once only. */
	assert_false(answer(RESOLVE_OK, "x 10 A 192.0.2.2"));
	bench_pass(&d.b, 9999);
	assert_int_equal(state_of("x"), DNSCACHE_KNOWN);
	bench_pass(&d.b, 1);
	assert_int_equal(state_of("x"), DNSCACHE_STALE);
	assert_int_equal(dnscache_find(&cache, "x", DNS_A)->nrecord, 1);
	assert_true(answer(RESOLVE_FAILED, ""));
	bench_pass(&d.b, 29999);
	assert_int_equal(state_of("x"), DNSCACHE_STALE);
	assert_true(answer(RESOLVE_FAILED, ""));
	bench_pass(&d.b, 1);
	assert_int_equal(state_of("x"), DNSCACHE_FAILED);
	assert_int_equal(dnscache_find(&cache, "x", DNS_A)->nrecord, 0);
	/* Said once each time. */
	assert_string_equal(d.b.log, "1 DNS: no answer for A x\n2 DNS: A x is answered again\n"
				     "1 DNS: no answer for A x: what was known is used on\n");
	close_cache();
}

/* RFC 2308 5: how long "there is none" holds. */
static void negative(void **state)
{
	static const struct {
		enum resolve_status status;
		const char *lines;
		uint64_t ms;
	} cases[] = {
		{ RESOLVE_NO_NAME, "", 30000 },
		{ RESOLVE_NO_NAME, "--\nx 60 SOA 5", 5000 },
		{ RESOLVE_NO_DATA, "--\nx 7 SOA 60", 7000 },
		{ RESOLVE_NO_DATA, "--\nx 60 SOA 0", 1000 },
		{ RESOLVE_NO_DATA, "--\nx 86400 SOA 86400", 300000 },
		/* Whatever else is in such an answer is none. */
		{ RESOLVE_NO_NAME, "x 60 A 192.0.2.1", 30000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("case %zu\n", i);
		open_cache(4, 0);
		state_of("x");
		assert_true(answer(cases[i].status, cases[i].lines));
		assert_int_equal(state_of("x"), DNSCACHE_KNOWN);
		assert_int_equal(dnscache_find(&cache, "x", DNS_A)->nrecord, 0);
		bench_pass(&d.b, cases[i].ms - 1);
		assert_int_equal(state_of("x"), DNSCACHE_KNOWN);
		bench_pass(&d.b, 1);
		assert_int_equal(state_of("x"), DNSCACHE_WAITING);
		close_cache();
	}
}

/* Records of somebody else in the answer are none. */
static void only_what_was_asked_for(void **state)
{
	const struct dnscache_entry *e;

	(void)state;
	open_cache(4, 0);
	state_of("x");
	assert_true(answer(RESOLVE_OK, "y 60 A 192.0.2.66\nx 60 AAAA 2001:db8::1\nx 60 A 192.0.2.1\n--\n"
				       "x 60 A 192.0.2.67\n--\nx 60 A 192.0.2.68"));
	e = dnscache_find(&cache, "x", DNS_A);
	assert_int_equal(e->nrecord, 1);
	assert_int_equal(e->record[0].addr.ip[3], 1);
	assert_null(e->alias);
	close_cache();
}

/* The least used goes; what is asked for, or was looked at just now, stays. */
static void bounded_room(void **state)
{
	(void)state;
	open_cache(2, 0);
	state_of("a");
	answer(RESOLVE_OK, "a 600 A 192.0.2.1");
	bench_pass(&d.b, 10);
	state_of("b");
	answer(RESOLVE_OK, "b 600 A 192.0.2.2");
	assert_int_equal(state_of("a"), DNSCACHE_KNOWN);
	/* Both were looked at in this very moment. */
	assert_null(dnscache_find(&cache, "c", DNS_A));
	bench_pass(&d.b, 10);
	state_of("a");
	assert_int_equal(state_of("c"), DNSCACHE_WAITING);
	assert_int_equal(cache.entries.count, 2);
	assert_int_equal(state_of("a"), DNSCACHE_KNOWN);
	bench_pass(&d.b, 10);
	/* a goes, not c: its question is out. */
	assert_int_equal(state_of("b"), DNSCACHE_WAITING);
	assert_null(dnscache_find(&cache, "a", DNS_A));
	close_cache();
}

/* Not all questions of the world at once. */
static void bounded_questions(void **state)
{
	(void)state;
	open_cache(DNSCACHE_FLYING + 10, 0);
	for (unsigned i = 0; i < DNSCACHE_FLYING + 10; i++) {
		char name[16];

		snprintf(name, sizeof(name), "h%u", i);
		assert_int_equal(state_of(name), DNSCACHE_WAITING);
	}
	assert_int_equal(d.dns.nasked, DNSCACHE_FLYING);
	answer(RESOLVE_NO_NAME, "");
	assert_int_equal(state_of("h65"), DNSCACHE_WAITING);
	assert_int_equal(d.dns.nasked, DNSCACHE_FLYING + 1);
	close_cache();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),       cmocka_unit_test(counted),
		cmocka_unit_test(negative),     cmocka_unit_test(only_what_was_asked_for),
		cmocka_unit_test(bounded_room), cmocka_unit_test(bounded_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
