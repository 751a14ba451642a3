/* SPDX-License-Identifier: BSD-3-Clause */
/* Refer-To values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/refer_to.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *plain; /* NULL: refused */
		const char *headers;
		enum sip_method method;
	} cases[] = {
		{ "sip:alice@atlanta.example.com", "sip:alice@atlanta.example.com", "", SIP_INVITE },
		{ "\"D\" "
		  "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345&Require=replaces>",
		  "sip:dave@denver.example.org", "Replaces=12345%40192.168.118.3%3Bto-tag%3D12345&Require=replaces",
		  SIP_INVITE },
		{ "<sip:carol@cleveland.example.org;method=SUBSCRIBE>;x",
		  "sip:carol@cleveland.example.org;method=SUBSCRIBE", "", SIP_SUBSCRIBE },
		{ "<sip:a@b;method=KICK?h=v>", "sip:a@b;method=KICK", "h=v", SIP_METHOD_OTHER },
		{ "<tel:+15551234567>", "tel:+15551234567", "", SIP_INVITE },
		{ "<http://example.com/x>", "http://example.com/x", "", SIP_INVITE },
		{ "sip:a@b;method=BYE", "sip:a@b", "", SIP_INVITE }, /* the header's, not the URI's */
		{ "sip:a@b?Replaces=x", NULL, NULL, 0 },
		{ "<sip:a@b?Replaces>", NULL, NULL, 0 },
		{ "<sip:a@b", NULL, NULL, 0 },
		{ "*", NULL, NULL, 0 },
		{ "", NULL, NULL, 0 },
		{ "<sip:a@b>, <sip:c@d>", NULL, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct refer_to r = { 0 };
		bool ok = refer_to_parse(in, &r) == 0;

		if (ok != (cases[i].plain != NULL) || !span_eq(r.plain, span_str(cases[i].plain)) ||
		    !span_eq(r.uri.headers, span_str(cases[i].headers)) || (ok && r.method != cases[i].method))
			fail_msg("'%s': %d '%.*s' '%.*s' %d", cases[i].in, ok, SPAN_ARG(r.plain),
				 SPAN_ARG(r.uri.headers), r.method);
		guard_free(in);
	}
}

static void written(void **state)
{
	const struct replaces r = { SPAN("12345@192.168.118.3"), SPAN("a"), SPAN("b"), true };
	const struct replaces huge = { span_of((const char[2048]){ 0 }, 2048), SPAN("a"), SPAN("b"), false };
	char buf[4096];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	refer_to_write(&w, SPAN("sip:a@b"), NULL);
	refer_to_write(&w, SPAN("sip:a@b;x=y"), &r);
	assert_true(span_eq(writer_done(&w), SPAN("<sip:a@b><sip:a@b;x=y?Replaces=12345%40192.168.118.3%3Bto-tag%3Da"
						  "%3Bfrom-tag%3Db%3Bearly-only>")));
	refer_to_write(&w, SPAN("sip:a@b"), &huge);
	assert_true(w.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
