/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

static void realms_on_one_address(void **state)
{
	static const struct config_case cases[] = {
		{ "\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"10.0.0.6\"}", "" },
		{ "\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5070\"]}", "" },
		{ "\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"10.0.0.5\"}",
		  "realms.b: udp port 5060 is that of realm a on the same address: give one of them others in "
		  "\"listen\"" },
		{ "\"a\":{\"address\":\"auto\"},\"b\":{\"address\":\"auto\"}",
		  "realms.b: udp port 5060 is that of realm a on the same address: give one of them others in "
		  "\"listen\"" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"media\":{\"ports\":\"10000-19999\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5070\"],\"media\":{\"ports\":\"19999-29999\"}}",
		  "realms.b.media.ports: media ports 19999-29999 overlap those of realm a, 10000-19999, on the same "
		  "address" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"media\":{\"ports\":\"10000-19999\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5070\"],\"media\":{\"ports\":\"20000-29999\"}}",
		  "" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"media\":{\"ports\":\"10000-19999\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:15000\"],\"media\":{\"ports\":\"20000-29999\"}}",
		  "realms.b.listen: port 15000 is a media port of realm a on the same address" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:25000\"],\"media\":{\"ports\":\"10000-19999\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"media\":{\"ports\":\"20000-29999\"}}",
		  "realms.b.media.ports: media ports 20000-29999 hold port 25000, which realm a on the same address "
		  "listens on" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"media\":{\"ports\":\"5-6\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5070\"]}",
		  "realms.a.media.ports: media ports lie between 1024 and 65535" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{", "}}");
}

static void trunks(void **state)
{
	static const struct config_case cases[] = {
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]},\"b\":{\"realm\":\"lan\",\"peers\":[\"10.0.0."
		  "21\"]}",
		  "" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]},\"b\":{\"realm\":\"lan\",\"peers\":[\"10.0.0."
		  "20\"]}",
		  "trunks.b.peers: 10.0.0.20 is a peer of trunk a too: its calls could not be told apart" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]},\"b\":{\"realm\":\"wan\",\"peers\":[\"10.0.0."
		  "20\"]}",
		  "" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"c.example\"]},\"b\":{\"realm\":\"lan\",\"peers\":[\"C."
		  "example\"]}",
		  "trunks.b.peers: C.example is a peer of trunk a too: its calls could not be told apart" },
		{ "\"a\":{\"realm\":\"udp\",\"peers\":[\"10.0.0.20\"],\"transport\":\"tcp\"}",
		  "trunks.a.transport: realm udp does not listen on tcp: add it to realms.udp.listen" },
		{ "\"a\":{\"realm\":\"tcp\",\"peers\":[\"10.0.0.20\"]}",
		  "trunks.a: realm tcp does not listen on udp: add it to realms.tcp.listen" },
		{ "\"a\":{\"realm\":\"tcp\",\"peers\":[\"10.0.0.20\"],\"transport\":\"tcp\"}", "" },
		{ "\"a\":{\"realm\":\"tcp\",\"peers\":[\"c.example\"]}", "" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],\"transport\":\"tls\"}",
		  "trunks.a.transport: realm lan does not listen on tls: add it to realms.lan.listen, with a "
		  "certificate in its \"tls\"" },
		{ "\"lan\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]}",
		  "trunks.lan: a realm has this name too: routes could not tell them apart" },
		{ "\"local\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]}",
		  "trunks.local: \"local\" means this SBC: choose another name" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.6\"]}", "trunks.a.peers: 10.0.0.6 is this SBC itself" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases,
			 "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"},\"wan\":{\"address\":\"10.0.0.6\"},"
			 "\"udp\":{\"address\":\"10.0.0.7\",\"listen\":[\"udp:5060\"]},"
			 "\"tcp\":{\"address\":\"10.0.0.8\",\"listen\":[\"tcp:5060\"]}},\"trunks\":{",
			 "}}");
}

