/* SPDX-License-Identifier: BSD-3-Clause */
/* The status line of a sipfrag, read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/sipfrag.h"
#include "tests/unit/guard.h"

static void statuses(void **state)
{
	static const struct {
		const char *in;
		int status; /* -1: none */
	} cases[] = {
		{ "SIP/2.0 180 Ringing", 180 },
		{ "SIP/2.0 200 OK\r\nContact: <sip:x@192.0.2.1>\r\n", 200 },
		{ "SIP/2.0 100\r\n", 100 },
		{ "SIP/2.0 603", 603 },
		{ "sip/2.0 503 ", 503 },
		{ "SIP/2.0 099 x", -1 },
		{ "SIP/2.0 700 x", -1 },
		{ "SIP/2.0 1000 x", -1 },
		{ "SIP/2.0 20", -1 },
		{ "SIP/2.0 200OK", -1 },
		{ "SIP/2.0  200 OK", -1 },
		{ "SIP/3.0 200 OK", -1 },
		{ "SIP/2.0", -1 },
		{ "INVITE sip:a@b SIP/2.0", -1 },
		{ "\r\nSIP/2.0 200 OK", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		uint16_t status = 77;
		int ok = sipfrag_status(in, &status);

		if (ok != (cases[i].status < 0 ? -1 : 0) || status != (ok ? 77 : cases[i].status))
			fail_msg("'%s': %d %u", cases[i].in, ok, status);
		guard_free(in);
	}
}

static void written(void **state)
{
	char buf[64];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	sipfrag_write(&w, 180, (struct span){ 0 });
	sipfrag_write(&w, 486, SPAN("Engaged"));
	assert_true(span_eq(writer_done(&w), SPAN("SIP/2.0 180 Ringing\r\nSIP/2.0 486 Engaged\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
