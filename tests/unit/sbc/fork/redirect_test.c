/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/redirect.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* The users of all INVITEs sent so far, the first left out; each is refused in turn. */
static void hunted(char *out, size_t size)
{
	struct writer w = writer_over(out, (uint32_t)size - 1);

	for (unsigned i = 0, first = 1; i < bench.nsent; i++) {
		struct span text = bench.sent[i].text, user;

		if (!span_starts(text, SPAN("INVITE sip:")))
			continue;
		user = span_slice(span_from(text, 11), 0, span_find(span_from(text, 11), '@'));
		if (!first) {
			writer_put(&w, user);
			writer_byte(&w, ' ');
			bench_answer(&bench, i, 404, "", "");
		}
		first = 0;
	}
	out[w.n] = '\0';
}

/* Alice's phone forwards: to whom is the call taken, in which order? Numbers go to the only trunk. */
static void contacts_in_order(void **state)
{
	static const struct {
		const char *name, *contacts, *expected;
	} cases[] = {
		{ "one", "Contact: <sip:1@10.0.0.5>\n", "1 " },
		{ "as they stand", "Contact: <sip:1@10.0.0.5>, <sip:2@10.0.0.5>\nContact: <sip:3@10.0.0.5>\n",
		  "1 2 3 " },
		{ "by q", "Contact: <sip:1@10.0.0.5>;q=0.1, <sip:2@10.0.0.5>;q=0.9, <sip:3@10.0.0.5>;q=0.5\n",
		  "2 3 1 " },
		{ "no q is 1", "Contact: <sip:1@10.0.0.5>;q=0.1, <sip:2@10.0.0.5>\n", "2 1 " },
		{ "a number alone", "Contact: <tel:+4930>\n", "+4930 " },
		{ "our domain", "Contact: <sip:1@example.com>\n", "1 " },
		{ "twice the same", "Contact: <sip:1@10.0.0.5>, <sip:1@10.0.0.5>\n", "1 " },
		{ "without brackets", "Contact: sip:1@10.0.0.5\n", "1 " },
		{ "not of ours", "Contact: <sip:1@192.0.2.1>\n", "" },
		{ "an address of ours in another realm", "Contact: <sip:1@198.51.100.5>\n", "" },
		{ "nobody there", "Contact: <sip:10.0.0.5>\n", "" },
		{ "himself", "Contact: <sip:alice@10.0.0.5>\n", "" },
		{ "another scheme", "Contact: <mailto:a@example.com>\n", "" },
		{ "star", "Contact: *\n", "" },
		{ "none", "", "" },
		{ "some of them", "Contact: <sip:1@192.0.2.1>, <sip:2@10.0.0.5>\n", "2 " },
		{ "more than are looked at",
		  "Contact: <sip:1@10.0.0.5>, <sip:2@10.0.0.5>, <sip:3@10.0.0.5>, <sip:4@10.0.0.5>, <sip:5@10.0.0.5>, "
		  "<sip:6@10.0.0.5>, <sip:7@10.0.0.5>, <sip:8@10.0.0.5>, <sip:9@10.0.0.5>;q=1.0\n",
		  "1 2 3 4 5 6 7 8 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char got[256];

		bench_open(&bench, "{ " BENCH_REALMS ", " BENCH_TRUNK " }");
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		bench_receive(&bench, bench_carrier(&bench),
			      bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 1, "", ""));
		bench_answer(&bench, bench.nsent - 1, 302, cases[i].contacts, "");
		hunted(got, sizeof(got));
		if (strcmp(got, cases[i].expected) != 0 ||
		    bench_last_status(&bench) != (cases[i].expected[0] ? 404 : 480))
			fail_msg("%s: %s%u", cases[i].name, got, bench_last_status(&bench));
		assert_null(bench.e->calls);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(contacts_in_order) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
