/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/respond.h"

#include "tests/unit/sbc/bench.h"

#define SMALL                                                                                                          \
	"OPTIONS sip:a@b SIP/2.0\nv: SIP/2.0/UDP 10.0.0.20:5062;branch=z9hG4bKq\nf: <sip:a@b>;tag=1\nt: <sip:a@b>\n"   \
	"i: 1\nCSeq: 1 OPTIONS\nl: 0\n\n"
#define CHALLENGES                                                                                                     \
	"WWW-Authenticate: Digest realm=\"example.com\",nonce=\"0123456789abcdef\",algorithm=SHA-256\r\n"              \
	"WWW-Authenticate: Digest realm=\"example.com\",nonce=\"0123456789abcdef\",algorithm=MD5\r\n"

static struct bench bench;

/* The small request with that many bytes more. */
static struct span request_of(unsigned more)
{
	static char body[2048];

	memset(body, 'x', sizeof(body));
	return bench_text(&bench, "OPTIONS sip:a@b SIP/2.0\nX-Pad: %.*s\n%s", (int)more, body, strchr(SMALL, '\n') + 1);
}

static struct txn *transaction(struct span text)
{
	struct flow from = bench_phone(&bench);
	struct sip_msg m = bench_msg(text);
	struct txn *t = txn_server(&bench.e->txns, &m, NULL, &from);

	assert_non_null(t);
	return t;
}

