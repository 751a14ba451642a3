/* SPDX-License-Identifier: BSD-3-Clause */
/* Replaces, Join and Target-Dialog values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/escape.h"
#include "alg/sip/replaces.h"
#include "tests/unit/guard.h"

static void values(void **state)
{
	static const struct {
		const char *in;
		const char *out; /* written again; NULL: refused */
	} cases[] = {
		{ "98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff",
		  "98732@sip.example.com;to-tag=ff87ff;from-tag=r33th4x0r" },
		{ "12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only",
		  "12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only" },
		{ " 87134@171.161.34.23 ; To-Tag = 24796 ; FROM-TAG=0;x=\"y;to-tag=z\" ",
		  "87134@171.161.34.23;to-tag=24796;from-tag=0" },
		{ "w<()>%\"z{|}@h;to-tag=a;from-tag=b", "w<()>%\"z{|}@h;to-tag=a;from-tag=b" },
		{ "c;to-tag=a", NULL },
		{ "c;from-tag=a", NULL },
		{ "c;to-tag=a;from-tag", NULL },
		{ "c;to-tag=a;from-tag=\"b\"", NULL },
		{ "c;to-tag=a;to-tag=a;from-tag=b", NULL },
		{ "c;to-tag=a;from-tag=b;from-tag=c", NULL },
		{ ";to-tag=a;from-tag=b", NULL },
		{ "c d;to-tag=a;from-tag=b", NULL },
		{ "c;to-tag=a;from-tag=b, d;to-tag=a;from-tag=b", NULL },
		{ "c", NULL },
		{ "", NULL },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span in = guard_span(span_str(cases[i].in));
		struct writer w = writer_over(buf, sizeof(buf));
		struct replaces r = { .early_only = true };
		bool ok = replaces_parse(in, &r) == 0;

		if (ok)
			replaces_write(&w, &r);
		if (ok != (cases[i].out != NULL) || !span_eq(writer_done(&w), span_str(cases[i].out)))
			fail_msg("'%s': %d '%.*s'", cases[i].in, ok, SPAN_ARG(writer_done(&w)));
		if (!ok && (span_is_set(r.call_id) || !r.early_only))
			fail_msg("'%s' touched the output", cases[i].in);
		guard_free(in);
	}
}

/* RFC 4538 7: both tags from where the recipient stands. */
static void target_dialog_values(void **state)
{
	struct span in = guard_span(SPAN("fa77as7dad8@host.example.com;remote-tag=6544;local-tag=kkaz-"));
	struct span other = guard_span(SPAN("c;to-tag=a;from-tag=b"));
	char buf[128];
	struct writer w = writer_over(buf, sizeof(buf));
	struct replaces r;

	(void)state;
	assert_int_equal(target_dialog_parse(other, &r), -1);
	assert_int_equal(target_dialog_parse(in, &r), 0);
	assert_true(span_eq(r.to_tag, SPAN("kkaz-")));
	assert_true(span_eq(r.from_tag, SPAN("6544")));
	target_dialog_write(&w, &r);
	assert_true(span_eq(writer_done(&w), SPAN("fa77as7dad8@host.example.com;local-tag=kkaz-;remote-tag=6544")));
	guard_free(in);
	guard_free(other);
}

static void inside_a_uri(void **state)
{
	const struct span escaped = SPAN("12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994");
	char plain[128], back[128], value[128];
	struct writer p = writer_over(plain, sizeof(plain)), b = writer_over(back, sizeof(back));
	struct writer v = writer_over(value, sizeof(value));
	struct replaces r;

	(void)state;
	escape_read(&p, escaped);
	assert_int_equal(replaces_parse(writer_done(&p), &r), 0);
	assert_true(span_eq(r.call_id, SPAN("12345@192.168.118.3")));
	replaces_write(&v, &r);
	escape_write(&b, writer_done(&v));
	assert_true(span_eq(writer_done(&b), escaped));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(target_dialog_values),
		cmocka_unit_test(inside_a_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
