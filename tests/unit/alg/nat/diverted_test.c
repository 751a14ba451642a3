/* SPDX-License-Identifier: BSD-3-Clause */
/* Who diverted a call: both headers read, either written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/nat/diverted.h"
#include "tests/unit/guard.h"

static struct sip_msg msg;

static struct span message(const char *lines)
{
	char text[2048];
	struct writer w = writer_over(text, sizeof(text));
	struct span raw;

	writer_str(&w, "INVITE sip:d@h.example SIP/2.0\r\n");
	writer_str(&w, lines);
	writer_str(&w, "\r\n");
	raw = guard_span(writer_done(&w));
	assert_int_equal(sip_msg_index(raw, &msg), SIP_OK);
	return raw;
}

static void conversions(void **state)
{
	static const struct {
		const char *shows, *in;
		const char *host; /* NULL: a peer we trust */
		const char *diversion, *history;
	} cases[] = {
		{ "none", "Subject: x\r\n", NULL, "", "" },
		{ "one Diversion", "Diversion: <sip:bob@10.0.0.1;user=phone>;reason=user-busy\r\n", NULL,
		  "<sip:bob@10.0.0.1;user=phone>;reason=user-busy",
		  "<sip:bob@10.0.0.1;user=phone>;index=1, <sip:d@h.example;cause=486>;index=1.1;mp=1" },
		{ "its host replaced", "Diversion: <sip:bob@10.0.0.1;user=phone>;reason=user-busy\r\n", "192.0.2.9",
		  "<sip:bob@192.0.2.9>;reason=user-busy",
		  "<sip:bob@192.0.2.9>;index=1, <sip:d@192.0.2.9;cause=486>;index=1.1;mp=1" },
		{ "the latest Diversion is first, the latest History-Info last",
		  "Diversion: <sip:c@x>;reason=no-answer, <sip:b@x>;reason=unconditional;counter=2\r\n", NULL,
		  "<sip:c@x>;reason=no-answer, <sip:b@x>;reason=unconditional;counter=2",
		  "<sip:b@x>;index=1, <sip:c@x;cause=302>;index=1.1.1;mp=1, "
		  "<sip:d@h.example;cause=408>;index=1.1.1.1;mp=1.1.1" },
		{ "History-Info",
		  "History-Info: <sip:b@x>;index=1, <sip:c@x;cause=302>;index=1.1;mp=1\r\n"
		  "History-Info: <sip:d@10.0.0.1;cause=480>;index=1.2;mp=1.1\r\n",
		  NULL, "<sip:c@x>;reason=deflection, <sip:b@x>;reason=unconditional",
		  "<sip:b@x>;index=1, <sip:c@x;cause=302>;index=1.1;mp=1, "
		  "<sip:d@h.example;cause=480>;index=1.1.1;mp=1.1" },
		{ "it was reached from where it says", /* not from the entry before it */
		  "History-Info: <sip:b@x>;index=1, <sip:b@10.0.0.7>;index=1.1;rc=1, "
		  "<sip:d@x;cause=408>;index=1.2;mp=1\r\n",
		  NULL, "<sip:b@x>;reason=no-answer", "<sip:b@x>;index=1, <sip:d@h.example;cause=408>;index=1.1;mp=1" },
		{ "a cause outside the pairs",
		  "History-Info: <sip:b@x>;index=1, <sip:c@x;cause=600>;index=1.1;mp=1\r\n", NULL,
		  "<sip:b@x>;reason=unknown", "<sip:b@x>;index=1, <sip:d@h.example;cause=404>;index=1.1;mp=1" },
		{ "levels that are missing",
		  "History-Info: <sip:b@x>;index=1, <sip:c@x;cause=302>;index=1.1.1.1;mp=1\r\n", NULL,
		  "<sip:b@x>;reason=unconditional;counter=3",
		  "<sip:b@x>;index=1, <sip:d@h.example;cause=302>;index=1.1.1.1;mp=1" },
		{ "no diversion in it", "History-Info: <sip:b@x>;index=1, <sip:b@10.0.0.7>;index=1.1;rc=1\r\n", NULL,
		  "", "" },
		{ "hidden from those we don't trust", "Diversion: <sip:b@x>;reason=user-busy;privacy=full\r\n",
		  "192.0.2.9", "<sip:anonymous@anonymous.invalid>;reason=user-busy;privacy=full",
		  "<sip:anonymous@anonymous.invalid?Privacy=history>;index=1, "
		  "<sip:d@192.0.2.9;cause=486>;index=1.1;mp=1" },
		{ "hidden, yet told to those we do",
		  "History-Info: <sip:b@x?Privacy=history>;index=1, <sip:c@x;cause=302>;index=1.1\r\n", NULL,
		  "<sip:b@x>;reason=unconditional;privacy=full",
		  "<sip:b@x?Privacy=history>;index=1, <sip:d@h.example;cause=302>;index=1.1;mp=1" },
		{ "a number stays one", "Diversion: <tel:+1555;phone-context=x;cause=302>;reason=unconditional\r\n",
		  "192.0.2.9", "<tel:+1555;phone-context=x>;reason=unconditional",
		  "<tel:+1555;phone-context=x>;index=1, <sip:d@192.0.2.9;cause=302>;index=1.1;mp=1" },
		{ "headers in a URI go", "Diversion: <sip:b@x?Privacy=none>;reason=unconditional\r\n", NULL,
		  "<sip:b@x>;reason=unconditional", "<sip:b@x>;index=1, <sip:d@h.example;cause=302>;index=1.1;mp=1" },
		{ "what can't be read is passed over",
		  "Diversion: <sip:b@, <sip:c@x>;counter=0, <sip:b@x>;counter=-\r\n", NULL, "", "" },
		{ "the header that tells more",
		  "Diversion: <sip:b@x>;reason=user-busy\r\n"
		  "History-Info: <sip:b@x>;index=1\r\n",
		  NULL, "<sip:b@x>;reason=user-busy", "<sip:b@x>;index=1, <sip:d@h.example;cause=486>;index=1.1;mp=1" },
	};
	char diversion[512], history[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span raw = message(cases[i].in), host = span_str(cases[i].host);
		struct writer d = writer_over(diversion, sizeof(diversion)), h = writer_over(history, sizeof(history));
		struct diverted_list l;

		diverted_read(&msg, &l);
		diverted_write_diversion(&d, &l, host);
		diverted_write_history(&h, &l, msg.uri, host);
		if (!span_eq(writer_done(&d), span_str(cases[i].diversion)) ||
		    !span_eq(writer_done(&h), span_str(cases[i].history)))
			fail_msg("%s:\n%.*s\n%.*s", cases[i].shows, SPAN_ARG(writer_done(&d)),
				 SPAN_ARG(writer_done(&h)));
		guard_free(raw);
	}
}

