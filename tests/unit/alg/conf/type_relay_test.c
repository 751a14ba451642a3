/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALMS   "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},"
#define PATH_100 "/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789"

#define NG_KINDS "\"unix:/PATH\" or \"unix-stream:/PATH\" (at most 107 bytes), \"udp:IP:PORT\" or \"tcp:IP:PORT\""

static void ng(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"unix:/run/ng.sock\",\"udp:127.0.0.1:2223\",\"udp:[::1]:2223\"]", "" },
		{ "[\"unix-stream:/run/ng.stream\",\"tcp:127.0.0.1:2223\",\"tcp:[::1]:2223\"]", "" },
		{ "[\"unix:" PATH_100 "1234567\"]", "" },
		{ "[\"unix:" PATH_100 "12345678\"]", "relay.ng[0]: \"unix:" PATH_100 "12345678\" is not " NG_KINDS },
		{ "[\"unix:ng.sock\"]", "relay.ng[0]: \"unix:ng.sock\" is not " NG_KINDS },
		{ "[\"udp:127.0.0.1\"]", "relay.ng[0]: \"udp:127.0.0.1\" is not " NG_KINDS },
		{ "[\"udp:10.0.0.5:2223\"]",
		  "relay.ng[0]: relay.ng-from is missing: whoever can send commands here steers all calls" },
		{ "[\"unix:/run/ng.sock\",\"tcp:[2001:db8::5]:2223\"]",
		  "relay.ng[1]: relay.ng-from is missing: whoever can send commands here steers all calls" },
		{ "[\"udp:10.0.0.5:2223\"],\"ng-from\":[\"10.0.0.0/24\",\"2001:db8::/32\"]", "" },
		{ "[\"udp:10.0.0.5:2223\"],\"ng-from\":[\"10.0.0.x\"]",
		  "relay.ng-from[0]: \"10.0.0.x\" is not a network such as \"10.0.0.0/8\"" },
		{ "[\"ws:127.0.0.1:2223\"]", "relay.ng[0]: \"ws:127.0.0.1:2223\" is not " NG_KINDS },
		{ "[]", "relay.ng: the relay needs one socket at least" },
		{ "\"unix:/run/ng.sock\"", "relay.ng: expected a list in [ ], found a text" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"relay\":{\"ng\":", "}}");
}

/* A relay alone may be asked by any way first; the SBC sends datagrams. */
static void the_way_of_the_sbc(void **state)
{
#define ALONE "\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}}"
#define SBC                                                                                                            \
	"\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},\"trunks\":{\"t\":{\"realm\":\"lan\",\"peers\":[\"10.0.0."    \
	"9\"]}}"
#define WRONG "relay.ng[0]: the SBC uses the first one, which must be \"unix:/PATH\" or \"udp:IP:PORT\""
	static const struct config_case cases[] = {
		{ ALONE ",\"relay\":{\"ng\":[\"tcp:127.0.0.1:2223\"]}", "" },
		{ ALONE ",\"relay\":{\"ng\":[\"unix-stream:/run/ng\"]}", "" },
		{ SBC, "" },
		{ SBC ",\"relay\":{\"ng\":[\"udp:127.0.0.1:2223\",\"tcp:127.0.0.1:2223\"]}", "" },
		{ SBC ",\"relay\":{\"ng\":[\"tcp:127.0.0.1:2223\",\"udp:127.0.0.1:2223\"]}", WRONG },
		{ SBC ",\"relay\":{\"ng\":[\"unix-stream:/run/ng\"]}", WRONG },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{", "}");
}

static void workers(void **state)
{
	static const struct config_case cases[] = {
		{ "\"cores\":[2,3]", "" },
		{ "\"cores\":[1024]", "relay.cores[0]: must be 0 to 1023" },
		{ "\"cores\":[-1]", "relay.cores[0]: must be 0 to 1023" },
		{ "\"cores\":[2,2]", "relay.cores[1]: core 2 is here twice" },
		{ "\"cores\":\"2-3\"", "relay.cores: expected a list in [ ], found a text" },
		{ "\"eal\":[\"--no-huge\"]", "" },
		{ "\"eal\":[\"\"]", "relay.eal[0]: must be 1 to 255 bytes" },
		{ "\"eal\":[1]", "relay.eal[0]: expected an argument, as a text, found a number" },
		{ "\"in-driver\":\"off\"", "" },
		{ "\"in-driver\":\"never\"", "relay.in-driver: \"never\" is not one of: auto, always, off" },
		{ "\"idle-latency\":\"10ms\"", "" },
		{ "\"idle-latency\":\"0\"", "" },
		{ "\"idle-latency\":\"11ms\"", "relay.idle-latency: must be 1us to 10ms, or 0" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"relay\":{", "}}");
}

static void templates(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"lan\"]", "relay.templates: expected an object in { }, found a list" },
		{ "{\"a\":1}",
		  "relay.templates.a: expected flags in one text, as \"ICE=remove RTP/AVP\", found a number" },
		{ "{\"\":\"b\"}", "relay.templates.: must be 1 to 64 printable characters" },
		{ "{\"a\":\"b\\nc\"}", "relay.templates.a: must be at most 1024 printable characters" },
	};
	struct config *c;

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"relay\":{\"templates\":", "}}");
	c = conf_load(SPAN("{\"relay\":{\"templates\":{\"browser\":\"WebRTC\",\"//\":\"x\",\"start recording\":\"\"}},"
			   "\"realms\":{\"lan\":{\"address\":\"192.0.2.1\"}}}"),
		      "t.json", NULL, NULL);
	assert_non_null(c);
	assert_int_equal(c->relay.ntemplate, 2);
	assert_string_equal(c->relay.templates[0].name, "browser");
	assert_string_equal(c->relay.templates[0].flags, "WebRTC");
	assert_string_equal(c->relay.templates[1].name, "start recording");
	conf_free(c);
}

