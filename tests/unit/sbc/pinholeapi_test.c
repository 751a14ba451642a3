/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/pinholeapi.h"

#include <signal.h>

#include "tests/unit/sbc/apibench.h"
#include "tests/unit/sbc/firewallbench.h"

#define PORT_ROW                                                                                                       \
	"d5:bytesi340e4:kind3:RTP7:latched14:203.0.113.9:807:packetsi2e4:porti10004e5:realm8:internet7:refusedi7ee"
#define RTCP_ROW "d4:kind4:RTCP4:porti10005e5:realm8:internete"

static int open_all(void **state)
{
	if (open_api(state))
		return -1;
	firewallbench_attach(bench.e);
	return 0;
}

/* The relay answers question number i. */
static void relay_says(unsigned i, const char *keys)
{
	struct span asked = bench.asked[i].text, cookie = span_slice(asked, 0, span_find(asked, ' '));

	engine_relay_receive(bench.e, bench_text(&bench, "%.*s d%s6:result2:oke", SPAN_ARG(cookie), keys), loop_now());
}

static void wait_for_question(unsigned n)
{
	for (int i = 0; i < TURNS && bench.nasked < n; i++) {
		turn();
		poll(NULL, 0, 1);
	}
	assert_int_equal(bench.nasked, n);
	bench_expect(bench.asked[n - 1].text, "7:command5:ports");
}

/* Row number i of the answer, as one line: what there is of these. */
static const char *row(const json_t *answer, size_t i)
{
	static const char *const keys[] = { "id",   "backend", "owner", "direction", "protocol", "realm",
					    "ours", "peer",    "state", "packets",   "expires_s" };
	static char text[512];
	const json_t *r = json_array_get(json_object_get(answer, "pinholes"), i);
	struct writer w = writer_over(text, sizeof(text) - 1);

	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		const json_t *v = json_object_get(r, keys[k]);

		writer_str(&w, k ? " " : "");
		if (json_is_string(v))
			writer_str(&w, json_string_value(v));
		else if (json_is_integer(v))
			writer_format(&w, "%lld", (long long)json_integer_value(v));
		else
			writer_str(&w, "-");
	}
	assert_false(w.failed);
	text[w.n] = '\0';
	return text;
}

static size_t rows(const json_t *answer)
{
	return json_array_size(json_object_get(answer, "pinholes"));
}

/* ----- the tests ----- */

/* Page by page, then what nftables has. */
static void the_list(void **state)
{
	struct firewall_hole by_hand = { .id = 0xbeef, .owner = SPAN("by hand"), .protocol = 6, .lifetime_s = 600 };
	struct firewall_answer a = { .verb = FIREWALL_LIST, .last = true, .packets = 5, .bytes = 99, .expires_s = 480 };
	struct pinhole *quiet;
	json_t *j;
	int fd;

	(void)state;
	assert_int_equal(addr_parse(SPAN("127.0.0.2:9000"), 0, &by_hand.ours), 0);
	assert_int_equal(addr_parse(SPAN("203.0.113.9"), 0, &by_hand.peer), 0);
	assert_non_null(pinholes_open(&bench.e->pinholes, &by_hand));
	a.hole = by_hand;
	by_hand.id = 0xdead;
	quiet = pinholes_open(&bench.e->pinholes, &by_hand);
	assert_non_null(quiet);
	firewallbench_comes();
	fd = ask("GET", "/api/v1/pinholes");
	wait_for_question(1);
	relay_says(0, "5:callsld7:call-id2:c15:portsl" PORT_ROW "eee4:nexti17e");
	bench_expect(bench.asked[1].text, "5:afteri17e");
	relay_says(1, "5:callsld7:call-id2:c25:endedi1e5:portsl" RTCP_ROW "eee");
	assert_string_equal(firewallbench_asked(), "list;");
	a.seq = firewallbench.asked[0].seq;
	firewallbench_answer_with(a);
	j = body_of(answer(fd));
	assert_int_equal(rows(j), 4);
	assert_true(json_is_false(json_object_get(j, "more")));
	assert_string_equal(row(j, 0), "flow-internet-10004 flow c1 in udp internet 127.0.0.2:10004 203.0.113.9:80 "
				       "pinned 2 -");
	assert_string_equal(row(j, 1), "flow-internet-10005 flow c2 in udp internet 127.0.0.2:10005 - closing 0 -");
	assert_string_equal(row(j, 2), "beef nft by hand in tcp internet 127.0.0.2:9000 203.0.113.9 open 5 480");
	assert_string_equal(row(j, 3), "dead nft by hand in tcp internet 127.0.0.2:9000 203.0.113.9 "
				       "closed by silence - -");
	json_decref(j);
}

/* What cannot be asked is missing, and that is said. */
static void without_relay_and_firewall(void **state)
{
	struct firewall_hole h = { .id = 1, .owner = SPAN("by hand"), .protocol = 17, .lifetime_s = 600 };
	json_t *j;
	int fd;

	(void)state;
	assert_int_equal(addr_parse(SPAN("127.0.0.2:9000"), 0, &h.ours), 0);
	assert_non_null(pinholes_open(&bench.e->pinholes, &h));
	fd = ask("GET", "/api/v1/pinholes");
	wait_for_question(1);
	bench_pass(&bench, 4000);
	j = body_of(answer(fd));
	assert_int_equal(rows(j), 1);
	assert_string_equal(row(j, 0), "1 nft by hand in udp internet 127.0.0.2:9000 - asked for - -");
	assert_non_null(strstr(json_string_value(json_object_get(j, "warning")), "relay does not answer"));
	json_decref(j);
}

