/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void of_a_branch(void **state)
{
	static const struct {
		const char *name;
		uint16_t status;
		bool response, rang;
		enum count why;
		enum conf_outcome expected;
	} cases[] = {
		{ "busy", 486, true, true, COUNT_CALL_REJECTED, CONF_BUSY },
		{ "busy everywhere", 600, true, false, COUNT_CALL_REJECTED, CONF_BUSY },
		{ "a proxy gave up", 408, true, false, COUNT_CALL_REJECTED, CONF_NO_ANSWER },
		{ "not available now", 480, true, true, COUNT_CALL_REJECTED, CONF_NO_ANSWER },
		{ "rang too long", 408, false, true, COUNT_CALL_NO_ANSWER, CONF_NO_ANSWER },
		{ "in progress too long", 408, false, false, COUNT_CALL_NO_ANSWER, CONF_NO_ANSWER },
		{ "not a word", 408, false, false, COUNT_CALL_UNREACHABLE, CONF_UNREACHABLE },
		{ "no connection", 503, false, false, COUNT_CALL_UNREACHABLE, CONF_UNREACHABLE },
		{ "overloaded", 503, true, false, COUNT_CALL_REJECTED, CONF_UNREACHABLE },
		{ "a server's fault", 500, true, false, COUNT_CALL_REJECTED, CONF_UNREACHABLE },
		{ "behind a gateway", 502, true, false, COUNT_CALL_REJECTED, CONF_UNREACHABLE },
		{ "a gateway's timeout", 504, true, true, COUNT_CALL_REJECTED, CONF_UNREACHABLE },
		{ "not found", 404, true, false, COUNT_CALL_REJECTED, CONF_REFUSED },
		{ "forbidden", 403, true, false, COUNT_CALL_REJECTED, CONF_REFUSED },
		{ "declined", 603, true, true, COUNT_CALL_REJECTED, CONF_REFUSED },
		{ "moved", 302, true, false, COUNT_CALL_REJECTED, CONF_REFUSED },
		{ "not acceptable", 488, true, false, COUNT_CALL_REJECTED, CONF_REFUSED },
	};
	struct sip_msg m;

	(void)state;
	assert_int_equal(sip_msg_index(SPAN("SIP/2.0 500 No\r\n\r\n"), &m), SIP_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct branch b = { .status = cases[i].status, .rang = cases[i].rang };

		if (outcome_of(&b, cases[i].response ? &m : NULL, cases[i].why) != cases[i].expected)
			fail_msg("%s", cases[i].name);
	}
}

/* RFC 3398: what a gateway's telephone network says. */
static void of_a_cause(void **state)
{
	static const struct {
		struct span text;
		enum conf_outcome expected;
	} cases[] = {
		{ SPAN("SIP/2.0 500 No\r\nReason: Q.850;cause=17\r\n\r\n"), CONF_BUSY },
		{ SPAN("SIP/2.0 500 No\r\nReason: Q.850;cause=19\r\n\r\n"), CONF_NO_ANSWER },
		{ SPAN("SIP/2.0 500 No\r\nReason: Q.850;cause=21\r\n\r\n"), CONF_REFUSED },
		{ SPAN("SIP/2.0 500 No\r\nReason: Q.850;cause=34\r\n\r\n"), CONF_UNREACHABLE },
		{ SPAN("SIP/2.0 500 No\r\nReason: Q.850;cause=16\r\n\r\n"), CONF_UNREACHABLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct branch b = { .status = 500 };
		struct sip_msg m;

		assert_int_equal(sip_msg_index(cases[i].text, &m), SIP_OK);
		assert_int_equal(outcome_of(&b, &m, COUNT_CALL_REJECTED), cases[i].expected);
	}
}

static void of_several(void **state)
{
	enum { B = 1 << CONF_BUSY, N = 1 << CONF_NO_ANSWER, U = 1 << CONF_UNREACHABLE, R = 1 << CONF_REFUSED };
	static const struct {
		unsigned set;
		enum conf_outcome expected;
	} cases[] = {
		{ B, CONF_BUSY },          { N, CONF_NO_ANSWER },
		{ U, CONF_UNREACHABLE },   { R, CONF_REFUSED },
		{ B | N, CONF_NO_ANSWER }, { B | U, CONF_BUSY },
		{ B | R, CONF_BUSY },      { U | R, CONF_REFUSED },
		{ U | N, CONF_NO_ANSWER }, { B | N | U | R, CONF_NO_ANSWER },
		{ 0, CONF_UNREACHABLE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(outcome_foremost(cases[i].set), cases[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_branch),
		cmocka_unit_test(of_a_cause),
		cmocka_unit_test(of_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
