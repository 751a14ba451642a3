/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/device.h"

#include "sbc/call/calls.h"
#include "sbc/call/leg.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct flow connection(uint32_t number)
{
	struct flow f = bench_phone(&bench);

	f.transport = CONF_TCP;
	f.connection = number;
	return f;
}

static void put(const char *user, const char *contact, const char *instance, const struct flow *flow)
{
	struct binding_facts f = {
		.flow = *flow,
		.contact = span_str(contact),
		.instance = span_str(instance),
		.call_id = SPAN("reg"),
		.expires_at = core_now(&bench.e->core) + 3600 * 1000,
	};

	assert_non_null(bindings_put(bench.e->bindings, span_str(user), NULL, &f, core_now(&bench.e->core)));
}

/* Two phones of alice's and one of bob's, each over a connection of its own; the leg's is closed. */
static struct leg *leg_on(uint32_t flow)
{
	static const char *const rows[][3] = {
		{ "alice", "sip:a@one", "\"<urn:1>\"" },
		{ "alice", "sip:a@two", "" },
		{ "bob", "sip:b@three", "\"<urn:3>\"" },
	};
	struct leg *l;

	bench_open(&bench, BENCH_CONF);
	for (uint32_t i = 0; i < 3; i++) {
		struct flow at = connection(i + 1);

		put(rows[i][0], rows[i][1], rows[i][2], &at);
	}
	l = calls_new(bench.e)->leg[SIDE_A];
	l->flow = connection(flow);
	device_keep(bench.e, l);
	bindings_flow_closed(bench.e->bindings, &l->flow, core_now(&bench.e->core));
	return l;
}

static void found_by_its_instance(void **state)
{
	struct leg *l = leg_on(1);
	struct flow now = connection(9);

	(void)state;
	assert_false(device_follow(bench.e, l));
	assert_int_equal(l->flow.connection, 1);
	put("alice", "sip:a@elsewhere", "\"<urn:1>\"", &now);
	assert_true(device_follow(bench.e, l));
	assert_int_equal(l->flow.connection, 9);
	bench_close(&bench);
}

static void found_by_its_contact(void **state)
{
	struct leg *l = leg_on(2);
	struct flow now = connection(9);

	(void)state;
	put("alice", "sip:a@elsewhere", "", &now);
	assert_false(device_follow(bench.e, l));
	put("alice", "sip:a@two", "", &now);
	assert_true(device_follow(bench.e, l));
	assert_int_equal(l->flow.connection, 9);
	bench_close(&bench);
}

static void another_users_phone_is_not_it(void **state)
{
	struct leg *l = leg_on(3);
	struct flow now = connection(9);

	(void)state;
	put("alice", "sip:b@three", "\"<urn:3>\"", &now);
	assert_false(device_follow(bench.e, l));
	bench_close(&bench);
}

static void without_a_connection_nothing_is_kept(void **state)
{
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	l = calls_new(bench.e)->leg[SIDE_A];
	l->flow = bench_phone(&bench);
	device_keep(bench.e, l);
	assert_null(l->device);
	assert_false(device_follow(bench.e, l));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_its_instance),
		cmocka_unit_test(found_by_its_contact),
		cmocka_unit_test(another_users_phone_is_not_it),
		cmocka_unit_test(without_a_connection_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
