/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sbc/registrar.h"
#include "tests/unit/guard.h"

enum { NOW = 1000000 };
enum { UDP = 0, TCP = 1 }; /* our listeners */

static const struct hash_key key = { 1, 2 };

#define HOME "203.0.113.9:40000" /* where the phone mostly is */

struct scene {
	struct config conf;
	struct wheel wheel;
	struct registrar r;
	uint64_t now;
	time_t wall;
	uint16_t status;
	const char *why;
	char headers[REGISTRAR_HEADERS_MAX + 1];
};

static void scene_init(struct scene *s, uint32_t capacity)
{
	struct conf_realm *r = &s->conf.realms[0];

	memset(s, 0, sizeof(*s));
	s->now = NOW;
	s->conf.nrealm = 1;
	r->listen[UDP] = (struct conf_listen){ CONF_UDP, 5060 };
	r->listen[TCP] = (struct conf_listen){ CONF_TCP, 5060 };
	r->nlisten = 2;
	r->phones = (struct conf_phones){ .present = true,
					  .expires_udp_s = 60,
					  .expires_stream_s = 3600,
					  .domains = { "example.com" },
					  .ndomain = 1 };
	assert_int_equal(addr_parse(SPAN("198.51.100.5"), 0, &r->address), 0);
	r->public = r->address;
	wheel_init(&s->wheel, NOW, NULL);
	s->r.conf = &s->conf;
	s->r.bindings = bindings_new(capacity, &key, &s->wheel);
	assert_non_null(s->r.bindings);
}

static void scene_fini(struct scene *s)
{
	bindings_free(s->r.bindings);
}

/* One REGISTER: what differs from `usual` is given. */
struct reg {
	const char *lines; /* Contact and what else there is, each with CRLF */
	const char *from;  /* HOME */
	const char *user;  /* alice */
	const char *to;    /* <sip:alice@example.com> */
	const char *call;  /* call-1 */
	uint32_t cseq;     /* one more than the last */
	int listen;
};

static uint16_t reg(struct scene *s, const struct reg *q)
{
	static uint32_t last_cseq;
	char text[4096];
	struct writer w = writer_over(s->headers, REGISTRAR_HEADERS_MAX);
	struct registrar_request request = { .now = s->now, .wall = s->wall };
	struct sip_msg m;
	struct span raw;

	last_cseq = q->cseq ? q->cseq : last_cseq + 1;
	snprintf(text, sizeof(text),
		 "REGISTER sip:example.com SIP/2.0\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u REGISTER\r\n%s\r\n",
		 q->to ? q->to : "<sip:alice@example.com>", q->call ? q->call : "call-1", last_cseq,
		 q->lines ? q->lines : "");
	raw = guard_span(span_str(text));
	assert_int_equal(sip_msg_index(raw, &m), SIP_OK);
	request.msg = &m;
	request.user = span_str(q->user ? q->user : "alice");
	request.from.listen = (uint8_t)q->listen;
	request.from.transport = q->listen == TCP ? CONF_TCP : CONF_UDP;
	assert_int_equal(addr_parse(span_str(q->from ? q->from : HOME), 0, &request.from.peer), 0);
	s->why = "";
	s->status = registrar_handle(&s->r, &request, &w, &s->why);
	guard_free(raw);
	assert_false(w.failed);
	s->headers[w.n] = '\0';
	return s->status;
}

static uint16_t contact(struct scene *s, const char *lines)
{
	return reg(s, &(struct reg){ .lines = lines });
}

/* The contacts of alice: "URI@FLOW-PORT …" */
static const char *list(const struct scene *s)
{
	static char text[1024];
	struct writer w = writer_over(text, sizeof(text) - 1);

	for (const struct binding *b = bindings_find(s->r.bindings, SPAN("alice")); b; b = b->next) {
		writer_put(&w, b->facts.contact);
		writer_format(&w, "/%u ", b->facts.flow.peer.port);
	}
	text[w.n] = '\0';
	return text;
}

