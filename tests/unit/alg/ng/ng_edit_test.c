/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/ng/bencode.h"
#include "alg/ng/ng_key.h"
#include "alg/ng/ng_rtpp.h"
#include "tests/unit/guard.h"

/* What is set, as text that can be compared at a glance. */
static void request_show(struct writer *w, const struct ng_request *r)
{
	static const char signs[] = { [SDP_PATCH_ADD] = '+', [SDP_PATCH_REMOVE] = '-', [SDP_PATCH_SUBSTITUTE] = '~' };

	for (unsigned i = 0; i < r->npatch; i++) {
		const struct sdp_patch *p = &r->patch[i];

		writer_format(w, " %c%.*s/%.*s", signs[p->act], SPAN_ARG(p->kind), SPAN_ARG(p->which));
		if (p->act == SDP_PATCH_SUBSTITUTE)
			writer_format(w, ">%.*s", SPAN_ARG(p->with));
	}
	for (unsigned i = 0; i < r->nhide; i++)
		writer_format(w, " no:%.*s", SPAN_ARG(r->hide[i]));
	for (unsigned i = 0; i < r->nextmap; i++)
		writer_format(w, " %s:%.*s", r->extmap[i].spared ? "spare" : "drop", SPAN_ARG(r->extmap[i].uri));
	for (unsigned i = 0; i < r->nunknown; i++)
		writer_format(w, " ?%.*s", SPAN_ARG(r->unknown[i]));
}

static const struct edit_case {
	const char *key;
	struct span value; /* bencode */
	const char *shown;
} cases[] = {
	{ "sdp-attr", SPAN("d4:noned3:addl8:sendrecveee"), " +/sendrecv" },
	{ "sdp-attr", SPAN("d6:globald6:removel1:a1:bee7:sessiond3:add1:cee"), " -/a -/b +/c" },
	{ "SDP_attr", SPAN("d5:audiod10:substitutell1:a1:bel1:c1:deeee"), " ~audio/a>b ~audio/c>d" },
	{ "sdp-attr", SPAN("d5:audiod10:substitutel1:a1:beee"), " ~audio/a>b" },
	{ "sdp-attr", SPAN("d5:audiod10:substitutel1:a1:b1:ceee"), " ~audio/a>b" },
	{ "sdp-attr", SPAN("d5:audiod10:substitutel3:a>b3:c>deee"), " ~audio/a>b ~audio/c>d" },
	{ "sdp-attr", SPAN("d5:audiod10:substitutel1:aeee"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("d5:audiod10:substitutell1:aeeee"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("d5:audiod3:addli1eeee"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("d5:audiod3:addl0:eee"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("d5:audiod4:loveleee"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("d5:audiolee"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("le"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("21:remove-audio-ptime:20"), " -audio/ptime:20" },
	{ "sdp-attr", SPAN("4:love"), " ?sdp-attr" },
	{ "sdp-attr", SPAN("6:remove"), " ?sdp-attr" },
	{ "sdp-media-remove", SPAN("l5:video5:imagee"), " no:video no:image" },
	{ "sdp media remove", SPAN("5:video"), " no:video" },
	{ "sdp-media-remove", SPAN("li1e0:e"), " ?sdp-media-remove ?sdp-media-remove" },
	{ "sdp-media-remove", SPAN("de"), " ?sdp-media-remove" },
	{ "extmap", SPAN("d5:stripl5:urn:a5:urn:be4:mask5:urn:c6:exceptl3:allee"),
	  " drop:urn:a drop:urn:b drop:urn:c spare:all" },
	{ "extmap", SPAN("d4:lovel5:urn:aee"), " ?extmap" },
	{ "extmap", SPAN("d5:stripli1eee"), " ?extmap" },
	{ "extmap", SPAN("le"), " ?extmap" },
	{ "extmap", SPAN("11:strip-urn:a"), " drop:urn:a" },
};

static void values_of_keys(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span bencode = guard_span(cases[i].value);
		struct ng_request r = { 0 };
		struct ng_value v;
		uint32_t at = 0;
		char text[256];
		struct writer w = writer_over(text, sizeof(text));

		assert_int_equal(bencode_take(bencode, &at, &v), 0);
		assert_int_equal(ng_key_take_value(&r, span_str(cases[i].key), &v), 0);
		request_show(&w, &r);
		if (!span_eq(writer_done(&w), span_str(cases[i].shown)))
			fail_msg("%s:%.*s", cases[i].value.p, (int)w.n, text);
		guard_free(bencode);
	}
}

static const struct words_case {
	struct span flags;
	const char *shown;
} words[] = {
	{ SPAN("sdp-attr=[audio=[add=[foo bar] remove=[baz]] none=[substitute=[[a b] [c d]]]]"),
	  " +audio/foo +audio/bar -audio/baz ~/a>b ~/c>d" },
	{ SPAN("sdp-attr-remove-audio-ptime:20 sdp-attr-substitute-none-sendrecv>sendonly"),
	  " -audio/ptime:20 ~/sendrecv>sendonly" },
	{ SPAN("sdp-attr-add-session-fmtp:8..x=1"), " +/fmtp:8..x=1" },
	{ SPAN("sdp-media-remove=[video image]"), " no:video no:image" },
	{ SPAN("sdp-media-remove=video sdp-media-remove-text"), " no:video no:text" },
	{ SPAN("extmap=[strip=[urn:a urn:b] mask=all except=[urn:c]]"), " drop:urn:a drop:urn:b drop:all spare:urn:c" },
	{ SPAN("extmap-strip-urn:ietf:a extmap-mask-urn:b"), " drop:urn:ietf:a drop:urn:b" },
};

static void words_among_flags(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char mem[256], text[256];
		struct span flags = guard_span(words[i].flags), left = span_of(mem, sizeof(mem));
		struct writer w = writer_over(text, sizeof(text));
		struct ng_request r = { 0 };

		assert_int_equal(ng_rtpp_take(&r, flags, &left), 0);
		request_show(&w, &r);
		if (!span_eq(writer_done(&w), span_str(words[i].shown)))
			fail_msg("%s:%.*s", words[i].flags.p, (int)w.n, text);
		guard_free(flags);
	}
}

static void more_than_fit(void **state)
{
	static const struct {
		const char *flag;
		unsigned max;
	} many[] = {
		{ "sdp-attr-remove-audio-x", NG_PATCH_MAX },
		{ "sdp-media-remove-video", NG_HIDE_MAX },
		{ "extmap-strip-x", NG_EXTMAP_MAX },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		struct ng_request r = { 0 };

		for (unsigned k = 0; k < many[i].max; k++)
			assert_int_equal(ng_flag_take(&r, span_str(many[i].flag)), 0);
		assert_int_equal(r.npatch + r.nhide + r.nextmap, many[i].max);
		assert_int_equal(r.nunknown, 0);
		assert_int_equal(ng_flag_take(&r, span_str(many[i].flag)), 0);
		assert_int_equal(r.npatch + r.nhide + r.nextmap, many[i].max);
		assert_int_equal(r.nunknown, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_keys),
		cmocka_unit_test(words_among_flags),
		cmocka_unit_test(more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
