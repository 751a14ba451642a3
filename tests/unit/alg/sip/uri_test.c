/* SPDX-License-Identifier: BSD-3-Clause */
/* URIs: what is read, what is refused, and which are equal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/sip/uri.h"
#include "tests/unit/guard.h"

static void part(struct writer *w, const char *label, struct span s)
{
	if (!span_is_set(s))
		return;
	writer_str(w, label);
	writer_put(w, s);
}

/* The parts, each behind its letter; "-" where it is refused. */
static struct span show(struct span in, char *buf, uint32_t cap)
{
	static const char *const schemes[] = { "sip", "sips", "tel", "other" };
	struct writer w = writer_over(buf, cap);
	struct uri u;

	if (uri_parse(in, &u))
		return SPAN("-");
	writer_str(&w, schemes[u.scheme]);
	part(&w, " u=", u.user);
	part(&w, " pw=", u.password);
	part(&w, " h=", u.host);
	if (u.port) {
		writer_byte(&w, ':');
		writer_u64(&w, u.port);
	}
	part(&w, " p=", u.params);
	part(&w, " ?=", u.headers);
	return writer_done(&w);
}

static const struct {
	const char *in, *expected;
} uris[] = {
	{ "sip:example.com", "sip h=example.com" },
	{ "SIPS:a@example.com:5061", "sips u=a h=example.com:5061" },
	{ "sip:a:secret@h", "sip u=a pw=secret h=h" },
	{ "sip:a:@h", "sip u=a pw= h=h" },
	{ "sip:+1-201;ext=3@h;user=phone", "sip u=+1-201;ext=3 h=h p=;user=phone" },
	{ "sip:a?b@h", "sip u=a?b h=h" },
	{ "sip:%00a%40@h", "sip u=%00a%40 h=h" },
	{ "sip:a@h;lr;maddr=[::1];x=1:2/3?Subject=a%20b&To=",
	  "sip u=a h=h p=;lr;maddr=[::1];x=1:2/3 ?=Subject=a%20b&To=" },
	{ "sip:a@[2001:db8::10]:5070", "sip u=a h=[2001:db8::10]:5070" },
	{ "sip:a@[2001:db8:::192.0.2.1]", "sip u=a h=[2001:db8:::192.0.2.1]" },
	{ "sip:192.0.2.1", "sip h=192.0.2.1" },
	{ "sip:a@1.example", "sip u=a h=1.example" },
	{ "sip:a@example.com.", "sip u=a h=example.com." },
	{ "sip:a@my_pbx", "sip u=a h=my_pbx" },
	{ "tel:+1-201-555-0123;phone-context=example.com", "tel u=+1-201-555-0123 p=;phone-context=example.com" },
	{ "tel:911", "tel u=911" },
	{ "tel:*98#", "tel u=*98#" },
	{ "urn:service:sos", "other h=service:sos" },
	{ "soap.beep://192.0.2.103:3002", "other h=//192.0.2.103:3002" },
	{ "h323:a@h", "other h=a@h" },
	{ "", "-" },
	{ "sip", "-" },
	{ "sip:", "-" },
	{ ":a@h", "-" },
	{ "1sip:a@h", "-" },
	{ "si p:a@h", "-" },
	{ "2001:db8::10", "-" },
	{ "sip:2001:db8::10", "-" },
	{ "sip:@h", "-" },
	{ "sip::pw@h", "-" },
	{ "sip:a@", "-" },
	{ "sip:a@@h", "-" },
	{ "sip:a@b@h", "-" },
	{ "sip:a b@h", "-" },
	{ "sip:a@h ", "-" },
	{ " sip:a@h", "-" },
	{ "<sip:a@h>", "-" },
	{ "sip:a<b@h", "-" },
	{ "sip:\"a\"@h", "-" },
	{ "sip:a%4@h", "-" },
	{ "sip:a%zz@h", "-" },
	{ "sip:a%", "-" },
	{ "sip:\xc3\xa9@h", "-" },
	{ "sip:a@h\x7f", "-" },
	{ "sip:a:b:c@h", "-" },
	{ "sip:a@h:0", "-" },
	{ "sip:a@h:65536", "-" },
	{ "sip:a@h:4294972356", "-" },
	{ "sip:a@h:", "-" },
	{ "sip:a@h:50x", "-" },
	{ "sip:a@.h", "-" },
	{ "sip:a@.1", "-" },
	{ "sip:a@h..x", "-" },
	{ "sip:a@.", "-" },
	{ "sip:a@-h", "-" },
	{ "sip:a@1.2.3", "-" },
	{ "sip:a@192.0.2.256", "-" },
	{ "sip:a@192.0.2.2555", "-" },
	{ "sip:a@192.0.2.1.", "sip u=a h=192.0.2.1." },
	{ "sip:a@192.0.2.1.example.com", "sip u=a h=192.0.2.1.example.com" },
	{ "sip:a@192.0.2.1a", "sip u=a h=192.0.2.1a" },
	{ "sip:a@192.0.2.1-", "sip u=a h=192.0.2.1-" },
	{ "sip:a@[", "-" },
	{ "sip:a@[]", "-" },
	{ "sip:a@[::1", "-" },
	{ "sip:a@[::1]x", "-" },
	{ "sip:a@[fe80::1%25eth0]", "-" },
	{ "sip:a@[192.0.2.1]", "-" },
	{ "sip:a@[1::2::3]", "-" },
	{ "sip:a@h;", "-" },
	{ "sip:a@h;;lr", "-" },
	{ "sip:a@h;x=", "-" },
	{ "sip:a@h;=x", "-" },
	{ "sip:a@h;x=a=b", "-" },
	{ "sip:a@h;lr;LR", "-" },
	{ "sip:a@h;l%72;lr", "-" },
	{ "sip:a@h?", "-" },
	{ "sip:a@h?x", "-" },
	{ "sip:a@h?=y", "-" },
	{ "sip:a@h?x=1&", "-" },
	{ "sip:a@h?x=1;y", "-" },
	{ "tel:", "-" },
	{ "tel:+", "-" },
	{ "tel:-", "-" },
	{ "tel:1+2", "-" },
	{ "tel:12x", "-" },
	{ "tel:12;", "-" },
	{ "urn:", "-" },
	{ "urn:a b", "-" },
	{ "http://h/<x>", "-" },
};

