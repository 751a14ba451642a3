/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/path/digit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "alg/base/dtmf.h"
#include "alg/base/writer.h"
#include "alg/rtp/rtp_make.h"

enum { AUDIO = -1, END = 1, BROKEN = 2 };

struct step {
	uint64_t at;
	int event; /* AUDIO: none */
	uint32_t timestamp;
	uint16_t duration;
	int how;
	uint32_t ssrc;
};

/* "5:1280 " for each that is told. */
static void hear(struct digit *d, const struct step *s, struct writer *w)
{
	const struct rtp_header h = { .payload_type = s->event == AUDIO ? 0 : 101,
				      .timestamp = s->timestamp,
				      .ssrc = s->ssrc };
	const struct rtp_event e = { (uint8_t)s->event, s->how == END, 10, s->duration };
	uint8_t rtp[RTP_MAKE_HEADER + EVENT_LEN];
	struct digit over[2];
	unsigned n;

	rtp_make_header(rtp, &h);
	rtp_event_write(rtp + RTP_MAKE_HEADER, &e);
	n = digit_hear(d, rtp, sizeof(rtp) - (s->how == BROKEN), s->event != AUDIO, s->at, over);
	for (unsigned i = 0; i < n; i++)
		writer_format(w, "%u:%u ", over[i].event, over[i].duration);
}

static void each_is_told_once(void **state)
{
	static const struct {
		const char *name, *told;
		struct step steps[6];
		unsigned n;
	} cases[] = {
		{ "as it should be: three ends",
		  "5:480 ",
		  { { 0, 5, 1000, 160, 0, 1 },
		    { 20, 5, 1000, 320, 0, 1 },
		    { 40, 5, 1000, 480, END, 1 },
		    { 60, 5, 1000, 480, END, 1 },
		    { 80, 5, 1000, 480, END, 1 },
		    { 100, AUDIO, 1800, 0, 0, 1 } },
		  6 },
		{ "nothing but an end came",
		  "7:800 ",
		  { { 0, 7, 1000, 800, END, 1 }, { 9, 7, 1000, 800, END, 1 } },
		  2 },
		{ "the ends are lost: the next one tells",
		  "5:160 6:160 ",
		  { { 0, 5, 1000, 160, 0, 1 }, { 300, 6, 3000, 160, END, 1 } },
		  2 },
		{ "the ends are lost: voice tells, when time has passed",
		  "5:160 ",
		  { { 0, 5, 1000, 160, 0, 1 }, { 20, AUDIO, 1160, 0, 0, 1 }, { 219, AUDIO, 1320, 0, 0, 1 } },
		  3 },
		{ "voice between its packets", "", { { 0, 5, 1000, 160, 0, 1 }, { 199, AUDIO, 1160, 0, 0, 1 } }, 2 },
		{ "the same digit again",
		  "5:160 5:160 ",
		  { { 0, 5, 1000, 160, END, 1 }, { 90, 5, 2000, 160, END, 1 } },
		  2 },
		{ "a packet of the digit before comes late",
		  "5:160 6:160 ",
		  { { 0, 5, 1000, 160, END, 1 },
		    { 90, 6, 2000, 80, 0, 1 },
		    { 91, 5, 1000, 160, END, 1 },
		    { 110, 6, 2000, 160, END, 1 } },
		  4 },
		{ "another source counts from elsewhere",
		  "5:160 6:160 ",
		  { { 0, 5, 9000, 160, END, 1 }, { 90, 6, 1000, 160, END, 2 } },
		  2 },
		{ "a new beginning, later",
		  "5:160 6:160 ",
		  { { 0, 5, 9000, 160, END, 1 }, { DIGIT_FORGET_MS, 6, 1000, 160, END, 1 } },
		  2 },
		{ "durations out of order", "5:480 ", { { 0, 5, 1000, 480, 0, 1 }, { 9, 5, 1000, 320, END, 1 } }, 2 },
		{ "too short", "", { { 0, 5, 1000, 480, BROKEN, 1 }, { 900, AUDIO, 1000, 0, 0, 1 } }, 2 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digit d = { 0 };
		char text[64];
		struct writer w = writer_over(text, sizeof(text));

		for (unsigned k = 0; k < cases[i].n; k++)
			hear(&d, &cases[i].steps[k], &w);
		if (!span_eq(writer_done(&w), span_str(cases[i].told)))
			fail_msg("%s: %.*s", cases[i].name, SPAN_ARG(writer_done(&w)));
	}
}

static void digits_and_events(void **state)
{
	(void)state;
	for (int i = 0; i < DTMF_N; i++)
		assert_int_equal(dtmf_event(dtmf_digit((uint64_t)i)), i);
	assert_int_equal(dtmf_event('a'), 12);
	assert_int_equal(dtmf_event('e'), -1);
	assert_int_equal(dtmf_event('\0'), -1);
	assert_int_equal(dtmf_digit(16), '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_told_once),
		cmocka_unit_test(digits_and_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
