/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/sip/via.h"
#include "sbc/registrar/keepalive.h"
#include "tests/unit/guard.h"

enum { NOW = 1000000, INTERVAL = 30000, SENT_MAX = 128 };
enum { UDP, TCP, TLS, WS, WSS }; /* our listeners */

static const struct hash_key key = { 1, 2 };

/* One request that was sent. */
struct sent {
	uint64_t at;
	struct flow to;
	uint32_t n;
	char text[KEEPALIVE_REQUEST_MAX];
};

struct scene {
	struct config conf;
	struct wheel wheel;
	struct bindings *t;
	struct keepalive *k;
	uint64_t now;
	bool flow_is_dead;
	enum binding_event last;
	unsigned nsent;
	struct sent sent[SENT_MAX];
};

static struct scene scene; /* too large for the stack */

static bool send_note(void *ctx, const struct flow *to, struct span request)
{
	struct scene *s = ctx;
	struct sent *e = &s->sent[s->nsent++];

	assert_true(s->nsent <= SENT_MAX);
	*e = (struct sent){ .at = s->wheel.now, .to = *to, .n = request.n };
	memcpy(e->text, request.p, request.n);
	return !s->flow_is_dead;
}

static void event_note(void *ctx, struct binding *b, enum binding_event e, uint64_t now)
{
	struct scene *s = ctx;

	(void)b;
	(void)now;
	s->last = e;
}

static struct scene *scene_init(void)
{
	struct scene *s = &scene;
	struct conf_realm *r = &s->conf.realms[0];

	memset(s, 0, sizeof(*s));
	s->now = NOW;
	s->conf.nrealm = 1;
	for (int i = CONF_UDP; i <= CONF_WSS; i++)
		r->listen[i] = (struct conf_listen){ i, (uint16_t)(5060 + i) };
	r->nlisten = 5;
	r->phones = (struct conf_phones){
		.present = true, .keepalive_ms = INTERVAL, .domains = { "example.com" }, .ndomain = 1
	};
	assert_int_equal(addr_parse(SPAN("198.51.100.5"), 0, &r->public), 0);
	wheel_init(&s->wheel, NOW, NULL);
	s->t = bindings_new(4, &key, &s->wheel);
	assert_non_null(s->t);
	s->k = keepalive_new(&(struct keepalive_conf){ s->t, &s->conf, &s->wheel, { 3, 4 }, send_note, s });
	assert_non_null(s->k);
	assert_int_equal(bindings_watch(s->t, event_note, s), 0);
	return s;
}

static void scene_fini(struct scene *s)
{
	bindings_free(s->t);
	keepalive_free(s->k);
	assert_int_equal(s->wheel.count, 0);
}

/* A phone behind NAT registers, or does so again. */
static struct binding *phone(struct scene *s, struct binding *old, uint8_t listen, uint16_t port, bool nat)
{
	struct binding_facts f = {
		.flow = { .listen = listen },
		.contact = SPAN("sip:l1-0x5@192.168.1.10:5060;ob?Route=x"),
		.call_id = SPAN("c"),
		.q = BINDING_Q_MAX,
		.nat = nat,
		.expires_at = s->now + 3600 * 1000,
	};

	assert_int_equal(addr_parse(SPAN("203.0.113.9"), 0, &f.flow.peer), 0);
	f.flow.peer.port = port;
	return bindings_put(s->t, SPAN("alice"), old, &f, s->now);
}

/* Lets time pass in small steps, as the loop does. */
static void pass(struct scene *s, uint64_t ms)
{
	for (uint64_t end = s->now + ms; s->now < end;) {
		uint64_t step = end - s->now < 50 ? end - s->now : 50;

		s->now += step;
		wheel_advance(&s->wheel, s->now);
	}
}

static struct span sent_text(const struct scene *s, unsigned i)
{
	return span_of(s->sent[i].text, s->sent[i].n);
}