static const struct {
	const char *name;
	struct reg q;
	uint16_t status;
	const char *headers;
} answers[] = {
	{ "query", { 0 }, 200, "" },
	{ "clipped to what a realm grants over UDP",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\nExpires: 3600\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60\r\n" },
	{ "over TCP more",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\nExpires: 7200\r\n", .listen = TCP },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=3600\r\n" },
	{ "no more than was asked for",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\nExpires: 30\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=30\r\n" },
	{ "Contact's own expires counts before the header",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=20\r\nExpires: 40\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=20\r\n" },
	{ "no expiry", { .lines = "Contact: <sip:a@1.1.1.1>\r\n" }, 200, "Contact: <sip:a@1.1.1.1>;expires=60\r\n" },
	{ "expiry beyond 32 bits",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=99999999999999999999\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60\r\n" },
	{ "expiry unreadable",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=soon\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60\r\n" },
	{ "shortest expiry",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=10\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=10\r\n" },
	{ "expiry too short", { .lines = "Contact: <sip:a@1.1.1.1>;expires=9\r\n" }, 423, "Min-Expires: 10\r\n" },
	{ "removing what is not there", { .lines = "Contact: <sip:a@1.1.1.1>;expires=0\r\n" }, 200, "" },
	{ "removing all of nothing", { .lines = "Contact: *\r\nExpires: 0\r\n" }, 200, "" },
	{ "* without Expires", { .lines = "Contact: *\r\n" }, 400, "" },
	{ "* with another Expires", { .lines = "Contact: *\r\nExpires: 60\r\n" }, 400, "" },
	{ "* and another", { .lines = "Contact: *, <sip:a@1.1.1.1>\r\nExpires: 0\r\n" }, 400, "" },
	{ "another and *", { .lines = "Contact: <sip:a@1.1.1.1>\r\nContact: *\r\nExpires: 0\r\n" }, 400, "" },
	{ "two *", { .lines = "Contact: *\r\nContact: *\r\nExpires: 0\r\n" }, 400, "" },
	{ "q, instance and reg-id come back",
	  { .lines = "Contact: <sip:a@1.1.1.1>;q=0.25;+sip.instance=\"<urn:uuid:1>\";reg-id=2;x=y\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60;q=0.250;+sip.instance=\"<urn:uuid:1>\";reg-id=2\r\n" },
	{ "q of one is the usual",
	  { .lines = "Contact: <sip:a@1.1.1.1>;q=1.0\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60\r\n" },
	{ "q unreadable",
	  { .lines = "Contact: <sip:a@1.1.1.1>;q=0.5x\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60\r\n" },
	{ "display name and parameters of the URI",
	  { .lines = "Contact: \"A\" <sip:a@1.1.1.1;ob>\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1;ob>;expires=60\r\n" },
	{ "without brackets",
	  { .lines = "Contact: sip:a@1.1.1.1;expires=30\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=30\r\n" },
	{ "several, the better first",
	  { .lines = "Contact: <sip:a@1.1.1.1>;q=0.1, <sip:b@1.1.1.1>;q=0.9\r\n" },
	  200,
	  "Contact: <sip:b@1.1.1.1>;expires=60;q=0.900\r\nContact: <sip:a@1.1.1.1>;expires=60;q=0.100\r\n" },
	{ "Path comes back, joined",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\nPath: <sip:p1;lr>\r\nPath: <sip:p2;lr>\r\nRequire: path\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60\r\nPath: <sip:p1;lr>, <sip:p2;lr>\r\n" },
	{ "Contact unreadable", { .lines = "Contact: <sip:a@1.1.1.1\r\n" }, 400, "" },
	{ "Contact is nothing that we can send to", { .lines = "Contact: <mailto:a@example.com>\r\n" }, 400, "" },
	{ "an extension that we do not have",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\nRequire: path, gruu\r\nRequire: outbound\r\n" },
	  420,
	  "Unsupported: gruu\r\n" },
	{ "a flow of its own (RFC 5626 6)",
	  { .lines = "Contact: <sip:a@1.1.1.1>;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\nSupported: path, "
		     "outbound\r\nRequire: outbound\r\n" },
	  200,
	  "Contact: <sip:a@1.1.1.1>;expires=60;+sip.instance=\"<urn:uuid:1>\";reg-id=1\r\nRequire: "
	  "outbound\r\nFlow-Timer: 120\r\n" },
	{ "another user's address",
	  { .to = "<sip:bob@example.com>", .lines = "Contact: <sip:a@1.1.1.1>\r\n" },
	  403,
	  "" },
	{ "the user in another case", { .to = "<sip:Alice@example.com>" }, 403, "" },
	{ "no user", { .to = "<sip:example.com>" }, 403, "" },
	{ "the user escaped", { .to = "<sip:%61lice@example.com>" }, 200, "" },
	{ "a parameter in To", { .to = "<sip:alice@example.com;transport=udp>" }, 200, "" },
	{ "To without brackets", { .to = "sip:alice@example.com" }, 200, "" },
	{ "our address for a domain", { .to = "<sip:alice@198.51.100.5:5060>" }, 200, "" },
	{ "somebody else's domain", { .to = "<sip:alice@example.net>" }, 404, "" },
	{ "a telephone number", { .to = "<tel:+49301234>" }, 404, "" },
};

/* --- one request, on an empty table --------------------------------------------------------- */

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct scene s;

		scene_init(&s, 16);
		print_message("%s\n", answers[i].name);
		assert_int_equal(reg(&s, &answers[i].q), answers[i].status);
		assert_string_equal(s.headers, answers[i].headers);
		assert_int_equal(s.why[0] == '\0', answers[i].status == 200); /* refusals say why */
		if (answers[i].status != 200)
			assert_int_equal(bindings_count(s.r.bindings), 0);
		scene_fini(&s);
	}
}

static void test_date(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 1);
	s.wall = 784111777;
	contact(&s, "");
	assert_string_equal(s.headers, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
	scene_fini(&s);
}

/* --- who is behind NAT ---------------------------------------------------------------------- */

/* What is made of one REGISTER from HOME. */
static bool is_nat(const char *lines, int listen, enum conf_nat conf)
{
	struct scene s;
	bool nat;

	scene_init(&s, 1);
	s.conf.realms[0].phones.nat = conf;
	assert_int_equal(reg(&s, &(struct reg){ .lines = lines, .listen = listen }), 200);
	nat = bindings_find(s.r.bindings, SPAN("alice"))->facts.nat;
	scene_fini(&s);
	return nat;
}

static void test_nat(void **state)
{
	static const struct {
		const char *name, *contact;
		int listen;
		enum conf_nat conf;
		bool expected;
	} cases[] = {
		{ "where it says it is", "sip:a@203.0.113.9:40000", UDP, CONF_NAT_AUTO, false },
		{ "another host", "sip:a@192.168.1.2:40000", UDP, CONF_NAT_AUTO, true },
		{ "another port", "sip:a@203.0.113.9:5060", UDP, CONF_NAT_AUTO, true },
		{ "no port is 5060", "sip:a@203.0.113.9", UDP, CONF_NAT_AUTO, true },
		{ "over TCP any port is right", "sip:a@203.0.113.9:5060;transport=tcp", TCP, CONF_NAT_AUTO, false },
		{ "over TCP another host", "sip:a@192.168.1.2:5060;transport=tcp", TCP, CONF_NAT_AUTO, true },
		{ "a name", "sip:a@x3k.invalid;transport=ws", TCP, CONF_NAT_AUTO, true },
		{ "mapped IPv4", "sip:a@[::ffff:203.0.113.9]:40000", UDP, CONF_NAT_AUTO, false },
		{ "always", "sip:a@203.0.113.9:40000", UDP, CONF_NAT_ALWAYS, true },
		{ "never", "sip:a@192.168.1.2", UDP, CONF_NAT_NEVER, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[128];

		snprintf(line, sizeof(line), "Contact: <%s>\r\n", cases[i].contact);
		print_message("%s\n", cases[i].name);
		assert_int_equal(is_nat(line, cases[i].listen, cases[i].conf), cases[i].expected);
	}
}

/* The Contact is always the outer address, which phones learn by STUN or from our answers. */
static void test_nat_by_via(void **state)
{
	static const struct {
		const char *name, *via;
		int listen;
		enum conf_nat conf;
		bool expected;
	} cases[] = {
		{ "the same", "203.0.113.9:40000", UDP, CONF_NAT_AUTO, false },
		{ "the inner address", "192.168.1.2:40000", UDP, CONF_NAT_AUTO, true },
		{ "the inner port", "203.0.113.9:5060", UDP, CONF_NAT_AUTO, true },
		{ "a name", "x3k.invalid", UDP, CONF_NAT_AUTO, true },
		{ "over TCP any port", "203.0.113.9:5060", TCP, CONF_NAT_AUTO, false },
		{ "over TCP the inner address", "192.168.1.2:40000", TCP, CONF_NAT_AUTO, true },
		{ "only the top one counts", "203.0.113.9:40000, SIP/2.0/UDP 192.168.1.2", UDP, CONF_NAT_AUTO, false },
		{ "never", "192.168.1.2:40000", UDP, CONF_NAT_NEVER, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char lines[256];

		snprintf(lines, sizeof(lines), "Via: SIP/2.0/UDP %s\r\nContact: <sip:a@203.0.113.9:40000>\r\n",
			 cases[i].via);
		print_message("%s\n", cases[i].name);
		assert_int_equal(is_nat(lines, cases[i].listen, cases[i].conf), cases[i].expected);
	}
}

/* --- two requests --------------------------------------------------------------------------- */

#define I1 ";+sip.instance=\"<urn:uuid:1>\""
#define I2 ";+sip.instance=\"<urn:uuid:2>\""

static const struct {
	const char *name, *first;
	struct reg second;
	uint16_t status;
	const char *list;
} seconds[] = {
	{ "refresh",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\n", .cseq = 2 },
	  200,
	  "sip:a@1.1.1.1/40000 " },
	{ "the phone's mapping changed",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\n", .from = "203.0.113.9:40001", .cseq = 2 },
	  200,
	  "sip:a@1.1.1.1/40001 " },
	{ "same Contact by URI comparison",
	  "Contact: <sip:a@EXAMPLE.com;ob>\r\n",
	  { .lines = "Contact: <sip:%61@example.com;OB>\r\n", .from = "203.0.113.9:40001", .cseq = 2 },
	  200,
	  "sip:%61@example.com;OB/40001 " },
	{ "same instance at another place",
	  "Contact: <sip:a@1.1.1.1>" I1 "\r\n",
	  { .lines = "Contact: <sip:b@2.2.2.2>" I1 "\r\n", .from = "203.0.113.7:7", .call = "call-2", .cseq = 1 },
	  200,
	  "sip:b@2.2.2.2/7 " },
	{ "same instance, another way to it (RFC 5626)",
	  "Contact: <sip:a@1.1.1.1>" I1 ";reg-id=1\r\n",
	  { .lines = "Contact: <sip:a2@1.1.1.1>" I1 ";reg-id=2\r\n", .from = "203.0.113.9:7", .cseq = 2 },
	  200,
	  "sip:a2@1.1.1.1/7 sip:a@1.1.1.1/40000 " },
	{ "another phone",
	  "Contact: <sip:a@1.1.1.1>" I1 "\r\n",
	  { .lines = "Contact: <sip:b@2.2.2.2>" I2 "\r\n", .from = "203.0.113.7:7", .call = "call-2", .cseq = 1 },
	  200,
	  "sip:b@2.2.2.2/7 sip:a@1.1.1.1/40000 " },
	{ "another phone without instance",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:b@1.1.1.1>\r\n", .from = "203.0.113.9:40001", .call = "call-2", .cseq = 1 },
	  200,
	  "sip:b@1.1.1.1/40001 sip:a@1.1.1.1/40000 " },
	{ "a new Contact from the same flow: the phone started anew",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:b@1.1.1.1>\r\n", .call = "call-2", .cseq = 1 },
	  200,
	  "sip:b@1.1.1.1/40000 " },
	{ "two instances behind one proxy share its flow",
	  "Contact: <sip:a@1.1.1.1>" I1 "\r\n",
	  { .lines = "Contact: <sip:b@1.1.1.1>" I2 "\r\n", .call = "call-2", .cseq = 1 },
	  200,
	  "sip:b@1.1.1.1/40000 sip:a@1.1.1.1/40000 " },
	{ "the old Contact out, the new one in (linphone, pjsip)",
	  "Contact: <sip:a@192.168.1.2:5060>\r\n",
	  { .lines = "Contact: <sip:a@203.0.113.9:40000>, <sip:a@192.168.1.2:5060>;expires=0\r\n", .cseq = 2 },
	  200,
	  "sip:a@203.0.113.9:40000/40000 " },
	{ "the same with an instance",
	  "Contact: <sip:a@192.168.1.2:5060>" I1 "\r\n",
	  { .lines = "Contact: <sip:a@203.0.113.9>" I1 ", <sip:a@192.168.1.2:5060>" I1 ";expires=0\r\n", .cseq = 2 },
	  200,
	  "sip:a@203.0.113.9/40000 " },
	{ "out",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=0\r\n", .cseq = 2 },
	  200,
	  "" },
	{ "out by Expires",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>\r\nExpires: 0\r\n", .cseq = 2 },
	  200,
	  "" },
	{ "out by instance",
	  "Contact: <sip:a@1.1.1.1>" I1 "\r\n",
	  { .lines = "Contact: <sip:b@1.1.1.1>" I1 ";expires=0\r\n", .cseq = 2 },
	  200,
	  "" },
	{ "one of two out",
	  "Contact: <sip:a@1.1.1.1>, <sip:b@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=0\r\n", .cseq = 2 },
	  200,
	  "sip:b@1.1.1.1/40000 " },
	{ "another's Contact is not taken out for its flow",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:b@1.1.1.1>;expires=0\r\n", .cseq = 2 },
	  200,
	  "sip:a@1.1.1.1/40000 " },
	{ "all out",
	  "Contact: <sip:a@1.1.1.1>, <sip:b@1.1.1.1>\r\n",
	  { .lines = "Contact: *\r\nExpires: 0\r\n", .cseq = 2 },
	  200,
	  "" },
	{ "all out, from another Call-ID",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: *\r\nExpires: 0\r\n", .call = "call-2", .cseq = 1 },
	  200,
	  "" },
	{ "an old request comes late",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=0\r\n", .cseq = 1 },
	  500,
	  "sip:a@1.1.1.1/40000 " },
	{ "an old * comes late",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: *\r\nExpires: 0\r\n", .cseq = 1 },
	  500,
	  "sip:a@1.1.1.1/40000 " },
	{ "in another Call-ID any CSeq counts",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=0\r\n", .call = "call-2", .cseq = 1 },
	  200,
	  "" },
	{ "all or nothing: one too short",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=0, <sip:b@1.1.1.1>;expires=5\r\n", .cseq = 2 },
	  423,
	  "sip:a@1.1.1.1/40000 " },
	{ "all or nothing: one unreadable",
	  "Contact: <sip:a@1.1.1.1>\r\n",
	  { .lines = "Contact: <sip:a@1.1.1.1>;expires=0, <sip:b@>\r\n", .cseq = 2 },
	  400,
	  "sip:a@1.1.1.1/40000 " },
	{ "a query changes nothing", "Contact: <sip:a@1.1.1.1>\r\n", { .cseq = 1 }, 200, "sip:a@1.1.1.1/40000 " },
};

/* The second comes from HOME, too, unless it says otherwise; the list is what there is then. */
static void test_second(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		struct scene s;

		scene_init(&s, 16);
		print_message("%s\n", seconds[i].name);
		assert_int_equal(reg(&s, &(struct reg){ .lines = seconds[i].first, .cseq = 1 }), 200);
		assert_int_equal(reg(&s, &seconds[i].second), seconds[i].status);
		assert_string_equal(list(&s), seconds[i].list);
		scene_fini(&s);
	}
}

/* --- over time and at the limits ------------------------------------------------------------ */

static void test_expiry_runs_down_and_ends(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 4);
	contact(&s, "Contact: <sip:a@1.1.1.1>\r\n");
	s.now += 20500;
	contact(&s, "");
	assert_string_equal(s.headers, "Contact: <sip:a@1.1.1.1>;expires=39\r\n");
	wheel_advance(&s.wheel, NOW + 59999);
	assert_string_equal(list(&s), "sip:a@1.1.1.1/40000 ");
	wheel_advance(&s.wheel, NOW + 60000);
	assert_string_equal(list(&s), "");
	scene_fini(&s);
}

static void test_users_are_apart(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 4);
	contact(&s, "Contact: <sip:a@1.1.1.1>\r\n");
	assert_int_equal(reg(&s, &(struct reg){ .user = "bob",
						.to = "<sip:bob@example.com>",
						.lines = "Contact: <sip:a@1.1.1.1>\r\n" }),
			 200);
	assert_int_equal(reg(&s, &(struct reg){ .user = "bob",
						.to = "<sip:bob@example.com>",
						.lines = "Contact: *\r\nExpires: 0\r\n" }),
			 200);
	assert_string_equal(list(&s), "sip:a@1.1.1.1/40000 ");
	scene_fini(&s);
}

/* Each from another place: a phone that starts anew behind a NAT and leaves its old Contacts. */
static void test_the_oldest_makes_room(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, BINDINGS_PER_USER); /* a full table is no reason to refuse: one goes for one that comes */
	for (unsigned i = 0; i < BINDINGS_PER_USER + 2; i++) {
		char line[64], from[64];

		s.now++;
		snprintf(line, sizeof(line), "Contact: <sip:p%u@1.1.1.1>%s\r\n", i, i == 5 ? ";q=0.1" : "");
		snprintf(from, sizeof(from), "203.0.113.9:%u", 1000 + i);
		assert_int_equal(reg(&s, &(struct reg){ .lines = line, .from = from }), 200);
	}
	assert_int_equal(bindings_count(s.r.bindings), BINDINGS_PER_USER);
	assert_null(strstr(list(&s), "p0@"));
	assert_null(strstr(list(&s), "p1@"));
	assert_non_null(strstr(list(&s), "p2@"));
	assert_non_null(strstr(list(&s), "p5@")); /* the last in the list is not the oldest */
	assert_non_null(strstr(list(&s), "p9@"));
	scene_fini(&s);
}

static void test_too_many_at_once(void **state)
{
	static const char contacts[] =
		"Contact: <sip:a@h>,<sip:b@h>,<sip:c@h>,<sip:d@h>,<sip:e@h>,<sip:f@h>,<sip:g@h>,<sip:h@h>";
	char lines[256];
	struct scene s;

	(void)state;
	scene_init(&s, 32);
	snprintf(lines, sizeof(lines), "%s,<sip:i@h>\r\n", contacts);
	assert_int_equal(contact(&s, lines), 403);
	assert_int_equal(bindings_count(s.r.bindings), 0);
	snprintf(lines, sizeof(lines), "%s\r\n", contacts);
	assert_int_equal(contact(&s, lines), 200);
	assert_int_equal(bindings_count(s.r.bindings), 8);
	scene_fini(&s);
}

static void test_full_table(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 2);
	assert_int_equal(contact(&s, "Contact: <sip:a@1.1.1.1>, <sip:b@1.1.1.1>\r\n"), 200);
	assert_int_equal(reg(&s, &(struct reg){ .lines = "Contact: <sip:c@1.1.1.1>\r\n", .from = "203.0.113.9:1" }),
			 503);
	assert_string_equal(s.headers, "Retry-After: 30\r\n");
	assert_int_equal(contact(&s, "Contact: <sip:a@1.1.1.1>\r\n"), 200); /* who is in can stay */
	assert_int_equal(reg(&s, &(struct reg){ .lines = "Contact: <sip:c@1.1.1.1>, <sip:a@1.1.1.1>;expires=0\r\n",
						.from = "203.0.113.9:1" }),
			 200); /* one out, one in */
	assert_string_equal(list(&s), "sip:c@1.1.1.1/1 sip:b@1.1.1.1/40000 ");
	scene_fini(&s);
}

/* Eight Contacts as long as they may be: the headers fit; one byte more is refused. */
static void test_longest(void **state)
{
	char line[1024], fill[BINDING_TEXT_MAX];
	struct scene s;

	(void)state;
	scene_init(&s, 8);
	memset(fill, 'x', sizeof(fill));
	for (unsigned i = 0; i < BINDINGS_PER_USER; i++) {
		char from[64];

		/* "call-1" and "sip:N@h" leave 755 bytes. */
		snprintf(line, sizeof(line), "Contact: <sip:%u%.755s@h>\r\n", i, fill);
		snprintf(from, sizeof(from), "203.0.113.9:%u", 1000 + i);
		assert_int_equal(reg(&s, &(struct reg){ .lines = line, .from = from }), 200);
	}
	assert_int_equal(bindings_count(s.r.bindings), 8);
	snprintf(line, sizeof(line), "Contact: <sip:1%.756s@h>\r\n", fill);
	assert_int_equal(contact(&s, line), 513);
	assert_int_equal(bindings_count(s.r.bindings), 8);
	scene_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_nat),
		cmocka_unit_test(test_nat_by_via),
		cmocka_unit_test(test_second),
		cmocka_unit_test(test_expiry_runs_down_and_ends),
		cmocka_unit_test(test_users_are_apart),
		cmocka_unit_test(test_the_oldest_makes_room),
		cmocka_unit_test(test_too_many_at_once),
		cmocka_unit_test(test_full_table),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
