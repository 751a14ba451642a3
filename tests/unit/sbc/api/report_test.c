/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/report.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* Whole, as the API would send it; the caller compares. Takes the reference. */
static const char *dumped(json_t *j)
{
	char *text;
	struct span kept;

	assert_non_null(j);
	text = json_dumps(j, JSON_SORT_KEYS);
	assert_non_null(text);
	kept = bench_keep(&bench, span_of(text, strlen(text) + 1));
	free(text);
	json_decref(j);
	return kept.p;
}

static void status(void **state)
{
	struct span ok;
	json_t *j;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	engine_advance(bench.e, BENCH_NOW + 5500);
	j = report_status(bench.e);
	assert_int_equal(json_integer_value(json_object_get(j, "uptime_s")), 5);
	assert_int_equal(json_integer_value(json_object_get(j, "calls")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "calls_up")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "answered_total")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "legs")), 2);
	assert_int_equal(json_integer_value(json_object_get(j, "registrations")), 1);
	assert_true(json_is_false(json_object_get(j, "draining")));
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "firewall"), "state")), "off");
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "relay"), "state")), "up");
	json_decref(j);
	bench_close(&bench);
}

static void the_relay_in_words(void **state)
{
	static const struct {
		bool reachable;
		uint64_t last;
		const char *word;
	} cases[] = { { false, 0, "not asked yet" }, { true, 1, "up" }, { false, 1, "down" } };

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *j;

		bench.e->relay.reachable = cases[i].reachable;
		bench.e->relay.last_answer = cases[i].last;
		j = report_status(bench.e);
		assert_string_equal(json_string_value(json_object_get(json_object_get(j, "relay"), "state")),
				    cases[i].word);
		json_decref(j);
	}
	bench_close(&bench);
}

static void calls_that_were_not_set_up_again(void **state)
{
	json_t *j;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	lostcalls_add(&bench.e->lostcalls, "firstfirstab", SPAN("a\xff"), SPAN("b"), SPAN("no ports"), 1700000000);
	lostcalls_add(&bench.e->lostcalls, "secondsecond", SPAN("c"), SPAN("d"), SPAN("no room"), 1700000001);
	j = report_status(bench.e);
	assert_string_equal(dumped(json_incref(json_object_get(json_object_get(j, "relay"), "calls_not_set_up_again"))),
			    "[{\"ended\": 1700000001, \"from\": \"c\", \"id\": \"secondsecond\", \"to\": \"d\", "
			    "\"why\": \"no room\"}, {\"ended\": 1700000000, \"from\": \"a?\", \"id\": "
			    "\"firstfirstab\", \"to\": \"b\", \"why\": \"no ports\"}]");
	json_decref(j);
	bench_close(&bench);
}

/* One that is configured but could not be opened is down: somebody must look at it. */
static void the_store_in_words(void **state)
{
	static const struct {
		const char *path, *word;
	} cases[] = { { "/var/lib/natsbc/state.db", "down" }, { NULL, "none" } };

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *j;

		bench.conf->store.local = cases[i].path;
		j = report_status(bench.e);
		assert_string_equal(json_string_value(json_object_get(json_object_get(j, "store"), "state")),
				    cases[i].word);
		json_decref(j);
	}
	bench_close(&bench);
}

/* From the first INVITE to the last BYE; what is no call, or over, is not among them. */
static void calls(void **state)
{
	struct call *c;
	const char *text;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_invite(&bench);
	engine_advance(bench.e, BENCH_NOW + 2000);
	text = dumped(report_call_brief(bench.e, c));
	assert_string_equal(
		text,
		bench_text(&bench,
			   "{\"a\": {\"peer\": \"192.0.2.7:5060\", \"realm\": \"internet\", \"trunk\": "
			   "\"carrier\"}, "
			   "\"age_s\": 2, \"b\": {\"peer\": \"10.0.0.20:5062\", \"realm\": \"lan\"}, \"created\": "
			   "1700000000, "
			   "\"duration_s\": 0, \"from\": \"\\\"Caller\\\" <sip:trunk@example.com>\", \"id\": \"%s\", "
			   "\"state\": \"setup\", \"to\": \"sip:alice@198.51.100.5\"}%c",
			   c->id, 0)
			.p);
	bench_close(&bench);
}

/* The relay's answer as it is, in JSON: nesting and all, whatever the bytes. */
static void one_call_with_its_media(void **state)
{
	static const struct {
		const char *bencode, *json;
	} cases[] = {
		{ "", "null" },
		{ "de", "{}" },
		{ "d1:ai-5e1:bl1:x2:yze1:cd1:di0eee", "{\"a\": -5, \"b\": [\"x\", \"yz\"], \"c\": {\"d\": 0}}" },
		{ "d1:a2:\xff\xfe"
		  "e",
		  "{\"a\": \"??\"}" },
		{ "d1:a2:\xc3\xa9"
		  "e",
		  "{\"a\": \"\xc3\xa9\"}" },
	};
	struct span ok;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *j = report_call(bench.e, c, span_str(cases[i].bencode));

		assert_string_equal(json_string_value(json_object_get(json_object_get(j, "b"), "remote_tag")),
				    "theirs");
		assert_string_equal(json_string_value(json_object_get(json_object_get(j, "a"), "state")), "confirmed");
		json_t *media = json_incref(json_object_get(j, "media"));

		json_decref(j);
		j = json_pack("[o]", media);
		assert_string_equal(dumped(j), bench_text(&bench, "[%s]%c", cases[i].json, 0).p);
	}
	bench_close(&bench);
}

