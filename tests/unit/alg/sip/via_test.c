/* SPDX-License-Identifier: BSD-3-Clause */
/* Via values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "alg/sip/via.h"
#include "tests/unit/guard.h"

static void part(struct writer *w, const char *label, struct span s)
{
	if (!span_is_set(s))
		return;
	writer_str(w, label);
	writer_put(w, s);
}

/* Transport host port and what else there is, or "-" where it is refused. */
static struct span show(struct span in, char *buf, uint32_t cap)
{
	struct writer w = writer_over(buf, cap);
	struct via v;

	if (via_parse(in, &v))
		return SPAN("-");
	writer_put(&w, v.transport);
	part(&w, " ", v.host);
	writer_byte(&w, ' ');
	writer_u64(&w, v.port);
	part(&w, " b=", v.branch);
	part(&w, " r=", v.received);
	part(&w, " p=", v.rport);
	return writer_done(&w);
}

static void values(void **state)
{
	static const struct {
		const char *in, *expected;
	} cases[] = {
		{ "SIP/2.0/UDP 192.0.2.1", "UDP 192.0.2.1 0" },
		{ "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport", "UDP 192.0.2.1 5060 b=z9hG4bK1 p=" },
		{ "sip/2.0/tcp a.example.com;received=192.0.2.9;rport=4711", "tcp a.example.com 0 r=192.0.2.9 p=4711" },
		{ "SIP / 2.0 / TLS\r\n h.example.com : 65535 ; branch = x ;\tttl=1", "TLS h.example.com 65535 b=x" },
		{ "SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKa", "WSS df7jal23ls0d.invalid 0 b=z9hG4bKa" },
		{ "SIP/2.0/UDP [2001:db8::9:1]:6050;received=2001:db8::9:255",
		  "UDP [2001:db8::9:1] 6050 r=2001:db8::9:255" },
		{ "SIP/2.0/UDP [2001:db8::1];received=[2001:db8::2]", "UDP [2001:db8::1] 0 r=[2001:db8::2]" },
		{ "SIP/2.0/UDP pbx_1;branch=z9hG4bKx", "UDP pbx_1 0 b=z9hG4bKx" },
		{ "", "-" },
		{ "SIP/2.0/UDP", "-" },
		{ "SIP/2.0/UDP ", "-" },
		{ "SIP/2.0/UDP ;branch=x", "-" },
		{ "SIP/3.0/UDP 192.0.2.1", "-" },
		{ "HTTP/2.0/UDP 192.0.2.1", "-" },
		{ "SIP/2.0/UDP192.0.2.1", "-" },
		{ "SIP/2.0/U P 192.0.2.1", "-" },
		{ "SIP/2.0/UDP 192.0.2.1:0", "-" },
		{ "SIP/2.0/UDP 192.0.2.1:65536", "-" },
		{ "SIP/2.0/UDP 192.0.2.1:", "-" },
		{ "SIP/2.0/UDP 192.0.2.1:4294967301", "-" },
		{ "SIP/2.0/UDP 192.0.2.256", "-" },
		{ "SIP/2.0/UDP 2001:db8::1", "-" },
		{ "SIP/2.0/UDP [2001:db8::1", "-" },
		{ "SIP/2.0/UDP [2001:db8::1]x", "-" },
		{ "SIP/2.0/UDP a b", "-" },
		{ "SIP/2.0/UDP a,b", "-" },
		{ "SIP/2.0/UDP a;branch=x;branch=y", "-" },
		{ "SIP/2.0/UDP a;branch=x;Branch=x", "-" },
		{ "SIP/2.0/UDP a;rport;rport=1", "-" },
		{ "SIP/2.0/UDP a;branch", "-" },
		{ "SIP/2.0/UDP a;branch=", "-" },
		{ "SIP/2.0/UDP a;received", "-" },
		{ "SIP/2.0/UDP 192.0.2.15;;", "-" },
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

static void sent_by_is_host_and_port(void **state)
{
	struct via v;

	(void)state;
	assert_int_equal(via_parse(SPAN("SIP/2.0/UDP a.example.com : 5070 ;x"), &v), 0);
	assert_true(span_eq(v.sent_by, SPAN("a.example.com : 5070")));
	assert_true(span_eq(v.params, SPAN(";x")));
	assert_int_equal(via_parse(SPAN("SIP/2.0/UDP [::1] ;x"), &v), 0);
	assert_true(span_eq(v.sent_by, SPAN("[::1]")));
}

static void the_cookie_needs_more_behind_it(void **state)
{
	static const struct {
		const char *branch;
		bool expected;
	} cases[] = {
		{ "z9hG4bK1", true },
		{ "z9hG4bK", false },
		{ "z9hG4b", false },
		{ "1z9hG4bK1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct via v = { .branch = span_str(cases[i].branch) };

		assert_int_equal(via_has_cookie(&v), cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(sent_by_is_host_and_port),
		cmocka_unit_test(the_cookie_needs_more_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
