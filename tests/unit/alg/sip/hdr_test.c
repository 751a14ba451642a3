/* SPDX-License-Identifier: BSD-3-Clause */
/* Header names: every one is found, in every spelling, and nothing else is. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/hdr.h"
#include "tests/unit/guard.h"

static enum sip_hdr find(struct span name)
{
	struct span guarded = guard_span(name);
	enum sip_hdr hdr = sip_hdr_find(guarded);

	guard_free(guarded);
	return hdr;
}

static void every_name_is_found(void **state)
{
	(void)state;
	for (enum sip_hdr hdr = 0; hdr < SIP_HDR_OTHER; hdr++)
		if (find(sip_hdr_info[hdr].name) != hdr)
			fail_msg("%.*s is not in by_letter", SPAN_ARG(sip_hdr_info[hdr].name));
}

static void case_does_not_matter(void **state)
{
	char text[64];

	(void)state;
	for (enum sip_hdr hdr = 0; hdr < SIP_HDR_OTHER; hdr++) {
		struct span name = sip_hdr_info[hdr].name;

		for (uint32_t i = 0; i < name.n; i++)
			text[i] = (char)(i % 2 ? toupper(name.p[i]) : tolower(name.p[i]));
		assert_int_equal(find(span_of(text, name.n)), hdr);
	}
}

static void one_letter_names_are_those_of_the_table(void **state)
{
	(void)state;
	for (char c = 'a'; c <= 'z'; c++) {
		char upper = (char)toupper(c);
		enum sip_hdr expected = 0;

		while (expected < SIP_HDR_OTHER && sip_hdr_info[expected].compact != c)
			expected++;
		if (find(span_of(&c, 1)) != expected || find(span_of(&upper, 1)) != expected)
			fail_msg("compact form %c", c);
	}
}

static void other_names_are_other(void **state)
{
	static const char *const names[] = {
		"",
		":",
		"@",
		"[",
		"{",
		"-",
		"Vi",
		"Viaa",
		"Fro",
		"C%6Fntact",
		"Content-Lengt",
		"Content-Lengthy",
		"X-Via",
		"Contact ",
		"1",
		"\x80",
		"z",
		"Content_Length",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (find(span_str(names[i])) != SIP_HDR_OTHER)
			fail_msg("'%s' was found", names[i]);
}

static void flags_are_those_of_the_rfc(void **state)
{
	(void)state;
	assert_true(sip_hdr_info[SIP_HDR_VIA].list && !sip_hdr_info[SIP_HDR_VIA].unique);
	assert_true(sip_hdr_info[SIP_HDR_TO].unique && !sip_hdr_info[SIP_HDR_TO].list);
	assert_false(sip_hdr_info[SIP_HDR_AUTHORIZATION].list); /* RFC 3261 7.3.1: commas of its own */
	assert_false(sip_hdr_info[SIP_HDR_OTHER].list || sip_hdr_info[SIP_HDR_OTHER].unique);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_found),
		cmocka_unit_test(case_does_not_matter),
		cmocka_unit_test(one_letter_names_are_those_of_the_table),
		cmocka_unit_test(other_names_are_other),
		cmocka_unit_test(flags_are_those_of_the_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
