/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/guard/stranger.h"

#include "tests/unit/sbc/bench.h"

static void in_words(void **state)
{
	static const struct {
		enum refusal why;
		const char *realm, *what, *says;
	} cases[] = {
		{ REFUSAL_NETWORK, "lan", "",
		  "a message from 192.0.2.1:5060 realm lan dropped: its source is in none of realms.lan.networks\n" },
		{ REFUSAL_NO_PHONES, "internet", "INVITE",
		  "INVITE from 192.0.2.1:5060 realm internet refused: its source is no peer of a trunk (those of the "
		  "realm: carrier), and phones may not register there\n" },
		{ REFUSAL_UNPROVED, "lan", "MESSAGE",
		  "MESSAGE from 192.0.2.1:5060 realm lan asked for a password: its source is no peer of a trunk (the "
		  "realm has none), and no phone is registered from there\n" },
		{ REFUSAL_UNPROVED, "lan", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ",
		  "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF from 192.0.2.1" },
	};
	static struct bench bench;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow from = bench_flow(&bench, cases[i].realm, "192.0.2.1:5060");

		bench.log[0] = '\0';
		stranger_log(&bench.e->core, &from, cases[i].why, span_str(cases[i].what));
		if (!strstr(bench.log, cases[i].says))
			fail_msg("%s", bench.log);
	}
	bench_close(&bench);
}

/* As many trunks as a line has room for. */
static void many_trunks(void **state)
{
	static struct bench bench;
	struct flow from;

	(void)state;
	bench_open(&bench, "{ " BENCH_REALMS ", \"trunks\": {"
			   " \"t1\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\"] },"
			   " \"t2\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.2\"] },"
			   " \"t3\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.3\"] },"
			   " \"t4\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.4\"] },"
			   " \"t5\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.5\"] },"
			   " \"t6\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.6\"] } }, " BENCH_LIMITS " }");
	from = bench_flow(&bench, "internet", "192.0.2.1:5060");
	stranger_log(&bench.e->core, &from, REFUSAL_NO_PHONES, SPAN("INVITE"));
	assert_non_null(strstr(bench.log, "(those of the realm: t1, t2, t3, t4, ...)"));
	bench_close(&bench);
}

/* However many sources there are, one a second is named; the same one again after a minute of silence. */
static void now_and_then(void **state)
{
	static struct bench bench;
	unsigned lines = 0;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (unsigned i = 0; i < 50; i++) {
		struct flow from = bench_flow(&bench, "internet", "192.0.2.1:5060");

		from.peer.ip[3] = (uint8_t)(i / 2);
		guard_unknown(bench.e, &from, REFUSAL_NO_PHONES, SPAN("INVITE"));
	}
	for (const char *at = bench.log; (at = strstr(at, "INVITE from")); at++)
		lines++;
	assert_in_range(lines, 1, 2);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_words),
		cmocka_unit_test(many_trunks),
		cmocka_unit_test(now_and_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
