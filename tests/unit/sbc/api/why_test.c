/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/why.h"

#include <netinet/in.h>

#include "tests/unit/sbc/firewallbench.h"

#define CONF                                                                                                           \
	"{ " BENCH_REALMS ", " BENCH_TRUNK ", " BENCH_LIMITS ", \"pinholes\": { \"calls\": \"always\","                \
	" \"forward\": [\"internet:40000-49999\"] } }"

static struct bench bench;

static int open_bench(void **state)
{
	(void)state;
	firewallbench_open(&bench, BENCH_CONF);
	return 0;
}

static int close_bench(void **state)
{
	(void)state;
	bench_close(&bench);
	return 0;
}

static struct addr at(const char *text)
{
	struct addr a = { 0 };

	if (text)
		assert_int_equal(addr_parse(span_str(text), 0, &a), 0);
	return a;
}

static struct why question(const char *from, const char *to, uint8_t protocol)
{
	return (struct why){ .engine = bench.e, .from = at(from), .to = at(to), .protocol = protocol };
}

/* The answer must say this, with that verdict. Takes it. */
static void says(json_t *j, const char *what, bool drops, const char *words)
{
	const json_t *f;
	bool found = false;
	size_t i;

	json_array_foreach(json_object_get(j, "findings"), i, f)
	{
		const char *text = json_string_value(json_object_get(f, "text"));

		if (strcmp(json_string_value(json_object_get(f, "what")), what) != 0)
			continue;
		found = true;
		if (json_is_true(json_object_get(f, "drops")) != drops || !strstr(text, words))
			fail_msg("%s: %s", what, text);
	}
	if (!found)
		fail_msg("no %s in %s", what, json_dumps(j, 0));
	assert_int_equal(json_is_true(json_object_get(j, "dropped")), drops);
	json_decref(j);
}

/* Without the relay. */
static void gates_before_the_relay(void **state)
{
	static const struct {
		const char *from, *to;
		uint8_t protocol;
		const char *what;
		bool drops;
		const char *words;
	} cases[] = {
		{ "203.0.113.9", "198.51.100.5:5060", IPPROTO_UDP, "listener", false, "SIP of realm internet" },
		{ "203.0.113.9", "198.51.100.5:5060", IPPROTO_UDP, "nothing", false, "Nothing here drops it" },
		{ "203.0.113.9", "198.51.100.5:5060", IPPROTO_TCP, "listener", false, "(TCP)" },
		{ "203.0.113.9", "198.51.100.5:5061", IPPROTO_TCP, "not-served", false, "SIP: UDP:5060, TCP:5060" },
		{ "203.0.113.9", "198.51.100.5:20000", IPPROTO_TCP, "not-served", false, "media: udp 20000-20099" },
		{ "203.0.113.9", "198.51.100.5:10000", IPPROTO_UDP, "not-served", false, "of realm internet" },
		{ "203.0.113.9:99", "192.0.2.1:5060", IPPROTO_UDP, "not-ours", false, "192.0.2.1:5060 is of no realm" },
		{ "::ffff:203.0.113.9", "198.51.100.5:5060", IPPROTO_UDP, "listener", false, "SIP of realm internet" },
		{ "127.0.0.1:99", "198.51.100.5:5060", IPPROTO_UDP, "forbidden-source", true, "loopback" },
		{ "203.0.113.66:1", "198.51.100.5:5060", IPPROTO_UDP, "banned", true,
		  "203.0.113.66:1 is banned, for 600 seconds more: by-hand, last OPTIONS. 0 messages" },
		{ "203.0.113.66", "198.51.100.5:20000", IPPROTO_TCP, "banned", true, "203.0.113.66 is banned" },
	};
	const struct bans_reason reason = { .why = EVIDENCE_BY_HAND, .sample = SPAN("OPTIONS") };
	struct prefix whom;

	(void)state;
	assert_int_equal(prefix_parse(SPAN("203.0.113.66"), &whom), 0);
	assert_non_null(bans_add(&bench.e->guard.bans, &whom, 600, &reason));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct why w = question(cases[i].from, cases[i].to, cases[i].protocol);

		assert_false(why_begin(&w));
		says(why_done(&w), cases[i].what, cases[i].drops, cases[i].words);
	}
}

