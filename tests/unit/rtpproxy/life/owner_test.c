/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/life/owner.h"

static void own_call(struct rig *g, const char *call, const char *owner)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = call,
				     .from = "A",
				     .owner = owner,
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")),
				     .direction = { "out", "lan" } });
	rig_answer(g, call, rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
}

static void say(struct rig *g, enum ng_command command, const char *owner)
{
	rig_say(g, (struct rig_say){ .command = command, .owner = owner });
}

static int64_t number(const struct rig *g, const char *key)
{
	struct ng_value v;

	assert_int_equal(ng_find(g->answer.body, span_str(key), &v), 0);
	return v.integer;
}

static void pass(struct rig *g, uint64_t ms)
{
	for (uint64_t end = g->now + ms; g->now < end;) {
		g->now += 1000;
		relay_tick(&g->relay, g->now);
	}
}

/* Asks page by page; each call must come once, in the order of their beginning. Returns how many pages. */
static unsigned walk(struct rig *g, const char *owner, uint32_t limit, unsigned want)
{
	uint32_t after = 0;
	unsigned pages = 0, calls = 0;

	for (;;) {
		struct ng_value list, one, next;
		struct span none;
		uint32_t at = 0;

		rig_ask(g, (struct ng_request){
				   .command = NG_LIST, .owner = span_str(owner), .limit = limit, .after = after });
		assert_ok(g);
		pages++;
		assert_int_equal(ng_find(g->answer.body, SPAN("calls"), &list), 0);
		for (; ng_next(list.text, &at, &none, &one) == 1; calls++) {
			char expected[16];

			snprintf(expected, sizeof(expected), "c%06u", calls);
			assert_true(span_eq(one.text, span_str(expected)));
		}
		if (ng_find(g->answer.body, SPAN("next"), &next))
			break;
		assert_true(next.integer > after);
		after = (uint32_t)next.integer;
	}
	assert_int_equal(calls, want);
	return pages;
}

static void pages_are_complete(void **state)
{
	struct rig *g = *state;
	char call[16];

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(call, sizeof(call), "c%06u", i);
		own_call(g, call, "sbc-1");
		snprintf(call, sizeof(call), "x%06u", i);
		if (i < 10)
			own_call(g, call, "sbc-2");
	}
	assert_int_equal(walk(g, "sbc-1", 0, 1000), 1);
	assert_int_equal(walk(g, "sbc-1", 7, 1000), 143);
	assert_int_equal(walk(g, "sbc-1", 1000, 1000), 1);
	/* A small datagram. */
	g->reply_cap = 2048 + 400;
	assert_in_range(walk(g, "sbc-1", 0, 1000), 20, 100);
	assert_int_equal(walk(g, "nobody", 0, 0), 1);
}

/* What goes between two pages takes nothing else along. */
static void pages_while_sessions_end(void **state)
{
	struct rig *g = *state;
	struct ng_value next;
	char call[16];

	for (unsigned i = 0; i < 30; i++) {
		snprintf(call, sizeof(call), "c%06u", i);
		own_call(g, call, "sbc-1");
	}
	rig_say(g, (struct rig_say){ .command = NG_LIST, .owner = "sbc-1", .limit = 10 });
	assert_int_equal(ng_find(g->answer.body, SPAN("next"), &next), 0);
	for (unsigned i = 5; i < 15; i++) {
		snprintf(call, sizeof(call), "c%06u", i);
		rig_delete(g, call);
	}
	rig_ask(g, (struct ng_request){
			   .command = NG_LIST, .owner = SPAN("sbc-1"), .after = (uint32_t)next.integer, .limit = 1 });
	assert_true(rig_has(g->answer.body, "5:callsl7:c000015e"));
}

