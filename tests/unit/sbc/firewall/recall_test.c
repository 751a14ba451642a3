/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/firewall/recall.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_key key = { 1, 2 };

#define SET(name, elems) "{\"set\":{\"name\":\"" name "\",\"elem\":[" elems "]}}"
#define ELEM(val, more)  "{\"elem\":{\"val\":" val "," more "}}"
#define ANY              "{\"concat\":[\"192.0.2.1\",20000]}"
#define PEER             "{\"concat\":[\"0x20010db800000000000000000000000720010db8000000000000000000000001\",262164002]}"
#define COMMENT(id, of)  "\"comment\":\"000000000000000" id " in 000000ab " of "\""
#define COUNTER          "\"counter\":{\"packets\":10,\"bytes\":600}"

static unsigned take(struct book *b, bool adopt, const char *sets)
{
	json_t *told = json_pack("{s:o}", "nftables", json_loads(sets, 0, NULL));
	struct recall r;

	assert_non_null(told);
	recall_begin(&r, b, adopt, 100000);
	recall_take(&r, told);
	recall_end(&r);
	json_decref(told);
	return r.strange;
}

static void what_an_earlier_run_left_is_taken_over(void **state)
{
	struct book b;
	struct hole *h;
	struct prefix p;

	(void)state;
	assert_int_equal(book_init(&b, &key), 0);
	assert_int_equal(take(&b, true,
			      "[" SET("any4_udp_idle30",
				      ELEM(ANY, "\"expires\":11," COUNTER "," COMMENT(
							"1", "a%20call"))) "," SET("peer6_tcp_both5_life",
										   ELEM(PEER, "\"expires\":50," COMMENT(
												      "2", ""))) "," //
			      SET("peer6_tcp_both5_idle", ELEM(PEER, "\"expires\":3," COMMENT("2", ""))) ","         //
			      SET("ban4_24", ELEM("\"192.0.2.0\"", "\"timeout\":60,\"expires\":20")) "]"),
			 0);
	h = book_hole(&b, 0xab, 1);
	assert_non_null(h);
	assert_true(span_eq(hole_owner(h), SPAN("a call")));
	assert_true(h->instance == 0xab && h->left_s == 12 && !h->confirmed && h->ends_ms == 0);
	assert_true(h->packets == 5 && h->bytes == 300); /* each is counted twice */
	h = book_hole(&b, 0xab, 2);
	assert_non_null(h);
	assert_true(h->said.protocol == IPPROTO_TCP && h->said.peer.port == 4000 && h->said.idle_s == 5);
	assert_int_equal(h->ends_ms, 151000);
	assert_int_equal(prefix_parse(SPAN("192.0.2.0/24"), &p), 0);
	assert_non_null(book_ban(&b, &p));
	assert_int_equal(book_ban(&b, &p)->ends_ms, 121000);
	book_fini(&b);
}

static void what_silence_closed_is_forgotten(void **state)
{
	struct firewall_hole h = { .id = 3, .protocol = IPPROTO_UDP, .idle_s = 30 };
	struct book b;

	(void)state;
	assert_int_equal(book_init(&b, &key), 0);
	for (h.id = 3; h.id < 2000; h.id++) {
		assert_int_equal(addr_parse(SPAN("192.0.2.1:1"), 0, &h.ours), 0);
		h.ours.port = (uint16_t)h.id;
		assert_non_null(book_add(&b, &h, 0xab, 0));
	}
	h.id = 1;
	h.ours.port = 20000;
	assert_non_null(book_add(&b, &h, 0xab, 0));
	assert_int_equal(take(&b, false, "[" SET("any4_udp_idle30", ELEM(ANY, "\"expires\":11," COMMENT("1", ""))) "]"),
			 0);
	assert_int_equal(b.by_id.count, 1);
	assert_non_null(book_hole(&b, 0xab, 1));
	book_fini(&b);
}

