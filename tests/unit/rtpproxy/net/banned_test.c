/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is banned, and until when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rtpproxy/net/banned.h"

static const struct hash_key hash_key = { 1, 2 };

static struct prefix prefix_of(const char *text)
{
	struct prefix p;

	if (prefix_parse(span_str(text), &p))
		fail_msg("%s: no prefix", text);
	return banned_whom(&p);
}

static int put(struct banned *b, const char *whom, uint64_t until)
{
	const struct prefix p = prefix_of(whom);

	return banned_put(b, &p, until);
}

static bool drop(struct banned *b, const char *whom)
{
	const struct prefix p = prefix_of(whom);

	return banned_drop(b, &p);
}

static unsigned expired(struct banned *b, uint64_t now)
{
	struct prefix whom;
	uint32_t pos = 0;
	unsigned n = 0;

	while (banned_expire(b, now, &pos, &whom))
		n++;
	return n;
}

static void prefixes_in_one_spelling(void **state)
{
	static const struct {
		const char *prefix, *same;
	} cases[] = {
		{ "192.0.2.7", "192.0.2.7/32" },
		{ "192.0.2.7/24", "192.0.2.0/24" },
		{ "192.0.2.255/25", "192.0.2.128/25" },
		{ "255.255.255.255/1", "128.0.0.0/1" },
		{ "2001:db8:7:8::9/48", "2001:db8:7::/48" },
		{ "2001:db8:7:8::9/47", "2001:db8:6::/47" },
		{ "2001:db8::1", "2001:db8::1/128" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prefix same, p = prefix_of(cases[i].prefix);

		assert_int_equal(prefix_parse(span_str(cases[i].same), &same), 0);
		if (p.bits != same.bits || !addr_eq(&p.base, &same.base))
			fail_msg("%s", cases[i].prefix);
	}
}

static void bans_end(void **state)
{
	struct banned b;

	(void)state;
	assert_int_equal(banned_init(&b, &hash_key), 0);
	assert_int_equal(expired(&b, UINT64_MAX - 1), 0);
	assert_int_equal(put(&b, "192.0.2.1", 1000), 0);
	assert_int_equal(put(&b, "192.0.2.0/24", 2000), 0);
	assert_int_equal(put(&b, "2001:db8::/32", 3000), 0);
	assert_int_equal(put(&b, "192.0.2.1", 2500), 0); /* for longer */
	assert_int_equal(b.by_whom.count, 3);
	assert_int_equal(expired(&b, 1999), 0);
	assert_int_equal(expired(&b, 2000), 1);
	assert_true(drop(&b, "192.0.2.1"));
	assert_false(drop(&b, "192.0.2.1"));
	assert_false(drop(&b, "192.0.2.0/24"));
	assert_int_equal(expired(&b, 2999), 0);
	assert_int_equal(put(&b, "192.0.2.9", 2999), 0);
	assert_int_equal(expired(&b, 3000), 2);
	assert_int_equal(b.by_whom.count, 0);
	banned_fini(&b);
}

static void as_many_as_there_is_room_for(void **state)
{
	struct prefix p = prefix_of("10.0.0.0");
	struct banned b;

	(void)state;
	assert_int_equal(banned_init(&b, &hash_key), 0);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < BANNED_MAX; i++) {
			p.base.ip[2] = (uint8_t)(i >> 8);
			p.base.ip[3] = (uint8_t)i;
			assert_int_equal(banned_put(&b, &p, 1000 + i % 2), 0);
		}
		assert_int_equal(put(&b, "192.0.2.1", 1000), -1);
		assert_int_equal(put(&b, "10.0.0.7", 1001), 0); /* that one is there */
		assert_int_equal(expired(&b, 1000), BANNED_MAX / 2);
		assert_int_equal(put(&b, "192.0.2.1", 1001), 0);
		assert_int_equal(expired(&b, 1001), BANNED_MAX / 2 + 1);
	}
	banned_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_in_one_spelling),
		cmocka_unit_test(bans_end),
		cmocka_unit_test(as_many_as_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
