/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/leg.h"

#include "sbc/call/calls.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

static struct leg *leg_of(const struct span request, const struct flow *from, int trunk)
{
	struct call *c = calls_new(bench.e);
	struct sip_msg m = bench_msg(request);

	c->leg[SIDE_A]->trunk = (int16_t)trunk;
	assert_int_equal(leg_from_request(bench.e, c->leg[SIDE_A], &m, from), 0);
	return c->leg[SIDE_A];
}

static struct span invite(const char *lines)
{
	return bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "trunk", 7, lines, "");
}

static bool is(const struct buf *b, const char *expected)
{
	return span_eq(buf_span(b), span_str(expected));
}

/* RFC 3261 12.1.1. */
static void the_dialog_of_one_who_called_us(void **state)
{
	struct flow from;
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	from = bench_carrier(&bench);
	l = leg_of(invite("Record-Route: <sip:p1;lr>, <sip:p2;lr>\nRecord-Route: <sip:p3;lr>\n"), &from, -1);
	assert_true(is(l->call_id, "trunkcall"));
	assert_true(is(l->remote, "\"Caller\" <sip:trunk@example.com>"));
	assert_true(is(l->remote_tag, "trunktag"));
	assert_true(is(l->local, "<sip:alice@198.51.100.5>"));
	assert_int_equal(buf_span(l->local_tag).n, TOKEN_TAG_LEN);
	assert_true(is(l->target, "sip:trunk@192.0.2.7"));
	assert_true(is(l->routes, "<sip:p1;lr>, <sip:p2;lr>, <sip:p3;lr>"));
	assert_int_equal(l->remote_cseq, 7);
	assert_true(flow_eq(&l->flow, &from));
	bench_close(&bench);
}

/* R7: a phone is where its packets come from; a trunk is where its Contact or first route says, if that can be sent to.
 */
