/* SPDX-License-Identifier: BSD-3-Clause */
/* Option tags as a set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/option_tags.h"
#include "tests/unit/guard.h"

static struct sip_msg msg;

/* A message with these header lines; caller frees the guard. */
static struct span message(const char *lines)
{
	char text[512];
	struct writer w = writer_over(text, sizeof(text));
	struct span raw;

	writer_str(&w, "OPTIONS sip:b.example SIP/2.0\r\n");
	writer_str(&w, lines);
	writer_str(&w, "\r\n");
	raw = guard_span(writer_done(&w));
	assert_int_equal(sip_msg_index(raw, &msg), SIP_OK);
	return raw;
}

static void sets(void **state)
{
	static const struct {
		const char *lines;
		const char *written; /* the set again, in the table's order */
		bool other;
	} cases[] = {
		{ "Supported: timer, 100rel\r\n", "100rel, timer", false },
		{ "k: replaces\r\nSupported: TIMER,,norefersub\r\n", "timer, replaces, norefersub", false },
		{ "Supported: histinfo, x-sausage, gruu\r\n", "histinfo, gruu", true },
		{ "Supported: 199\r\n", "199", false },
		{ "Supported: 1990\r\n", "", true },
		{ "Supported:\r\n", "", false },
		{ "Supported: ,\r\n", "", false },
		{ "Require: timer\r\n", "", false },
		{ "", "", false },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span raw = message(cases[i].lines);
		struct writer w = writer_over(buf, sizeof(buf));
		uint32_t set = option_tags_read(&msg, SIP_HDR_SUPPORTED);

		option_tags_write(&w, set);
		if (!span_eq(writer_done(&w), span_str(cases[i].written)) ||
		    cases[i].other != !!(set & OPTION_BIT(OPTION_OTHER)))
			fail_msg("%s: %x '%.*s'", cases[i].lines, set, SPAN_ARG(writer_done(&w)));
		guard_free(raw);
	}
}

static void beyond(void **state)
{
	static const struct {
		const char *lines;
		const char *tag; /* NULL: none */
	} cases[] = {
		{ "Require: timer, 100rel\r\n", NULL },
		{ "Require: timer, Path, gruu\r\n", "Path" },
		{ "Require: timer\r\nRequire: sausage\r\n", "sausage" },
		{ "Require: ,\r\n", NULL },
		{ "", NULL },
	};
	/* That the set holds "other" lets nothing unknown by. */
	const uint32_t set = OPTION_BIT(OPTION_TIMER) | OPTION_BIT(OPTION_100REL) | OPTION_BIT(OPTION_OTHER);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span raw = message(cases[i].lines);
		struct span tag = option_tags_beyond(&msg, SIP_HDR_REQUIRE, set);

		if (span_is_set(tag) != (cases[i].tag != NULL) || !span_eq(tag, span_str(cases[i].tag)))
			fail_msg("%s: '%.*s'", cases[i].lines, SPAN_ARG(tag));
		guard_free(raw);
	}
}

static void each_name_finds_its_tag(void **state)
{
	char buf[32];

	(void)state;
	for (enum option_tag t = 0; t < OPTION_OTHER; t++) {
		struct writer w = writer_over(buf, sizeof(buf));

		option_tags_write(&w, OPTION_BIT(t));
		assert_int_equal(option_tag_find(writer_done(&w)), t);
	}
	assert_int_equal(option_tag_find((struct span){ 0 }), OPTION_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(beyond),
		cmocka_unit_test(each_name_finds_its_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
