/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/identity/nonce.h"
#include "tests/unit/guard.h"

enum { LIFETIME = 300 * 1000, NOW = 1000000 };

static const unsigned char key_a[NONCE_KEY_LEN] = { 1 }, key_b[NONCE_KEY_LEN] = { 2 };

struct made {
	char text[NONCE_LEN];
};

static struct addr peer(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static struct made make(struct nonces *n, const char *realm, const char *from, uint64_t now)
{
	struct made m;
	struct writer w = writer_over(m.text, sizeof(m.text));
	struct addr a = peer(from);

	nonce_write(n, &w, span_str(realm), &a, now);
	assert_false(w.failed);
	assert_int_equal(w.n, NONCE_LEN);
	return m;
}

static struct span text(const struct made *m)
{
	return span_of(m->text, sizeof(m->text));
}

static void test_check(void **state)
{
	static const struct {
		const char *name, *realm, *from;
		uint64_t now;
		enum nonce_verdict expected;
	} cases[] = {
		{ "at once", "home", "192.0.2.1:5060", NOW, NONCE_OK },
		{ "from another port of the host", "home", "192.0.2.1:61000", NOW, NONCE_OK },
		{ "at the end of its life", "home", "192.0.2.1:5060", NOW + LIFETIME, NONCE_OK },
		{ "just after", "home", "192.0.2.1:5060", NOW + LIFETIME + 1, NONCE_STALE },
		{ "of another realm", "work", "192.0.2.1:5060", NOW, NONCE_FORGED },
		{ "from another host", "home", "192.0.2.2:5060", NOW, NONCE_FORGED },
		{ "from the same bytes as IPv6", "home", "[c000:201::]:5060", NOW, NONCE_FORGED },
	};
	struct nonces *n = nonces_new(key_a, LIFETIME, 16);
	struct made m = make(n, "home", "192.0.2.1:5060", NOW);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr from = peer(cases[i].from);

		print_message("%s\n", cases[i].name);
		assert_int_equal(nonce_check(n, text(&m), span_str(cases[i].realm), &from, cases[i].now),
				 cases[i].expected);
	}
	nonces_free(n);
}

static void test_forgeries(void **state)
{
	static const char *const cases[] = {
		"",
		"0",
		"AAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAA+",
		"AAAAAAAAAA\xc3"
		"AAAAAAAAA",
		"dcd98b7102dd2f0e8b11d0f600bfb0c093",
	};
	struct nonces *n = nonces_new(key_a, LIFETIME, 16), *other = nonces_new(key_b, LIFETIME, 16);
	struct addr from = peer("192.0.2.1:5060");
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(span_str(cases[i]));

		assert_int_equal(nonce_check(n, s, SPAN("home"), &from, NOW), NONCE_FORGED);
		assert_false(nonce_use(n, s, 0));
		guard_free(s);
	}
	m = make(other, "home", "192.0.2.1:5060", NOW);
	assert_int_equal(nonce_check(n, text(&m), SPAN("home"), &from, NOW), NONCE_FORGED);
	/* Each digit counts, those of the time, too: a nonce cannot be made younger. */
	for (unsigned i = 0; i < NONCE_LEN; i++) {
		m = make(n, "home", "192.0.2.1:5060", NOW);
		m.text[i] = m.text[i] == '1' ? '2' : '1';
		assert_int_equal(nonce_check(n, text(&m), SPAN("home"), &from, NOW), NONCE_FORGED);
	}
	nonces_free(n);
	nonces_free(other);
}

static void test_no_two_are_alike(void **state)
{
	struct nonces *n = nonces_new(key_a, LIFETIME, 16);
	struct made a = make(n, "home", "192.0.2.1:5060", NOW), b = make(n, "home", "192.0.2.1:5060", NOW);

	(void)state;
	assert_false(span_eq(text(&a), text(&b)));
	nonces_free(n);
}

static void test_counts(void **state)
{
	static const struct {
		uint32_t count;
		bool fresh;
	} steps[] = {
		{ 0, false }, { 1, true }, { 1, false }, { 2, true },          { 1, false },
		{ 2, false }, { 9, true }, { 8, false }, { UINT32_MAX, true }, { UINT32_MAX, false },
	};
	struct nonces *n = nonces_new(key_a, LIFETIME, 16);
	struct made m = make(n, "home", "192.0.2.1:5060", NOW), other = make(n, "home", "192.0.2.1:5060", NOW);

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		print_message("%u\n", steps[i].count);
		assert_int_equal(nonce_use(n, text(&m), steps[i].count), steps[i].fresh);
	}
	assert_true(nonce_use(n, text(&other), 1));
	nonces_free(n);
}

/* With far more nonces than there are places: some become useless, none can be used twice. */
static void test_no_replay_when_places_are_short(void **state)
{
	enum { N = 400 };
	static struct made m[N];
	struct nonces *n = nonces_new(key_a, LIFETIME, 16);
	unsigned used = 0;

	(void)state;
	for (unsigned i = 0; i < N; i++)
		m[i] = make(n, "home", "192.0.2.1:5060", NOW + i);
	for (unsigned i = 0; i < N; i++)
		used += nonce_use(n, text(&m[i]), 1);
	assert_int_equal(used, N); /* in the order of making, each was good when it came */
	for (unsigned i = 0; i < N; i++)
		assert_false(nonce_use(n, text(&m[i]), 1));
	nonces_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_forgeries),
		cmocka_unit_test(test_no_two_are_alike),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_no_replay_when_places_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