static void adopting_turns_events(void **state)
{
	struct rig *g = *state;

	own_call(g, "c", "sbc-1");
	own_call(g, "other", "sbc-2");
	/* Another run of the same program, at another address. */
	memcpy(&g->peer.address, "\1\0client-two", 12);
	g->peer.len = 12;
	say(g, NG_ADOPT, "sbc-1");
	assert_ok(g);
	assert_int_equal(number(g, "sessions"), 1);
	assert_int_equal(number(g, "lease"), 60);
	rig_delete(g, "other");
	pass(g, 65000);
	/* The rig compares the length of the address that an event goes to with g->peer.len. */
	assert_int_equal(g->events, 1);
	assert_true(rig_has(span_of(g->event, g->event_len), "call-id1:c"));
}

static void one_session_changes_hands(void **state)
{
	struct rig *g = *state;

	own_call(g, "c000000", "sbc-1");
	own_call(g, "x", "sbc-2");
	own_call(g, "c000001", "sbc-1");
	own_call(g, "y", "sbc-1");
	rig_say(g, (struct rig_say){ .command = NG_ADOPT, .owner = "sbc-2", .call = "c000000" });
	assert_ok(g);
	assert_int_equal(number(g, "sessions"), 2);
	rig_say(g, (struct rig_say){ .command = NG_ADOPT, .owner = "sbc-2", .call = "y" });
	rig_delete(g, "x");
	rig_say(g, (struct rig_say){ .command = NG_LIST, .owner = "sbc-1" });
	assert_true(rig_has(g->answer.body, "5:callsl7:c000001e"));
	rig_say(g, (struct rig_say){ .command = NG_ADOPT, .owner = "sbc-2", .call = "c000001" });
	assert_int_equal(walk(g, "sbc-1", 0, 0), 1);
	rig_say(g, (struct rig_say){ .command = NG_LIST, .owner = "sbc-2" });
	assert_true(rig_has(g->answer.body, "5:callsl7:c0000007:c0000011:ye"));
	rig_say(g, (struct rig_say){ .command = NG_ADOPT, .owner = "sbc-2", .call = "nowhere" });
	assert_refused(g, "Unknown call-id");
	/* Nobody's becomes somebody's. */
	rig_call(g, "z");
	rig_say(g, (struct rig_say){ .command = NG_ADOPT, .owner = "sbc-3", .call = "z" });
	assert_int_equal(number(g, "sessions"), 1);
}

static void disowned_sessions_end(void **state)
{
	struct rig *g = *state;

	own_call(g, "a", "sbc-1");
	own_call(g, "b", "sbc-1");
	own_call(g, "c", "sbc-2");
	rig_call(g, "d");
	say(g, NG_DISOWN, "sbc-1");
	assert_ok(g);
	assert_int_equal(number(g, "ended"), 2);
	assert_int_equal(relay_sessions(&g->relay), 2);
	assert_null(owners_find(&g->relay.owners, SPAN("sbc-1")));
	say(g, NG_DISOWN, "sbc-1");
	assert_int_equal(number(g, "ended"), 0);
}

static void owner_is_wanted(void **state)
{
	static const enum ng_command commands[] = { NG_ADOPT, NG_LEASE, NG_DISOWN };
	struct rig *g = *state;

	for (unsigned i = 0; i < 3; i++) {
		say(g, commands[i], NULL);
		assert_refused(g, "No owner in message");
		say(g, commands[i], "");
		assert_refused(g, "No owner in message");
	}
}

static void hear(struct rig *g, int port)
{
	g->ports[RIG_OUT][port].stats.rx_packets++;
}

static void media_outlives_its_owner(void **state)
{
	struct rig *g = *state;
	int out;

	own_call(g, "talks", "sbc-1");
	out = rig_port_of(g, 0);
	own_call(g, "silent", "sbc-1");
	say(g, NG_LEASE, "sbc-1");
	for (unsigned s = 0; s < 600; s += 10) {
		hear(g, out);
		pass(g, 10000);
	}
	assert_int_equal(relay_sessions(&g->relay), 1);
	assert_int_equal(g->relay.counters.orphaned, 1);
	pass(g, 75000);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(g->relay.counters.orphaned, 2);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_null(owners_find(&g->relay.owners, SPAN("sbc-1")));
}

