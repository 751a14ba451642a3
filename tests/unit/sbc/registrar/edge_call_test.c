/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/edge_call.h"

#include "tests/unit/sbc/edgebench.h"

static struct bench bench;

static const struct identity pbx = { .kind = IDENTITY_TRUNK, .trunk = 0, .realm = 0 };
static const struct identity pbx2 = { .kind = IDENTITY_TRUNK, .trunk = 1, .realm = 0 };
static const struct identity phone = { .kind = IDENTITY_PHONE, .trunk = -1, .realm = 1 };
static const struct identity other = { .kind = IDENTITY_PHONE, .trunk = -1, .realm = 2 };

static struct sip_msg invite(const char *uri)
{
	return bench_msg(bench_request(&bench, "INVITE", uri, "alice", 9, "", ""));
}

/* Where that one's call of URI goes: whose place it is, or the status. TOKEN: what home knows alice by. */
static void where_calls_go(void **state)
{
	static const struct {
		const char *name, *uri;
		const struct identity *who;
		bool handled;
		unsigned status;
		const char *target; /* Request-URI */
	} cases[] = {
		{ "home, by token", "sip:TOKEN@10.0.0.5", &pbx, true, 0, "sip:alice@192.168.1.10:5060" },
		{ "home, by name", "sip:alice@example.com", &pbx, true, 0, "sip:alice@192.168.1.10:5060" },
		{ "home, by name at our address", "sip:alice@10.0.0.5", &pbx, true, 0, "sip:alice@192.168.1.10:5060" },
		{ "home, a phone that is gone", "sip:abcdfghjklmnpqrs@10.0.0.5", &pbx, true, 480, NULL },
		{ "home, another number", "sip:4711@10.0.0.5", &pbx, false, 0, NULL },
		{ "another home", "sip:TOKEN@10.0.0.5", &pbx2, true, 480, NULL },
		{ "another home, a number", "sip:alice@example.com", &pbx2, false, 0, NULL },
		{ "a phone", "sip:5000@example.com", &phone, true, 0, "sip:5000@example.com" },
		{ "a phone, at our address", "sip:5000@198.51.100.5", &phone, true, 0, "sip:5000@10.0.0.10" },
		{ "a phone, somebody who is here", "sip:alice@example.com", &phone, true, 0, "sip:alice@example.com" },
		{ "a phone of another home", "sip:TOKEN@example.com", &other, true, 0, "sip:TOKEN@example.com" },
	};
	static struct route route;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char uri[128], want[128];
		struct span token;
		struct sip_msg m;
		uint16_t status = 0;
		enum count why;
		bool named = strncmp(cases[i].uri, "sip:TOKEN", 9) == 0;

		print_message("%s\n", cases[i].name);
		bench_open(&bench, EDGE_CONF);
		token = edge_let_in(&bench)->facts.token;
		snprintf(uri, sizeof(uri), "%.*s%.*s%s", named ? 4 : 0, "sip:", named ? (int)token.n : 0, token.p,
			 named ? cases[i].uri + 9 : cases[i].uri);
		m = invite(uri);
		assert_int_equal(edge_route(bench.e, &m, span_str(uri), cases[i].who, &route, &why, &status),
				 cases[i].handled);
		assert_int_equal(status, cases[i].status);
		if (cases[i].target) {
			snprintf(want, sizeof(want), "%s", cases[i].target[4] == 'T' ? uri : cases[i].target);
			assert_true(route.n > 0);
			assert_true(span_eq(route.target[0].leg.uri, span_str(want)));
		}
		bench_close(&bench);
	}
}

/* Both of home's peers in turn, by the names of one dialog (A1), and by the way home wants (RFC 3608). */
static void the_way_home(void **state)
{
	static struct route route;
	struct identity alice = phone;
	struct binding *b;
	struct sip_msg m;
	uint16_t status;
	enum count why;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	b = edge_let_in(&bench);
	b->facts.service_route = SPAN("<sip:10.0.0.10;lr>");
	alice.user = binding_user_name(b);
	m = invite("sip:5000@example.com");
	assert_true(edge_route(bench.e, &m, m.uri, &alice, &route, &why, &status));
	assert_int_equal(route.n, 2);
	assert_int_not_equal(route.target[0].group, route.target[1].group);
	assert_true(span_eq(route.target[0].leg.call_id, route.target[1].leg.call_id));
	assert_true(span_eq(route.target[0].leg.route, SPAN("<sip:10.0.0.10;lr>")));
	assert_true(span_eq(route.target[0].leg.from, SPAN("\"Caller\" <sip:alice@example.com>")));
	assert_int_equal(route.target[0].leg.cseq, 9);
	assert_int_equal(route.target[0].leg.trunk, 0);
	bench_close(&bench);
}

/* G7 */
static void while_home_is_lost(void **state)
{
	static struct route route;
	struct sip_msg m;
	uint16_t status;
	enum count why;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	edge_let_in(&bench);
	bench.e->edge.realm[1].survives = true;
	m = invite("sip:alice@example.com");
	assert_true(edge_route(bench.e, &m, m.uri, &phone, &route, &why, &status));
	assert_true(span_eq(route.target[0].leg.uri, SPAN("sip:alice@192.168.1.10:5060")));
	m = invite("sip:5000@example.com");
	assert_true(edge_route(bench.e, &m, m.uri, &phone, &route, &why, &status));
	assert_true(span_eq(route.target[0].leg.uri, SPAN("sip:5000@example.com")));
	/* Not those of another home, whatever they are called. */
	bench.e->edge.realm[2].survives = true;
	m = invite("sip:alice@example.com");
	assert_true(edge_route(bench.e, &m, m.uri, &other, &route, &why, &status));
	assert_int_equal(route.target[0].leg.trunk, 1);
	bench_close(&bench);
}

