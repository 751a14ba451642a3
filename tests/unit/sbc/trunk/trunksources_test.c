/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunksources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct trunk_source source(unsigned realm, const char *host, bool secure, uint16_t trunk)
{
	struct trunk_source s = { .realm = (uint8_t)realm, .secure = secure, .trunk = trunk };
	struct addr a;

	assert_int_equal(addr_parse_host(span_str(host), &a), 0);
	s.family = a.family;
	memcpy(s.ip, a.ip, sizeof(s.ip));
	return s;
}

static struct flow flow(unsigned realm, const char *peer)
{
	struct flow f = { .realm = (uint8_t)realm };

	assert_int_equal(addr_parse(span_str(peer), 5060, &f.peer), 0);
	return f;
}

static void the_first_of_those_alike(void **state)
{
	const struct trunk_source known[] = {
		source(0, "192.0.2.1", false, 3), source(0, "192.0.2.1", false, 4),   source(0, "192.0.2.1", true, 5),
		source(1, "192.0.2.1", false, 6), source(0, "2001:db8::1", false, 7),
	};
	static const struct {
		unsigned realm;
		const char *peer;
		bool secure;
		int trunk;
	} cases[] = {
		{ 0, "192.0.2.1:5060", false, 3 },
		{ 0, "192.0.2.1:1", false, 3 }, /* from any port */
		{ 0, "192.0.2.1:5061", true, 5 },
		{ 1, "192.0.2.1", false, 6 },
		{ 1, "192.0.2.1", true, -1 },
		{ 2, "192.0.2.1", false, -1 },
		{ 0, "192.0.2.2", false, -1 },
		{ 0, "[2001:db8::1]", false, 7 },
		{ 0, "[2001:db8::1:0:0:1]", false, -1 },
		{ 0, "[c000:201::]", false, -1 }, /* the same bytes */
	};
	struct trunksources s = { 0 };
	struct flow f = flow(0, "192.0.2.1");

	(void)state;
	assert_int_equal(trunksources_find(&s, &f, false), -1);
	assert_int_equal(trunksources_init(&s, 5), 0);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		trunksources_add(&s, &known[i]);
	assert_int_equal(s.n, 4);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		f = flow(cases[i].realm, cases[i].peer);
		assert_int_equal(trunksources_find(&s, &f, cases[i].secure), cases[i].trunk);
	}
	trunksources_fini(&s);
}

static void many(void **state)
{
	enum { MANY = 5000 };
	struct trunksources s;
	char host[32];

	(void)state;
	assert_int_equal(trunksources_init(&s, MANY), 0);
	for (unsigned i = 0; i < MANY; i++) {
		struct trunk_source one;

		snprintf(host, sizeof(host), "10.0.%u.%u", i / 256, i % 256);
		one = source(0, host, false, (uint16_t)i);
		trunksources_add(&s, &one);
	}
	for (unsigned i = 0; i < 2 * MANY; i++) {
		struct flow f;

		snprintf(host, sizeof(host), "10.0.%u.%u", i / 256, i % 256);
		f = flow(0, host);
		assert_int_equal(trunksources_find(&s, &f, false), i < MANY ? (int)i : -1);
	}
	trunksources_fini(&s);
}

static void within(void **state)
{
	const struct trunk_source known[] = { source(0, "192.0.2.1", false, 0), source(1, "2001:db8::1", true, 1) };
	static const struct {
		const char *network;
		bool within;
	} cases[] = {
		{ "192.0.2.1/32", true }, { "192.0.2.0/24", true },  { "192.0.2.2/32", false },
		{ "0.0.0.0/0", true },    { "2001:db8::/64", true }, { "2001:db8:0:1::/64", false },
	};
	struct trunksources s;

	(void)state;
	assert_int_equal(trunksources_init(&s, 2), 0);
	for (size_t i = 0; i < 2; i++)
		trunksources_add(&s, &known[i]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct prefix p;

		assert_int_equal(prefix_parse(span_str(cases[i].network), &p), 0);
		assert_int_equal(trunksources_is_within(&s, &p), cases[i].within);
	}
	trunksources_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_of_those_alike),
		cmocka_unit_test(many),
		cmocka_unit_test(within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
