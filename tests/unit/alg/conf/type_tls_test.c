/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALM "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"tls\":{"

static void certificate(void **state)
{
	static const struct config_case cases[] = {
		{ "\"cert\":\"c.pem\",\"key\":\"cred:tls.key\"", "" },
		{ "", "realms.lan.tls: \"cert\" is missing; realms.lan.tls: \"key\" is missing" },
		{ "\"cert\":\"\",\"key\":\"k\"", "realms.lan.tls.cert: expected the path of a file, or \"cred:NAME\"" },
		{ "\"cert\":\"a\\nb\",\"key\":\"k\"",
		  "realms.lan.tls.cert: expected the path of a file, or \"cred:NAME\"" },
		{ "\"cert\":1,\"key\":\"k\"",
		  "realms.lan.tls.cert: expected the path of a file, or \"cred:NAME\", found a number" },
		{ "\"cert\":\"c\",\"key\":\"cred:\"", "realms.lan.tls.key: \"\" is not the name of a credential" },
		{ "\"cert\":\"c\",\"key\":\"cred:../k\"",
		  "realms.lan.tls.key: \"../k\" is not the name of a credential" },
		{ "\"cert\":\"c\",\"key\":\"cred:..\"", "realms.lan.tls.key: \"..\" is not the name of a credential" },
		{ "\"cert\":\"c\",\"kei\":\"k\"", "realms.lan.tls: \"key\" is missing; realms.lan.tls.kei: unknown "
						  "key. Did you mean \"key\"?" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM, "}}}}");
}

static void clients(void **state)
{
	static const struct config_case cases[] = {
		{ "\"client\":\"none\"", "" },
		{ "\"client\":\"require\",\"ca\":\"ca.pem\"", "" },
		{ "\"client\":\"none\",\"ca\":\"ca.pem\"", "" },
		{ "\"client\":\"optional\"",
		  "realms.lan.tls.client: realms.lan.tls.ca is missing: who signs the clients' certificates" },
		{ "\"ca\":\"ca.pem\"",
		  "realms.lan.tls.ca: of no use without realms.lan.tls.client: \"optional\" or \"require\"" },
		{ "\"client\":\"requires\"", "realms.lan.tls.client: \"requires\" is not one of: none, optional, "
					     "require. Did you mean \"require\"?" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"cert\":\"c\",\"key\":\"k\",", "}}}}");
}

#define ONE "{\"names\":[\"a.example\"],\"cert\":\"c\",\"key\":\"k\"}"

static void more(void **state)
{
	static const struct config_case cases[] = {
		{ "[]", "" },
		{ "[" ONE "," ONE "," ONE "," ONE "]", "" },
		{ "[" ONE "," ONE "," ONE "," ONE "," ONE "]", "realms.lan.tls.more: at most 4 are possible, found 5" },
		{ "[" ONE ",{\"names\":[\"b.example\"],\"cert\":\"c\"}]",
		  "realms.lan.tls.more[1]: \"key\" is missing" },
		{ "[{\"names\":[\"*.example\",\"sip:x\"],\"cert\":\"c\",\"key\":\"k\"}]",
		  "realms.lan.tls.more[0].names[1]: \"sip:x\" is not a name such as \"sip.example.net\" or "
		  "\"*.example.net\"" },
		{ "[{\"name\":[\"b.example\"],\"names\":[\"b\"],\"cert\":\"c\",\"key\":\"k\"}]",
		  "realms.lan.tls.more[0].name: unknown key. Did you mean \"names\"?" },
		{ "[\"c\"]", "realms.lan.tls.more[0]: expected an object in { }, found a text" },
		{ "{}", "realms.lan.tls.more: expected a list in [ ], found an object" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"cert\":\"c\",\"key\":\"k\",\"more\":", "}}}}");
}

static void verify(void **state)
{
	static const struct config_case cases[] = {
		{ "\"off\"", "" },
		{ "{}", "" },
		{ "{\"ca\":\"system\",\"names\":[\"*.carrier.example\",\"192.0.2.1\"]}", "" },
		{ "{\"ca\":\"cred:ca.pem\"}", "" },
		{ "{\"ca\":\"\"}", "trunks.t.verify.ca: expected the path of a file, or \"cred:NAME\"" },
		{ "{\"name\":[]}", "trunks.t.verify.name: unknown key. Did you mean \"names\"?" },
		{ "\"on\"", "trunks.t.verify: expected an object in { }, or \"off\"" },
		{ "false", "trunks.t.verify: expected an object in { }, or \"off\"" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases,
			 "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},"
			 "\"trunks\":{\"t\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],\"verify\":",
			 "}}}");
}

static void what_is_stored(void **state)
{
	struct config *c = conf_load(
		SPAN("{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"tls\":{\"cert\":\"c.pem\",\"key\":\"cred:k\","
		     "\"ca\":\"/etc/ca.pem\",\"client\":\"optional\",\"more\":["
		     "{\"names\":[\"a.example\",\"*.b.example\"],\"cert\":\"a.pem\",\"key\":\"/k/a.pem\"},"
		     "{\"names\":[\"c.example\"],\"cert\":\"cred:c\",\"key\":\"k.pem\"}]}}},"
		     "\"trunks\":{\"s\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],\"transport\":\"tls\"},"
		     "\"n\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.21\"],\"verify\":\"off\"},"
		     "\"f\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.22\"],"
		     "\"verify\":{\"ca\":\"ca.pem\",\"names\":[\"x.example\"]}}}}"),
		"/etc/natsbc/sbc.json", NULL, NULL);
	const struct conf_tls *tls;

	(void)state;
	assert_non_null(c);
	tls = &c->realms[0].tls;
	assert_string_equal(tls->cert, "/etc/natsbc/c.pem");
	assert_string_equal(tls->key, "cred:k");
	assert_string_equal(tls->ca, "/etc/ca.pem");
	assert_int_equal(tls->client, CONF_CLIENT_OPTIONAL);
	assert_int_equal(tls->nmore, 2);
	assert_int_equal(tls->more[0].nname, 2);
	assert_string_equal(tls->more[0].names[1], "*.b.example");
	assert_string_equal(tls->more[0].cert, "/etc/natsbc/a.pem");
	assert_string_equal(tls->more[0].key, "/k/a.pem");
	assert_string_equal(tls->more[1].cert, "cred:c");
	assert_int_equal(tls->more[1].nname, 1);
	assert_null(c->trunks[0].verify.ca);
	assert_false(c->trunks[0].verify.off);
	assert_int_equal(c->trunks[0].verify.nname, 0);
	assert_true(c->trunks[1].verify.off);
	assert_string_equal(c->trunks[2].verify.ca, "/etc/natsbc/ca.pem");
	assert_int_equal(c->trunks[2].verify.nname, 1);
	assert_string_equal(c->trunks[2].verify.names[0], "x.example");
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificate), cmocka_unit_test(clients),        cmocka_unit_test(more),
		cmocka_unit_test(verify),      cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
