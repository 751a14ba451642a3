/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"},\"six\":{\"address\":\"2001:db8::5\"}},"

static void realm(void **state)
{
	static const struct config_case cases[] = {
		{ "\"lan\"", "" },
		{ "\"lam\"", "trunks.pbx.realm: no such realm: \"lam\". Did you mean \"lan\"?" },
		{ "\"internet\"", "trunks.pbx.realm: no such realm: \"internet\" (have: lan, six)" },
		{ "0", "trunks.pbx.realm: expected the name of a realm, found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"trunks\":{\"pbx\":{\"peers\":[\"10.0.0.20\"],\"realm\":", "}}}");
}

static void peers(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"10.0.0.20\",\"10.0.0.20:5070\"]", "" },
		{ "[\"sip.carrier.example\",\"carrier.example:5070\",\"pbx\"]", "" },
		{ "[{\"host\":\"10.0.0.20\"},{\"host\":\"carrier.example\",\"weight\":0,\"priority\":65535}]", "" },
		{ "[\"10.0.0.256\"]",
		  "trunks.pbx.peers[0]: \"10.0.0.256\" is not an address such as \"192.0.2.1:5060\"" },
		{ "[\"10.0.0.20:0\"]",
		  "trunks.pbx.peers[0]: \"10.0.0.20:0\" is not an address such as \"192.0.2.1:5060\"" },
		{ "[\"\"]", "trunks.pbx.peers[0]: \"\" is not an address such as \"192.0.2.1:5060\"" },
		{ "[\"carrier.example:0\"]", "trunks.pbx.peers[0]: \"carrier.example:0\": a port is 1 to 65535" },
		{ "[\"carrier.example:65536\"]",
		  "trunks.pbx.peers[0]: \"carrier.example:65536\": a port is 1 to 65535" },
		{ "[\"carrier.example:\"]", "trunks.pbx.peers[0]: \"carrier.example:\": a port is 1 to 65535" },
		{ "[\"sip:carrier.example\"]", "trunks.pbx.peers[0]: \"sip:carrier.example\": write the host alone, "
					       "with its port where it has one; \"transport\" is a key of the trunk" },
		{ "[\"carrier..example\"]", "trunks.pbx.peers[0]: \"carrier..example\" is not a domain" },
		{ "[\"carrier_1.example\"]", "trunks.pbx.peers[0]: \"carrier_1.example\" is not a domain" },
		{ "[{\"weight\":5}]", "trunks.pbx.peers[0]: \"host\" is missing" },
		{ "[{\"host\":\"10.0.0.20\",\"weigth\":5}]",
		  "trunks.pbx.peers[0].weigth: unknown key. Did you mean \"weight\"?" },
		{ "[{\"host\":\"10.0.0.20\",\"priority\":65536}]", "trunks.pbx.peers[0].priority: must be 0 to 65535" },
		{ "[5060]", "trunks.pbx.peers[0]: expected an address or a domain, found a number" },
		{ "[\"255.255.255.255\"]",
		  "trunks.pbx.peers[0]: must be the address of one host: not any, multicast or broadcast" },
		{ "[]", "trunks.pbx.peers: a trunk has one peer at least" },
		{ "[\"10.0.0.20\",\"10.0.0.20:5060\"]", "trunks.pbx.peers: 10.0.0.20:5060 is here twice" },
		{ "[\"carrier.example\",\"Carrier.Example\"]", "trunks.pbx.peers: Carrier.Example is here twice" },
		{ "[\"carrier.example\",\"carrier.example:5060\"]", "" },
		{ "[\"[2001:db8::9]:5060\"]",
		  "trunks.pbx.peers: [2001:db8::9]:5060 is not of the IP version of realm lan" },
		{ "[\"10.0.0.5\"]", "trunks.pbx.peers: 10.0.0.5 is this SBC itself" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":", "}}}");
}

