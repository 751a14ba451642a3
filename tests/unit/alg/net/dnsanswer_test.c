/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/net/dnsanswer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/alg/net/dnstext.h"
#include "tests/unit/guard.h"

/* Writes what was read, a line a record, as "SECTION OWNER TTL TYPE …"; "!" where the rest can't be read. */
static void describe(struct span raw, struct writer *w)
{
	struct span text = guard_span(raw);
	struct dnsanswer a;
	struct dnsrecord d;
	int more;

	if (dnsanswer_open(text, &a)) {
		writer_str(w, "closed");
		guard_free(text);
		return;
	}
	while ((more = dnsanswer_next(&a, &d)) == 1) {
		char addr[ADDR_TEXT_MAX] = "";

		writer_format(w, "%d %s %u %u", d.section, d.owner, d.ttl, d.type);
		if (addr_is_set(&d.addr))
			writer_format(w, " %s", addr_text(&d.addr, addr));
		if (d.type == DNS_NAPTR)
			writer_format(w, " %u %u %.*s %.*s %s", d.order, d.weight, SPAN_ARG(d.flag),
				      SPAN_ARG(d.service), d.target);
		if (d.type == DNS_SRV)
			writer_format(w, " %u %u %u %s", d.order, d.weight, d.port, d.target);
		if (d.type == DNS_CNAME)
			writer_format(w, " %s", d.target);
		if (d.type == DNS_SOA)
			writer_format(w, " %u", d.negative_ttl);
		writer_str(w, "\n");
	}
	if (more < 0)
		writer_str(w, "!");
	/* Nothing more after the end, whatever it was. */
	assert_int_equal(dnsanswer_next(&a, &d), 0);
	guard_free(text);
}

static void expect_text(struct span raw, const char *expected)
{
	char text[32768];
	struct writer w = writer_over(text, sizeof(text) - 1);

	describe(raw, &w);
	assert_false(w.failed);
	text[w.n] = '\0';
	assert_string_equal(text, expected);
}

