/* SPDX-License-Identifier: BSD-3-Clause */
/* The session timer of one leg: RFC 4028 as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/session_timer.h"
#include "tests/unit/guard.h"

#define NONE   REFRESHER_NONE
#define UAC    REFRESHER_UAC
#define UAS    REFRESHER_UAS
#define EITHER SESSION_TIMER_EITHER
#define OURS   SESSION_TIMER_OURS
#define PEERS  SESSION_TIMER_PEERS

static bool same_terms(const struct session_timer_terms *a, const struct session_timer_terms *b)
{
	return a->supported == b->supported && a->expires.delta == b->expires.delta &&
	       a->expires.refresher == b->expires.refresher && a->min_se == b->min_se;
}

static bool same_timer(const struct session_timer *a, const struct session_timer *b)
{
	return a->interval == b->interval && a->min_se == b->min_se && (a->interval == 0 || a->ours == b->ours);
}

static void asked(void **state)
{
	static const struct {
		const char *shows;
		struct session_timer t;
		struct session_timer_policy p;
		struct session_timer_terms out;
	} cases[] = {
		{ "nothing wanted: only that we know it", { 0 }, { 0 }, { true, { 0, NONE }, 0 } },
		{ "an interval, the peer to choose", { 0 }, { 1800, 90, EITHER }, { true, { 1800, NONE }, 0 } },
		{ "we want to refresh", { 0 }, { 1800, 0, OURS }, { true, { 1800, UAC }, 0 } },
		{ "the peer is to refresh", { 0 }, { 1800, 0, PEERS }, { true, { 1800, UAS }, 0 } },
		{ "a minimum of ours is told", { 0 }, { 1800, 600, EITHER }, { true, { 1800, NONE }, 600 } },
		{ "a minimum of ours without an interval", { 0 }, { 0, 600, EITHER }, { true, { 0, NONE }, 600 } },
		{ "never less than 90", { 0 }, { 20, 10, EITHER }, { true, { 90, NONE }, 0 } },
		{ "never less than our own minimum", { 0 }, { 300, 600, EITHER }, { true, { 600, NONE }, 600 } },
		{ "after a 422", { 0, 3600, false }, { 1800, 90, OURS }, { true, { 3600, UAC }, 3600 } },
		{ "a refresh keeps the interval and us",
		  { 4000, 0, true },
		  { 1800, 90, PEERS },
		  { true, { 4000, UAC }, 0 } },
		{ "a refresh keeps the peer", { 4000, 0, false }, { 1800, 90, OURS }, { true, { 4000, UAS }, 0 } },
		{ "a refresh above a later minimum", { 400, 500, true }, { 0, 90, OURS }, { true, { 500, UAC }, 500 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_timer_terms out = { .min_se = 77 };

		session_timer_ask(&cases[i].t, &cases[i].p, &out);
		if (!same_terms(&out, &cases[i].out))
			fail_msg("%s: %u %d %u", cases[i].shows, out.expires.delta, out.expires.refresher, out.min_se);
	}
}

static void accepted(void **state)
{
	static const struct {
		const char *shows;
		struct session_timer_terms asked, answer;
		struct session_timer after;
	} cases[] = {
		{ "the peer refreshes", { true, { 1800, NONE }, 0 }, { true, { 1800, UAS }, 0 }, { 1800, 0, false } },
		{ "we refresh", { true, { 1800, NONE }, 0 }, { true, { 1800, UAC }, 0 }, { 1800, 0, true } },
		{ "the peer shortens it", { true, { 1800, UAC }, 0 }, { true, { 120, UAC }, 0 }, { 120, 0, true } },
		{ "nobody named: we refresh",
		  { true, { 1800, UAS }, 0 },
		  { true, { 1800, NONE }, 0 },
		  { 1800, 0, true } },
		{ "no timer there: ours alone (7.2)", { true, { 1800, UAS }, 0 }, { 0 }, { 1800, 0, true } },
		{ "not asked for, but the peer wants one",
		  { true, { 0 }, 0 },
		  { true, { 600, UAS }, 0 },
		  { 600, 0, false } },
		{ "neither", { true, { 0 }, 0 }, { true, { 0 }, 0 }, { 0 } },
		{ "an answer below 90 is no reason for haste",
		  { true, { 1800, UAC }, 0 },
		  { true, { 1, UAC }, 0 },
		  { 90, 0, true } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_timer t = { .interval = 5, .ours = !cases[i].after.ours };

		session_timer_accepted(&t, &cases[i].asked, &cases[i].answer);
		if (!same_timer(&t, &cases[i].after))
			fail_msg("%s: %u %d", cases[i].shows, t.interval, t.ours);
	}
}

static void asked_again_after_422(void **state)
{
	static const struct {
		const char *shows;
		uint32_t before, asked, refused;
		bool again;
		uint32_t after;
	} cases[] = {
		{ "higher", 0, 1800, 3600, true, 3600 },
		{ "a second 422, higher still (7.3)", 3600, 3600, 4000, true, 4000 },
		{ "what we had asked for", 0, 1800, 1800, false, 0 },
		{ "less than we had asked for", 0, 1800, 90, false, 0 },
		{ "no Min-SE in it", 0, 1800, 0, false, 0 },
		{ "we had not asked", 0, 0, 3600, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_timer t = { .min_se = cases[i].before };
		struct session_timer_terms was = { .expires = { .delta = cases[i].asked } };
		struct session_timer_terms refusal = { .min_se = cases[i].refused };
		bool again = session_timer_retry(&t, &was, &refusal);

		if (again != cases[i].again || t.min_se != cases[i].after)
			fail_msg("%s: %d %u", cases[i].shows, again, t.min_se);
	}
}

static void refused_as_too_small(void **state)
{
	static const struct {
		const char *shows;
		struct session_timer_policy p;
		struct session_timer_terms asked;
		uint32_t min_se; /* of the 422; 0: goes on */
	} cases[] = {
		{ "at the minimum", { 0, 600, EITHER }, { true, { 600, NONE }, 0 }, 0 },
		{ "below it", { 0, 600, EITHER }, { true, { 599, UAC }, 0 }, 600 },
		{ "the least minimum there is", { 0, 10, EITHER }, { true, { 89, NONE }, 0 }, 90 },
		{ "that least", { 0, 10, EITHER }, { true, { 90, NONE }, 0 }, 0 },
		{ "a UAC that would not understand (9)", { 0, 600, EITHER }, { false, { 100, NONE }, 0 }, 0 },
		{ "none asked for", { 0, 600, EITHER }, { true, { 0 }, 0 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session_timer_terms refusal = { 0 };
		uint16_t status = session_timer_check(&cases[i].p, &cases[i].asked, &refusal);

		if (status != (cases[i].min_se ? 422 : 0) || refusal.min_se != cases[i].min_se)
			fail_msg("%s: %u %u", cases[i].shows, status, refusal.min_se);
	}
}

static const struct {
	const char *shows;
	struct session_timer t;
	struct session_timer_policy p;
	struct session_timer_terms asked, out;
	bool require;
	struct session_timer after;
} answers[] = {
	/* RFC 4028 table 2, row by row. */
	{ "UAC does not know it, a proxy asks: uas",
	  { 0 },
	  { 0, 90, PEERS },
	  { false, { 1800, NONE }, 0 },
	  { true, { 1800, UAS }, 0 },
	  false,
	  { 1800, 0, true } },
	{ "UAC names nobody: uas or uac, as we like",
	  { 0 },
	  { 0, 90, OURS },
	  { true, { 1800, NONE }, 0 },
	  { true, { 1800, UAS }, 0 },
	  true,
	  { 1800, 0, true } },
	{ "… the peer",
	  { 0 },
	  { 0, 90, PEERS },
	  { true, { 1800, NONE }, 0 },
	  { true, { 1800, UAC }, 0 },
	  true,
	  { 1800, 0, false } },
	{ "uac stays uac",
	  { 0 },
	  { 0, 90, OURS },
	  { true, { 1800, UAC }, 0 },
	  { true, { 1800, UAC }, 0 },
	  true,
	  { 1800, 0, false } },
	{ "uas stays uas",
	  { 0 },
	  { 0, 90, PEERS },
	  { true, { 1800, UAS }, 0 },
	  { true, { 1800, UAS }, 0 },
	  true,
	  { 1800, 0, true } },
	/* How long. */
	{ "shortened to what we want",
	  { 0 },
	  { 600, 90, OURS },
	  { true, { 1800, UAC }, 0 },
	  { true, { 600, UAC }, 0 },
	  true,
	  { 600, 0, false } },
	{ "but not below the peer's minimum",
	  { 0 },
	  { 600, 90, OURS },
	  { true, { 1800, UAC }, 1200 },
	  { true, { 1200, UAC }, 0 },
	  true,
	  { 1200, 1200, false } },
	{ "never made longer",
	  { 0 },
	  { 3600, 90, OURS },
	  { true, { 1800, UAC }, 0 },
	  { true, { 1800, UAC }, 0 },
	  true,
	  { 1800, 0, false } },
	{ "below 90 by one who could not be refused",
	  { 0 },
	  { 0, 90, OURS },
	  { false, { 10, NONE }, 0 },
	  { true, { 90, UAS }, 0 },
	  false,
	  { 90, 0, true } },
	/* Who asks. */
	{ "nobody wants one", { 0 }, { 0, 90, OURS }, { true, { 0 }, 0 }, { true, { 0, UAS }, 0 }, false, { 0 } },
	{ "we want one",
	  { 0 },
	  { 1800, 90, OURS },
	  { true, { 0 }, 0 },
	  { true, { 1800, UAS }, 0 },
	  true,
	  { 1800, 0, true } },
	{ "we want one, above the peer's minimum",
	  { 0 },
	  { 1800, 90, PEERS },
	  { true, { 0 }, 2000 },
	  { true, { 2000, UAC }, 0 },
	  true,
	  { 2000, 2000, false } },
	{ "we want one and are alone",
	  { 0 },
	  { 1800, 90, PEERS },
	  { false, { 0 }, 0 },
	  { true, { 0 }, 0 },
	  false,
	  { 1800, 0, true } },
	/* Roles hold through a call (T5) until the UAC names another. */
	{ "we go on refreshing",
	  { 1800, 0, true },
	  { 0, 90, PEERS },
	  { true, { 1800, NONE }, 0 },
	  { true, { 1800, UAS }, 0 },
	  true,
	  { 1800, 0, true } },
	{ "the peer goes on",
	  { 1800, 0, false },
	  { 0, 90, OURS },
	  { true, { 1800, NONE }, 0 },
	  { true, { 1800, UAC }, 0 },
	  true,
	  { 1800, 0, false } },
	{ "the peer takes it over",
	  { 1800, 0, true },
	  { 0, 90, OURS },
	  { true, { 1800, UAC }, 0 },
	  { true, { 1800, UAC }, 0 },
	  true,
	  { 1800, 0, false } },
	{ "the highest minimum is kept",
	  { 1800, 900, true },
	  { 0, 90, OURS },
	  { true, { 1800, UAS }, 300 },
	  { true, { 1800, UAS }, 0 },
	  true,
	  { 1800, 900, true } },
};

static void answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct session_timer t = answers[i].t;
		struct session_timer_terms out = { 0 };

		session_timer_answer(&t, &answers[i].p, &answers[i].asked, &out);
		if (out.expires.delta == 0)
			out.expires.refresher = answers[i].out.expires.refresher;
		if (!same_terms(&out, &answers[i].out) || !same_timer(&t, &answers[i].after) ||
		    session_timer_requires(&answers[i].asked, &out) != answers[i].require)
			fail_msg("%s: %u %d, %u %u %d", answers[i].shows, out.expires.delta, out.expires.refresher,
				 t.interval, t.min_se, t.ours);
	}
}

