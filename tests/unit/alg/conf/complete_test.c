/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/alg/conf/config_case.h"

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

static struct config *load(const char *before, const char *json, const char *after)
{
	char text[1024];
	struct config *c;

	snprintf(text, sizeof(text), "%s%s%s", before, json, after);
	c = conf_load(span_str(text), "sbc.json", NULL, NULL);
	assert_non_null(c);
	return c;
}

static void tls_listens_with_its_certificate(void **state)
{
	static const struct {
		const char *json;
		unsigned nlisten;
		enum conf_transport last;
		unsigned port;
	} cases[] = {
		{ "\"//\":0", 2, CONF_TCP, 5060 },
		{ "\"tls\":{\"cert\":\"c\",\"key\":\"k\"}", 3, CONF_TLS, 5061 },
		{ "\"listen\":[\"tcp:5060\"],\"tls\":{\"cert\":\"c\",\"key\":\"k\"}", 1, CONF_TCP, 5060 },
		{ "\"tls\":{\"cert\":\"c\",\"key\":\"k\"},\"listen\":[\"tcp:5060\"]", 1, CONF_TCP, 5060 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *c = load("{\"realms\":{\"a\":{\"address\":\"10.0.0.5\",", cases[i].json, "}}}");
		const struct conf_realm *r = &c->realms[0];

		assert_int_equal(r->nlisten, cases[i].nlisten);
		assert_int_equal(r->listen[r->nlisten - 1].transport, cases[i].last);
		assert_int_equal(r->listen[r->nlisten - 1].port, cases[i].port);
		conf_free(c);
	}
}

static void transports_of_trunks(void **state)
{
	static const struct {
		const char *json;
		enum conf_transport_want want;
		unsigned port; /* of the first peer's address; 0: it is a domain */
	} cases[] = {
		{ "\"peers\":[\"10.0.0.20\"]", CONF_WANT_UDP, 5060 },
		{ "\"peers\":[\"10.0.0.20\"],\"transport\":\"auto\"", CONF_WANT_UDP, 5060 },
		{ "\"peers\":[\"10.0.0.20\"],\"transport\":\"tcp\"", CONF_WANT_TCP, 5060 },
		{ "\"peers\":[\"10.0.0.20\"],\"transport\":\"tls\"", CONF_WANT_TLS, 5061 },
		{ "\"transport\":\"tls\",\"peers\":[\"10.0.0.20:5060\"]", CONF_WANT_TLS, 5060 },
		{ "\"peers\":[\"c.example\"]", CONF_WANT_AUTO, 0 },
		{ "\"peers\":[\"10.0.0.20\",\"c.example\"]", CONF_WANT_AUTO, 5060 },
		{ "\"peers\":[\"c.example\"],\"transport\":\"udp\"", CONF_WANT_UDP, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *c = load("{\"realms\":{\"a\":{\"address\":\"10.0.0.5\","
					"\"tls\":{\"cert\":\"c\",\"key\":\"k\"}}},\"trunks\":{\"t\":{\"realm\":\"a\",",
					cases[i].json, "}}}");

		assert_int_equal(c->trunks[0].transport, cases[i].want);
		assert_int_equal(c->trunks[0].peers[0].addr.port, cases[i].port);
		assert_int_equal(addr_is_set(&c->trunks[0].peers[0].addr), cases[i].port != 0);
		conf_free(c);
	}
}

static void trunks_follow_their_realm(void **state)
{
	struct config *c = load("{\"trunks\":{\"a\":{\"realm\":\"r\",\"peers\":[\"10.0.0.20\"]},"
				"\"b\":{\"realm\":\"r\",\"peers\":[\"10.0.0.21\"],\"refer\":\"pass\",",
				"\"session-timer\":{\"mode\":\"pass\",\"expires\":\"20m\"}}},",
				"\"realms\":{\"r\":{\"address\":\"10.0.0.5\",\"refer\":\"local\","
				"\"session-timer\":{\"mode\":\"own\",\"expires\":\"10m\",\"min\":\"3m\"}}}}");
	static const struct {
		enum conf_refer refer;
		enum conf_timer_mode mode;
		uint32_t expires_s, min_s;
	} want[] = {
		{ CONF_REFER_LOCAL, CONF_TIMER_OWN, 600, 180 },
		{ CONF_REFER_PASS, CONF_TIMER_PASS, 1200, 180 },
	};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(c->trunks[i].refer, want[i].refer);
		assert_int_equal(c->trunks[i].timer.mode, want[i].mode);
		assert_int_equal(c->trunks[i].timer.expires_s, want[i].expires_s);
		assert_int_equal(c->trunks[i].timer.min_s, want[i].min_s);
	}
	conf_free(c);
}

/* A carrier that knows no SRTP must not be shown any because phones in its realm have it. */
static void srtp_is_not_the_realms(void **state)
{
	static const struct {
		const char *realm;
		enum conf_srtp want;
	} cases[] = {
		{ "\"//\":0", CONF_SRTP_AUTO },
		{ "\"srtp\":\"dtls\"", CONF_SRTP_DTLS },
		{ "\"srtp\":\"off\"", CONF_SRTP_OFF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config *c = load("{\"trunks\":{\"a\":{\"realm\":\"r\",\"peers\":[\"10.0.0.20\"]}},"
					"\"realms\":{\"r\":{\"address\":\"10.0.0.5\",",
					cases[i].realm, "}}}");

		assert_int_equal(c->realms[0].srtp, cases[i].want);
		assert_int_equal(c->trunks[0].srtp, CONF_SRTP_OFF);
		conf_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_ports_are_shared_in_equal_parts),
		cmocka_unit_test(what_follows_from_other_keys),
		cmocka_unit_test(tls_listens_with_its_certificate),
		cmocka_unit_test(transports_of_trunks),
		cmocka_unit_test(trunks_follow_their_realm),
		cmocka_unit_test(srtp_is_not_the_realms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
