/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/txn/txn.h"

#include "tests/unit/sbc/bench.h"

enum { CAPACITY = 4 };

static struct bench bench;
static struct txns all;

/* What the layer above heard. */
static struct heard {
	unsigned responses, timeouts, acks, ended;
	uint16_t status;
	uint64_t timeout_at, ended_at;
} heard;

static uint64_t now_ms(void)
{
	return core_now(all.core) - BENCH_NOW;
}

static void on_response(void *env, struct txn *t, const struct sip_msg *m)
{
	assert_ptr_equal(env, &all);
	assert_int_equal(t->status, m->status);
	heard.responses++;
	heard.status = m->status;
}

static void on_timeout(void *env, struct txn *t)
{
	(void)env, (void)t;
	heard.timeouts++;
	heard.timeout_at = now_ms();
}

static void on_ack(void *env, struct txn *t, const struct sip_msg *m)
{
	(void)env, (void)t;
	assert_int_equal(m->method, SIP_ACK);
	heard.acks++;
}

static void on_ended(void *env, struct txn *t)
{
	(void)env, (void)t;
	heard.ended++;
	heard.ended_at = now_ms();
}

static const struct txn_ops ops = { .response = on_response, .timeout = on_timeout, .ack = on_ack, .ended = on_ended };

static int open_txns(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof(heard));
	bench_open(&bench, BENCH_CONF);
	return txns_init(&all, &bench.e->core, &all, CAPACITY);
}

static int close_txns(void **state)
{
	(void)state;
	/* Timers belong to transactions: none outlives them. */
	if (all.count == 0)
		assert_int_equal(bench.e->core.wheel.count, 0);
	txns_fini(&all);
	bench_close(&bench);
	return 0;
}

static struct flow peer(void)
{
	return bench_phone(&bench);
}

/* ----- client ----- */

static struct span client_text(const char *method, const char *branch)
{
	return bench_text(
		&bench,
		"%s sip:b@10.0.0.20 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=%s;rport\nRoute: <sip:p;lr>\n"
		"Max-Forwards: 70\nFrom: <sip:a@example.com>;tag=f\nTo: <sip:b@example.com>\nCall-ID: c\nCSeq: 7 %s\n"
		"Content-Length: 0\n\n",
		method, branch, method);
}

static struct txn *client(const char *method, const char *branch)
{
	struct flow to = peer();

	return txn_client(&all, sip_method_find(span_str(method)), &to, span_str(branch), client_text(method, branch),
			  &ops, &heard);
}

static bool response(unsigned status, const char *branch, const char *method)
{
	struct sip_msg m =
		bench_msg(bench_text(&bench,
				     "SIP/2.0 %u X\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=%s;rport\n"
				     "From: <sip:a@example.com>;tag=f\nTo: <sip:b@example.com>;tag=t%u\nCall-ID: c\n"
				     "CSeq: 7 %s\nContent-Length: 0\n\n",
				     status, branch, status, method));

	struct txn *t = txns_asker(&all, &m);

	if (t)
		txn_response(t, &m);
	return t != NULL;
}

static void expect_sent_at(const unsigned *at, unsigned n)
{
	assert_int_equal(bench.nsent, n);
	for (unsigned i = 0; i < n; i++)
		if (bench.sent[i].at != at[i])
			fail_msg("message %u sent at %llu, not %u", i, (unsigned long long)bench.sent[i].at, at[i]);
}

/* Timers A, B, E, F: nobody answers (RFC 3261 17.1.1.2, 17.1.2.2). */
static void client_unanswered(void **state)
{
	static const struct {
		const char *method;
		unsigned n, at[12];
	} cases[] = {
		{ "INVITE", 7, { 0, 500, 1500, 3500, 7500, 15500, 31500 } },
		{ "OPTIONS", 11, { 0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500 } },
		{ "BYE", 11, { 0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500 } },
	};
	const unsigned i = *(const unsigned *)*state;

	assert_non_null(client(cases[i].method, "z9hG4bK1"));
	bench_pass(&bench, 31999);
	assert_int_equal(heard.timeouts, 0);
	bench_pass(&bench, 1);
	expect_sent_at(cases[i].at, cases[i].n);
	assert_int_equal(heard.timeouts, 1);
	assert_int_equal(heard.ended, 1);
	assert_int_equal(all.count, 0);
}