/* Credentials go from a phone to its own home and nowhere else; only that home may ask for some. */
static void credentials(void **state)
{
	static const struct {
		unsigned realm; /* of the phone */
		int from_trunk, to_trunk;
		bool cross;
	} cases[] = {
		{ 1, -1, 0, true },  { 1, -1, 1, false }, { 2, -1, 0, false },  { 2, -1, 1, true },
		{ 0, -1, 0, false }, { 1, 1, 0, false },  { 1, -1, -1, false },
	};

	(void)state;
	bench_open(&bench, EDGE_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct leg from = { .trunk = (int16_t)cases[i].from_trunk, .flow.realm = (uint8_t)cases[i].realm };
		struct leg to = { .trunk = (int16_t)cases[i].to_trunk };
		struct sip_msg m = bench_msg(bench_request(
				       &bench, "INVITE", "sip:x@y", "alice", (unsigned)i,
				       "Authorization: Digest a=\"B\" ,  c=D\nproxy-authorization: Digest e=f\n", "")),
			       challenge = { .status = 407 };
		char text[512];
		struct writer w = writer_over(text, sizeof(text));
		struct pass p = { .from = &from };

		edge_credentials_write(bench.e, &w, &from, &to, &m);
		assert_true(span_eq(writer_done(&w), cases[i].cross ? SPAN("Authorization: Digest a=\"B\" ,  c=D\r\n"
									   "Proxy-Authorization: Digest e=f\r\n")
								    : SPAN("")));
		assert_int_equal(edge_is_challenge(bench.e, &p, &to, &challenge), cases[i].cross);
		challenge.status = 403;
		assert_false(edge_is_challenge(bench.e, &p, &to, &challenge));
	}
	bench_close(&bench);
}

/* Home rings both of a user's phones by one INVITE; over a second path to the same phone it must not ring again. */
static void two_phones_by_one_call(void **state)
{
	struct span token[2];
	struct binding *b;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	edge_let_in(&bench);
	bench_pass(&bench, 1000);
	bench_receive(&bench, bench_flow(&bench, "internet", "203.0.113.12:4000"),
		      edge_reg(&bench, 7, "Contact: <sip:second@192.168.1.12>\n"));
	edge_answered(&bench, 200, "");
	b = edge_alice(&bench);
	token[0] = b->facts.token;
	token[1] = b->next->facts.token;
	bench_forget(&bench);
	for (unsigned i = 0; i < 3; i++) {
		struct span text =
			bench_text(&bench,
				   "MESSAGE sip:%.*s@10.0.0.5 SIP/2.0\nVia: SIP/2.0/UDP "
				   "10.0.0.10;branch=z9hG4bKf%u\nMax-Forwards: 70\n"
				   "From: <sip:bob@example.com>;tag=b\nTo: <sip:alice@example.com>\nCall-ID: one\n"
				   "CSeq: 1 MESSAGE\nContent-Length: 0\n\n",
				   SPAN_ARG(token[i % 2]), i);

		bench_receive(&bench, edge_pbx(&bench), text);
		assert_int_equal(bench_last_status(&bench), i < 2 ? 0 : 482);
	}
	assert_int_equal(bench.nsent, 3);
	assert_false(addr_eq(&bench.sent[0].to.peer, &bench.sent[1].to.peer));
	bench_close(&bench);
}

/* Who may call: phones.calls-from. */
static void callers(void **state)
{
	static const struct {
		const char *realm, *peer, *from;
		const char *user; /* NULL: refused */
	} cases[] = {
		{ "internet", "203.0.113.10:40000", "alice", "alice@example.com" },
		{ "internet", "203.0.113.10:40000", "anonymous", "alice@example.com" },
		{ "internet", "203.0.113.10:40001", "alice", NULL },
		{ "internet", "203.0.113.66:40000", "alice", NULL },
		{ "other", "203.0.113.66:40000", "bob", "sip:bob@example.com" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct identity who;
		struct sip_msg m;
		struct flow from;
		struct txn *t;

		bench_open(&bench, EDGE_CONF);
		edge_let_in(&bench);
		from = bench_flow(&bench, cases[i].realm, cases[i].peer);
		m = bench_msg(bench_request(&bench, "INVITE", "sip:5000@example.com", cases[i].from, 1, "", BENCH_SDP));
		t = txn_server(&bench.e->txns, &m, NULL, &from);
		assert_int_equal(identity_establish(bench.e, t, &m, &who), cases[i].user != NULL);
		if (cases[i].user)
			assert_true(span_eq(who.user, span_str(cases[i].user)));
		else
			assert_int_equal(bench_last_status(&bench), 403);
		assert_int_equal(edge_is_stranger(bench.e, &from), i > 1);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_calls_go),
		cmocka_unit_test(the_way_home),
		cmocka_unit_test(while_home_is_lost),
		cmocka_unit_test(credentials),
		cmocka_unit_test(callers),
		cmocka_unit_test(two_phones_by_one_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
