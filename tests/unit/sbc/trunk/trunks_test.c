/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunks.h"

#include "tests/unit/sbc/dnsfake.h"

#define REALMS                                                                                                         \
	"\"realms\": {"                                                                                                \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"phones\": {} },"          \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" },"                   \
	"  \"listen\": [\"udp:5060\", \"tcp:5070\", \"tls:5081\"],"                                                    \
	"  \"tls\": { \"cert\": \"c.pem\", \"key\": \"k.pem\" } } }"
#define CONF(trunks)      "{ " REALMS ", \"trunks\": { " trunks " } }"
#define TRUNK(name, rest) "\"" name "\": { \"realm\": \"internet\", " rest " }"
#define TWO_PEERS         "\"peers\": [\"203.0.113.1\", \"203.0.113.2:5070\"]"

static struct dnsbench d;
static struct trunks *trunks;

static void open_trunks(const char *conf, const char *zone)
{
	dnsfake_open(&d, conf, zone);
	trunks = &d.b.e->trunks;
}

static void close_trunks(void)
{
	bench_close(&d.b);
}

/* The last byte of the address of each target, in the order to try: "1 2 3". */
static const char *order(unsigned trunk)
{
	static char text[1024];
	struct trunk_target target[TRUNK_PLACES_MAX];
	unsigned n = trunks_targets(trunks, trunk, target, TRUNK_PLACES_MAX);
	struct writer w = writer_over(text, sizeof(text) - 1);

	for (unsigned i = 0; i < n; i++)
		writer_format(&w, "%s%u", i ? " " : "", target[i].flow.peer.ip[3]);
	text[w.n] = '\0';
	return text;
}

static struct flow at(const char *peer, enum conf_transport transport)
{
	struct flow f = bench_flow(&d.b, "internet", peer);

	f.transport = (uint8_t)transport;
	return f;
}

static const char *state_at(unsigned trunk, const char *peer)
{
	struct flow f = at(peer, CONF_UDP);

	for (const struct trunk_place *p = NULL; (p = trunks_next(trunks, trunk, p));)
		if (addr_eq(&p->flow.peer, &f.peer))
			return trunk_state_name((enum trunk_state)p->state);
	return "nowhere";
}

/* Whoever was pinged since message `first` and is at that address answers. Returns the next message's number. */
static unsigned answer_from(const char *peer, unsigned first, uint16_t status)
{
	struct flow f = at(peer, CONF_UDP);
	unsigned n = d.b.nsent;

	for (unsigned i = first; i < n; i++)
		if (addr_eq(&d.b.sent[i].to.peer, &f.peer) && span_starts(d.b.sent[i].text, SPAN("OPTIONS ")))
			bench_answer(&d.b, i, status, "", "");
	return n;
}

/* ms in steps of 100, the peer answering every ping with status; 0: not at all. */
static void pass(uint64_t ms, const char *peer, uint16_t status)
{
	unsigned seen = d.b.nsent;

	for (uint64_t i = 0; i < ms; i += 100) {
		bench_pass(&d.b, 100);
		if (status)
			seen = answer_from(peer, seen, status);
		if (d.b.nsent > BENCH_SENT / 2)
			d.b.nsent = seen = 0;
	}
}

