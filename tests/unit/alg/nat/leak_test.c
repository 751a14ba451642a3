/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/nat/leak.h"
#include "tests/unit/guard.h"

static struct leak_set planted(void)
{
	struct leak_set s = { 0 };

	leak_add_host(&s, SPAN("10.0.0.5"));
	leak_add_host(&s, SPAN("2001:db8::5"));
	leak_add_id(&s, SPAN("callid-of-the-other-leg"));
	leak_add_id(&s, SPAN("tag45678"));
	leak_add_id(&s, SPAN("short"));
	leak_add_host(&s, SPAN("::1"));
	return s;
}

static void what_belongs_to_the_other_side_is_found(void **state)
{
	static const struct {
		const char *text, *found; /* NULL: nothing is */
	} cases[] = {
		{ "", NULL },
		{ "10.0.0.", NULL },
		{ "10.0.0.5", "10.0.0.5" },
		{ "c=IN IP4 10.0.0.5\r\n", "10.0.0.5" },
		{ "Contact: <sip:a@10.0.0.5:5060>", "10.0.0.5" },
		{ "a10.0.0.5b", "10.0.0.5" },
		/* others */
		{ "10.0.0.50", NULL },
		{ "110.0.0.5", NULL },
		{ "1.10.0.0.5", NULL },
		{ "10.0.0.5.1", NULL },
		{ "10.0.0.6", NULL },
		{ "10.0.0.5.", "10.0.0.5" },
		{ "host.10.0.0.5", "10.0.0.5" },
		{ "10.0.0.50 10.0.0.5", "10.0.0.5" },
		{ "[2001:db8::5]:5060", "2001:db8::5" },
		{ "2001:db8::55", NULL },
		{ "::2001:db8::5", NULL },
		/* identifiers are found in whatever is made of them */
		{ "Call-ID: callid-of-the-other-leg", "callid-of-the-other-leg" },
		{ "xcallid-of-the-other-leg7", "callid-of-the-other-leg" },
		{ "callid-of-the-other-le", NULL },
		{ "Callid-of-the-other-leg", NULL },
		{ ";tag=tag45678", "tag45678" },
		{ "tag45678", "tag45678" },
		{ "10.0.0.tag4567tag45678", "tag45678" },
		/* what is too short to be one's own */
		{ "short", NULL },
		{ "::1", NULL },
	};
	struct leak_set s = planted();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span text = guard_span(span_str(cases[i].text)), which = { 0 };
		uint32_t at = leak_find(&s, text, 0, &which);
		bool found = at < text.n;

		if (found != (cases[i].found != NULL) || (found && !span_eq(which, span_str(cases[i].found))))
			fail_msg("\"%s\": %u \"%.*s\"", cases[i].text, at, SPAN_ARG(which));
		guard_free(text);
	}
}

/* Each of them, at each place: the strides pass over none. */
static void none_is_passed_over(void **state)
{
	struct leak_set s = planted();
	char text[200];

	(void)state;
	for (unsigned i = 0; i < s.n; i++) {
		for (uint32_t at = 0; at + s.text[i].n <= sizeof(text); at++) {
			struct span which;

			memset(text, i % 2 ? '-' : '0' + (int)(at % 2) * 66, sizeof(text));
			memcpy(text + at, s.text[i].p, s.text[i].n);
			if (at)
				text[at - 1] = ' ';
			if (at + s.text[i].n < sizeof(text))
				text[at + s.text[i].n] = ' ';
			if (leak_find(&s, span_of(text, sizeof(text)), 0, &which) != at || !span_eq(which, s.text[i]))
				fail_msg("%.*s at %u", SPAN_ARG(s.text[i]), at);
		}
	}
}

static void the_next_one_is_found_behind_the_first(void **state)
{
	struct span text = SPAN("a 10.0.0.5\r\nb 10.0.0.5 x\r\nc tag45678"), which;
	struct leak_set s = planted();

	(void)state;
	assert_int_equal(leak_find(&s, text, 0, &which), 2);
	assert_int_equal(leak_find(&s, text, 3, &which), 14);
	assert_true(span_eq(leak_line(text, 14), SPAN("b 10.0.0.5 x\r\n")));
	assert_int_equal(leak_find(&s, text, 15, &which), 28);
	assert_true(span_eq(leak_line(text, 28), SPAN("c tag45678")));
	assert_true(span_eq(leak_line(text, 0), SPAN("a 10.0.0.5\r\n")));
}

static void a_set_has_an_end(void **state)
{
	struct leak_set s = { 0 };
	struct span which;
	char names[LEAK_MAX + 1][16];

	(void)state;
	assert_int_equal(leak_find(&s, SPAN("10.0.0.5"), 0, &which), 8);
	for (unsigned i = 0; i <= LEAK_MAX; i++) {
		memcpy(names[i], "name-00", 8);
		names[i][7] = (char)('a' + i);
		leak_add_id(&s, span_of(names[i], 8));
		leak_add_id(&s, span_of(names[i], 8)); /* known already */
	}
	assert_int_equal(s.n, LEAK_MAX);
	assert_int_equal(leak_find(&s, span_of(names[LEAK_MAX - 1], 8), 0, &which), 0);
	assert_int_equal(leak_find(&s, span_of(names[LEAK_MAX], 8), 0, &which), 8);
}

/* An identifier longer than a stride can be. */
static void long_names(void **state)
{
	struct leak_set s = { 0 };
	char name[600], text[1400];
	struct span which;

	(void)state;
	memset(name, 'n', sizeof(name));
	memset(text, '-', sizeof(text));
	memcpy(text + 700, name, sizeof(name));
	leak_add_id(&s, span_of(name, sizeof(name)));
	assert_int_equal(leak_find(&s, span_of(text, sizeof(text)), 0, &which), 700);
	assert_int_equal(leak_find(&s, span_of(text, 1299), 0, &which), 1299);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_belongs_to_the_other_side_is_found),
		cmocka_unit_test(none_is_passed_over),
		cmocka_unit_test(the_next_one_is_found_behind_the_first),
		cmocka_unit_test(a_set_has_an_end),
		cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
