/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a stranger's words must not make us send to, in every spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/net/reach.h"

static struct addr addr_of(const char *text)
{
	struct addr a = { 0 };

	if (text[0] && addr_parse_host(span_str(text), &a))
		fail_msg("%s: no address", text);
	return a;
}

static void kinds(void **state)
{
	static const struct {
		const char *address;
		enum reach reach;
	} cases[] = {
		{ "192.0.2.1", REACH_FINE },
		{ "10.0.0.1", REACH_FINE },
		{ "100.64.0.1", REACH_FINE },
		{ "126.255.255.255", REACH_FINE },
		{ "128.0.0.0", REACH_FINE },
		{ "169.253.255.255", REACH_FINE },
		{ "169.255.0.0", REACH_FINE },
		{ "223.255.255.255", REACH_FINE },
		{ "2001:db8::1", REACH_FINE },
		{ "fd00::1", REACH_FINE },
		{ "2001:1::7f00:1", REACH_FINE },
		{ "", REACH_UNSPECIFIED },
		{ "0.0.0.0", REACH_UNSPECIFIED },
		{ "0.1.2.3", REACH_UNSPECIFIED },
		{ "::", REACH_UNSPECIFIED },
		{ "127.0.0.1", REACH_LOOPBACK },
		{ "127.255.255.254", REACH_LOOPBACK },
		{ "::1", REACH_LOOPBACK },
		{ "169.254.169.254", REACH_LINK_LOCAL },
		{ "fe80::1", REACH_LINK_LOCAL },
		{ "febf::1", REACH_LINK_LOCAL },
		{ "fec0::1", REACH_FINE },
		{ "224.0.0.1", REACH_MULTICAST },
		{ "239.255.255.255", REACH_MULTICAST },
		{ "ff02::1", REACH_MULTICAST },
		{ "255.255.255.255", REACH_BROADCAST },
		{ "240.0.0.1", REACH_RESERVED },
		{ "255.255.255.254", REACH_RESERVED },
		{ "168.63.129.16", REACH_METADATA },
		{ "fd00:ec2::254", REACH_METADATA },
		{ "fd00:ec2::253", REACH_FINE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr a = addr_of(cases[i].address);

		if (reach_of(&a) != cases[i].reach)
			fail_msg("%s is %s", cases[i].address, reach_name(reach_of(&a)));
	}
}

/* An IPv4 address in the clothes of an IPv6 address. */
static void disguises(void **state)
{
	static const struct {
		const char *address;
		enum reach reach;
	} cases[] = {
		{ "::ffff:127.0.0.1", REACH_LOOPBACK },
		{ "::ffff:7f00:1", REACH_LOOPBACK },
		{ "0:0:0:0:0:FFFF:7F00:0001", REACH_LOOPBACK },
		{ "::ffff:169.254.169.254", REACH_LINK_LOCAL },
		{ "::ffff:0.0.0.0", REACH_UNSPECIFIED },
		{ "::ffff:224.0.0.1", REACH_MULTICAST },
		{ "::ffff:255.255.255.255", REACH_BROADCAST },
		{ "::ffff:168.63.129.16", REACH_METADATA },
		{ "::ffff:192.0.2.1", REACH_FINE },
		{ "::ffff:0:127.0.0.1", REACH_LOOPBACK },
		{ "::127.0.0.1", REACH_LOOPBACK },
		{ "::2", REACH_UNSPECIFIED },
		{ "::192.0.2.1", REACH_FINE },
		{ "64:ff9b::127.0.0.1", REACH_LOOPBACK },
		{ "64:ff9b::a9fe:a9fe", REACH_LINK_LOCAL },
		{ "64:ff9b::192.0.2.1", REACH_FINE },
		{ "64:ff9b:1::127.0.0.1", REACH_LOOPBACK },
		{ "64:ff9b:2::127.0.0.1", REACH_FINE },
		{ "2002:7f00:1::1", REACH_LOOPBACK },
		{ "2002:a9fe:a9fe::", REACH_LINK_LOCAL },
		{ "2002:c000:201::1", REACH_FINE },
		{ "2001:0:c000:201::80ff:fffe", REACH_LOOPBACK },
		{ "2001:0:c000:201::5601:5601", REACH_LINK_LOCAL },
		{ "2001:0:c000:201::3fff:fdfe", REACH_FINE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr a = addr_of(cases[i].address);

		if (reach_of(&a) != cases[i].reach)
			fail_msg("%s is %s", cases[i].address, reach_name(reach_of(&a)));
	}
}

/* What some resolvers take for 127.0.0.1 is no address here: a name, which has to be looked up and judged again. */
static void no_addresses(void **state)
{
	static const char *const texts[] = { "127.1",      "0177.0.0.1",   "0x7f.0.0.1",   "2130706433",
					     "127.0.0.1.", "fe80::1%eth0", "::ffff:127.1", "127.0.0.1/8" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct addr a;

		if (addr_parse_host(span_str(texts[i]), &a) == 0)
			fail_msg("%s is an address", texts[i]);
	}
}

static void from_realms(void **state)
{
	static const struct {
		const char *own, *to;
		enum reach reach;
	} cases[] = {
		{ "192.0.2.1", "198.51.100.1", REACH_FINE },
		{ "192.0.2.1", "127.0.0.1", REACH_LOOPBACK },
		{ "192.0.2.1", "::ffff:127.0.0.1", REACH_LOOPBACK },
		{ "192.0.2.1", "169.254.1.1", REACH_LINK_LOCAL },
		{ "127.0.0.1", "127.0.0.9", REACH_FINE },
		{ "::1", "::1", REACH_FINE },
		{ "127.0.0.1", "::ffff:127.0.0.1", REACH_FINE },
		{ "127.0.0.1", "192.0.2.1", REACH_FINE },
		{ "127.0.0.1", "169.254.169.254", REACH_LINK_LOCAL },
		{ "127.0.0.1", "0.0.0.0", REACH_UNSPECIFIED },
		{ "127.0.0.1", "224.0.0.1", REACH_MULTICAST },
		{ "169.254.1.1", "169.254.1.2", REACH_FINE },
		{ "169.254.1.1", "127.0.0.1", REACH_LOOPBACK },
		{ "fe80::1", "fe80::2", REACH_FINE },
		{ "2001:db8::1", "fe80::2", REACH_LINK_LOCAL },
		{ "fe80::1", "fd00:ec2::254", REACH_METADATA },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr own = addr_of(cases[i].own), to = addr_of(cases[i].to);

		if (reach_from(&own, &to) != cases[i].reach)
			fail_msg("%s from %s is %s", cases[i].to, cases[i].own, reach_name(reach_from(&own, &to)));
	}
}

static void names(void **state)
{
	(void)state;
	for (enum reach r = REACH_FINE; r < REACH_N; r++)
		for (enum reach other = r + 1; other < REACH_N; other++)
			assert_string_not_equal(reach_name(r), reach_name(other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),       cmocka_unit_test(disguises), cmocka_unit_test(no_addresses),
		cmocka_unit_test(from_realms), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
