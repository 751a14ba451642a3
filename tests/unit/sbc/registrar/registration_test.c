/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/registration.h"

#include "tests/unit/sbc/bench.h"

/* What a REGISTER does is tested with the registrar (registrar_test.c), this is what others take of it. */

static struct bench bench;

static void open_reading(struct registration *g, struct sip_msg *m, const char *lines)
{
	memset(g, 0, sizeof(*g));
	*m = bench_msg(bench_text(&bench,
				  "REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKr\n"
				  "From: <sip:alice@example.com>;tag=t\nTo: <sip:alice@example.com>\nCall-ID: c\n"
				  "CSeq: 5 REGISTER\n%sContent-Length: 0\n\n",
				  lines));
	g->msg = m;
	g->from = bench_phone(&bench);
	g->where = &bench.conf->realms[0];
	g->bindings = bench.e->bindings;
	g->user = SPAN("alice");
	g->now = core_now(&bench.e->core);
}

static void what_is_read(void **state)
{
	static const struct {
		const char *lines;
		uint16_t status;
		unsigned n;
		bool star;
		const char *params; /* of the first Contact */
	} cases[] = {
		{ "", 0, 0, false, NULL },
		{ "Contact: <sip:a@h>;q=0.5;audio\n", 0, 1, false, ";q=0.5;audio" },
		{ "Contact: <sip:a@h>, <sip:b@h>\n", 0, 2, false, "" },
		{ "Contact: *\nExpires: 0\n", 0, 0, true, NULL },
		{ "Contact: *\n", 400, 0, true, NULL },
	};
	static struct registration g;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_reading(&g, &m, cases[i].lines);
		assert_int_equal(registration_read(&g), cases[i].status);
		assert_int_equal(g.n, cases[i].n);
		assert_int_equal(g.star, cases[i].star);
		if (cases[i].params)
			assert_true(span_eq(g.wish[0].params, span_str(cases[i].params)));
	}
	bench_close(&bench);
}

/* Checking alone changes nothing. */
static void a_check_changes_nothing(void **state)
{
	static struct registration g;
	char lines[128];
	struct writer w = writer_over(lines, sizeof(lines));
	struct sip_msg m;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	open_reading(&g, &m, "Contact: <sip:a@h>\n");
	assert_int_equal(registration_read(&g), 0);
	registration_match(&g);
	assert_int_equal(registration_check(&g, &w), 0);
	assert_int_equal(bindings_count(bench.e->bindings), 0);
	open_reading(&g, &m, "Contact: <sip:a@h>;expires=3\n");
	assert_int_equal(registration_read(&g), 0);
	assert_int_equal(registration_check(&g, &w), 423);
	assert_true(span_eq(writer_done(&w), SPAN("Min-Expires: 10\r\n")));
	bench_close(&bench);
}

/* What a trunk gave with the registration is said each time. */
static void what_home_gave_is_said(void **state)
{
	static struct registration g;
	char lines[512];
	struct writer w = writer_over(lines, sizeof(lines));
	struct sip_msg m;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	open_reading(&g, &m, "Contact: <sip:a@h>;expires=30\n");
	assert_int_equal(registration_read(&g), 0);
	g.wish[0].facts.gruu = SPAN(";pub-gruu=\"sip:alice@example.com;gr=1\"");
	g.wish[0].facts.associated = SPAN("<tel:+4930>");
	assert_int_equal(registration_apply(&g, &w), 0);
	registration_answer_write(&g, &w);
	assert_true(span_eq(writer_done(&w),
			    SPAN("Contact: <sip:a@h>;expires=30;pub-gruu=\"sip:alice@example.com;gr=1\"\r\n"
				 "P-Associated-URI: <tel:+4930>\r\n")));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(a_check_changes_nothing),
		cmocka_unit_test(what_home_gave_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
