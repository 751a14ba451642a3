/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/route.h"

#include "tests/unit/sbc/bench.h"

#define TRUNKS                                                                                                         \
	"\"trunks\": { \"east\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\", \"203.0.113.2:5080\"], "      \
	"\"probe\": \"0s\" },"                                                                                         \
	" \"west\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.9\"], \"probe\": \"0s\" } }"
#define NO_TRUNK  "{ " BENCH_REALMS " }"
#define ONE_TRUNK "{ " BENCH_REALMS ", " BENCH_TRUNK " }"
#define TWO       "{ " BENCH_REALMS ", " TRUNKS " }"
#define ROUTES                                                                                                         \
	"{ " BENCH_REALMS ", " TRUNKS ", \"routes\": ["                                                                \
	" { \"from\": \"lan\", \"to-number\": \"^1[0-9]{2}$\", \"send\": [\"west\"] },"                                \
	" { \"from\": \"lan\", \"to-number\": \"^\\\\+?[0-9]{5,15}$\", \"send\": [\"east\", \"west\"] },"              \
	" { \"from\": \"east\", \"to-number\": \"^9\", \"send\": [\"west\"] } ] }"

/* A PBX among the phones. */
#define PBX                                                                                                            \
	"{ " BENCH_REALMS                                                                                              \
	", \"trunks\": { \"pbx\": { \"realm\": \"lan\", \"peers\": [\"10.0.0.7\"], \"probe\": \"0s\" },"               \
	" \"east\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\"], \"probe\": \"0s\" } },"                   \
	" \"routes\": [ { \"from\": \"lan\", \"send\": [\"east\"] } ] }"

enum { EAST, WEST, FROM_PHONE = -1 };

static struct bench bench;

static struct sip_msg request_to(const char *uri)
{
	return bench_msg(bench_request(&bench, "INVITE", uri, "alice", 1, "", ""));
}

static struct identity from_whom(int trunk)
{
	if (trunk == FROM_PHONE)
		return (struct identity){ .kind = IDENTITY_PHONE, .trunk = -1, .realm = 0, .user = SPAN("alice") };
	return (struct identity){ .kind = IDENTITY_TRUNK,
				  .trunk = trunk,
				  .realm = (unsigned)bench.conf->trunks[trunk].realm };
}

/* Alice is registered, bob is known but is not. */
static void which_way(void **state)
{
	static const struct {
		const char *name, *conf, *uri;
		int from;
		const char *expected; /* peer and target, or status and why */
	} cases[] = {
		{ "phone to phone", NO_TRUNK, "sip:alice@example.com", FROM_PHONE,
		  "10.0.0.20:5062 sip:alice@10.0.0.20:5062;line=x" },
		{ "trunk to phone", ROUTES, "sip:alice@198.51.100.5", EAST,
		  "10.0.0.20:5062 sip:alice@10.0.0.20:5062;line=x" },
		{ "escaped user", NO_TRUNK, "sip:%61lice@example.com", FROM_PHONE,
		  "10.0.0.20:5062 sip:alice@10.0.0.20:5062;line=x" },
		{ "not registered", ROUTES, "sip:bob@example.com", FROM_PHONE, "480 user-not-registered" },
		{ "not registered, from a trunk", ROUTES, "sip:bob@example.com", EAST, "480 user-not-registered" },
		{ "unknown", NO_TRUNK, "sip:carol@example.com", FROM_PHONE, "404 unknown-user" },
		{ "no user", ROUTES, "sip:example.com", FROM_PHONE, "404 unknown-user" },
		{ "not a URI we know", ROUTES, "http://example.com", FROM_PHONE, "404 unknown-user" },
		{ "the only trunk", ONE_TRUNK, "sip:+49301234@example.com;user=phone", FROM_PHONE,
		  "203.0.113.99:5060 sip:+49301234@203.0.113.99:5060" },
		{ "tel", ONE_TRUNK, "tel:+49301234", FROM_PHONE, "203.0.113.99:5060 sip:+49301234@203.0.113.99:5060" },
		{ "a trunk does not call through us", ONE_TRUNK, "sip:+49301234@198.51.100.5", 0, "404 no-route" },
		{ "two trunks, no routes", TWO, "sip:+49301234@example.com", FROM_PHONE, "404 no-route" },
		{ "first route that fits", ROUTES, "sip:112@example.com", FROM_PHONE,
		  "203.0.113.9:5060 sip:112@203.0.113.9:5060" },
		{ "second route", ROUTES, "sip:+49301234@example.com", FROM_PHONE,
		  "203.0.113.1:5060 sip:+49301234@203.0.113.1:5060" },
		{ "no route fits", ROUTES, "sip:1234@example.com", FROM_PHONE, "404 no-route" },
		{ "a route of another source", ROUTES, "sip:9@198.51.100.5", WEST, "404 no-route" },
		{ "a route of this source", ROUTES, "sip:9@198.51.100.5", EAST,
		  "203.0.113.9:5060 sip:9@203.0.113.9:5060" },
		{ "a trunk's route is not a phone's", ROUTES, "sip:9@example.com", FROM_PHONE, "404 no-route" },
		{ "a realm's route is its phones'", PBX, "sip:5@example.com", FROM_PHONE,
		  "203.0.113.1:5060 sip:5@203.0.113.1:5060" },
		{ "a realm's route is not its trunks'", PBX, "sip:5@10.0.0.5", 0, "404 no-route" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct identity who;
		enum count why = COUNT_N;
		char peer[ADDR_TEXT_MAX], got[256];
		struct route route;
		struct sip_msg m;
		unsigned status;

		bench_open(&bench, cases[i].conf);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062;line=x");
		who = from_whom(cases[i].from);
		m = request_to(cases[i].uri);
		status = route_find(bench.e, &m, &who, &route, &why);
		if (status)
			snprintf(got, sizeof(got), "%u %s", status, count_name(why));
		else
			snprintf(got, sizeof(got), "%s %.*s", addr_text(&route.target[0].leg.flow.peer, peer),
				 SPAN_ARG(route.target[0].leg.uri));
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].name, got);
		bench_close(&bench);
	}
}

