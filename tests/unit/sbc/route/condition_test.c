/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/condition.h"

#include "tests/unit/sbc/bench.h"

/* bench_wall() is a Tuesday, 22:13 UTC. */
#define CONF(keys) "{ " BENCH_REALMS ", " BENCH_TRUNK ", \"routes\": [ { " keys ", \"reject\": 403 } ] }"

enum { PHONE, TRUNK };

static struct bench bench;

static bool fits(const char *conf, const char *uri, const char *lines, int who, bool own)
{
	struct identity phone = { .kind = IDENTITY_PHONE, .trunk = -1, .realm = 0 },
			trunk = { .kind = IDENTITY_TRUNK, .trunk = 0, .realm = 1 };
	struct condition_facts f;
	struct sip_msg m;
	bool is;

	bench_open(&bench, conf);
	m = bench_msg(bench_request(&bench, "INVITE", uri, "+49301", 1, lines, ""));
	assert_int_equal(condition_facts_read(&f, &m, m.uri, who == TRUNK ? &trunk : &phone, BENCH_WALL), 0);
	f.own = own;
	is = condition_fits(bench.e->routes, 0, &f);
	bench_close(&bench);
	return is;
}

static void what_a_route_asks(void **state)
{
	static const struct {
		const char *name, *conf, *uri, *lines;
		int who;
		bool own, expected;
	} cases[] = {
		{ "from its phones", CONF("\"from\": \"lan\""), "sip:1@x.org", "", PHONE, false, true },
		{ "from its trunks", CONF("\"from\": \"lan\""), "sip:1@x.org", "", TRUNK, false, false },
		{ "from a trunk", CONF("\"from\": \"carrier\""), "sip:1@x.org", "", TRUNK, false, true },
		{ "to a number", CONF("\"to-number\": \"^1$\""), "sip:1@x.org", "", PHONE, false, true },
		{ "to an escaped number", CONF("\"to-number\": \"^1$\""), "sip:%31@x.org", "", PHONE, false, true },
		{ "to a tel URI", CONF("\"to-number\": \"^[+]1$\""), "tel:+1", "", PHONE, false, true },
		{ "to another number", CONF("\"to-number\": \"^1$\""), "sip:12@x.org", "", PHONE, false, false },
		{ "to a number that is a user", CONF("\"to-number\": \"^1$\""), "sip:1@x.org", "", PHONE, true, false },
		{ "to a user", CONF("\"to-user\": \"^1$\""), "sip:1@x.org", "", PHONE, true, true },
		{ "to a user who is none", CONF("\"to-user\": \"^1$\""), "sip:1@x.org", "", PHONE, false, false },
		{ "to nobody", CONF("\"to-number\": \"\""), "sip:x.org", "", PHONE, false, false },
		{ "from a number", CONF("\"from-number\": \"^.49\""), "sip:1@x.org", "", PHONE, false, true },
		{ "from another number", CONF("\"from-number\": \"^49\""), "sip:1@x.org", "", PHONE, false, false },
		{ "to a domain", CONF("\"to-domain\": [\"y.org\", \"x.org\"]"), "sip:1@X.org", "", PHONE, false, true },
		{ "to another domain", CONF("\"to-domain\": [\"x.org\"]"), "sip:1@a.x.org", "", PHONE, false, false },
		{ "to no domain", CONF("\"to-domain\": [\"x.org\"]"), "tel:+1", "", PHONE, false, false },
		{ "from a domain", CONF("\"from-domain\": [\"*.com\"]"), "sip:1@x.org", "", PHONE, false, true },
		{ "from another domain", CONF("\"from-domain\": [\"*.org\"]"), "sip:1@x.org", "", PHONE, false, false },
		{ "with a header", CONF("\"header\": [\"Subject: ^a\"]"), "sip:1@x.org", "Subject: abc\n", PHONE, false,
		  true },
		{ "in compact form", CONF("\"header\": [\"Subject: ^a\"]"), "sip:1@x.org", "s: abc\n", PHONE, false,
		  true },
		{ "any of its lines", CONF("\"header\": [\"X-Way: ^a\"]"), "sip:1@x.org", "X-Way: b\nx-way: a\n", PHONE,
		  false, true },
		{ "not that header", CONF("\"header\": [\"X-Way: ^a\"]"), "sip:1@x.org", "X-Ways: a\n", PHONE, false,
		  false },
		{ "both headers", CONF("\"header\": [\"X-Way: ^a\", \"Subject: b\"]"), "sip:1@x.org", "X-Way: a\n",
		  PHONE, false, false },
		{ "at that time", CONF("\"time\": [\"sun\", \"tue 22:00-23:00\"]"), "sip:1@x.org", "", PHONE, false,
		  true },
		{ "at another", CONF("\"time\": [\"tue 22:14-23:00\"]"), "sip:1@x.org", "", PHONE, false, false },
		{ "all of it", CONF("\"to-number\": \"1\", \"time\": [\"mon\"]"), "sip:1@x.org", "", PHONE, false,
		  false },
	};

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (fits(cases[i].conf, cases[i].uri, cases[i].lines, cases[i].who, cases[i].own) != cases[i].expected)
			fail_msg("%s", cases[i].name);
}

static void domains(void **state)
{
	static const struct {
		const char *domain, *host;
		bool expected;
	} cases[] = {
		{ "example.com", "EXAMPLE.com", true },      { "example.com", "a.example.com", false },
		{ "*.example.com", "a.example.com", true },  { "*.example.com", "b.a.Example.com", true },
		{ "*.example.com", "example.com", false },   { "*.example.com", ".example.com", false },
		{ "*.example.com", "anexample.com", false }, { "example.com", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(condition_domain_has(cases[i].domain, span_str(cases[i].host)), cases[i].expected);
}

/* A user part that no expression can be asked about is nobody's: neither cut to somebody's, nor sent on by a route that
 * asks for no number. */
static void a_user_part_that_cannot_be_asked_about(void **state)
{
	static const struct {
		unsigned digits;
		const char *rest;
		int expected;
	} cases[] = {
		{ 255, "@example.com", 0 },       { 256, "@example.com", -1 },   { 300, "@example.com", -1 },
		{ 10, ";x=%00@example.com", -1 }, { 10, "%00@example.com", -1 },
	};
	struct identity who = { .kind = IDENTITY_PHONE, .trunk = -1 };
	struct condition_facts f;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, CONF("\"to-number\": \"^1\""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char uri[400] = "sip:";

		memset(uri + 4, '1', cases[i].digits);
		strcpy(uri + 4 + cases[i].digits, cases[i].rest);
		m = bench_msg(bench_request(&bench, "INVITE", uri, "a", 1, "", ""));
		assert_int_equal(condition_facts_read(&f, &m, m.uri, &who, 0), cases[i].expected);
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_route_asks),
		cmocka_unit_test(domains),
		cmocka_unit_test(a_user_part_that_cannot_be_asked_about),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
