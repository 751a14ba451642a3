/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/errand_answer.h"

#include "tests/unit/sbc/edgebench.h"

static struct bench bench;

/* alice asks, home says that; TOKEN stands for what home knows her by. */
static void said(unsigned status, const char *lines)
{
	char text[1024];
	struct writer w = writer_over(text, sizeof(text) - 1);
	struct span left = span_str(lines), sent;
	uint32_t at;

	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 1, EDGE_CONTACT));
	sent = bench_last(&bench);
	sent = span_slice(span_from(sent, span_search(sent, SPAN("Contact: <sip:")) + 14), 0, EDGE_TOKEN_LEN);
	while ((at = span_search(left, SPAN("TOKEN"))) < left.n) {
		writer_put(&w, span_slice(left, 0, at));
		writer_put(&w, sent);
		left = span_from(left, at + 5);
	}
	writer_put(&w, left);
	text[w.n] = '\0';
	edge_answered(&bench, status, text);
}

/* A1: challenges and what else tells the phone how to go on cross as they are; what shows where home is does not. */
static void refusals(void **state)
{
	static const struct {
		unsigned status, out;
		const char *lines, *has; /* NULL: none */
		const char * not ;
	} cases[] = {
		{ 401, 401, "WWW-Authenticate: Digest  realm=\"a b\" ,nonce=\"N\",X=y\n",
		  "\r\nWWW-Authenticate: Digest  realm=\"a b\" ,nonce=\"N\",X=y\r\n", "Proxy" },
		{ 407, 407, "Proxy-Authenticate: Digest realm=\"a\",\n nonce=\"N\"\n",
		  "Proxy-Authenticate: Digest realm=\"a\",   nonce=\"N\"\r\n", "WWW" },
		{ 403, 403, "Warning: 399 10.0.0.10 \"no\"\nServer: pbx\n", NULL, "10.0.0.10" },
		{ 423, 423, "Min-Expires: 7200\n", "\r\nMin-Expires: 7200\r\n", "Contact" },
		{ 420, 420, "Unsupported: gruu\n", "\r\nUnsupported: gruu\r\n", "Contact" },
		{ 302, 480, "Contact: <sip:10.0.0.77>\n", NULL, "10.0.0.77" },
		{ 500, 500, "Retry-After: 7\n", "\r\nRetry-After: 7\r\n", "Contact" },
		{ 604, 604, "", NULL, "Contact" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%u\n", cases[i].status);
		bench_open(&bench, EDGE_CONF);
		said(cases[i].status, cases[i].lines);
		assert_int_equal(bench_last_status(&bench), cases[i].out);
		if (cases[i].has)
			bench_expect(bench_last(&bench), cases[i].has);
		bench_expect_no(bench_last(&bench), cases[i].not );
		assert_null(edge_alice(&bench));
		bench_close(&bench);
	}
}

/* G1, G3: what home grants is for us; the phone hears what it gets from us. */
static void grants(void **state)
{
	static const struct {
		const char *lines;
		unsigned granted_s; /* by home */
		const char *has;    /* NULL: nothing is registered */
	} cases[] = {
		{ "", 3600, ";expires=60\r\n" },
		{ "Expires: 1800\n", 1800, ";expires=60\r\n" },
		{ "Contact: <sip:TOKEN@10.0.0.5>;expires=900\nExpires: 1800\n", 900, ";expires=60\r\n" },
		{ "Contact: <sip:other@10.0.0.5>;expires=9\n", 3600, ";expires=60\r\n" },
		{ "Contact: <sip:o@h>;expires=9, <sip:TOKEN@10.0.0.5:5060>;expires=45\n", 45, ";expires=45\r\n" },
		{ "Contact: <sip:TOKEN@h>;expires=5\n", 5, ";expires=10\r\n" },
		{ "Contact: <sip:TOKEN@h>;expires=0\n", 0, NULL },
		{ "Contact: <sip:TOKEN@h>;expires=many\nExpires: 700\n", 700, ";expires=60\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct binding *b;

		print_message("%s\n", cases[i].lines);
		bench_open(&bench, EDGE_CONF);
		said(200, cases[i].lines);
		b = edge_alice(&bench);
		if (cases[i].has) {
			assert_int_equal(bench_last_status(&bench), 200);
			assert_non_null(b);
			assert_int_equal(b->facts.upstream_s, cases[i].granted_s);
			bench_expect(bench_last(&bench), cases[i].has);
			bench_expect(bench_last(&bench), "Contact: <sip:alice@192.168.1.10:5060>");
			bench_expect_no(bench_last(&bench), "10.0.0.5");
		} else {
			assert_null(b);
		}
		bench_close(&bench);
	}
}

/* G9: what home says of the user; its own addresses are not for phones. */
static void what_is_kept(void **state)
{
	const struct binding *b;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	said(200, "Contact: <sip:TOKEN@10.0.0.5>;pub-gruu=\"sip:alice@example.com;gr=1\";temp-gruu=\"sip:x@[::1];gr\"\n"
		  "P-Associated-URI: <sip:alice@example.com>, <sip:a@10.0.0.10>\n"
		  "P-Associated-URI: \"A\" <tel:+4930>\n"
		  "Service-Route: <sip:10.0.0.10;lr>, <sip:two.example;lr>\n"
		  "Authentication-Info:  nextnonce=\"N\" ,qop=auth\n");
	b = edge_alice(&bench);
	assert_non_null(b);
	assert_true(span_eq(b->facts.gruu, SPAN(";pub-gruu=\"sip:alice@example.com;gr=1\"")));
	assert_true(span_eq(b->facts.associated, SPAN("<sip:alice@example.com>, \"A\" <tel:+4930>")));
	assert_true(span_eq(b->facts.service_route, SPAN("<sip:10.0.0.10;lr>, <sip:two.example;lr>")));
	bench_expect(bench_last(&bench), "Authentication-Info: nextnonce=\"N\" ,qop=auth\r\n");
	bench_expect(bench_last(&bench), "P-Associated-URI: <sip:alice@example.com>, \"A\" <tel:+4930>\r\n");
	bench_expect_no(bench_last(&bench), "Service-Route");
	bench_expect_no(bench_last(&bench), "10.0.0.10");
	bench_close(&bench);
}

/* What home says at too great length is done without. */
static void too_much(void **state)
{
	char text[900];
	struct writer w = writer_over(text, sizeof(text) - 1);

	(void)state;
	bench_open(&bench, EDGE_CONF);
	writer_str(&w, "Service-Route: <sip:");
	for (unsigned i = 0; i < 760; i++)
		writer_byte(&w, 'h');
	writer_str(&w, ";lr>\n");
	text[w.n] = '\0';
	said(200, text);
	assert_int_equal(bench_last_status(&bench), 200);
	assert_non_null(edge_alice(&bench));
	assert_int_equal(edge_alice(&bench)->facts.service_route.n, 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(grants),
		cmocka_unit_test(what_is_kept),
		cmocka_unit_test(too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
