/* SPDX-License-Identifier: BSD-3-Clause */
/* The headers in a URI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/uri_headers.h"
#include "tests/unit/guard.h"

static void walks(void **state)
{
	static const struct {
		const char *in, *names, *values; /* joined by blanks */
	} cases[] = {
		{ "", "", "" },
		{ "subject=project%20x&priority=urgent", "Subject Priority ", "project%20x urgent " },
		{ "Replaces=a%3Bto-tag%3D1&Require=replaces", "Replaces Require ", "a%3Bto-tag%3D1 replaces " },
		{ "b=x&body=y&%43ontact=z", "Referred-By - - ", "x y z " },
		{ "a=b=c&", "Accept-Contact ", "b=c " },
		{ "from", "From ", " " },
	};
	char names[128], values[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in)), left = in;
		struct writer n = writer_over(names, sizeof(names)), v = writer_over(values, sizeof(values));
		struct uri_header h;

		while (uri_headers_next(&left, &h)) {
			writer_put(&n, h.hdr == SIP_HDR_OTHER ? SPAN("-") : sip_hdr_info[h.hdr].name);
			writer_byte(&n, ' ');
			writer_put(&v, h.value);
			writer_byte(&v, ' ');
		}
		if (!span_eq(writer_done(&n), span_str(cases[i].names)) ||
		    !span_eq(writer_done(&v), span_str(cases[i].values)))
			fail_msg("'%s': '%.*s' '%.*s'", cases[i].in, SPAN_ARG(writer_done(&n)),
				 SPAN_ARG(writer_done(&v)));
		guard_free(in);
	}
}

static void finds(void **state)
{
	struct uri_header h;

	(void)state;
	assert_true(uri_headers_find(SPAN("Subject=x&REPLACES=first&Replaces=second"), SIP_HDR_REPLACES, &h));
	assert_true(span_eq(h.value, SPAN("first")));
	assert_false(uri_headers_find(SPAN("Subject=Replaces"), SIP_HDR_REPLACES, &h));
	assert_false(uri_headers_find((struct span){ 0 }, SIP_HDR_REPLACES, &h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