/* From and To of the outgoing leg name us and the peer, never the host the caller spoke of. */
static void parties_of_the_other_leg(void **state)
{
	static const struct {
		const char *uri, *from, *to;
	} cases[] = {
		{ "sip:alice@198.51.100.5", "\"Caller\" <sip:alice@example.com>", "<sip:alice@example.com>" },
		{ "sip:+4930@192.168.7.7", "\"Caller\" <sip:alice@198.51.100.5>", "<sip:+4930@203.0.113.99:5060>" },
	};
	struct identity who = from_whom(FROM_PHONE);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum count why;
		struct route route;
		struct sip_msg m;

		bench_open(&bench, ONE_TRUNK);
		bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
		m = request_to(cases[i].uri);
		assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 0);
		bench_expect(route.target[0].leg.from, cases[i].from);
		assert_int_equal(route.target[0].leg.from.n, strlen(cases[i].from));
		bench_expect(route.target[0].leg.to, cases[i].to);
		assert_int_equal(route.target[0].leg.to.n, strlen(cases[i].to));
		bench_close(&bench);
	}
}

/* The trunk's peer of that number takes no connections. */
static void refuse_calls(unsigned trunk, unsigned peer)
{
	const struct conf_trunk *t = &bench.conf->trunks[trunk];
	struct flow f = { .peer = t->peers[peer].addr, .realm = (uint8_t)t->realm };

	trunks_failed(&bench.e->trunks, trunk, &f, TRUNK_REFUSED, 0);
}

/* Peers that are down are left out, unless there is nobody else. */
static void around_peers_that_are_down(void **state)
{
	static const struct {
		unsigned down; /* bits: east's two peers, west's one */
		const char *peer;
	} cases[] = {
		{ 0, "203.0.113.1:5060" },
		{ 1, "203.0.113.2:5080" },
		{ 3, "203.0.113.9:5060" },
		{ 7, "203.0.113.1:5060" }, /* nobody pings them: a call may notice that one is back */
	};
	struct identity who = from_whom(FROM_PHONE);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum count why = COUNT_N;
		char peer[ADDR_TEXT_MAX];
		struct route route;
		struct sip_msg m;
		unsigned status;

		bench_open(&bench, ROUTES);
		for (unsigned k = 0; k < 3; k++)
			if (cases[i].down & 1U << k)
				refuse_calls(k / 2, k % 2);
		m = request_to("sip:+49301234@example.com");
		status = route_find(bench.e, &m, &who, &route, &why);
		assert_int_equal(status, 0);
		assert_string_equal(addr_text(&route.target[0].leg.flow.peer, peer), cases[i].peer);
		bench_close(&bench);
	}
}

/* Where other routes are to be asked, they are, before a peer that was given up is tried. */
static void given_up_peers_last(void **state)
{
	static const char conf[] = "{ " BENCH_REALMS ", " TRUNKS ", \"routes\": ["
				   " { \"send\": [\"west\"], \"next\": [\"unreachable\"] },"
				   " { \"send\": [\"east\"], \"next\": [\"unreachable\"] } ] }";
	static const struct {
		unsigned down; /* bits: east's two peers, west's one */
		const char *peer;
	} cases[] = {
		{ 0, "203.0.113.9:5060" },
		{ 4, "203.0.113.1:5060" },
		{ 7, "203.0.113.9:5060" },
	};
	struct identity who = from_whom(FROM_PHONE);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum count why = COUNT_N;
		char peer[ADDR_TEXT_MAX];
		struct route route;
		struct sip_msg m;

		bench_open(&bench, conf);
		for (unsigned k = 0; k < 3; k++)
			if (cases[i].down & 1U << k)
				refuse_calls(k / 2, k % 2);
		m = request_to("sip:1@example.com");
		assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 0);
		assert_string_equal(addr_text(&route.target[0].leg.flow.peer, peer), cases[i].peer);
		bench_close(&bench);
	}
}

