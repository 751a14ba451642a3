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
		{ "\"lan\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]}",
		  "trunks.lan: a realm has this name too: routes could not tell them apart" },
		{ "\"local\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]}",
		  "trunks.local: \"local\" means this SBC: choose another name" },
		{ "\"a\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.6\"]}", "trunks.a.peers: 10.0.0.6 is this SBC itself" },
	};

	(void)state;
	CONFIG_CASES_RUN(
		cases,
		"{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"},\"wan\":{\"address\":\"10.0.0.6\"}},\"trunks\":{",
		"}}");
}

static void media_ports_are_shared_in_equal_parts(void **state)
{
	struct config *c = conf_load(SPAN("{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"},"
					  "\"alone\":{\"address\":\"10.0.0.6\"},"
					  "\"b\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5070\"]},"
					  "\"c\":{\"address\":\"10.0.0.5\",\"listen\":[\"udp:5080\"]}}}"),
				     "sbc.json", NULL, NULL);
	static const uint16_t ports[][2] = { { 10000, 16665 }, { 10000, 29999 }, { 16666, 23331 }, { 23332, 29997 } };

	(void)state;
	assert_non_null(c);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(c->realms[i].media_first, ports[i][0]);
		assert_int_equal(c->realms[i].media_last, ports[i][1]);
	}
	conf_free(c);
}

static void what_follows_from_other_keys(void **state)
{
	struct config *c =
		conf_load(SPAN("{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"},\"b\":{\"address\":\"2001:db8::1\"}},"
			       "\"limits\":{\"calls\":100}}"),
			  "sbc.json", NULL, NULL);

	(void)state;
	assert_non_null(c);
	assert_true(addr_eq(&c->realms[0].public, &c->realms[0].address));
	assert_int_equal(c->realms[0].latch_bits, 32);
	assert_int_equal(c->realms[1].latch_bits, 128);
	assert_int_equal(c->relay.sessions, 200);
	assert_int_equal(c->limits.transactions, 5200);
	conf_free(c);
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
		cmocka_unit_test(trunks),
		cmocka_unit_test(one_users_file),
		cmocka_unit_test(media_ports_are_shared_in_equal_parts),
		cmocka_unit_test(what_follows_from_other_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
