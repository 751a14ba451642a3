/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/pinholeapi.h"

#include "tests/unit/sbc/pinholebench.h"

static void what_cannot_be_opened(void **state)
{
	static const struct {
		const char *query, *detail;
	} cases[] = {
		{ "", "ours is an address and a port" },
		{ "?ours=127.0.0.2&for=10m", "ours is an address and a port" },
		{ "?ours=127.0.0.9:9000&for=10m", "ours is of no realm" },
		{ "?ours=0.0.0.0:9000&for=10m", "ours is an address and a port" },
		{ "?ours=127.0.0.2:9000", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=0", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=31d", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=10", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=10m&protocol=sctp", "protocol is udp or tcp" },
		{ "?ours=127.0.0.2:9000&for=10m&direction=out", "direction is in or forward" },
		{ "?ours=127.0.0.2:9000&for=10m&peer=here", "peer is an address, and a port where" },
		/* What is too long to be one is not as if it were missing: that would be anybody. */
		{ "?ours=127.0.0.2:9000&for=10m&peer=2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001",
		  "peer is an address, and a port where" },
		{ "?ours=127.0.0.2:9000&for=10m&protocol=transmission-control", "protocol is udp or tcp" },
		{ "?ours=127.0.0.2:9000&for=10m&peer=2001:db8::1", "are not of one family" },
		{ "?ours=[::1]:9000&for=10m", "ours is of no realm" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char what[160];
		const char *text;

		snprintf(what, sizeof(what), "/api/v1/pinholes%s", cases[i].query);
		text = answer(ask("POST", what));
		if (status_of(text) != 400 || !strstr(text, cases[i].detail))
			fail_msg("%s: %s", what, text);
	}
	assert_null(bench.e->pinholes.first);
	firewalllink_fini(&bench.e->firewall);
	assert_int_equal(status_of(answer(ask("POST", "/api/v1/pinholes?ours=127.0.0.2:9000&for=10m"))), 409);
}

static void by_hand(void **state)
{
	char what[64];
	json_t *j;

	(void)state;
	j = body_of(answer(ask("POST", "/api/v1/pinholes?ours=127.0.0.2:9000&for=10m&protocol=tcp&peer=203.0.113.9")));
	assert_non_null(strstr(json_string_value(json_object_get(j, "warning")), "sbc-firewall is not there"));
	json_decref(j);
	firewallbench_comes();
	j = body_of(answer(ask("POST", "/api/v1/pinholes?ours=10.9.9.9:80&for=30s&direction=forward")));
	assert_string_equal(json_string_value(json_object_get(j, "state")), "asked for");
	assert_int_equal(json_integer_value(json_object_get(j, "expires_s")), 30);
	assert_string_equal(firewallbench_asked(), "open 10.9.9.9:80 for anybody;");
	assert_int_equal(firewallbench.asked[0].hole.direction, FIREWALL_FORWARD);
	assert_int_equal(firewallbench.asked[0].hole.lifetime_s, 30);
	firewallbench_answer(FIREWALL_DONE);
	snprintf(what, sizeof(what), "/api/v1/pinholes/%s", json_string_value(json_object_get(j, "id")));
	json_decref(j);
	assert_int_equal(status_of(answer(ask("DELETE", what))), 200);
	assert_string_equal(firewallbench_asked(), "close;");
	assert_int_equal(status_of(answer(ask("DELETE", what))), 404);
}

static void what_cannot_be_closed(void **state)
{
	struct firewall_hole of_call = { .id = 0xabc, .owner = SPAN("c1"), .protocol = 17, .idle_s = 30 };

	(void)state;
	assert_int_equal(addr_parse(SPAN("127.0.0.2:10000"), 0, &of_call.ours), 0);
	assert_non_null(pinholes_open(&bench.e->pinholes, &of_call));
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/abc"))), 409);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/flow-internet-10000"))), 409);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/abd"))), 404);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/abcx"))), 404);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/0123456789abcdef0123456789"))), 404);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_api)
	const struct CMUnitTest tests[] = {
		TEST(what_cannot_be_opened),
		TEST(by_hand),
		TEST(what_cannot_be_closed),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
