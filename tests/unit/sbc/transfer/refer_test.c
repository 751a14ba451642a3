/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/refer.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static const char *conf_of(const char *mode)
{
	static char text[1024];

	snprintf(text, sizeof(text),
		 "{ " BENCH_REALMS ", \"trunks\": { \"carrier\": { \"realm\": \"internet\","
		 " \"peers\": [\"203.0.113.99\"], \"probe\": \"0s\", \"refer\": \"%s\" } }, " BENCH_LIMITS " }",
		 mode);
	return text;
}

/* What a REFER in a call comes to here; 0: it goes on to the other side. */
static void verdicts(void **state)
{
	static const struct {
		const char *mode, *refer_to;
		unsigned expected;
	} cases[] = {
		{ "block", "Refer-To: <sip:bob@example.com>\n", 603 },
		{ "block", "", 603 },
		{ "pass", "Refer-To: <sip:bob@example.com>\n", 0 },
		{ "pass", "Refer-To: <tel:+4930123456>\n", 0 },
		{ "pass", "", 400 },
		{ "pass", "Refer-To: <sip:bob@example.com\n", 400 },
		{ "pass", "Refer-To: <http://example.com/>\n", 416 },
		{ "local", "", 400 },
		{ "local", "Refer-To: <mailto:bob@example.com>\n", 416 },
		{ "local", "Refer-To: <sip:bob@example.com;method=BYE>\n", 403 },
		{ "local", "Refer-To: <sip:nobody@198.51.100.5>\n", 404 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		unsigned got;

		bench_open(&bench, conf_of(cases[i].mode));
		bench_call(&bench, &ok);
		bench_receive(&bench, bench_carrier(&bench),
			      bench_in_dialog(&bench, ok, "REFER", 2, cases[i].refer_to));
		got = bench_last_status(&bench);
		if (got != cases[i].expected)
			fail_msg("%s, %s: %u", cases[i].mode, cases[i].refer_to, got);
		if (!got)
			bench_expect(bench_last(&bench), "REFER sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
		bench_close(&bench);
	}
}

/* The names that the carrier has for its call, as Target-Dialog; turned: as we would name it. */
static const char *name_of(struct span ok, bool turned)
{
	struct sip_msg m = bench_msg(ok);
	struct span us = sip_msg_to_tag(&m), it = sip_msg_from_tag(&m);

	return bench_text(&bench, "Target-Dialog: %.*s;local-tag=%.*s;remote-tag=%.*s\n%c",
			  SPAN_ARG(sip_msg_value(&m, SIP_HDR_CALL_ID)), SPAN_ARG(turned ? it : us),
			  SPAN_ARG(turned ? us : it), 0)
		.p;
}

/* A REFER outside of the call that it names; 0: it goes to the other side. */
static void outside(void **state)
{
	enum names { RIGHT, TURNED, NONE, BROKEN };
	static const struct {
		const char *mode, *refer_to;
		enum names names;
		bool known; /* to the other side, what Target-Dialog is */
		unsigned expected;
	} cases[] = {
		{ "pass", "Refer-To: <sip:bob@example.com>\n", RIGHT, true, 0 },
		{ "pass", "Refer-To: <sip:bob@example.com>\n", RIGHT, false, 403 },
		{ "pass", "Refer-To: <sip:bob@example.com>\n", TURNED, true, 403 },
		{ "pass", "Refer-To: <sip:bob@example.com>\n", NONE, true, 403 },
		{ "pass", "Refer-To: <sip:bob@example.com>\n", BROKEN, true, 403 },
		{ "pass", "", RIGHT, true, 400 },
		{ "pass", "Refer-To: <http://example.com/>\n", RIGHT, true, 416 },
		{ "block", "Refer-To: <sip:bob@example.com>\n", RIGHT, true, 603 },
		{ "block", "Refer-To: <sip:bob@example.com>\n", NONE, true, 403 },
		{ "local", "Refer-To: <sip:nobody@198.51.100.5>\n", RIGHT, false, 404 },
		{ "local", "Refer-To: <sip:nobody@198.51.100.5>\n", TURNED, false, 403 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		const char *name;
		unsigned got;

		bench_open(&bench, conf_of(cases[i].mode));
		bench_call(&bench, &ok)->leg[SIDE_B]->tdialog = cases[i].known;
		name = cases[i].names == NONE     ? ""
		       : cases[i].names == BROKEN ? "Target-Dialog: x;local-tag=1\n"
						  : name_of(ok, cases[i].names == TURNED);
		bench_receive(&bench, bench_carrier(&bench),
			      bench_request(&bench, "REFER", "sip:alice@198.51.100.5", "ref", 1,
					    bench_text(&bench, "%s%s%c", cases[i].refer_to, name, 0).p, ""));
		got = bench_last_status(&bench);
		if (got != cases[i].expected)
			fail_msg("%zu: %s, %s%s: %u\n%s", i, cases[i].mode, cases[i].refer_to, name, got, bench.log);
		if (!got) {
			bench_expect(bench_last(&bench), "REFER sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
			bench_expect(bench_last(&bench), ";remote-tag=");
		}
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(verdicts), cmocka_unit_test(outside) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