static void ping_text(void **state)
{
	static const struct {
		const char *transport, *first, *via, *contact;
	} cases[] = {
		{ "udp", "OPTIONS sip:203.0.113.1:5060 SIP/2.0\r\n",
		  "\r\nVia: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bK", "\r\nContact: <sip:198.51.100.5:5060>\r\n" },
		{ "tcp", "OPTIONS sip:203.0.113.1:5060;transport=tcp SIP/2.0\r\n",
		  "\r\nVia: SIP/2.0/TCP 198.51.100.5:5070;branch=z9hG4bK",
		  "\r\nContact: <sip:198.51.100.5:5070;transport=tcp>\r\n" },
		{ "tls", "OPTIONS sip:203.0.113.1:5061;transport=tls SIP/2.0\r\n",
		  "\r\nVia: SIP/2.0/TLS 198.51.100.5:5081;branch=z9hG4bK",
		  "\r\nContact: <sip:198.51.100.5:5081;transport=tls>\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char conf[2048];

		snprintf(conf, sizeof(conf),
			 CONF(TRUNK("t", "\"peers\": [\"203.0.113.1\"], \"transport\": \"%s\", \"probe\": \"20s\"")),
			 cases[i].transport);
		open_trunks(conf, "");
		bench_pass(&d.b, 5001);
		assert_true(d.b.nsent >= 1);
		bench_expect(d.b.sent[0].text, cases[i].first);
		bench_expect(d.b.sent[0].text, cases[i].via);
		bench_expect(d.b.sent[0].text, cases[i].contact);
		assert_int_equal(d.b.sent[0].to.connection, 0);
		assert_int_equal(d.b.sent[0].to.trunk, strcmp(cases[i].transport, "tls") == 0);
		close_trunks();
	}
}

/* K2: unprobed, up, in doubt after one miss, down after two; two answers bring it back. */
static void pings(void **state)
{
	(void)state;
	open_trunks(CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"20s\"")), "");
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "unprobed");
	assert_string_equal(order(0), "1 2");
	pass(6000, "203.0.113.1:5060", 200);
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "up");
	/* The other one was asked within 5 s, again 1 s after its 2 s of patience, and had 2 s again. */
	pass(5000, "203.0.113.1:5060", 200);
	assert_string_equal(state_at(0, "203.0.113.2:5070"), "down");
	assert_string_equal(order(0), "1");
	bench_expect(span_str(d.b.log),
		     "trunk t: peer 203.0.113.2:5070 (UDP 203.0.113.2:5070) is down: no answer to OPTIONS");
	pass(23000, "203.0.113.2:5070", 404);
	assert_string_equal(state_at(0, "203.0.113.2:5070"), "up");
	bench_expect(span_str(d.b.log), "(UDP 203.0.113.2:5070) is up");
	close_trunks();
}

static void one_miss_is_a_doubt(void **state)
{
	(void)state;
	open_trunks(CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"20s\"")), "");
	pass(5001, "203.0.113.1:5060", 200);
	pass(20000, "203.0.113.1:5060", 200);
	trunks_failed(trunks, 0, &(struct flow){ .peer = at("203.0.113.1:5060", CONF_UDP).peer }, TRUNK_TIMEOUT, 0);
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "probing");
	/* Asked at once, and it answers. */
	pass(200, "203.0.113.1:5060", 200);
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "up");
	close_trunks();
}

/* 503 and 408 are no signs of life (K2: but for listed codes); whatever else is. */
static void answers(void **state)
{
	static const struct {
		uint16_t status;
		const char *state;
	} cases[] = { { 200, "up" }, { 404, "up" }, { 405, "up" },   { 483, "up" },
		      { 500, "up" }, { 603, "up" }, { 503, "down" }, { 408, "down" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_trunks(CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"20s\"")), "");
		pass(8000, "203.0.113.1:5060", cases[i].status);
		assert_string_equal(state_at(0, "203.0.113.1:5060"), cases[i].state);
		close_trunks();
	}
}