static void networks(void **state)
{
	struct why w;

	(void)state;
	bench.conf->realms[1].nnetwork = 1;
	assert_int_equal(prefix_parse(SPAN("192.0.2.0/24"), &bench.conf->realms[1].networks[0]), 0);
	w = question("203.0.113.9", "198.51.100.5:5060", IPPROTO_UDP);
	assert_false(why_begin(&w));
	says(why_done(&w), "network", true, "203.0.113.9 is in none of realms.internet.networks");
	w = question("192.0.2.9", "198.51.100.5:5060", IPPROTO_UDP);
	assert_false(why_begin(&w));
	says(why_done(&w), "listener", false, "listens there");
}

/* What a NAT before us has changed on the way. */
static void the_advertised_address(void **state)
{
	struct why w;

	(void)state;
	bench.conf->realms[1].public = at("203.0.113.1");
	w = question("203.0.113.9", "203.0.113.1:20000", IPPROTO_UDP);
	assert_true(why_begin(&w));
	why_relay(&w, true);
	says(why_done(&w), "closed", true, "Port 20000 is for media of realm internet, and open for no call");
}

/* What the relay says of the port. */
static void media(void **state)
{
	static const struct {
		const char *from, *ours, *said, *latched, *refused;
		bool ended;
		const char *what;
		bool drops;
		const char *words;
	} cases[] = {
		{ "203.0.113.9:80", NULL, NULL, NULL, NULL, false, "closed", true, "open for no call now" },
		{ "203.0.113.9:80", "198.51.100.5:20002", NULL, NULL, NULL, false, "closed", true,
		  "open for no call now" },
		{ "203.0.113.9:80", "198.51.100.5:20000", NULL, "203.0.113.9:80", NULL, false, "expected", false,
		  "203.0.113.9:80 is who it listens to: 5 packets came" },
		{ "203.0.113.9", "198.51.100.5:20000", NULL, "203.0.113.9:80", NULL, false, "expected", false,
		  "who it" },
		{ "203.0.113.9:81", "198.51.100.5:20000", NULL, "203.0.113.9:80", NULL, false, "other-source", true,
		  "learnt 203.0.113.9:80 (5 packets came): another port of that host, 203.0.113.9:81 is turned away. 7 "
		  "packets of others were so far." },
		{ "203.0.113.8:81", "198.51.100.5:20000", NULL, "203.0.113.9:80", "203.0.113.8:81", false,
		  "other-source", true, "so far, this one's among them" },
		{ "203.0.113.8", "198.51.100.5:20000", "10.1.1.1:4000", NULL, "203.0.113.8:81", false, "source-refused",
		  true, "says it is 10.1.1.1:4000. 203.0.113.8 was turned away: realms.*.media.latch" },
		{ "203.0.113.8:82", "198.51.100.5:20000", NULL, NULL, "203.0.113.8:81", true, "learning", false,
		  "which has ended, and has learnt nobody yet. The other side says it is nowhere" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct why w = question(cases[i].from, "198.51.100.5:20000", IPPROTO_UDP);
		struct relayport p = {
			.call_id = SPAN("abc"),
			.ended = cases[i].ended,
			.realm = 1,
			.ours = at(cases[i].ours),
			.said = at(cases[i].said),
			.latched = at(cases[i].latched),
			.packets = 5,
			.refused = 7,
		};

		p.refused_from[0] = at(cases[i].refused);
		p.nrefused_from = cases[i].refused != NULL;
		assert_true(why_begin(&w));
		if (cases[i].ours)
			why_port(&w, &p);
		why_relay(&w, true);
		says(why_done(&w), cases[i].what, cases[i].drops, cases[i].words);
	}
	struct why w = question("203.0.113.9:80", "198.51.100.5:20000", IPPROTO_UDP);

	assert_true(why_begin(&w));
	why_relay(&w, false);
	says(why_done(&w), "relay-silent", false, "does not answer");
}

/* Where nftables closes media ports too. */
static void holes_of_calls(void **state)
{
	static const struct {
		const char *peer; /* of the hole; "": there is none; NULL: anybody */
		enum pinhole_state state;
		const char *what;
		bool drops;
		const char *words;
	} cases[] = {
		{ "", PINHOLE_OPEN, "no-pinhole", true, "no pinhole is open there" },
		{ NULL, PINHOLE_OPEN, "pinhole", false, "lets it in, unless it fell silent: 7, of c1" },
		{ NULL, PINHOLE_REFUSED, "pinhole", true, "is refused: 7, of c1" },
		{ "203.0.113.9:80", PINHOLE_OPEN, "pinhole", false, "lets it in" },
		{ "203.0.113.9:81", PINHOLE_OPEN, "pinhole-of-another", true, "is for 203.0.113.9:81 alone" },
		{ "203.0.113.8", PINHOLE_OPEN, "pinhole-of-another", true, "203.0.113.9:80 is dropped by nftables" },
		{ NULL, PINHOLE_CLOSING, "no-pinhole", true, "no pinhole" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct relayport p = { .call_id = SPAN("c1"),
					     .realm = 1,
					     .ours = at("198.51.100.5:20000"),
					     .latched = at("203.0.113.9:80") };
		struct firewall_hole h = {
			.id = 7, .owner = SPAN("c1"), .protocol = IPPROTO_UDP, .idle_s = 30, .ours = p.ours
		};
		struct pinhole *hole;
		struct why w;

		close_bench(NULL);
		firewallbench_open(&bench, CONF);
		if (!cases[i].peer || cases[i].peer[0]) {
			h.peer = at(cases[i].peer);
			hole = pinholes_open(&bench.e->pinholes, &h);
			assert_non_null(hole);
			hole->state = cases[i].state;
		}
		w = question("203.0.113.9:80", "198.51.100.5:20000", IPPROTO_UDP);
		assert_true(why_begin(&w));
		why_port(&w, &p);
		why_relay(&w, true);
		says(why_done(&w), cases[i].what, cases[i].drops, cases[i].words);
	}
}

static void forwarded(void **state)
{
	struct firewall_hole h = { .id = 7,
				   .owner = SPAN("by hand"),
				   .direction = FIREWALL_FORWARD,
				   .protocol = IPPROTO_UDP,
				   .lifetime_s = 600 };
	struct pinhole *hole;
	struct why w;

	(void)state;
	close_bench(NULL);
	firewallbench_open(&bench, CONF);
	w = question("203.0.113.9:80", "10.9.9.9:40000", IPPROTO_UDP);
	assert_false(why_begin(&w));
	says(why_done(&w), "no-pinhole", true, "sbcctl pinholes open");
	h.ours = at("10.9.9.9:40000");
	hole = pinholes_open(&bench.e->pinholes, &h);
	hole->state = PINHOLE_OPEN;
	w = question("203.0.113.9:80", "10.9.9.9:40000", IPPROTO_UDP);
	assert_false(why_begin(&w));
	says(why_done(&w), "pinhole", false, "lets it in");
	w = question("203.0.113.9:80", "10.9.9.9:39999", IPPROTO_UDP);
	assert_false(why_begin(&w));
	says(why_done(&w), "not-ours", false, "routed through this host");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_bench, close_bench)
	const struct CMUnitTest tests[] = {
		TEST(gates_before_the_relay), TEST(networks),  TEST(the_advertised_address), TEST(media),
		TEST(holes_of_calls),         TEST(forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