static void limits_and_filters(void **state)
{
	json_t *j;
	int fd;

	(void)state;
	fd = ask("GET", "/api/v1/pinholes?limit=1");
	wait_for_question(1);
	relay_says(0, "5:callsld7:call-id2:c15:portsl" PORT_ROW RTCP_ROW "eee4:nexti17e");
	j = body_of(answer(fd));
	assert_int_equal(rows(j), 1);
	assert_true(json_is_true(json_object_get(j, "more")));
	json_decref(j);
	assert_int_equal(bench.nasked, 1);
	fd = ask("GET", "/api/v1/pinholes?call=c%31");
	wait_for_question(2);
	bench_expect(bench.asked[1].text, "7:call-id2:c1");
	close(fd);
	for (int i = 0; i < 20; i++)
		turn();
	relay_says(1, "5:callsle"); /* who asked has gone */
	assert_int_equal(status_of(answer(ask("GET", "/api/v1/pinholes?limit=0"))), 400);
	assert_int_equal(status_of(answer(ask("GET", "/api/v1/pinholes?limit=x"))), 400);
}

static void what_cannot_be_opened(void **state)
{
	static const struct {
		const char *query, *detail;
	} cases[] = {
		{ "", "ours is an address and a port" },
		{ "?ours=127.0.0.2&for=10m", "ours is an address and a port" },
		{ "?ours=127.0.0.9:9000&for=10m", "ours is of no realm" },
		{ "?ours=0.0.0.0:9000&for=10m", "ours is an address and a port" },
		{ "?ours=127.0.0.2:9000", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=0", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=31d", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=10", "for says how long" },
		{ "?ours=127.0.0.2:9000&for=10m&protocol=sctp", "protocol is udp or tcp" },
		{ "?ours=127.0.0.2:9000&for=10m&direction=out", "direction is in or forward" },
		{ "?ours=127.0.0.2:9000&for=10m&peer=here", "peer is an address, and a port where" },
		{ "?ours=127.0.0.2:9000&for=10m&peer=2001:db8::1", "are not of one family" },
		{ "?ours=[::1]:9000&for=10m", "ours is of no realm" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char what[160];
		const char *text;

		snprintf(what, sizeof(what), "/api/v1/pinholes%s", cases[i].query);
		text = answer(ask("POST", what));
		if (status_of(text) != 400 || !strstr(text, cases[i].detail))
			fail_msg("%s: %s", what, text);
	}
	assert_null(bench.e->pinholes.first);
	firewalllink_fini(&bench.e->firewall);
	assert_int_equal(status_of(answer(ask("POST", "/api/v1/pinholes?ours=127.0.0.2:9000&for=10m"))), 409);
}

static void by_hand(void **state)
{
	char what[64];
	json_t *j;

	(void)state;
	j = body_of(answer(ask("POST", "/api/v1/pinholes?ours=127.0.0.2:9000&for=10m&protocol=tcp&peer=203.0.113.9")));
	assert_non_null(strstr(json_string_value(json_object_get(j, "warning")), "sbc-firewall is not there"));
	json_decref(j);
	firewallbench_comes();
	j = body_of(answer(ask("POST", "/api/v1/pinholes?ours=10.9.9.9:80&for=30s&direction=forward")));
	assert_string_equal(json_string_value(json_object_get(j, "state")), "asked for");
	assert_int_equal(json_integer_value(json_object_get(j, "expires_s")), 30);
	assert_string_equal(firewallbench_asked(), "open 10.9.9.9:80 for anybody;");
	assert_int_equal(firewallbench.asked[0].hole.direction, FIREWALL_FORWARD);
	assert_int_equal(firewallbench.asked[0].hole.lifetime_s, 30);
	firewallbench_answer(FIREWALL_DONE);
	snprintf(what, sizeof(what), "/api/v1/pinholes/%s", json_string_value(json_object_get(j, "id")));
	json_decref(j);
	assert_int_equal(status_of(answer(ask("DELETE", what))), 200);
	assert_string_equal(firewallbench_asked(), "close;");
	assert_int_equal(status_of(answer(ask("DELETE", what))), 404);
}

static void what_cannot_be_closed(void **state)
{
	struct firewall_hole of_call = { .id = 0xabc, .owner = SPAN("c1"), .protocol = 17, .idle_s = 30 };

	(void)state;
	assert_int_equal(addr_parse(SPAN("127.0.0.2:10000"), 0, &of_call.ours), 0);
	assert_non_null(pinholes_open(&bench.e->pinholes, &of_call));
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/abc"))), 409);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/flow-internet-10000"))), 409);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/abd"))), 404);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/abcx"))), 404);
	assert_int_equal(status_of(answer(ask("DELETE", "/api/v1/pinholes/0123456789abcdef0123456789"))), 404);
}

/* ----- why ----- */

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
		TEST(the_list),
		TEST(without_relay_and_firewall),
		TEST(limits_and_filters),
		TEST(what_cannot_be_opened),
		TEST(by_hand),
		TEST(what_cannot_be_closed),
		TEST(why),
		TEST(why_media),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
