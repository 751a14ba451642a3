/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/codec_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO                                                                                                          \
	"m=audio 4 RTP/AVP 96 9 0 8 97 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 speex/16000\r\n"                 \
	"a=rtpmap:101 telephone-event/8000\r\n"
#define VIDEO                                                                                                          \
	"m=video 4 RTP/AVP 96 97 98 99\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"      \
	"a=rtpmap:98 H264/90000\r\na=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\n"

#define HIDE(what)                                                                                                     \
	{                                                                                                              \
		CODEC_HIDE, SPAN(what)                                                                                 \
	}
#define SPARE(what)                                                                                                    \
	{                                                                                                              \
		CODEC_SPARE, SPAN(what)                                                                                \
	}
#define FIRST(what)                                                                                                    \
	{                                                                                                              \
		CODEC_FIRST, SPAN(what)                                                                                \
	}

static const struct policy_case {
	const char *name, *media;
	struct codec_rule rules[4];
	const char *left;
} cases[] = {
	{ "no rule", AUDIO, { { 0 } }, "96 9 0 8 97 101" },
	{ "one is hidden", AUDIO, { HIDE("pcmu") }, "96 9 8 97 101" },
	{ "of that clock", AUDIO, { HIDE("speex/8000"), HIDE("G722/8000") }, "96 0 8 97 101" },
	{ "of that many channels", AUDIO, { HIDE("opus/48000/1"), HIDE("PCMA/8000/1") }, "96 9 0 97 101" },
	{ "part of a name is none", AUDIO, { HIDE("PCM"), HIDE("PCMUX") }, "96 9 0 8 97 101" },
	{ "all but one, and what goes with it",
	  AUDIO,
	  { HIDE("all"), SPARE("PCMA"), SPARE("telephone-event") },
	  "8 101" },
	{ "spared keep their order", AUDIO, { HIDE("all"), SPARE("PCMA"), SPARE("G722") }, "9 8" },
	{ "a list gives the order",
	  AUDIO,
	  { HIDE("all"), FIRST("PCMA"), FIRST("opus"), FIRST("telephone-event") },
	  "8 96 101" },
	{ "without hiding, the rest follows", AUDIO, { FIRST("PCMA"), FIRST("PCMU") }, "8 0 96 9 97 101" },
	{ "hidden by name is not spared", AUDIO, { HIDE("all"), HIDE("PCMA"), SPARE("PCMA"), SPARE("PCMU") }, "0" },
	{ "all are spared", AUDIO, { HIDE("all"), SPARE("all") }, "96 9 0 8 97 101" },
	{ "nothing is left", AUDIO, { HIDE("all"), SPARE("G729") }, "" },
	{ "keys do not speak", AUDIO, { HIDE("all"), SPARE("telephone-event") }, "" },
	{ "all is all of audio", VIDEO, { HIDE("all") }, "96 97 98 99" },
	{ "full is all", VIDEO, { HIDE("full") }, "" },
	{ "what repeats goes with it", VIDEO, { HIDE("VP8") }, "98 99" },
	{ "what repeats comes with it", VIDEO, { FIRST("H264") }, "98 99 96 97" },
};

static void what_is_left(void **state)
{
	static struct sdp s;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sdp_codec list[CODEC_MAX];
		struct payload_plan plan;
		char text[1024], left[128] = "";
		unsigned n, nrule = 0, at = 0;

		snprintf(text, sizeof(text), HEAD "%s", cases[i].media);
		assert_int_equal(sdp_index(span_str(text), &s), SDP_OK);
		n = sdp_codec_list(&s, 0, list);
		payload_plan_begin(&plan, list, n);
		while (nrule < 4 && span_is_set(cases[i].rules[nrule].name))
			nrule++;
		codec_policy_apply(cases[i].rules, nrule, cases[i].media[2] == 'a', list, n, &plan);
		for (unsigned k = 0; k < plan.n; k++)
			at += (unsigned)snprintf(left + at, sizeof(left) - at, k ? " %u" : "%u", plan.format[k].from);
		if (strcmp(left, cases[i].left) != 0)
			fail_msg("%s: %s", cases[i].name, left);
		assert_true(plan.given);
	}
}

static void formats_that_are_no_numbers_stay(void **state)
{
	const struct codec_rule rule = HIDE("full");
	struct payload_plan plan;

	(void)state;
	payload_plan_begin(&plan, NULL, 0);
	codec_policy_apply(&rule, 1, false, NULL, 0, &plan);
	assert_false(plan.given);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left),
		cmocka_unit_test(formats_that_are_no_numbers_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