static struct span sent_branch(const struct scene *s, unsigned i)
{
	struct sip_msg m;
	struct via v;

	assert_int_equal(sip_msg_index(sent_text(s, i), &m), SIP_OK);
	assert_int_equal(via_parse(sip_msg_value(&m, SIP_HDR_VIA), &v), 0);
	return v.branch;
}

static bool response(struct scene *s, unsigned status, struct span branch)
{
	char text[512];
	struct sip_msg m;
	struct span raw;
	bool taken;

	snprintf(text, sizeof(text), "SIP/2.0 %u Any\r\nVia: SIP/2.0/UDP 198.51.100.5;branch=%.*s\r\n\r\n", status,
		 SPAN_ARG(branch));
	raw = guard_span(span_str(text));
	assert_int_equal(sip_msg_index(raw, &m), SIP_OK);
	taken = keepalive_response(s->k, &m, s->now);
	guard_free(raw);
	return taken;
}

/* --- the request ---------------------------------------------------------------------------- */

static void test_request(void **state)
{
	/* Between them the values that are ours, each to the end of its line. */
	static const char *const parts[] = {
		"OPTIONS sip:l1-0x5@192.168.1.10:5060;ob SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 198.51.100.5:5060;rport;branch=",
		"\r\nMax-Forwards: 70\r\nFrom: <sip:example.com>;tag=",
		"\r\nTo: <sip:l1-0x5@192.168.1.10:5060;ob>\r\nCall-ID: ",
		"\r\nCSeq: 1 OPTIONS\r\n"
		"Contact: <sip:198.51.100.5:5060>\r\n"
		"Accept: application/sdp\r\n"
		"Content-Length: 0\r\n\r\n",
	};
	struct scene *s = scene_init();
	const char *why = NULL;
	struct span left;
	struct sip_msg m;

	(void)state;
	phone(s, NULL, UDP, 40000, true);
	pass(s, INTERVAL * 11 / 10);
	assert_true(s->nsent >= 1);
	assert_int_equal(s->sent[0].to.peer.port, 40000);
	left = sent_text(s, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		print_message("%.*s\n", SPAN_ARG(left));
		assert_true(span_starts(left, span_str(parts[i])));
		left = span_from(left, (uint32_t)strlen(parts[i]));
		left = span_from(left, span_find(left, '\r'));
	}
	assert_int_equal(left.n, 0);
	assert_int_equal(sip_msg_index(sent_text(s, 0), &m), SIP_OK);
	assert_int_equal(sip_msg_check(&m, &why), 0);
	assert_true(span_starts(sent_branch(s, 0), SPAN(KEEPALIVE_BRANCH)));
	scene_fini(s);
}