static void where_the_peer_is(void **state)
{
	static const struct {
		const char *name, *contact;
		int trunk;
		const char *peer;
	} cases[] = {
		{ "phone", "Contact: <sip:x@192.0.2.8:5070>\n", -1, "203.0.113.99:5060" },
		{ "trunk", "Contact: <sip:x@192.0.2.8:5070>\n", 0, "192.0.2.8:5070" },
		{ "trunk, default port", "Contact: <sip:x@192.0.2.8>\n", 0, "192.0.2.8:5060" },
		{ "trunk, name", "Contact: <sip:x@carrier.example>\n", 0, "203.0.113.99:5060" },
		{ "trunk, loopback", "Contact: <sip:x@127.0.0.1>\n", 0, "203.0.113.99:5060" },
		{ "trunk, nowhere", "Contact: <sip:x@0.0.0.0>\n", 0, "203.0.113.99:5060" },
		{ "trunk, other family", "Contact: <sip:x@[2001:db8::1]>\n", 0, "203.0.113.99:5060" },
		{ "trunk, route first", "Contact: <sip:x@192.0.2.8>\nRecord-Route: <sip:192.0.2.9:5061;lr>\n", 0,
		  "192.0.2.9:5061" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char peer[ADDR_TEXT_MAX];
		struct flow from;
		struct leg *l;

		bench_open(&bench, BENCH_CONF);
		from = bench_carrier(&bench);
		l = leg_of(bench_text(&bench,
				      "INVITE sip:a@b SIP/2.0\nv: SIP/2.0/UDP x;branch=z9hG4bK1\nf: <sip:t@b>;tag=1\n"
				      "t: <sip:a@b>\ni: 1\nCSeq: 1 INVITE\n%s\n",
				      cases[i].contact),
			   &from, cases[i].trunk);
		if (strcmp(addr_text(&l->flow.peer, peer), cases[i].peer) != 0)
			fail_msg("%s: %s", cases[i].name, peer);
		bench_close(&bench);
	}
}

/* RFC 3261 12.2.2: Call-ID and both tags. */
static void a_request_finds_its_dialog(void **state)
{
	static const struct {
		const char *name, *call_id, *from_tag;
		bool our_tag, found;
	} cases[] = {
		{ "its own", "trunkcall", "trunktag", true, true },
		{ "other Call-ID", "trunkcall2", "trunktag", true, false },
		{ "other From tag", "trunkcall", "trunktag2", true, false },
		{ "other To tag", "trunkcall", "trunktag", false, false },
	};
	struct flow from;
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	from = bench_carrier(&bench);
	l = leg_of(invite(""), &from, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = bench_msg(
			bench_text(&bench,
				   "BYE sip:x@y SIP/2.0\nv: SIP/2.0/UDP x;branch=z9hG4bK1\nf: <sip:t@b>;tag=%s\n"
				   "t: <sip:a@b>;tag=%.*s%s\ni: %s\nCSeq: 8 BYE\n\n",
				   cases[i].from_tag, SPAN_ARG(buf_span(l->local_tag)), cases[i].our_tag ? "" : "x",
				   cases[i].call_id));

		if (leg_find(bench.e, &m) != (cases[i].found ? l : NULL))
			fail_msg("%s", cases[i].name);
	}
	leg_fini(bench.e, l);
	assert_int_equal(bench.e->dialogs.count, 0);
	leg_fini(bench.e, l);
	bench_close(&bench);
}

static struct leg *leg_to_the_phone(void)
{
	struct call *c = calls_new(bench.e);
	struct leg_target t = {
		.flow = bench_phone(&bench),
		.trunk = -1,
		.uri = SPAN("sip:alice@10.0.0.20:5062"),
		.from = SPAN("<sip:t@example.com>"),
		.to = SPAN("<sip:alice@example.com>"),
	};

	assert_int_equal(leg_towards(bench.e, c->leg[SIDE_B], &t), 0);
	return c->leg[SIDE_B];
}

/* Whole, as in RFC 3261 12.2.1.1: tags, CSeq, the route set and who we are there. */
static void a_request_of_ours(void **state)
{
	struct leg_request r = { .method = SPAN("REFER"), .hops = 12, .body = SPAN(""), .branch = SPAN("z9hG4bKb") };
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	l = leg_to_the_phone();
	assert_int_equal(buf_replace(&bench.e->core.bufs, &l->remote_tag, SPAN("rt")), 0);
	assert_int_equal(buf_replace(&bench.e->core.bufs, &l->routes, SPAN("<sip:p;lr>")), 0);
	r.cseq = leg_next_cseq(l);
	assert_true(span_eq(
		leg_request_write(bench.e, l, &r),
		bench_text(
			&bench,
			"REFER sip:alice@10.0.0.20:5062 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKb;rport\n"
			"Route: <sip:p;lr>\nMax-Forwards: 11\nFrom: <sip:t@example.com>;tag=%.*s\n"
			"To: <sip:alice@example.com>;tag=rt\nCall-ID: %.*s\nCSeq: 1 REFER\n"
			"Contact: <sip:%.*s@10.0.0.5:5060>\nContent-Length: 0\n\n",
			SPAN_ARG(buf_span(l->local_tag)), SPAN_ARG(buf_span(l->call_id)),
			SPAN_ARG(buf_span(l->local_tag)))));
	/* What ends or only informs does not say where its sender is. */
	r.method = SPAN("BYE");
	r.hops = 0;
	r.cseq = leg_next_cseq(l);
	assert_true(span_search(leg_request_write(bench.e, l, &r), SPAN("Contact")) ==
		    leg_request_write(bench.e, l, &r).n);
	bench_expect(leg_request_write(bench.e, l, &r), "\r\nMax-Forwards: 70\r\n");
	assert_int_equal(r.cseq, 2);
	bench_close(&bench);
}

static struct sip_msg response(const struct leg *l, unsigned status, const char *tag, const char *lines)
{
	return bench_msg(bench_text(&bench,
				    "SIP/2.0 %u X\nv: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK1\nf: <sip:t@b>;tag=%.*s\n"
				    "t: <sip:a@b>;tag=%s\ni: %.*s\nCSeq: 1 INVITE\n%s\n",
				    status, SPAN_ARG(buf_span(l->local_tag)), tag, SPAN_ARG(buf_span(l->call_id)),
				    lines));
}

/* RFC 3261 12.1.2: routes in reverse, the tag of the 2xx decides, and only the first of them. */
static void what_responses_teach(void **state)
{
	struct sip_msg early, ok, refresh;
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	l = leg_to_the_phone();
	early = response(l, 180, "one", "Record-Route: <sip:p1;lr>, <sip:p2;lr>\n");
	leg_learn_response(bench.e, l, &early);
	assert_int_equal(l->state, LEG_EARLY);
	assert_true(is(l->remote_tag, "one"));
	assert_true(is(l->routes, "<sip:p2;lr>, <sip:p1;lr>"));
	assert_true(is(l->target, "sip:alice@10.0.0.20:5062"));
	ok = response(l, 200, "two", "Contact: <sip:al@10.0.0.20:5062;ob>\n");
	leg_learn_response(bench.e, l, &ok);
	assert_int_equal(l->state, LEG_CONFIRMED);
	assert_true(is(l->remote_tag, "two"));
	assert_true(is(l->target, "sip:al@10.0.0.20:5062;ob"));
	refresh = response(l, 200, "three", "Contact: <sip:new@10.0.0.20>\nRecord-Route: <sip:p9;lr>\n");
	leg_learn_response(bench.e, l, &refresh);
	assert_true(is(l->remote_tag, "two"));
	assert_true(is(l->target, "sip:new@10.0.0.20"));
	assert_false(bench_has(buf_span(l->routes), "p9"));
	bench_close(&bench);
}

/* RFC 3261 13.3.1.4: T1, doubled up to T2, until the ACK. */
static void a_2xx_is_sent_again_until_its_ack(void **state)
{
	static const unsigned at[] = { 500, 1500, 3500, 7500, 11500 };
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	l = leg_to_the_phone();
	leg_answer_start(bench.e, l, SPAN("SIP/2.0 200 OK\r\n\r\n"));
	bench_pass(&bench, 12000);
	assert_int_equal(bench.nsent, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(bench.sent[i].at, at[i]);
	leg_acked(bench.e, l);
	bench_pass(&bench, 60000);
	assert_int_equal(bench.nsent, 5);
	assert_null(l->answer);
	bench_close(&bench);
}

static void bye_waits_for_the_ack(void **state)
{
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	l = leg_to_the_phone();
	leg_bye(bench.e, l, (struct span){ 0 }); /* no dialog yet: nothing to end */
	assert_int_equal(bench.nsent, 0);
	l->state = LEG_CONFIRMED;
	leg_answer_start(bench.e, l, SPAN("SIP/2.0 200 OK\r\n\r\n"));
	leg_bye(bench.e, l, (struct span){ 0 });
	assert_int_equal(bench.nsent, 0);
	assert_true(l->bye_due);
	leg_acked(bench.e, l);
	leg_bye(bench.e, l, SPAN("Reason: SIP;cause=200\r\n"));
	bench_expect(bench_last(&bench), "BYE sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
	bench_expect(bench_last(&bench), "\r\nReason: SIP;cause=200\r\n");
	assert_int_equal(l->state, LEG_ENDED);
	assert_false(l->bye_due);
	leg_bye(bench.e, l, (struct span){ 0 });
	assert_int_equal(bench.nsent, 1);
	bench_close(&bench);
}

static void acks_are_repeated_as_they_were(void **state)
{
	struct leg *l;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	l = leg_to_the_phone();
	leg_ack_again(bench.e, l);
	assert_int_equal(bench.nsent, 0);
	l->invite_cseq = 9;
	l->local_cseq = 12;
	leg_ack(bench.e, l, SPAN("v=0\r\n"));
	bench_expect(bench_last(&bench), "\r\nCSeq: 9 ACK\r\n");
	bench_expect(bench_last(&bench), "\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
	leg_ack_again(bench.e, l);
	assert_int_equal(bench.nsent, 2);
	assert_true(span_eq(bench.sent[0].text, bench.sent[1].text));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dialog_of_one_who_called_us),
		cmocka_unit_test(where_the_peer_is),
		cmocka_unit_test(a_request_finds_its_dialog),
		cmocka_unit_test(a_request_of_ours),
		cmocka_unit_test(what_responses_teach),
		cmocka_unit_test(a_2xx_is_sent_again_until_its_ack),
		cmocka_unit_test(bye_waits_for_the_ack),
		cmocka_unit_test(acks_are_repeated_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
