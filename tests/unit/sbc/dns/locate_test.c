/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/dns/locate.h"

#include "tests/unit/sbc/dnsfake.h"

#define CONF                                                                                                           \
	"{ \"realms\": {"                                                                                              \
	" \"lan\": { \"address\": \"10.0.0.5\", \"media\": { \"ports\": \"10000-10099\" }, \"phones\": {} },"          \
	" \"internet\": { \"address\": \"198.51.100.5\", \"media\": { \"ports\": \"20000-20099\" } },"                 \
	" \"six\": { \"address\": \"2001:db8::5\", \"media\": { \"ports\": \"20000-20099\" } } },"                     \
	" \"dns\": { \"stale\": \"1h\" } }"

static struct dnsbench d;
static struct locate own;
static struct locate_subject subject;
static unsigned told;

static void on_located(struct locate_subject *s)
{
	assert_ptr_equal(s, &subject);
	told++;
}

/* The listeners that a realm has are a matter of its transports alone here. */
static void listen_on(unsigned realm, const char *transports)
{
	struct conf_realm *r = &d.b.conf->realms[realm];

	r->nlisten = 0;
	for (; *transports; transports++)
		r->listen[r->nlisten++] = (struct conf_listen){
			.transport = *transports == 'u'   ? CONF_UDP
				     : *transports == 't' ? CONF_TCP
							  : CONF_TLS,
			.port = 5060,
		};
}

static void open_all(const char *zone, const char *transports, unsigned realm)
{
	dnsfake_open(&d, CONF, zone);
	listen_on(realm, transports);
	assert_int_equal(locate_init(&own, &d.b.e->core, 1), 0);
	d.dns.locate = &own;
	told = 0;
}

static void ask(const char *host, uint16_t port, enum conf_transport_want want, unsigned realm)
{
	subject = (struct locate_subject){
		.host = host, .port = port, .want = want, .realm = (uint8_t)realm, .located = on_located
	};
	locate_add(&own, &subject);
}

static void close_all(void)
{
	locate_fini(&own);
	bench_close(&d.b);
}

/* "PRIORITY.SERVER TRANSPORT ADDRESS/WEIGHT", one after the other. */
static const char *found(void)
{
	static const char letters[] = "uts";
	static char text[4096];
	char addr[ADDR_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text) - 1);

	for (unsigned i = 0; i < subject.ntarget; i++) {
		const struct locate_target *t = &subject.target[i];

		writer_format(&w, "%s%u.%u %c %s/%u", i ? " " : "", t->priority, t->server, letters[t->transport],
			      addr_text(&t->addr, addr), t->weight);
	}
	text[w.n] = '\0';
	return text;
}

#define A(name, n) name " 60 A 192.0.2." n "\n"
#define ALL_SRV                                                                                                        \
	"_sip._udp.x 60 SRV 1 10 5070 a.x\n_sip._tcp.x 60 SRV 1 10 5080 a.x\n_sips._tcp.x 60 SRV 1 10 5090 a.x\n"
#define ALL_NAPTR                                                                                                      \
	"x 60 NAPTR 10 50 s SIPS+D2T _sips._tcp.x\nx 60 NAPTR 20 50 s SIP+D2T _sip._tcp.x\n"                           \
	"x 60 NAPTR 30 50 s SIP+D2U _sip._udp.x\n"