/* A provisional response stops A and B of an INVITE … */
static void invite_after_a_provisional(void **state)
{
	(void)state;
	assert_non_null(client("INVITE", "z9hG4bK1"));
	bench_pass(&bench, 100);
	assert_true(response(100, "z9hG4bK1", "INVITE"));
	bench_pass(&bench, 200000);
	assert_int_equal(bench.nsent, 1);
	assert_int_equal(heard.timeouts, 0);
	assert_true(response(487, "z9hG4bK1", "INVITE"));
	bench_pass(&bench, 40000);
	assert_int_equal(all.count, 0);
}

/* … and slows E down to T2, F going on. */
static void other_after_a_provisional(void **state)
{
	static const unsigned at[] = { 0, 500, 1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500 };

	(void)state;
	assert_non_null(client("OPTIONS", "z9hG4bK1"));
	bench_pass(&bench, 600);
	assert_true(response(100, "z9hG4bK1", "OPTIONS"));
	bench_pass(&bench, 31399);
	assert_int_equal(heard.timeouts, 0);
	bench_pass(&bench, 1);
	assert_int_equal(heard.timeouts, 1);
	expect_sent_at(at, sizeof(at) / sizeof(*at));
}

/* An INVITE that rings for ever has no timer left: it ends when the layer above says so. */
static void abandoned(void **state)
{
	struct txn *t = client("INVITE", "z9hG4bK1");

	(void)state;
	assert_true(response(180, "z9hG4bK1", "INVITE"));
	txn_abandon(t);
	txn_abandon(NULL);
	assert_int_equal(all.count, 0);
	assert_int_equal(heard.ended, 0);
	assert_false(response(200, "z9hG4bK1", "INVITE"));
	assert_non_null(client("INVITE", "z9hG4bK1"));
}

/* How long it lingers after the final response, for what is sent again: D, M, K. */
static void client_lingers(void **state)
{
	static const struct {
		const char *method;
		unsigned status, ms;
	} cases[] = {
		{ "INVITE", 486, 32000 },                           /* D */
		{ "INVITE", 302, 32000 }, { "INVITE", 200, 32000 }, /* M */
		{ "OPTIONS", 200, 5000 },                           /* K */
		{ "OPTIONS", 404, 5000 },
	};
	const unsigned i = *(const unsigned *)*state;

	assert_non_null(client(cases[i].method, "z9hG4bK1"));
	assert_true(response(cases[i].status, "z9hG4bK1", cases[i].method));
	assert_int_equal(heard.status, cases[i].status);
	bench_pass(&bench, cases[i].ms - 1);
	assert_int_equal(heard.ended, 0);
	assert_true(response(cases[i].status, "z9hG4bK1", cases[i].method));
	bench_pass(&bench, 1);
	assert_int_equal(heard.ended_at, cases[i].ms);
	assert_int_equal(heard.timeouts, 0);
	/* Each 2xx of an INVITE goes up (RFC 6026 8.4), other repeated finals do not. */
	assert_int_equal(heard.responses, cases[i].status == 200 && cases[i].method[0] == 'I' ? 2 : 1);
	assert_false(response(cases[i].status, "z9hG4bK1", cases[i].method));
}

/* RFC 3261 17.1.1.3: built from the request but for To; sent again for each repeated response, to where the request
 * went. */
static void ack_of_a_refusal(void **state)
{
	struct flow to = peer();

	(void)state;
	assert_non_null(client("INVITE", "z9hG4bK1"));
	bench_forget(&bench);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(response(486, "z9hG4bK1", "INVITE"));
		assert_int_equal(bench.nsent, i + 1);
		assert_true(span_eq(
			bench_last(&bench),
			bench_text(
				&bench,
				"ACK sip:b@10.0.0.20 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1;rport\n"
				"Route: <sip:p;lr>\nMax-Forwards: 70\nFrom: <sip:a@example.com>;tag=f\n"
				"To: <sip:b@example.com>;tag=t486\nCall-ID: c\nCSeq: 7 ACK\nContent-Length: 0\n\n")));
		assert_true(flow_eq(&bench.sent[i].to, &to));
	}
	assert_int_equal(heard.responses, 1);
	/* Of a 2xx it is not ours to send. */
	assert_non_null(client("INVITE", "z9hG4bK2"));
	bench_forget(&bench);
	assert_true(response(200, "z9hG4bK2", "INVITE"));
	assert_int_equal(bench.nsent, 0);
}

