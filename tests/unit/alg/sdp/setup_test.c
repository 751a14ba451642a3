/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD   "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO  "m=audio 4 UDP/TLS/RTP/SAVP 0\r\n"
#define ID_19  "abcdefghijklmnopqrs"
#define ID_20  ID_19 "t"
#define ID_250 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 ID_20 "abcdefghij"

static const struct setup_case {
	struct span text;
	enum sdp_setup setup;
} cases[] = {
	{ SPAN(HEAD AUDIO), SDP_SETUP_NONE },
	{ SPAN(HEAD AUDIO "a=setup:active\r\n"), SDP_SETUP_ACTIVE },
	{ SPAN(HEAD AUDIO "a=setup:passive \r\n"), SDP_SETUP_PASSIVE },
	{ SPAN(HEAD AUDIO "a=setup:ACTPASS\r\n"), SDP_SETUP_ACTPASS },
	{ SPAN(HEAD AUDIO "a=setup:holdconn\r\n"), SDP_SETUP_HOLDCONN },
	{ SPAN(HEAD "a=setup:active\r\n" AUDIO), SDP_SETUP_ACTIVE },
	{ SPAN(HEAD "a=setup:active\r\n" AUDIO "a=setup:passive\r\n"), SDP_SETUP_PASSIVE },
	{ SPAN(HEAD AUDIO "m=video 6 UDP/TLS/RTP/SAVP 96\r\na=setup:active\r\n"), SDP_SETUP_NONE },
	{ SPAN(HEAD AUDIO "a=setup:\r\n"), SDP_SETUP_NONE },
	{ SPAN(HEAD AUDIO "a=setup\r\n"), SDP_SETUP_NONE },
	{ SPAN(HEAD AUDIO "a=setup:activeness\r\n"), SDP_SETUP_NONE },
};

static void setup_of_the_first_stream(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		struct sdp s;

		assert_int_equal(sdp_index(text, &s), SDP_OK);
		if (sdp_setup(&s, 0) != cases[i].setup)
			fail_msg("%s", cases[i].text.p);
		guard_free(text);
	}
}

static void answers_fit_what_was_offered(void **state)
{
	static const enum sdp_setup waits[] = {
		[SDP_SETUP_NONE] = SDP_SETUP_PASSIVE,      [SDP_SETUP_ACTIVE] = SDP_SETUP_PASSIVE,
		[SDP_SETUP_PASSIVE] = SDP_SETUP_ACTIVE,    [SDP_SETUP_ACTPASS] = SDP_SETUP_PASSIVE,
		[SDP_SETUP_HOLDCONN] = SDP_SETUP_HOLDCONN,
	};

	(void)state;
	for (enum sdp_setup i = SDP_SETUP_NONE; i <= SDP_SETUP_HOLDCONN; i++)
		assert_int_equal(sdp_setup_answer(i, false), waits[i]);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_ACTPASS, true), SDP_SETUP_ACTIVE);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_NONE, true), SDP_SETUP_ACTIVE);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_ACTIVE, true), SDP_SETUP_PASSIVE);
}

static const struct id_case {
	struct span text, id;
} ids[] = {
	{ SPAN(HEAD AUDIO), { 0 } },
	{ SPAN(HEAD AUDIO "a=tls-id:" ID_19 "\r\n"), { 0 } },
	{ SPAN(HEAD AUDIO "a=tls-id:" ID_20 "\r\n"), SPAN(ID_20) },
	{ SPAN(HEAD AUDIO "a=tls-id:" ID_250 "abcde\r\n"), SPAN(ID_250 "abcde") },
	{ SPAN(HEAD AUDIO "a=tls-id:" ID_250 "abcdef\r\n"), { 0 } },
	{ SPAN(HEAD "a=tls-id:" ID_20 "\r\n" AUDIO), SPAN(ID_20) },
	{ SPAN(HEAD AUDIO "a=tls-id\r\n"), { 0 } },
};

static void ids_of_the_first_stream(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct span text = guard_span(ids[i].text);
		struct sdp s;

		assert_int_equal(sdp_index(text, &s), SDP_OK);
		if (!span_eq(sdp_tls_id(&s, 0), ids[i].id) || span_is_set(sdp_tls_id(&s, 0)) != span_is_set(ids[i].id))
			fail_msg("%s", ids[i].text.p);
		guard_free(text);
	}
}

static void its_line_is_whole(void **state)
{
	char buf[128];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	sdp_setup_write(&w, SDP_SETUP_ACTPASS);
	assert_true(span_eq(writer_done(&w), SPAN("a=setup:actpass\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setup_of_the_first_stream),
		cmocka_unit_test(answers_fit_what_was_offered),
		cmocka_unit_test(ids_of_the_first_stream),
		cmocka_unit_test(its_line_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
