/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunkregs.h"

#include "tests/unit/sbc/bench.h"

#define TRUNK(rest)                                                                                                    \
	"{ " BENCH_REALMS ", \"trunks\": { \"carrier\": { \"realm\": \"internet\","                                    \
	" \"peers\": [\"203.0.113.99\", \"203.0.113.98\"], \"probe\": \"0s\"" rest " } }, " BENCH_LIMITS " }"
#define CONF                                                                                                           \
	TRUNK(", \"register\": { \"user\": \"acct\", \"password\": \"env:X\", \"domain\": \"carrier.example\","        \
	      " \"expires\": \"600s\" }")
#define CONTACT "Contact: <sip:acct@198.51.100.5:5060>;expires=600\n"

static struct bench bench;

static enum trunkreg_state state_now(void)
{
	struct trunkreg_report r;

	assert_true(trunkregs_report(bench.e->registrations, 0, &r));
	return r.state;
}

/* How long until the next REGISTER, ms. */
static uint64_t next_after(uint64_t most)
{
	uint64_t from = core_now(&bench.e->core);
	unsigned n = bench.nsent;

	for (uint64_t i = 0; i < most && bench.nsent == n; i += 100)
		bench_pass(&bench, 100);
	assert_true(bench.nsent > n);
	return core_now(&bench.e->core) - from;
}

/* Our first REGISTER is out. */
static void open_asked(const char *conf)
{
	bench_open(&bench, conf);
	assert_in_range(next_after(1100), 0, 1100);
	assert_int_equal(bench.nsent, 1);
}
static void the_request(void **state)
{
	(void)state;
	open_asked(CONF);
	bench_expect(bench_last(&bench), "REGISTER sip:carrier.example SIP/2.0\r\n");
	bench_expect(bench_last(&bench), "\r\nFrom: <sip:acct@carrier.example>;tag=");
	bench_expect(bench_last(&bench), "\r\nTo: <sip:acct@carrier.example>\r\n");
	bench_expect(bench_last(&bench), "\r\nContact: <sip:acct@198.51.100.5:5060>\r\nExpires: 600\r\n");
	bench_close(&bench);
	/* The AOR is at the first peer where no domain is given. */
	open_asked(TRUNK(", \"register\": { \"user\": \"acct\", \"password\": \"env:X\" }"));
	bench_expect(bench_last(&bench), "REGISTER sip:203.0.113.99 SIP/2.0\r\n");
	bench_expect(bench_last(&bench), "Expires: 3600\r\n");
	bench_close(&bench);
}