static void values(void **state)
{
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		struct span in = guard_span(span_str(uris[i].in));
		struct span got = show(in, buf, sizeof(buf));

		if (!span_eq(got, span_str(uris[i].expected)))
			fail_msg("'%s': got '%.*s'", uris[i].in, SPAN_ARG(got));
		guard_free(in);
	}
}

/* sip:h with n parameters of different names. */
static struct span with_params(unsigned n, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);

	writer_str(&w, "sip:h");
	for (unsigned i = 0; i < n; i++) {
		writer_str(&w, ";p");
		writer_u64(&w, i);
	}
	return writer_done(&w);
}

static void parameters_up_to_the_limit(void **state)
{
	char buf[1024];
	struct uri u;

	(void)state;
	assert_int_equal(uri_parse(with_params(URI_PARAM_MAX, buf, sizeof(buf)), &u), 0);
	assert_int_equal(uri_parse(with_params(URI_PARAM_MAX + 1, buf, sizeof(buf)), &u), -1);
}

static void output_is_untouched_by_a_failure(void **state)
{
	struct uri u = { .port = 77 };

	(void)state;
	assert_int_equal(uri_parse(SPAN("sip:a@h:99999"), &u), -1);
	assert_int_equal(u.port, 77);
}

static void what_is_written(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "sip:a:secret@h:5070;lr?x=1", "sip:a@h:5070;lr" },
		{ "sips:[::1]", "sips:[::1]" },
		{ "tel:+1-2;ext=1", "tel:+1-2;ext=1" },
		{ "urn:service:sos", "urn:service:sos" },
	};
	char buf[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = writer_over(buf, sizeof(buf));
		struct uri u;

		assert_int_equal(uri_parse(span_str(cases[i].in), &u), 0);
		uri_write(&w, &u);
		if (!span_eq(writer_done(&w), span_str(cases[i].expected)))
			fail_msg("'%s': got '%.*s'", cases[i].in, (int)w.n, buf);
	}
}