static void what_became_of_requests(void **state)
{
	static const struct {
		const char *what, *probe;
		enum trunk_failure why;
		uint32_t retry_after_s;
		unsigned times;
		const char *order, *state;
		uint64_t wait_ms;
		const char *after;
	} cases[] = {
		{ "in doubt: tried last", "20s", TRUNK_TIMEOUT, 0, 1, "2 1", "probing", 0, "2 1" },
		{ "twice: down", "20s", TRUNK_TIMEOUT, 0, 2, "2", "down", 0, "2" },
		{ "refused: down", "20s", TRUNK_REFUSED, 0, 1, "2", "down", 0, "2" },
		{ "503 alone says nothing of the next call", "20s", TRUNK_BUSY, 0, 3, "1 2", "unprobed", 0, "1 2" },
		{ "503 with Retry-After", "0s", TRUNK_BUSY, 30, 1, "2", "unprobed", 29900, "2" },
		{ "… and then", "0s", TRUNK_BUSY, 30, 1, "2", "unprobed", 30000, "1 2" },
		{ "no longer than an hour", "0s", TRUNK_BUSY, 4000000000u, 1, "2", "unprobed", 3600000, "1 2" },
		{ "not pinged: rests", "0s", TRUNK_REFUSED, 0, 1, "2", "down", 29900, "2" },
		{ "… and is tried again", "0s", TRUNK_REFUSED, 0, 1, "2", "down", 30100, "1 2" },
		{ "not pinged, in doubt for a while", "0s", TRUNK_TIMEOUT, 0, 1, "2 1", "probing", 30100, "1 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char conf[2048];
		struct flow f;

		print_message("%s\n", cases[i].what);
		snprintf(conf, sizeof(conf), CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"%s\"")), cases[i].probe);
		open_trunks(conf, "");
		f = at("203.0.113.1:5060", CONF_UDP);
		for (unsigned k = 0; k < cases[i].times; k++)
			trunks_failed(trunks, 0, &f, cases[i].why, cases[i].retry_after_s);
		assert_string_equal(order(0), cases[i].order);
		assert_string_equal(state_at(0, "203.0.113.1:5060"), cases[i].state);
		bench_pass(&d.b, cases[i].wait_ms);
		assert_string_equal(order(0), cases[i].after);
		trunks_worked(trunks, 0, &f);
		if (cases[i].why != TRUNK_BUSY)
			assert_string_equal(order(0), "1 2");
		close_trunks();
	}
}

static void responses(void **state)
{
	static const struct {
		unsigned status;
		const char *line;
		const char *order;
		uint64_t wait_ms;
		const char *after;
	} cases[] = {
		{ 503, "Retry-After: 5\n", "2", 5000, "1 2" },
		{ 503, "Retry-After: 5 (busy);duration=60\n", "2", 5000, "1 2" },
		{ 503, "Retry-After: 5\n", "2", 4999, "2" },
		{ 503, "Retry-After: soon\n", "2 1", 0, "2 1" },
		{ 503, "Retry-After: 99999999999\n", "2 1", 0, "2 1" },
		{ 503, "", "2 1", 0, "2 1" },
		{ 486, "Retry-After: 5\n", "1 2", 0, "1 2" },
		{ 180, "", "1 2", 0, "1 2" },
		{ 200, "", "1 2", 0, "1 2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sip_msg m;
		struct flow f;

		print_message("case %zu\n", i);
		open_trunks(CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"0s\"")), "");
		f = at("203.0.113.1:5060", CONF_UDP);
		m = bench_msg(bench_text(&d.b,
					 "SIP/2.0 %u X\nVia: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKx\n"
					 "From: <sip:a@x>;tag=f\nTo: <sip:b@x>;tag=t\nCall-ID: c\nCSeq: 1 INVITE\n"
					 "%sContent-Length: 0\n\n",
					 cases[i].status, cases[i].line));
		/* In doubt: a sign of life ends that. */
		if (!cases[i].wait_ms)
			trunks_failed(trunks, 0, &f, TRUNK_TIMEOUT, 0);
		trunks_response(trunks, 0, &f, &m);
		assert_string_equal(order(0), cases[i].order);
		bench_pass(&d.b, cases[i].wait_ms);
		assert_string_equal(order(0), cases[i].after);
		close_trunks();
	}
}

/* What is not ours, or of another transport, is no news about a place. */
static void news_of_strangers(void **state)
{
	struct flow f;

	(void)state;
	open_trunks(CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"0s\"")), "");
	f = at("203.0.113.9:5060", CONF_UDP);
	trunks_failed(trunks, 0, &f, TRUNK_REFUSED, 0);
	f = at("203.0.113.1:5060", CONF_TCP);
	trunks_failed(trunks, 0, &f, TRUNK_REFUSED, 0);
	trunks_worked(trunks, 0, &f);
	assert_string_equal(order(0), "1 2");
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "unprobed");
	close_trunks();
}

