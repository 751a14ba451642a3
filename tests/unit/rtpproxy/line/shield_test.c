/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/shield.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct srtp_key key_from(uint8_t byte, unsigned suite)
{
	struct shield s;

	memset(s.secret, byte, sizeof(s.secret));
	return shield_key(&s, suite);
}

static uint64_t count_up(void *ctx)
{
	return *(uint64_t *)ctx += UINT64_C(0x0101010101010101);
}

static void secrets_are_random_to_their_last_byte(void **state)
{
	struct shield s = { 0 };
	uint64_t n = 0;

	(void)state;
	shield_secrets_make(&s, count_up, &n);
	assert_true(s.has_secrets);
	for (unsigned i = 0; i < sizeof(s.secret); i++)
		assert_int_equal((&s.secret[0][0])[i], i / 8 + 1);
	assert_int_equal(s.ours.suite, SRTP_SUITE_NONE);
}

/* RFC 3711 9.1: some suites differ in their tags alone. */
static void each_suite_has_a_key_of_its_own(void **state)
{
	struct shield s = { 0 };
	uint64_t n = 0;

	(void)state;
	shield_secrets_make(&s, count_up, &n);
	for (unsigned suite = SRTP_SUITE_NONE + 1; suite < SRTP_SUITE_N; suite++)
		for (unsigned other = SRTP_SUITE_NONE + 1; other < suite; other++)
			assert_memory_not_equal(shield_key(&s, suite).secret, shield_key(&s, other).secret, 16);
}

/* In an answer: the same one changes nothing, another one leaves nothing of what there was. */
static void a_key_that_was_told_is_kept(void **state)
{
	const struct srtp_key told = key_from(200, SRTP_SUITE_AEAD_AES_128_GCM);
	struct shield s = { 0 }, before;
	uint64_t n = 0;

	(void)state;
	shield_secrets_make(&s, count_up, &n);
	for (unsigned i = 0; i < 2; i++) {
		struct srtp_key now;

		before = s;
		shield_told(&s, &told, count_up, &n);
		now = shield_key(&s, told.suite);
		assert_memory_equal(&now, &told, sizeof(now));
		for (unsigned suite = SRTP_SUITE_NONE + 1; suite < SRTP_SUITE_N; suite++)
			assert_int_equal(!memcmp(s.secret[suite], before.secret[suite], SRTP_SECRET_MAX), i);
	}
	s.has_secrets = false; /* it was told none before, whatever there is */
	before = s;
	shield_told(&s, &told, count_up, &n);
	assert_true(s.has_secrets);
	assert_memory_not_equal(s.secret[1], before.secret[1], SRTP_SECRET_MAX);
}

static void a_key_is_as_long_as_its_suite_wants(void **state)
{
	static const unsigned bytes[SRTP_SUITE_N] = {
		[SRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = 30, [SRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = 30,
		[SRTP_SUITE_AES_256_CM_HMAC_SHA1_80] = 46, [SRTP_SUITE_AES_256_CM_HMAC_SHA1_32] = 46,
		[SRTP_SUITE_AEAD_AES_128_GCM] = 28,        [SRTP_SUITE_AEAD_AES_256_GCM] = 44,
	};

	(void)state;
	for (unsigned suite = SRTP_SUITE_NONE + 1; suite < SRTP_SUITE_N; suite++) {
		const struct srtp_key k = key_from(7, suite);

		assert_int_equal(k.suite, suite);
		for (unsigned i = 0; i < SRTP_SECRET_MAX; i++)
			assert_int_equal(k.secret[i], i < bytes[suite] ? 7 : 0);
	}
}

/* By what the side had as key of its own: another key, or the same one in another suite. */
static void a_secret_holds_as_long_as_the_other_key(void **state)
{
	const struct srtp_key one = key_from(1, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80),
			      short_one = key_from(1, SRTP_SUITE_AES_CM_128_HMAC_SHA1_32),
			      two = key_from(2, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	struct shield s = { 0 };

	(void)state;
	assert_false(shield_secrets_hold(&s, &one));
	s.has_secrets = true;
	assert_true(shield_secrets_hold(&s, &one));
	s.theirs = one;
	assert_true(shield_secrets_hold(&s, &one));
	assert_false(shield_secrets_hold(&s, &two));
	assert_false(shield_secrets_hold(&s, &short_one));
}

static void nothing_passes_without_both_keys(void **state)
{
	const struct srtp_key none = { 0 }, key = key_from(1, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	const struct {
		struct srtp_key ours, theirs;
		enum shield_kind kind, wanted;
		bool awaits, opens;
	} cases[] = {
		{ none, none, SHIELD_NONE, SHIELD_NONE, false, false },
		{ key, key, SHIELD_SDES, SHIELD_NONE, false, false },
		{ key, key, SHIELD_SDES, SHIELD_SDES, false, true },
		{ key, none, SHIELD_SDES, SHIELD_SDES, true, false },
		{ none, key, SHIELD_SDES, SHIELD_SDES, true, false },
		/* Keys of the old kind do not do for the new one. */
		{ key, key, SHIELD_SDES, SHIELD_DTLS, true, false },
		{ key, key, SHIELD_DTLS, SHIELD_DTLS, false, true },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct port_spec spec = { 0 };
		struct shield s = { 0 };

		shield_arm(&s, cases[i].kind, &cases[i].ours, &cases[i].theirs);
		shield_spec(&s, cases[i].wanted, &spec);
		if (spec.awaits_keys != cases[i].awaits || (spec.opens.suite != 0) != cases[i].opens ||
		    (spec.seals.suite != 0) != cases[i].opens)
			fail_msg("%u", i);
	}
}

static void who_has_no_shield_waits(void **state)
{
	struct port_spec spec = { 0 };

	(void)state;
	shield_spec(NULL, SHIELD_NONE, &spec);
	assert_false(spec.awaits_keys);
	shield_spec(NULL, SHIELD_SDES, &spec);
	assert_true(spec.awaits_keys);
}

/* But for what was shown: its answer may still be on the way. */
static void what_is_dropped_is_gone(void **state)
{
	const struct srtp_key key = key_from(1, SRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	const struct shield left = { .shown = SHIELD_SDES, .optional = true };
	struct shield s = { .shown = SHIELD_SDES, .optional = true, .has_secrets = true };

	(void)state;
	memset(s.secret, 1, sizeof(s.secret));
	shield_arm(&s, SHIELD_SDES, &key, &key);
	shield_drop(&s);
	assert_memory_equal(&s, &left, sizeof(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_are_random_to_their_last_byte),
		cmocka_unit_test(each_suite_has_a_key_of_its_own),
		cmocka_unit_test(a_key_that_was_told_is_kept),
		cmocka_unit_test(a_key_is_as_long_as_its_suite_wants),
		cmocka_unit_test(a_secret_holds_as_long_as_the_other_key),
		cmocka_unit_test(nothing_passes_without_both_keys),
		cmocka_unit_test(who_has_no_shield_waits),
		cmocka_unit_test(what_is_dropped_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
