/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

#include "rtpproxy/life/watch.h"

/* Lets the time pass, a tick a second. */
static void pass(struct rig *g, uint64_t ms)
{
	for (uint64_t end = g->now + ms; g->now < end;) {
		g->now += 1000;
		relay_tick(&g->relay, g->now);
	}
}

static void hear(struct rig *g, int port)
{
	g->ports[RIG_OUT][port].stats.rx_packets++;
}

static void owned_call(struct rig *g, const char *media)
{
	rig_say(g, (struct rig_say){ .command = NG_OFFER,
				     .call = "c",
				     .from = "A",
				     .owner = "sbc-1",
				     .sdp = rig_sdp(g, "198.51.100.7", media),
				     .direction = { "out", "lan" } });
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	assert_ok(g);
}

static void silence_is_told_and_told_again(void **state)
{
	struct rig *g = *state;
	struct ng_answer e;

	owned_call(g, RIG_AUDIO("4000"));
	hear(g, rig_port_of(g, 0));
	pass(g, 59000);
	assert_int_equal(g->events, 0);
	pass(g, 6000);
	assert_int_equal(g->events, 1);
	assert_int_equal(ng_answer_decode(span_of(g->event, g->event_len), &e), 0);
	assert_true(span_eq(e.event, SPAN("media-timeout")));
	assert_true(span_eq(e.call_id, SPAN("c")));
	assert_true(rig_has(e.body, "5:owner5:sbc-1"));
	assert_true(rig_has(e.body, "6:reason15:silence-timeout"));
	assert_false(span_is_set(e.from_tag));
	pass(g, 20000);
	assert_int_equal(g->events, 3);
	assert_int_equal(g->relay.counters.timeouts, 1);
	rig_delete(g, "c");
	pass(g, 20000);
	assert_int_equal(g->events, 3);
}

static struct span reason_of(const struct rig *g)
{
	struct ng_answer e;
	struct ng_value v;

	assert_int_equal(ng_answer_decode(span_of(g->event, g->event_len), &e), 0);
	assert_int_equal(ng_find(e.body, SPAN("reason"), &v), 0);
	return v.text;
}

/* Not a single packet since the answer: another matter than a call that fell silent. */
static void no_packet_ever(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000"));
	pass(g, 66000);
	assert_int_equal(g->events, 1);
	assert_true(span_eq(reason_of(g), SPAN("no-media")));
}

static void one_side_is_silent(void **state)
{
	struct rig *g = *state;
	struct ng_answer e;

	g->conf.relay.one_way_timeout_ms = 30000;
	owned_call(g, RIG_AUDIO("4000"));
	for (unsigned i = 0; i < 29; i++) {
		pass(g, 1000);
		hear(g, rig_port_of(g, 0));
	}
	assert_int_equal(g->events, 0);
	for (unsigned i = 0; i < 17; i++) {
		pass(g, 1000);
		hear(g, rig_port_of(g, 0));
	}
	assert_int_equal(g->events, 2); /* and again after ten seconds */
	assert_int_equal(g->relay.counters.timeouts, 1);
	assert_true(span_eq(reason_of(g), SPAN("one-way-timeout")));
	assert_int_equal(ng_answer_decode(span_of(g->event, g->event_len), &e), 0);
	assert_true(span_eq(e.from_tag, SPAN("B")));
	/* Nobody ends such a call but its owner. */
	for (unsigned i = 0; i < WATCH_ORPHAN_MS / 1000 + 100; i++) {
		pass(g, 1000);
		hear(g, rig_port_of(g, 0));
	}
	assert_int_equal(relay_sessions(&g->relay), 1);
}

static void one_way_is_nobodys_business_by_default(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000"));
	for (unsigned i = 0; i < 300; i++) {
		pass(g, 1000);
		hear(g, rig_port_of(g, 0));
	}
	assert_int_equal(g->events, 0);
}

/* R5: music for who is on hold goes one way. */
static void one_way_on_hold_is_meant(void **state)
{
	struct rig *g = *state;

	g->conf.relay.one_way_timeout_ms = 30000;
	owned_call(g, RIG_AUDIO("4000") "a=sendonly\r\n");
	for (unsigned i = 0; i < 300; i++) {
		pass(g, 1000);
		hear(g, rig_port_of(g, 0));
	}
	assert_int_equal(g->events, 0);
}

static void media_on_either_side_is_a_sign_of_life(void **state)
{
	struct rig *g = *state;
	int out;

	owned_call(g, RIG_AUDIO("4000"));
	out = rig_port_of(g, 0);
	for (unsigned i = 0; i < 5; i++) {
		pass(g, 50000);
		hear(g, out);
	}
	assert_int_equal(g->events, 0);
	pass(g, 66000);
	assert_int_equal(g->events, 1);
	/* It comes back, and goes again: that is told anew. */
	hear(g, out);
	pass(g, 50000);
	assert_int_equal(g->events, 1);
	pass(g, 20000);
	assert_int_equal(g->events, 2);
	assert_int_equal(g->relay.counters.timeouts, 2);
}

