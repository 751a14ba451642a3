/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

static struct config *load(const char *json)
{
	struct config *c = conf_load(span_str(json), "sbc.json", NULL, NULL);

	assert_non_null(c);
	return c;
}

static void find(void **state)
{
	struct config *c = load("{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"},\"wan\":{\"address\":\"10.0.0.6\"}},"
				"\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"]}}}");

	(void)state;
	assert_int_equal(conf_realm_find(c, SPAN("lan")), 0);
	assert_int_equal(conf_realm_find(c, SPAN("wan")), 1);
	assert_int_equal(conf_realm_find(c, SPAN("la")), -1);
	assert_int_equal(conf_realm_find(c, (struct span){ 0 }), -1);
	assert_int_equal(conf_trunk_find(c, SPAN("pbx")), 0);
	assert_int_equal(conf_trunk_find(c, SPAN("lan")), -1);
	conf_free(c);
}

static void resolve_auto(void **state)
{
	static const struct {
		const char *json, *main, *address, *public; /* of the first realm; address NULL: refused */
	} cases[] = {
		{ "{\"realms\":{\"a\":{\"address\":\"auto\"}}}", "192.0.2.7", "192.0.2.7", "192.0.2.7" },
		{ "{\"realms\":{\"a\":{\"address\":\"auto\"}}}", "2001:db8::7", "2001:db8::7", "2001:db8::7" },
		{ "{\"realms\":{\"a\":{\"address\":\"10.0.0.5\"}}}", "192.0.2.7", "10.0.0.5", "10.0.0.5" },
		{ "{\"realms\":{\"a\":{\"address\":\"auto\",\"public\":\"198.51.100.5\"}}}", "10.0.0.5", "10.0.0.5",
		  "198.51.100.5" },
		{ "{\"realms\":{\"a\":{\"address\":\"auto\",\"public\":\"198.51.100.5\"}}}", "2001:db8::7", NULL,
		  NULL },
		{ "{\"realms\":{\"a\":{\"address\":\"auto\"},\"b\":{\"address\":\"127.0.0.1\"}}}", "127.0.0.1",
		  "127.0.0.2", "127.0.0.2" },
		{ "{\"realms\":{\"a\":{\"address\":\"auto\"},\"b\":{\"address\":\"10.0.0.5\"}}}", "10.0.0.5", NULL,
		  NULL },
		{ "{\"realms\":{\"a\":{\"address\":\"auto\",\"listen\":[\"udp:5070\"],\"media\":{\"ports\":\"30000-"
		  "30999\"}},"
		  "\"b\":{\"address\":\"10.0.0.5\"}}}",
		  "10.0.0.5", "10.0.0.5", "10.0.0.5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *c = load(cases[i].json);
		struct addr main, address, public;

		assert_int_equal(addr_parse_host(span_str(cases[i].main), &main), 0);
		main.port = 9; /* has no say */
		if (!cases[i].address) {
			assert_int_equal(conf_resolve_auto(c, &main), -1);
		} else {
			assert_int_equal(addr_parse_host(span_str(cases[i].address), &address), 0);
			assert_int_equal(addr_parse_host(span_str(cases[i].public), &public), 0);
			assert_int_equal(conf_resolve_auto(c, &main), 0);
			assert_true(addr_eq(&c->realms[0].address, &address));
			assert_true(addr_eq(&c->realms[0].public, &public));
			assert_int_equal(c->realms[0].latch_bits, address.family == ADDR_V6 ? 128 : 32);
		}
		conf_free(c);
	}
}

static void problem_write(void **state)
{
	static const struct {
		struct conf_problem p;
		const char *text;
	} cases[] = {
		{ { 3, 7, "a.b", "wrong" }, "sbc.json:3:7: a.b: wrong" },
		{ { 3, 7, "", "wrong" }, "sbc.json:3:7: wrong" },
		{ { 0, 0, "a.b", "wrong" }, "sbc.json: a.b: wrong" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[64];
		struct writer w = writer_over(buf, sizeof(buf));

		conf_problem_write(&w, "sbc.json", &cases[i].p);
		assert_true(span_eq(writer_done(&w), span_str(cases[i].text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find),
		cmocka_unit_test(resolve_auto),
		cmocka_unit_test(problem_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