static void test_transports(void **state)
{
	static const struct {
		uint8_t listen;
		const char *via, *contact;
	} cases[] = {
		{ UDP, "Via: SIP/2.0/UDP 198.51.100.5:5060;", "Contact: <sip:198.51.100.5:5060>\r\n" },
		{ TCP, "Via: SIP/2.0/TCP 198.51.100.5:5061;", "Contact: <sip:198.51.100.5:5061;transport=tcp>\r\n" },
		{ TLS, "Via: SIP/2.0/TLS 198.51.100.5:5062;", "Contact: <sip:198.51.100.5:5062;transport=tls>\r\n" },
		{ WS, "Via: SIP/2.0/WS 198.51.100.5:5063;", "Contact: <sip:198.51.100.5:5063;transport=ws>\r\n" },
		{ WSS, "Via: SIP/2.0/WSS 198.51.100.5:5064;", "Contact: <sip:198.51.100.5:5064;transport=ws>\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_init();
		struct span text;

		phone(s, NULL, cases[i].listen, 40000, true);
		pass(s, INTERVAL * 11 / 10);
		text = sent_text(s, 0);
		print_message("%s\n", cases[i].via);
		assert_true(span_search(text, span_str(cases[i].via)) < text.n);
		assert_true(span_search(text, span_str(cases[i].contact)) < text.n);
		scene_fini(s);
	}
}

static void test_a_realm_without_domain(void **state)
{
	struct scene *s = scene_init();
	struct span text;

	(void)state;
	s->conf.realms[0].phones.ndomain = 0;
	phone(s, NULL, UDP, 40000, true);
	pass(s, INTERVAL * 11 / 10);
	text = sent_text(s, 0);
	assert_true(span_search(text, SPAN("From: <sip:198.51.100.5>;tag=")) < text.n);
	scene_fini(s);
}

/* --- when ----------------------------------------------------------------------------------- */

static void test_interval(void **state)
{
	struct scene *s = scene_init();
	uint64_t last = NOW, least = UINT64_MAX, most = 0;

	(void)state;
	phone(s, NULL, UDP, 40000, true);
	for (unsigned i = 0; i < 50; i++) {
		uint64_t gap;

		while (s->nsent == i)
			pass(s, 50);
		gap = s->sent[i].at - last;
		last = s->sent[i].at;
		least = gap < least ? gap : least;
		most = gap > most ? gap : most;
		assert_true(response(s, 200, sent_branch(s, i)));
	}
	print_message("from %u to %u ms\n", (unsigned)least, (unsigned)most);
	assert_true(least >= INTERVAL * 9 / 10);
	assert_true(most <= INTERVAL * 11 / 10 + 50);
	assert_true(most - least > INTERVAL / 20); /* it does vary */
	scene_fini(s);
}

/* Many come back at once after a restart: their pings do not, and none waits longer than an interval. */
static void test_restored_are_spread(void **state)
{
	enum { PHONES = 64 };
	struct scene *s = scene_init();
	unsigned in_quarter[4] = { 0 };

	(void)state;
	scene_fini(s);
	memset(s->sent, 0, sizeof(s->sent));
	wheel_init(&s->wheel, NOW, NULL);
	s->t = bindings_new(PHONES, &key, &s->wheel);
	s->k = keepalive_new(&(struct keepalive_conf){ s->t, &s->conf, &s->wheel, { 3, 4 }, send_note, s });
	assert_non_null(s->k);
	for (uint16_t i = 0; i < PHONES; i++) {
		struct binding_facts f = { .contact = SPAN("sip:a@192.168.1.10"),
					   .nat = true,
					   .expires_at = NOW + 3600 * 1000 };
		char user[8];

		snprintf(user, sizeof(user), "u%u", i);
		assert_int_equal(addr_parse(SPAN("203.0.113.9:5060"), 0, &f.flow.peer), 0);
		f.flow.peer.port = (uint16_t)(1024 + i);
		assert_non_null(bindings_restore(s->t, span_str(user), &f, NOW - 9000, NOW - 5000, NOW));
	}
	for (unsigned quarter = 0; quarter < 4; quarter++) {
		unsigned before = s->nsent;

		for (unsigned i = 0; i < INTERVAL / 4 / 50; i++) {
			unsigned done = s->nsent;

			pass(s, 50);
			for (; done < s->nsent; done++)
				assert_true(response(s, 200, sent_branch(s, done)));
		}
		in_quarter[quarter] = s->nsent - before;
		assert_true(in_quarter[quarter] >= PHONES / 10);
	}
	assert_true(s->nsent >= PHONES);
	scene_fini(s);
}

static void test_who_is_pinged(void **state)
{
	static const struct {
		const char *name;
		bool nat;
		uint32_t keepalive_ms;
		bool pinged;
	} cases[] = {
		{ "behind NAT", true, INTERVAL, true },
		{ "not behind NAT", false, INTERVAL, false },
		{ "no pings configured", true, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_init();
		struct binding *b;

		s->conf.realms[0].phones.keepalive_ms = cases[i].keepalive_ms;
		b = phone(s, NULL, UDP, 40000, cases[i].nat);
		print_message("%s\n", cases[i].name);
		assert_int_equal(keepalive_state(s->k, b).pinged, cases[i].pinged);
		pass(s, 2 * INTERVAL);
		assert_int_equal(s->nsent > 0, cases[i].pinged);
		scene_fini(s);
	}
}

static void test_resends_over_udp(void **state)
{
	static const struct {
		uint8_t listen;
		unsigned n;
		uint64_t after[KEEPALIVE_SENDS];
	} cases[] = { { UDP, 4, { 0, 500, 1500, 3500 } }, { TCP, 1, { 0 } } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_init();
		struct binding *b = phone(s, NULL, cases[i].listen, 40000, true);

		while (s->nsent == 0)
			pass(s, 50);
		pass(s, 8000);
		assert_int_equal(s->nsent, cases[i].n);
		for (unsigned j = 0; j < s->nsent; j++) {
			assert_true(s->sent[j].at - s->sent[0].at - cases[i].after[j] < 200);
			assert_true(span_eq(sent_text(s, j), sent_text(s, 0)));
		}
		assert_int_equal(keepalive_state(s->k, b).misses, 1);
		scene_fini(s);
	}
}

/* --- answers and silence -------------------------------------------------------------------- */

static void test_any_status_is_life(void **state)
{
	static const unsigned statuses[] = { 100, 200, 404, 405, 481, 500, 603 };

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		struct scene *s = scene_init();
		struct binding *b = phone(s, NULL, UDP, 40000, true);
		struct keepalive_state k;

		while (s->nsent == 0)
			pass(s, 50);
		pass(s, 100);
		print_message("%u\n", statuses[i]);
		assert_true(response(s, statuses[i], sent_branch(s, 0)));
		k = keepalive_state(s->k, b);
		assert_int_equal(k.misses, 0);
		assert_int_equal(k.rtt_ms, 100);
		assert_int_equal(k.answered, s->now);
		pass(s, 8000);
		assert_int_equal(s->nsent, 1); /* no copies after the answer */
		scene_fini(s);
	}
}

static void test_an_answer_to_a_copy_gives_no_rtt(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);

	(void)state;
	while (s->nsent < 2)
		pass(s, 50);
	assert_true(response(s, 200, sent_branch(s, 0)));
	assert_int_equal(keepalive_state(s->k, b).rtt_ms, UINT32_MAX);
	assert_int_equal(keepalive_state(s->k, b).answered, s->now);
	scene_fini(s);
}

