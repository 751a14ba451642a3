/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "alg/base/addr.h"
#include "tests/unit/guard.h"

static struct addr addr_of(const char *text)
{
	struct addr a;

	if (addr_parse(span_str(text), 0, &a))
		fail_msg("%s does not parse", text);
	return a;
}

/* Every spelling that a configuration, an ACL, a Via or an SDP may hold. expected is what addr_write gives; NULL:
 * refused. */
static void parses(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1:5060" },
		{ "192.0.2.1:5080", "192.0.2.1:5080" },
		{ "192.0.2.1:1", "192.0.2.1:1" },
		{ "192.0.2.1:65535", "192.0.2.1:65535" },
		{ "192.0.2.1:005080", "192.0.2.1:5080" },
		{ "0.0.0.0", "0.0.0.0:5060" },
		{ "255.255.255.255", "255.255.255.255:5060" },
		{ "2001:db8::1", "[2001:db8::1]:5060" },
		{ "[2001:db8::1]", "[2001:db8::1]:5060" },
		{ "[2001:db8::1]:5080", "[2001:db8::1]:5080" },
		{ "2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:5060" },
		{ "2001:db8::1:5080", "[2001:db8::1:5080]:5060" }, /* unbracketed: all of it is the address */
		{ "::", "[::]:5060" },
		{ "::1", "[::1]:5060" },
		{ "[::]:80", "[::]:80" },
		{ "::ffff:127.0.0.1", "[::ffff:127.0.0.1]:5060" },
		{ "[::ffff:192.0.2.1]:9", "[::ffff:192.0.2.1]:9" },
		{ "::ffff:c000:0201", "[::ffff:192.0.2.1]:5060" },
		{ "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:5060" },
		{ "", NULL },
		{ "192.0.2", NULL },
		{ "192.0.2.1.", NULL },
		{ "192.0.2.256", NULL },
		{ "192.0.2.01", NULL },
		{ "192.0.2.0x1", NULL },
		{ "3221225985", NULL },
		{ " 192.0.2.1", NULL },
		{ "192.0.2.1 ", NULL },
		{ "192.0.2.1:", NULL },
		{ "192.0.2.1:0", NULL },
		{ "192.0.2.1:65536", NULL },
		{ "192.0.2.1:-1", NULL },
		{ "192.0.2.1:5060x", NULL },
		{ "192.0.2.1:5060:1", NULL },
		{ "192.0.2.1::1", NULL },
		{ "192.0.2.1/24", NULL },
		{ "[192.0.2.1]", NULL },
		{ "[192.0.2.1]:5060", NULL },
		{ "[2001:db8::1", NULL },
		{ "2001:db8::1]", NULL },
		{ "[]", NULL },
		{ "[", NULL },
		{ "]", NULL },
		{ "[]:5060", NULL },
		{ "[2001:db8::1]5060", NULL },
		{ "[2001:db8::1]:", NULL },
		{ "[[::1]]", NULL },
		{ "fe80::1%eth0", NULL },
		{ "2001:db8:::1", NULL },
		{ "1:2:3:4:5:6:7:8:9", NULL },
		{ "12345::", NULL },
		{ "example.com", NULL },
		{ ":5060", NULL },
		{ ":", NULL },
		{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct addr a = { .port = 7 };
		char text[ADDR_TEXT_MAX];
		int rc = addr_parse(in, 5060, &a);

		if (rc != (cases[i].expected ? 0 : -1))
			fail_msg("\"%s\": %d", cases[i].in, rc);
		if (rc)
			assert_int_equal(a.port, 7);
		else
			assert_string_equal(addr_text(&a, text), cases[i].expected);
		guard_free(in);
	}
}

static void a_nul_does_not_end_an_address(void **state)
{
	struct addr a;
	(void)state;

	assert_int_equal(addr_parse_host(SPAN("192.0.2.1\0"), &a), -1);
	assert_int_equal(addr_parse_host(SPAN("192.0.2.1\0.evil"), &a), -1);
}

