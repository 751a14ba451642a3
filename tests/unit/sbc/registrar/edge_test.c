/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/edge.h"

#include "tests/unit/sbc/edgebench.h"

static struct bench bench;

/* G2: what is answered here; all else goes to home. */
static void what_is_known(void **state)
{
	static const struct {
		const char *name, *lines, *peer, *call_id;
		bool known;
	} cases[] = {
		{ "the same", EDGE_CONTACT, "203.0.113.10:40000", "phonecall", true },
		{ "the same by URI comparison", "Contact: <sip:alice@192.168.1.10>\n", "203.0.113.10:40000",
		  "phonecall", false },
		{ "for less time", "Contact: <sip:alice@192.168.1.10:5060>\nExpires: 20\n", "203.0.113.10:40000",
		  "phonecall", true },
		{ "another port of the NAT", EDGE_CONTACT, "203.0.113.10:40001", "phonecall", false },
		{ "another address", EDGE_CONTACT, "203.0.113.11:40000", "phonecall", false },
		{ "another Call-ID", EDGE_CONTACT, "203.0.113.10:40000", "another", false },
		{ "another Contact", "Contact: <sip:eve@192.168.1.10:5060>\n", "203.0.113.10:40000", "phonecall",
		  false },
		{ "a second one", EDGE_CONTACT "Contact: <sip:eve@192.168.1.10:5060>\n", "203.0.113.10:40000",
		  "phonecall", false },
		{ "an instance", "Contact: <sip:alice@192.168.1.10:5060>;+sip.instance=\"<urn:1>\"\n",
		  "203.0.113.10:40000", "phonecall", false },
		{ "another q", "Contact: <sip:alice@192.168.1.10:5060>;q=0.1\n", "203.0.113.10:40000", "phonecall",
		  false },
		{ "another Path", EDGE_CONTACT "Path: <sip:1.1.1.1;lr>\n", "203.0.113.10:40000", "phonecall", false },
		{ "a query", "", "203.0.113.10:40000", "phonecall", false },
		{ "it goes", "Contact: <sip:alice@192.168.1.10:5060>;expires=0\n", "203.0.113.10:40000", "phonecall",
		  false },
		{ "all go", "Contact: *\nExpires: 0\n", "203.0.113.10:40000", "phonecall", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow from;

		print_message("%s\n", cases[i].name);
		bench_open(&bench, EDGE_CONF);
		edge_let_in(&bench);
		bench_forget(&bench);
		from = bench_flow(&bench, "internet", cases[i].peer);
		bench_receive(
			&bench, from,
			bench_text(&bench,
				   "REGISTER sip:example.com SIP/2.0\nVia: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKk\n"
				   "Max-Forwards: 70\nFrom: <sip:alice@example.com>;tag=phonetag\n"
				   "To: <sip:alice@example.com>\nCall-ID: %s\nCSeq: 2 REGISTER\n%s"
				   "Content-Length: 0\n\n",
				   cases[i].call_id, cases[i].lines));
		assert_int_equal(bench.nsent, 1);
		assert_int_equal(bench_last_status(&bench), cases[i].known ? 200 : 0);
		assert_int_equal(bench_count(&bench, COUNT_REGISTER_HERE), cases[i].known);
		bench_close(&bench);
	}
}

/* G1: over UDP a phone comes each minute; home is asked when half of its time is over, and before it is too late. */
static void when_home_hears_of_it(void **state)
{
	static const struct {
		uint32_t granted_s, left_s;
		bool asked;
	} cases[] = {
		{ 3600, 3599, false }, { 3600, 1800, false }, { 3600, 1799, true }, { 3600, 0, true },
		{ 120, 70, false },    { 120, 69, true },     { 60, 60, true },     { 7200, 3599, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct binding *b;

		bench_open(&bench, EDGE_CONF);
		b = edge_let_in(&bench);
		b->facts.upstream_s = cases[i].granted_s;
		b->facts.upstream_at = core_now(&bench.e->core) + cases[i].left_s * 1000;
		bench_forget(&bench);
		bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 2, EDGE_CONTACT));
		assert_int_equal(bench_last_status(&bench), cases[i].asked ? 0 : 200);
		bench_close(&bench);
	}
}

static void what_cannot_be_registered(void **state)
{
	static const struct {
		const char *lines;
		unsigned status;
	} cases[] = {
		{ "Contact: <sip:alice@192.168.1.10>;expires=5\n", 423 },
		{ "Contact: *\nExpires: 60\n", 400 },
		{ "Contact: <tel:1>\n", 400 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_open(&bench, EDGE_CONF);
		bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 1, cases[i].lines));
		assert_int_equal(bench_last_status(&bench), cases[i].status);
		assert_int_equal(bench_count(&bench, COUNT_REGISTER_PASSED), 0);
		bench_close(&bench);
	}
}

/* G8: two a second are passed on, and what was not used up does not pile up. */
static void how_many_are_passed_on(void **state)
{
	(void)state;
	bench_open(&bench, EDGE_CONF);
	bench_pass(&bench, 60000);
	for (unsigned i = 1; i <= 4; i++)
		bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, i, EDGE_CONTACT));
	assert_int_equal(bench_count(&bench, COUNT_REGISTER_PASSED), 2);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_STORM), 2);
	bench_expect(bench_last(&bench), "\r\nRetry-After: ");
	bench_pass(&bench, 499);
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 5, EDGE_CONTACT));
	assert_int_equal(bench_count(&bench, COUNT_REGISTER_PASSED), 2);
	bench_pass(&bench, 1);
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 6, EDGE_CONTACT));
	assert_int_equal(bench_count(&bench, COUNT_REGISTER_PASSED), 3);
	bench_close(&bench);
}

/* A phone that is asked about does not expire meanwhile, but never lives longer than home said. */
static void what_is_asked_about_is_held(void **state)
{
	struct binding *b;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	b = edge_let_in(&bench);
	b->facts.upstream_at = core_now(&bench.e->core) + 65000;
	bench_pass(&bench, 59000);
	bench_receive(&bench, edge_phone(&bench), edge_reg(&bench, 2, EDGE_CONTACT));
	bench_pass(&bench, 3000);
	assert_non_null(edge_alice(&bench));
	bench_pass(&bench, 4000);
	assert_int_equal(bench_count(&bench, COUNT_HOME_LOST), 0);
	assert_null(edge_alice(&bench));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known),
		cmocka_unit_test(when_home_hears_of_it),
		cmocka_unit_test(what_cannot_be_registered),
		cmocka_unit_test(how_many_are_passed_on),
		cmocka_unit_test(what_is_asked_about_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