static void rtcp_alone_is_no_media(void **state)
{
	struct rig *g = *state;
	int out;

	owned_call(g, RIG_AUDIO("4000"));
	out = rig_port_of(g, 0);
	for (unsigned i = 0; i < 7; i++) {
		pass(g, 10000);
		hear(g, out + 1);
	}
	assert_int_equal(g->events, 1);
}

/* R5 */
static void a_held_call_may_be_silent_for_long(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000") "a=inactive\r\n");
	pass(g, 3590000);
	assert_int_equal(g->events, 0);
	pass(g, 20000);
	assert_int_equal(g->events, 1);
	assert_true(rig_has(span_of(g->event, g->event_len), "12:held-timeout"));
}

static void resuming_counts_from_the_answer(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000") "a=sendonly\r\n");
	pass(g, 1000000);
	owned_call(g, RIG_AUDIO("4000"));
	pass(g, 58000);
	assert_int_equal(g->events, 0);
	pass(g, 8000);
	assert_int_equal(g->events, 1);
}

/* New ports count from zero: fewer packets than before are news, too. */
static void any_change_is_a_sign_of_life(void **state)
{
	struct rig *g = *state;
	int out;

	owned_call(g, RIG_AUDIO("4000"));
	out = rig_port_of(g, 0);
	g->ports[RIG_OUT][out].stats.rx_packets = 1000;
	pass(g, 40000);
	g->ports[RIG_OUT][out].stats.rx_packets = 1;
	pass(g, 40000);
	assert_int_equal(g->events, 0);
}

static void an_answer_begins_a_new_count(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000"));
	pass(g, 67000);
	assert_int_equal(g->events, 1);
	owned_call(g, RIG_AUDIO("4000"));
	pass(g, 67000);
	assert_int_equal(g->events, 2);
	assert_int_equal(g->relay.counters.timeouts, 2);
}

static void an_orphan_is_ended(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000"));
	pass(g, 60000 + WATCH_ORPHAN_MS - 1000);
	assert_int_equal(relay_sessions(&g->relay), 1);
	pass(g, 7000);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->nset, 0);
	assert_int_equal(g->relay.counters.abandoned, 1);
	assert_in_range(g->events, 28, 32);
}

static void an_offer_without_an_answer_is_ended(void **state)
{
	struct rig *g = *state;

	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	pass(g, 200000);
	rig_offer(g, "c", rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	pass(g, SESSION_UNANSWERED_MS - 1000);
	assert_int_equal(relay_sessions(&g->relay), 1);
	pass(g, 1000);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(relay_ports_used(&g->relay), 0);
	assert_int_equal(g->events, 0);
}

static void many_orphans_take_their_turns(void **state)
{
	struct rig *g = *state;
	char call[16];

	for (unsigned i = 0; i < 300; i++) {
		snprintf(call, sizeof(call), "c%u", i);
		rig_offer(g, call, rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000")));
	}
	pass(g, SESSION_UNANSWERED_MS);
	assert_in_range(relay_sessions(&g->relay), 1, 299);
	pass(g, 10000);
	assert_int_equal(relay_sessions(&g->relay), 0);
	assert_int_equal(g->nset, 0);
}

static void the_event_speaks_the_clients_coding(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000"));
	rig_say(g, (struct rig_say){ .command = NG_ANSWER,
				     .call = "c",
				     .from = "A",
				     .to = "B",
				     .coding = NG_JSON,
				     .sdp = rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")) });
	pass(g, 70000);
	assert_true(rig_has(span_of(g->event, g->event_len), "{\"event\":\"media-timeout\",\"call-id\":\"c\""));
}

/* An SBC that was started again asks for its own: the events find it at its new address. */
static void events_follow_an_owner_that_moved(void **state)
{
	struct rig *g = *state;

	owned_call(g, RIG_AUDIO("4000"));
	memcpy(&g->peer.address, "\1\0client-22", 11);
	g->peer.len = 11;
	rig_say(g, (struct rig_say){ .command = NG_ADOPT, .owner = "sbc-1" });
	pass(g, 70000);
	assert_int_equal(g->events, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(silence_is_told_and_told_again),
		TEST(no_packet_ever),
		TEST(one_side_is_silent),
		TEST(one_way_is_nobodys_business_by_default),
		TEST(one_way_on_hold_is_meant),
		TEST(media_on_either_side_is_a_sign_of_life),
		TEST(rtcp_alone_is_no_media),
		TEST(a_held_call_may_be_silent_for_long),
		TEST(resuming_counts_from_the_answer),
		TEST(any_change_is_a_sign_of_life),
		TEST(an_answer_begins_a_new_count),
		TEST(an_orphan_is_ended),
		TEST(an_offer_without_an_answer_is_ended),
		TEST(many_orphans_take_their_turns),
		TEST(the_event_speaks_the_clients_coding),
		TEST(events_follow_an_owner_that_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