static void receivers(void **state)
{
#define RECEIVERS "\"tcp:IP:PORT\" or \"unix:/PATH\" (at most 107 bytes)"
	static const struct config_case cases[] = {
		{ "\"tcp:192.0.2.9:9000\"", "" },
		{ "\"tcp:[2001:db8::9]:9000\"", "" },
		{ "\"unix:/run/receiver.sock\"", "" },
		{ "\"tcp:192.0.2.9\"", "relay.forward-to: \"tcp:192.0.2.9\" is not " RECEIVERS },
		{ "\"tcp:receiver.example.net:9000\"",
		  "relay.forward-to: \"tcp:receiver.example.net:9000\" is not " RECEIVERS },
		{ "\"udp:192.0.2.9:9000\"", "relay.forward-to: \"udp:192.0.2.9:9000\" is not " RECEIVERS },
		{ "\"unix-stream:/run/receiver.sock\"",
		  "relay.forward-to: \"unix-stream:/run/receiver.sock\" is not " RECEIVERS },
		{ "\"unix:receiver.sock\"", "relay.forward-to: \"unix:receiver.sock\" is not " RECEIVERS },
		{ "[\"tcp:192.0.2.9:9000\"]",
		  "relay.forward-to: expected \"tcp:IP:PORT\" or \"unix:/PATH\", found a list" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"relay\":{\"forward-to\":", "}}");
}

static void directions(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"lan\"]", "relay.directions: expected an object in { }, found a list" },
		{ "{\"int\":1}", "relay.directions.int: expected the name of a realm, found a number" },
		{ "{\"\":\"lan\"}", "relay.directions.: must be 1 to 64 printable characters" },
	};
	struct config *c;

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"relay\":{\"directions\":", "}}");
	c = conf_load(SPAN("{\"relay\":{\"directions\":{\"int\":\"lan\",\"//\":\"x\",\"wan\":\"lan\",\"lan\":\"wan\"}},"
			   "\"realms\":{\"lan\":{\"address\":\"192.0.2.1\"},\"wan\":{\"address\":\"192.0.2.2\"}}}"),
		      "t.json", NULL, NULL);
	assert_non_null(c);
	assert_int_equal(c->relay.ndirection, 3);
	assert_int_equal(conf_direction_find(c, SPAN("int")), 0);
	/* What a realm is called here comes first. */
	assert_int_equal(conf_direction_find(c, SPAN("lan")), 0);
	assert_int_equal(conf_direction_find(c, SPAN("wan")), 1);
	assert_int_equal(conf_direction_find(c, SPAN("ext")), -1);
	conf_free(c);
}