static void deadlines(void **state)
{
	static const struct {
		struct session_timer t;
		uint32_t refresh, lapse;
	} cases[] = {
		{ { 1800, 0, true }, 900, 1768 }, { { 1800, 0, false }, 0, 1768 },
		{ { 90, 0, true }, 45, 60 }, /* a third is less than 32 s */
		{ { 96, 0, true }, 48, 64 },      { { 99, 0, true }, 49, 67 },
		{ { 0, 0, true }, 0, 0 },         { { UINT32_MAX, 0, true }, UINT32_MAX / 2, UINT32_MAX - 32 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(session_timer_refresh_after(&cases[i].t), cases[i].refresh);
		assert_int_equal(session_timer_lapse_after(&cases[i].t), cases[i].lapse);
	}
}

static void read_and_written(void **state)
{
	static const struct {
		const char *lines;
		const char *written; /* NULL: malformed */
		bool supported;
	} cases[] = {
		{ "Supported: 100rel, timer\r\nx: 1800;refresher=uac\r\nMin-SE: 90\r\n",
		  "Session-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n", true },
		{ "Require: timer\r\nSession-Expires: 1800\r\n", "Session-Expires: 1800\r\n", true },
		{ "Min-SE: 3600\r\n", "Min-SE: 3600\r\n", false },
		{ "Supported: 100rel\r\n", "", false },
		{ "Session-Expires: 0\r\n", "Session-Expires: 1\r\n", false }, /* there, and too small */
		{ "Session-Expires: soon\r\n", NULL, false },
		{ "Min-SE: -1\r\n", NULL, false },
	};
	char text[512], buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer in = writer_over(text, sizeof(text)), out = writer_over(buf, sizeof(buf));
		struct session_timer_terms t = { 0 };
		struct sip_msg m;
		struct span raw;
		bool ok;

		writer_str(&in, "UPDATE sip:b.example SIP/2.0\r\n");
		writer_str(&in, cases[i].lines);
		writer_str(&in, "\r\n");
		raw = guard_span(writer_done(&in));
		assert_int_equal(sip_msg_index(raw, &m), SIP_OK);
		ok = session_timer_read(&m, &t) == 0;
		session_timer_write(&out, &t);
		if (ok != (cases[i].written != NULL) || t.supported != cases[i].supported ||
		    !span_eq(writer_done(&out), span_str(cases[i].written)))
			fail_msg("%s: %d '%.*s'", cases[i].lines, ok, SPAN_ARG(writer_done(&out)));
		guard_free(raw);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked),
		cmocka_unit_test(accepted),
		cmocka_unit_test(asked_again_after_422),
		cmocka_unit_test(refused_as_too_small),
		cmocka_unit_test(answered),
		cmocka_unit_test(deadlines),
		cmocka_unit_test(read_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
