/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/credentials.h"

#include "tests/unit/sbc/bench.h"

#define CONF                                                                                                           \
	"{ " BENCH_REALMS ", \"trunks\": {"                                                                            \
	" \"carrier\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.99\"], \"probe\": \"0s\","                   \
	"  \"auth\": { \"user\": \"acct\", \"password\": \"env:X\" } },"                                               \
	" \"strict\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.98\"], \"probe\": \"0s\","                    \
	"  \"auth\": { \"user\": \"acct\", \"password\": \"env:X\", \"realm\": \"right\" } },"                         \
	" \"plain\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.97\"], \"probe\": \"0s\" },"                   \
	" \"second\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.96\"], \"probe\": \"0s\","                    \
	"  \"auth\": { \"user\": \"other\", \"password\": \"env:X\" } } }, " BENCH_LIMITS " }"

enum { CARRIER, STRICT, PLAIN, SECOND };

#define REQUEST "OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\nContent-Length: 4\r\n\r\nbody"

static struct bench bench;

static void open_bench(void)
{
	struct engine_setup s;

	memset(&bench, 0, sizeof(bench));
	bench.their_tag = "theirs";
	s = bench_setup(&bench, CONF);
	s.secrets = secrets_new(bench.conf->ntrunk);
	for (unsigned t = 0; t < bench.conf->ntrunk; t++)
		if (t != PLAIN)
			secrets_set(s.secrets, t, SPAN("geheim"));
	bench.e = engine_new(&s);
	assert_non_null(bench.e);
}

/* That response from there: is it answered? */
static bool asked_by(int trunk, const char *peer, uint16_t status, const char *lines, struct credentials_asked *asked)
{
	struct flow f = bench_flow(&bench, "internet", peer);
	struct sip_msg m = bench_msg(bench_text(&bench,
						"SIP/2.0 %u No\nVia: SIP/2.0/UDP x;branch=z\nFrom: <sip:a@b>;tag=1\n"
						"To: <sip:a@b>;tag=2\nCall-ID: c\nCSeq: 1 OPTIONS\n%s\n",
						status, lines));

	return credentials_answer(bench.e, trunk, &f, &m, asked);
}

/* The request as it goes there. */
static struct span sent_to(int trunk, const char *peer, const struct credentials_asked *asked)
{
	static char text[4096];
	struct writer w = writer_over(text, sizeof(text));
	struct flow f = bench_flow(&bench, "internet", peer);
	struct span added;

	writer_str(&w, REQUEST);
	added = credentials_add(bench.e, trunk, &f, asked, &w);
	assert_true(!span_is_set(added) || span_within(added, writer_done(&w)));
	return writer_done(&w);
}

#define DIGEST(rest) "WWW-Authenticate: Digest realm=\"right\", nonce=\"n\", qop=\"auth\"" rest "\n"

