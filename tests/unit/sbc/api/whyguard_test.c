/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/whyguard.h"

#include <netinet/in.h>

#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" },"             \
	" \"phones\": { \"domains\": [\"example.com\"] },"                                                             \
	" \"guard\": { \"per-source\": 10, \"failed-auth\": 4, \"ban\": \"10m\" } },"                                  \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } } }, " BENCH_TRUNK  \
	", \"guard\": { \"allow\": [ \"10.0.9.0/24\" ] }, " BENCH_LIMITS " }"

/* Without a transaction nobody is answered with more than he sent. */
#define PAD                                                                                                            \
	"X-Pad: "                                                                                                      \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\n"

static struct bench bench;

static void look_often(struct flow from)
{
	for (unsigned i = 0; i < 150; i++)
		(void)guard_look(bench.e, &from);
}

static void as_a_scanner(struct flow from)
{
	bench_receive(&bench, from,
		      bench_request(&bench, "OPTIONS", "sip:10.0.0.5", "x", 1, "User-Agent: friendly-scanner\n", ""));
}

static void overloaded(struct flow from)
{
	bench.e->overload.share = OVERLOAD_WHOLE;
	for (unsigned i = 0; i < 2 * GUARD_STRANGERS_PER_S; i++) {
		from.peer.ip[2] = (uint8_t)(i >> 8);
		from.peer.ip[3] = (uint8_t)i;
		(void)guard_look(bench.e, &from);
	}
}

static void with_a_call(struct flow from)
{
	bench.e->overload.share = OVERLOAD_FLOOR;
	bench.e->overload.due[OVERLOAD_KNOWN] = 0;
	bench_receive(&bench, from, bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "two", 1, PAD, ""));
}

static void as_a_stranger(struct flow from)
{
	bench_receive(&bench, from,
		      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "two", 1, PAD PAD PAD, ""));
}

static void with_wrong_passwords(struct flow from)
{
	for (unsigned i = 0; i < 4; i++)
		guard_evidence(bench.e, &from, EVIDENCE_PASSWORD, true, SPAN("alice"), SPAN("x"));
	bench_receive(&bench, from,
		      bench_request(&bench, "REGISTER", "sip:example.com", "alice", 1,
				    "Authorization: Digest username=\"alice\", realm=\"example.com\", nonce=\"1\", "
				    "uri=\"sip:example.com\", response=\"00000000000000000000000000000000\"\n",
				    ""));
}

static void banned(struct flow from)
{
	for (unsigned i = 0; i < 4; i++)
		guard_evidence(bench.e, &from, EVIDENCE_PASSWORD, true, SPAN("alice"), SPAN("password of alice"));
}

static void nothing(struct flow from)
{
	(void)guard_look(bench.e, &from);
}

/* Of its findings the one with that word; NULL: there is none. */
static const char *text_of(json_t *answer, const char *what)
{
	const json_t *f;
	size_t i;

	json_array_foreach(json_object_get(answer, "findings"), i,
			   f) if (strcmp(json_string_value(json_object_get(f, "what")), what) ==
				  0) return json_string_value(json_object_get(f, "text"));
	return NULL;
}

/* Of each way to be turned away by the guard: what the source did, and what is said of it five seconds later. */
static void each_cause_is_told(void **state)
{
	static const struct {
		void (*provoke)(struct flow from);
		const char *realm, *from, *what, *words;
		bool dropped;
	} cases[] = {
		{ nothing, "lan", "10.0.0.77", "nothing", "Nothing here drops it", false },
		{ look_often, "lan", "10.0.9.1" /* allowed */, "nothing", "Nothing here drops it", false },
		{ look_often, "internet", "203.0.113.99" /* the trunk */, "nothing", "Nothing here drops it", false },
		{ look_often, "lan", "10.0.0.77", "source-over-its-rate",
		  "said more than its source may (10 messages a second): 140 messages of it were dropped (on a "
		  "connection "
		  "answered 503), the first 5 s ago, the last 5 s ago",
		  true },
		{ look_often, "lan", "10.0.0.20:5062", "phone-over-its-rate",
		  "said more than the phones may that are registered from one port there (100 messages a second): 50 ",
		  true },
		{ look_often, "lan", "10.0.0.20:5063", "source-over-its-rate", "(20 messages a second): 130 ", true },
		{ overloaded, "lan", "10.0.2.87", "stranger-while-overloaded",
		  "no time for all strangers together (300 messages a second): 1 messages", true },
		{ as_a_scanner, "lan", "10.0.0.77", "scanner-not-answered", "1 messages of it were dropped without",
		  true },
		{ with_a_call, "internet", "203.0.113.99", "overloaded", "1 messages of it were answered 503", true },
		{ with_wrong_passwords, "lan", "10.0.0.20:5063", "user-held", "1 messages of it were answered 403",
		  true },
		{ as_a_stranger, "lan", "10.0.0.77", "challenged",
		  "gave no right password when it was asked for one: 1 messages of it were answered 407", true },
		{ as_a_stranger, "internet", "203.0.113.66", "source-not-allowed",
		  "where phones may not register: 1 messages of it were answered 403", true },
		{ banned, "lan", "10.0.0.77", "banned", "for 595 seconds more: wrong-password, last password of alice",
		  true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *to = strcmp(cases[i].realm, "lan") == 0 ? "10.0.0.5:5060" : "198.51.100.5:5060", *text;
		struct why w = { .protocol = IPPROTO_UDP };
		struct flow from;
		json_t *answer;

		bench_open(&bench, CONF);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		engine_advance(bench.e, BENCH_NOW + 5000);
		from = bench_flow(&bench, cases[i].realm, cases[i].from);
		cases[i].provoke(from);
		engine_advance(bench.e, BENCH_NOW + 10000);
		w.engine = bench.e;
		w.from = from.peer;
		assert_int_equal(addr_parse(span_str(to), 0, &w.to), 0);
		assert_false(why_begin(&w));
		answer = why_done(&w);
		text = text_of(answer, cases[i].what);
		if (!text || !strstr(text, cases[i].words) ||
		    json_is_true(json_object_get(answer, "dropped")) != cases[i].dropped)
			fail_msg("case %zu: %s", i, json_dumps(answer, 0));
		json_decref(answer);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cause_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
