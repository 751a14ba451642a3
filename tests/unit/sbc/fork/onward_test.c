/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/onward.h"

#include "sbc/fork/hunt.h"
#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ " BENCH_REALMS ", " BENCH_TRUNK ", \"routes\": ["                                                           \
	" { \"send\": [\"carrier:1\"], \"next\": [\"busy\", \"unreachable\"] },"                                       \
	" { \"to-number\": \"^3\", \"send\": [\"carrier:2\"], \"emergency\": true, \"next\": [\"busy\"] },"            \
	" { \"to-number\": \"^4\", \"reject\": 604 } ] }"

static struct bench bench;

/* The carrier calls that number, by way of the first route; the INVITE is out. */
static struct pass *call_to(const char *number)
{
	bench_open(&bench, CONF);
	bench_receive(&bench, bench_carrier(&bench), bench_request(&bench, "INVITE", number, "trunk", 1, "", ""));
	bench_expect(bench_last(&bench), "INVITE sip:1@203.0.113.99:5060 ");
	return bench.e->calls->passes;
}

/* Which outcomes lead on, and to what. */
static void where_it_leads(void **state)
{
	static const struct {
		const char *number;
		unsigned outcomes;
		bool more;
		uint16_t best; /* afterwards; 0: none */
	} cases[] = {
		{ "sip:3@198.51.100.5", 1 << CONF_BUSY, true, 0 },
		{ "sip:3@198.51.100.5", 1 << CONF_UNREACHABLE, true, 0 },
		{ "sip:3@198.51.100.5", 1 << CONF_REFUSED, false, 0 },
		{ "sip:3@198.51.100.5", 1 << CONF_BUSY | 1 << CONF_NO_ANSWER, false, 0 },
		{ "sip:4@198.51.100.5", 1 << CONF_BUSY, false, 604 },
		{ "sip:5@198.51.100.5", 1 << CONF_BUSY, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pass *p = call_to(cases[i].number);

		for (unsigned o = 0; o < 4; o++)
			if (cases[i].outcomes & 1U << o)
				onward_failed(p, (enum conf_outcome)o);
		assert_int_equal(onward_push(bench.e, p), cases[i].more);
		assert_int_equal(hunt_left(p->hunt), cases[i].more);
		assert_int_equal(p->best.status, cases[i].best);
		assert_int_equal(p->call->emergency, cases[i].more);
		if (cases[i].more)
			assert_ptr_equal(p->route, &bench.conf->routes[1]);
		/* What came of the one before is no outcome of this one. */
		if (cases[i].more || cases[i].best)
			assert_int_equal(p->outcomes, 0);
		bench_close(&bench);
	}
}

/* Waiting is worth while only where nobody else could be asked. */
static void who_is_in_a_hurry(void **state)
{
	struct pass *p = call_to("sip:3@198.51.100.5");

	(void)state;
	assert_true(onward_hurries(bench.e, p));
	onward_begin(p, &bench.conf->routes[1]);
	assert_false(onward_hurries(bench.e, p));
	onward_begin(p, NULL);
	assert_false(onward_hurries(bench.e, p));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_it_leads),
		cmocka_unit_test(who_is_in_a_hurry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