/* Deeper than anything the relay sends: cut, not followed. */
static void media_without_end(void **state)
{
	char deep[200] = "";
	struct span ok;
	struct call *c;

	(void)state;
	for (int i = 0; i < 40; i++)
		memcpy(deep + 4 * i, "d1:a", 4);
	memset(deep + 160, 'e', 39);
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	assert_non_null(dumped(report_call(bench.e, c, span_of(deep, 199))));
	bench_close(&bench);
}

static void registrations(void **state)
{
	struct binding *b;
	const char *text;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	b = bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	b->facts.agent = SPAN("Phone\x80/1");
	text = dumped(report_registration(bench.e, b));
	assert_string_equal(text,
			    "{\"aor\": \"alice\", \"contact\": \"sip:alice@10.0.0.20:5062\", "
			    "\"expires_s\": 3600, \"keepalive_misses\": 0, \"keepalive_rtt_ms\": null, \"nat\": false, "
			    "\"realm\": \"lan\", \"source\": \"10.0.0.20:5062\", \"user_agent\": \"Phone?/1\"}");
	bench_close(&bench);
}

/* FAULTS 20, 21: whatever a stranger calls himself, JSON stays JSON, with that in it or with question marks, and a log
 * line stays one line; nothing is left that a terminal acts upon. */
static void what_strangers_write(void **state)
{
	static const struct {
		const char *name, *says; /* the same as the API has it */
	} cases[] = {
		{ "<script>alert(1)</script>", "<script>alert(1)</script>" },
		{ "a\\\" , \\\"state\\\": \\\"up", "a\\\" , \\\"state\\\": \\\"up" },
		{ "$(reboot) `reboot` ; reboot", "$(reboot) `reboot` ; reboot" },
		{ "'; DROP TABLE call; --", "'; DROP TABLE call; --" },
		{ "%s%n%s%n", "%s%n%s%n" },
		{ "\xc3\xa9\xe2\x82\xac", "\xc3\xa9\xe2\x82\xac" },
		{ "\x9b"
		  "31m red",
		  "?31m red" },
		{ "\xff\xfe\xc0\x80", "????" },
		{ "\xc2\x9b"
		  "31m",
		  "\xc2\x9b"
		  "31m" }, /* a browser does not act upon it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span invite, bad;
		json_t *j, *again;
		const char *from;
		char *text;

		bench_open(&bench, BENCH_CONF);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		invite = bench_text(
			&bench,
			"INVITE sip:alice@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKx\n"
			"Max-Forwards: 70\nFrom: \"%s\" <sip:x@example.com>;tag=1\nTo: <sip:alice@198.51.100.5>\n"
			"Call-ID: c%s\nCSeq: 1 INVITE\nContact: <sip:x@192.0.2.7>\nUser-Agent: %s\n"
			"Content-Type: application/sdp\nContent-Length: %zu\n\n%s",
			cases[i].name, "all", cases[i].name, strlen(BENCH_SDP), BENCH_SDP);
		bench_receive(&bench, bench_carrier(&bench), invite);
		bad = bench_text(&bench, "%s sip:%s\033[2J SIP/2.0\nCall-ID: %s\n\n", cases[i].name, cases[i].name,
				 cases[i].name);
		bench_receive(&bench, bench_carrier(&bench), bad);
		assert_int_equal(bench.e->ncall, 1);
		j = report_call_brief(bench.e, bench.e->calls);
		text = json_dumps(j, 0);
		json_decref(j);
		assert_non_null(text);
		again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(again);
		from = json_string_value(json_object_get(again, "from"));
		if (!from || !strstr(from, cases[i].says))
			fail_msg("%s: %s", cases[i].name, text);
		assert_string_equal(json_string_value(json_object_get(again, "state")), "setup");
		for (const unsigned char *p = (const unsigned char *)bench.log; *p; p++)
			if ((*p < ' ' && *p != '\n') || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
				fail_msg("%s: in the log: %s", cases[i].name, bench.log);
		json_decref(again);
		free(text);
		bench_close(&bench);
	}
}

static void realms_and_trunks(void **state)
{
	struct span ok;
	json_t *j, *realm, *trunk;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_call(&bench, &ok);
	j = report_realms(bench.e);
	assert_int_equal(json_array_size(json_object_get(j, "realms")), 2);
	realm = json_array_get(json_object_get(j, "realms"), 0);
	assert_string_equal(json_string_value(json_object_get(realm, "name")), "lan");
	assert_string_equal(json_string_value(json_object_get(realm, "address")), "10.0.0.5");
	assert_string_equal(json_string_value(json_object_get(realm, "media_ports")), "10000-10099");
	assert_string_equal(json_string_value(json_array_get(json_object_get(realm, "listen"), 0)), "udp:5060");
	assert_true(json_is_true(json_object_get(realm, "phones")));
	assert_int_equal(json_integer_value(json_object_get(realm, "registrations")), 1);
	json_decref(j);
	j = report_trunks(bench.e);
	trunk = json_array_get(json_object_get(j, "trunks"), 0);
	assert_string_equal(json_string_value(json_object_get(trunk, "name")), "carrier");
	assert_string_equal(json_string_value(json_object_get(trunk, "realm")), "internet");
	assert_int_equal(json_integer_value(json_object_get(trunk, "calls")), 1);
	assert_int_equal(json_array_size(json_object_get(trunk, "peers")), 1);
	json_decref(j);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status),
		cmocka_unit_test(the_relay_in_words),
		cmocka_unit_test(calls_that_were_not_set_up_again),
		cmocka_unit_test(the_store_in_words),
		cmocka_unit_test(calls),
		cmocka_unit_test(one_call_with_its_media),
		cmocka_unit_test(media_without_end),
		cmocka_unit_test(registrations),
		cmocka_unit_test(what_strangers_write),
		cmocka_unit_test(realms_and_trunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