static void every_type(void **state)
{
	static const struct {
		const char *lines, *expected;
	} cases[] = {
		{ "", "" },
		{ "a.example 60 A 192.0.2.1", "0 a.example 60 1 192.0.2.1:0\n" },
		{ "a.example 60 AAAA 2001:db8::1", "0 a.example 60 28 [2001:db8::1]:0\n" },
		{ "A.EXAMPLE 0 CNAME B.Example", "0 a.example 0 5 b.example\n" },
		{ "_sip._udp.x 7 SRV 10 20 5070 h.x", "0 _sip._udp.x 7 33 10 20 5070 h.x\n" },
		{ "_sip._udp.x 7 SRV 0 0 0 .", "0 _sip._udp.x 7 33 0 0 0 .\n" },
		{ "x 8 NAPTR 10 50 s SIP+D2U _sip._udp.x", "0 x 8 35 10 50 s SIP+D2U _sip._udp.x\n" },
		{ "x 9 16 text", "0 x 9 16\n" },
		{ ". 1 A 192.0.2.1", "0 . 1 1 192.0.2.1:0\n" },
		/* RFC 2181 8: the top bit of a TTL is no part of it. */
		{ "x 2147483647 A 192.0.2.1", "0 x 2147483647 1 192.0.2.1:0\n" },
		{ "x 2147483648 A 192.0.2.1", "0 x 0 1 192.0.2.1:0\n" },
		/* RFC 2308 5: the lesser of the SOA's TTL and its last number. */
		{ "--\nx 60 SOA 30", "1 x 60 6 30\n" },
		{ "--\nx 20 SOA 30", "1 x 20 6 20\n" },
		{ "a.x 1 A 192.0.2.1\n--\nx 2 2 ns\n--\nns.x 3 A 192.0.2.2\nns.x 4 A 192.0.2.3",
		  "0 a.x 1 1 192.0.2.1:0\n1 x 2 2\n2 ns.x 3 1 192.0.2.2:0\n2 ns.x 4 1 192.0.2.3:0\n" },
		/* A name of bytes that no host has is told as none. */
		{ "a*b.x 1 A 192.0.2.1", "0  1 1 192.0.2.1:0\n" },
		{ "x 7 SRV 1 2 3 a/b", "0 x 7 33 1 2 3 \n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char raw[4096];
		struct writer w = writer_over(raw, sizeof(raw));

		dnstext_answer(&w, 0, "x", 255, cases[i].lines);
		expect_text(writer_done(&w), cases[i].expected);
	}
}

/* Bytes by hand: HEADER(answers) and what follows it. */
#define HEADER(n) "\0\1\x81\x80\0\0\0" n "\0\0\0\0"
#define RAW(s)    SPAN(s)

static void compression(void **state)
{
	static const struct {
		const char *what;
		struct span raw;
		const char *expected;
	} cases[] = {
		{ "back to a name before",
		  RAW(HEADER("\2") "\1a\1x\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"
				   "\1b\xc0\x0e\0\1\0\1\0\0\0\1\0\4\1\2\3\5"),
		  "0 a.x 1 1 1.2.3.4:0\n0 b.x 1 1 1.2.3.5:0\n" },
		{ "to itself", RAW(HEADER("\1") "\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), "!" },
		{ "to its own labels", RAW(HEADER("\1") "\1a\xc0\x0c\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), "!" },
		{ "forward", RAW(HEADER("\1") "\xc0\x10\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), "!" },
		{ "beyond the end", RAW(HEADER("\1") "\xff\xff\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), "!" },
		{ "half a pointer", RAW(HEADER("\1") "\xc0"), "!" },
		{ "a label of a kind that is not", RAW(HEADER("\1") "\x80\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), "!" },
		{ "a label longer than what is left",
		  RAW(HEADER("\1") "\x3f"
				   "ab"),
		  "!" },
		{ "no end", RAW(HEADER("\1") "\1a\1b"), "!" },
		{ "into the header", RAW(HEADER("\1") "\xc0\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"), "0 . 1 1 1.2.3.4:0\n" },
		{ "two that point at each other",
		  RAW(HEADER("\2") "\1a\1x\0\0\1\0\1\0\0\0\1\0\4\xc0\x2a\3\4"
				   "\xc0\x18\0\1\0\1\0\0\0\1\0\4\xc0\x18\3\5"),
		  "0 a.x 1 1 192.42.3.4:0\n!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].what);
		expect_text(cases[i].raw, cases[i].expected);
	}
}

/* Data must be as long as it says. */
static void lengths(void **state)
{
	static const struct {
		struct span raw;
		const char *expected;
	} cases[] = {
		{ RAW(HEADER("\1") "\0\0\1\0\1\0\0\0\1\0\3\1\2\3"), "!" },
		{ RAW(HEADER("\1") "\0\0\1\0\1\0\0\0\1\0\5\1\2\3\4\5"), "!" },
		{ RAW(HEADER("\1") "\0\0\1\0\1\0\0\0\1\0\4\1\2\3"), "!" },
		{ RAW(HEADER("\1") "\0\0\x10\0\1\0\0\0\1\xff\xff\1\2\3"), "!" },
		{ RAW(HEADER("\1") "\0\0\x21\0\1\0\0\0\1\0\6\0\1\0\2\0\3"), "!" },
		{ RAW(HEADER("\1") "\0\0\x23\0\1\0\0\0\1\0\6\0\1\0\2\1s"), "!" },
		{ RAW(HEADER("\2") "\0\0\x10\0\1\0\0\0\1\0\0"), "0 . 1 16\n!" },
		/* Another class is skipped, whatever is in it. */
		{ RAW(HEADER("\1") "\0\0\1\0\3\0\0\0\1\0\2\1\2"), "" },
		/* Less records than told, more bytes than records. */
		{ RAW(HEADER("\1")), "!" },
		{ RAW(HEADER("\0") "\1\2\3"), "" },
		/* No header, a question instead of an answer, two questions, a broken one. */
		{ RAW(""), "closed" },
		{ RAW("\0\1\x81\x80\0\0\0\0\0\0\0"), "closed" },
		{ RAW("\0\1\x01\x00\0\1\0\0\0\0\0\0\0\0\1\0\1"), "closed" },
		{ RAW("\0\1\x81\x80\0\2\0\0\0\0\0\0\0\0\1\0\1\0\0\1\0\1"), "closed" },
		{ RAW("\0\1\x81\x80\0\1\0\0\0\0\0\0\0\0\1\0"), "closed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("case %zu\n", i);
		expect_text(cases[i].raw, cases[i].expected);
	}
}

static void flags(void **state)
{
	struct dnsanswer a;

	(void)state;
	assert_int_equal(dnsanswer_open(RAW("\0\1\x81\x83\0\0\0\0\0\0\0\0"), &a), 0);
	assert_int_equal(a.rcode, 3);
	assert_false(a.truncated);
	assert_int_equal(dnsanswer_open(RAW("\0\1\x83\x80\0\0\0\0\0\0\0\0"), &a), 0);
	assert_int_equal(a.rcode, 0);
	assert_true(a.truncated);
}

/* 255 bytes on the wire with all lengths: the longest name there is. */
static void long_names(void **state)
{
	static const struct {
		unsigned last; /* bytes of the last of four labels, the others have 63 */
		const char *end;
	} cases[] = { { 61, " 1 1 1.2.3.4:0\n" }, { 62, "!" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char raw[512], text[512];
		struct writer w = writer_over(raw, sizeof(raw)), t = writer_over(text, sizeof(text));

		writer_put(&w, RAW(HEADER("\1")));
		for (unsigned k = 0; k < 4; k++) {
			unsigned n = k == 3 ? cases[i].last : 63;

			writer_byte(&w, (char)n);
			for (unsigned j = 0; j < n; j++)
				writer_byte(&w, 'a');
		}
		writer_put(&w, RAW("\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"));
		describe(writer_done(&w), &t);
		assert_false(t.failed);
		assert_true(t.n >= strlen(cases[i].end));
		assert_memory_equal(t.p + t.n - strlen(cases[i].end), cases[i].end, strlen(cases[i].end));
		assert_int_equal(t.n, i == 0 ? 2 + 253 + strlen(cases[i].end) : 1);
	}
}

/* What comes after is not looked at. */
static void too_many_records(void **state)
{
	static char raw[65536];
	struct writer w = writer_over(raw, sizeof(raw));
	struct dnsanswer a;
	struct dnsrecord d;
	unsigned n = 0;

	(void)state;
	writer_put(&w, RAW("\0\1\x81\x80\0\0\3\xe8\0\0\0\0"));
	for (int i = 0; i < 1000; i++)
		writer_put(&w, RAW("\0\0\1\0\1\0\0\0\1\0\4\1\2\3\4"));
	assert_int_equal(dnsanswer_open(writer_done(&w), &a), 0);
	while (dnsanswer_next(&a, &d) == 1)
		n++;
	assert_int_equal(n, DNS_RECORDS_READ);
}

static void canonical(void **state)
{
	static const struct {
		const char *lines;
		int result;
		const char *name;
		uint32_t ttl;
	} cases[] = {
		{ "a.x 60 A 192.0.2.1", 0, "a.x", UINT32_MAX },
		{ "a.x 60 CNAME b.x\nb.x 10 A 192.0.2.1", 0, "b.x", 60 },
		{ "b.x 50 CNAME c.x\na.x 60 CNAME b.x", 0, "c.x", 50 },
		{ "c.x 50 CNAME d.x", 0, "a.x", UINT32_MAX },
		{ "a.x 60 CNAME a.x", -1, NULL, 0 },
		{ "a.x 60 CNAME b.x\nb.x 60 CNAME a.x", -1, NULL, 0 },
		{ "a.x 60 CNAME b/c", 0, "a.x", UINT32_MAX },
		/* Not an answer: an alias in another section binds nobody. */
		{ "--\na.x 60 CNAME b.x", 0, "a.x", UINT32_MAX },
		{ "a.x 1 CNAME 1.x\n1.x 1 CNAME 2.x\n2.x 1 CNAME 3.x\n3.x 1 CNAME 4.x\n4.x 1 CNAME 5.x\n"
		  "5.x 1 CNAME 6.x\n6.x 1 CNAME 7.x\n7.x 1 CNAME 8.x",
		  0, "8.x", 1 },
		{ "a.x 1 CNAME 1.x\n1.x 1 CNAME 2.x\n2.x 1 CNAME 3.x\n3.x 1 CNAME 4.x\n4.x 1 CNAME 5.x\n"
		  "5.x 1 CNAME 6.x\n6.x 1 CNAME 7.x\n7.x 1 CNAME 8.x\n8.x 1 CNAME 9.x",
		  -1, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char raw[4096], name[DNS_NAME_MAX];
		struct writer w = writer_over(raw, sizeof(raw));
		uint32_t ttl = 0;

		print_message("case %zu\n", i);
		dnstext_answer(&w, 0, "a.x", DNS_A, cases[i].lines);
		assert_int_equal(dnsanswer_canonical(writer_done(&w), "A.x.", name, &ttl), cases[i].result);
		if (cases[i].result)
			continue;
		assert_string_equal(name, cases[i].name);
		assert_int_equal(ttl, cases[i].ttl);
	}
}

static void names(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} cases[] = {
		{ "Example.COM", "example.com" },
		{ "example.com.", "example.com" },
		{ "_sip._udp.a-b", "_sip._udp.a-b" },
		{ "1", "1" },
		{ "", NULL },
		{ ".", NULL },
		{ ".1", NULL }, /* what took another product down */
		{ "a..b", NULL },
		{ "a..", NULL },
		{ "a b", NULL },
		{ "a/b", NULL },
		{ "a\\.b", NULL },
		{ "0123456789012345678901234567890123456789012345678901234567890123.x", NULL },
		{ "012345678901234567890123456789012345678901234567890123456789012.x",
		  "012345678901234567890123456789012345678901234567890123456789012.x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[DNS_NAME_MAX] = "untouched";
		struct span in = guard_span(span_str(cases[i].in));

		assert_int_equal(dnsanswer_name(in, out), cases[i].out ? 0 : -1);
		assert_string_equal(out, cases[i].out ? cases[i].out : "untouched");
		guard_free(in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type), cmocka_unit_test(compression), cmocka_unit_test(lengths),
		cmocka_unit_test(flags),      cmocka_unit_test(long_names),  cmocka_unit_test(too_many_records),
		cmocka_unit_test(canonical),  cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
