/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alg/nat/scrub.h"
#include "tests/unit/guard.h"

typedef int scrub_fn(struct writer *w, struct span value, struct span host);

struct scrub_case {
	const char *in, *out; /* NULL: nothing of it may be seen */
};

static void check(scrub_fn *scrub, const struct scrub_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char out[256];
		struct writer w = writer_over(out, sizeof(out) - 1);
		struct span in = guard_span(span_str(cases[i].in));
		int failed = scrub(&w, in, SPAN("us"));

		out[w.n] = '\0';
		if (failed != (cases[i].out ? 0 : -1) || (!failed && strcmp(out, cases[i].out) != 0))
			fail_msg("\"%s\": %d \"%s\"", cases[i].in, failed, out);
		guard_free(in);
	}
}

static void sounds_and_pictures(void **state)
{
	static const struct scrub_case cases[] = {
		{ "<urn:alert:service:call-waiting>", "<urn:alert:service:call-waiting>" },
		{ "<http://10.0.0.9/ring.wav>", NULL },
		{ "<https://10.0.0.9/a.png>;purpose=icon", NULL },
		{ "<cid:a@10.0.0.9>", NULL },
		{ "<http://10.0.0.9>;info=alert-autoanswer", "<http://us>;info=alert-autoanswer" },
		{ "<http://10.0.0.9>;x-line-id=0;info=Bellcore-dr3;appearance=1",
		  "<http://us>;info=Bellcore-dr3;appearance=1" },
		{ "<sip:10.0.0.9>;answer-after=0", "<sip:us>;answer-after=0" },
		{ "<sip:busy@10.0.0.9:5062;x=1>;m=10.0.0.9", "<sip:busy@us>" },
		{ "<tel:+4930>", "<tel:+4930>" },
		{ "<Bellcore-dr2>", "<Bellcore-dr2>" },
		{ "Bellcore-dr3", "Bellcore-dr3" },
		{ "Auto Answer", "Auto Answer" },
		{ "ring;info=x;y=10.0.0.9", "ring;info=x" },
		{ "10.0.0.9", NULL },
		{ "http://10.0.0.9;info=x", NULL },
		{ "<http://10.0.0.9", NULL },
		{ "<>", NULL },
		{ "", NULL },
	};

	(void)state;
	check(scrub_info, cases, sizeof(cases) / sizeof(*cases));
}

static void warnings(void **state)
{
	static const struct scrub_case cases[] = {
		{ "301 10.0.0.9 \"no address 10.0.0.9\"", "301 us \"Incompatible network address formats\"" },
		{ "399 inside \"x\"", "399 us \"Miscellaneous warning\"" },
		{ "388 inside \"x\"", "388 us \"Miscellaneous warning\"" },
		{ "299 inside \"x\"", NULL },
		{ "400 inside \"x\"", NULL },
		{ "inside \"x\"", NULL },
		{ "", NULL },
	};

	(void)state;
	check(scrub_warning, cases, sizeof(cases) / sizeof(*cases));
}

static void places(void **state)
{
	static const struct scrub_case cases[] = {
		{ "<cid:a@10.0.0.9>", "<cid:a@us>" },
		{ "<cid:a@10.0.0.9>;x=y", "<cid:a@us>;x=y" },
		{ "<cid:a>", "<cid:a>" },
		{ "<cid:a@[2001:db8::9]>", "<cid:a@us>" },
		{ "<cid:a@part.example>", "<cid:a@part.example>" },
		{ "<https://lis.example/1>", "<https://lis.example/1>" },
		{ "<cid:a@10.0.0.9", "<cid:a@us" },
	};

	(void)state;
	check(scrub_location, cases, sizeof(cases) / sizeof(*cases));
}

static void charging_vectors(void **state)
{
	static const struct scrub_case cases[] = {
		{ "icid-value=1234;icid-generated-at=10.0.0.9;orig-ioi=home1.net",
		  "icid-value=1234;orig-ioi=home1.net" },
		{ "icid-value=\"a;b\" ; term-ioi=x", "icid-value=\"a;b\";term-ioi=x" },
		{ "icid-generated-at=10.0.0.9", NULL },
		{ "icid-value", NULL },
		{ "", NULL },
	};

	(void)state;
	check(scrub_charging, cases, sizeof(cases) / sizeof(*cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sounds_and_pictures),
		cmocka_unit_test(warnings),
		cmocka_unit_test(places),
		cmocka_unit_test(charging_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
