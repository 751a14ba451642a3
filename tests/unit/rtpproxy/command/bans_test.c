/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/command/bans.h"

#include "tests/unit/rtpproxy/rig.h"

static void say(struct rig *g, enum ng_command command, const char *prefix, uint32_t seconds)
{
	g->banned[0] = '\0';
	rig_ask(g, (struct ng_request){ .command = command, .prefix = span_str(prefix), .seconds = seconds });
}

static void told(struct rig *g, const char *expected)
{
	assert_ok(g);
	assert_string_equal(g->banned, expected);
}

static void whom_the_packet_path_is_told(void **state)
{
	static const struct {
		enum ng_command command;
		const char *prefix;
		uint32_t seconds;
		const char *told;
		unsigned bans; /* afterwards */
	} steps[] = {
		{ NG_BAN, "198.51.100.7", 60, "+198.51.100.7/32 ", 1 },
		{ NG_BAN, "198.51.100.7", 60, "+198.51.100.7/32 ", 1 }, /* again: for longer */
		{ NG_BAN, "198.51.100.7/24", 60, "+198.51.100.0/24 ", 2 },
		{ NG_BAN, "2001:db8:7::1/48", 60, "+2001:db8:7::/48 ", 3 },
		{ NG_BAN, "::ffff:203.0.113.9", 60, "+203.0.113.9/32 ", 4 },
		{ NG_UNBAN, "198.51.100.7", 0, "-198.51.100.7/32 ", 3 },
		{ NG_UNBAN, "198.51.100.7", 0, "", 3 }, /* it is not there */
		{ NG_UNBAN, "198.51.100.99/24", 60, "-198.51.100.0/24 ", 2 },
		{ NG_BAN, "2001:db8:7::/48", 0, "-2001:db8:7::/48 ", 1 }, /* for no time */
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		say(g, steps[i].command, steps[i].prefix, steps[i].seconds);
		told(g, steps[i].told);
		assert_int_equal(g->relay.banned.by_whom.count, steps[i].bans);
	}
}

static void what_is_no_prefix(void **state)
{
	static const char *const prefixes[] = {
		NULL, "", "evil.example.com", "0.0.0.0/0", "::/0", "192.0.2.1/33", "192.0.2.1:5060"
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		say(g, NG_BAN, prefixes[i], 60);
		assert_refused(g, "No prefix in message that could be banned");
		assert_string_equal(g->banned, "");
	}
}

static void bans_run_out(void **state)
{
	struct rig *g = *state;

	say(g, NG_BAN, "198.51.100.7", 60);
	say(g, NG_BAN, "198.51.100.8", 120);
	g->banned[0] = '\0';
	relay_tick(&g->relay, g->now + 59999);
	assert_string_equal(g->banned, "");
	relay_tick(&g->relay, g->now + 60000);
	assert_string_equal(g->banned, "-198.51.100.7/32 ");
	relay_tick(&g->relay, g->now + 120000);
	assert_string_equal(g->banned, "-198.51.100.7/32 -198.51.100.8/32 ");
}

/* A device of DPDK's, whose interfaces have no program of ours: the ban is kept, and said to be less than one. */
static void not_everywhere(void **state)
{
	struct rig *g = *state;

	g->ban_fails = true;
	say(g, NG_BAN, "198.51.100.7", 60);
	assert_ok(g);
	assert_true(rig_has(g->answer.warning, "not every interface"));
	assert_int_equal(g->relay.banned.by_whom.count, 1);
}

static void what_statistics_tell(void **state)
{
	struct rig *g = *state;

	say(g, NG_BAN, "198.51.100.7", 60);
	rig_say(g, (struct rig_say){ .command = NG_STATISTICS });
	assert_true(rig_has(g->reply, "4:bansi1e"));
	assert_true(rig_has(g->reply, "7:droppedd11:closed-porti21e6:bannedi22ee9:forwardedd9:in-driveri23ee"));
	rig_say(g, (struct rig_say){ .command = NG_LEASE, .owner = "sbc" });
	assert_true(rig_has(g->reply, "7:droppedd11:closed-porti21e6:bannedi22ee9:forwardedd9:in-driveri23ee"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whom_the_packet_path_is_told, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_is_no_prefix, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(bans_run_out, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(not_everywhere, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_statistics_tell, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
