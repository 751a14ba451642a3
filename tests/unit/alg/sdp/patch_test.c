/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/patch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

#define HEAD   "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"
#define GLOBAL "a=tool:x\r\n"
#define AUDIO  "m=audio 4 RTP/AVP 0\r\na=ptime:20\r\na=foo:bar baz\r\n"
#define VIDEO  "m=video 6 RTP/AVP 96\r\na=foo:bar baz quuz\r\n"

#define ADD(kind, which)                                                                                               \
	{                                                                                                              \
		SDP_PATCH_ADD, kind, SPAN(which),                                                                      \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define REMOVE(kind, which)                                                                                            \
	{                                                                                                              \
		SDP_PATCH_REMOVE, kind, SPAN(which),                                                                   \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}
#define SUBSTITUTE(kind, which, with)                                                                                  \
	{                                                                                                              \
		SDP_PATCH_SUBSTITUTE, kind, SPAN(which), SPAN(with)                                                    \
	}
#define SESSION                                                                                                        \
	{                                                                                                              \
		0                                                                                                      \
	}
#define KIND(name)                                                                                                     \
	{                                                                                                              \
		name, sizeof(name) - 1                                                                                 \
	}

static const struct patch_case {
	const char *name;
	struct sdp_patch patch[2];
	unsigned n;
	const char *expected;
} cases[] = {
	{ "nothing", { { 0 } }, 0, HEAD GLOBAL AUDIO VIDEO },
	{ "added to the session", { ADD(SESSION, "x:1") }, 1, HEAD GLOBAL "a=x:1\r\n" AUDIO VIDEO },
	{ "added to a kind", { ADD(KIND("AUDIO"), "x:1") }, 1, HEAD GLOBAL AUDIO "a=x:1\r\n" VIDEO },
	{ "added to the last", { ADD(KIND("video"), "x") }, 1, HEAD GLOBAL AUDIO VIDEO "a=x\r\n" },
	{ "added to what is not there", { ADD(KIND("image"), "x") }, 1, HEAD GLOBAL AUDIO VIDEO },
	{ "there already", { ADD(KIND("audio"), "ptime:20") }, 1, HEAD GLOBAL AUDIO VIDEO },
	{ "there elsewhere", { ADD(KIND("video"), "ptime:20") }, 1, HEAD GLOBAL AUDIO VIDEO "a=ptime:20\r\n" },
	{ "added twice", { ADD(SESSION, "x"), ADD(SESSION, "x") }, 2, HEAD GLOBAL "a=x\r\n" AUDIO VIDEO },
	{ "blanks and equals signs",
	  { ADD(SESSION, "fmtp:8..a--1;b--2") },
	  1,
	  HEAD GLOBAL "a=fmtp:8 a=1;b=2\r\n" AUDIO VIDEO },
	{ "removed by name",
	  { REMOVE(KIND("audio"), "ptime") },
	  1,
	  HEAD GLOBAL "m=audio 4 RTP/AVP 0\r\na=foo:bar baz\r\n" VIDEO },
	{ "removed by the word behind",
	  { REMOVE(KIND("audio"), "foo:bar") },
	  1,
	  HEAD GLOBAL "m=audio 4 RTP/AVP 0\r\na=ptime:20\r\n" VIDEO },
	{ "removed as a whole",
	  { REMOVE(KIND("audio"), "Foo:bar..baz") },
	  1,
	  HEAD GLOBAL "m=audio 4 RTP/AVP 0\r\na=ptime:20\r\n" VIDEO },
	{ "not by a part", { REMOVE(KIND("video"), "foo:bar baz") }, 1, HEAD GLOBAL AUDIO VIDEO },
	{ "nor by half a word",
	  { REMOVE(KIND("video"), "foo:b"), REMOVE(KIND("video"), "fo") },
	  2,
	  HEAD GLOBAL AUDIO VIDEO },
	{ "nor elsewhere", { REMOVE(SESSION, "foo"), REMOVE(KIND("video"), "ptime") }, 2, HEAD GLOBAL AUDIO VIDEO },
	{ "removed and added",
	  { REMOVE(SESSION, "tool"), ADD(SESSION, "tool:y") },
	  2,
	  HEAD "a=tool:y\r\n" AUDIO VIDEO },
	{ "substituted",
	  { SUBSTITUTE(KIND("audio"), "ptime:20", "ptime:40") },
	  1,
	  HEAD GLOBAL "m=audio 4 RTP/AVP 0\r\na=ptime:40\r\na=foo:bar baz\r\n" VIDEO },
	{ "no other line", { REMOVE(SESSION, "v"), REMOVE(SESSION, "=") }, 2, HEAD GLOBAL AUDIO VIDEO },
};

static void what_becomes_of_a_description(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct span in = guard_span(SPAN(HEAD GLOBAL AUDIO VIDEO));
		char buf[512];
		struct writer w = writer_over(buf, sizeof(buf));

		assert_int_equal(sdp_patch_write(in, cases[i].patch, cases[i].n, &w), 0);
		if (!span_eq(writer_done(&w), span_str(cases[i].expected)))
			fail_msg("%s: %.*s", cases[i].name, (int)w.n, buf);
		guard_free(in);
	}
}