static void answers_in_the_transaction(void **state)
{
	static const struct {
		struct answer a;
		const char *expected[3];
	} cases[] = {
		{ { .status = 404 },
		  { "SIP/2.0 404 Not Found\r\n", "\r\nTo: <sip:a@b>;tag=", "Content-Length: 0\r\n\r\n" } },
		{ { .status = 200, .to_tag = { "ours", 4 } }, { "SIP/2.0 200 OK\r\n", "To: <sip:a@b>;tag=ours\r\n" } },
		{ { .status = 480, .reason = { "Gone fishing", 12 } }, { "SIP/2.0 480 Gone fishing\r\n" } },
		{ { .status = 503, .lines = { "Retry-After: 5\r\n", 16 } }, { "\r\nRetry-After: 5\r\n" } },
		{ { .status = 200, .body = { "hello", 5 } }, { "\r\nContent-Length: 5\r\n\r\nhello" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct txn *t;

		bench_open(&bench, BENCH_CONF);
		t = transaction(bench_text(&bench, SMALL));
		respond(bench.e, t, &cases[i].a);
		assert_int_equal(bench.nsent, 1);
		assert_int_equal(t->status, cases[i].a.status);
		bench_expect(bench_last(&bench), ";received=10.0.0.20;rport=5062\r\n");
		for (unsigned k = 0; k < 3 && cases[i].expected[k]; k++)
			bench_expect(bench_last(&bench), cases[i].expected[k]);
		bench_close(&bench);
	}
}

/* Never larger than the question, whatever its size: shorter in steps, then not at all. */
static void bounded_answers(void **state)
{
	const struct answer a = { .status = 401, .lines = SPAN(CHALLENGES) };
	unsigned whole = 0, one = 0, none = 0;

	(void)state;
	for (unsigned more = 0; more < 400; more += 5) {
		struct span text;

		bench_open(&bench, BENCH_CONF);
		text = request_of(more);
		respond_bounded(bench.e, transaction(text), &a);
		if (bench.nsent == 0) {
			none++;
			assert_int_equal(one + whole, 0);
			assert_int_equal(bench_count(&bench, COUNT_DROP_AMPLIFICATION), 1);
		} else {
			struct span sent = bench_last(&bench);

			assert_in_range(sent.n, 1, respond_most(text.n));
			/* MD5 is what every phone knows: it stays. */
			bench_expect(sent, "algorithm=MD5\r\n");
			if (bench_has(sent, "SHA-256")) {
				whole++;
			} else {
				one++;
				assert_int_equal(whole, 0);
				for (const char *const *name =
					     (const char *const[]){ "\r\nv:", "\r\nf:", "\r\nt:", "\r\ni:", NULL };
				     *name; name++)
					bench_expect(sent, *name);
				assert_int_equal(bench_msg(sent).status, 401);
			}
		}
		bench_close(&bench);
	}
	assert_true(none && one && whole);
}

static void refusals_are_counted_and_logged(void **state)
{
	struct txn *t;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	t = transaction(request_of(200));
	refuse(bench.e, t, 403, COUNT_REFUSE_IDENTITY, SPAN("al\nice"));
	assert_int_equal(bench_last_status(&bench), 403);
	assert_int_equal(bench_count(&bench, COUNT_REFUSE_IDENTITY), 1);
	bench_expect(span_str(bench.log),
		     "refused OPTIONS from 10.0.0.20:5062 realm lan: 403 identity-not-the-users: al?ice");
	bench_close(&bench);
}

/* RFC 3261 8.2.7: the same tag for each copy of a request, another one for another request. */
static void stateless_answers_agree(void **state)
{
	const struct answer a = { .status = 400 };
	struct sip_msg m, other;
	struct flow to;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	to = bench_phone(&bench);
	m = bench_msg(request_of(200));
	other = bench_msg(bench_text(&bench,
				     "OPTIONS sip:a@b SIP/2.0\nX-Pad: %0200d\nv: SIP/2.0/UDP x;branch=z9hG4bKz\n"
				     "f: <sip:a@b>;tag=1\nt: <sip:a@b>\ni: 1\nCSeq: 1 OPTIONS\n\n",
				     0));
	respond_stateless(bench.e, &m, &to, &a);
	respond_stateless(bench.e, &m, &to, &a);
	respond_stateless(bench.e, &other, &to, &a);
	assert_int_equal(bench.nsent, 3);
	assert_int_equal(bench.e->txns.count, 0);
	assert_true(span_eq(bench.sent[0].text, bench.sent[1].text));
	m = bench_msg(bench.sent[0].text);
	other = bench_msg(bench.sent[2].text);
	assert_false(span_eq(sip_msg_value(&m, SIP_HDR_TO), sip_msg_value(&other, SIP_HDR_TO)));
	bench_close(&bench);
}

static void a_small_question_gets_no_larger_answer(void **state)
{
	struct flow to;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	to = bench_phone(&bench);
	m = bench_msg(bench_text(&bench, SMALL));
	respond_stateless(bench.e, &m, &to, &(struct answer){ .status = 401, .lines = SPAN(CHALLENGES) });
	assert_int_equal(bench.nsent, 0);
	assert_int_equal(bench_count(&bench, COUNT_DROP_AMPLIFICATION), 1);
	bench_close(&bench);
}

/* The request is gone with the final response: nothing to answer from, nothing sent. */
static void answered_already(void **state)
{
	struct txn *t;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	t = transaction(request_of(200));
	respond(bench.e, t, &(struct answer){ .status = 200 });
	respond(bench.e, t, &(struct answer){ .status = 500 });
	respond_bounded(bench.e, t, &(struct answer){ .status = 500 });
	refuse(bench.e, t, 500, COUNT_REFUSE_INTERNAL, SPAN(""));
	assert_int_equal(bench.nsent, 1);
	bench_close(&bench);
}

/* Of the shortest question that phones ask, down to the last byte that may be left out. */
static void a_bare_register_is_challenged(void **state)
{
	struct span asked, sent;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	asked = bench_text(&bench, "REGISTER sip:198.51.100.5 SIP/2.0\n"
				   "Via: SIP/2.0/UDP 10.0.0.20:5062;branch=z9hG4bK-524287-1\nMax-Forwards: 70\n"
				   "From: <sip:1001@198.51.100.5>;tag=1928301774\nTo: <sip:1001@198.51.100.5>\n"
				   "Call-ID: a84b4c76e66710@10.0.0.20\nCSeq: 1 REGISTER\n"
				   "Contact: <sip:1001@10.0.0.20:5062>\nExpires: 3600\nUser-Agent: phone\n"
				   "Content-Length: 0\n\n");
	bench_receive(&bench, bench_phone(&bench), asked);
	if (bench.nsent != 1)
		fail_msg("%s", bench.log);
	sent = bench_last(&bench);
	assert_in_range(sent.n, 1, asked.n);
	m = bench_msg(sent);
	assert_int_equal(m.status, 401);
	assert_true(span_eq(sip_msg_value(&m, SIP_HDR_FROM), SPAN("<sip:1001@198.51.100.5>;tag=1928301774")));
	bench_expect(sent, "qop=\"auth\"");
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_in_the_transaction),
		cmocka_unit_test(bounded_answers),
		cmocka_unit_test(refusals_are_counted_and_logged),
		cmocka_unit_test(stateless_answers_agree),
		cmocka_unit_test(a_small_question_gets_no_larger_answer),
		cmocka_unit_test(a_bare_register_is_challenged),
		cmocka_unit_test(answered_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
