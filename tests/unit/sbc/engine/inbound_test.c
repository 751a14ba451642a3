/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/inbound.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

#define START(method, uri) method " " uri " SIP/2.0\nVia: SIP/2.0/UDP 203.0.113.99;branch=z9hG4bKq\n"
#define REST(method)                                                                                                   \
	"From: <sip:t@example.com>;tag=1\nTo: <sip:a@example.com>\nCall-ID: c\nCSeq: 1 " method                        \
	"\nContact: <sip:t@203.0.113.99>\nContent-Length: 0\n"
#define HOPS "Max-Forwards: 70\n"
/* Without a transaction nobody is answered with more than he sent. */
#define PAD                                                                                                            \
	"X-Pad: "                                                                                                      \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\n"

/* From the carrier: what it is counted as, and what is answered (0: nothing). */
static void every_way_a_message_can_end(void **state)
{
	static const struct {
		const char *name, *text;
		unsigned status;
		enum count count;
	} cases[] = {
		{ "keepalive", "\n\n", 0, COUNT_RX_KEEPALIVE },
		{ "keepalive with blanks", " \n \n", 0, COUNT_RX_KEEPALIVE },
		{ "no SIP", "GET / HTTP/1.1\nHost: x\n\n", 0, COUNT_DROP_MALFORMED },
		{ "version", "OPTIONS sip:a@b SIP/3.0\nVia: SIP/2.0/UDP x;branch=z9hG4bKq\n" REST("OPTIONS") "\n", 505,
		  COUNT_REFUSE_MALFORMED },
		{ "no CSeq",
		  START("INFO", "sip:a@b") HOPS "From: <sip:t@b>;tag=1\nTo: <sip:a@b>\nCall-ID: c\n" PAD "\n", 400,
		  COUNT_REFUSE_MALFORMED },
		{ "malformed ACK", START("ACK", "sip:a@b") HOPS "\n", 0, COUNT_DROP_MALFORMED },
		{ "response to nothing",
		  "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 198.51.100.5;branch=z9hG4bKq\n" REST("INVITE") "\n", 0,
		  COUNT_DROP_STRAY_RESPONSE },
		{ "malformed response", "SIP/2.0 200 OK\nVia: SIP/2.0/UDP 198.51.100.5;branch=z9hG4bKq\n\n", 0,
		  COUNT_DROP_MALFORMED },
		{ "ACK to nothing", START("ACK", "sip:a@198.51.100.5") HOPS REST("ACK") "\n", 0, COUNT_DROP_STRAY_ACK },
		{ "CANCEL to nothing", START("CANCEL", "sip:a@198.51.100.5") HOPS REST("CANCEL") "\n", 481,
		  COUNT_REFUSE_NO_TRANSACTION },
		{ "too many hops", START("INVITE", "sip:alice@198.51.100.5") "Max-Forwards: 0\n" REST("INVITE") "\n",
		  483, COUNT_REFUSE_HOPS },
		{ "extension", START("INVITE", "sip:alice@198.51.100.5") HOPS "Require: gruu\n" REST("INVITE") "\n",
		  420, COUNT_REFUSE_EXTENSION },
		{ "unknown dialog",
		  "BYE sip:a@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP x;branch=z9hG4bKq\n" HOPS
		  "From: <sip:t@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: c\nCSeq: 1 BYE\nContent-Length: 0\n\n",
		  481, COUNT_REFUSE_NO_DIALOG },
		{ "OPTIONS to us", START("OPTIONS", "sip:198.51.100.5") HOPS REST("OPTIONS") "\n", 200,
		  COUNT_RX_REQUEST },
		{ "OPTIONS to us, last hop",
		  START("OPTIONS", "sip:198.51.100.5") "Max-Forwards: 0\n" REST("OPTIONS") "\n", 200,
		  COUNT_RX_REQUEST },
		{ "REGISTER of a trunk", START("REGISTER", "sip:198.51.100.5") HOPS REST("REGISTER") "\n", 405,
		  COUNT_REFUSE_NOT_ALLOWED },
		{ "nobody of that name", START("INVITE", "sip:nobody@198.51.100.5") HOPS REST("INVITE") "\n", 404,
		  COUNT_REFUSE_NO_ROUTE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned status;

		bench_open(&bench, BENCH_CONF);
		bench_receive(&bench, bench_carrier(&bench), bench_text(&bench, "%s", cases[i].text));
		status = bench.nsent && bench_last(&bench).n > 4 ? bench_last_status(&bench) : 0;
		if (status != cases[i].status || bench.nsent > 1 || bench_count(&bench, cases[i].count) != 1)
			fail_msg("%s: %u, counted %u\n%s", cases[i].name, status,
				 (unsigned)bench_count(&bench, cases[i].count), bench.log);
		bench_close(&bench);
	}
}

/* The same request over two paths rings once (RFC 3261 8.2.2.2); over one path it is a retransmission. */
static void merged_requests(void **state)
{
	static const struct {
		const char *branch;
		unsigned merged;
	} cases[] = { { "z9hG4bKq", 0 }, { "z9hG4bKother", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_open(&bench, BENCH_CONF);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		for (int k = 0; k < 2; k++)
			bench_receive(&bench, bench_carrier(&bench),
				      bench_text(&bench,
						 "INVITE sip:alice@198.51.100.5 SIP/2.0\n"
						 "Via: SIP/2.0/UDP 203.0.113.99;branch=%s\n" HOPS REST("INVITE") "\n",
						 k ? cases[i].branch : "z9hG4bKq"));
		assert_int_equal(bench_count(&bench, COUNT_REFUSE_MERGED), cases[i].merged);
		assert_int_equal(bench_count(&bench, COUNT_RX_RETRANSMISSION), !cases[i].merged);
		assert_int_equal(bench.e->ncall, 1);
		if (cases[i].merged)
			assert_int_equal(bench_last_status(&bench), 482);
		bench_close(&bench);
	}
}

static void our_own_request_comes_back(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_invite(&bench);
	bench_receive(&bench, bench_carrier(&bench), bench_last(&bench));
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_LOOP), 1);
	assert_int_equal(bench_last_status(&bench), 482);
	bench_close(&bench);
}