static void test_not_an_answer(void **state)
{
	static const char *const cases[] = {
		"z9hG4bK",
		KEEPALIVE_BRANCH,
		KEEPALIVE_BRANCH "0",
		KEEPALIVE_BRANCH "0.0000000000000000",
		KEEPALIVE_BRANCH "3.0000000000000000", /* not pinged */
		KEEPALIVE_BRANCH "4.0000000000000000", /* beyond the table */
		KEEPALIVE_BRANCH "4294967295.0000000000000000",
		KEEPALIVE_BRANCH "99999999999999999999.0",
		KEEPALIVE_BRANCH "-1.0000000000000000",
		KEEPALIVE_BRANCH ".0000000000000000",
	};
	struct scene *s = scene_init();
	char branch[64];
	struct span b;

	(void)state;
	phone(s, NULL, UDP, 40000, true);
	assert_false(response(s, 200, SPAN(KEEPALIVE_BRANCH "0.0000000000000000"))); /* none is out yet */
	while (s->nsent == 0)
		pass(s, 50);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i]);
		assert_false(response(s, 200, span_str(cases[i])));
	}
	b = sent_branch(s, 0);
	memcpy(branch, b.p, b.n);
	branch[b.n - 1] = branch[b.n - 1] == '0' ? '1' : '0'; /* a guess that is nearly right */
	assert_false(response(s, 200, span_of(branch, b.n)));
	assert_true(response(s, 200, b));
	assert_false(response(s, 200, b)); /* once */
	scene_fini(s);
}

