/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is banned, as workers look it up. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "rtpproxy/net/banned.h"
#include "rtpproxy/path/barred.h"

static const struct hash_key hash_key = { 5, 6 };

static struct prefix prefix_of(const char *text)
{
	struct prefix p;

	if (prefix_parse(span_str(text), &p))
		fail_msg("%s: no prefix", text);
	return banned_whom(&p);
}

static int put(struct barred *b, const char *whom)
{
	const struct prefix p = prefix_of(whom);

	return barred_put(b, &p);
}

static void drop(struct barred *b, const char *whom)
{
	const struct prefix p = prefix_of(whom);

	barred_drop(b, &p);
}

static bool has(const struct barred *b, const char *source)
{
	struct addr a;

	if (addr_parse(span_str(source), 4000, &a))
		fail_msg("%s: no address", source);
	return barred_has(b, &a);
}

static void whom_a_prefix_holds_for(void **state)
{
	static const struct {
		const char *whom, *source;
		bool is;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7:1", true },
		{ "192.0.2.7", "192.0.2.6:1", false },
		{ "192.0.2.7", "[c000:207::]:1", false }, /* the same bytes */
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.128/25", "192.0.2.129", true },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "128.0.0.0/1", "255.0.0.1", true },
		{ "128.0.0.0/1", "127.0.0.1", false },
		{ "2001:db8::/64", "[2001:db8::ffff:0:0:1]", true },
		{ "2001:db8::/64", "[2001:db8:0:1::1]", false },
		{ "2001:db8:8000::/33", "[2001:db8:ffff::1]", true },
		{ "2001:db8:8000::/33", "[2001:db8:7fff::1]", false },
		{ "2001:db8::1", "[2001:db8::1]", true },
		{ "2001:db8::1", "[2001:db8::2]", false },
		{ "::/127", "[::1]", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct barred b;

		assert_int_equal(barred_init(&b, 4, &hash_key), 0);
		assert_false(has(&b, cases[i].source));
		assert_int_equal(put(&b, cases[i].whom), 0);
		if (has(&b, cases[i].source) != cases[i].is)
			fail_msg("%s: %s", cases[i].whom, cases[i].source);
		drop(&b, cases[i].whom);
		assert_false(has(&b, cases[i].source));
		barred_fini(&b);
	}
}

static void one_within_another(void **state)
{
	struct barred b;

	(void)state;
	assert_int_equal(barred_init(&b, 4, &hash_key), 0);
	put(&b, "192.0.2.0/24");
	put(&b, "192.0.2.7");
	put(&b, "192.0.2.7"); /* again is no mistake */
	assert_int_equal(b.count, 2);
	drop(&b, "192.0.2.0/24");
	drop(&b, "192.0.2.0/24");
	assert_true(has(&b, "192.0.2.7"));
	assert_false(has(&b, "192.0.2.8"));
	put(&b, "192.0.2.9");
	drop(&b, "192.0.2.7");
	assert_true(has(&b, "192.0.2.9")); /* others have its length, too */
	drop(&b, "192.0.2.9");
	assert_int_equal(b.count, 0);
	barred_fini(&b);
}

/* Many come and go: each is found as long as it is there, whatever moved. */
static void many(void **state)
{
	enum { MANY = 4096 };
	struct barred b;
	char text[32];

	(void)state;
	assert_int_equal(barred_init(&b, MANY, &hash_key), 0);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
		assert_int_equal(put(&b, text), 0);
	}
	assert_int_equal(put(&b, "10.1.0.0"), -1);
	for (unsigned i = 0; i < MANY; i += 3) {
		snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
		drop(&b, text);
	}
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "10.0.%u.%u", i / 256, i % 256);
		assert_int_equal(has(&b, text), i % 3 != 0);
	}
	barred_fini(&b);
}

struct looking {
	struct barred b;
	uint32_t stop;
	unsigned looks, wrong;
};

/* A worker: who was never banned is never taken for it, whatever moves meanwhile. */
static void *look_on(void *arg)
{
	struct looking *l = arg;
	struct addr other;

	(void)addr_parse(SPAN("198.51.100.1:4000"), 0, &other);
	while (!__atomic_load_n(&l->stop, __ATOMIC_RELAXED)) {
		l->wrong += barred_has(&l->b, &other);
		l->looks++;
	}
	return NULL;
}

static void while_workers_look(void **state)
{
	enum { ROUNDS = 200, MANY = 100 };
	struct looking l = { 0 };
	pthread_t worker;
	char text[32];

	(void)state;
	assert_int_equal(barred_init(&l.b, MANY, &hash_key), 0);
	assert_int_equal(pthread_create(&worker, NULL, look_on, &l), 0);
	for (unsigned i = 0; i < ROUNDS * MANY; i++) {
		snprintf(text, sizeof(text), i % 7 ? "10.0.0.%u" : "10.0.%u.0/24", i * 31 % MANY);
		if (i / MANY % 2)
			drop(&l.b, text);
		else
			(void)put(&l.b, text);
	}
	__atomic_store_n(&l.stop, 1, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(worker, NULL), 0);
	assert_int_equal(l.wrong, 0);
	barred_fini(&l.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whom_a_prefix_holds_for),
		cmocka_unit_test(one_within_another),
		cmocka_unit_test(many),
		cmocka_unit_test(while_workers_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
