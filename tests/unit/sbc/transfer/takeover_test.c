/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/transfer/takeover.h"

#include "sbc/transfer/replaced.h"
#include "tests/unit/sbc/bench.h"

static struct bench bench;

/* The carrier's INVITE that replaces its dialog with the phone of c. */
static struct span replacing(const struct call *c, const char *body)
{
	struct replaces r = replaced_alias(c->leg[SIDE_B]);
	const char *lines = bench_text(&bench, "Replaces: %.*s;to-tag=%.*s;from-tag=%.*s\n%c", SPAN_ARG(r.call_id),
				       SPAN_ARG(r.to_tag), SPAN_ARG(r.from_tag), 0)
				    .p;

	return bench_request(&bench, "INVITE", "sip:alice@198.51.100.5", "second", 1, lines, body);
}

/* Who takes Replaces gets them; who does not gets a re-INVITE in the dialog that it has, for which there must be an
 * offer and an answered call. */
static void who_gets_what(void **state)
{
	static const struct {
		const char *supported; /* a line of the phone's 200 */
		bool answered, offer;
		bool replaces; /* what the phone's INVITE has */
	} cases[] = {
		{ "Supported: replaces, timer\n", true, true, true },
		{ "Supported: timer\n", true, true, false },
		{ "", true, true, false },
		{ "", true, false, true },
		{ "", false, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct call *c;
		char lines[256];
		unsigned asked;

		bench_open(&bench, BENCH_CONF);
		c = bench_invite(&bench);
		snprintf(lines, sizeof(lines), "%sContact: <sip:alice@10.0.0.20:5062>\nContent-Type: application/sdp\n",
			 cases[i].supported);
		bench_answer(&bench, bench.nsent - 1, cases[i].answered ? 200 : 183, lines, BENCH_SDP);
		bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
		if (cases[i].answered)
			bench_receive(&bench, bench_carrier(&bench),
				      bench_in_dialog(&bench, bench_last(&bench), "ACK", 1, ""));
		asked = bench.nasked;
		bench_receive(&bench, bench_carrier(&bench), replacing(c, cases[i].offer ? BENCH_SDP : ""));
		if (cases[i].offer) {
			assert_int_equal(bench.nasked, asked + 1);
			bench_relay(&bench, asked, "ok", BENCH_SDP);
		}
		bench_expect(bench_last(&bench), "INVITE sip:alice@10.0.0.20:5062 SIP/2.0\r\n");
		if (bench_has(bench_last(&bench), "Replaces: ") != cases[i].replaces)
			fail_msg("case %zu:\n%.*s", i, SPAN_ARG(bench_last(&bench)));
		assert_int_equal(c->takeover != NULL, !cases[i].replaces);
		engine_shutdown(bench.e);
		bench_close(&bench);
	}
}

/* The newcomer's leg takes the place of the one that is hung up on; nothing of the call that it came in is left. */
static void joined(void **state)
{
	struct span ok;
	struct call *c;
	struct leg *rest, *before;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	rest = c->leg[SIDE_B];
	before = c->leg[SIDE_A];
	bench_receive(&bench, bench_carrier(&bench), replacing(c, BENCH_SDP));
	bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
	assert_int_equal(bench.e->ncall, 2);
	bench_answer(&bench, bench.nsent - 1, 200, "Content-Type: application/sdp\n", BENCH_SDP);
	bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
	assert_int_equal(bench.e->ncall, 1);
	assert_null(c->takeover);
	assert_ptr_equal(c->leg[SIDE_B], rest);
	assert_ptr_equal(rest->peer, c->leg[SIDE_A]);
	assert_ptr_not_equal(rest->peer, before);
	assert_true(span_eq(buf_span(rest->peer->call_id), SPAN("secondcall")));
	assert_int_equal(before->state, LEG_ENDED);
	bench_expect(bench_last(&bench), "BYE ");
	bench_close(&bench);
}

/* RFC 3891 3: the dialog that was replaced has ended, though its BYE is not answered yet, and the one that took its
 * place is not meant. */
static void replaced_once_only(void **state)
{
	struct replaces names;
	struct leg *before, *found = NULL;
	struct span ok;
	struct call *c;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	c = bench_call(&bench, &ok);
	before = c->leg[SIDE_A];
	names = (struct replaces){
		.call_id = buf_span(before->call_id),
		.to_tag = buf_span(before->local_tag),
		.from_tag = buf_span(before->remote_tag),
	};
	assert_int_equal(replaced_find(bench.e, &names, &found), REPLACED_FOUND);
	bench_receive(&bench, bench_carrier(&bench), replacing(c, BENCH_SDP));
	bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
	bench_answer(&bench, bench.nsent - 1, 200, "Content-Type: application/sdp\n", BENCH_SDP);
	bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
	bench_expect(bench_last(&bench), "BYE ");
	assert_int_equal(replaced_find(bench.e, &names, &found), REPLACED_ENDED);
	bench_close(&bench);
}

/* What the newcomer is told of a phone that refuses: neither that it wants credentials, for he can't have them, nor
 * that it is busy with an offer; and the call that he would have replaced goes on. */
static void refused(void **state)
{
	static const struct {
		uint16_t by_phone, told;
	} cases[] = {
		{ 401, 403 }, { 407, 403 }, { 302, 480 }, { 486, 486 }, { 488, 488 }, { 603, 603 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span ok;
		struct call *c;

		bench_open(&bench, BENCH_CONF);
		c = bench_call(&bench, &ok);
		bench_receive(&bench, bench_carrier(&bench), replacing(c, BENCH_SDP));
		bench_relay(&bench, bench.nasked - 1, "ok", BENCH_SDP);
		bench_answer(&bench, bench.nsent - 1, cases[i].by_phone, "", "");
		if (bench_last_status(&bench) != cases[i].told)
			fail_msg("%u:\n%.*s", cases[i].by_phone, SPAN_ARG(bench_last(&bench)));
		assert_int_equal(c->leg[SIDE_A]->state, LEG_CONFIRMED);
		assert_int_equal(c->leg[SIDE_B]->state, LEG_CONFIRMED);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_gets_what),
		cmocka_unit_test(joined),
		cmocka_unit_test(replaced_once_only),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