static void listeners(void **state)
{
	static const struct config_case cases[] = {
		{ "\"a\":{\"address\":\"10.0.0.5\",\"listen\":[\"tls:5061\"],\"tls\":{\"cert\":\"c\",\"key\":\"k\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5061\"]}",
		  "" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:1\",\"ws:5061\"]},"
		  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:2\",\"tcp:5061\"]}",
		  "realms.b.listen: tcp port 5061 is that of realm a on the same address: give one of them others in "
		  "\"listen\"" },
		{ "\"a\":{\"address\":\"10.0.0.5\",\"listen\":[\"tcp:10001\"]}", "" },
		{ "\"a\":{\"address\":\"127.0.0.1\",\"listen\":[\"udp:8080\"]}", "" },
		{ "\"a\":{\"address\":\"127.0.0.2\",\"listen\":[\"ws:8080\"]}", "" },
		{ "\"a\":{\"address\":\"127.0.0.1\",\"listen\":[\"ws:8080\"]}",
		  "realms.a.listen: tcp port 8080 is that of api.http.listen" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{", "}}");
}

static void one_users_file(void **state)
{
	static const struct config_case cases[] = {
		{ "\"phones\":{}},\"b\":{\"address\":\"10.0.0.6\",\"phones\":{}", "" },
		{ "\"phones\":{\"users\":\"u.json\"}},\"b\":{\"address\":\"10.0.0.6\"", "" },
		{ "\"phones\":{\"users\":\"u.json\"}},\"b\":{\"address\":\"10.0.0.6\","
		  "\"phones\":{\"users\":\"/etc/natsbc/u.json\"}",
		  "" },
		{ "\"phones\":{\"users\":\"u.json\"}},\"b\":{\"address\":\"10.0.0.6\",\"phones\":{}",
		  "realms.b.phones: all realms share one users file, and that of realm a is /etc/natsbc/u.json" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\",", "}}}");
}

#define HOME(keys) "\"phones\":{\"home\":\"pbx\"" keys "}"

static void home(void **state)
{
	static const struct config_case cases[] = {
		{ HOME(",\"calls-from\":\"any\",\"expires\":{\"upstream\":\"30m\"},\"limits\":{\"upstream\":0}"), "" },
		{ HOME(",\"users\":\"u.json\""),
		  "realms.a.phones.users: of no use here: the trunk pbx keeps the passwords" },
		{ HOME(",\"digest\":\"md5\""),
		  "realms.a.phones.digest: of no use here: the trunk pbx keeps the passwords" },
		{ "\"phones\":{\"home\":\"carrier\"}",
		  "realms.a.phones.home: the trunk carrier is in this realm itself: "
		  "phones here can reach it without the SBC" },
		{ "\"phones\":{\"home\":\"carier\"}",
		  "realms.a.phones.home: no such trunk: \"carier\". Did you mean \"carrier\"?" },
		{ "\"phones\":{\"calls-from\":\"any\"}", "realms.a.phones.calls-from: of no use while \"home\" is "
							 "\"local\": it is about a trunk as home" },
		{ "\"phones\":{\"expires\":{\"upstream\":\"1h\",\"stream\":\"1h\"}}",
		  "realms.a.phones.expires.upstream: of no use while \"home\" is \"local\": it is about a trunk as "
		  "home" },
		{ "\"phones\":{\"limits\":{\"upstream\":5,\"per-user-cps\":5}}",
		  "realms.a.phones.limits.upstream: of no use while \"home\" is \"local\": it is about a trunk as "
		  "home" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\",",
			 "},\"b\":{\"address\":\"10.0.0.6\"}},\"trunks\":{"
			 "\"pbx\":{\"realm\":\"b\",\"peers\":[\"10.0.0.20\"]},"
			 "\"carrier\":{\"realm\":\"a\",\"peers\":[\"10.0.0.30\"]}}}");
}

/* Some may register here, others with a trunk: only the former have passwords here. */
static void homes_apart(void **state)
{
	struct config *c = conf_load(SPAN("{\"realms\":{\"a\":{\"address\":\"10.0.0.5\",\"phones\":{\"home\":\"pbx\"}},"
					  "\"b\":{\"address\":\"10.0.0.6\",\"phones\":{\"users\":\"u.json\"}}},"
					  "\"trunks\":{\"pbx\":{\"realm\":\"b\",\"peers\":[\"10.0.0.20\"]}}}"),
				     "/etc/sbc.json", NULL, NULL);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->realms[0].phones.home, "pbx");
	assert_int_equal(c->realms[0].phones.home_trunk, 0);
	assert_null(c->realms[0].phones.users);
	assert_int_equal(c->realms[0].phones.expires_upstream_s, 3600);
	assert_int_equal(c->realms[0].phones.upstream_rate, 100);
	assert_int_equal(c->realms[1].phones.home_trunk, -1);
	assert_string_equal(c->realms[1].phones.users, "/etc/u.json");
	conf_free(c);
}

static void trunk_names(void **state)
{
	static const struct config_case cases[] = {
		{ "local", "trunks.local: \"local\" means this SBC: choose another name" },
		{ "phones", "trunks.phones: \"phones\" in a route means phones: choose another name" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"}},\"trunks\":{\"",
			 "\":{\"realm\":\"a\",\"peers\":[\"10.0.0.20\"]}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(realms_on_one_address), cmocka_unit_test(listeners), cmocka_unit_test(trunks),
		cmocka_unit_test(one_users_file),        cmocka_unit_test(home),      cmocka_unit_test(homes_apart),
		cmocka_unit_test(trunk_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