static void behaviour(void **state)
{
	static const struct config_case cases[] = {
		{ "\"order\":\"weight\"", "" },
		{ "\"order\":\"random\"", "trunks.pbx.order: \"random\" is not one of: priority, weight" },
		{ "\"transport\":\"auto\"", "" },
		{ "\"transport\":\"tcp\"", "" },
		{ "\"transport\":\"tls\"", "trunks.pbx.transport: realm lan does not listen on tls: add it to "
					   "realms.lan.listen, with a certificate in its \"tls\"" },
		{ "\"transport\":\"ws\"", "trunks.pbx.transport: \"ws\" is not one of: auto, udp, tcp, tls" },
		{ "\"hunt\":\"0\",\"refer\":\"realm\",\"100rel\":\"never\",\"forks\":\"separate\"", "" },
		{ "\"offer\":\"early\",\"refresh\":\"absorb\",\"trusted\":true,\"limits\":{\"cps\":20}", "" },
		{ "\"offer\":\"late\"", "trunks.pbx.offer: \"late\" is not one of: pass, early" },
		{ "\"dtmf\":\"info\"", "" },
		{ "\"srtp\":\"osrtp\"", "" },
		{ "\"srtp\":\"realm\"", "trunks.pbx.srtp: \"realm\" is not one of: auto, off, sdes, dtls, osrtp" },
		{ "\"dtmf\":\"inband\"", "trunks.pbx.dtmf: \"inband\" is not one of: realm, rtp, info" },
		{ "\"refresh\":\"absrob\"",
		  "trunks.pbx.refresh: \"absrob\" is not one of: realm, pass, absorb. Did you mean \"absorb\"?" },
		{ "\"trusted\":\"yes\"", "trunks.pbx.trusted: expected true or false, found a text" },
		{ "\"probe-fails\":1,\"probe-passes\":100,\"probe-bad\":[300,699]", "" },
		{ "\"probe-fails\":0", "trunks.pbx.probe-fails: must be 1 to 100" },
		{ "\"probe-passes\":101", "trunks.pbx.probe-passes: must be 1 to 100" },
		{ "\"probe-bad\":[299]", "trunks.pbx.probe-bad[0]: must be 300 to 699" },
		{ "\"probe-bad\":[404,404]", "trunks.pbx.probe-bad[1]: 404 is here twice" },
		{ "\"probe-bad\":[\"404\"]",
		  "trunks.pbx.probe-bad[0]: expected the status of a response, found a text" },
		{ "\"probe-bad\":[400,401,402,403,404,405,406,407,408]",
		  "trunks.pbx.probe-bad: at most 8 are possible, found 9" },
		{ "\"hunt\":\"400ms\"", "trunks.pbx.hunt: must be 500ms to 1m, or 0" },
		{ "\"refer\":\"no\"", "trunks.pbx.refer: \"no\" is not one of: realm, pass, local, block" },
		{ "\"100rel\":\"require\"", "trunks.pbx.100rel: \"require\" is not one of: pass, always, never" },
		{ "\"early-media\":\"first\",\"ringback\":\"180\",\"redirect\":\"pass\",\"diversion\":\"both\"", "" },
		{ "\"early-media\":\"all\"", "trunks.pbx.early-media: \"all\" is not one of: last, first, none" },
		{ "\"ringback\":180", "trunks.pbx.ringback: expected a word, found a number" },
		{ "\"redirect\":\"follow\"", "trunks.pbx.redirect: \"follow\" is not one of: recurse, refuse, pass" },
		{ "\"diversion\":\"all\"",
		  "trunks.pbx.diversion: \"all\" is not one of: none, history-info, diversion, both" },
		{ "\"session-timer\":{\"mode\":\"realm\"}", "" },
		{ "\"session-timer\":{\"min\":\"1h\"}",
		  "trunks.pbx.session-timer: expires (1800s) is below min (3600s)" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],", "}}}");
}