static void too_much_for_the_room(void **state)
{
	static const struct sdp_patch add = ADD(SESSION, "0123456789");
	static const struct span in = SPAN(HEAD);
	char buf[sizeof(HEAD) + 10];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	assert_int_equal(sdp_patch_write(in, &add, 1, &w), -1);
}

static void lines_that_are_ours_are_not_a_clients(void **state)
{
	static const struct {
		struct sdp_patch patch;
		enum sdp_patch_verdict expected;
	} checks[] = {
		{ ADD(SESSION, "sendrecv"), SDP_PATCH_OK },
		{ REMOVE(SESSION, "rtpmap:101 telephone-event/8000"), SDP_PATCH_OK },
		{ SUBSTITUTE(SESSION, "ptime:20", "ptime:40"), SDP_PATCH_OK },
		{ ADD(SESSION, "candidate:1 1 UDP 1 192.0.2.9 9 typ host"), SDP_PATCH_OURS },
		{ ADD(SESSION, "CRYPTO:1 x"), SDP_PATCH_OURS },
		{ REMOVE(SESSION, "fingerprint"), SDP_PATCH_OURS },
		{ REMOVE(SESSION, "fingerprints"), SDP_PATCH_OK },
		/* As they will be written, which readers who trim their lines take for ours. */
		{ ADD(SESSION, "rtcp-mux.."), SDP_PATCH_OURS },
		{ ADD(SESSION, "setup..:active"), SDP_PATCH_OURS },
		{ ADD(SESSION, "ice-lite..x"), SDP_PATCH_OURS },
		{ SUBSTITUTE(SESSION, "x", "bundle-only.."), SDP_PATCH_OURS },
		{ ADD(SESSION, "..rtcp-mux"), SDP_PATCH_BROKEN },
		{ ADD(SESSION, " candidate:1 1 UDP 1 192.0.2.9 9 typ host"), SDP_PATCH_BROKEN },
		{ ADD(SESSION, ":x"), SDP_PATCH_BROKEN },
		{ REMOVE(SESSION, "ice-ufrag"), SDP_PATCH_OURS },
		{ REMOVE(SESSION, "rtcp"), SDP_PATCH_OURS },
		{ REMOVE(SESSION, "rtcp-fb"), SDP_PATCH_OK },
		{ REMOVE(SESSION, "mid"), SDP_PATCH_OURS },
		{ SUBSTITUTE(SESSION, "setup:actpass", "x"), SDP_PATCH_OURS },
		{ SUBSTITUTE(SESSION, "x", "rtcp-mux"), SDP_PATCH_OURS },
		{ SUBSTITUTE(SESSION, "x", "y\r\nm=audio 9 RTP/AVP 0"), SDP_PATCH_BROKEN },
		{ ADD(SESSION, ""), SDP_PATCH_BROKEN },
		{ ADD(SESSION, "x\ny"), SDP_PATCH_BROKEN },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (sdp_patch_check(&checks[i].patch) != checks[i].expected)
			fail_msg("%u", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_becomes_of_a_description),
		cmocka_unit_test(too_much_for_the_room),
		cmocka_unit_test(lines_that_are_ours_are_not_a_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