/* Behind for long: the overload is known. */
static void fall_behind(void)
{
	uint64_t now = core_now(&bench.e->core);

	for (unsigned ms = 0; ms < 4000; ms += OVERLOAD_STEP_MS)
		engine_turn(bench.e, true, now + ms);
	bench.e->overload.due[OVERLOAD_KNOWN] = 0;
}

/* What would begin something is put off; what is under way goes on, and what was let in once is not refused later. */
static void overload_puts_off_what_is_new(void **state)
{
	struct span first, second;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	first = bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "one", 1, "", "");
	second = bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "two", 1, PAD, "");
	bench_receive(&bench, bench_carrier(&bench), first);
	assert_int_equal(bench.e->ncall, 1);
	fall_behind();
	bench_receive(&bench, bench_carrier(&bench), first);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_OVERLOAD), 0);
	assert_int_equal(bench_count(&bench, COUNT_RX_RETRANSMISSION), 1);
	bench_receive(&bench, bench_carrier(&bench), second);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_OVERLOAD), 1);
	assert_int_equal(bench_last_status(&bench), 503);
	bench_expect(bench_last(&bench), "Retry-After: ");
	assert_int_equal(bench.e->ncall, 1);
	bench_close(&bench);
}

/* Sources that the realm does not allow are not answered at all. */
static void sources_outside_of_the_networks(void **state)
{
	static const char conf[] =
		"{ \"realms\": { \"lan\": { \"address\": \"10.0.0.5\", \"networks\": [\"10.0.0.0/8\"],"
		" \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { \"domains\": [\"example.com\"] } } } }";
	static const struct {
		const char *peer;
		bool in;
	} cases[] = { { "10.255.0.1", true }, { "11.0.0.1", false }, { "203.0.113.7", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_open(&bench, conf);
		bench_receive(
			&bench, bench_flow(&bench, "lan", cases[i].peer),
			bench_text(&bench,
				   START("OPTIONS", "sip:example.com") HOPS "X-Pad: %0200d\n" REST("OPTIONS") "\n", 0));
		assert_int_equal(bench.nsent, cases[i].in);
		assert_int_equal(bench_count(&bench, COUNT_DROP_NETWORK), !cases[i].in);
		bench_close(&bench);
	}
}

/* When all transactions are taken, new requests are dropped and counted, and those in progress go on. */
static void full(void **state)
{
	(void)state;
	bench_open(&bench, BENCH_CONF);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	for (unsigned i = 0; i < 40; i++)
		bench_receive(
			&bench, bench_carrier(&bench),
			bench_text(&bench,
				   "MESSAGE sip:alice@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP x;branch=z9hG4bK%u\n" HOPS
				   "From: <sip:t@b>;tag=%u\nTo: <sip:a@b>\nCall-ID: c%u\nCSeq: 1 "
				   "MESSAGE\nContent-Length: 0\n\n",
				   i, i, i));
	assert_true(bench_count(&bench, COUNT_DROP_FULL) > 0);
	bench_pass(&bench, 70000);
	assert_int_equal(bench.e->txns.count, 0);
	assert_null(bench.e->calls);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_a_message_can_end),     cmocka_unit_test(merged_requests),
		cmocka_unit_test(our_own_request_comes_back),      cmocka_unit_test(overload_puts_off_what_is_new),
		cmocka_unit_test(sources_outside_of_the_networks), cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