/* What is granted, and when we ask again: between 80 and 90 per cent of it. */
static void refreshes(void **state)
{
	static const struct {
		const char *lines;
		unsigned granted_s;
	} cases[] = {
		{ CONTACT, 600 },
		{ "Contact: <sip:acct@198.51.100.5:5060>;expires=60\nExpires: 3600\n", 60 },
		{ "Contact: <sip:else@192.0.2.1>;expires=7, <sip:acct@198.51.100.5>\nExpires: 100\n", 100 },
		{ "", 600 },
		{ "Expires: 0\n", 10 },
		{ "Expires: x\n", 600 },
		{ "Contact: *\nExpires: 120\n", 120 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t ms;

		open_asked(CONF);
		bench_answer(&bench, 0, 200, cases[i].lines, "");
		assert_int_equal(state_now(), TRUNKREG_UP);
		ms = next_after(1000000);
		if (ms < 800ull * cases[i].granted_s || ms > 900ull * cases[i].granted_s + 200)
			fail_msg("%s: %llu", cases[i].lines, (unsigned long long)ms);
		bench_expect(bench_last(&bench), "CSeq: 2 REGISTER");
		bench_close(&bench);
	}
}

/* What becomes of it, and how long the pause is (± 20 per cent); 0: the next peer, at once. */
static void failures(void **state)
{
	static const struct {
		uint16_t status;
		const char *lines;
		enum trunkreg_state state;
		unsigned pause_s;
	} cases[] = {
		{ 403, "", TRUNKREG_REFUSED, 900 },
		{ 401, "WWW-Authenticate: Digest realm=r, nonce=n\n", TRUNKREG_REFUSED, 900 }, /* no secret is there */
		{ 302, "Contact: <sip:elsewhere.example>\n", TRUNKREG_REFUSED, 900 },
		{ 423, "Min-Expires: 60\n", TRUNKREG_REFUSED, 900 },
		{ 423, "Min-Expires: 99999999\n", TRUNKREG_REFUSED, 900 },
		{ 500, "", TRUNKREG_TRYING, 0 },
		{ 503, "Retry-After: 10\n", TRUNKREG_TRYING, 0 },
		{ 423, "Min-Expires: 700\n", TRUNKREG_TRYING, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%u %s\n", cases[i].status, cases[i].lines);
		open_asked(CONF);
		bench_answer(&bench, 0, cases[i].status, cases[i].lines, "");
		assert_int_equal(state_now(), cases[i].state);
		assert_int_equal(bench.nsent, cases[i].pause_s ? 1 : 2);
		if (cases[i].pause_s)
			assert_in_range(next_after(2000000), 800ull * cases[i].pause_s,
					1200ull * cases[i].pause_s + 100);
		bench_close(&bench);
	}
}

/* Both peers have no time: a pause of 30 s, twice as long each time, at most 15 minutes. */
static void pauses_grow(void **state)
{
	static const unsigned pauses_s[] = { 30, 60, 120, 240, 480, 900, 900 };
	(void)state;

	open_asked(CONF);
	for (size_t i = 0; i < sizeof(pauses_s) / sizeof(*pauses_s); i++) {
		bench_answer(&bench, bench.nsent - 1, 500, "", "");
		bench_answer(&bench, bench.nsent - 1, 500, "", "");
		assert_int_equal(state_now(), TRUNKREG_FAILED);
		assert_in_range(next_after(2000000), 800ull * pauses_s[i], 1200ull * pauses_s[i] + 100);
	}
	/* The trunk says how long, where that is longer. */
	bench_answer(&bench, bench.nsent - 1, 500, "", "");
	bench_answer(&bench, bench.nsent - 1, 500, "Retry-After: 2000 (maintenance)\n", "");
	assert_in_range(next_after(4000000), 1600000, 2400100);
	bench_answer(&bench, bench.nsent - 1, 200, CONTACT, "");
	assert_int_equal(state_now(), TRUNKREG_UP);
	bench_close(&bench);
}

static void silence(void **state)
{
	struct flow second;
	(void)state;

	open_asked(CONF);
	second = bench_flow(&bench, "internet", "203.0.113.98");
	bench_pass(&bench, 33000);
	assert_true(addr_eq(&bench.sent[bench.nsent - 1].to.peer, &second.peer));
	bench_pass(&bench, 33000);
	assert_int_equal(state_now(), TRUNKREG_FAILED);
	assert_non_null(strstr(bench.log, "trunk carrier: not registered: no answer; tried again in about 30 s"));
	/* Something was mended. */
	bench_forget(&bench);
	trunkregs_retry(bench.e->registrations);
	assert_in_range(next_after(1100), 0, 1100);
	bench_close(&bench);
}

/* A challenge from somebody else is none (A2). */
static void from_elsewhere(void **state)
{
	struct flow stranger;
	(void)state;

	open_asked(CONF);
	stranger = bench_flow(&bench, "internet", "192.0.2.66");
	bench.sent[0].to = stranger;
	bench_answer(&bench, 0, 401, "WWW-Authenticate: Digest realm=r, nonce=n\n", "");
	assert_int_equal(bench_count(&bench, COUNT_DROP_ELSEWHERE), 1);
	assert_int_equal(bench.nsent, 1);
	assert_int_equal(state_now(), TRUNKREG_TRYING);
	bench_close(&bench);
}

/* No peer is known yet, or all are down: asked again before long, and one line in the log. */
static void no_peers(void **state)
{
	char *told;
	(void)state;

	bench_open(&bench, "{ " BENCH_REALMS ", \"trunks\": { \"carrier\": { \"realm\": \"internet\", \"peers\": "
			   "[\"carrier.example\"], \"register\": { \"user\": \"acct\", \"password\": \"env:X\" } "
			   "} }, " BENCH_LIMITS " }");
	bench_pass(&bench, 9000);
	assert_int_equal(state_now(), TRUNKREG_TRYING);
	bench_pass(&bench, 200000);
	assert_int_equal(state_now(), TRUNKREG_FAILED);
	assert_int_equal(bench.nsent, 0);
	told = strstr(bench.log, "trunk carrier: not registered: none of its peers can be used now");
	assert_non_null(told);
	assert_null(strstr(told + 1, "trunk carrier: not registered"));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request), cmocka_unit_test(refreshes), cmocka_unit_test(failures),
		cmocka_unit_test(pauses_grow), cmocka_unit_test(silence),   cmocka_unit_test(from_elsewhere),
		cmocka_unit_test(no_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
