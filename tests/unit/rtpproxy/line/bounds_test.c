/* SPDX-License-Identifier: BSD-3-Clause */
/* FAULTS 22, address by address. What becomes of the description is in target_test.c. */
#include "rtpproxy/line/bounds.h"

#include "tests/unit/rtpproxy/rig.h"

/* Realms: out behind a public address, home on loopback, link, six; media 20000-29999, SIP at 5060. */
enum { OUT, HOME, LINK, SIX, REALMS };

struct bench {
	struct config conf;
	struct ports ports[REALMS];
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	b->conf.nrealm = REALMS;
	b->conf.realms[OUT] = rig_realm("out", "10.0.0.1", "203.0.113.2");
	b->conf.realms[HOME] = rig_realm("home", "127.0.0.1", "127.0.0.1");
	b->conf.realms[LINK] = rig_realm("link", "169.254.7.7", "169.254.7.7");
	b->conf.realms[SIX] = rig_realm("six", "2001:db8::1", "2001:db8::1");
	b->conf.relay.ng[b->conf.relay.nng++] = "unix:/run/natsbc/ng.sock";
	b->conf.relay.ng[b->conf.relay.nng++] = "tcp:127.0.0.1:2222";
	b->conf.relay.ng[b->conf.relay.nng++] = "udp:0.0.0.0:2223";
	b->conf.relay.ng[b->conf.relay.nng++] = "udp:192.0.2.9:2224"; /* an address of no realm */
	for (unsigned i = 0; i < REALMS; i++)
		assert_int_equal(ports_init(&b->ports[i], 20000, 29999, 1), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	for (unsigned i = 0; i < REALMS; i++)
		ports_fini(&b->ports[i]);
	free(b);
	return 0;
}

static enum outcome check(struct bench *b, uint8_t realm, const char *received, const char *address)
{
	struct ng_request q = { 0 };
	const struct target_rules rules = {
		.conf = &b->conf, .ports = b->ports, .realm = realm, .reader = OUT, .request = &q
	};
	struct addr a = { 0 };

	if (received)
		q.received_from = rig_addr(received);
	if (address)
		a = rig_addr(address);
	return bounds_check(&rules, &a);
}

static void addresses(void **state)
{
	static const struct {
		uint8_t realm;
		const char *received, *address;
		enum outcome outcome;
	} cases[] = {
		{ OUT, "198.51.100.7", "198.51.100.7:4000", OUTCOME_OK },
		{ OUT, "198.51.100.7", "192.168.1.5:4000", OUTCOME_OK },
		{ OUT, "198.51.100.7", NULL, OUTCOME_OK },
		{ OUT, "198.51.100.7", "0.0.0.0:4000", OUTCOME_OK },
		{ SIX, "2001:db8::7", "[::]:4000", OUTCOME_OK },
		{ OUT, "198.51.100.7", "127.0.0.1:4000", OUTCOME_TARGET_LOOPBACK },
		{ LINK, "169.254.7.8", "127.0.0.1:4000", OUTCOME_TARGET_LOOPBACK },
		{ HOME, "127.0.0.1", "127.0.0.1:4000", OUTCOME_OK },
		{ SIX, "2001:db8::7", "[2002:7f00:1::]:4000", OUTCOME_TARGET_LOOPBACK },
		{ OUT, "198.51.100.7", "169.254.169.254:80", OUTCOME_TARGET_LINK_LOCAL },
		{ HOME, "127.0.0.1", "169.254.169.254:80", OUTCOME_TARGET_LINK_LOCAL },
		{ LINK, "169.254.7.8", "169.254.7.8:4000", OUTCOME_OK },
		{ OUT, "198.51.100.7", "168.63.129.16:4000", OUTCOME_TARGET_METADATA },
		{ OUT, "198.51.100.7", "224.0.1.75:4000", OUTCOME_TARGET_MULTICAST },
		{ OUT, "198.51.100.7", "255.255.255.255:4000", OUTCOME_TARGET_BROADCAST },
		{ OUT, "198.51.100.7", "250.1.1.1:4000", OUTCOME_TARGET_RESERVED },
		{ OUT, "198.51.100.7", "0.0.0.9:4000", OUTCOME_TARGET_RESERVED },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const enum outcome o = check(*state, cases[i].realm, cases[i].received, cases[i].address);

		if (o != cases[i].outcome)
			fail_msg("%s: %s", cases[i].address, outcome_name(o));
	}
}

static void our_own(void **state)
{
	static const struct {
		const char *shows, *received, *address;
		enum outcome outcome;
	} cases[] = {
		{ "SIP", "10.0.0.1", "10.0.0.1:5060", OUTCOME_TARGET_OURSELVES },
		{ "SIP by the public address", "198.51.100.7", "203.0.113.2:5060", OUTCOME_TARGET_OURSELVES },
		{ "a media port that nobody has", "10.0.0.1", "10.0.0.1:20002", OUTCOME_TARGET_OURSELVES },
		{ "of a call, from a stranger", "198.51.100.7", "10.0.0.1:20000", OUTCOME_TARGET_OURSELVES },
		{ "of a call that comes back", "10.0.0.1", "10.0.0.1:20000", OUTCOME_OK },
		{ "a program here, from a stranger", "198.51.100.7", "10.0.0.1:53", OUTCOME_TARGET_OURSELVES },
		{ "a program here, from here", "10.0.0.1", "10.0.0.1:4000", OUTCOME_OK },
		{ "a program here, from here by another realm", "2001:db8::1", "10.0.0.1:4000", OUTCOME_OK },
		{ "who says nothing of where it came from", NULL, "10.0.0.1:4000", OUTCOME_OK },
		{ "others behind the public address", "198.51.100.7", "203.0.113.2:4000", OUTCOME_OK },
		{ "commands", "10.0.0.1", "10.0.0.1:2223", OUTCOME_TARGET_OURSELVES },
		{ "commands at an address of no realm", "198.51.100.7", "192.0.2.9:2224", OUTCOME_TARGET_OURSELVES },
		{ "another port there", "198.51.100.7", "192.0.2.9:2223", OUTCOME_OK },
		{ "commands over TCP are no datagrams", "10.0.0.1", "10.0.0.1:2222", OUTCOME_OK },
		{ "the same port of somebody else", "198.51.100.7", "198.51.100.7:2223", OUTCOME_OK },
	};
	struct bench *b = *state;

	assert_int_equal(ports_take(&b->ports[OUT], 0, 0, 0), 20000);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (check(b, OUT, cases[i].received, cases[i].address) != cases[i].outcome)
			fail_msg("%s", cases[i].shows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(our_own, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
