/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/whyapi.h"

#include "tests/unit/sbc/pinholebench.h"

static void why(void **state)
{
	static const struct {
		const char *query;
		unsigned status;
		const char *part;
	} cases[] = {
		{ "?from=203.0.113.9&to=127.0.0.2:5060", 200, "SIP of realm internet" },
		{ "?from=203.0.113.9:80&to=127.0.0.2:5061&protocol=tcp", 200, "\"protocol\": \"tcp\"" },
		{ "?to=127.0.0.2:5060", 400, "from is who sent it" },
		{ "?from=x&to=127.0.0.2:5060", 400, "from is who sent it" },
		{ "?from=203.0.113.9", 400, "to is an address and a port" },
		{ "?from=203.0.113.9&to=127.0.0.2", 400, "to is an address and a port" },
		{ "?from=203.0.113.9&to=127.0.0.2:5060&protocol=icmp", 400, "protocol is udp or tcp" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char what[160];
		const char *text;

		snprintf(what, sizeof(what), "/api/v1/why%s", cases[i].query);
		text = answer(ask("GET", what));
		if (status_of(text) != cases[i].status || !strstr(text, cases[i].part))
			fail_msg("%s: %s", what, text);
	}
}

/* The relay is asked whose the port is; or it says nothing. */
static void why_media(void **state)
{
	static const struct {
		const char *from, *says, *part;
	} cases[] = {
		{ "203.0.113.9:80", "5:callsld7:call-id2:c15:portsl" PORT_ROW "eee", "\"what\": \"expected\"" },
		{ "203.0.113.8:80", "5:callsld7:call-id2:c15:portsl" PORT_ROW "eee", "\"what\": \"other-source\"" },
		{ "203.0.113.8:80", "5:callsle", "\"what\": \"closed\"" },
		{ "203.0.113.8:80", NULL, "\"what\": \"relay-silent\"" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char what[128];
		const char *text;
		int fd;

		snprintf(what, sizeof(what), "/api/v1/why?from=%s&to=127.0.0.2:10004", cases[i].from);
		fd = ask("GET", what);
		wait_for_question(i + 1);
		bench_expect(bench.asked[i].text, "4:porti10004e");
		if (cases[i].says)
			relay_says(i, cases[i].says);
		else
			bench_pass(&bench, 4000);
		text = answer(fd);
		if (!strstr(text, cases[i].part))
			fail_msg("%s: %s", what, text);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_api)
	const struct CMUnitTest tests[] = {
		TEST(why),
		TEST(why_media),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