/* RFC 3263 4.1 and 4.2, case by case. */
static void where_servers_are(void **state)
{
	static const struct {
		const char *what, *zone, *host;
		uint16_t port;
		enum conf_transport_want want;
		const char *transports, *expected;
	} cases[] = {
		{ "a number", "", "192.0.2.9", 0, CONF_WANT_AUTO, "uts", "0.0 u 192.0.2.9:5060/0" },
		{ "a number over TLS", "", "192.0.2.9", 0, CONF_WANT_TLS, "uts", "0.0 s 192.0.2.9:5061/0" },
		{ "a number with port", "", "192.0.2.9", 99, CONF_WANT_TCP, "uts", "0.0 t 192.0.2.9:99/0" },
		{ "a port: the host itself over UDP", A("x", "1") ALL_SRV ALL_NAPTR, "x", 5099, CONF_WANT_AUTO, "uts",
		  "0.0 u 192.0.2.1:5099/0" },
		{ "a port, TLS", A("x", "1"), "x", 5099, CONF_WANT_TLS, "uts", "0.0 s 192.0.2.1:5099/0" },
		{ "transport wanted: its SRV", A("a.x", "1") ALL_SRV ALL_NAPTR, "x", 0, CONF_WANT_TCP, "uts",
		  "0.0 t 192.0.2.1:5080/10" },
		{ "transport wanted: _sips", A("a.x", "1") ALL_SRV, "x", 0, CONF_WANT_TLS, "uts",
		  "0.0 s 192.0.2.1:5090/10" },
		{ "transport wanted, no SRV: the host", A("x", "1"), "x", 0, CONF_WANT_TLS, "uts",
		  "0.0 s 192.0.2.1:5061/0" },
		{ "NAPTR in its order", A("a.x", "1") ALL_SRV ALL_NAPTR, "x", 0, CONF_WANT_AUTO, "uts",
		  "0.0 s 192.0.2.1:5090/10 1.1 t 192.0.2.1:5080/10 2.2 u 192.0.2.1:5070/10" },
		{ "NAPTR: only what the realm can do", A("a.x", "1") ALL_SRV ALL_NAPTR, "x", 0, CONF_WANT_AUTO, "u",
		  "0.0 u 192.0.2.1:5070/10" },
		{ "NAPTR by preference within an order",
		  A("a.x", "1") ALL_SRV
		  "x 60 NAPTR 1 20 s SIP+D2U _sip._udp.x\nx 60 NAPTR 1 10 S sip+d2t _sip._tcp.x\n",
		  "x", 0, CONF_WANT_AUTO, "uts", "0.0 t 192.0.2.1:5080/10 1.1 u 192.0.2.1:5070/10" },
		{ "NAPTR with other flags and services",
		  A("a.x", "1") ALL_SRV "x 60 NAPTR 1 1 u E2U+sip _sip._tcp.x\nx 60 NAPTR 2 1 a SIP+D2T _sip._tcp.x\n",
		  "x", 0, CONF_WANT_AUTO, "u", "0.0 u 192.0.2.1:5070/10" },
		{ "NAPTR whose SRV is missing: the host by that transport",
		  A("x", "1") "x 60 NAPTR 1 1 s SIPS+D2T _sips._tcp.x\n", "x", 0, CONF_WANT_AUTO, "uts",
		  "0.0 s 192.0.2.1:5061/0" },
		{ "NAPTR into another domain",
		  "x 60 NAPTR 1 1 s SIP+D2U _sip._udp.y\n_sip._udp.y 60 SRV 0 0 5060 b.y\n" A("b.y", "7"), "x", 0,
		  CONF_WANT_AUTO, "u", "0.0 u 192.0.2.7:5060/0" },
		{ "no NAPTR: SRV of each", A("a.x", "1") ALL_SRV, "x", 0, CONF_WANT_AUTO, "uts",
		  "0.0 u 192.0.2.1:5070/10 1.1 t 192.0.2.1:5080/10 2.2 s 192.0.2.1:5090/10" },
		{ "no NAPTR, no SRV: the host over UDP", A("x", "1"), "x", 0, CONF_WANT_AUTO, "uts",
		  "0.0 u 192.0.2.1:5060/0" },
		{ "… over TCP where there is no UDP", A("x", "1"), "x", 0, CONF_WANT_AUTO, "t",
		  "0.0 t 192.0.2.1:5060/0" },
		{ "two addresses of a host are two servers", A("x", "1") A("x", "2"), "x", 0, CONF_WANT_AUTO, "u",
		  "0.0 u 192.0.2.1:5060/0 0.1 u 192.0.2.2:5060/0" },
		{ "two addresses of an SRV record are one",
		  A("a.x", "1") A("a.x", "2")
			  A("b.x", "3") "_sip._udp.x 60 SRV 5 1 1 a.x\n_sip._udp.x 60 SRV 5 2 1 b.x\n",
		  "x", 0, CONF_WANT_UDP, "u", "0.0 u 192.0.2.1:1/1 0.0 u 192.0.2.2:1/1 0.1 u 192.0.2.3:1/2" },
		{ "SRV by priority",
		  A("a.x", "1") A("b.x", "2") A("c.x", "3") "_sip._udp.x 60 SRV 30 1 1 a.x\n_sip._udp.x 60 SRV 10 2 1 "
							    "b.x\n_sip._udp.x 60 SRV 20 3 1 c.x\n",
		  "x", 0, CONF_WANT_UDP, "u", "0.0 u 192.0.2.2:1/2 1.1 u 192.0.2.3:1/3 2.2 u 192.0.2.1:1/1" },
		{ "SRV \".\": decidedly not there, and the host is not tried",
		  A("x", "1") "_sip._udp.x 60 SRV 0 0 0 .\n", "x", 0, CONF_WANT_UDP, "u", "" },
		{ "SRV \".\" for one transport",
		  A("a.x", "1") "_sip._udp.x 60 SRV 0 0 0 .\n_sip._tcp.x 60 SRV 0 0 7 a.x\n", "x", 0, CONF_WANT_AUTO,
		  "ut", "1.0 t 192.0.2.1:7/0" },
		{ "SRV with port 0", A("a.x", "1") "_sip._udp.x 60 SRV 0 0 0 a.x\n", "x", 0, CONF_WANT_UDP, "u", "" },
		{ "an alias with its records", "x 60 CNAME y\n" A("x", "4"), "x", 1, CONF_WANT_AUTO, "u", "" },
		{ "an alias asked on its own", "x 60 CNAME y\n" A("y", "4"), "x", 1, CONF_WANT_AUTO, "u",
		  "0.0 u 192.0.2.4:1/0" },
		{ "aliases in a circle", "x 60 CNAME y\ny 60 CNAME x\n", "x", 1, CONF_WANT_AUTO, "u", "" },
		{ "addresses nobody may be at",
		  "x 60 A 127.0.0.1\nx 60 A 0.0.0.0\nx 60 A 224.0.0.1\nx 60 A 192.0.2.5\n", "x", 1, CONF_WANT_AUTO, "u",
		  "0.3 u 192.0.2.5:1/0" },
		{ "nothing at all", "", "x", 0, CONF_WANT_AUTO, "uts", "" },
		{ "no name to ask for", "", "a..b", 0, CONF_WANT_AUTO, "uts", "" },
		{ "NAPTR that fails: on to SRV", "x 60 FAIL\n" A("a.x", "1") ALL_SRV, "x", 0, CONF_WANT_AUTO, "u",
		  "0.0 u 192.0.2.1:5070/10" },
		{ "one server's name fails",
		  "a.x 0 FAIL\n" A("b.x", "2") "_sip._udp.x 60 SRV 1 1 1 a.x\n_sip._udp.x 60 SRV 2 1 1 b.x\n", "x", 0,
		  CONF_WANT_UDP, "u", "1.1 u 192.0.2.2:1/1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print_message("%s\n", cases[i].what);
		open_all(cases[i].zone, cases[i].transports, 1);
		ask(cases[i].host, cases[i].port, cases[i].want, 1);
		dnsfake_pass(&d, 100);
		assert_int_equal(told, 1);
		assert_string_equal(found(), cases[i].expected);
		close_all();
	}
}

/* A realm of IPv6 asks for AAAA, and takes nothing else. */
static void ipv6(void **state)
{
	(void)state;
	open_all("x 60 AAAA 2001:db8::7\nx 60 A 192.0.2.1\nx 60 AAAA ::ffff:192.0.2.1\n", "u", 2);
	ask("x", 0, CONF_WANT_UDP, 2);
	dnsfake_pass(&d, 100);
	assert_string_equal(found(), "0.0 u [2001:db8::7]:5060/0");
	assert_int_equal(dnsfake_count(&d.dns, "x", "A"), 0);
	close_all();
}

/* Asked again when the shortest TTL on the way runs out, not before. */
static void again_when_it_runs_out(void **state)
{
	(void)state;
	open_all("x 300 A 192.0.2.1\n_sip._udp.x 30 SRV 0 0 5060 a.x\na.x 90 A 192.0.2.1\n", "u", 1);
	ask("x", 0, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 29000);
	assert_int_equal(told, 1);
	assert_int_equal(dnsfake_count(&d.dns, "_sip._udp.x", "SRV"), 1);
	d.dns.zone = "_sip._udp.x 30 SRV 0 0 5070 a.x\na.x 90 A 192.0.2.2\n";
	dnsfake_pass(&d, 2000);
	assert_int_equal(dnsfake_count(&d.dns, "_sip._udp.x", "SRV"), 2);
	assert_int_equal(dnsfake_count(&d.dns, "a.x", "A"), 1);
	assert_string_equal(found(), "0.0 u 192.0.2.1:5070/0");
	dnsfake_pass(&d, 61000);
	assert_string_equal(found(), "0.0 u 192.0.2.2:5070/0");
	close_all();
}

static void ttl_bounds(void **state)
{
	static const struct {
		const char *zone;
		uint64_t before, after; /* ms: not asked again by then; asked again by then */
	} cases[] = {
		{ "x 0 A 192.0.2.1\n", 900, 1100 },
		{ "x 1 A 192.0.2.1\n", 900, 1100 },
		{ "x 1000000000 A 192.0.2.1\n", 86399 * 1000ull, 86402 * 1000ull },
		{ "x 60 16 other\n", 29000, 31000 }, /* no such data, no SOA */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_all(cases[i].zone, "u", 1);
		ask("x", 1, CONF_WANT_UDP, 1);
		dnsfake_pass(&d, cases[i].before);
		assert_int_equal(d.dns.nasked, 1);
		dnsfake_pass(&d, cases[i].after - cases[i].before);
		assert_int_equal(d.dns.nasked, 2);
		close_all();
	}
}

/* FAULTS 9: what is known serves on while nobody answers, for as long as the configuration says. */
static void stale_while_nobody_answers(void **state)
{
	(void)state;
	open_all("x 60 A 192.0.2.1\n", "u", 1);
	ask("x", 1, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 1000);
	d.dns.gone = true;
	dnsfake_pass(&d, 59 * 60 * 1000);
	assert_string_equal(found(), "0.0 u 192.0.2.1:1/0");
	/* Asked again and again, but not without pause: 1, 2, 4, 8, 16, then every 30 s. */
	assert_in_range(d.dns.nasked, 100, 130);
	dnsfake_pass(&d, 3 * 60 * 1000);
	assert_string_equal(found(), "");
	d.dns.gone = false;
	dnsfake_pass(&d, 31 * 1000);
	assert_string_equal(found(), "0.0 u 192.0.2.1:1/0");
	close_all();
}

/* Failures that take their time, asked about in turn: never all known at once, but what is too old goes all the same.
 */
static void failing_slowly(void **state)
{
	(void)state;
	open_all("x 5 A 192.0.2.1\n", "ut", 1);
	d.b.conf->dns.stale_s = 20;
	ask("x", 0, CONF_WANT_AUTO, 1);
	dnsfake_pass(&d, 1000);
	assert_string_equal(found(), "0.0 u 192.0.2.1:5060/0");
	d.dns.gone = true;
	d.dns.delay = 6000;
	dnsfake_pass(&d, 23900);
	assert_string_equal(found(), "0.0 u 192.0.2.1:5060/0");
	dnsfake_pass(&d, 200);
	assert_string_equal(found(), "");
	close_all();
}

/* Back again: what a host's address answers is not taken for want of SRV records that merely were not answered. */
static void back_again(void **state)
{
	static const char zone[] = "x 5 A 192.0.2.1\n_sip._udp.x 5 SRV 0 0 0 .\n";

	(void)state;
	open_all(zone, "u", 1);
	d.b.conf->dns.stale_s = 0;
	ask("x", 0, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 1000);
	d.dns.gone = true;
	dnsfake_pass(&d, 100 * 1000);
	d.dns.gone = false;
	for (int i = 0; i < 600; i++) {
		dnsfake_pass(&d, 100);
		assert_string_equal(found(), "");
	}
	assert_in_range(dnsfake_count(&d.dns, "_sip._udp.x", "SRV"), 10, 40);
	close_all();
}

/* … unlike an answer that says that there is nothing. */
static void gone_when_dns_says_so(void **state)
{
	(void)state;
	open_all("x 60 A 192.0.2.1\n", "u", 1);
	ask("x", 1, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 1000);
	d.dns.zone = "";
	dnsfake_pass(&d, 62 * 1000);
	assert_string_equal(found(), "");
	close_all();
}

static void never_asked_never_answered(void **state)
{
	(void)state;
	open_all("x 60 A 192.0.2.1\n", "u", 1);
	d.dns.unable = true;
	ask("x", 1, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 100);
	assert_string_equal(found(), "");
	d.dns.unable = false;
	dnsfake_pass(&d, 2000);
	assert_string_equal(found(), "0.0 u 192.0.2.1:1/0");
	/* Answers to nothing: forgotten ids, and none. */
	locate_answer(&own, 4711, RESOLVE_OK, (struct span){ 0 });
	locate_answer(&own, 0, RESOLVE_OK, (struct span){ 0 });
	dnsfake_pass(&d, 100);
	assert_string_equal(found(), "0.0 u 192.0.2.1:1/0");
	close_all();
}

/* A resolver that loses a question does not stop the subject for ever. */
static void an_answer_is_lost(void **state)
{
	(void)state;
	open_all("x 60 A 192.0.2.1\n", "u", 1);
	ask("x", 1, CONF_WANT_UDP, 1);
	bench_pass(&d.b, 10);
	assert_int_equal(d.dns.nasked, 1);
	d.dns.answered = 1;
	bench_pass(&d.b, 119 * 1000);
	assert_int_equal(told, 0);
	dnsfake_pass(&d, 10 * 1000);
	assert_string_equal(found(), "0.0 u 192.0.2.1:1/0");
	close_all();
}

/* FAULTS 10: 200 SRV records: the best 32 are kept, and no more names than that are asked for. */
static void very_many_records(void **state)
{
	char zone[65536] = "";
	struct writer w = writer_over(zone, sizeof(zone) - 1);

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		writer_format(&w, "_sip._udp.x 60 SRV %u 1 5060 h%u.x\n", 1000 - i, i);
		writer_format(&w, "h%u.x 60 A 192.0.2.%u\nh%u.x 60 A 192.0.3.%u\n", i, i + 1, i, i + 1);
	}
	zone[w.n] = '\0';
	open_all(zone, "u", 1);
	ask("x", 0, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 1000);
	assert_int_equal(subject.ntarget, LOCATE_TARGETS);
	/* 200 with the lowest priority number, as far as answers are read (DNS_RECORDS_READ). */
	assert_int_equal(subject.target[0].addr.ip[3], 200);
	assert_int_equal(dnsfake_count(&d.dns, "h199.x", "A"), 1);
	assert_in_range(d.dns.nasked, 2, 1 + 32);
	close_all();
}

