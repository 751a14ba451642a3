/* SPDX-License-Identifier: BSD-3-Clause */
/* Causes of the telephone network as statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/q850.h"
#include "tests/unit/guard.h"

static void causes_of_messages(void **state)
{
	static const struct {
		const char *lines;
		uint16_t expected;
	} cases[] = {
		{ "", 0 },
		{ "Reason: Q.850;cause=17\r\n", 486 },
		{ "Reason: q.850 ; cause=34 ; text=\"No circuit\"\r\n", 503 },
		{ "Reason: SIP;cause=200;text=\"a, b\", Q.850;cause=19\r\n", 480 },
		{ "Reason: SIP;cause=486\r\nReason: Q.850;cause=21\r\n", 403 },
		{ "Reason: Q.850;cause=16\r\n", 0 },  /* normal clearing is no failure */
		{ "Reason: Q.850;cause=128\r\n", 0 }, /* none of them */
		{ "Reason: Q.850\r\n", 0 },
		{ "Reason: SIP;cause=17\r\n", 0 },
		{ "Reason: Q.850;cause=x\r\n", 0 },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct writer w = writer_over(text, sizeof(text));
		struct span guarded;
		struct sip_msg m;

		writer_str(&w, "SIP/2.0 500 No\r\n");
		writer_str(&w, cases[i].lines);
		writer_str(&w, "\r\n");
		guarded = guard_span(writer_done(&w));
		assert_int_equal(sip_msg_index(guarded, &m), SIP_OK);
		if (q850_status_of(&m) != cases[i].expected)
			fail_msg("%s: %u", cases[i].lines, q850_status_of(&m));
		guard_free(guarded);
	}
}

/* Every status that a cause stands for is one that refuses. */
static void all_are_failures(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned cause = 0; cause < 1000; cause++) {
		uint16_t status = q850_status(cause);

		assert_true(status == 0 || (status >= 400 && status < 600));
		n += status != 0;
	}
	assert_int_equal(n, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(causes_of_messages),
		cmocka_unit_test(all_are_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
