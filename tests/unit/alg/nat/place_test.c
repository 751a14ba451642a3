/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether what a peer says of itself is where its bytes come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alg/nat/place.h"
#include "tests/unit/guard.h"

#define COUNTS PLACE_PORT_COUNTS
#define ANY    PLACE_PORT_ANY

struct place_case {
	const char *name, *said, *source;
	enum place_port port;
	enum place expected;
};

static struct addr addr(const char *text)
{
	struct addr a = { 0 };

	assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

/* As session descriptions and candidates give them: no default port. */
static void addresses(void **state)
{
	static const struct place_case cases[] = {
		{ "the source", "192.0.2.1:4000", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "a private one that is the source: no NAT between", "10.0.0.7:4000", "10.0.0.7:4000", COUNTS,
		  PLACE_HERE },
		{ "another port", "192.0.2.1:4000", "192.0.2.1:4001", COUNTS, PLACE_OTHER_PORT },
		{ "another port, where it is any", "192.0.2.1:4000", "192.0.2.1:4001", ANY, PLACE_HERE },
		{ "RFC 1918 behind NAT", "192.168.1.10:4000", "192.0.2.1:4000", COUNTS, PLACE_OTHER_HOST },
		{ "RFC 6598 behind NAT", "100.64.0.9:4000", "192.0.2.1:4000", ANY, PLACE_OTHER_HOST },
		{ "a private one behind another private one", "192.168.1.10:4000", "10.0.0.7:4000", ANY,
		  PLACE_OTHER_HOST },
		{ "a public one that is not the source", "192.0.2.2:4000", "192.0.2.1:4000", ANY, PLACE_OTHER_HOST },
		{ "loopback said from afar", "127.0.0.1:4000", "192.0.2.1:4000", ANY, PLACE_OTHER_HOST },
		{ "0.0.0.0, as on hold", "0.0.0.0:4000", "192.0.2.1:4000", ANY, PLACE_UNKNOWN },
		{ "::", "[::]:4000", "[2001:db8::1]:4000", ANY, PLACE_UNKNOWN },
		{ "multicast", "224.0.1.75:4000", "192.0.2.1:4000", ANY, PLACE_UNKNOWN },
		{ "the source, IPv6", "[2001:db8::1]:4000", "[2001:db8::1]:4000", COUNTS, PLACE_HERE },
		{ "another host in the same network, IPv6", "[2001:db8::2]:4000", "[2001:db8::1]:4000", ANY,
		  PLACE_OTHER_HOST },
		{ "mapped IPv4 said", "[::ffff:192.0.2.1]:4000", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "mapped IPv4 seen", "192.0.2.1:4000", "[::ffff:192.0.2.1]:4000", COUNTS, PLACE_HERE },
		{ "mapped IPv4 of another host", "[::ffff:192.0.2.2]:4000", "192.0.2.1:4000", ANY, PLACE_OTHER_HOST },
		{ "a mapped any", "[::ffff:0.0.0.0]:4000", "192.0.2.1:4000", ANY, PLACE_UNKNOWN },
		{ "the other IP version", "[2001:db8::1]:4000", "192.0.2.1:4000", ANY, PLACE_OTHER_HOST },
		{ "IPv6 whose first bytes are the IPv4 source", "[c000:201::]:4000", "192.0.2.1:4000", ANY,
		  PLACE_OTHER_HOST },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr said = addr(cases[i].said), source = addr(cases[i].source);

		print_message("%s\n", cases[i].name);
		assert_int_equal(place_of(&said, &source, cases[i].port), cases[i].expected);
	}
}

static void no_address(void **state)
{
	struct addr none = { 0 }, source = addr("192.0.2.1:4000");

	(void)state;
	assert_int_equal(place_of(&none, &source, COUNTS), PLACE_UNKNOWN);
	assert_int_equal(place_of(&none, &none, ANY), PLACE_UNKNOWN);
}

static void contacts(void **state)
{
	static const struct place_case cases[] = {
		{ "the source", "sip:a@192.0.2.1:4000", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "without user", "sip:192.0.2.1:4000", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "5060 unsaid", "sip:a@192.0.2.1", "192.0.2.1:5060", COUNTS, PLACE_HERE },
		{ "5060 unsaid, sent from elsewhere", "sip:a@192.0.2.1", "192.0.2.1:40000", COUNTS, PLACE_OTHER_PORT },
		{ "a NAT that keeps the port", "sip:a@192.168.1.10:4000", "192.0.2.1:4000", COUNTS, PLACE_OTHER_HOST },
		{ "a connection's port is any", "sip:a@192.0.2.1;transport=tcp", "192.0.2.1:40000", ANY, PLACE_HERE },
		{ "a connection's host is not", "sips:a@192.168.1.10", "192.0.2.1:40000", ANY, PLACE_OTHER_HOST },
		{ "IPv6", "sip:a@[2001:db8::1]:4000;ob", "[2001:db8::1]:4000", COUNTS, PLACE_HERE },
		{ "IPv6, other writing", "sip:a@[2001:DB8:0::0:1]:4000", "[2001:db8::1]:4000", COUNTS, PLACE_HERE },
		{ "mapped IPv4", "sip:a@[::ffff:192.0.2.1]:4000", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "a browser's", "sip:x@df7jal23ls0d.invalid;transport=ws", "192.0.2.1:40000", ANY, PLACE_UNKNOWN },
		{ "a name", "sip:a@phone.example.com:4000", "192.0.2.1:4000", COUNTS, PLACE_UNKNOWN },
		{ "a name that looks like an address", "sip:a@192.0.2.1.example.com:4000", "192.0.2.1:4000", COUNTS,
		  PLACE_UNKNOWN },
		{ "0.0.0.0", "sip:a@0.0.0.0:4000", "192.0.2.1:4000", COUNTS, PLACE_UNKNOWN },
		{ "maddr is no place", "sip:a@192.168.1.10:4000;maddr=192.0.2.1", "192.0.2.1:4000", COUNTS,
		  PLACE_OTHER_HOST },
		{ "a number", "tel:+4930123456", "192.0.2.1:4000", ANY, PLACE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(span_str(cases[i].said));
		struct addr source = addr(cases[i].source);
		struct uri uri;

		print_message("%s\n", cases[i].name);
		assert_int_equal(uri_parse(text, &uri), 0);
		assert_int_equal(place_of_contact(&uri, &source, cases[i].port), cases[i].expected);
		guard_free(text);
	}
}

static void vias(void **state)
{
	static const struct place_case cases[] = {
		{ "the source", "SIP/2.0/UDP 192.0.2.1:4000;rport", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "5060 unsaid", "SIP/2.0/UDP 192.0.2.1", "192.0.2.1:5060", COUNTS, PLACE_HERE },
		{ "5060 unsaid, sent from elsewhere", "SIP/2.0/UDP 192.0.2.1", "192.0.2.1:40000", COUNTS,
		  PLACE_OTHER_PORT },
		{ "behind NAT", "SIP/2.0/UDP 192.168.1.10:4000;rport", "192.0.2.1:4000", COUNTS, PLACE_OTHER_HOST },
		{ "a received of its own does not help", "SIP/2.0/UDP 192.168.1.10:4000;received=192.0.2.1;rport=4000",
		  "192.0.2.1:4000", COUNTS, PLACE_OTHER_HOST },
		{ "nor does it harm", "SIP/2.0/UDP 192.0.2.1:4000;received=192.168.1.10;rport=9", "192.0.2.1:4000",
		  COUNTS, PLACE_HERE },
		{ "a connection's port is any", "SIP/2.0/TCP 192.0.2.1:5060", "192.0.2.1:40000", ANY, PLACE_HERE },
		{ "IPv6", "SIP/2.0/UDP [2001:db8::1]:4000", "[2001:db8::1]:4000", COUNTS, PLACE_HERE },
		{ "mapped IPv4", "SIP/2.0/UDP [::ffff:192.0.2.1]:4000", "192.0.2.1:4000", COUNTS, PLACE_HERE },
		{ "a name", "SIP/2.0/WSS df7jal23ls0d.invalid", "192.0.2.1:40000", ANY, PLACE_UNKNOWN },
		{ "three colons (RFC 5118 4.10)", "SIP/2.0/UDP [2001:db8:::192.0.2.1]:4000", "192.0.2.1:4000", COUNTS,
		  PLACE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(span_str(cases[i].said));
		struct addr source = addr(cases[i].source);
		struct via via;

		print_message("%s\n", cases[i].name);
		assert_int_equal(via_parse(text, &via), 0);
		assert_int_equal(place_of_via(&via, &source, cases[i].port), cases[i].expected);
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(no_address),
		cmocka_unit_test(contacts),
		cmocka_unit_test(vias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
