/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/rtpproxy/rig.h"

static const char *phone(struct rig *g)
{
	return rig_sdp(g, "198.51.100.7", RIG_AUDIO("4000"));
}

static void offer_to(struct rig *g, const char *from, const char *to, const char *flags)
{
	g->flags = flags;
	rig_say(g, (struct rig_say){
			   .command = NG_OFFER, .call = "c", .from = "A", .sdp = phone(g), .direction = { from, to } });
	g->flags = NULL;
}

/* Other SIP servers have names of their own for our realms. */
static void directions_are_realms_or_names_for_them(void **state)
{
	static const struct {
		const char *from, *to, *flags, *shown;
	} cases[] = {
		{ "out", "lan", NULL, "c=IN IP4 10.0.0.1\r\n" },
		{ "external", "internal", NULL, "c=IN IP4 10.0.0.1\r\n" },
		{ "internal", "external", NULL, "c=IN IP4 203.0.113.1\r\n" },
		{ NULL, NULL, "internal external", "c=IN IP4 203.0.113.1\r\n" },
		{ NULL, NULL, "direction=internal direction=out", "c=IN IP4 203.0.113.1\r\n" },
		{ "pub", "lan", NULL, NULL },
		{ "out", "pub", NULL, NULL },
	};
	struct rig *g = *state;

	g->conf.relay.directions[0] = (struct conf_direction){ "internal", "lan" };
	g->conf.relay.directions[1] = (struct conf_direction){ "external", "out" };
	g->conf.relay.ndirection = 2;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		offer_to(g, cases[i].from, cases[i].to, cases[i].flags);
		if (!cases[i].shown)
			assert_refused(g, "Unknown realm in direction");
		else if (!rig_has(g->answer.sdp, cases[i].shown))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->reply));
		rig_delete(g, "c");
	}
}

static void the_address_family_picks_a_realm(void **state)
{
	static const struct {
		const char *to, *family, *shown;
	} cases[] = {
		{ "lan", "address-family=IP4", "c=IN IP4 10.0.0.1\r\n" },
		{ "out", "address-family=IP4", "c=IN IP4 203.0.113.1\r\n" },
		{ NULL, "address-family=IP4", "c=IN IP4 203.0.113.1\r\n" },
		{ "lan", "address-family=IP6", NULL },
	};
	struct rig *g = *state;

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		offer_to(g, "out", cases[i].to, cases[i].family);
		if (!cases[i].shown)
			assert_refused(g, "No realm has an address of that family");
		else if (!rig_has(g->answer.sdp, cases[i].shown))
			fail_msg("%u: %.*s", i, SPAN_ARG(g->reply));
		rig_delete(g, "c");
	}
}

/* A failure route sends the call into another realm, under no branch of its own. */
static void a_call_is_tried_elsewhere(void **state)
{
	struct rig *g = *state;
	int out;

	offer_to(g, "out", "lan", NULL);
	offer_to(g, "out", "out", NULL);
	assert_ok(g);
	out = rig_port_of(g, 0);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 203.0.113.1\r\n"));
	assert_int_equal(relay_ports_used(&g->relay), 3);
	offer_to(g, "out", "lan", NULL);
	assert_true(rig_has(g->answer.sdp, "c=IN IP4 10.0.0.1\r\n"));
	assert_int_equal(relay_ports_used(&g->relay), 3);
	offer_to(g, "out", "out", NULL);
	assert_int_equal(rig_port_of(g, 0), out);
	rig_delete(g, "c");
	assert_int_equal(relay_ports_used(&g->relay), 0);
}

/* TOS holds for the whole call, until it is said anew. */
static void the_tos_byte_reaches_the_packet_path(void **state)
{
	struct rig *g = *state;
	int lan, out;

	memset(g->conf.realms[RIG_OUT].dscp, 10, sizeof(g->conf.realms[RIG_OUT].dscp));
	rig_offer_with(g, "c", phone(g), "TOS=184");
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	out = rig_port_of(g, 0);
	assert_int_equal(rig_spec(g, RIG_LAN, lan)->dscp, 46);
	assert_int_equal(rig_spec(g, RIG_OUT, out)->dscp, 46);
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")), "TOS=0");
	assert_int_equal(rig_spec(g, RIG_OUT, out)->dscp, 0);
	rig_call(g, "d");
	assert_int_equal(rig_spec(g, RIG_OUT, rig_port_of(g, 0))->dscp, 10);
}

