/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/placefailure.h"

#include "tests/unit/sbc/bench.h"

#define WHERE "carrier at 203.0.113.99:5060 (UDP realm internet): "
#define PHONE "the phone at 10.0.0.20:5062 (UDP realm lan): "

static void in_words(void **state)
{
	static const struct {
		const char *name;
		bool trunk, cancelled, provisional, rang;
		uint16_t status;
		const char *response; /* NULL: none came */
		enum count why;
		const char *says; /* NULL: nothing */
	} cases[] = {
		{ "refused", true, 0, 0, 0, 403, "SIP/2.0 403 No Such Account\r\n", COUNT_CALL_REJECTED,
		  WHERE "answered 403 No Such Account\n" },
		{ "with a cause", true, 0, 1, 0, 503, "SIP/2.0 503 No\r\nReason: Q.850;cause=34\r\n",
		  COUNT_CALL_REJECTED, WHERE "answered 503 No; Reason: Q.850;cause=34\n" },
		{ "with a warning", false, 0, 0, 0, 488, "SIP/2.0 488 No\r\nWarning: 305 x \"PCMA\"\r\n",
		  COUNT_CALL_REJECTED, PHONE "answered 488 No; Warning: 305 x \"PCMA\"\n" },
		{ "silent trunk", true, 0, 0, 0, 408, NULL, COUNT_CALL_UNREACHABLE,
		  WHERE "no answer at all: it is down, or a firewall or NAT is between\n" },
		{ "silent phone", false, 0, 0, 0, 408, NULL, COUNT_CALL_UNREACHABLE,
		  PHONE "no answer at all: it is down, or a firewall or NAT is between, or it has another address" },
		{ "began", true, 0, 1, 0, 408, NULL, COUNT_CALL_UNREACHABLE, "began to answer and then said no more" },
		{ "no connection", true, 0, 0, 0, 503, NULL, COUNT_CALL_UNREACHABLE, WHERE "no connection to it: " },
		{ "rang out", false, 1, 1, 1, 408, NULL, COUNT_CALL_NO_ANSWER,
		  PHONE "it rang, and nobody answered in time\n" },
		{ "did not ring", false, 1, 1, 0, 408, NULL, COUNT_CALL_NO_ANSWER, PHONE "it was tried, and nobody" },
		{ "cancelled", false, 1, 1, 1, 487, "SIP/2.0 487 Request Terminated\r\n", COUNT_CALL_REJECTED, NULL },
		{ "cancelled, silent", false, 1, 0, 0, 487, NULL, COUNT_CALL_UNREACHABLE, NULL },
		{ "elsewhere", true, 0, 0, 0, 302, "SIP/2.0 302 Moved\r\n", COUNT_CALL_REJECTED, NULL },
		{ "asks for a password", true, 0, 0, 0, 407, "SIP/2.0 407 Who\r\n", COUNT_CALL_REJECTED, NULL },
		{ "told already", true, 0, 0, 0, 503, NULL, COUNT_REFUSE_RELAY_GONE, NULL },
	};
	static struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct call c = { .kind = CALL_INVITE, .id = "x" };
		struct pass p = { .call = &c };
		struct leg to = { 0 };
		struct branch b = { .pass = &p, .to = &to };
		char text[256];
		struct sip_msg m;

		bench_open(&bench, BENCH_CONF);
		to.trunk = cases[i].trunk ? 0 : -1;
		to.flow = cases[i].trunk ? bench_carrier(&bench) : bench_phone(&bench);
		b.status = cases[i].status;
		b.cancelled = cases[i].cancelled;
		b.provisional = cases[i].provisional;
		b.rang = cases[i].rang;
		if (cases[i].response) {
			snprintf(text, sizeof(text), "%s\r\n", cases[i].response);
			assert_int_equal(sip_msg_index(span_str(text), &m), SIP_OK);
		}
		bench.log[0] = '\0';
		placefailure_tell(bench.e, &b, cases[i].response ? &m : NULL, cases[i].why);
		if (cases[i].says ? !strstr(bench.log, cases[i].says) : bench.log[0])
			fail_msg("%s: %s", cases[i].name, bench.log);
		c.kind = CALL_REQUEST;
		bench.log[0] = '\0';
		placefailure_tell(bench.e, &b, cases[i].response ? &m : NULL, cases[i].why);
		assert_string_equal(bench.log, "");
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(in_words) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