static void an_ipv4_address_at_the_front(void **state)
{
	static const struct {
		const char *in;
		uint32_t length;
	} cases[] = {
		{ "", 0 },
		{ "192.0.2.1", 9 },
		{ "192.0.2.1:5060", 9 },
		{ "192.0.2.1.", 9 },
		{ "192.0.2.17.example.com", 10 },
		{ "0.0.0.0;x", 7 },
		{ "192.0.2", 0 },
		{ "192.0.2.", 0 },
		{ "192.0.2.256", 0 },
		{ "192.0.2.2555", 11 },
		{ "192.0.02.1", 0 },
		{ "example.com", 0 },
		{ "::1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = guard_span(span_str(cases[i].in));

		assert_int_equal(addr_v4_length(s), cases[i].length);
		guard_free(s);
	}
}

static void a_host_has_no_port(void **state)
{
	struct addr a;
	(void)state;

	assert_int_equal(addr_parse_host(SPAN("192.0.2.1:5060"), &a), -1);
	assert_int_equal(addr_parse_host(SPAN("[::1]:5060"), &a), -1);
	assert_int_equal(addr_parse_host(SPAN("[::1]"), &a), 0);
	assert_int_equal(a.family, ADDR_V6);
	assert_int_equal(a.port, 0);
}

/* The longest texts there are fit, and come out whole. */
static void writes(void **state)
{
	static const struct {
		const char *in, *bare, *bracketed;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.1" },
		{ "2001:db8::1", "2001:db8::1", "[2001:db8::1]" },
		{ "::", "::", "[::]" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		  "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]" },
		{ "::ffff:255.255.255.255", "::ffff:255.255.255.255", "[::ffff:255.255.255.255]" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr a = addr_of(cases[i].in);
		char buf[2][64];
		struct writer bare = writer_over(buf[0], 64), bracketed = writer_over(buf[1], 64);

		addr_write_host(&bare, &a, false);
		addr_write_host(&bracketed, &a, true);
		assert_true(span_eq(writer_done(&bare), span_str(cases[i].bare)));
		assert_true(span_eq(writer_done(&bracketed), span_str(cases[i].bracketed)));
	}
}

static void no_address_is_not_written(void **state)
{
	struct addr none = { 0 };
	char buf[64], text[ADDR_TEXT_MAX];
	struct writer w = writer_over(buf, sizeof(buf));
	(void)state;

	addr_write(&w, &none);
	assert_true(w.failed);
	assert_string_equal(addr_text(&none, text), "(none)");
}

/* prefix, address, inside? NULL address: the prefix is refused. */
static void prefixes(void **state)
{
	static const struct {
		const char *prefix, *addr;
		bool inside;
	} cases[] = {
		{ "192.0.2.0/24", "192.0.2.0", true },
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.77/24", "192.0.2.1", true }, /* host bits do not matter */
		{ "192.0.2.0/25", "192.0.2.127", true },
		{ "192.0.2.0/25", "192.0.2.128", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1/32", "192.0.2.1", true },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "172.16.0.0/12", "172.31.255.255", true },
		{ "172.16.0.0/12", "172.32.0.0", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "[2001:db8::]/32", "2001:db8::1", true },
		{ "2001:db8::/33", "2001:db8:8000::", false },
		{ "2001:db8::1", "2001:db8::1", true },
		{ "2001:db8::1/127", "2001:db8::", true },
		{ "2001:db8::1/128", "2001:db8::", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "192.0.2.1", false },
		{ "::ffff:127.0.0.1/128", "127.0.0.1", true }, /* a mapped prefix is the IPv4 one it maps */
		{ "::ffff:192.0.2.0/120", "192.0.2.255", true },
		{ "::ffff:192.0.2.0/120", "192.0.3.0", false },
		{ "::ffff:0:0/95", "127.0.0.1", false }, /* wider than all that is mapped: IPv6 */
		{ "192.0.2.0/", NULL, false },
		{ "192.0.2.0/33", NULL, false },
		{ "192.0.2.0/-1", NULL, false },
		{ "192.0.2.0/8x", NULL, false },
		{ "192.0.2.0/24/8", NULL, false },
		{ "192.0.2.0:80/24", NULL, false },
		{ "2001:db8::/129", NULL, false },
		{ "/24", NULL, false },
		{ "", NULL, false },
		{ "localhost", NULL, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].prefix));
		struct prefix p;
		int rc = prefix_parse(in, &p);

		if (rc != (cases[i].addr ? 0 : -1))
			fail_msg("\"%s\": %d", cases[i].prefix, rc);
		if (rc == 0) {
			struct addr a = addr_of(cases[i].addr);

			if (prefix_has(&p, &a) != cases[i].inside)
				fail_msg("%s in %s", cases[i].addr, cases[i].prefix);
		}
		guard_free(in);
	}
}

static void kinds_of_addresses(void **state)
{
	enum { ANY = 1, LOOPBACK = 2, MULTICAST = 4, PRIVATE = 8, UNICAST = 16 };
	static const struct {
		const char *addr;
		unsigned kinds;
	} cases[] = {
		{ "0.0.0.0", ANY },
		{ "0.1.2.3", 0 },
		{ "::", ANY },
		{ "127.0.0.1", LOOPBACK | PRIVATE | UNICAST },
		{ "127.255.255.255", LOOPBACK | PRIVATE | UNICAST },
		{ "::1", LOOPBACK | PRIVATE | UNICAST },
		{ "::2", UNICAST },
		{ "9.255.255.255", UNICAST },
		{ "10.0.0.0", PRIVATE | UNICAST },
		{ "10.255.255.255", PRIVATE | UNICAST },
		{ "11.0.0.0", UNICAST },
		{ "172.15.255.255", UNICAST },
		{ "172.16.0.0", PRIVATE | UNICAST },
		{ "172.31.255.255", PRIVATE | UNICAST },
		{ "172.32.0.0", UNICAST },
		{ "192.167.255.255", UNICAST },
		{ "192.168.0.0", PRIVATE | UNICAST },
		{ "192.168.255.255", PRIVATE | UNICAST },
		{ "192.169.0.0", UNICAST },
		{ "100.63.255.255", UNICAST },
		{ "100.64.0.0", PRIVATE | UNICAST }, /* RFC 6598 */
		{ "100.127.255.255", PRIVATE | UNICAST },
		{ "100.128.0.0", UNICAST },
		{ "169.254.0.1", PRIVATE | UNICAST },
		{ "169.253.255.255", UNICAST },
		{ "203.0.113.1", UNICAST },
		{ "223.255.255.255", UNICAST },
		{ "224.0.0.1", MULTICAST },
		{ "239.255.255.255", MULTICAST },
		{ "240.0.0.1", 0 },
		{ "255.255.255.255", 0 },
		{ "2001:db8::1", UNICAST },
		{ "fbff::1", UNICAST },
		{ "fc00::1", PRIVATE | UNICAST },
		{ "fdff::1", PRIVATE | UNICAST },
		{ "fe00::1", UNICAST },
		{ "fe80::1", PRIVATE | UNICAST },
		{ "febf::1", PRIVATE | UNICAST },
		{ "fec0::1", UNICAST },
		{ "ff02::1", MULTICAST },
	};
	struct addr none = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr a = addr_of(cases[i].addr);
		unsigned kinds = (addr_is_any(&a) ? ANY : 0) | (addr_is_loopback(&a) ? LOOPBACK : 0) |
				 (addr_is_multicast(&a) ? MULTICAST : 0) | (addr_is_private(&a) ? PRIVATE : 0) |
				 (addr_is_unicast(&a) ? UNICAST : 0);

		if (kinds != cases[i].kinds)
			fail_msg("%s: %#x instead of %#x", cases[i].addr, kinds, cases[i].kinds);
	}
	assert_false(addr_is_set(&none));
	assert_false(addr_is_any(&none));
	assert_false(addr_is_unicast(&none));
}

