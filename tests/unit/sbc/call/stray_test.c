/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/stray.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct span answer(const char *lines)
{
	return bench_text(&bench,
			  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKours\n"
			  "From: <sip:a@198.51.100.5>;tag=ours\nTo: <sip:b@203.0.113.99>;tag=second\n"
			  "Call-ID: call\nCSeq: 7 INVITE\n%sContent-Length: 0\n\n",
			  lines);
}

static void end(const char *lines)
{
	struct sip_msg m;
	struct flow to;

	bench_open(&bench, BENCH_CONF);
	m = bench_msg(answer(lines));
	to = bench_carrier(&bench);
	stray_end(bench.e, &to, &m);
}

/* F6: ACK with the number of the INVITE, BYE with the next, both in the dialog of this answer. */
static void it_is_acknowledged_and_ended(void **state)
{
	static const char *const both[] = { "From: <sip:a@198.51.100.5>;tag=ours\r\n", "tag=second\r\n",
					    "Call-ID: call\r\n" };

	(void)state;
	end("Contact: <sip:b@192.0.2.9:5070>\n");
	assert_int_equal(bench.nsent, 2);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < 3; k++)
			bench_expect(bench.sent[i].text, both[k]);
	bench_expect(bench.sent[0].text, "ACK sip:b@192.0.2.9:5070 SIP/2.0\r\n");
	bench_expect(bench.sent[0].text, "CSeq: 7 ACK\r\n");
	bench_expect(bench.sent[1].text, "BYE sip:b@192.0.2.9:5070 SIP/2.0\r\n");
	bench_expect(bench.sent[1].text, "CSeq: 8 BYE\r\n");
	assert_int_equal(bench_count(&bench, COUNT_CALL_STRAY_ANSWER), 1);
	bench_close(&bench);
}

/* RFC 3261 12.1.2: the route set is what recorded itself, backwards. */
static void it_takes_the_way_of_its_answer(void **state)
{
	(void)state;
	end("Record-Route: <sip:p1;lr>, <sip:p2;lr>\nRecord-Route: <sip:p3;lr>\nContact: <sip:b@192.0.2.9>\n");
	for (unsigned i = 0; i < 2; i++)
		bench_expect(bench.sent[i].text, "Route: <sip:p3;lr>, <sip:p2;lr>, <sip:p1;lr>\r\n");
	bench_close(&bench);
}

/* Nobody could be reached: its sender gives up by itself. */
static void without_contact(void **state)
{
	(void)state;
	end("");
	assert_int_equal(bench.nsent, 0);
	assert_int_equal(bench.e->txns.count, 0);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_acknowledged_and_ended),
		cmocka_unit_test(it_takes_the_way_of_its_answer),
		cmocka_unit_test(without_contact),
	};

	return cmocka_run_group_tests_name("stray", tests, NULL, NULL);
}