/* RFC 3261 17.1.3: CANCEL has the branch of its INVITE; only the method of CSeq tells their answers apart. */
static void one_branch_two_methods(void **state)
{
	struct txn *invite = client("INVITE", "z9hG4bK1"), *cancel = client("CANCEL", "z9hG4bK1");

	(void)state;
	assert_non_null(invite);
	assert_non_null(cancel);
	assert_true(response(200, "z9hG4bK1", "CANCEL"));
	assert_int_equal(cancel->status, 200);
	assert_int_equal(invite->status, 0);
	assert_true(response(487, "z9hG4bK1", "INVITE"));
	assert_int_equal(invite->status, 487);
	assert_false(response(200, "z9hG4bK1", "BYE"));
	assert_false(response(200, "z9hG4bK2", "INVITE"));
}

static void a_detached_one_lives_on_alone(void **state)
{
	struct txn *t = client("INVITE", "z9hG4bK1");

	(void)state;
	txn_detach(t);
	txn_detach(NULL);
	assert_true(response(486, "z9hG4bK1", "INVITE"));
	bench_expect(bench_last(&bench), "ACK ");
	bench_pass(&bench, 32000);
	assert_int_equal(all.count, 0);
	assert_int_equal(heard.responses + heard.ended, 0);
}

/* ----- server ----- */

static struct sip_msg request(const char *method, const char *via, const char *to_tag)
{
	return bench_msg(
		bench_text(&bench,
			   "%s sip:b@10.0.0.5 SIP/2.0\nVia: SIP/2.0/UDP %s\nMax-Forwards: 70\n"
			   "From: <sip:a@example.com>;tag=f\nTo: <sip:b@example.com>%s\nCall-ID: c\nCSeq: 7 %s\n"
			   "Content-Length: 0\n\n",
			   method, via, to_tag, strcmp(method, "ACK") && strcmp(method, "CANCEL") ? method : "INVITE"));
}

static struct txn *server(const char *method)
{
	struct sip_msg m = request(method, "10.0.0.20;branch=z9hG4bKs", "");
	struct flow from = peer();
	struct name name;
	struct txn *t;

	assert_int_equal(txns_request(&all, &m, &name), TXN_NEW);
	t = txn_server(&all, &m, &name, &from);
	if (t) {
		t->ops = &ops;
		t->user = &heard;
		t->known = true;
	}
	return t;
}

static enum txn_match again(const char *method)
{
	struct sip_msg m = request(method, "10.0.0.20;branch=z9hG4bKs", "");
	struct name name;

	return txns_request(&all, &m, &name);
}