static void mapped_becomes_v4(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "[::ffff:127.0.0.1]:5060", "127.0.0.1:5060" },
		{ "[::ffff:c000:0201]:1", "192.0.2.1:1" },
		{ "[::fffe:c000:0201]:1", "[::fffe:c000:201]:1" },
		{ "[::192.0.2.1]:1", "[::192.0.2.1]:1" },
		{ "[2001:db8::ffff:192.0.2.1]:1", "[2001:db8::ffff:c000:201]:1" },
		{ "192.0.2.1:9", "192.0.2.1:9" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr in = addr_of(cases[i].in), expected = addr_of(cases[i].expected);
		struct addr got = addr_unmap(&in);

		if (!addr_eq(&got, &expected))
			fail_msg("%s", cases[i].in);
	}
}

static void equality(void **state)
{
	struct addr a = addr_of("192.0.2.1:5060"), port = addr_of("192.0.2.1:5061"), host = addr_of("192.0.2.2:5060");
	struct addr mapped = addr_of("[::ffff:192.0.2.1]:5060");
	(void)state;

	assert_true(addr_eq(&a, &a));
	assert_false(addr_eq(&a, &port));
	assert_true(addr_same_host(&a, &port));
	assert_false(addr_same_host(&a, &host));
	assert_false(addr_same_host(&a, &mapped));
	assert_true(addr_same_prefix(&a, &host, 24));
	assert_true(addr_same_prefix(&a, &host, 30));
	assert_false(addr_same_prefix(&a, &host, 31));
}

static void through_the_socket_calls_and_back(void **state)
{
	static const struct {
		const char *in, *back;
		socklen_t len;
	} cases[] = {
		{ "192.0.2.1:5060", "192.0.2.1:5060", sizeof(struct sockaddr_in) },
		{ "[2001:db8::1]:5060", "[2001:db8::1]:5060", sizeof(struct sockaddr_in6) },
		{ "[::ffff:192.0.2.1]:5060", "192.0.2.1:5060", sizeof(struct sockaddr_in6) },
	};
	struct sockaddr_storage ss;
	struct addr none = { 0 }, got = { .port = 7 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr in = addr_of(cases[i].in), back = addr_of(cases[i].back);

		assert_int_equal(addr_to_sockaddr(&in, &ss), cases[i].len);
		assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, &got), 0);
		if (!addr_eq(&got, &back))
			fail_msg("%s", cases[i].in);
	}
	got.port = 7;
	assert_int_equal(addr_to_sockaddr(&none, &ss), 0);
	ss.ss_family = AF_UNIX;
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, &got), -1);
	assert_int_equal(got.port, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(a_nul_does_not_end_an_address),
		cmocka_unit_test(an_ipv4_address_at_the_front),
		cmocka_unit_test(a_host_has_no_port),
		cmocka_unit_test(writes),
		cmocka_unit_test(no_address_is_not_written),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(kinds_of_addresses),
		cmocka_unit_test(mapped_becomes_v4),
		cmocka_unit_test(equality),
		cmocka_unit_test(through_the_socket_calls_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