/* The host of a redirection's Contact: a peer by its address, port where one is named, or none of ours. */
static void peers_by_host(void **state)
{
	static const struct {
		const char *uri, *peers;
	} cases[] = {
		{ "sip:9@203.0.113.1", "203.0.113.1:5060" },
		{ "sip:9@203.0.113.1:5060", "203.0.113.1:5060" },
		{ "sip:9@203.0.113.1:5070", "" },
		{ "sip:9@203.0.113.2", "203.0.113.2:5080" },
		{ "sip:9@203.0.113.9;user=phone", "203.0.113.9:5060" },
		{ "sip:9@203.0.113.7", "" },
		{ "sip:203.0.113.9", "" },
		{ "tel:+4930", "" },
		{ "sip:9@example.net", "" },
		{ "nonsense", "" },
	};

	(void)state;
	bench_open(&bench, ROUTES);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = request_to("sip:alice@example.com");
		char got[256] = "", peer[ADDR_TEXT_MAX];
		struct route route;
		unsigned n = route_find_peers(bench.e, &m, span_str(cases[i].uri), &route);

		for (unsigned k = 0; k < n; k++)
			strcat(got, addr_text(&route.target[k].leg.flow.peer, peer));
		if (strcmp(got, cases[i].peers) != 0)
			fail_msg("%s: %s", cases[i].uri, got);
	}
	bench_close(&bench);
}

/* Routes that answer by themselves. */
static void routes_that_answer(void **state)
{
	static const char conf[] = "{ " BENCH_REALMS ", " TRUNKS ", \"routes\": ["
				   " { \"to-number\": \"^1\", \"reject\": 603 },"
				   " { \"to-number\": \"^2\", \"redirect\": [\"sip:2@example.net\"] } ] }";
	struct identity who = from_whom(FROM_PHONE);
	enum count why;
	struct route route;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, conf);
	m = request_to("sip:1@example.com");
	assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 603);
	assert_int_equal(why, COUNT_REFUSE_ROUTE);
	m = request_to("sip:2@example.com");
	assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 302);
	assert_string_equal(route.by->redirect[0], "sip:2@example.net");
	m = request_to("sip:3@example.com");
	assert_int_equal(route_find_uri(bench.e, &m, SPAN("sip:1@example.com"), &who, &route, &why), 603);
	assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 404);
	assert_null(route.by);
	bench_close(&bench);
}

#define WAYS                                                                                                           \
	"{ " BENCH_REALMS ", " TRUNKS ", \"routes\": ["                                                                \
	" { \"to-user\": \"^bob$\", \"send\": [\"phones\"], \"next\": [\"unreachable\"] },"                            \
	" { \"to-user\": \"^bob$\", \"send\": [\"phones:alice\", \"west:77\"] },"                                      \
	" { \"to-number\": \"^1\", \"send\": [\"east\", \"west:99\", \"phones:alice\"], \"fork\": \"parallel\","       \
	"  \"next\": [\"busy\"] },"                                                                                    \
	" { \"to-number\": \"^[12]\", \"send\": [\"phones:bob\"], \"next\": [\"busy\"] },"                             \
	" { \"to-number\": \"^3\", \"called\": [\"^3 => al\"], \"send\": [\"phones\"] },"                              \
	" { \"to-number\": \"^4\", \"send\": [\"phones:bob\"], \"next\": [\"unreachable\"] },"                         \
	" { \"to-number\": \"^4\", \"called\": [\"^4 => a\"], \"caller\": [\".* => 100\"], \"send\": [\"west\"],"      \
	"  \"next\": [\"busy\"] },"                                                                                    \
	" { \"to-number\": \"^4\", \"reject\": 403 } ] }"

/* Places as "GROUP PEER/URI;", in the order that they are tried in. */
static void show(const struct route *r, char *out)
{
	char peer[ADDR_TEXT_MAX];

	*out = '\0';
	for (unsigned i = 0; i < r->n; i++)
		sprintf(out + strlen(out), "%u %s/%.*s;", r->target[i].group,
			addr_text(&r->target[i].leg.flow.peer, peer), SPAN_ARG(r->target[i].leg.uri));
}