/* Held, or never answered: nobody will take it off hold, or answer. */
static void what_waits_for_a_gone_owner_ends(void **state)
{
	struct rig *g = *state;

	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "unanswered",
				     .from = "A",
				     .owner = "sbc-1",
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")) });
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "held",
				     .from = "A",
				     .owner = "sbc-1",
				     .sdp = rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000") "a=inactive\r\n"),
				     .direction = { "out", "lan" } });
	rig_answer(g, "held", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") "a=inactive\r\n"));
	say(g, NG_LEASE, "sbc-1");
	pass(g, 59000);
	assert_int_equal(relay_sessions(&g->relay), 2);
	pass(g, 70000);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(g->events, 0);
}

static void who_comes_back_finds_its_sessions(void **state)
{
	struct rig *g = *state;
	int out;

	own_call(g, "c", "sbc-1");
	out = rig_port_of(g, 0);
	say(g, NG_LEASE, "sbc-1");
	pass(g, 50000);
	hear(g, out);
	pass(g, 20000);
	assert_true(owners_find(&g->relay.owners, SPAN("sbc-1"))->lapsed);
	assert_true(strstr(g->log, "nothing heard of \"sbc-1\" for 60 s: its 1 sessions"));
	say(g, NG_ADOPT, "sbc-1");
	assert_int_equal(number(g, "sessions"), 1);
	assert_false(owners_find(&g->relay.owners, SPAN("sbc-1"))->lapsed);
	hear(g, out);
	pass(g, 50000);
	assert_int_equal(relay_sessions(&g->relay), 1);
}

/* Kamailio and its like name no owner, or one that takes no lease. */
static void without_a_lease_nothing_lapses(void **state)
{
	struct rig *g = *state;

	own_call(g, "a", "kamailio");
	rig_call(g, "b");
	pass(g, 350000);
	assert_int_equal(relay_sessions(&g->relay), 2);
	pass(g, 30000);
	assert_int_equal(relay_sessions(&g->relay), 0); /* silent for long */
	assert_int_equal(g->relay.counters.orphaned, 0);
}

static void a_lease_of_none_never_runs_out(void **state)
{
	struct rig *g = *state;

	g->conf.relay.lease_ms = 0;
	g->conf.relay.silence_timeout_ms = 0;
	own_call(g, "a", "sbc-1");
	say(g, NG_LEASE, "sbc-1");
	pass(g, 1000000);
	assert_int_equal(relay_sessions(&g->relay), 1);
}

static void too_many_owners(void **state)
{
	struct rig *g = *state;
	char owner[16];

	for (unsigned i = 0; i < OWNERS_MAX; i++) {
		snprintf(owner, sizeof(owner), "o%u", i);
		say(g, NG_LEASE, owner);
		assert_ok(g);
	}
	say(g, NG_LEASE, "one-more");
	assert_refused(g, "Out of memory");
	own_call(g, "c", "one-more");
	assert_int_equal(walk(g, "one-more", 0, 0), 1);
	/* Those without sessions go when their leases do. */
	pass(g, 60000 + OWNERS_MAX * 1000);
	assert_int_equal(g->relay.owners.by_name.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(pages_are_complete),
		TEST(pages_while_sessions_end),
		TEST(adopting_turns_events),
		TEST(one_session_changes_hands),
		TEST(disowned_sessions_end),
		TEST(owner_is_wanted),
		TEST(media_outlives_its_owner),
		TEST(what_waits_for_a_gone_owner_ends),
		TEST(who_comes_back_finds_its_sessions),
		TEST(without_a_lease_nothing_lapses),
		TEST(a_lease_of_none_never_runs_out),
		TEST(too_many_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