/* However many there were, what is written is read again as the latest of them. */
static void the_oldest_go(void **state)
{
	char lines[1024], history[1024];
	struct writer w = writer_over(lines, sizeof(lines)), h = writer_over(history, sizeof(history));
	struct diverted_list l, again;
	struct span raw;

	(void)state;
	writer_str(&w, "Diversion: <sip:u0@x>;counter=99");
	for (unsigned i = 1; i < 20; i++)
		writer_format(&w, ", <sip:u%u@x>;counter=99", i);
	writer_str(&w, "\r\n");
	writer_byte(&w, '\0');
	raw = message(lines);
	diverted_read(&msg, &l);
	assert_int_equal(l.n, DIVERTED_MAX);
	assert_int_equal(l.by[0].counter, DIVERTED_COUNTER_MAX);
	assert_true(span_eq(l.by[DIVERTED_MAX - 1].uri, SPAN("sip:u0@x")));
	diverted_write_history(&h, &l, msg.uri, (struct span){ 0 });
	guard_free(raw);

	w = writer_over(lines, sizeof(lines));
	writer_str(&w, "History-Info: <sip:u99@x>;index=0, ");
	writer_put(&w, writer_done(&h));
	writer_str(&w, "\r\n");
	writer_byte(&w, '\0');
	assert_false(w.failed);
	raw = message(lines);
	diverted_read(&msg, &again);
	assert_int_equal(again.n, DIVERTED_MAX);
	for (unsigned i = 0; i < DIVERTED_MAX; i++)
		assert_int_equal(again.by[i].uri.p[5], "76543210"[i]);
	guard_free(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conversions),
		cmocka_unit_test(the_oldest_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
