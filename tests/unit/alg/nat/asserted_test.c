/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "alg/nat/asserted.h"
#include "tests/unit/guard.h"

static struct span original(const char *lines, struct sip_msg *m)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "MESSAGE sip:b@b SIP/2.0\r\n%s\r\n", lines);
	struct span s = guard_span(span_of(text, (size_t)n));

	assert_int_equal(sip_msg_index(s, m), SIP_OK);
	return s;
}

static void what_a_trusted_side_says(void **state)
{
	static const struct {
		const char *lines, *hidden_hosts, *as_it_is;
		bool hidden;
	} cases[] = {
		{ "", "", "", false },
		{ "From: <sip:a@b>\r\nP-Preferred-Identity: <sip:a@b>\r\n", "", "", false },
		{ "P-Asserted-Identity: \"Al\" <sip:a@10.0.0.9:5062;user=phone>\r\n", "\"Al\" <sip:a@us>",
		  "\"Al\" <sip:a@10.0.0.9:5062;user=phone>", false },
		{ "P-Asserted-Identity: <sip:a@10.0.0.9>, <tel:+4930>\r\n", "<sip:a@us>, <tel:+4930>",
		  "<sip:a@10.0.0.9>, <tel:+4930>", false },
		{ "P-Asserted-Identity: tel:+4930\r\nP-Asserted-Identity: sips:a@c\r\n", "<tel:+4930>, <sip:a@us>",
		  "<tel:+4930>, <sips:a@c>", false },
		/* one of each kind: the first */
		{ "P-Asserted-Identity: <sip:a@c>, <sip:b@c>, <tel:1>, <tel:2>\r\n", "<sip:a@us>, <tel:1>",
		  "<sip:a@c>, <tel:1>", false },
		{ "P-Asserted-Identity: <http://c>, <sip:a@@>\r\n", "", "", false },
		{ "P-Asserted-Identity: A\r\n l <sip:a@c>\r\n", "A   l <sip:a@us>", "A   l <sip:a@c>", false },
		/* what was there before it */
		{ "Remote-Party-ID: <sip:a@c>;party=calling;privacy=off\r\n", "<sip:a@us>", "<sip:a@c>", false },
		{ "Remote-Party-ID: <sip:a@c>;party=called;privacy=full\r\n", "<sip:a@us>", "<sip:a@c>", true },
		{ "Remote-Party-ID: <sip:a@c>;party=redirecting\r\n", "", "", false },
		{ "Remote-Party-ID: <sip:x@c>;privacy=full\r\nP-Asserted-Identity: <sip:a@c>\r\n", "<sip:a@us>",
		  "<sip:a@c>", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[2][256];
		struct asserted a;
		struct sip_msg m;
		struct span text = original(cases[i].lines, &m);

		asserted_read(&m, &a);
		for (int k = 0; k < 2; k++) {
			struct writer w = writer_over(out[k], sizeof(out[k]) - 1);

			asserted_write(&w, &a, k ? (struct span){ 0 } : SPAN("us"));
			out[k][w.n] = '\0';
		}
		if (strcmp(out[0], cases[i].hidden_hosts) != 0 || strcmp(out[1], cases[i].as_it_is) != 0 ||
		    a.hidden != cases[i].hidden)
			fail_msg("%s: %s; %s", cases[i].lines, out[0], out[1]);
		guard_free(text);
	}
}

static void what_a_user_may_be_called(void **state)
{
	static const struct {
		const char *lines, *out;
	} cases[] = {
		{ "From: \"A\" <sip:alice@b>;tag=1\r\n", "\"A\" <sip:alice@b>;tag=1" },
		{ "From: <sip:anonymous@anonymous.invalid>\r\nP-Preferred-Identity: <sip:alice@b>\r\n",
		  "<sip:alice@b>" },
		{ "From: <sip:alice@b>\r\nP-Preferred-Identity: <sip:bob@b>, \"A\" <sip:al%69ce@b>\r\n",
		  "\"A\" <sip:al%69ce@b>" },
		/* another's */
		{ "From: <sip:bob@b>\r\nP-Preferred-Identity: <sip:bob@b>\r\n", "" },
		{ "P-Asserted-Identity: <sip:alice@b>\r\n", "" },
		{ "From: <sip:Alice@b>\r\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m;
		struct span text = original(cases[i].lines, &m), out = asserted_preferred(&m, SPAN("alice"));

		if (!span_eq(out, span_str(cases[i].out)))
			fail_msg("%s: %.*s", cases[i].lines, SPAN_ARG(out));
		guard_free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_trusted_side_says),
		cmocka_unit_test(what_a_user_may_be_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
