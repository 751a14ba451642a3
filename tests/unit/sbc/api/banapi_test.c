/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/banapi.h"

#include <signal.h>

#include "tests/unit/sbc/apibench.h"

static bool is_banned(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse_host(span_str(text), &a), 0);
	return guard_is_banned(bench.e, &a);
}

/* One after the other. */
static void by_hand(void **state)
{
	static const struct {
		const char *method, *path;
		unsigned status;
		const char *whom;
		bool banned; /* then */
	} steps[] = {
		{ "POST", "/api/v1/bans/192.0.2.7?for=1h", 200, "192.0.2.7", true },
		{ "POST", "/api/v1/bans/192.0.2.7?for=2h", 200, "192.0.2.7", true },
		{ "POST", "/api/v1/bans/10.1.0.0%2F16?for=1h", 200, "10.1.2.3", true },
		{ "POST", "/api/v1/bans/2001:db8::%2F64?for=1h", 200, "2001:db8::9", true },
		{ "DELETE", "/api/v1/bans/192.0.2.7", 200, "192.0.2.7", false },
		{ "DELETE", "/api/v1/bans/192.0.2.7", 404, "192.0.2.7", false },
		{ "DELETE", "/api/v1/bans/10.1.2.3", 404, "10.1.2.3", true },
		{ "DELETE", "/api/v1/bans/10.1.0.0%2f16", 200, "10.1.2.3", false },
		{ "POST", "/api/v1/bans/192.0.2.8", 400, "192.0.2.8", false },
		{ "POST", "/api/v1/bans/192.0.2.8?for=never", 400, "192.0.2.8", false },
		{ "POST", "/api/v1/bans/192.0.2.8?for=31d", 400, "192.0.2.8", false },
		{ "POST", "/api/v1/bans/0.0.0.0%2F0?for=1h", 400, "192.0.2.8", false },
		{ "POST", "/api/v1/bans/nobody?for=1h", 400, "192.0.2.8", false },
		{ "POST", "/api/v1/bans/192.0.2.8%zz?for=1h", 400, "192.0.2.8", false },
		{ "POST", "/api/v1/bans/2001:db8::%2F32/allow", 200, "2001:db8::9", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		const char *text = answer(ask(steps[i].method, steps[i].path));

		if (status_of(text) != steps[i].status)
			fail_msg("%s: %s", steps[i].path, text);
		assert_int_equal(is_banned(steps[i].whom), steps[i].banned);
	}
}

static void listed(void **state)
{
	struct bans_reason reason = { EVIDENCE_PASSWORD, SPAN("password of \xff\"x"), "lan", false };
	struct prefix whom;
	json_t *j, *b;

	(void)state;
	assert_int_equal(prefix_parse(SPAN("192.0.2.7"), &whom), 0);
	assert_non_null(bans_add(&bench.e->guard.bans, &whom, 3600, &reason));
	assert_int_equal(status_of(answer(ask("POST", "/api/v1/bans/198.18.0.0%2F15/allow"))), 200);
	j = body_of(answer(ask("GET", "/api/v1/bans")));
	assert_int_equal(json_array_size(json_object_get(j, "bans")), 1);
	b = json_array_get(json_object_get(j, "bans"), 0);
	assert_string_equal(json_string_value(json_object_get(b, "network")), "192.0.2.7");
	assert_string_equal(json_string_value(json_object_get(b, "reason")), "wrong-password");
	assert_string_equal(json_string_value(json_object_get(b, "last")), "password of ?\"x");
	assert_in_range(json_integer_value(json_object_get(b, "left_s")), 3500, 3600);
	assert_string_equal(json_string_value(json_array_get(json_object_get(j, "allowed"), 0)), "198.18.0.0/15");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_hand, open_api, close_api),
		cmocka_unit_test_setup_teardown(listed, open_api, close_api),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
