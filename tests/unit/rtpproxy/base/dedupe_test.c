/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/base/dedupe.h"

static int setup(void **state)
{
	struct dedupe *d = malloc(sizeof(*d));
	struct hash_key key;

	rig_key(&key);
	assert_int_equal(dedupe_init(d, &key, 0), 0);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	dedupe_fini(*state);
	free(*state);
	return 0;
}

static struct span find(struct dedupe *d, struct span source, struct span cookie, uint64_t now)
{
	struct dedupe_key k;

	dedupe_key(d, source, cookie, &k);
	return dedupe_find(d, &k, now);
}

static void keep(struct dedupe *d, struct span source, struct span cookie, struct span answer, uint64_t now)
{
	struct dedupe_key k;

	dedupe_key(d, source, cookie, &k);
	dedupe_keep(d, &k, answer, now);
}

static void assert_kept(struct dedupe *d, const char *source, const char *cookie, uint64_t now, const char *expected)
{
	struct span got = find(d, span_str(source), span_str(cookie), now);

	assert_int_equal(span_is_set(got), expected != NULL);
	assert_true(span_eq(got, span_str(expected)));
}

static void by_source_and_cookie(void **state)
{
	struct dedupe *d = *state;

	keep(d, SPAN("ab"), SPAN("c"), SPAN("one"), 0);
	keep(d, SPAN("x"), SPAN("c"), SPAN("two"), 0);
	assert_kept(d, "ab", "c", 0, "one");
	assert_kept(d, "x", "c", 0, "two");
	assert_kept(d, "a", "bc", 0, NULL);
	assert_kept(d, "ab", "d", 0, NULL);
	assert_int_equal(d->hits, 2);
}

static void the_first_answer_stands(void **state)
{
	struct dedupe *d = *state;

	keep(d, SPAN("a"), SPAN("c"), SPAN("one"), 0);
	keep(d, SPAN("a"), SPAN("c"), SPAN("two"), 0);
	assert_kept(d, "a", "c", 0, "one");
}

static void kept_for_one_to_two_turns(void **state)
{
	static const struct {
		const char *name;
		uint64_t kept, asked;
		bool there;
	} cases[] = {
		{ "kept early in a turn: there to the end of the next", 0, 2 * DEDUPE_TURN_MS - 1, true },
		{ "and gone after it", 0, 2 * DEDUPE_TURN_MS, false },
		{ "kept late in a turn: there for one more", DEDUPE_TURN_MS - 1, 2 * DEDUPE_TURN_MS - 1, true },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hash_key key;
		struct dedupe d;

		rig_key(&key);
		assert_int_equal(dedupe_init(&d, &key, 0), 0);
		keep(&d, SPAN("a"), SPAN("c"), SPAN("one"), cases[i].kept);
		find(&d, SPAN("a"), SPAN("other"), cases[i].kept + DEDUPE_TURN_MS);
		if (span_is_set(find(&d, SPAN("a"), SPAN("c"), cases[i].asked)) != cases[i].there)
			fail_msg("%s", cases[i].name);
		dedupe_fini(&d);
	}
}

static void all_gone_after_a_long_silence(void **state)
{
	struct dedupe *d = *state;

	keep(d, SPAN("a"), SPAN("c"), SPAN("one"), 0);
	assert_kept(d, "a", "c", 10 * DEDUPE_TURN_MS, NULL);
}

static void bounded_in_number_and_bytes(void **state)
{
	static char large[60000];
	struct dedupe *d = *state;
	char cookie[16];

	memset(large, 'x', sizeof(large));
	for (unsigned i = 0; i < 400; i++) {
		snprintf(cookie, sizeof(cookie), "l%u", i);
		keep(d, SPAN("a"), span_str(cookie), span_of(large, sizeof(large)), 0);
		assert_true(d->young.mem.used <= DEDUPE_BYTES);
	}
	assert_true(d->forgotten_early >= 2);
	assert_kept(d, "a", "l0", 0, NULL);
	assert_int_equal(find(d, SPAN("a"), SPAN("l399"), 0).n, sizeof(large));

	for (unsigned i = 0; i < DEDUPE_ENTRIES + 10; i++) {
		snprintf(cookie, sizeof(cookie), "s%u", i);
		keep(d, SPAN("a"), span_str(cookie), SPAN("y"), 0);
	}
	assert_kept(d, "a", cookie, 0, "y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_source_and_cookie, setup, teardown),
		cmocka_unit_test_setup_teardown(the_first_answer_stands, setup, teardown),
		cmocka_unit_test(kept_for_one_to_two_turns),
		cmocka_unit_test_setup_teardown(all_gone_after_a_long_silence, setup, teardown),
		cmocka_unit_test_setup_teardown(bounded_in_number_and_bytes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
