/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/refresh.h"

#include "sbc/call/leg.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

static const char *conf_of(const char *near, const char *far)
{
	static char text[2048];

	snprintf(text, sizeof(text),
		 "{ \"realms\": {"
		 " \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { },"
		 "  \"session-timer\": { \"mode\": \"%s\", \"expires\": \"600s\", \"min\": \"100s\" } },"
		 " \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } } },"
		 "\"trunks\": { \"carrier\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.99\"], \"probe\": "
		 "\"0s\","
		 "  \"session-timer\": { \"mode\": \"%s\", \"expires\": \"300s\" } } }, " BENCH_LIMITS " }",
		 far, near);
	return text;
}

/* The message says that about session timers, and no more; "": nothing. */
static void expect(struct span text, const char *lines)
{
	static const char *const words[] = { "Session-Expires", "Min-SE", "timer" };

	if (lines[0])
		bench_expect(text, lines);
	for (unsigned i = 0; i < 3; i++)
		if (!strstr(lines, words[i]))
			bench_expect_no(text, words[i]);
}

/* What both sides are told; the carrier calls, a phone answers. */
static void modes(void **state)
{
	static const struct {
		const char *near, *far; /* modes of the carrier's side and of the phone's */
		const char *asks;       /* the carrier's INVITE */
		const char *asked;      /* ours to the phone */
		const char *answers;    /* the phone */
		const char *answered;   /* ours to the carrier */
		uint32_t near_interval, far_interval;
	} cases[] = {
		{ "pass", "pass", "", "Min-SE: 100\r\nSupported: timer\r\n", "", "", 0, 0 },
		{ "pass", "pass", "Supported: timer\n", "Min-SE: 100\r\nSupported: timer\r\n", "",
		  "Supported: timer\r\n", 0, 0 },
		{ "pass", "pass", "Supported: timer\nSession-Expires: 90\n",
		  "Session-Expires: 100\r\nMin-SE: 100\r\nSupported: timer\r\n", "Session-Expires: 100;refresher=uas\n",
		  "Session-Expires: 90;refresher=uas\r\nRequire: timer\r\nSupported: timer\r\n", 90, 100 },
		{ "pass", "pass", "Supported: timer\nSession-Expires: 900;refresher=uac\n",
		  "Session-Expires: 900;refresher=uac\r\nMin-SE: 100\r\nSupported: timer\r\n", "",
		  "Session-Expires: 900;refresher=uac\r\nRequire: timer\r\nSupported: timer\r\n", 900, 0 },
		{ "own", "own", "", "Session-Expires: 600\r\nMin-SE: 100\r\nSupported: timer\r\n", "", "", 300, 600 },
		{ "own", "own", "Supported: timer\nSession-Expires: 900\n",
		  "Session-Expires: 600\r\nMin-SE: 100\r\nSupported: timer\r\n", "Session-Expires: 200;refresher=uas\n",
		  "Session-Expires: 300;refresher=uas\r\nRequire: timer\r\nSupported: timer\r\n", 300, 200 },
		{ "own", "pass", "Supported: timer\nSession-Expires: 900\n", "Min-SE: 100\r\nSupported: timer\r\n", "",
		  "Session-Expires: 300;refresher=uas\r\nRequire: timer\r\nSupported: timer\r\n", 300, 0 },
		{ "pass", "off", "Supported: timer\nSession-Expires: 900\n", "", "",
		  "Session-Expires: 900;refresher=uas\r\nRequire: timer\r\nSupported: timer\r\n", 900, 0 },
		{ "off", "own", "Supported: timer\nSession-Expires: 900\n",
		  "Session-Expires: 600\r\nMin-SE: 100\r\nSupported: timer\r\n", "", "", 0, 600 },
		{ "off", "off", "Supported: timer\nSession-Expires: 900\n", "", "", "", 0, 0 },
		{ "off", "off", "Require: timer\nSession-Expires: 900\n", "", "",
		  "Session-Expires: 900;refresher=uas\r\nRequire: timer\r\nSupported: timer\r\n", 900, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct call *c;

		bench_open(&bench, conf_of(cases[i].near, cases[i].far));
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		bench_receive(&bench, bench_carrier(&bench),
			      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 1, cases[i].asks, ""));
		expect(bench_last(&bench), cases[i].asked);
		c = bench.e->calls;
		bench_answer(&bench, bench.nsent - 1, 200, cases[i].answers, "");
		expect(bench_last(&bench), cases[i].answered);
		assert_int_equal(c->leg[SIDE_A]->session.interval, cases[i].near_interval);
		assert_int_equal(c->leg[SIDE_B]->session.interval, cases[i].far_interval);
		bench_close(&bench);
	}
}

/* Kept for a re-INVITE alone: not where the peer refreshes, or nobody does. That UPDATE will do is seen once it did. */
static void sdp_is_kept_where_needed(void **state)
{
	static const struct {
		const char *answers; /* the phone's */
		bool kept;
	} cases[] = {
		{ "", false },
		{ "Session-Expires: 200;refresher=uac\n", true },
		{ "Session-Expires: 200;refresher=uas\n", false },
		{ "Session-Expires: 200;refresher=uac\nAllow: INVITE, UPDATE\n", true },
		{ "Session-Expires: 200;refresher=uac\nAllow: INVITE\n", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char lines[256];
		struct call *c;

		bench_open(&bench, BENCH_CONF);
		c = bench_invite(&bench);
		snprintf(lines, sizeof(lines), "%sContent-Type: application/sdp\n", cases[i].answers);
		bench_answer(&bench, bench.nsent - 1, 200, lines, BENCH_SDP);
		assert_int_equal(c->leg[SIDE_B]->sdp != NULL, cases[i].kept);
		if (cases[i].kept)
			assert_true(span_eq(buf_span(c->leg[SIDE_B]->sdp), SPAN(BENCH_SDP)));
		assert_null(c->leg[SIDE_A]->sdp);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes),
		cmocka_unit_test(sdp_is_kept_where_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