/* Where routes send: phones and trunks, at once and in turn, past who is not there. */
static void places_of_routes(void **state)
{
	static const struct {
		const char *user;
		int after; /* index of a route; -1: from the first one on */
		const char *expected;
	} cases[] = {
		{ "bob", -1, "0 10.0.0.20:5062/sip:alice@10.0.0.20:5062;1 203.0.113.9:5060/sip:77@203.0.113.9:5060;" },
		{ "alice", -1, "0 10.0.0.20:5062/sip:alice@10.0.0.20:5062;" },
		{ "1", -1,
		  "0 203.0.113.1:5060/sip:1@203.0.113.1:5060;0 203.0.113.9:5060/sip:99@203.0.113.9:5060;"
		  "0 10.0.0.20:5062/sip:alice@10.0.0.20:5062;1 203.0.113.2:5080/sip:1@203.0.113.2:5080;" },
		{ "1", 2, "480 user-not-registered" },
		{ "2", -1, "480 user-not-registered" },
		{ "3ice", -1, "0 10.0.0.20:5062/sip:alice@10.0.0.20:5062;" },
		{ "3x", -1, "480 user-not-registered" },
		{ "41", -1, "0 203.0.113.9:5060/sip:a1@203.0.113.9:5060;" },
		{ "41", 6, "403 refused-by-route" },
		{ "41", 7, "404 no-route" },
		{ "bob", 1, "480 user-not-registered" },
		{ "alice", 7, "0 10.0.0.20:5062/sip:alice@10.0.0.20:5062;" },
	};
	struct identity who = from_whom(FROM_PHONE);

	(void)state;
	bench_open(&bench, WAYS);
	bench_register(&bench, "alice", "sip:alice@10.0.0.20:5062");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m = request_to(bench_text(&bench, "sip:%s@example.com%c", cases[i].user, 0).p);
		enum count why = COUNT_N;
		struct route route;
		char got[1024];
		uint16_t status = cases[i].after < 0
					  ? route_find(bench.e, &m, &who, &route, &why)
					  : route_find_after(bench.e, &m, &who, &bench.conf->routes[cases[i].after],
							     &route, &why);

		if (status)
			snprintf(got, sizeof(got), "%u %s", status, count_name(why));
		else
			show(&route, got);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s after %d: %s", cases[i].user, cases[i].after, got);
	}
	bench_close(&bench);
}

/* Who calls is rewritten with his display name kept; each place knows its route. */
static void callers_rewritten(void **state)
{
	struct identity who = from_whom(FROM_PHONE);
	enum count why;
	struct route route;
	struct sip_msg m;

	(void)state;
	bench_open(&bench, WAYS);
	m = request_to("sip:41@example.com");
	assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 0);
	assert_true(span_eq(route.target[0].leg.from, SPAN("\"Caller\" <sip:100@198.51.100.5>")));
	assert_true(span_eq(route.target[0].leg.to, SPAN("<sip:a1@203.0.113.9:5060>")));
	assert_ptr_equal(route.target[0].route, &bench.conf->routes[6]);
	assert_ptr_equal(route.by, &bench.conf->routes[6]);
	bench_close(&bench);
}

/* The log names the number and what is missing. */
static void refusals_say_what_is_missing(void **state)
{
	(void)state;
	bench_open(&bench, ONE_TRUNK);
	bench_receive(&bench, bench_carrier(&bench),
		      bench_request(&bench, "INVITE", "sip:7777@198.51.100.5", "trunk", 1, "", ""));
	assert_int_equal(bench_last_status(&bench), 404);
	bench_expect(span_str(bench.log),
		     "404 no-route: no entry of \"routes\" for calls from \"carrier\" to this number "
		     "(to sip:7777@198.51.100.5)");
	bench_close(&bench);
}

/* A user part longer than anything we keep is nobody's, and is not cut to somebody's. */
static void a_user_part_without_end(void **state)
{
	struct identity who = from_whom(FROM_PHONE);
	char uri[400] = "sip:";
	enum count why;
	struct route route;
	struct sip_msg m;

	(void)state;
	memset(uri + 4, '1', 300);
	memcpy(uri + 304, "@example.com", 13);
	bench_open(&bench, ROUTES);
	m = request_to(uri);
	assert_int_equal(route_find(bench.e, &m, &who, &route, &why), 404);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_way),
		cmocka_unit_test(parties_of_the_other_leg),
		cmocka_unit_test(around_peers_that_are_down),
		cmocka_unit_test(given_up_peers_last),
		cmocka_unit_test(peers_by_host),
		cmocka_unit_test(routes_that_answer),
		cmocka_unit_test(places_of_routes),
		cmocka_unit_test(callers_rewritten),
		cmocka_unit_test(refusals_say_what_is_missing),
		cmocka_unit_test(a_user_part_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
