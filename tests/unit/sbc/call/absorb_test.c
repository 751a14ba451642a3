/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/absorb.h"

#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ \"realms\": {"                                                                                              \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"phones\": { } },"         \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" },"                   \
	"  \"refresh\": \"absorb\" } }, " BENCH_TRUNK ", " BENCH_LIMITS " }"

#define CHANGED                                                                                                        \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"          \
	"a=sendonly\r\n"

static struct bench bench;

/* The carrier's request with that body; lines as bench_request() has them. */
static struct sip_msg request(const char *method, const char *contact, const char *body)
{
	return bench_msg(bench_text(&bench,
				    "%s sip:x@198.51.100.5 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1\n"
				    "From: <sip:trunk@example.com>;tag=1\nTo: <sip:alice@example.com>;tag=2\n"
				    "Call-ID: 1\nCSeq: 2 %s\n%s%sContent-Length: %zu\n\n%s",
				    method, method, contact, body[0] ? "Content-Type: application/sdp\n" : "",
				    strlen(body), body));
}

/* What repeats what is in force: place and session. */
static void repetitions(void **state)
{
	static const struct {
		const char *method, *contact, *body;
		bool expected;
	} cases[] = {
		{ "INVITE", "Contact: <sip:trunk@192.0.2.7>\n", BENCH_SDP, true },
		{ "INVITE", "Contact: \"T\" <sip:trunk@192.0.2.7>;x=y\n", BENCH_SDP, true },
		{ "UPDATE", "Contact: <sip:trunk@192.0.2.7>\n", BENCH_SDP, true },
		{ "UPDATE", "Contact: <sip:trunk@192.0.2.7>\n", "", true },
		{ "UPDATE", "", "", true },
		{ "INVITE", "", BENCH_SDP, false },
		{ "INVITE", "Contact: <sip:trunk@192.0.2.7>\n", "", false },      /* asks for an offer */
		{ "INVITE", "Contact: <sip:trunk@192.0.2.7>\n", CHANGED, false }, /* its o= line says it is the same */
		{ "INVITE", "Contact: <sip:trunk@192.0.2.8>\n", BENCH_SDP, false },
		{ "UPDATE", "Contact: <sip:trunk@192.0.2.7:5070>\n", "", false },
		{ "INVITE", "Contact: *\n", BENCH_SDP, false },
		{ "INFO", "Contact: <sip:trunk@192.0.2.7>\n", BENCH_SDP, false },
	};
	struct flow from;
	struct call *c;

	(void)state;
	bench_open(&bench, CONF);
	from = bench_carrier(&bench);
	c = bench_invite(&bench);
	absorb_heard_answer(bench.e, c->leg[SIDE_B], c->leg[SIDE_A], SPAN(BENCH_SDP));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = request(cases[i].method, cases[i].contact, cases[i].body);

		if (absorb_is_repetition(bench.e, c->leg[SIDE_A], &from, &m) != cases[i].expected)
			fail_msg("%s %s%s", cases[i].method, cases[i].contact, cases[i].body);
		/* The phone's realm passes them on. */
		assert_false(absorb_is_repetition(bench.e, c->leg[SIDE_B], &from, &m));
	}
	bench_close(&bench);
}

/* A step: 'o' an offer, 'f' it is refused, 'a' it is answered, 's' the party itself answers. */
static void what_is_in_force(void **state)
{
	static const struct {
		const char *steps; /* with the SDP, 1 or 2, that is said */
		char expected;     /* '0': neither */
	} cases[] = {
		{ "o1", '0' },     { "o1a", '1' },     { "o1f", '0' },       { "o1ao2", '1' },
		{ "o1ao2f", '1' }, { "o1ao2fa", '1' }, { "o1ao2a", '2' },    { "s1", '1' },
		{ "s1o2a", '2' },  { "o1as2", '2' },   { "o1ao2fs1a", '1' }, { "o1as2a", '2' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg one, two;
		struct leg *l, *peer;
		struct flow from;

		bench_open(&bench, CONF);
		from = bench_carrier(&bench);
		l = bench_invite(&bench)->leg[SIDE_A];
		peer = l->peer;
		l->said = l->offered = (struct name){ 0 };
		for (const char *p = cases[i].steps; *p; p++) {
			struct span sdp = p[1] == '1' ? SPAN(BENCH_SDP) : SPAN(CHANGED);

			if (*p == 'o')
				absorb_heard_offer(bench.e, l, sdp);
			else if (*p == 'f')
				absorb_forget_offer(l);
			else if (*p == 'a')
				absorb_heard_answer(bench.e, peer, l, SPAN("v=0\r\n"));
			else if (*p == 's')
				absorb_heard_answer(bench.e, l, peer, sdp);
		}
		one = request("INVITE", "Contact: <sip:trunk@192.0.2.7>\n", BENCH_SDP);
		two = request("INVITE", "Contact: <sip:trunk@192.0.2.7>\n", CHANGED);
		if (absorb_is_repetition(bench.e, l, &from, &one) != (cases[i].expected == '1') ||
		    absorb_is_repetition(bench.e, l, &from, &two) != (cases[i].expected == '2'))
			fail_msg("%s", cases[i].steps);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repetitions),
		cmocka_unit_test(what_is_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