static void test_gone_after_three_misses(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);

	(void)state;
	pass(s, 2 * INTERVAL + INTERVAL / 2);
	assert_int_equal(keepalive_state(s->k, b).misses, 2);
	assert_int_equal(bindings_count(s->t), 1);
	pass(s, INTERVAL + INTERVAL / 2);
	assert_int_equal(bindings_count(s->t), 0);
	assert_int_equal(s->last, BINDING_LOST);
	assert_int_equal(s->nsent, 3 * KEEPALIVE_SENDS);
	pass(s, 2 * INTERVAL);
	assert_int_equal(s->nsent, 3 * KEEPALIVE_SENDS);
	scene_fini(s);
}

static void test_an_answer_forgives_misses(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		while (keepalive_state(s->k, b).misses < 2)
			pass(s, 50);
		while (!response(s, 200, sent_branch(s, s->nsent - 1)))
			pass(s, 50);
		assert_int_equal(keepalive_state(s->k, b).misses, 0);
	}
	assert_int_equal(bindings_count(s->t), 1);
	scene_fini(s);
}

static void test_a_dead_flow_is_a_miss_at_once(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, TCP, 40000, true);

	(void)state;
	s->flow_is_dead = true;
	while (s->nsent == 0)
		pass(s, 50);
	assert_int_equal(keepalive_state(s->k, b).misses, 1);
	pass(s, 3 * INTERVAL);
	assert_int_equal(s->nsent, 3);
	assert_int_equal(s->last, BINDING_LOST);
	scene_fini(s);
}

/* --- CRLF ----------------------------------------------------------------------------------- */

static void test_crlf(void **state)
{
	static const uint8_t listens[] = { UDP, TCP };

	(void)state;
	for (size_t i = 0; i < sizeof(listens) / sizeof(listens[0]); i++) {
		struct scene *s = scene_init();
		struct binding *b;

		s->conf.realms[0].phones.ping = CONF_PING_CRLF;
		b = phone(s, NULL, listens[i], 40000, true);
		pass(s, INTERVAL * 11 / 10);
		assert_int_equal(s->nsent, 1);
		assert_true(span_eq(sent_text(s, 0), SPAN("\r\n\r\n")));
		assert_int_equal(s->sent[0].to.peer.port, 40000);
		pass(s, 8000);
		assert_int_equal(s->nsent, 1); /* no copies */
		assert_true(keepalive_state(s->k, b).pinged);
		scene_fini(s);
	}
}

/* Not one answer in an hour: the phone stays until it expires. */
static void test_crlf_is_never_missed(void **state)
{
	struct scene *s = scene_init();
	uint64_t least = UINT64_MAX, most = 0;
	struct binding *b;

	(void)state;
	s->conf.realms[0].phones.ping = CONF_PING_CRLF;
	b = phone(s, NULL, UDP, 40000, true);
	s->flow_is_dead = true;
	while (s->nsent < 40)
		pass(s, 50);
	for (unsigned i = 1; i < s->nsent; i++) {
		uint64_t gap = s->sent[i].at - s->sent[i - 1].at;

		least = gap < least ? gap : least;
		most = gap > most ? gap : most;
	}
	assert_true(least >= INTERVAL * 9 / 10);
	assert_true(most <= INTERVAL * 11 / 10 + 50);
	assert_true(most - least > INTERVAL / 20);
	assert_int_equal(bindings_count(s->t), 1);
	assert_int_equal(keepalive_state(s->k, b).misses, 0);
	assert_int_equal(keepalive_state(s->k, b).rtt_ms, UINT32_MAX);
	assert_int_equal(keepalive_state(s->k, b).answered, 0);
	s->nsent = 0;
	pass(s, 3600 * 1000 - (s->now - NOW));
	assert_int_equal(bindings_count(s->t), 0);
	assert_int_equal(s->last, BINDING_EXPIRED);
	scene_fini(s);
}

