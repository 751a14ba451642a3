/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routelines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct conf_route adds = { .add = { "Alert-Info: <http://example.net/a>", "X-Way: 1" }, .nadd = 2 };
static const struct conf_route drops = { .drop = { "subject", "X-Way" }, .ndrop = 2 };

static void lines_are_added(void **state)
{
	char text[256];
	struct writer w = writer_over(text, sizeof(text));

	(void)state;
	routelines_add(&w, NULL);
	routelines_add(&w, &drops);
	assert_int_equal(w.n, 0);
	routelines_add(&w, &adds);
	writer_byte(&w, '\0');
	assert_string_equal(text, "Alert-Info: <http://example.net/a>\r\nX-Way: 1\r\n");
}

static void lines_are_cut_out(void **state)
{
	static const struct {
		const struct conf_route *route;
		const char *lines, *expected;
	} cases[] = {
		{ &drops, "Subject: a\r\nSupported: timer\r\n", "Supported: timer\r\n" },
		{ &drops, "Supported: timer\r\nSubject: a\r\nPriority: b\r\n", "Supported: timer\r\nPriority: b\r\n" },
		{ &drops, "s: a\r\nx-WAY : b\r\n", "" },
		{ &drops, "X-Ways: b\r\n", "X-Ways: b\r\n" },
		{ &drops, "", "" },
		{ &adds, "Subject: a\r\n", "Subject: a\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];
		struct writer w = writer_over(text, sizeof(text));

		/* What stands before is not looked at. */
		writer_put(&w, SPAN("Subject: 1\r\n"));
		writer_str(&w, cases[i].lines);
		routelines_cut(&w, 12, cases[i].route->drop, cases[i].route->ndrop);
		writer_byte(&w, '\0');
		assert_string_equal(text + 12, cases[i].expected);
		assert_memory_equal(text, "Subject: 1\r\n", 12);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_added),
		cmocka_unit_test(lines_are_cut_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
