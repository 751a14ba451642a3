/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/base/literal.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Sorted, each behind a blank. */
static void show(const struct literals *l, char *out)
{
	char text[LITERAL_MAX][LITERAL_LEN + 1];

	for (unsigned i = 0; i < l->n; i++)
		snprintf(text[i], sizeof(text[i]), "%.*s", l->one[i].n, l->one[i].text);
	qsort(text, l->n, sizeof(text[0]), compare);
	*out = '\0';
	for (unsigned i = 0; i < l->n; i++)
		sprintf(out + strlen(out), " %s", text[i]);
}

static void what_texts_begin_with(void **state)
{
	static const struct {
		const char *expression, *expected;
	} cases[] = {
		{ "^4930", " 4930" },
		{ "^4930$", " 4930" },
		{ "^\\+49", " +49" },
		{ "^\\+?49", " +49 49" },
		{ "^(\\+|00)49[0-9]+$", " +49 0049" },
		{ "^(110|112)$", " 110 112" },
		{ "^11[02]$", " 110 112" },
		{ "^110$|^112$", " 110 112" },
		{ "^1[0-9]{2}$", " 10 11 12 13 14 15 16 17 18 19" },
		{ "^0*1", " " },
		{ "^0+1", " 0" },
		{ "^9{3}1", " 9991" },
		{ "^9{3,}1", " 999" },
		{ "^9{0,1}1", " " },
		{ "^a(b|c)?d", " abd acd ad" },
		{ "^a(bc)+d", " abc" },
		{ "^a(b*|c)d", " a acd" },
		{ "^alice|bob$", " " },
		{ "^alice|^bob", " alice bob" },
		{ "4930", " " },
		{ "", " " },
		{ "^", " " },
		{ "^.1", " " },
		{ "^1.2", " 1" },
		{ "^[^0]1", " " },
		{ "^1[[:digit:]]", " 1" },
		{ "^(1[[:digit:]]|2[[.hyphen.])]3)x|^4", " 1 2 4" },
		{ "^[]a]b", " ]b ab" },
		{ "^[a-c-]x", " -x ax bx cx" },
		{ "^1(2(3(4|5)6)7)8", " 1234678 1235678" },
		{ "^1()2", " 12" },
		{ "^(a|)b", " ab b" },
		{ "^(ab)\\1", " ab" },
		{ "^a\\w", " a" },
		{ "^a^b", " a" },
		{ "^(1^|2)3", " 1 23" },
		{ "^123456789012345678901234567890", " 123456789012345678901234" },
		{ "^ab?{2}", " a" },
		{ "^(a|b)(c[]|)]|d)e", " ac)e ac]e ac|e ade bc)e bc]e bc|e bde" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct literals l;
		char got[LITERAL_MAX * (LITERAL_LEN + 2)];

		literal_read(cases[i].expression, &l);
		show(&l, got);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s:%s", cases[i].expression, got);
	}
}

static void the_shortest_of_them(void **state)
{
	struct literals l;

	(void)state;
	literal_read("^(12345|67)", &l);
	assert_int_equal(literal_shortest(&l), 2);
	literal_read("1", &l);
	assert_int_equal(literal_shortest(&l), 0);
}

static uint32_t next(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static void random_expression(uint32_t *seed, char *out)
{
	static const char *const parts[] = { "0", "1", "2",  "[01]", "[^0]",   "[0-2]", ".",    "(",
					     ")", "|", "*",  "+",    "?",      "{2}",   "{1,}", "{0,2}",
					     "^", "$", "|^", "\\+",  "(01|2)", "(0|1)?" };
	unsigned n = next(seed, 7);

	strcpy(out, next(seed, 8) ? "^" : "");
	while (n-- > 0)
		strcat(out, parts[next(seed, sizeof(parts) / sizeof(*parts))]);
}

static bool begins_with_any(const char *text, const struct literals *l)
{
	for (unsigned i = 0; i < l->n; i++)
		if (strncmp(text, l->one[i].text, l->one[i].n) == 0)
			return true;
	return false;
}

/* Whatever the C library finds fitting begins with one of them. Short expressions: it takes its time for others. */
static void nothing_that_fits_is_missed(void **state)
{
	uint32_t seed = 1;
	unsigned compiled = 0, fitted = 0;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char expression[128];
		struct literals l;
		regex_t re;

		random_expression(&seed, expression);
		if (regcomp(&re, expression, REG_EXTENDED | REG_NOSUB))
			continue;
		compiled++;
		literal_read(expression, &l);
		assert_in_range(l.n, 1, LITERAL_MAX);
		for (unsigned k = 0; k < 20; k++) {
			static const char alphabet[] = "012+";
			char text[9];
			unsigned n = next(&seed, 9);

			for (unsigned c = 0; c < n; c++)
				text[c] = alphabet[next(&seed, 4)];
			text[n] = '\0';
			if (regexec(&re, text, 0, NULL, 0))
				continue;
			fitted++;
			if (!begins_with_any(text, &l))
				fail_msg("%s fits %s", text, expression);
		}
		regfree(&re);
	}
	assert_true(compiled > 1000 && fitted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_texts_begin_with),
		cmocka_unit_test(the_shortest_of_them),
		cmocka_unit_test(nothing_that_fits_is_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