static void all_down(void **state)
{
	struct flow f;
	struct trunk_target one[1];

	(void)state;
	open_trunks(CONF(TRUNK("t", TWO_PEERS ", \"probe\": \"0s\"")), "");
	assert_int_equal(trunks_targets(trunks, 0, one, 1), 1);
	assert_int_equal(one[0].flow.peer.ip[3], 1);
	assert_true(span_eq(one[0].host, SPAN("203.0.113.1:5060")));
	f = at("203.0.113.1:5060", CONF_UDP);
	trunks_failed(trunks, 0, &f, TRUNK_REFUSED, 0);
	f = at("203.0.113.2:5070", CONF_UDP);
	trunks_failed(trunks, 0, &f, TRUNK_REFUSED, 0);
	assert_int_equal(trunks_targets(trunks, 0, one, 1), 0);
	close_trunks();
}

static void priorities_and_weights(void **state)
{
	unsigned first[4] = { 0 };

	(void)state;
	open_trunks(CONF(TRUNK("t", "\"order\": \"priority\", \"probe\": \"0s\", \"peers\": ["
				    "{ \"host\": \"203.0.113.1\", \"priority\": 20 },"
				    "{ \"host\": \"203.0.113.2\", \"priority\": 10 }, \"203.0.113.3\"]")),
		    "");
	assert_string_equal(order(0), "3 2 1");
	close_trunks();
	open_trunks(CONF(TRUNK("t", "\"order\": \"weight\", \"probe\": \"0s\", \"peers\": ["
				    "{ \"host\": \"203.0.113.1\", \"weight\": 30 },"
				    "{ \"host\": \"203.0.113.2\", \"weight\": 10 },"
				    "{ \"host\": \"203.0.113.3\", \"weight\": 1000, \"priority\": 9 }]")),
		    "");
	for (int i = 0; i < 1000; i++)
		first[order(0)[0] - '0']++;
	assert_in_range(first[1], 700, 800);
	assert_in_range(first[2], 200, 300);
	assert_int_equal(first[3], 0);
	close_trunks();
}

/* ----- names ----- */

#define NAMED TRUNK("t", "\"peers\": [\"carrier.example\"], \"probe\": \"0s\"")
#define SRV_ZONE                                                                                                       \
	"_sip._udp.carrier.example 60 SRV 1 1 5060 a.example\n_sip._udp.carrier.example 60 SRV 2 1 5060 b.example\n"   \
	"a.example 60 A 203.0.113.1\nb.example 60 A 203.0.113.2\n"

/* F7, FAULTS 10: by SRV priority, the next one when the first is down; calls never wait. */
static void a_name(void **state)
{
	struct trunk_target one[1];
	struct flow f;

	(void)state;
	open_trunks(CONF(NAMED), SRV_ZONE);
	assert_string_equal(order(0), "");
	dnsfake_pass(&d, 100);
	assert_string_equal(order(0), "1 2");
	assert_int_equal(trunks_targets(trunks, 0, one, 1), 1);
	assert_true(span_eq(one[0].host, SPAN("carrier.example")));
	f = at("203.0.113.1:5060", CONF_UDP);
	trunks_failed(trunks, 0, &f, TRUNK_REFUSED, 0);
	assert_string_equal(order(0), "2");
	/* Looking it up again changes nothing of what is known about it. */
	dnsfake_pass(&d, 20 * 1000);
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "down");
	close_trunks();
}

#define STREAM_SRV                                                                                                     \
	"_sips._tcp.carrier.example 60 SRV 1 1 5061 a.example\n"                                                       \
	"_sip._tcp.carrier.example 60 SRV 1 1 5060 a.example\na.example 60 A 203.0.113.1\n"