/* RFC 3261 17.2.1: 100 after 200 ms, unless something else was sent by then. */
static void trying_after_a_while(void **state)
{
	(void)state;
	assert_non_null(server("INVITE"));
	bench_pass(&bench, 199);
	assert_int_equal(again("INVITE"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 0);
	bench_pass(&bench, 1);
	assert_int_equal(bench_last_status(&bench), 100);
	bench_expect(bench_last(&bench), ";received=10.0.0.20;rport=5062\r\n");
	assert_int_equal(again("INVITE"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 2);
	assert_int_equal(bench_count(&bench, COUNT_RX_RETRANSMISSION), 2);
}

static void no_trying_after_ringing(void **state)
{
	struct txn *t = server("INVITE");

	(void)state;
	txn_respond(t, 180, SPAN("SIP/2.0 180 Ringing\r\n\r\n"));
	bench_pass(&bench, 10000);
	assert_int_equal(bench.nsent, 1);
	assert_int_equal(again("INVITE"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 2);
	bench_expect(bench_last(&bench), "SIP/2.0 180 Ringing");
}

/* G and H: a refusal is sent again until its ACK, at most 32 s. */
static void refusal_without_ack(void **state)
{
	static const unsigned at[] = { 0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500 };

	(void)state;
	txn_respond(server("INVITE"), 486, SPAN("SIP/2.0 486 Busy\r\n\r\n"));
	bench_pass(&bench, 32000);
	expect_sent_at(at, sizeof(at) / sizeof(*at));
	assert_int_equal(heard.timeouts, 1);
	assert_int_equal(heard.timeout_at, 32000);
	assert_int_equal(all.count, 0);
}

/* To who proved nothing it goes once: its address may be somebody else's. */
static void refusal_of_a_stranger(void **state)
{
	struct txn *t = server("INVITE");

	(void)state;
	t->known = false;
	txn_respond(t, 486, SPAN("SIP/2.0 486 Busy\r\n\r\n"));
	bench_pass(&bench, 20000);
	assert_int_equal(bench.nsent, 1);
	assert_int_equal(again("INVITE"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 2);
	bench_pass(&bench, 12000);
	assert_int_equal(all.count, 0);
}

/* I: after the ACK it absorbs copies of it for 5 s, and nothing is sent any more. */
static void refusal_with_ack(void **state)
{
	(void)state;
	txn_respond(server("INVITE"), 486, SPAN("SIP/2.0 486 Busy\r\n\r\n"));
	bench_pass(&bench, 600);
	assert_int_equal(bench.nsent, 2);
	assert_int_equal(again("INVITE"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 3);
	assert_int_equal(again("ACK"), TXN_ABSORBED);
	assert_int_equal(again("ACK"), TXN_ABSORBED);
	bench_pass(&bench, 4999);
	assert_int_equal(heard.ended, 0);
	bench_pass(&bench, 1);
	assert_int_equal(heard.ended_at, 5600);
	assert_int_equal(bench.nsent, 3);
	assert_int_equal(heard.acks + heard.timeouts, 0);
}

/* L: 32 s for INVITEs and ACKs that come late; the 2xx itself the layer above sends again (RFC 6026 7.1). */
static void success_lingers(void **state)
{
	struct txn *t = server("INVITE");

	(void)state;
	txn_respond(t, 200, SPAN("SIP/2.0 200 OK\r\n\r\n"));
	assert_null(t->request);
	bench_pass(&bench, 31999);
	assert_int_equal(again("INVITE"), TXN_ABSORBED);
	assert_int_equal(again("ACK"), TXN_ABSORBED); /* of some that use the branch of the INVITE */
	assert_int_equal(bench.nsent, 1);
	assert_int_equal(heard.acks, 1);
	assert_int_equal(heard.ended, 0);
	bench_pass(&bench, 1);
	assert_int_equal(heard.ended_at, 32000);
}

/* J: the answer of a non-INVITE request is there for copies of it for 32 s. */
static void other_answer_lingers(void **state)
{
	struct txn *t = server("OPTIONS");

	(void)state;
	assert_int_equal(again("OPTIONS"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 0);
	txn_respond(t, 200, SPAN("SIP/2.0 200 OK\r\n\r\n"));
	/* A second answer is neither sent nor kept. */
	txn_respond(t, 500, SPAN("SIP/2.0 500 No\r\n\r\n"));
	assert_int_equal(bench_count(&bench, COUNT_TXN_NOT_ALLOWED), 1);
	bench_pass(&bench, 31999);
	assert_int_equal(again("OPTIONS"), TXN_ABSORBED);
	assert_int_equal(bench.nsent, 2);
	assert_true(span_eq(bench.sent[0].text, bench.sent[1].text));
	bench_pass(&bench, 1);
	assert_int_equal(heard.ended_at, 32000);
	assert_int_equal(again("OPTIONS"), TXN_NEW);
}

/* RFC 4320 4.2: an answer later than that helps nobody: the transaction goes without one. */
static void other_never_answered(void **state)
{
	(void)state;
	assert_non_null(server("OPTIONS"));
	bench_pass(&bench, 32000);
	assert_int_equal(bench.nsent, 0);
	assert_int_equal(all.count, 0);
}

/* RFC 3261 17.2.3: branch, sent-by and method name a transaction. Without the cookie, as in RFC 2543, it is the Via as
 * a whole with Call-ID, From tag and CSeq. */
static void which_requests_are_the_same(void **state)
{
	static const struct {
		const char *name, *first, *method, *second;
		enum txn_match match;
	} cases[] = {
		{ "copy", "a;branch=z9hG4bKx", "INVITE", "a;branch=z9hG4bKx", TXN_ABSORBED },
		{ "other branch", "a;branch=z9hG4bKx", "INVITE", "a;branch=z9hG4bKy", TXN_NEW },
		{ "other sender", "a;branch=z9hG4bKx", "INVITE", "b;branch=z9hG4bKx", TXN_NEW },
		{ "other port", "a;branch=z9hG4bKx", "INVITE", "a:5061;branch=z9hG4bKx", TXN_NEW },
		{ "other method", "a;branch=z9hG4bKx", "INFO", "a;branch=z9hG4bKx", TXN_NEW },
		{ "CANCEL is a request of its own", "a;branch=z9hG4bKx", "CANCEL", "a;branch=z9hG4bKx", TXN_NEW },
		{ "ACK", "a;branch=z9hG4bKx", "ACK", "a;branch=z9hG4bKx", TXN_ABSORBED },
		{ "ACK of a 2xx", "a;branch=z9hG4bKx", "ACK", "a;branch=z9hG4bKy", TXN_NEW },
		{ "old: copy", "a;branch=1", "INVITE", "a;branch=1", TXN_ABSORBED },
		{ "old: no branch", "a", "INVITE", "a", TXN_ABSORBED },
		{ "old: ACK", "a", "ACK", "a", TXN_ABSORBED },
		{ "old: other Via", "a", "INVITE", "b", TXN_NEW },
	};
	struct flow from = peer();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg first = request("INVITE", cases[i].first, ""), second;
		struct name name;

		txns_fini(&all);
		wheel_init(&all.core->wheel, BENCH_NOW, NULL);
		assert_int_equal(txns_init(&all, &bench.e->core, &all, CAPACITY), 0);
		txn_respond(txn_server(&all, &first, NULL, &from), 486, SPAN("SIP/2.0 486 Busy\r\n\r\n"));
		second = request(cases[i].method, cases[i].second, "");
		if (txns_request(&all, &second, &name) != cases[i].match)
			fail_msg("%s", cases[i].name);
	}
}

static void cancel_finds_its_invite(void **state)
{
	struct txn *t = server("INVITE");
	struct sip_msg cancel = request("CANCEL", "10.0.0.20;branch=z9hG4bKs", "");
	struct sip_msg other = request("CANCEL", "10.0.0.20;branch=z9hG4bKother", "");

	(void)state;
	assert_ptr_equal(txns_cancelled(&all, &cancel), t);
	assert_null(txns_cancelled(&all, &other));
}

static void claims_last_as_long_as_the_transaction(void **state)
{
	struct txn *t = server("OPTIONS"), *copy;
	struct sip_msg m = request("OPTIONS", "10.0.0.21;branch=z9hG4bKother", "");
	struct name request_name = { 1, 2 }, other_name = { 1, 3 };
	struct flow from = peer();

	(void)state;
	copy = txn_server(&all, &m, NULL, &from);
	assert_non_null(copy);
	assert_true(txns_claim(&all, t, &request_name));
	assert_false(txns_claim(&all, copy, &request_name));
	bench_pass(&bench, 32000);
	assert_int_equal(all.count, 0);
	assert_int_equal(all.by_request.count, 0);
	t = server("OPTIONS");
	assert_true(txns_claim(&all, t, &request_name));
	copy = txn_server(&all, &m, NULL, &from);
	assert_true(txns_claim(&all, copy, &other_name));
}

static void our_own_request_comes_back(void **state)
{
	static const char branch[] = "z9hG4bKabcdfghjklmnpqrs"; /* as long as all of ours */
	struct sip_msg m = bench_msg(client_text("INVITE", branch));
	struct sip_msg info = bench_msg(client_text("INFO", branch));

	(void)state;
	assert_null(txns_own(&all, &m));
	assert_non_null(client("INVITE", branch));
	assert_non_null(txns_own(&all, &m));
	assert_null(txns_own(&all, &info));
}

/* When full: no new ones, and those there are go on. */
static void a_full_table_refuses(void **state)
{
	char branch[32];

	(void)state;
	for (int i = 0; i < CAPACITY; i++) {
		snprintf(branch, sizeof(branch), "z9hG4bK%d", i);
		assert_non_null(client("OPTIONS", branch));
	}
	assert_null(client("OPTIONS", "z9hG4bKmore"));
	assert_null(server("INVITE"));
	assert_int_equal(bench_count(&bench, COUNT_DROP_FULL), 2);
	assert_int_equal(bench.nsent, CAPACITY);
	assert_true(response(200, "z9hG4bK0", "OPTIONS"));
	bench_pass(&bench, 5000);
	assert_non_null(server("INVITE"));
}

/* Connections are gone; new ones can be opened. */
static int send_anew_only(void *ctx, struct flow *to, struct span bytes)
{
	return to->connection ? -1 : bench_on_send(ctx, to, bytes);
}

/* RFC 3261 18.2.2: a response whose connection is gone goes to the port of the top Via, or else to that of the
 * transport. */
static void answered_when_the_connection_is_gone(void **state)
{
	static const struct {
		enum conf_transport transport;
		const char *via;
		uint16_t port;
	} cases[] = {
		{ CONF_TCP, "a:5070;branch=z9hG4bKa", 5070 },
		{ CONF_TCP, "a;branch=z9hG4bKb", 5060 },
		{ CONF_TLS, "a;branch=z9hG4bKc", 5061 },
	};

	(void)state;
	bench.e->core.out.send = send_anew_only;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = request("OPTIONS", cases[i].via, "");
		struct flow from = peer();
		struct name name;
		struct txn *t;

		from.transport = cases[i].transport;
		from.connection = 7;
		bench_forget(&bench);
		assert_int_equal(txns_request(&all, &m, &name), TXN_NEW);
		t = txn_server(&all, &m, &name, &from);
		txn_respond(t, 200, SPAN("SIP/2.0 200 OK\r\n\r\n"));
		assert_int_equal(bench.nsent, 1);
		assert_int_equal(bench.sent[0].to.peer.port, cases[i].port);
	}
}

/* Who does not want to hear of something says so by leaving it out. */
static void nothing_is_told_to_who_does_not_ask(void **state)
{
	static const struct txn_ops none = { .ended = NULL };
	struct txn *t = client("OPTIONS", "z9hG4bK1");

	(void)state;
	t->ops = &none;
	assert_true(response(200, "z9hG4bK1", "OPTIONS"));
	bench_pass(&bench, 40000);
	t = client("OPTIONS", "z9hG4bK2");
	t->ops = &none;
	bench_pass(&bench, 40000);
	assert_int_equal(all.count, 0);
	assert_int_equal(heard.responses + heard.timeouts + heard.ended, 0);
}

static void branches_have_the_cookie_and_differ(void **state)
{
	char a[TOKEN_BRANCH_LEN], b[TOKEN_BRANCH_LEN];
	struct writer wa = writer_over(a, sizeof(a)), wb = writer_over(b, sizeof(b));

	(void)state;
	txn_branch_write(all.core, &wa);
	txn_branch_write(all.core, &wb);
	assert_int_equal(writer_done(&wa).n, TOKEN_BRANCH_LEN);
	assert_memory_equal(a, "z9hG4bK", 7);
	assert_memory_not_equal(a, b, TOKEN_BRANCH_LEN);
}

#define TEST(f)      cmocka_unit_test_setup_teardown(f, open_txns, close_txns)
#define CASE(f, arg) cmocka_unit_test_prestate_setup_teardown(f, open_txns, close_txns, (void *)(uintptr_t)&number[arg])

int main(void)
{
	static const unsigned number[] = { 0, 1, 2, 3, 4 };
	const struct CMUnitTest tests[] = {
		CASE(client_unanswered, 0),
		CASE(client_unanswered, 1),
		CASE(client_unanswered, 2),
		TEST(invite_after_a_provisional),
		TEST(other_after_a_provisional),
		TEST(abandoned),
		CASE(client_lingers, 0),
		CASE(client_lingers, 1),
		CASE(client_lingers, 2),
		CASE(client_lingers, 3),
		CASE(client_lingers, 4),
		TEST(ack_of_a_refusal),
		TEST(one_branch_two_methods),
		TEST(a_detached_one_lives_on_alone),
		TEST(trying_after_a_while),
		TEST(no_trying_after_ringing),
		TEST(refusal_without_ack),
		TEST(refusal_of_a_stranger),
		TEST(refusal_with_ack),
		TEST(success_lingers),
		TEST(other_answer_lingers),
		TEST(other_never_answered),
		TEST(which_requests_are_the_same),
		TEST(cancel_finds_its_invite),
		TEST(claims_last_as_long_as_the_transaction),
		TEST(our_own_request_comes_back),
		TEST(a_full_table_refuses),
		TEST(answered_when_the_connection_is_gone),
		TEST(nothing_is_told_to_who_does_not_ask),
		TEST(branches_have_the_cookie_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