/* No branch answers two empty lines, not even the one that OPTIONS would have had. */
static void test_crlf_has_no_answer(void **state)
{
	struct scene *s = scene_init();
	struct span branch;

	(void)state;
	phone(s, NULL, UDP, 40000, true);
	while (s->nsent == 0)
		pass(s, 50);
	branch = sent_branch(s, 0);
	assert_true(response(s, 200, branch));
	s->conf.realms[0].phones.ping = CONF_PING_CRLF;
	while (s->nsent == 1)
		pass(s, 50);
	assert_int_equal(s->sent[1].n, 4);
	assert_false(response(s, 200, branch));
	scene_fini(s);
}

/* --- the binding changes -------------------------------------------------------------------- */

static void test_register_is_life(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);

	(void)state;
	while (keepalive_state(s->k, b).misses < 2)
		pass(s, 50);
	phone(s, b, UDP, 40000, true);
	assert_int_equal(keepalive_state(s->k, b).misses, 0);
	assert_true(keepalive_state(s->k, b).pinged);
	scene_fini(s);
}

static void test_moves_with_the_flow(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);
	struct span old;

	(void)state;
	while (s->nsent == 0)
		pass(s, 50);
	old = sent_branch(s, 0);
	phone(s, b, UDP, 40001, true);
	pass(s, 8000);
	assert_int_equal(s->nsent, 1);       /* no copies to the new place, */
	assert_false(response(s, 200, old)); /* and the old one proves nothing */
	while (s->nsent == 1)
		pass(s, 50);
	assert_int_equal(s->sent[1].to.peer.port, 40001);
	assert_false(span_eq(sent_branch(s, 1), old));
	scene_fini(s);
}

static void test_stops_when_nat_is_gone(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);

	(void)state;
	phone(s, b, UDP, 40001, false);
	pass(s, 3 * INTERVAL);
	assert_int_equal(s->nsent, 0);
	scene_fini(s);
}

static void test_stops_with_the_binding(void **state)
{
	struct scene *s = scene_init();
	struct binding *b = phone(s, NULL, UDP, 40000, true);
	struct span old;

	(void)state;
	while (s->nsent == 0)
		pass(s, 50);
	old = sent_branch(s, 0);
	bindings_drop(s->t, b, BINDING_REMOVED, s->now);
	assert_false(response(s, 200, old));
	pass(s, 2 * INTERVAL);
	assert_int_equal(s->nsent, 1);
	/* Its place is taken by another: an answer to the old one does not count for it. */
	phone(s, NULL, UDP, 40002, true);
	while (s->nsent == 1)
		pass(s, 50);
	assert_false(response(s, 200, old));
	assert_true(response(s, 200, sent_branch(s, 1)));
	scene_fini(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_transports),
		cmocka_unit_test(test_a_realm_without_domain),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_restored_are_spread),
		cmocka_unit_test(test_who_is_pinged),
		cmocka_unit_test(test_resends_over_udp),
		cmocka_unit_test(test_any_status_is_life),
		cmocka_unit_test(test_an_answer_to_a_copy_gives_no_rtt),
		cmocka_unit_test(test_not_an_answer),
		cmocka_unit_test(test_gone_after_three_misses),
		cmocka_unit_test(test_an_answer_forgives_misses),
		cmocka_unit_test(test_a_dead_flow_is_a_miss_at_once),
		cmocka_unit_test(test_crlf),
		cmocka_unit_test(test_crlf_is_never_missed),
		cmocka_unit_test(test_crlf_has_no_answer),
		cmocka_unit_test(test_register_is_life),
		cmocka_unit_test(test_moves_with_the_flow),
		cmocka_unit_test(test_stops_when_nat_is_gone),
		cmocka_unit_test(test_stops_with_the_binding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