static void peers_are_stored(void **state)
{
	static const struct {
		const char *json, *name, *host, *addr; /* addr "": a domain */
		unsigned port, weight, priority;
	} cases[] = {
		{ "\"10.0.0.20\"", "10.0.0.20", "10.0.0.20", "10.0.0.20:5060", 0, 1, 1 },
		{ "\"10.0.0.20:5070\"", "10.0.0.20:5070", "10.0.0.20", "10.0.0.20:5070", 5070, 1, 1 },
		{ "\"::ffff:10.0.0.20\"", "::ffff:10.0.0.20", "10.0.0.20", "10.0.0.20:5060", 0, 1, 1 },
		{ "\"carrier.example\"", "carrier.example", "carrier.example", "", 0, 1, 1 },
		{ "\"carrier.example:5070\"", "carrier.example:5070", "carrier.example", "", 5070, 1, 1 },
		{ "{\"host\":\"10.0.0.20:5070\",\"weight\":0,\"priority\":65535}", "10.0.0.20:5070", "10.0.0.20",
		  "10.0.0.20:5070", 5070, 0, 65535 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char json[512], text[ADDR_TEXT_MAX] = "";
		const struct conf_peer *p;
		struct config *c;

		snprintf(json, sizeof(json), REALMS "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[%s]}}}",
			 cases[i].json);
		c = conf_load(span_str(json), "sbc.json", NULL, NULL);
		assert_non_null(c);
		p = &c->trunks[0].peers[0];
		assert_string_equal(p->name, cases[i].name);
		assert_string_equal(p->host, cases[i].host);
		assert_string_equal(addr_is_set(&p->addr) ? addr_text(&p->addr, text) : "", cases[i].addr);
		assert_int_equal(p->port, cases[i].port);
		assert_int_equal(p->weight, cases[i].weight);
		assert_int_equal(p->priority, cases[i].priority);
		conf_free(c);
	}
}

static void behaviour_is_stored(void **state)
{
	struct config *c = conf_load(
		SPAN(REALMS
		     "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],"
		     "\"order\":\"weight\",\"transport\":\"tcp\",\"hunt\":\"2s\",\"refer\":\"block\","
		     "\"100rel\":\"always\",\"forks\":\"separate\",\"early-media\":\"none\","
		     "\"ringback\":\"180\",\"redirect\":\"refuse\",\"diversion\":\"history-info\","
		     "\"session-timer\":{\"mode\":\"own\",\"expires\":\"10m\",\"min\":\"2m\"}}},"
		     "\"routes\":[{\"to-number\":\"1\",\"reject\":486},{\"redirect\":[\"sip:a@x\",\"sip:b@x\"]}]}"),
		"sbc.json", NULL, NULL);
	const struct conf_trunk *t;

	(void)state;
	assert_non_null(c);
	t = &c->trunks[0];
	assert_int_equal(t->order, CONF_ORDER_WEIGHT);
	assert_int_equal(t->transport, CONF_WANT_TCP);
	assert_int_equal(t->hunt_ms, 2000);
	assert_int_equal(t->refer, CONF_REFER_BLOCK);
	assert_int_equal(t->rel, CONF_REL_ALWAYS);
	assert_int_equal(t->forks, CONF_FORKS_SEPARATE);
	assert_int_equal(t->early, CONF_EARLY_NONE);
	assert_int_equal(t->ringback, CONF_RINGBACK_180);
	assert_int_equal(t->redirect, CONF_REDIRECT_REFUSE);
	assert_int_equal(t->diversion, CONF_DIVERSION_HISTORY_INFO);
	assert_int_equal(t->timer.mode, CONF_TIMER_OWN);
	assert_int_equal(t->timer.expires_s, 600);
	assert_int_equal(t->timer.min_s, 120);
	assert_int_equal(c->routes[0].reject, 486);
	assert_int_equal(c->routes[0].nsend, 0);
	assert_int_equal(c->routes[1].reject, 0);
	assert_int_equal(c->routes[1].nredirect, 2);
	assert_string_equal(c->routes[1].redirect[1], "sip:b@x");
	conf_free(c);
}

#define PBX   REALMS "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],"
#define AUTH  "\"auth\":{\"user\":\"a\",\"password\":\"env:A\"}"
#define WHERE "a secret does not stand in this file; write where it is: \"file:PATH\", \"env:NAME\" or \"cred:NAME\""

static void credentials(void **state)
{
	static const struct config_case cases[] = {
		{ AUTH, "" },
		{ "\"auth\":{\"user\":\"a\",\"password\":\"file:p\",\"realm\":\"r\"}", "" },
		{ "\"auth\":{}", "trunks.pbx.auth: \"user\" is missing; trunks.pbx.auth: \"password\" is missing" },
		{ "\"auth\":{\"user\":\"a\",\"password\":\"hunter2\"}", "trunks.pbx.auth.password: " WHERE },
		{ "\"register\":{\"user\":\"a\",\"password\":\"cred:p\"}", "" },
		{ "\"register\":{\"user\":\"+49.30\",\"domain\":\"voip.example.net\",\"expires\":\"5m\"}," AUTH, "" },
		{ "\"register\":{\"user\":\"a\",\"password\":\"hunter2\"}", "trunks.pbx.register.password: " WHERE },
		{ "\"register\":{}", "trunks.pbx.register: \"user\" is missing; trunks.pbx.register: \"password\" is "
				     "missing, here or in trunks.pbx.auth" },
		{ "\"register\":{\"user\":\"a\",\"password\":\"cred:p\"}," AUTH,
		  "trunks.pbx.register.password: trunks.pbx.auth has one: leave this out" },
		{ "\"register\":{\"user\":\"a\",\"realm\":\"r\"}," AUTH,
		  "trunks.pbx.register.realm: it belongs into trunks.pbx.auth" },
		{ "\"register\":{\"user\":\"a@b\"}," AUTH,
		  "trunks.pbx.register.user: \"a@b\" is not the user part of an address" },
		{ "\"register\":{\"user\":\"a\",\"domain\":\"a b\"}," AUTH,
		  "trunks.pbx.register.domain: \"a b\" is not a domain or an address" },
		{ "\"register\":{\"user\":\"a\",\"expires\":\"59s\"}," AUTH,
		  "trunks.pbx.register.expires: must be 1m to 1d, in whole seconds" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, PBX, "}}}");
}

static void credentials_are_stored(void **state)
{
	struct config *c = conf_load(
		SPAN(REALMS
		     "\"trunks\":{\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],\"register\":{\"user\":\"u\","
		     "\"password\":\"file:p\",\"realm\":\"r\",\"expires\":\"5m\"}},"
		     "\"b\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.21\"],\"register\":{\"user\":\"u\"},"
		     "\"auth\":{\"user\":\"acct\",\"password\":\"env:P\"}},"
		     "\"c\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.22\"]}}}"),
		"/etc/natsbc/sbc.json", NULL, NULL);
	const struct conf_trunk *t;

	(void)state;
	assert_non_null(c);
	t = &c->trunks[0];
	assert_true(t->reg.present);
	assert_string_equal(t->reg.user, "u");
	assert_null(t->reg.domain);
	assert_int_equal(t->reg.expires_s, 300);
	assert_string_equal(t->auth.user, "u");
	assert_string_equal(t->auth.password, "file:/etc/natsbc/p");
	assert_string_equal(t->auth.realm, "r");
	t = &c->trunks[1];
	assert_string_equal(t->auth.user, "acct");
	assert_string_equal(t->auth.password, "env:P");
	assert_null(t->auth.realm);
	assert_int_equal(t->reg.expires_s, 3600);
	assert_false(c->trunks[2].reg.present);
	assert_null(c->trunks[2].auth.user);
	conf_free(c);
}

static void what_is_stored(void **state)
{
	struct config *c = conf_load(
		SPAN("{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\",\"phones\":{}},\"six\":{\"address\":\"2001:db8::"
		     "5\"}},"
		     "\"trunks\":{\"pbx\":{\"realm\":\"six\",\"peers\":[\"[2001:db8::9]:5070\",\"2001:db8::a\"],"
		     "\"probe\":\"10s\",\"limits\":{\"calls\":5}},"
		     "\"carrier\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.30\"]}},"
		     "\"routes\":[{\"from\":\"lan\",\"send\":[\"pbx\"]},"
		     "{\"from\":\"carrier\",\"to-number\":\"^1\",\"send\":[\"pbx\"]},"
		     "{\"send\":[\"carrier\",\"pbx\"]}]}"),
		"sbc.json", NULL, NULL);
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->ntrunk, 2);
	assert_string_equal(c->trunks[0].name, "pbx");
	assert_int_equal(c->trunks[0].realm, 1);
	assert_int_equal(c->trunks[0].npeer, 2);
	assert_string_equal(c->trunks[0].peers[0].name, "[2001:db8::9]:5070");
	assert_string_equal(c->trunks[0].peers[0].host, "2001:db8::9");
	assert_string_equal(addr_text(&c->trunks[0].peers[1].addr, text), "[2001:db8::a]:5060");
	assert_int_equal(c->trunks[0].probe_ms, 10000);
	assert_int_equal(c->trunks[0].max_calls, 5);
	assert_int_equal(c->trunks[1].probe_ms, 30000);
	assert_int_equal(c->trunks[1].max_calls, 0);
	assert_int_equal(c->trunks[1].max_cps, 0);
	assert_int_equal(c->trunks[1].probe_fails, 2);
	assert_int_equal(c->trunks[1].probe_passes, 2);
	assert_int_equal(c->trunks[1].nprobe_bad, 0);
	assert_int_equal(c->trunks[1].offer, CONF_OFFER_PASS);
	assert_int_equal(c->trunks[1].refresh, CONF_REFRESH_PASS);
	assert_false(c->trunks[1].trusted);
	assert_int_equal(c->nroute, 3);
	assert_int_equal(c->routes[0].from_realm, 0);
	assert_int_equal(c->routes[1].from_trunk, 1);
	assert_int_equal(c->routes[1].from_realm, -1);
	assert_string_equal(c->routes[1].to_number, "^1");
	assert_int_equal(c->routes[2].from_trunk, -1);
	assert_int_equal(c->routes[2].from_realm, -1);
	assert_null(c->routes[2].to_number);
	assert_int_equal(c->routes[2].nsend, 2);
	assert_int_equal(c->routes[2].send[0].trunk, 1);
	assert_null(c->routes[2].send[0].user);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(realm),
		cmocka_unit_test(peers),
		cmocka_unit_test(behaviour),
		cmocka_unit_test(peers_are_stored),
		cmocka_unit_test(behaviour_is_stored),
		cmocka_unit_test(credentials),
		cmocka_unit_test(credentials_are_stored),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
