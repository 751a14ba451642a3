/* SPDX-License-Identifier: BSD-3-Clause */
/* Which final response of several branches goes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/best_response.h"

enum { ADDED_MAX = 4 };

static void orders(void **state)
{
	static const struct {
		uint16_t added[ADDED_MAX];
		enum best_verdict verdict[ADDED_MAX];
		uint16_t kept;
	} cases[] = {
		{ { 404 }, { BEST_TAKE }, 404 },
		{ { 404, 486 }, { BEST_TAKE, BEST_DROP }, 404 },
		{ { 500, 404, 302 }, { BEST_TAKE, BEST_TAKE, BEST_TAKE }, 302 },
		{ { 302, 404, 500 }, { BEST_TAKE, BEST_DROP, BEST_DROP }, 302 },
		{ { 302, 603, 302 }, { BEST_TAKE, BEST_STOP, BEST_DROP }, 603 },
		{ { 603, 600 }, { BEST_STOP, BEST_DROP }, 603 },
		{ { 401, 603 }, { BEST_TAKE, BEST_STOP }, 603 },
		{ { 486, 407, 401, 407 }, { BEST_TAKE, BEST_TAKE, BEST_CHALLENGE, BEST_CHALLENGE }, 407 },
		{ { 603, 401 }, { BEST_STOP, BEST_DROP }, 603 },
		{ { 486, 484, 420, 401 }, { BEST_TAKE, BEST_TAKE, BEST_DROP, BEST_TAKE }, 401 },
		{ { 408, 486 }, { BEST_TAKE, BEST_TAKE }, 486 },
		{ { 487, 408, 480 }, { BEST_TAKE, BEST_TAKE, BEST_TAKE }, 480 },
		{ { 503, 500 }, { BEST_TAKE, BEST_TAKE }, 500 },
		{ { 503, 408 }, { BEST_TAKE, BEST_TAKE }, 408 },
		{ { 503, 503 }, { BEST_TAKE, BEST_DROP }, 503 },
		{ { 200 }, { BEST_PASS }, 0 },
		{ { 603, 200, 202 }, { BEST_STOP, BEST_PASS, BEST_PASS }, 603 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct best_response b = { 0 };

		for (size_t n = 0; n < ADDED_MAX && cases[i].added[n]; n++) {
			enum best_verdict v = best_response_add(&b, cases[i].added[n]);

			if (v != cases[i].verdict[n])
				fail_msg("case %zu: %u is %d", i, cases[i].added[n], v);
		}
		if (b.status != cases[i].kept)
			fail_msg("case %zu: kept %u", i, b.status);
	}
}

static void a_branch_out_of_service_is_not_us(void **state)
{
	(void)state;
	assert_int_equal(best_response_outward(503), 500);
	assert_int_equal(best_response_outward(504), 504);
	assert_int_equal(best_response_outward(486), 486);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders),
		cmocka_unit_test(a_branch_out_of_service_is_not_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
