/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/edge_name.h"

#include "tests/unit/sbc/edgebench.h"

enum { LAN, INTERNET, OTHER };

static struct bench bench;

static void homes(void **state)
{
	(void)state;
	bench_open(&bench, EDGE_CONF);
	assert_int_equal(edge_home(bench.e, LAN), -1);
	assert_int_equal(edge_home(bench.e, INTERNET), 0);
	assert_int_equal(edge_home(bench.e, OTHER), 1);
	bench_close(&bench);
}

static void addresses_of_record(void **state)
{
	static const struct {
		unsigned realm;
		const char *party, *aor; /* NULL: none can be made */
	} cases[] = {
		{ INTERNET, "<sip:alice@example.com>;tag=1", "alice@example.com" },
		{ INTERNET, "\"A\" <sips:alice@Example.COM;transport=udp>", "alice@example.com" },
		{ INTERNET, "sip:al%69ce@example.com", "alice@example.com" },
		{ INTERNET, "<sip:alice@198.51.100.5>", "alice@10.0.0.10" },    /* ours on the phone's side */
		{ INTERNET, "<sip:alice@10.0.0.5:5060>", "alice@10.0.0.10" },   /* and on home's */
		{ INTERNET, "<sip:alice@198.51.100.6>", "alice@198.51.100.6" }, /* another realm's */
		{ OTHER, "<sip:alice@example.com>", "alice@example.com at pbx2" },
		{ INTERNET, "<sip:example.com>", NULL },
		{ INTERNET, "<tel:+4930123>", NULL },
		{ INTERNET, "<sip:alice", NULL },
		{ INTERNET,
		  "<sip:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@"
		  "example.com>",
		  NULL },
	};

	(void)state;
	bench_open(&bench, EDGE_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[BINDING_USER_MAX];
		struct writer w = writer_over(text, sizeof(text));

		print_message("%s\n", cases[i].party);
		edge_aor_of_party(bench.e, &w, cases[i].realm, span_str(cases[i].party));
		assert_int_equal(w.failed, cases[i].aor == NULL);
		if (cases[i].aor)
			assert_true(span_eq(writer_done(&w), span_str(cases[i].aor)));
	}
	bench_close(&bench);
}

static void users_of_keys(void **state)
{
	static const struct {
		const char *key, *user;
	} cases[] = {
		{ "alice@example.com", "alice" },
		{ "a@b@example.com", "a@b" },
		{ "alice@example.com at pbx2", "alice" },
		{ "alice", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(span_eq(edge_aor_user(span_str(cases[i].key)), span_str(cases[i].user)));
}

/* A1: what the phone signed stays, but for our own address. */
static void uris(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "sip:example.com;transport=udp", "sip:example.com;transport=udp" },
		{ "sip:bob@EXAMPLE.com:5062", "sip:bob@EXAMPLE.com:5062" },
		{ "sip:198.51.100.5", "sip:10.0.0.10" },
		{ "sip:bob@198.51.100.5:5060;transport=udp", "sip:bob@10.0.0.10" },
		{ "tel:+4930123", "tel:+4930123" },
	};

	(void)state;
	bench_open(&bench, EDGE_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];
		struct writer w = writer_over(text, sizeof(text));

		edge_uri_write(bench.e, &w, INTERNET, span_str(cases[i].in));
		assert_true(span_eq(writer_done(&w), span_str(cases[i].out)));
	}
	bench_close(&bench);
}

static void dialog_names(void **state)
{
	static const struct {
		const char *user; /* who makes Call-ID and tag */
		unsigned cseq, realm;
		bool same;
	} cases[] = {
		{ "alice", 1, INTERNET, true },
		{ "alice", 2, INTERNET, true }, /* with credentials */
		{ "bob", 1, INTERNET, false },
		{ "alice", 1, OTHER, false },
	};
	struct edge_dialog first, other;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, EDGE_CONF);
	m = bench_msg(bench_request(&bench, "INVITE", "sip:5000@example.com", "alice", 1, "", ""));
	edge_dialog_name(bench.e, &m, INTERNET, &first);
	assert_true(token_is(span_of(first.call_id, sizeof(first.call_id)), TOKEN_CALL_ID_LEN));
	assert_true(token_is(span_of(first.tag, sizeof(first.tag)), TOKEN_TAG_LEN));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		m = bench_msg(
			bench_request(&bench, "INVITE", "sip:5000@example.com", cases[i].user, cases[i].cseq, "", ""));
		edge_dialog_name(bench.e, &m, cases[i].realm, &other);
		assert_int_equal(memcmp(&first, &other, sizeof(first)) == 0, cases[i].same);
	}
	bench_close(&bench);
}

/* G4: a phone that says who it is keeps its token wherever it is; another flow of it has another one (RFC 5626). */
static void tokens(void **state)
{
	static const struct {
		const char *aor, *contact, *instance;
		uint32_t reg_id;
		bool same;
	} cases[] = {
		{ "alice@example.com", "sip:a@1.1.1.1", "\"<urn:1>\"", 0, true },
		{ "alice@example.com", "sip:b@2.2.2.2", "\"<urn:1>\"", 0, true },
		{ "alice@example.com", "sip:a@1.1.1.1", "\"<urn:1>\"", 1, false },
		{ "alice@example.com", "sip:a@1.1.1.1", "\"<urn:2>\"", 0, false },
		{ "alice@example.com", "sip:a@1.1.1.1", NULL, 0, false },
		{ "bob@example.com", "sip:a@1.1.1.1", "\"<urn:1>\"", 0, false },
	};
	char first[EDGE_TOKEN_LEN], token[EDGE_TOKEN_LEN];

	(void)state;
	bench_open(&bench, EDGE_CONF);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct binding_facts f = {
			.contact = span_str(cases[i].contact),
			.instance = span_str(cases[i].instance),
			.reg_id = cases[i].reg_id,
		};

		edge_token_make(bench.e, span_str(cases[i].aor), &f, token);
		assert_true(token_is(span_of(token, sizeof(token)), EDGE_TOKEN_LEN));
		if (i == 0)
			memcpy(first, token, sizeof(first));
		assert_int_equal(memcmp(first, token, sizeof(first)) == 0, cases[i].same);
	}
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(homes), cmocka_unit_test(addresses_of_record), cmocka_unit_test(users_of_keys),
		cmocka_unit_test(uris),  cmocka_unit_test(dialog_names),        cmocka_unit_test(tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
