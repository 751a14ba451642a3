/* SPDX-License-Identifier: BSD-3-Clause */
/* Which interfaces are opened for which realms; none is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rtpproxy/path/nics.h"

struct bench {
	struct config c;
	struct netview *view;
	struct nics n;
	char error[256];
};

static void ignore(void *ctx, const struct way *w)
{
	(void)ctx;
	(void)w;
}

static int begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->c.relay.port = "auto";
	b->view = netview_open(4, ignore, NULL, b->error, sizeof(b->error));
	*state = b;
	return b->view ? 0 : -1;
}

static int end(void **state)
{
	struct bench *b = *state;

	netview_close(b->view);
	free(b);
	return 0;
}

static void realm_add(struct bench *b, const char *name, const char *address, const char *interface, uint16_t first,
		      uint16_t last)
{
	struct conf_realm *r = &b->c.realms[b->c.nrealm++];

	*r = (struct conf_realm){ .name = name, .interface = interface, .media_first = first, .media_last = last };
	assert_int_equal(addr_parse_host(span_str(address), &r->address), 0);
}

static int plan(struct bench *b)
{
	return nics_plan(&b->n, &b->c, b->view, b->error, sizeof(b->error));
}

static const struct nics_want *want(const struct bench *b, const char *interface)
{
	for (unsigned i = 0; i < b->n.nwant; i++)
		if (strcmp(b->n.want[i].interface, interface) == 0)
			return &b->n.want[i];
	fail_msg("%s is not wanted", interface);
	return NULL;
}

/* One that is named need not be there yet; lo takes what this host sends to any of its own addresses. */
static void each_interface_has_the_ranges_of_its_realms(void **state)
{
	struct bench *b = *state;
	const struct media_ranges *r;

	realm_add(b, "out", "192.0.2.1", "eth7", 20000, 20099);
	realm_add(b, "six", "2001:db8::1", "eth7", 30000, 30099);
	realm_add(b, "lan", "10.0.0.5", "eth8", 10000, 10099);
	realm_add(b, "sip", "10.0.0.6", "eth8", 0, 0); /* without media */
	assert_int_equal(plan(b), 0);
	assert_int_equal(b->n.nwant, 3);
	r = &want(b, "eth7")->ranges;
	assert_int_equal(r->n, 2);
	assert_int_equal(r->range[0].first, 20000);
	assert_int_equal(r->range[0].last, 20099);
	assert_int_equal(r->range[0].ether, 0x0800);
	assert_memory_equal(r->range[0].host, b->c.realms[0].address.ip, sizeof(r->range[0].host));
	assert_int_equal(r->range[1].ether, 0x86dd);
	assert_int_equal(want(b, "eth8")->ranges.n, 1);
	assert_int_equal(want(b, "lo")->ranges.n, 3);
	assert_int_equal(b->n.lo, if_nametoindex("lo"));
}

static void who_holds_an_address_is_asked_of_the_kernel(void **state)
{
	struct bench *b = *state;

	realm_add(b, "here", "127.0.0.1", NULL, 20000, 20099);
	assert_int_equal(plan(b), 0);
	assert_int_equal(b->n.nwant, 1);
	assert_int_equal(want(b, "lo")->ranges.n, 1); /* once, though it is lo's and a realm's */
	realm_add(b, "away", "192.0.2.1", NULL, 20000, 20099);
	assert_int_equal(plan(b), -1);
	assert_string_equal(b->error, "realms.away.address: no interface of this machine has 192.0.2.1");
}

static void a_device_takes_the_place_of_all_but_lo(void **state)
{
	struct bench *b = *state;

	b->c.relay.port = "0000:03:00.0";
	realm_add(b, "out", "192.0.2.1", NULL, 20000, 20099);
	realm_add(b, "lan", "10.0.0.5", "edge0", 20000, 20099);
	assert_int_equal(plan(b), 0);
	assert_int_equal(b->n.nwant, 1);
	assert_int_equal(want(b, "lo")->ranges.n, 2);
}

static void there_is_room_for_all_realms(void **state)
{
	static char names[CONF_REALM_MAX][IF_NAMESIZE];
	struct bench *b = *state;

	for (unsigned i = 0; i < CONF_REALM_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "eth%u", i);
		realm_add(b, names[i], "192.0.2.1", names[i], 20000, 20099);
	}
	assert_int_equal(plan(b), 0);
	assert_int_equal(b->n.nwant, CONF_REALM_MAX + 1);
	assert_true(want(b, "lo")->ranges.n <= MEDIA_RANGE_MAX);
}

static void memory_by_kind_and_workers(void **state)
{
	static const struct {
		const char *port;
		unsigned cores, megabytes;
	} cases[] = {
		{ "auto", 0, 32 },     { "af_xdp", 1, 32 },           { "af_packet", 4, 32 + 3 * 8 },
		{ "net_tap0", 0, 80 }, { "0000:03:00.0", 2, 80 + 8 },
	};
	struct bench *b = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		b->c.relay.port = cases[i].port;
		b->c.relay.ncore = (uint8_t)cases[i].cores;
		assert_int_equal(nics_megabytes(&b->c), cases[i].megabytes);
	}
}

/* By the number of the kernel's that a way has. On a device's end the kernel may have put a VLAN or a bridge. */
static void the_interface_that_a_way_leads_by(void **state)
{
	static const struct {
		enum nic_kind first;
		unsigned ifindex;
		int found;
	} cases[] = {
		{ NIC_AF_XDP, 7, 0 }, { NIC_AF_XDP, 8, 1 }, { NIC_AF_XDP, 1, 2 }, { NIC_AF_XDP, 9, -1 },
		{ NIC_DEVICE, 8, 0 }, { NIC_DEVICE, 9, 0 }, { NIC_DEVICE, 1, 2 },
	};
	struct bench *b = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		b->n = (struct nics){ .lo = 1, .nopen = 3 };
		b->n.open[0] = (struct nic){ .kind = cases[i].first, .ifindex = cases[i].first == NIC_DEVICE ? 0 : 7 };
		b->n.open[1] =
			(struct nic){ .kind = cases[i].first == NIC_DEVICE ? NIC_KERNEL : NIC_AF_XDP, .ifindex = 8 };
		b->n.open[2] = (struct nic){ .kind = NIC_AF_XDP, .ifindex = 1 };
		if (nics_find(&b->n, cases[i].ifindex) != cases[i].found)
			fail_msg("case %u: %d", i, nics_find(&b->n, cases[i].ifindex));
		assert_int_equal(nics_has_device(&b->n), cases[i].first == NIC_DEVICE);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(each_interface_has_the_ranges_of_its_realms),
		TEST(who_holds_an_address_is_asked_of_the_kernel),
		TEST(a_device_takes_the_place_of_all_but_lo),
		TEST(there_is_room_for_all_realms),
		TEST(memory_by_kind_and_workers),
		TEST(the_interface_that_a_way_leads_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