static void a_name_over_what_it_prefers(void **state)
{
	struct trunk_target two[2];

	(void)state;
	open_trunks(CONF(NAMED), "carrier.example 60 NAPTR 1 1 s SIPS+D2T _sips._tcp.carrier.example\n"
				 "carrier.example 60 NAPTR 2 1 s SIP+D2T _sip._tcp.carrier.example\n" STREAM_SRV);
	dnsfake_pass(&d, 100);
	assert_int_equal(trunks_targets(trunks, 0, two, 2), 2);
	assert_int_equal(two[0].flow.transport, CONF_TLS);
	assert_int_equal(two[0].flow.listen, 2);
	assert_int_equal(two[0].flow.trunk, 1);
	assert_int_equal(two[1].flow.transport, CONF_TCP);
	assert_int_equal(two[1].flow.listen, 1);
	assert_int_equal(two[1].flow.trunk, 0);
	/* It changes its mind: so does the list that is shown. */
	d.dns.zone = "carrier.example 60 NAPTR 1 1 s SIP+D2T _sip._tcp.carrier.example\n"
		     "carrier.example 60 NAPTR 2 1 s SIPS+D2T _sips._tcp.carrier.example\n" STREAM_SRV;
	assert_int_equal(trunks_next(trunks, 0, NULL)->flow.transport, CONF_TLS);
	dnsfake_pass(&d, 61 * 1000);
	assert_int_equal(trunks_next(trunks, 0, NULL)->flow.transport, CONF_TCP);
	assert_int_equal(trunks_targets(trunks, 0, two, 2), 2);
	assert_int_equal(two[0].flow.transport, CONF_TCP);
	close_trunks();
}

/* It moves: the new place is used, the old one is known as a source for a while. */
static void a_name_moves(void **state)
{
	struct flow old;

	(void)state;
	open_trunks(CONF(NAMED), "carrier.example 60 A 203.0.113.1\n");
	dnsfake_pass(&d, 1000);
	old = at("203.0.113.1:5060", CONF_UDP);
	assert_string_equal(order(0), "1");
	assert_int_equal(trunks_of(trunks, &old), 0);
	d.dns.zone = "carrier.example 60 A 203.0.113.2\n";
	dnsfake_pass(&d, 60 * 1000);
	assert_string_equal(order(0), "2");
	assert_string_equal(state_at(0, "203.0.113.1:5060"), "nowhere");
	assert_int_equal(trunks_of(trunks, &old), 0);
	dnsfake_pass(&d, 11 * 60 * 1000);
	assert_int_equal(trunks_of(trunks, &old), -1);
	d.dns.zone = "carrier.example 60 A 203.0.113.1\n";
	dnsfake_pass(&d, 60 * 1000);
	assert_string_equal(order(0), "1");
	trunks_failed(trunks, 0, &old, TRUNK_REFUSED, 0);
	assert_string_equal(order(0), "");
	d.dns.zone = "carrier.example 60 A 203.0.113.2\n";
	dnsfake_pass(&d, 60 * 1000);
	assert_string_equal(order(0), "2");
	/* … and back while it is not forgotten yet, but what was held against it is. */
	trunks_failed(trunks, 0, &old, TRUNK_REFUSED, 0);
	d.dns.zone = "carrier.example 60 A 203.0.113.1\ncarrier.example 60 A 203.0.113.2\n";
	dnsfake_pass(&d, 60 * 1000);
	assert_int_equal(strlen(order(0)), 3);
	close_trunks();
}

static void a_name_that_is_nowhere(void **state)
{
	(void)state;
	open_trunks(CONF(NAMED), "");
	dnsfake_pass(&d, 10 * 60 * 1000);
	assert_string_equal(order(0), "");
	bench_expect(span_str(d.b.log), "trunk t: DNS knows no place of carrier.example");
	/* Said once. */
	bench_expect_no(span_str(strstr(d.b.log, "DNS knows") + 1), "DNS knows");
	close_trunks();
}

