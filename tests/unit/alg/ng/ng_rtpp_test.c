/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_rtpp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/guard.h"

/* What was understood, at a glance. */
static void request_show(struct writer *w, const struct ng_request *r)
{
	static const char *const wishes[] = {
		[NG_CODEC_STRIP] = "strip",   [NG_CODEC_MASK] = "mask",     [NG_CODEC_EXCEPT] = "except",
		[NG_CODEC_OFFER] = "offer",   [NG_CODEC_IGNORE] = "ignore", [NG_CODEC_TRANSCODE] = "transcode",
		[NG_CODEC_ACCEPT] = "accept",
	};
	char text[ADDR_TEXT_MAX];

	for (unsigned i = 0; i < 2; i++)
		if (span_is_set(r->direction[i]))
			writer_format(w, " %s=%.*s", i ? "to" : "from", SPAN_ARG(r->direction[i]));
	if (addr_is_set(&r->received_from))
		writer_format(w, " source=%s", addr_text(&r->received_from, text));
	if (addr_is_set(&r->media_address))
		writer_format(w, " media=%s", addr_text(&r->media_address, text));
	if (span_is_set(r->transport))
		writer_format(w, " transport=%.*s", SPAN_ARG(r->transport));
	if (span_is_set(r->to_tag))
		writer_format(w, " to-tag=%.*s", SPAN_ARG(r->to_tag));
	if (r->has_dscp)
		writer_format(w, " dscp=%u", r->dscp);
	for (unsigned i = 0; i < r->ncodec; i++)
		writer_format(w, " %s:%.*s", wishes[r->codec[i].wish], SPAN_ARG(r->codec[i].name));
	writer_format(w, "%s%s", r->trust_address ? " trust" : "", r->sdes_off ? " sdes-off" : "");
	for (unsigned i = 0; i < r->nunknown; i++)
		writer_format(w, " ?%.*s", SPAN_ARG(r->unknown[i]));
	for (unsigned i = 0; i < r->nunmet; i++)
		writer_format(w, " !%.*s", SPAN_ARG(r->unmet[i]));
}

static const struct rtpp_case {
	const char *name;
	struct span text;
	int result;
	const char *shown;
} cases[] = {
	{ "nothing", SPAN(""), 0, "" },
	{ "Kamailio's stock configuration", SPAN("trust-address replace-origin replace-session-connection"), 0,
	  " trust" },
	{ "blanks around", SPAN("  trust-address \t ICE=remove  "), 0, " trust" },
	{ "keys and prefixes", SPAN("direction=lan direction=internet RTP/AVP SDES-off TOS=184 to-tag=x"), 0,
	  " from=lan to=internet transport=RTP/AVP to-tag=x dscp=46 sdes-off" },
	{ "a list", SPAN("direction=[lan internet]"), 0, " from=lan to=internet" },
	{ "a list with blanks around", SPAN("direction=[ lan  internet ] trust-address"), 0,
	  " from=lan to=internet trust" },
	{ "an address and its family", SPAN("received-from=[IP4 192.0.2.1]"), 0, " source=192.0.2.1:0" },
	{ "an IPv6 address in its brackets", SPAN("media-address=[2001:db8::1]"), 0, " media=[2001:db8::1]:0" },
	{ "an IPv6 address without", SPAN("media-address=2001:db8::1"), 0, " media=[2001:db8::1]:0" },
	{ "codecs by prefix", SPAN("codec-strip-G722 codec-mask-all transcode-PCMA"), 0,
	  " strip:G722 mask:all transcode:PCMA" },
	{ "codecs by nested lists", SPAN("codec=[strip=[G722 opus/48000/2] offer=[PCMA] mask=all]"), 0,
	  " strip:G722 strip:opus/48000/2 offer:PCMA mask:all" },
	{ "words in a list", SPAN("replace=[origin username] rtcp-mux=[demux accept] SDES=[off]"), 0, " sdes-off" },
	{ "no word that we know", SPAN("frobnicate x=y z=[1 2]"), 0, " ?frobnicate ?x=y ?z" },
	{ "known, and not built", SPAN("ICE=force always-transcode"), 0, " !always-transcode" },
	{ "not closed", SPAN("trust-address direction=[lan internet"), 0, " trust ?direction" },
	{ "closed without an opening", SPAN("trust-address] SDES-off"), 0, " trust sdes-off ?]" },
	{ "an opening without a key", SPAN("[trust-address]"), 0, " trust ?[ ?]" },
	{ "empty brackets", SPAN("replace=[]"), 0, "" },
	{ "nested too deeply", SPAN("codec=[[[[[[[[[[[[x]]]]]]]]]]]] trust-address"), 0, " ?codec" },
	{ "a list where one address is wanted", SPAN("media-address=[192.0.2.1 192.0.2.2]"), -1, "" },
};

static void strings_are_taken_apart(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = guard_span(cases[i].text);
		char mem[512] = { 0 }, shown[512] = { 0 };
		struct span left = span_of(mem, sizeof(mem));
		struct writer w = writer_over(shown, sizeof(shown) - 1);
		struct ng_request r = { 0 };

		if (ng_rtpp_take(&r, text, &left) != cases[i].result)
			fail_msg("%s: result", cases[i].name);
		if (cases[i].result == 0)
			request_show(&w, &r);
		if (strcmp(shown, cases[i].shown) != 0)
			fail_msg("%s: %s", cases[i].name, shown);
		guard_free(text);
	}
}

/* Twice the text suffices: the shortest words need most. */
static void memory_that_suffices(void **state)
{
	char text[4096] = "codec=[", mem[2 * sizeof(text)] = { 0 };
	struct span left;
	struct ng_request r = { 0 };
	uint32_t n = 7;

	(void)state;
	while (n < sizeof(text) - 3) {
		text[n++] = 'a';
		text[n++] = ' ';
	}
	text[n++] = ']';
	left = span_of(mem, 2 * n);
	assert_int_equal(ng_rtpp_take(&r, span_of(text, n), &left), 0);
	assert_true(left.n < 2 * n);
}

static void no_memory_is_told(void **state)
{
	char mem[8] = { 0 };
	struct span left = span_of(mem, sizeof(mem));
	struct ng_request r = { 0 };

	(void)state;
	assert_int_equal(ng_rtpp_take(&r, SPAN("trust-address direction=[lan internet]"), &left), 0);
	assert_true(r.trust_address);
	assert_int_equal(r.nunknown, 1);
	assert_false(span_is_set(r.direction[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_taken_apart),
		cmocka_unit_test(memory_that_suffices),
		cmocka_unit_test(no_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