/* A broken answer is no answer: what was known stays. */
static void broken_answer(void **state)
{
	(void)state;
	open_all("x 60 A 192.0.2.1\n", "u", 1);
	ask("x", 1, CONF_WANT_UDP, 1);
	dnsfake_pass(&d, 59 * 1000);
	bench_pass(&d.b, 2000);
	assert_int_equal(d.dns.nasked, 2);
	locate_answer(&own, d.dns.asked[1].id, RESOLVE_OK, SPAN("\0\1\x81\x80\0\0\0\1\0\0\0\0\xc0\x0c"));
	d.dns.answered = 2;
	bench_pass(&d.b, 10);
	assert_string_equal(found(), "0.0 u 192.0.2.1:1/0");
	close_all();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_servers_are),
		cmocka_unit_test(ipv6),
		cmocka_unit_test(again_when_it_runs_out),
		cmocka_unit_test(ttl_bounds),
		cmocka_unit_test(stale_while_nobody_answers),
		cmocka_unit_test(failing_slowly),
		cmocka_unit_test(back_again),
		cmocka_unit_test(gone_when_dns_says_so),
		cmocka_unit_test(never_asked_never_answered),
		cmocka_unit_test(an_answer_is_lost),
		cmocka_unit_test(very_many_records),
		cmocka_unit_test(broken_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
