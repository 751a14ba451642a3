/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/session/hello.h"

#include "rtpproxy/session/secure.h"
#include "tests/unit/rtpproxy/rig.h"

static struct addr at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static void sources_are_ranked_as_those_of_media(void **state)
{
	static const struct {
		enum latch_policy policy;
		const char *source;
		bool rtcp;
		enum hello_rank rank;
	} cases[] = {
		{ LATCH_EXACT, "198.51.100.7:4000", false, HELLO_EXACT },
		{ LATCH_EXACT, "198.51.100.7:4000", true, HELLO_REFUSED },
		{ LATCH_EXACT, "198.51.100.7:4001", true, HELLO_EXACT },
		{ LATCH_EXACT, "198.51.100.7:4002", false, HELLO_REFUSED },
		{ LATCH_EXACT, "192.0.2.77:4000", false, HELLO_REFUSED },
		{ LATCH_SDP_IP, "198.51.100.7:4002", false, HELLO_SAME_IP },
		{ LATCH_SDP_IP, "192.0.2.77:4000", false, HELLO_REFUSED },
		{ LATCH_SIG_IP, "198.51.100.7:4000", false, HELLO_EXACT },
		{ LATCH_SIG_IP, "198.51.100.7:4002", false, HELLO_REFUSED },
		{ LATCH_SIG_IP, "192.0.2.77:4002", false, HELLO_SIGNALLING },
		{ LATCH_SIG_IP, "192.0.2.79:4002", false, HELLO_SIGNALLING }, /* of the same /30 */
		{ LATCH_SIG_IP, "192.0.2.80:4002", false, HELLO_REFUSED },
		{ LATCH_SIG_IP, "[2001:db8::1]:4002", false, HELLO_REFUSED },
		{ LATCH_OPEN, "192.0.2.77:4002", false, HELLO_SIGNALLING },
		{ LATCH_OPEN, "203.0.113.9:1", false, HELLO_OTHER },
		{ LATCH_OPEN, "[2001:db8::1]:4002", false, HELLO_OTHER },
	};
	struct stream m = { .now = { .sig_bits = 30 } };

	(void)state;
	m.now.said_rtp = at("198.51.100.7:4000");
	m.now.said_rtcp = at("198.51.100.7:4001");
	m.now.signalling = rig_addr("192.0.2.77");
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr source = at(cases[i].source);

		m.now.policy = cases[i].policy;
		if (hello_rank(&m, cases[i].rtcp, &source) != cases[i].rank)
			fail_msg("policy %u, %s", cases[i].policy, cases[i].source);
	}
}

static void a_cookie_is_of_one_source_and_one_port(void **state)
{
	static const char *const others[] = { "192.0.2.1:4001", "192.0.2.2:4000", "[2001:db8::1]:4000" };
	const struct hash_key key = { 1, 2 }, other_key = { 1, 3 };
	const struct addr a = at("192.0.2.1:4000");
	const uint64_t cookie = hello_cookie(&key, 20000, &a);

	(void)state;
	assert_true(hello_cookie(&key, 20000, &a) == cookie);
	assert_true(hello_cookie(&key, 20002, &a) != cookie);
	assert_true(hello_cookie(&other_key, 20000, &a) != cookie);
	for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct addr b = at(others[i]);

		assert_true(hello_cookie(&key, 20000, &b) != cookie);
	}
}

static void keep(struct hello *early[HELLO_MAX], const char *source, unsigned port, uint8_t byte)
{
	struct datapath_mail what = { .n = 1, .bytes = { byte } };

	what.source = at(source);
	hello_keep(early, &what, port);
}

static void the_last_of_each_source_is_kept(void **state)
{
	struct hello *early[HELLO_MAX] = { NULL };

	(void)state;
	keep(early, "192.0.2.1:4000", 0, 1);
	keep(early, "192.0.2.1:4000", 1, 2);
	keep(early, "192.0.2.1:4000", 0, 3);
	keep(early, "192.0.2.2:4000", 0, 4);
	keep(early, "192.0.2.3:4000", 0, 5);
	for (unsigned i = 4; i < HELLO_MAX; i++) {
		char source[32];

		snprintf(source, sizeof(source), "192.0.2.%u:4000", i);
		keep(early, source, 0, (uint8_t)(i + 2));
	}
	assert_int_equal(early[0]->bytes[0], 3);
	assert_int_equal(early[1]->bytes[0], 2);
	assert_int_equal(early[1]->at, 1);
	assert_int_equal(early[2]->bytes[0], 4);
	assert_int_equal(early[3]->bytes[0], 5);
	assert_int_equal(early[HELLO_MAX - 1]->bytes[0], HELLO_MAX + 1);
	/* The oldest gives way. */
	keep(early, "192.0.2.99:4000", 0, 99);
	assert_int_equal(early[0]->bytes[0], 2);
	assert_int_equal(early[HELLO_MAX - 2]->bytes[0], HELLO_MAX + 1);
	assert_int_equal(early[HELLO_MAX - 1]->bytes[0], 99);
	hello_forget(early);
	for (unsigned i = 0; i < HELLO_MAX; i++)
		assert_null(early[i]);
}

/* Today's browsers send two datagrams; and the next one from there may be of another ClientHello. */
static void all_parts_of_it_are_kept(void **state)
{
	static const struct {
		uint8_t offset[3], mark;
	} parts[] = { { { 0, 0, 0 }, 1 }, { { 0, 4, 0x97 }, 2 }, { { 0, 0, 0 }, 3 }, { { 0, 4, 0x97 }, 4 } };
	struct hello *early[HELLO_MAX] = { NULL };

	(void)state;
	for (unsigned i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		/* A record's type, its length; the message's type, its offset. */
		struct datapath_mail what = { .source = at("192.0.2.1:4000"), .n = 26, .bytes = { 22, [13] = 1 } };

		memcpy(what.bytes + 19, parts[i].offset, sizeof(parts[i].offset));
		what.bytes[25] = parts[i].mark;
		hello_keep(early, &what, 0);
	}
	assert_int_equal(early[0]->bytes[25], 3);
	assert_int_equal(early[1]->bytes[25], 4);
	assert_int_equal(early[1]->offset, 0x497);
	assert_null(early[2]);
	hello_forget(early);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_ranked_as_those_of_media),
		cmocka_unit_test(a_cookie_is_of_one_source_and_one_port),
		cmocka_unit_test(the_last_of_each_source_is_kept),
		cmocka_unit_test(all_parts_of_it_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