static void equality(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true },
		{ "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true },
		{ "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true },
		{ "sip:a@h;x=1;y=2", "sip:a@h;y=2;x=1", true },
		{ "sip:a@h?subject=s&to=t", "sip:a@h?to=t&subject=s", true },
		{ "sip:a@h?x=1&x=2", "sip:a@h?X=2&x=1", true },
		{ "sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]", true },
		{ "sip:a@h;%6Cr", "sip:a@h;lr", true },
		{ "SIP:a@h", "sip:a@h", true },
		{ "tel:+1-201-555", "tel:+1(201)555", true },
		{ "tel:1;ext=1;phone-context=a.b", "tel:1;phone-context=A.B;ext=1", true },
		{ "urn:x:Y", "URN:x:Y", true },
		{ "sip:Alice@h", "sip:alice@h", false },
		{ "sip:a@h", "sips:a@h", false },
		{ "sip:a@h", "sip:h", false },
		{ "sip:a@h", "sip:a:@h", false },
		{ "sip:a:x@h", "sip:a:y@h", false },
		{ "sip:a@h", "sip:a@h:5060", false },
		{ "sip:a@h", "sip:a@h;transport=udp", false },
		{ "sip:a@h", "sip:a@h;user=phone", false },
		{ "sip:a@h;ttl=1", "sip:a@h", false },
		{ "sip:a@h;method=INVITE", "sip:a@h", false },
		{ "sip:a@h;maddr=192.0.2.1", "sip:a@h", false },
		{ "sip:a@h;security=on", "sip:a@h;security=off", false },
		{ "sip:a@h;x", "sip:a@h;x=1", false },
		{ "sip:a@h", "sip:a@h?subject=s", false },
		{ "sip:a@h?subject=s", "sip:a@h?subject=t", false },
		{ "sip:a@h?x=1&x=1", "sip:a@h?x=1", false },
		{ "sip:a@192.0.2.1", "sip:a@[::ffff:192.0.2.1]", false },
		{ "sip:%00@h", "sip:%00%00@h", false },
		{ "tel:+1201", "tel:1201", false },
		{ "tel:1;ext=1", "tel:1", false },
		{ "urn:x:Y", "urn:x:y", false },
		{ "urn:x", "uri:x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct uri a, b;

		assert_int_equal(uri_parse(span_str(cases[i].a), &a), 0);
		assert_int_equal(uri_parse(span_str(cases[i].b), &b), 0);
		if (uri_eq(&a, &b) != cases[i].equal || uri_eq(&b, &a) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
		assert_true(uri_eq(&a, &a));
	}
}

static void users(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "a%62c", "abc", true }, { "%2B1", "+1", true }, { "%25%34%31", "%2541", true },
		{ "%2541", "A", false },  { "a", "A", false },    { "a", "ab", false },
		{ "a%4", "a%4", true },
	};
	char buf[16];
	struct writer w = writer_over(buf, sizeof(buf));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(uri_user_eq(span_str(cases[i].a), span_str(cases[i].b)), cases[i].equal);
	assert_true(uri_user_eq((struct span){ 0 }, (struct span){ 0 }));
	assert_false(uri_user_eq((struct span){ 0 }, SPAN("")));
	uri_user_plain(&w, SPAN("a%00%62%2541%"));
	assert_true(span_eq(writer_done(&w), span_of("a\0b%41%", 7)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(parameters_up_to_the_limit),
		cmocka_unit_test(output_is_untouched_by_a_failure),
		cmocka_unit_test(what_is_written),
		cmocka_unit_test(equality),
		cmocka_unit_test(users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
