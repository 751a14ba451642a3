/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/dtmf_relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

static void what_is_dialled(void **state)
{
	static const struct {
		struct span type, body;
		int event; /* -1: none */
		uint32_t ms;
	} cases[] = {
		{ SPAN("application/dtmf-relay"), SPAN("Signal=5\r\nDuration=160\r\n"), 5, 160 },
		{ SPAN("Application/DTMF-Relay;x=y"), SPAN("signal = #\nduration = 90"), 11, 90 },
		{ SPAN("application/dtmf-relay"), SPAN("Duration=40\r\nSignal=d"), 15, 40 },
		{ SPAN("application/dtmf-relay"), SPAN("Signal=10\r\n"), 10, DTMF_RELAY_USUAL_MS },
		{ SPAN("application/dtmf-relay"), SPAN("Signal=*\r\nDuration=0"), 10, DTMF_RELAY_USUAL_MS },
		{ SPAN("application/dtmf-relay"), SPAN("Signal=*\r\nDuration=99999999999"), 10, DTMF_RELAY_USUAL_MS },
		{ SPAN("application/dtmf"), SPAN("7"), 7, DTMF_RELAY_USUAL_MS },
		{ SPAN("application/dtmf"), SPAN(" 11\r\n"), 11, DTMF_RELAY_USUAL_MS },
		{ SPAN("application/dtmf-relay"), SPAN("Signal=16\r\n"), -1, 0 },
		{ SPAN("application/dtmf-relay"), SPAN("Signal=hf\r\n"), -1, 0 },
		{ SPAN("application/dtmf-relay"), SPAN("Signal=\r\n"), -1, 0 },
		{ SPAN("application/dtmf-relay"), SPAN("Duration=160\r\n"), -1, 0 },
		{ SPAN("application/dtmf-relay"), SPAN("Signal"), -1, 0 },
		{ SPAN("application/dtmf"), SPAN(""), -1, 0 },
		{ SPAN("application/sdp"), SPAN("Signal=5\r\n"), -1, 0 },
		{ { 0 }, SPAN("Signal=5\r\n"), -1, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span body = guard_span(cases[i].body);
		struct dtmf_relay d = { 99, 99 };
		const int got = dtmf_relay_parse(cases[i].type, body, &d);

		if (got != (cases[i].event < 0 ? -1 : 0) || (got == 0 && d.event != cases[i].event) ||
		    (got == 0 && d.duration_ms != cases[i].ms) || (got < 0 && d.event != 99))
			fail_msg("%.*s: %d, event %u, %u ms", SPAN_ARG(cases[i].body), got, d.event, d.duration_ms);
		guard_free(body);
	}
}

static void what_is_written(void **state)
{
	char text[DTMF_RELAY_MAX];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	dtmf_relay_write(&w, &(struct dtmf_relay){ 11, 4294967295U });
	assert_true(span_eq(writer_done(&w), SPAN("Signal=#\r\nDuration=4294967295\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_dialled),
		cmocka_unit_test(what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
