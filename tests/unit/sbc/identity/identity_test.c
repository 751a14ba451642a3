/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/identity.h"

#include "tests/unit/sbc/bench.h"

static struct bench bench;

static void a_trunk_is_known_by_where_it_sends_from(void **state)
{
	static const struct {
		const char *realm, *peer;
		int trunk;
	} cases[] = {
		{ "internet", "203.0.113.99:5060", 0 },
		{ "internet", "203.0.113.99:40000", 0 }, /* carriers send from many ports */
		{ "internet", "203.0.113.98:5060", -1 },
		{ "lan", "203.0.113.99:5060", -1 },
	};

	(void)state;
	bench_open(&bench, BENCH_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow f = bench_flow(&bench, cases[i].realm, cases[i].peer);

		assert_int_equal(identity_trunk(bench.e, &f), cases[i].trunk);
	}
	bench_close(&bench);
}

/* A request of the method from there; the outcome in *who. */
static bool establish(const char *method, const struct flow *from, const char *user, const char *lines,
		      struct identity *who)
{
	struct span text =
		bench_request(&bench, method, "sip:bob@example.com", user, 1, lines, BENCH_SDP BENCH_SDP BENCH_SDP);
	struct sip_msg m = bench_msg(text);
	struct txn *t = txn_server(&bench.e->txns, &m, NULL, from);

	assert_non_null(t);
	return identity_establish(bench.e, t, &m, who);
}

static void trunks_need_no_credentials(void **state)
{
	struct flow from;
	struct identity who;

	(void)state;
	bench_open(&bench, BENCH_CONF);
	from = bench_carrier(&bench);
	assert_true(establish("INVITE", &from, "anybody", "", &who));
	assert_int_equal(who.kind, IDENTITY_TRUNK);
	assert_int_equal(who.trunk, 0);
	assert_int_equal(who.realm, 1);
	assert_int_equal(bench.nsent, 0);
	bench_close(&bench);
}

static void strangers_are_challenged_or_refused(void **state)
{
	static const struct {
		const char *name, *realm, *method, *lines;
		unsigned status;
		enum count count;
	} cases[] = {
		{ "phone calls", "lan", "INVITE", "", 407, COUNT_REFUSE_CHALLENGED },
		{ "phone registers", "lan", "REGISTER", "", 401, COUNT_REFUSE_CHALLENGED },
		{ "no phones live there", "internet", "INVITE", "", 403, COUNT_REFUSE_NOT_ALLOWED },
		{ "no phones live there: REGISTER", "internet", "REGISTER", "", 403, COUNT_REFUSE_NOT_ALLOWED },
		{ "a nonce we never gave", "lan", "INVITE",
		  "Proxy-Authorization: Digest username=\"alice\", realm=\"example.com\", nonce=\"x\", "
		  "uri=\"sip:bob@example.com\","
		  " response=\"00000000000000000000000000000000\", algorithm=MD5, qop=auth, nc=00000001, "
		  "cnonce=\"c\"\n",
		  407, COUNT_REFUSE_STALE },
		{ "credentials that can't be read", "lan", "INVITE",
		  "Proxy-Authorization: Digest realm=\"example.com\"\n", 400, COUNT_REFUSE_CREDENTIALS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow from;
		struct identity who;

		bench_open(&bench, BENCH_CONF);
		from = bench_flow(&bench, cases[i].realm, "192.0.2.7");
		if (establish(cases[i].method, &from, "alice", cases[i].lines, &who))
			fail_msg("%s: let in", cases[i].name);
		assert_int_equal(bench.nsent, 1);
		if (bench_last_status(&bench) != cases[i].status || !bench_count(&bench, cases[i].count))
			fail_msg("%s: %u", cases[i].name, bench_last_status(&bench));
		if (cases[i].status == 407)
			bench_expect(bench_last(&bench), "\r\nProxy-Authenticate: Digest ");
		if (cases[i].status == 401)
			bench_expect(bench_last(&bench), "\r\nWWW-Authenticate: Digest ");
		bench_close(&bench);
	}
}

/* What is between name=" and the next quote in the challenge. */
static struct span quoted(struct span text, const char *name)
{
	struct span s = span_from(text, span_search(text, span_str(name)) + (uint32_t)strlen(name));

	return span_slice(s, 0, span_find(s, '"'));
}

/* Alice's credentials for our challenge. */
static const char *credentials(const char *password)
{
	static char lines[1024];
	struct user user = { .name = SPAN("alice"), .password = span_str(password) };
	struct digest_credentials c = {
		.username = SPAN("alice"),
		.realm = SPAN("example.com"),
		.nonce = quoted(bench_last(&bench), "nonce=\""),
		.uri = SPAN("sip:bob@example.com"),
		.qop = SPAN("auth"),
		.cnonce = SPAN("c"),
		.nc = SPAN("00000001"),
		.algorithm = DIGEST_MD5,
	};
	struct hasher_hex hex;

	auth_response(bench.e->auth[0], SPAN("INVITE"), &c, &user, &hex);
	snprintf(
		lines, sizeof(lines),
		"Proxy-Authorization: Digest username=\"alice\", realm=\"example.com\", nonce=\"%.*s\","
		" uri=\"sip:bob@example.com\", response=\"%.*s\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"c\"\n",
		SPAN_ARG(c.nonce), (int)hex.n, hex.text);
	return lines;
}

static void a_phone_speaks_as_itself_alone(void **state)
{
	static const struct {
		const char *from, *password;
		bool in;
		enum count count;
	} cases[] = {
		{ "alice", "secret", true, COUNT_N },
		{ "bob", "secret", false, COUNT_REFUSE_IDENTITY },
		{ "%61lice", "secret", true, COUNT_N },
		{ "alice", "guess", false, COUNT_REFUSE_CREDENTIALS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow from;
		struct identity who;
		const char *lines;

		bench_open(&bench, BENCH_CONF);
		from = bench_phone(&bench);
		assert_false(establish("INVITE", &from, "first", "", &who));
		lines = credentials(cases[i].password);
		if (establish("INVITE", &from, cases[i].from, lines, &who) != cases[i].in)
			fail_msg("case %zu: %s", i, bench.log);
		if (cases[i].in) {
			assert_int_equal(who.kind, IDENTITY_PHONE);
			assert_int_equal(who.trunk, -1);
			assert_true(span_eq(who.user, SPAN("alice")));
		} else {
			assert_int_equal(bench_last_status(&bench), 403);
			assert_int_equal(bench_count(&bench, cases[i].count), 1);
		}
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trunk_is_known_by_where_it_sends_from),
		cmocka_unit_test(trunks_need_no_credentials),
		cmocka_unit_test(strangers_are_challenged_or_refused),
		cmocka_unit_test(a_phone_speaks_as_itself_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
