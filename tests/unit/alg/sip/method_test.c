/* SPDX-License-Identifier: BSD-3-Clause */
/* Methods: known by their exact name only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/method.h"

static void every_method_is_found_by_its_name(void **state)
{
	(void)state;
	for (enum sip_method m = 0; m < SIP_METHOD_OTHER; m++)
		assert_int_equal(sip_method_find(sip_method_name(m)), m);
	assert_int_equal(sip_method_find(SPAN("INVITE")), SIP_INVITE);
	assert_int_equal(sip_method_find(SPAN("PUBLISH")), SIP_PUBLISH);
}

static void all_else_is_other(void **state)
{
	static const char *const names[] = { "", "invite", "INVITE ", "INVIT", "RE%47IST%45R", "OTHER", "NEWMETHOD" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sip_method_find(span_str(names[i])) != SIP_METHOD_OTHER)
			fail_msg("'%s' was found", names[i]);
	assert_true(span_eq(sip_method_name(SIP_METHOD_OTHER), SPAN("OTHER")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_method_is_found_by_its_name),
		cmocka_unit_test(all_else_is_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
