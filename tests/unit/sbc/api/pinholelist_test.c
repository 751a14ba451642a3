/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/pinholelist.h"

#include "tests/unit/sbc/pinholebench.h"

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

static const char *text_at(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "-";
}

/* Ports of a router above are holes of its. */
static void the_routers(void **state)
{
	struct mapping refused = { .protocol = IPPROTO_UDP,
				   .realm = 1,
				   .state = MAPPING_REFUSED,
				   .owner = "c1",
				   .why = "it does not allow that" },
		       open = { .next = &refused,
				.protocol = IPPROTO_TCP,
				.realm = 1,
				.listener = true,
				.state = MAPPING_OPEN,
				.language = FIREWALL_ROUTER_NATPMP };
	const json_t *list;
	json_t *j;
	int fd;

	(void)state;
	assert_int_equal(addr_parse(SPAN("127.0.0.2:10004"), 0, &refused.ours), 0);
	assert_int_equal(addr_parse(SPAN("127.0.0.2:5060"), 0, &open.ours), 0);
	assert_int_equal(addr_parse(SPAN("198.51.100.7:5060"), 0, &open.outside), 0);
	assert_int_equal(addr_parse(SPAN("127.0.0.1"), 0, &open.router), 0);
	open.until = core_now(&bench.e->core) + 90500;
	bench.e->mappings.first = &open;
	fd = ask("GET", "/api/v1/pinholes");
	wait_for_question(1);
	relay_says(0, "5:callsle");
	j = body_of(answer(fd));
	assert_int_equal(rows(j), 2);
	assert_string_equal(row(j, 0), "router-internet-tcp-5060 router listener in tcp internet 127.0.0.2:5060 - "
				       "open - 90");
	assert_string_equal(row(j, 1), "router-internet-udp-10004 router c1 in udp internet 127.0.0.2:10004 - "
				       "refused - -");
	list = json_object_get(j, "pinholes");
	assert_string_equal(text_at(json_array_get(list, 0), "outside"), "198.51.100.7:5060");
	assert_string_equal(text_at(json_array_get(list, 0), "router"), "127.0.0.1");
	assert_string_equal(text_at(json_array_get(list, 0), "kind"), "NAT-PMP");
	assert_string_equal(text_at(json_array_get(list, 0), "error"), "-");
	assert_string_equal(text_at(json_array_get(list, 1), "error"), "it does not allow that");
	json_decref(j);
	fd = ask("GET", "/api/v1/pinholes?call=c1");
	wait_for_question(2);
	relay_says(1, "5:callsle");
	j = body_of(answer(fd));
	assert_int_equal(rows(j), 1);
	json_decref(j);
	bench.e->mappings.first = NULL;
}

/* What cannot be asked is missing, and that is said. */
static void without_relay_and_firewall(void **state)
{
	struct firewall_hole h = { .id = 1, .owner = SPAN("by hand"), .protocol = 17, .lifetime_s = 600 };
	json_t *j;
	unsigned asked;
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
	/* From then on nobody waits for it. */
	asked = bench.nasked;
	j = body_of(answer(ask("GET", "/api/v1/pinholes")));
	assert_int_equal(bench.nasked, asked);
	assert_int_equal(rows(j), 1);
	assert_non_null(strstr(json_string_value(json_object_get(j, "warning")), "relay does not answer"));
	json_decref(j);
}

static void limits_and_filters(void **state)
{
	char longest[22 + 128 + 1] = "/api/v1/pinholes?call=";
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
	assert_int_equal(status_of(answer(ask("GET", "/api/v1/pinholes?limit=1000000000000000"))), 400);
	assert_int_equal(status_of(answer(ask("GET", "/api/v1/pinholes?call="))), 400);
	memset(longest + 22, 'a', 128); /* one byte too many: not as if there were no filter */
	assert_int_equal(status_of(answer(ask("GET", longest))), 400);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_api)
	const struct CMUnitTest tests[] = {
		TEST(the_list),
		TEST(the_routers),
		TEST(without_relay_and_firewall),
		TEST(limits_and_filters),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