static void api(void **state)
{
	static const struct config_case cases[] = {
		{ "\"socket\":\"/run/natsbc/api.sock\"", "" },
		{ "\"socket\":\"none\"", "" },
		{ "\"socket\":\"api.sock\"",
		  "api.socket: expected an absolute path of at most 107 bytes, or \"none\"" },
		{ "\"http\":{\"listen\":\"127.0.0.1:9000\"}", "" },
		{ "\"http\":{\"listen\":\"[::1]:9000\"}", "" },
		{ "\"http\":{\"listen\":\"none\"}", "" },
		{ "\"http\":{\"listen\":\"0.0.0.0:8080\"}",
		  "api.http.listen: only loopback addresses in this version: the API has no passwords yet" },
		{ "\"http\":{\"listen\":\"127.0.0.1\"}",
		  "api.http.listen: \"127.0.0.1\" is not an address and a port such as \"127.0.0.1:8080\"" },
		{ "\"http\":{\"tokens\":{}}", "api.http.tokens: not built yet: the API is for this host alone" },
		{ "\"http\":\"127.0.0.1:8080\"", "api.http: expected an object in { }, found a text" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"api\":{", "}}");
}

static void dns(void **state)
{
	static const struct config_case cases[] = {
		{ "\"servers\":[\"10.0.0.2\",\"10.0.0.3:5353\",\"[2001:db8::53]:53\"]", "" },
		{ "\"servers\":[]", "" },
		{ "\"servers\":[\"ns.example\"]",
		  "dns.servers[0]: \"ns.example\" is not the address of a name server, as \"192.0.2.53\"" },
		{ "\"servers\":[\"0.0.0.0\"]",
		  "dns.servers[0]: \"0.0.0.0\" is not the address of a name server, as \"192.0.2.53\"" },
		{ "\"servers\":[\"10.0.0.1\",\"10.0.0.2\",\"10.0.0.3\",\"10.0.0.4\",\"10.0.0.5\"]",
		  "dns.servers: at most 4 are possible, found 5" },
		{ "\"timeout\":\"50ms\"", "dns.timeout: must be 100ms to 30s" },
		{ "\"tries\":0", "dns.tries: must be 1 to 10" },
		{ "\"stale\":\"0\"", "" },
		{ "\"server\":[]", "dns.server: unknown key. Did you mean \"servers\"?" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"dns\":{", "}}");
}

static void limits(void **state)
{
	static const struct config_case cases[] = {
		{ "\"connections\":1,\"connections-per-source\":1,\"branches\":1,\"udp-max\":500", "" },
		{ "\"connections\":0", "limits.connections: must be 1 to 1000000" },
		{ "\"connections-per-source\":0", "limits.connections-per-source: must be 1 to 1000000" },
		{ "\"branches\":61", "limits.branches: must be 1 to 60" },
		{ "\"udp-max\":499", "limits.udp-max: must be 500 to 65507" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALMS "\"limits\":{", "}}");
}

static void dns_and_limits_are_stored(void **state)
{
	struct config *c = conf_load(
		SPAN(REALMS
		     "\"dns\":{\"servers\":[\"10.0.0.2\",\"10.0.0.3:5353\"],\"timeout\":\"500ms\",\"tries\":3,"
		     "\"stale\":\"1d\"},\"limits\":{\"connections\":5,\"connections-per-source\":4,\"branches\":3,"
		     "\"udp-max\":1400}}"),
		"sbc.json", NULL, NULL);
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->dns.nserver, 2);
	assert_string_equal(addr_text(&c->dns.servers[0], text), "10.0.0.2:53");
	assert_string_equal(addr_text(&c->dns.servers[1], text), "10.0.0.3:5353");
	assert_int_equal(c->dns.timeout_ms, 500);
	assert_int_equal(c->dns.tries, 3);
	assert_int_equal(c->dns.stale_s, 86400);
	assert_int_equal(c->limits.connections, 5);
	assert_int_equal(c->limits.connections_per_source, 4);
	assert_int_equal(c->limits.branches, 3);
	assert_int_equal(c->limits.udp_max, 1400);
	conf_free(c);
}

static void what_is_stored(void **state)
{
	struct config *c = conf_load(
		SPAN(REALMS
		     "\"relay\":{\"ng\":[\"udp:127.0.0.1:2223\"],\"port\":\"af_xdp\",\"in-driver\":\"off\",\"cores\":["
		     "3,1],"
		     "\"eal\":[\"-n\",\"2\"],\"sessions\":7,\"idle-latency\":\"0\","
		     "\"silence-timeout\":\"5s\",\"held-timeout\":\"0\",\"one-way-timeout\":\"90s\","
		     "\"rtcp\":\"generate\",\"capture-dir\":\"/tmp/c\",\"capture-megabytes\":3,"
		     "\"forward-to\":\"tcp:192.0.2.9:9000\",\"lease\":\"90s\"},"
		     "\"api\":{\"socket\":\"none\",\"http\":{\"listen\":\"none\"}}}"),
		"sbc.json", NULL, NULL);

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->relay.nng, 1);
	assert_string_equal(c->relay.ng[0], "udp:127.0.0.1:2223");
	assert_string_equal(c->relay.port, "af_xdp");
	assert_int_equal(c->relay.in_driver, CONF_IN_DRIVER_OFF);
	assert_int_equal(c->relay.ncore, 2);
	assert_int_equal(c->relay.cores[0], 3);
	assert_int_equal(c->relay.neal, 2);
	assert_string_equal(c->relay.eal[1], "2");
	assert_int_equal(c->relay.sessions, 7);
	assert_int_equal(c->relay.idle_latency_us, 0);
	assert_int_equal(c->relay.silence_timeout_ms, 5000);
	assert_int_equal(c->relay.held_timeout_ms, 0);
	assert_int_equal(c->relay.one_way_timeout_ms, 90000);
	assert_int_equal(c->relay.rtcp, CONF_RTCP_GENERATE);
	assert_string_equal(c->relay.capture_dir, "/tmp/c");
	assert_int_equal(c->relay.capture_megabytes, 3);
	assert_string_equal(c->relay.forward_to, "tcp:192.0.2.9:9000");
	assert_int_equal(c->relay.lease_ms, 90000);
	assert_null(c->api.socket);
	assert_int_equal(c->api.http.port, 0);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directions),
		cmocka_unit_test(templates),
		cmocka_unit_test(receivers),
		cmocka_unit_test(ng),
		cmocka_unit_test(the_way_of_the_sbc),
		cmocka_unit_test(workers),
		cmocka_unit_test(api),
		cmocka_unit_test(dns),
		cmocka_unit_test(limits),
		cmocka_unit_test(dns_and_limits_are_stored),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
