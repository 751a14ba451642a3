/* SPDX-License-Identifier: BSD-3-Clause */
/* History-Info values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/history_info.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *uri; /* NULL: refused */
		const char *index, *from;
		enum history_change change;
		uint16_t cause;
		bool hidden;
	} cases[] = {
		{ "<sip:bob@example.com>;index=1", "sip:bob@example.com", "1", "", HISTORY_START, 0, false },
		{ "<sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1", "sip:bob@192.0.2.4", "1.1", "1",
		  HISTORY_RC, 0, false },
		{ "\"O\" <sip:office@example.com;cause=486?Privacy=history&Reason=SIP>;index=1.2;mp=1;x",
		  "sip:office@example.com;cause=486", "1.2", "1", HISTORY_MP, 486, true },
		{ "<sip:a@b?privacy=none> ; INDEX = 10.20.30 ; np = 10.20", "sip:a@b", "10.20.30", "10.20", HISTORY_NP,
		  0, false },
		{ "<tel:+1555;cause=302>;index=1.1", "tel:+1555;cause=302", "1.1", "", HISTORY_START, 302, false },
		{ "<sip:a@b;cause=99999>;index=1", "sip:a@b;cause=99999", "1", "", HISTORY_START, 0, false },
		{ "<sip:a@b>", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index=1.", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index=.1", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index=1..1", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index=1;index=2", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index=1.1;rc=1;mp=1", NULL, "", "", 0, 0, false },
		{ "<sip:a@b>;index=1.1;rc=x", NULL, "", "", 0, 0, false },
		{ "<sip:a b>;index=1", NULL, "", "", 0, 0, false },
		{ "*", NULL, "", "", 0, 0, false },
		{ "", NULL, "", "", 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct history_info h = { 0 };
		bool ok = history_info_parse(in, &h) == 0;

		if (ok != (cases[i].uri != NULL) || !span_eq(h.uri, span_str(cases[i].uri)) ||
		    !span_eq(h.index, span_str(cases[i].index)) || !span_eq(h.from, span_str(cases[i].from)) ||
		    h.change != cases[i].change || h.cause != cases[i].cause || h.hidden != cases[i].hidden)
			fail_msg("'%s': %d '%.*s' '%.*s' %d %u", cases[i].in, ok, SPAN_ARG(h.uri), SPAN_ARG(h.index),
				 h.change, h.cause);
		guard_free(in);
	}
}

static void an_index_has_an_end(void **state)
{
	char text[HISTORY_INDEX_MAX + 32];
	struct history_info h;

	(void)state;
	for (unsigned extra = 0; extra < 2; extra++) {
		struct writer w = writer_over(text, sizeof(text));

		writer_str(&w, "<sip:a@b>;index=");
		for (unsigned i = 0; i < HISTORY_INDEX_MAX + extra; i++)
			writer_byte(&w, '1');
		assert_int_equal(history_info_parse(writer_done(&w), &h), extra ? -1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(an_index_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
