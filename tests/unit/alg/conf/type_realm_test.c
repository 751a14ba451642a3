/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

#define REALM "{\"realms\":{\"lan\":{"

static void address(void **state)
{
	static const struct config_case cases[] = {
		{ "\"10.0.0.5\"", "" },
		{ "\"2001:db8::5\"", "" },
		{ "\"auto\"", "" },
		{ "\"[2001:db8::5]\"",
		  "realms.lan.address: \"[2001:db8::5]\" is not an IP address: write it without [ ]" },
		{ "\"10.0.0.5:5060\"",
		  "realms.lan.address: \"10.0.0.5:5060\" is not an IP address: ports stand in \"listen\"" },
		{ "\"sbc.example.net\"", "realms.lan.address: \"sbc.example.net\" is not an IP address: neither a name "
					 "nor an interface stands here (\"interface\" has that)" },
		{ "\"\"", "realms.lan.address: \"\" is not an IP address" },
		{ "\"10.0.0.256\"", "realms.lan.address: \"10.0.0.256\" is not an IP address" },
		{ "\"10.0.0.5/24\"",
		  "realms.lan.address: \"10.0.0.5/24\" is not an IP address: write it without the length of the "
		  "network" },
		{ "\"0.0.0.0\"",
		  "realms.lan.address: must be the address of one host: not any, multicast or broadcast" },
		{ "\"224.0.1.75\"",
		  "realms.lan.address: must be the address of one host: not any, multicast or broadcast" },
		{ "5", "realms.lan.address: expected an IP address, or \"auto\", found a number" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":", "}}}");
}

static void public_address(void **state)
{
	static const struct config_case cases[] = {
		{ "\"198.51.100.5\"", "" },
		{ "\"auto\"", "" },
		{ "7", "realms.lan.public: expected an IP address, or \"auto\", found a number" },
		{ "\"sbc.example.net\"", "realms.lan.public: \"sbc.example.net\" is not an IP address: neither a name "
					 "nor an interface stands here (\"interface\" has that)" },
		{ "\"2001:db8::5\"", "realms.lan.public: one of address and public is IPv4, the other IPv6" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":\"10.0.0.5\",\"public\":", "}}}");
}

#define NOT_A_LISTENER(at, text)                                                                                       \
	"realms.lan.listen[" at "]: \"" text                                                                           \
	"\" is not a transport (udp, tcp, tls, ws, wss) and a port such as \"udp:5060\""

static void listen_on(void **state)
{
	static const struct config_case cases[] = {
		{ "[\"udp:5060\"]", "" },
		{ "[\"udp:5060\",\"udp:5062\",\"tcp:5060\",\"ws:8081\"]", "" },
		{ "[\"tcp:5060\"]", "" },
		{ "[\"tls:5061\"]",
		  "realms.lan.listen: tls and wss need a certificate: realms.lan.tls.cert is missing" },
		{ "[\"wss:8443\"]",
		  "realms.lan.listen: tls and wss need a certificate: realms.lan.tls.cert is missing" },
		{ "[\"tls:5061\",\"wss:8443\"],\"tls\":{\"cert\":\"c\",\"key\":\"k\"}", "" },
		{ "[\"tls:5061\"],\"tls\":{\"key\":\"k\"}", "realms.lan.tls: \"cert\" is missing" },
		{ "[\"udp\"]", NOT_A_LISTENER("0", "udp") },
		{ "[\"udp:0\"]", NOT_A_LISTENER("0", "udp:0") },
		{ "[\"udp:65536\"]", NOT_A_LISTENER("0", "udp:65536") },
		{ "[\"udp:5060\",\"sctp:5060\"]", NOT_A_LISTENER("1", "sctp:5060") },
		{ "[]", "realms.lan.listen: a realm listens on one port at least" },
		{ "\"udp:5060\"", "realms.lan.listen: expected a list in [ ], found a text" },
		{ "[5060]",
		  "realms.lan.listen[0]: expected a transport and a port such as \"udp:5060\", found a number" },
		{ "[\"udp:5060\",\"udp:5060\"]", "realms.lan.listen: udp port 5060 is here twice" },
		{ "[\"tcp:5060\",\"ws:5060\"]", "realms.lan.listen: tcp port 5060 is here twice" },
		{ "[\"udp:1\",\"udp:2\",\"udp:3\",\"udp:4\",\"udp:5\",\"udp:6\",\"udp:7\",\"udp:8\",\"udp:9\"]",
		  "realms.lan.listen: at most 8 are possible, found 9" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":\"10.0.0.5\",\"listen\":", "}}}");
}

static void sessions(void **state)
{
	static const struct config_case cases[] = {
		{ "\"refer\":\"local\",\"forks\":\"separate\"", "" },
		{ "\"refer\":\"realm\"", "realms.lan.refer: \"realm\" is not one of: pass, local, block" },
		{ "\"forks\":\"both\"", "realms.lan.forks: \"both\" is not one of: single, separate" },
		{ "\"session-timer\":{\"mode\":\"own\",\"expires\":\"90s\"}", "" },
		{ "\"session-timer\":{\"mode\":\"on\"}",
		  "realms.lan.session-timer.mode: \"on\" is not one of: pass, own, off. Did you mean \"own\"?" },
		{ "\"session-timer\":{\"min\":\"89s\"}",
		  "realms.lan.session-timer.min: must be 90s to 1d, in whole seconds" },
		{ "\"session-timer\":{\"expires\":\"5m\",\"min\":\"10m\"}",
		  "realms.lan.session-timer: expires (300s) is below min (600s)" },
		{ "\"ws-origins\":[\"https://phone.example.net\",\"http://10.0.0.9:8080\",\"https://[2001:db8::1]\"]",
		  "" },
		{ "\"ws-origins\":[]", "" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":\"10.0.0.5\",", "}}}");
}

static void networks(void **state)
{
	static const struct config_case cases[] = {
		{ "[]", "" },
		{ "[\"10.0.0.0/8\",\"192.0.2.7\",\"2001:db8::/32\"]", "" },
		{ "[\"10.0.0.0/33\"]",
		  "realms.lan.networks[0]: \"10.0.0.0/33\" is not a network such as \"10.0.0.0/8\"" },
		{ "[\"lan\"]", "realms.lan.networks[0]: \"lan\" is not a network such as \"10.0.0.0/8\"" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":\"10.0.0.5\",\"networks\":", "}}}");
}

static void media(void **state)
{
	static const struct config_case cases[] = {
		{ "\"ports\":\"1024-1027\"", "" },
		{ "\"ports\":\"10000-65535\"", "" },
		{ "\"ports\":\"1023-2000\"", "realms.lan.media.ports: media ports lie between 1024 and 65535" },
		{ "\"ports\":\"10000-65536\"", "realms.lan.media.ports: media ports lie between 1024 and 65535" },
		{ "\"ports\":\"10000-10002\"",
		  "realms.lan.media.ports: the last port must be the first plus 3 at least" },
		{ "\"ports\":\"20000-10000\"",
		  "realms.lan.media.ports: the last port must be the first plus 3 at least" },
		{ "\"ports\":\"10000\"",
		  "realms.lan.media.ports: \"10000\" is not a range of ports such as \"10000-19999\"" },
		{ "\"ports\":\"10000-\"",
		  "realms.lan.media.ports: \"10000-\" is not a range of ports such as \"10000-19999\"" },
		{ "\"ports\":\"5000-6000\"", "realms.lan: port 5060 is one of the realm's media ports, 5000-6000" },
		{ "\"dscp\":63", "" },
		{ "\"dscp\":\"ef\"", "" },
		{ "\"dscp\":\"af43\"", "" },
		{ "\"dscp\":64",
		  "realms.lan.media.dscp: expected a DSCP: 0 to 63, \"ef\", \"cs0\" to \"cs7\", \"af11\" to \"af43\"" },
		{ "\"dscp\":\"af44\"",
		  "realms.lan.media.dscp: expected a DSCP: 0 to 63, \"ef\", \"cs0\" to \"cs7\", \"af11\" to \"af43\"" },
		{ "\"keepalive\":\"5s\"", "" },
		{ "\"keepalive\":\"0\"", "" },
		{ "\"keepalive\":\"4s\"", "realms.lan.media.keepalive: must be 5s to 1h, or 0" },
		{ "\"dscp\":{\"audio\":\"ef\",\"//video\":\"x\",\"other\":0}", "" },
		{ "\"dscp\":{\"sound\":\"ef\"}",
		  "realms.lan.media.dscp.sound: must be one of: audio, video, image, text, application, other" },
		{ "\"dscp\":{\"video\":64}",
		  "realms.lan.media.dscp.video: expected a DSCP: 0 to 63, \"ef\", \"cs0\" to \"cs7\", \"af11\" to "
		  "\"af43\"" },
		{ "\"kinds\":[\"audio\",\"image\"]", "" },
		{ "\"kinds\":[]", "" },
		{ "\"kinds\":[\"fax\"]",
		  "realms.lan.media.kinds[0]: \"fax\" is not one of: audio, video, image, text, application" },
		{ "\"kinds\":[\"text\",\"text\"]", "realms.lan.media.kinds[1]: \"text\" is here twice" },
		{ "\"codecs\":[\"PCMA\",\"opus/48000/2\"]", "" },
		{ "\"codecs\":[]",
		  "realms.lan.media.codecs: one codec at least is needed; without this key any will do" },
		{ "\"codecs\":[\"opus/x\"]",
		  "realms.lan.media.codecs[0]: \"opus/x\" is not a codec such as \"PCMA\" or \"opus/48000/2\"" },
		{ "\"numbers\":\"pass\"", "" },
		{ "\"numbers\":\"all\"", "realms.lan.media.numbers: \"all\" is not one of: own, pass" },
		{ "\"latch\":\"sig-ip/24\"", "" },
		{ "\"latch\":\"open\"", "" },
		{ "\"latch\":\"sig-ip/33\"", "realms.lan.media.latch: an IPv4 address has no more than 32 bits" },
		{ "\"latch\":\"sig-ip/7\"", "realms.lan.media.latch: \"sig-ip/7\" is not one of: auto, exact, sdp-ip, "
					    "sig-ip, sig-ip/BITS, open" },
		{ "\"latch\":\"open/24\"", "realms.lan.media.latch: \"open/24\" is not one of: auto, exact, sdp-ip, "
					   "sig-ip, sig-ip/BITS, open" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":\"10.0.0.5\",\"media\":{", "}}}}");
}

static void phones(void **state)
{
	static const struct config_case cases[] = {
		{ "\"home\":\"local\"", "" },
		{ "\"home\":\"pbx\"", "realms.lan.phones.home: no such trunk: \"pbx\" (have: none)" },
		{ "\"domains\":[\"voice.example.net\",\"192.0.2.5\",\"[2001:db8::5]\"]", "" },
		{ "\"domains\":[\"sip:x\"]", "realms.lan.phones.domains[0]: \"sip:x\" is not a domain or an address" },
		{ "\"domains\":[\"\"]", "realms.lan.phones.domains[0]: \"\" is not a domain or an address" },
		{ "\"nat\":\"always\"", "" },
		{ "\"nat\":\"yes\"", "realms.lan.phones.nat: \"yes\" is not one of: auto, always, never" },
		{ "\"keepalive\":\"0\"", "" },
		{ "\"keepalive\":\"4s\"", "realms.lan.phones.keepalive: must be 5s to 1h, or 0" },
		{ "\"ping\":\"crlf\"", "" },
		{ "\"ping\":\"stun\"", "realms.lan.phones.ping: \"stun\" is not one of: options, crlf" },
		{ "\"fork\":\"one\"", "" },
		{ "\"fork\":\"all\"", "realms.lan.phones.fork: \"all\" is not one of: parallel, one" },
		{ "\"expires\":{\"stream\":\"1h\"}", "" },
		{ "\"expires\":{\"stream\":\"5s\"}",
		  "realms.lan.phones.expires.stream: must be 10s to 1d, in whole seconds" },
		{ "\"limits\":{\"per-user-calls\":0}", "" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, REALM "\"address\":\"10.0.0.5\",\"phones\":{", "}}}}");
}

static struct config *load(const char *json)
{
	struct config *c = conf_load(span_str(json), "sbc.json", NULL, NULL);

	assert_non_null(c);
	return c;
}

static void dscp_names(void **state)
{
	static const struct {
		const char *name;
		int dscp;
	} cases[] = { { "ef", 46 },   { "cs0", 0 },   { "cs3", 24 }, { "cs7", 56 },
		      { "af11", 10 }, { "af41", 34 }, { "af43", 38 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char json[128];
		struct config *c;

		snprintf(json, sizeof(json),
			 REALM "\"address\":\"10.0.0.5\",\"dscp\":\"%s\",\"media\":{\"dscp\":\"%s\"}}}}", cases[i].name,
			 cases[i].name);
		c = load(json);
		for (int kind = 0; kind < CONF_KIND_N; kind++)
			assert_int_equal(c->realms[0].dscp[kind], cases[i].dscp);
		assert_int_equal(c->realms[0].signalling_dscp, cases[i].dscp);
		conf_free(c);
	}
}

static void dscp_of_kinds(void **state)
{
	static const struct {
		const char *json;
		int audio, video, image;
	} cases[] = {
		{ "{\"video\":\"af41\"}", 46, 34, 46 },
		{ "{\"other\":8,\"video\":\"af41\"}", 8, 34, 8 },
		{ "{\"video\":\"af41\",\"other\":\"cs0\",\"audio\":\"ef\"}", 46, 34, 0 },
		{ "{}", 46, 46, 46 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char json[160];
		struct config *c;

		snprintf(json, sizeof(json), REALM "\"address\":\"10.0.0.5\",\"media\":{\"dscp\":%s}}}}",
			 cases[i].json);
		c = load(json);
		assert_int_equal(c->realms[0].dscp[CONF_KIND_AUDIO], cases[i].audio);
		assert_int_equal(c->realms[0].dscp[CONF_KIND_VIDEO], cases[i].video);
		assert_int_equal(c->realms[0].dscp[CONF_KIND_IMAGE], cases[i].image);
		conf_free(c);
	}
}

static void what_is_stored(void **state)
{
	struct config *c =
		load(REALM "\"address\":\"::ffff:10.0.0.5\",\"public\":\"198.51.100.5\",\"interface\":\"eno1\","
			   "\"networks\":[\"10.0.0.0/8\"],\"listen\":[\"udp:5070\",\"wss:8443\"],"
			   "\"tls\":{\"cert\":\"c.pem\",\"key\":\"k.pem\"},\"ws-origins\":[\"https://p.example\"],"
			   "\"refer\":\"block\",\"forks\":\"separate\","
			   "\"session-timer\":{\"mode\":\"off\",\"expires\":\"1h\",\"min\":\"2m\"},"
			   "\"media\":{\"ports\":\"20000-20999\",\"latch\":\"sig-ip/24\","
			   "\"kinds\":[\"text\"],\"codecs\":[\"PCMA\"],\"numbers\":\"pass\",\"keepalive\":\"20s\"},"
			   "\"phones\":{\"users\":\"a.json\",\"domains\":[\"x.example\"],\"nat\":\"never\","
			   "\"keepalive\":\"20s\",\"ping\":\"crlf\",\"fork\":\"one\",\"expires\":{\"nat-udp\":\"2m\","
			   "\"stream\":\"1h\"},\"limits\":{\"per-"
			   "user-calls\":3}}}}}");
	const struct conf_realm *r = &c->realms[0];
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_string_equal(r->name, "lan");
	assert_string_equal(addr_text(&r->address, text), "10.0.0.5:0");
	assert_string_equal(addr_text(&r->public, text), "198.51.100.5:0");
	assert_string_equal(r->interface, "eno1");
	assert_int_equal(r->nnetwork, 1);
	assert_int_equal(r->networks[0].bits, 8);
	assert_int_equal(r->nlisten, 2);
	assert_int_equal(r->listen[0].transport, CONF_UDP);
	assert_int_equal(r->listen[0].port, 5070);
	assert_int_equal(r->listen[1].transport, CONF_WSS);
	assert_int_equal(r->listen[1].port, 8443);
	assert_int_equal(r->nws_origin, 1);
	assert_string_equal(r->ws_origins[0], "https://p.example");
	assert_int_equal(r->refer, CONF_REFER_BLOCK);
	assert_int_equal(r->forks, CONF_FORKS_SEPARATE);
	assert_int_equal(r->timer.mode, CONF_TIMER_OFF);
	assert_int_equal(r->timer.expires_s, 3600);
	assert_int_equal(r->timer.min_s, 120);
	assert_int_equal(r->media_first, 20000);
	assert_int_equal(r->media_last, 20999);
	assert_int_equal(r->latch, CONF_LATCH_SIG_IP);
	assert_int_equal(r->latch_bits, 24);
	assert_int_equal(r->media_keepalive_ms, 20000);
	assert_int_equal(r->kinds, 1 << CONF_KIND_TEXT);
	assert_int_equal(r->codecs.n, 1);
	assert_string_equal(r->codecs.names[0], "PCMA");
	assert_int_equal(r->numbers, CONF_NUMBERS_PASS);
	assert_true(r->phones.present);
	assert_string_equal(r->phones.users, "a.json");
	assert_string_equal(r->phones.domains[0], "x.example");
	assert_int_equal(r->phones.nat, CONF_NAT_NEVER);
	assert_int_equal(r->phones.keepalive_ms, 20000);
	assert_int_equal(r->phones.ping, CONF_PING_CRLF);
	assert_int_equal(r->phones.expires_udp_s, 120);
	assert_int_equal(r->phones.expires_stream_s, 3600);
	assert_int_equal(r->phones.fork, CONF_FORK_ONE);
	assert_int_equal(r->phones.calls_per_user, 3);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address),        cmocka_unit_test(public_address), cmocka_unit_test(listen_on),
		cmocka_unit_test(sessions),       cmocka_unit_test(networks),       cmocka_unit_test(media),
		cmocka_unit_test(phones),         cmocka_unit_test(dscp_names),     cmocka_unit_test(dscp_of_kinds),
		cmocka_unit_test(what_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