/* K2 for places that a name leads to: pinged by the name, over their transport. */
static void a_name_is_pinged(void **state)
{
	(void)state;
	open_trunks(
		CONF(TRUNK("t", "\"peers\": [\"carrier.example:5080\"], \"transport\": \"tcp\", \"probe\": \"20s\"")),
		"carrier.example 600 A 203.0.113.1\n");
	dnsfake_pass(&d, 1100);
	assert_int_equal(d.b.nsent, 1);
	bench_expect(d.b.sent[0].text, "OPTIONS sip:carrier.example:5080;transport=tcp SIP/2.0\r\n");
	assert_int_equal(d.b.sent[0].to.peer.port, 5080);
	bench_answer(&d.b, 0, 200, "", "");
	assert_string_equal(state_at(0, "203.0.113.1:5080"), "up");
	/* It is gone while its ping is out. */
	d.dns.zone = "";
	dnsfake_pass(&d, 25 * 60 * 1000);
	assert_string_equal(order(0), "");
	assert_int_equal(d.b.e->txns.count, 0);
	close_trunks();
}

/* ----- sources ----- */

static void who_it_is(void **state)
{
	static const struct {
		const char *realm, *peer;
		enum conf_transport transport;
		uint16_t proved;
		int trunk;
	} cases[] = {
		{ "internet", "203.0.113.1:5060", CONF_UDP, 0, 0 },
		{ "internet", "203.0.113.1:40000", CONF_UDP, 0, 0 },
		{ "internet", "203.0.113.1:40000", CONF_TCP, 0, 0 },
		{ "internet", "203.0.113.2:1", CONF_UDP, 0, 0 },
		{ "internet", "203.0.113.3:1", CONF_UDP, 0, -1 },
		{ "lan", "203.0.113.1:5060", CONF_UDP, 0, -1 },
		/* The trunk speaks TLS alone: an address that anybody can forge over UDP is not its. */
		{ "internet", "203.0.113.7:5061", CONF_UDP, 0, -1 },
		{ "internet", "203.0.113.7:5061", CONF_TCP, 0, -1 },
		{ "internet", "203.0.113.7:40000", CONF_TLS, 0, 1 },
		/* A certificate says more than an address. */
		{ "internet", "192.0.2.77:40000", CONF_TLS, 2, 1 },
		{ "internet", "203.0.113.1:40000", CONF_TLS, 2, 1 },
		/* Two trunks at one address: the first. */
		{ "internet", "203.0.113.5:5060", CONF_UDP, 0, 2 },
	};

	(void)state;
	open_trunks(
		CONF(TRUNK("a", TWO_PEERS) "," TRUNK("b", "\"peers\": [\"203.0.113.7\"], \"transport\": \"tls\"") "," TRUNK(
			"c", "\"peers\": [\"203.0.113.5\"]") "," TRUNK("d", "\"peers\": [\"203.0.113.5:5070\"]")),
		"");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow f = bench_flow(&d.b, cases[i].realm, cases[i].peer);

		f.transport = (uint8_t)cases[i].transport;
		f.trunk = cases[i].proved;
		print_message("%s %s\n", cases[i].realm, cases[i].peer);
		assert_int_equal(trunks_of(trunks, &f), cases[i].trunk);
	}
	close_trunks();
}

static void quiet(void **state)
{
	(void)state;
	open_trunks(CONF(TRUNK("a", TWO_PEERS) "," NAMED), SRV_ZONE);
	dnsfake_pass(&d, 10000);
	trunks_quiet(trunks);
	bench_forget(&d.b);
	dnsfake_pass(&d, 600 * 1000);
	assert_int_equal(d.b.nsent, 0);
	assert_int_equal(d.b.e->core.wheel.count, 0);
	close_trunks();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ping_text),
		cmocka_unit_test(pings),
		cmocka_unit_test(one_miss_is_a_doubt),
		cmocka_unit_test(answers),
		cmocka_unit_test(what_became_of_requests),
		cmocka_unit_test(responses),
		cmocka_unit_test(news_of_strangers),
		cmocka_unit_test(all_down),
		cmocka_unit_test(priorities_and_weights),
		cmocka_unit_test(a_name),
		cmocka_unit_test(a_name_over_what_it_prefers),
		cmocka_unit_test(a_name_moves),
		cmocka_unit_test(a_name_that_is_nowhere),
		cmocka_unit_test(a_name_is_pinged),
		cmocka_unit_test(who_it_is),
		cmocka_unit_test(quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