/* JSON knows no number above 2^63: libnftables writes what is below 2^64 with a sign. */
static void both_hosts_are_one_number(void **state)
{
	static const struct {
		const char *set, *peer, *ours;
	} cases[] = {
		{ SET("peer4_udp_idle30",
		      ELEM("{\"concat\":[9151314449242521601,262164000]}", "\"expires\":1," COMMENT("1", ""))),
		  "127.0.0.1:4000", "127.0.0.1:20000" },
		{ SET("peer4_udp_idle30",
		      ELEM("{\"concat\":[-4164875245938802175,4294921760]}", "\"expires\":1," COMMENT("1", ""))),
		  "198.51.100.7:65535", "192.0.2.1:20000" },
		{ SET("host4_udp_idle30",
		      ELEM("{\"concat\":[-4164875245938802175,20000]}", "\"expires\":1," COMMENT("1", ""))),
		  "198.51.100.7", "192.0.2.1:20000" },
		{ SET("peer6_udp_idle30", ELEM("{\"concat\":[\"0x100000000000000000000000000000002\",262164000]}",
					       "\"expires\":1," COMMENT("1", ""))),
		  "[::1]:4000", "[::2]:20000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		struct writer w = writer_over(text, sizeof(text));
		struct addr peer, ours;
		struct book b;
		struct hole *h;

		assert_int_equal(book_init(&b, &key), 0);
		writer_format(&w, "[%s]%c", cases[i].set, 0);
		assert_int_equal(take(&b, true, text), 0);
		h = book_hole(&b, 0xab, 1);
		assert_non_null(h);
		assert_int_equal(addr_parse(span_str(cases[i].peer), 0, &peer), 0);
		assert_int_equal(addr_parse(span_str(cases[i].ours), 0, &ours), 0);
		assert_true(addr_eq(&h->said.peer, &peer));
		assert_true(addr_eq(&h->said.ours, &ours));
		book_fini(&b);
	}
}

/* Its time is over though silence would have lasted. */
static void a_hole_is_in_all_its_sets(void **state)
{
	struct book b;

	(void)state;
	assert_int_equal(book_init(&b, &key), 0);
	take(&b, true, "[" SET("any4_udp_both30_idle", ELEM(ANY, "\"expires\":11," COMMENT("1", ""))) "]");
	assert_int_equal(b.by_id.count, 0);
	book_fini(&b);
}

/* The table is ours, but root may write what he likes into it. */
static void elements_of_others_are_counted(void **state)
{
	static const char *const sets[] = {
		SET("any4_udp_idle30", ELEM(ANY, "\"expires\":1")),
		SET("any4_udp_idle30", ELEM(ANY, "\"expires\":1,\"comment\":\"mine\"")),
		SET("any4_udp_idle30", ELEM("\"192.0.2.1\"", COMMENT("1", ""))),
		SET("any4_udp_idle30", "\"192.0.2.1\""),
		SET("any6_udp_idle30", ELEM(ANY, COMMENT("1", ""))),
		SET("peer4_udp_idle30", ELEM(ANY, COMMENT("1", ""))),
		SET("peer4_udp_idle30", ELEM("{\"concat\":[\"192.0.2.1\",20000]}", COMMENT("1", ""))),
		SET("peer4_udp_idle30", ELEM("{\"concat\":[1,20000]}", COMMENT("1", ""))), /* the peer has no port */
		SET("peer4_udp_idle30", ELEM("{\"concat\":[\"0x\",262164002]}", COMMENT("1", ""))),
		SET("peer4_udp_idle30", ELEM("{\"concat\":[\"0x1x\",262164002]}", COMMENT("1", ""))),
		SET("peer4_udp_idle30", ELEM("{\"concat\":[\"0x00c6336407c00002010\",262164002]}", COMMENT("1", ""))),
		SET("host4_udp_idle30", ELEM("{\"concat\":[1,65536]}", COMMENT("1", ""))),
		SET("any4_udp_idle30", ELEM("{\"concat\":[\"192.0.2.1\",17,20000]}", COMMENT("1", ""))),
		SET("any4_udp_idle30", ELEM("{\"concat\":[\"192.0.2.1\",70000]}", COMMENT("1", ""))),
		SET("ban4_24", ELEM("\"2001:db8::\"", "\"expires\":20")),
		SET("any4_udp_idle30",
		    ELEM(ANY, COMMENT("1", "")) "," ELEM("{\"concat\":[\"192.0.2.1\",20001]}", COMMENT("1", ""))),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		char text[512];
		struct writer w = writer_over(text, sizeof(text));
		struct book b;

		assert_int_equal(book_init(&b, &key), 0);
		writer_format(&w, "[%s]%c", sets[i], 0);
		if (take(&b, true, text) != 1)
			fail_msg("taken: %s", sets[i]);
		book_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_earlier_run_left_is_taken_over),
		cmocka_unit_test(what_silence_closed_is_forgotten),
		cmocka_unit_test(both_hosts_are_one_number),
		cmocka_unit_test(a_hole_is_in_all_its_sets),
		cmocka_unit_test(elements_of_others_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