/* Who gets an answer (A2). */
static void who_is_answered(void **state)
{
	static const struct {
		const char *name;
		int trunk;
		const char *peer;
		uint16_t status;
		const char *lines;
		bool expected;
	} cases[] = {
		{ "a place of the trunk", CARRIER, "203.0.113.99", 401, DIGEST(""), true },
		{ "another port of it", CARRIER, "203.0.113.99:5080", 401, DIGEST(""), true },
		{ "as a proxy", CARRIER, "203.0.113.99", 407, "Proxy-Authenticate: Digest realm=r, nonce=n\n", true },
		{ "another trunk", SECOND, "203.0.113.96", 401, DIGEST(""), true },
		{ "somebody else, named by a Contact", CARRIER, "203.0.113.66", 401, DIGEST(""), false },
		{ "a place of another trunk", CARRIER, "203.0.113.98", 401, DIGEST(""), false },
		{ "a phone", -1, "203.0.113.99", 401, DIGEST(""), false },
		{ "a trunk without credentials", PLAIN, "203.0.113.97", 401, DIGEST(""), false },
		{ "the realm that is configured", STRICT, "203.0.113.98", 401, DIGEST(""), true },
		{ "another realm", STRICT, "203.0.113.98", 401, "WWW-Authenticate: Digest realm=wrong, nonce=n\n",
		  false },
		{ "another scheme", CARRIER, "203.0.113.99", 401, "WWW-Authenticate: Basic realm=r\n", false },
		{ "an algorithm that we lack", CARRIER, "203.0.113.99", 401, DIGEST(", algorithm=AKAv1-MD5"), false },
		{ "no challenge at all", CARRIER, "203.0.113.99", 401, "", false },
		{ "another status", CARRIER, "203.0.113.99", 403, DIGEST(""), false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct credentials_asked asked = { 0 };

		print_message("%s\n", cases[i].name);
		open_bench();
		assert_int_equal(asked_by(cases[i].trunk, cases[i].peer, cases[i].status, cases[i].lines, &asked),
				 cases[i].expected);
		if (!cases[i].expected)
			assert_true(span_eq(sent_to(cases[i].trunk, cases[i].peer, &asked), SPAN(REQUEST)));
		bench_close(&bench);
	}
}

/* What goes where once carrier was answered. */
static void where_they_go(void **state)
{
	struct credentials_asked asked = { 0 };
	struct span text;
	(void)state;

	open_bench();
	assert_true(span_eq(sent_to(CARRIER, "203.0.113.99", NULL), SPAN(REQUEST)));
	assert_true(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(", opaque=\"o\""), &asked));
	text = sent_to(CARRIER, "203.0.113.99", &asked);
	bench_expect(text,
		     "Content-Length: 4\r\nAuthorization: Digest username=\"acct\", realm=\"right\", nonce=\"n\"");
	bench_expect(text, "uri=\"sip:a@b\"");
	bench_expect(text, "opaque=\"o\", qop=auth, nc=00000001\r\n\r\nbody");
	bench_expect(sent_to(CARRIER, "203.0.113.99", NULL), "nc=00000002");
	assert_true(span_eq(sent_to(CARRIER, "203.0.113.66", &asked), SPAN(REQUEST)));
	assert_true(span_eq(sent_to(SECOND, "203.0.113.99", &asked), SPAN(REQUEST)));
	assert_true(span_eq(sent_to(-1, "203.0.113.99", &asked), SPAN(REQUEST)));
	bench_close(&bench);
}

/* How often one request is answered for. */
static void how_often(void **state)
{
	struct credentials_asked asked = { 0 };
	(void)state;

	open_bench();
	assert_true(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(""), &asked));
	assert_false(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(""), &asked));
	assert_true(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(", stale=true"), &asked));
	assert_false(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(", stale=true"), &asked));
	assert_true(
		asked_by(CARRIER, "203.0.113.99", 407, "Proxy-Authenticate: Digest realm=right, nonce=n\n", &asked));
	assert_non_null(strstr(bench.log, "trunk carrier: realm \"right\" refuses our credentials"));
	assert_int_equal(bench_count(&bench, COUNT_CREDENTIALS_WRONG), 2);
	asked = (struct credentials_asked){ 0 };
	assert_true(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(""), &asked));
	bench_close(&bench);
}

/* More servers than are remembered: the one asked for longest ago is forgotten. */
static void many_servers(void **state)
{
	char line[128];
	(void)state;

	open_bench();
	for (unsigned i = 0; i < 3 * CREDENTIALS_SPACES; i++) {
		struct credentials_asked asked = { 0 };

		snprintf(line, sizeof(line), "WWW-Authenticate: Digest realm=r%u, nonce=n\n", i);
		bench_pass(&bench, 1);
		assert_true(asked_by(CARRIER, "203.0.113.99", 401, line, &asked));
	}
	bench_expect(sent_to(CARRIER, "203.0.113.99", NULL), "\"r23\"");
	bench_expect(sent_to(CARRIER, "203.0.113.99", NULL), "\"r16\"");
	bench_expect_no(sent_to(CARRIER, "203.0.113.99", NULL), "\"r15\"");
	bench_close(&bench);
}

/* New passwords: what was learnt under the old ones is no longer used. */
static void reload(void **state)
{
	struct credentials_asked asked = { 0 };
	struct secrets *fresh;
	(void)state;

	open_bench();
	assert_true(asked_by(CARRIER, "203.0.113.99", 401, DIGEST(""), &asked));
	fresh = secrets_new(bench.conf->ntrunk);
	secrets_set(fresh, SECOND, SPAN("neu"));
	credentials_set_secrets(bench.e->credentials, fresh);
	assert_true(credentials_has(bench.e, CARRIER));
	assert_true(span_eq(sent_to(CARRIER, "203.0.113.99", NULL), SPAN(REQUEST)));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_answered), cmocka_unit_test(where_they_go), cmocka_unit_test(how_often),
		cmocka_unit_test(many_servers),    cmocka_unit_test(reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
