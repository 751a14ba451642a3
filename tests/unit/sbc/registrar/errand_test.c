/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/errand.h"

#include "tests/unit/sbc/edgebench.h"

static struct bench bench;

static const struct bench_sent *sent(unsigned i)
{
	assert_true(i < bench.nsent);
	return &bench.sent[i];
}

/* A1, G4: what home gets of a REGISTER. */
static void what_home_gets(void **state)
{
	static const char credentials[] =
		"Authorization: Digest username=\"alice\",  realm=\"x\" , response=\"AbC\"\r\n";
	static const char *const has[] = {
		"REGISTER sip:example.com SIP/2.0\r\n",
		"\r\nFrom: <sip:alice@example.com>;tag=",
		"\r\nTo: <sip:alice@example.com>\r\n",
		"\r\nCSeq: 7 REGISTER\r\n",
		"\r\nMax-Forwards: 69\r\n",
		"@10.0.0.5:5060>;expires=3600;q=0.5;+sip.instance=\"<urn:1>\";audio\r\n",
		"\r\nExpires: 3600\r\n",
		"\r\nSupported: gruu, path\r\n",
		credentials,
	};
	static const char *const not [] = { "192.168", "phonetag", "phonecall", "received", "Phone/1", "203.0.113.10" };
	const struct bench_sent *s;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	bench_receive(&bench, edge_phone(&bench),
		      edge_reg(&bench, 7,
			       "Contact: <sip:alice@192.168.1.10:5060>;expires=60;q=0.5;+sip.instance=\"<urn:1>\";"
			       "received=192.168.1.10;audio\nSupported: gruu, path\nUser-Agent: Phone/1\n"
			       "Authorization: Digest username=\"alice\",  realm=\"x\" , response=\"AbC\"\n"));
	s = sent(0);
	assert_int_equal(s->to.realm, 0);
	assert_int_equal(bench.nsent, 1);
	for (size_t i = 0; i < sizeof(has) / sizeof(*has); i++)
		bench_expect(s->text, has[i]);
	for (size_t i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		bench_expect_no(s->text, not [i]);
	bench_close(&bench);
}

/* The next peer is asked where one says nothing or has no time; any other answer is home's. */
static void who_is_asked_next(void **state)
{
	static const struct {
		const char *name;
		unsigned status; /* 0: says nothing */
		bool next;
	} cases[] = {
		{ "nothing", 0, true }, { "503", 503, true },  { "408", 408, true },
		{ "403", 403, false },  { "500", 500, false }, { "200", 200, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned before;

		print_message("%s\n", cases[i].name);
		bench_open(&bench, EDGE_CONF);
		bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 1, EDGE_CONTACT));
		before = bench.nsent;
		if (cases[i].status)
			bench_answer(&bench, 0, (uint16_t)cases[i].status, "", "");
		else
			bench_pass(&bench, EDGE_PATIENCE_MS);
		assert_true(bench.nsent > before);
		assert_int_equal(bench_msg(bench_last(&bench)).is_request, cases[i].next);
		if (cases[i].next) {
			assert_int_equal(sent(bench.nsent - 1)->to.peer.ip[3], 11);
			edge_answered(&bench, 200, "");
			assert_int_equal(bench_last_status(&bench), 200);
			assert_int_equal(bench_count(&bench, COUNT_HOME_LOST), 0);
		}
		assert_null(bench.e->edge.errands);
		bench_close(&bench);
	}
}

/* G7: known phones stay for a minute at a time, others come back later. */
static void when_nobody_answers(void **state)
{
	struct binding *b;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	b = edge_let_in(&bench);
	b->facts.upstream_at = core_now(&bench.e->core) + 50000;
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 2, EDGE_CONTACT));
	edge_answered(&bench, 503, "");
	edge_answered(&bench, 503, "");
	assert_int_equal(bench_last_status(&bench), 200);
	bench_expect(bench_last(&bench), ";expires=60\r\n");
	assert_true(bench.e->edge.realm[1].survives);
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 3, "Contact: <sip:new@192.168.1.10>\n"));
	edge_answered(&bench, 503, "");
	edge_answered(&bench, 503, "");
	assert_int_equal(bench_last_status(&bench), 503);
	bench_expect(bench_last(&bench), "\r\nRetry-After: ");
	bench_pass(&bench, 1000);
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 4, EDGE_CONTACT));
	edge_answered(&bench, 401, "");
	assert_false(bench.e->edge.realm[1].survives);
	assert_int_equal(bench_count(&bench, COUNT_HOME_LOST), 1);
	bench_close(&bench);
}

/* An engine that goes while home is asked leaves nothing (a leak would be seen by the sanitizer). */
static void it_goes_with_the_engine(void **state)
{
	(void)state;
	bench_open(&bench, EDGE_CONF);
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 1, EDGE_CONTACT));
	assert_non_null(bench.e->edge.errands);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_home_gets),
		cmocka_unit_test(who_is_asked_next),
		cmocka_unit_test(when_nobody_answers),
		cmocka_unit_test(it_goes_with_the_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
