/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct addr addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static void hosts(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "192.0.2.1:5060", "192.0.2.1:5061", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "[2001:db8::1]", "[2001:db8::ffff:0:0:2]", true }, /* one subscriber */
		{ "[2001:db8::1]", "[2001:db8:0:1::1]", false },
		{ "192.0.2.1", "[c000:201::]", false }, /* the same bytes */
	};
	const struct hash_key key = { 1, 2 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct addr a = addr(cases[i].a), b = addr(cases[i].b);

		assert_int_equal(origin_host(&key, &a) == origin_host(&key, &b), cases[i].same);
	}
}

static void flows(void **state)
{
	static const struct {
		const char *a, *b;
		struct flow of_a, of_b;
		bool same;
	} cases[] = {
		{ "192.0.2.1:5060", "192.0.2.1:5060", { .realm = 0 }, { .realm = 0 }, true },
		{ "192.0.2.1:5060", "192.0.2.1:5061", { .realm = 0 }, { .realm = 0 }, false },
		{ "192.0.2.1:5060", "192.0.2.2:5060", { .realm = 0 }, { .realm = 0 }, false },
		{ "192.0.2.1:5060", "192.0.2.1:5060", { .realm = 1 }, { .realm = 2 }, false },
		{ "192.0.2.1:5060", "192.0.2.1:5060", { .listen = 1 }, { .listen = 2 }, false },
		{ "192.0.2.1:5060", "192.0.2.1:5060", { .connection = 5060 }, { .realm = 0 }, false },
		{ "192.0.2.1:5060", "192.0.2.1:5061", { .connection = 7 }, { .connection = 7 }, true },
		{ "[2001:db8::1]:5060", "[2001:db8::1]:5060", { .realm = 0 }, { .realm = 0 }, true },
		{ "[2001:db8::1]:5060",
		  "[2001:db8::2]:5060",
		  { .realm = 0 },
		  { .realm = 0 },
		  false }, /* one subscriber, two phones */
		{ "[2001:db8::1]:5060", "[2001:db8::1]:5061", { .realm = 0 }, { .realm = 0 }, false },
	};
	const struct hash_key key = { 1, 2 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow a = cases[i].of_a, b = cases[i].of_b;

		a.peer = addr(cases[i].a);
		b.peer = addr(cases[i].b);
		assert_int_equal(origin_flow(origin_host(&key, &a.peer), &a) ==
					 origin_flow(origin_host(&key, &b.peer), &b),
				 cases[i].same);
		assert_true(origin_flow(origin_host(&key, &a.peer), &a) != origin_host(&key, &a.peer));
	}
}

static void prefixes(void **state)
{
	struct addr v4 = addr("192.0.2.1:5060"), v6 = addr("[2001:db8::1:2:3:4]:5060");
	struct prefix p = origin_prefix(&v4);

	(void)state;
	assert_int_equal(p.bits, 32);
	assert_int_equal(p.base.port, 0);
	p = origin_prefix(&v6);
	v6 = addr("2001:db8::");
	assert_int_equal(p.bits, 64);
	assert_true(addr_eq(&p.base, &v6));
}

static void users_are_of_a_host(void **state)
{
	struct addr a = addr("192.0.2.1"), b = addr("192.0.2.2");
	const struct hash_key key = { 1, 2 };

	(void)state;
	assert_true(origin_user(&key, &a, SPAN("1001")) == origin_user(&key, &a, SPAN("1001")));
	assert_true(origin_user(&key, &a, SPAN("1001")) != origin_user(&key, &b, SPAN("1001")));
	assert_true(origin_user(&key, &a, SPAN("1001")) != origin_user(&key, &a, SPAN("1002")));
	assert_true(origin_user(&key, &a, SPAN("")) != origin_host(&key, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts),
		cmocka_unit_test(flows),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(users_are_of_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
