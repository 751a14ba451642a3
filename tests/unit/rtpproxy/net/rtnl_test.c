/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages as a kernel sent them, and ones that it should not send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <linux/neighbour.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include "alg/base/span.h"
#include "rtpproxy/net/rtnl.h"

/* Little endian, as recorded on x86-64; len is the length field of the message. */
#define HEADER(len, type)                                                                                              \
	len "\0\0\0" type "\0\0\0"                                                                                     \
	    "\1\0\0\0"                                                                                                 \
	    "\0\0\0\0"
#define NEIGHBOUR(family, oif, nud) family "\0\0\0" oif "\0\0\0" nud "\0\0\1"
#define DST_V4                      "\x08\0\x01\0\xc0\0\x02\x09"
#define DST_V6                      "\x14\0\x01\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
#define MAC                         "\x0a\0\x02\0\2\1\2\3\4\5\0\0"
#define CACHE                       "\x14\0\x03\0\1\0\0\0\2\0\0\0\3\0\0\0\0\0\0\0"

static void neighbours(void **state)
{
	static const struct {
		const char *name;
		struct span text;
		const char *host; /* NULL: refused */
		unsigned ifindex;
		uint16_t nud;
		bool has_mac;
	} cases[] = {
		{ "IPv4, reachable", SPAN(HEADER("\x44", "\x1c") NEIGHBOUR("\x02", "\x07", "\x02") DST_V4 MAC CACHE),
		  "192.0.2.9", 7, NUD_REACHABLE, true },
		{ "IPv6, stale", SPAN(HEADER("\x3c", "\x1c") NEIGHBOUR("\x0a", "\x03", "\x04") DST_V6 MAC),
		  "2001:db8::9", 3, NUD_STALE, true },
		{ "not resolved", SPAN(HEADER("\x24", "\x1c") NEIGHBOUR("\x02", "\x07", "\x01") DST_V4), "192.0.2.9", 7,
		  NUD_INCOMPLETE, false },
		{ "gone", SPAN(HEADER("\x30", "\x1d") NEIGHBOUR("\x02", "\x07", "\x02") DST_V4 MAC), "192.0.2.9", 7,
		  NUD_NONE, true },
		{ "an address of eight bytes is no MAC",
		  SPAN(HEADER("\x30", "\x1c") NEIGHBOUR("\x02", "\x07", "\x02") DST_V4
		       "\x0c\0\x02\0\1\2\3\4\5\6\7\x08"),
		  "192.0.2.9", 7, NUD_REACHABLE, false },
		{ "no host", SPAN(HEADER("\x28", "\x1c") NEIGHBOUR("\x02", "\x07", "\x02") MAC), NULL, 0, 0, false },
		{ "a host of five bytes",
		  SPAN(HEADER("\x28", "\x1c") NEIGHBOUR("\x02", "\x07", "\x02") "\x09\0\x01\0\1\2\3\4\5\0\0\0"), NULL,
		  0, 0, false },
		{ "an attribute beyond the end",
		  SPAN(HEADER("\x24", "\x1c") NEIGHBOUR("\x02", "\x07", "\x02") "\x09\0\x01\0\xc0\0\x02\x09"), NULL, 0,
		  0, false },
		{ "cut off", SPAN(HEADER("\x18", "\x1c") "\x02\0\0\0\x07\0\0\0"), NULL, 0, 0, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_Alignas(8) char text[128];
		struct rtnl_neighbour n = { .ifindex = 99 };
		struct addr want = { 0 };
		int result;

		memcpy(text, cases[i].text.p, cases[i].text.n);
		result = rtnl_neighbour_parse((const struct nlmsghdr *)text, &n);
		if (result != (cases[i].host ? 0 : -1) || (result < 0 && n.ifindex != 99))
			fail_msg("%s: %d", cases[i].name, result);
		if (result < 0)
			continue;
		assert_int_equal(addr_parse_host(span_str(cases[i].host), &want), 0);
		if (!addr_same_host(&n.host, &want) || n.ifindex != cases[i].ifindex || n.state != cases[i].nud ||
		    n.has_mac != cases[i].has_mac)
			fail_msg("%s", cases[i].name);
		if (n.has_mac)
			assert_memory_equal(n.mac, "\2\1\2\3\4\5", 6);
	}
}

/* What every host's kernel knows: lo. */
static void loopback(void **state)
{
	struct mnl_socket *s = rtnl_open();
	struct rtnl_route r;
	struct addr a;
	(void)state;

	assert_non_null(s);
	assert_int_equal(addr_parse_host(SPAN("127.0.0.1"), &a), 0);
	assert_int_equal(rtnl_route_get(s, &a, &a, &r), 0);
	assert_true(r.local);
	assert_false(addr_is_set(&r.gateway));
	assert_int_equal(rtnl_address_interface(s, &a), r.ifindex);
	assert_int_equal(addr_parse_host(SPAN("192.0.2.77"), &a), 0);
	assert_int_equal(rtnl_address_interface(s, &a), 0);
	mnl_socket_close(s);
}

/* In a network of its own, with a neighbour that somebody has set and that nobody would answer for. */
static void permanent_neighbour_stays(void **state)
{
	static const char setup[] =
		"ip link add near type veth peer name far && ip link set near up && ip link set far up && "
		"ip address add 192.0.2.1/24 dev near && "
		"ip neighbour add 192.0.2.9 lladdr 02:00:00:00:00:09 nud permanent dev near";
	struct mnl_socket *s;
	struct rtnl_neighbour n;
	struct addr a;
	(void)state;

	if (geteuid() != 0)
		skip();
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(system(setup), 0);
	s = rtnl_open();
	assert_non_null(s);
	assert_int_equal(addr_parse_host(SPAN("192.0.2.9"), &a), 0);
	rtnl_neighbour_use(s, if_nametoindex("near"), &a);
	assert_int_equal(rtnl_neighbour_get(s, if_nametoindex("near"), &a, &n), 0);
	assert_int_equal(n.state, NUD_PERMANENT);
	mnl_socket_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours), cmocka_unit_test(loopback),
		cmocka_unit_test(permanent_neighbour_stays), /* last: it leaves this network */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
