/* SPDX-License-Identifier: BSD-3-Clause */
/* From, To, Contact, Route values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/nameaddr.h"
#include "tests/unit/guard.h"

/* display|uri|params, the uri in <> where it stood in them; "*"; "-" where it is refused. */
static struct span show(struct span in, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);
	struct nameaddr a;

	if (nameaddr_parse(in, &a))
		return SPAN("-");
	if (a.star)
		return SPAN("*");
	writer_put(&w, a.display);
	writer_str(&w, a.bracketed ? "|<" : "|");
	writer_put(&w, a.uri);
	writer_str(&w, a.bracketed ? ">|" : "|");
	writer_put(&w, a.params);
	return writer_done(&w);
}

static void values(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "<sip:a@b>", "|<sip:a@b>|" },
		{ "<sip:a@b;x?h=1>;tag=1", "|<sip:a@b;x?h=1>|;tag=1" },
		{ "Alice <sip:a@b>", "Alice|<sip:a@b>|" },
		{ "caller<sip:a@b>;tag=323", "caller|<sip:a@b>|;tag=323" },
		{ "A. \r\n B  <sip:a@b>", "A. \r\n B|<sip:a@b>|" },
		{ "\"Bell, <Alexander>\" <sip:a@b>;tag=43", "\"Bell, <Alexander>\"|<sip:a@b>|;tag=43" },
		{ "\"\" <sip:a@b>", "\"\"|<sip:a@b>|" },
		{ "\"a\\\"b\\\\\"<sip:a@b> ; q = 0.5", "\"a\\\"b\\\\\"|<sip:a@b>|; q = 0.5" },
		{ "\xd0\x96 <sip:a@b>", "\xd0\x96|<sip:a@b>|" },
		{ "sip:a@b", "|sip:a@b|" },
		{ "sip:a@b;tag=1", "|sip:a@b|;tag=1" },
		{ "sip:a@b ; tag = 1", "|sip:a@b|; tag = 1" },
		{ "sip:a@b;x=\"c@d\"", "|sip:a@b|;x=\"c@d\"" },
		{ "tel:+1201;tag=1", "|tel:+1201|;tag=1" },
		{ "<sip:a@b>;+sip.instance=\"<urn:uuid:0>\"", "|<sip:a@b>|;+sip.instance=\"<urn:uuid:0>\"" },
		{ " * ", "*" },
		{ "", "-" },
		{ "<>", "-" },
		{ "Alice", "|Alice|" }, /* for uri_parse to refuse */
		{ "Alice sip:a@b", "-" },
		{ "Bell, Alexander <sip:a@b>;tag=43", "-" },
		{ "\"Mr. J. User <sip:a@b>", "-" },
		{ "\"x\" y <sip:a@b>", "-" },
		{ "\"x\" sip:a@b", "-" },
		{ "< sip:a@b>", "-" },
		{ "<sip:a@b >", "-" },
		{ "<sip:a b>", "-" },
		{ "<sip:a@b", "-" },
		{ "<sip:a@b>>", "-" },
		{ "<<sip:a@b>>", "-" },
		{ "<sip:a@b>x", "-" },
		{ "<sip:a@b>;", "-" },
		{ "<sip:a@b>;;;;", "-" },
		{ "<sip:a@b>,<sip:c@d>", "-" },
		{ "sip:a@b?Route=%3Csip:c%3E", "-" },
		{ "sip:a,b@c", "-" },
		{ "sip:a;b@c;tag=1", "-" },
		{ "sip:a;x=b@c;tag=1", "-" },
		{ "*;q=1", "|*|;q=1" }, /* likewise */
		{ "A@b <sip:a@b>", "-" },
	};
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct span got = show(in, buf, sizeof(buf));

		if (!span_eq(got, span_str(cases[i].expected)))
			fail_msg("'%s': got '%.*s'", cases[i].in, SPAN_ARG(got));
		guard_free(in);
	}
}

static void absent_parts_are_absent(void **state)
{
	struct nameaddr a;

	(void)state;
	assert_int_equal(nameaddr_parse(SPAN("<sip:a@b>"), &a), 0);
	assert_false(span_is_set(a.display) || span_is_set(a.params));
}

static void tags(void **state)
{
	static const struct {
		const char *in, *expected; /* NULL: absent */
	} cases[] = {
		{ "<sip:a@b>;tag=1", "1" },
		{ "<sip:a@b;tag=2>;x=1;TAG=3", "3" },
		{ "sip:a@b;tag=4", "4" },
		{ "<sip:a@b;tag=2>", NULL },
		{ "\"x;tag=5\" <sip:a@b>", NULL },
		{ "<sip:a@b>;tag", NULL },
		{ "<sip:a@b>;tag=", NULL },
		{ "<sip:a@b", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in)), tag = nameaddr_tag(in);

		if (span_is_set(tag) != (cases[i].expected != NULL) || !span_eq(tag, span_str(cases[i].expected)))
			fail_msg("'%s': got '%.*s'", cases[i].in, SPAN_ARG(tag));
		guard_free(in);
	}
}

static void a_tag_is_clear_when_it_is_there_once_with_a_value(void **state)
{
	static const struct {
		const char *in;
		bool unclear;
	} cases[] = {
		{ "<sip:a@b>", false },
		{ "<sip:a@b;tag=1;tag=2>;tag=3", false },
		{ "<sip:a@b>;x;tag=1;y=2", false },
		{ "<sip:a@b>;tag=1;TAG=2", true },
		{ "<sip:a@b>;tag=1;tag=1", true },
		{ "<sip:a@b>;tag", true },
		{ "<sip:a@b>;tag;tag=1", true },
		{ "<sip:a@b>;tag=1;tag", true },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nameaddr v;

		assert_int_equal(nameaddr_parse(span_str(cases[i].in), &v), 0);
		if (v.tag_unclear != cases[i].unclear)
			fail_msg("'%s'", cases[i].in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(absent_parts_are_absent),
		cmocka_unit_test(tags),
		cmocka_unit_test(a_tag_is_clear_when_it_is_there_once_with_a_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