static void sides_have_labels(void **state)
{
	struct rig *g = *state;
	const struct session *s;

	rig_offer_with(g, "c", phone(g), "label=alice");
	rig_answer_with(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")), "label=bob");
	s = table_find(&g->relay.sessions, SPAN("c"));
	assert_true(span_eq(s->near->label, SPAN("alice")));
	assert_true(span_eq(s->far->label, SPAN("bob")));
	rig_say(g, (struct rig_say){ .command = NG_QUERY, .call = "c" });
	assert_true(rig_has(g->reply, "5:label5:alice"));
	rig_offer_with(g, "c", phone(g), "label=alice-at-home");
	assert_true(span_eq(s->near->label, SPAN("alice-at-home")));
}

/* Flag asymmetric is of the side whose description it comes with. */
static void asymmetric_is_of_one_side(void **state)
{
	struct rig *g = *state;
	int lan, out;

	rig_offer_with(g, "c", phone(g), "asymmetric");
	lan = rig_port_of(g, 0);
	rig_answer(g, "c", rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000")));
	out = rig_port_of(g, 0);
	assert_true(rig_spec(g, RIG_OUT, out)->asymmetric);
	assert_false(rig_spec(g, RIG_LAN, lan)->asymmetric);
}

/* --- several workers ----------------------------------------------------------------------------------------- */

enum { WORKERS = 3 };

static int workers_setup(void **state)
{
	struct rig *g = rig_new();

	g->workers = WORKERS;
	rig_begin(g);
	*state = g;
	return 0;
}

/* All ports that are set for the session must have the same worker, which is given; how many there are. */
static unsigned session_ports(struct rig *g, uint32_t session, unsigned *worker)
{
	unsigned n = 0;

	for (uint8_t realm = 0; realm < RIG_REALMS; realm++)
		for (unsigned port = 20000; port < 30000; port++) {
			const struct rig_port *p = rig_port(g, (struct own_port){ realm, (uint16_t)port });

			if (!p->is_set || p->spec.session != session)
				continue;
			if (n++ == 0)
				*worker = datapath_worker((uint16_t)port, WORKERS);
			assert_int_equal(datapath_worker((uint16_t)port, WORKERS), *worker);
			if (p->spec.peer.port)
				assert_int_equal(datapath_worker(p->spec.peer.port, WORKERS), *worker);
		}
	return n;
}

static void all_ports_of_a_session_have_one_worker(void **state)
{
	struct rig *g = *state;
	unsigned worker = 0, sessions[WORKERS] = { 0 };
	int shown[2];
	char call[16];

	for (uint32_t i = 1; i <= 30; i++) {
		snprintf(call, sizeof(call), "call%u", i);
		rig_offer(g, call, rig_sdp(g, "192.168.1.5", RIG_AUDIO("4000") RIG_VIDEO("4002")));
		shown[0] = rig_port_of(g, 1);
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = call,
					     .from = "A",
					     .via = "fork",
					     .sdp = phone(g),
					     .direction = { "out", "lan" } });
		shown[1] = rig_port_of(g, 0);
		rig_answer(g, call, rig_sdp(g, "10.0.0.50", RIG_AUDIO("6000") RIG_VIDEO("6002")));
		assert_ok(g);
		assert_true(session_ports(g, i, &worker) >= 4);
		assert_int_equal(datapath_worker((uint16_t)shown[0], WORKERS), worker);
		assert_int_equal(datapath_worker((uint16_t)shown[1], WORKERS), worker);
		sessions[worker]++;
	}
	for (unsigned i = 0; i < WORKERS; i++)
		assert_int_equal(sessions[i], 30 / WORKERS);
}

/* Only one worker can join it inside. */
static void a_call_that_comes_back_stays_with_its_worker(void **state)
{
	struct rig *g = *state;
	unsigned first = 0, second = 0;
	char ours[2048];

	for (uint32_t i = 1; i <= 10; i++) {
		rig_offer(g, "c", phone(g));
		snprintf(ours, sizeof(ours), "%.*s", SPAN_ARG(g->answer.sdp));
		rig_say(g, (struct rig_say){ .command = NG_OFFER,
					     .call = "again",
					     .from = "A",
					     .sdp = ours,
					     .direction = { "lan", "out" } });
		assert_ok(g);
		assert_true(session_ports(g, 2 * i - 1, &first) > 0);
		assert_true(session_ports(g, 2 * i, &second) > 0);
		assert_int_equal(first, second);
		rig_delete(g, "again");
		rig_delete(g, "c");
	}
}

/* What one worker has left is no use to a session of another, new calls go where there is something. */
static void new_calls_go_where_ports_are_left(void **state)
{
	struct rig *g = *state;
	unsigned worker = 0;

	while (ports_left_in(&g->relay.ports[RIG_LAN], 0) > 1)
		ports_take(&g->relay.ports[RIG_LAN], 0, g->now, 0);
	rig_offer(g, "c", phone(g));
	assert_true(session_ports(g, 1, &worker) > 0);
	assert_int_not_equal(worker, 0);
}

int main(void)
{
#define TEST(name)         cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
#define WORKERS_TEST(name) cmocka_unit_test_setup_teardown(name, workers_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(directions_are_realms_or_names_for_them),
		TEST(the_address_family_picks_a_realm),
		TEST(a_call_is_tried_elsewhere),
		TEST(the_tos_byte_reaches_the_packet_path),
		TEST(sides_have_labels),
		TEST(asymmetric_is_of_one_side),
		WORKERS_TEST(all_ports_of_a_session_have_one_worker),
		WORKERS_TEST(a_call_that_comes_back_stays_with_its_worker),
		WORKERS_TEST(new_calls_go_where_ports_are_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
