/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/crossing.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct span lines_of(const struct leg *to, const char *method, const char *lines)
{
	static char text[2048];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_msg m = bench_msg(bench_request(&bench, method, "sip:alice@198.51.100.5", "trunk", 9, lines, ""));

	crossing_lines_write(bench.e, &w, to, &m);
	return writer_done(&w);
}

static void where_a_refer_leads(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "<sip:bob@192.0.2.7:5070;transport=tcp>", "<sip:bob@example.com>" },
		{ "sip:bob@192.0.2.7;user=phone", "<sip:bob@example.com>" },
		{ "\"B\" <sip:192.0.2.7>", "<sip:example.com>" },
		{ "<tel:+491234>", "<tel:+491234>" },
		{ "<sip:bob@192.0.2.7;method=NOTIFY>", "<sip:bob@example.com;method=NOTIFY>" },
		{ "<sip:bob@192.0.2.7;method=FROB>", "<sip:bob@example.com>" },
		{ "<sip:bob@192.0.2.7?Subject=a&Body=b>", "<sip:bob@example.com>" },
		{ "<sip:bob@192.0.2.7?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd&Require=replaces>",
		  "<sip:bob@example.com?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd>" },
		{ "<sip:bob@192.0.2.7?Replaces=a%0D%0AVia:x%3Bto-tag%3Dc%3Bfrom-tag%3Dd>", "<sip:bob@example.com>" },
		{ "<sip:bob@192.0.2.7?Replaces=a>", "<sip:bob@example.com>" },
	};
	struct span ok;
	struct leg *to;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	to = bench_call(&bench, &ok)->leg[SIDE_B];
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char in[512], out[512];

		snprintf(in, sizeof(in), "Refer-To: %s\n", cases[i].in);
		snprintf(out, sizeof(out), "Refer-To: %s\r\n", cases[i].out);
		if (!span_eq(lines_of(to, "REFER", in), span_str(out)))
			fail_msg("%s gave %.*s", cases[i].in, SPAN_ARG(lines_of(to, "REFER", in)));
	}
	bench_close(&bench);
}

/* Without a domain the host is an address, with its port where that is not the usual one. */
static void the_port_is_told_where_it_is_needed(void **state)
{
	static const struct {
		const char *listen, *out;
	} cases[] = {
		{ "udp:5060", "Refer-To: <sip:bob@198.51.100.5>\r\n" },
		{ "udp:5080", "Refer-To: <sip:bob@198.51.100.5:5080>\r\n" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char conf[1024];
		struct leg *a;
		struct span ok;

		snprintf(conf, sizeof(conf),
			 "{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": "
			 "\"10000-10099\" },"
			 " \"phones\": {} }, \"internet\": { \"address\": \"198.51.100.5\", \"listen\": [\"%s\"],"
			 " \"media\": { \"ports\": \"20000-20099\" } } }, " BENCH_TRUNK " }",
			 cases[i].listen);
		bench_open(&bench, conf);
		a = bench_call(&bench, &ok)->leg[SIDE_A];
		assert_true(span_eq(lines_of(a, "REFER", "Refer-To: <sip:bob@10.0.0.5>\n"), span_str(cases[i].out)));
		bench_close(&bench);
	}
}

static void a_target_dialog_is_for_its_peer_alone(void **state)
{
	char in[512], out[512];
	struct leg *a, *b;
	struct call *c;
	struct span ok;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	a = c->leg[SIDE_A];
	b = c->leg[SIDE_B];
	snprintf(in, sizeof(in), "Target-Dialog: %.*s;local-tag=%.*s;remote-tag=%.*s\n", SPAN_ARG(buf_span(a->call_id)),
		 SPAN_ARG(buf_span(a->local_tag)), SPAN_ARG(buf_span(a->remote_tag)));
	snprintf(out, sizeof(out), "Target-Dialog: %.*s;local-tag=%.*s;remote-tag=%.*s\r\n",
		 SPAN_ARG(buf_span(b->call_id)), SPAN_ARG(buf_span(b->remote_tag)), SPAN_ARG(buf_span(b->local_tag)));
	assert_true(span_eq(lines_of(b, "MESSAGE", in), span_str(out)));
	assert_int_equal(lines_of(a, "MESSAGE", in).n, 0);
	assert_int_equal(lines_of(b, "MESSAGE", "Target-Dialog: x;local-tag=y;remote-tag=z\n").n, 0);
	bench_close(&bench);
}

static void bodies(void **state)
{
	static const struct {
		const char *type, *in, *out; /* NULL: as it came */
	} cases[] = {
		{ "text/plain", "sip:a@192.0.2.1", NULL },
		{ "message/sipfrag", "SIP/2.0 200 OK\r\nContact: <sip:a@192.0.2.1>\r\n", "SIP/2.0 200 OK\r\n" },
		{ "message/sipfrag", "what", "" },
		{ "application/dialog-info+xml", "<dialog-info entity='sip:a@192.0.2.1'/>",
		  "<dialog-info entity='sip:a@example.com'/>" },
		{ "application/dialog-info+xml", "<dialog-info", "" },
		{ "text/plain", "", NULL },
	};
	struct span ok;
	struct leg *to;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	to = bench_call(&bench, &ok)->leg[SIDE_B];
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = bench_msg(bench_text(&bench,
							"NOTIFY sip:a@b SIP/2.0\nVia: SIP/2.0/UDP x\nContent-Type: %s\n"
							"Content-Length: %zu\n\n%s",
							cases[i].type, strlen(cases[i].in), cases[i].in));
		struct span got = crossing_body(bench.e, to, &m);

		if (span_is_set(got) != (cases[i].out != NULL) ||
		    (cases[i].out && !span_eq(got, span_str(cases[i].out))))
			fail_msg("%s: %s gave %.*s", cases[i].type, cases[i].in, SPAN_ARG(got));
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_a_refer_leads),
		cmocka_unit_test(the_port_is_told_where_it_is_needed),
		cmocka_unit_test(a_target_dialog_is_for_its_peer_alone),
		cmocka_unit_test(bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
