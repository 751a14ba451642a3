/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

static void realms_on_one_address(void **state)
{
	static const struct config_case cases[] = {
		{ "\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"10.0.0.6\"}", "" },
		{ "\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5070\"]}", "" },
		{ "\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"10.0.0.5\"}",
		  "realms.b: udp port 5060 is that of realm a on the same address" },
		{ "\"a\":{\"address\":\"auto\"},\"b\":{\"address\":\"auto\"}",
		  "realms.b: udp port 5060 is that of realm a on the same address" },
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
		  "trunks.a.transport: realm udp does not listen on tcp" },
		{ "\"a\":{\"realm\":\"tcp\",\"peers\":[\"10.0.0.20\"]}", "trunks.a: realm tcp does not listen on udp" },
		{ "\"a\":{\"realm\":\"tcp\",\"peers\":[\"10.0.0.20\"],\"transport\":\"tcp\"}", "" },
		{ "\"a\":{\"realm\":\"tcp\",\"peers\":[\"c.example\"]}", "" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],\"transport\":\"tls\"}",
		  "trunks.a.transport: realm lan does not listen on tls" },
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
		  "realms.b.listen: tcp port 5061 is that of realm a on the same address" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(realms_on_one_address),
		cmocka_unit_test(listeners),
		cmocka_unit_test(trunks),
		cmocka_unit_test(one_users_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
