/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alg/base/writer.h"
#include "sbc/registrar/bindings.h"
#include "sbc/registrar/keepalive.h"

enum { NOW = 1000000 };

static const struct hash_key key = { 1, 2 };

struct scene {
	struct wheel wheel;
	struct bindings *t;
	char log[1024]; /* "+alice moved" … of all events */
	struct writer said;
};

static void note(void *ctx, struct binding *b, enum binding_event e, uint64_t now)
{
	struct scene *s = ctx;

	assert_true(now >= NOW);
	assert_ptr_equal(bindings_get(s->t, binding_handle(b)), b); /* on an end, too, it is still there */
	writer_put(&s->said, binding_user_name(b));
	writer_byte(&s->said, ' ');
	writer_str(&s->said, binding_event_name(e));
	writer_byte(&s->said, ';');
}

static void scene_init(struct scene *s, uint32_t capacity)
{
	memset(s, 0, sizeof(*s));
	s->said = writer_over(s->log, sizeof(s->log) - 1);
	wheel_init(&s->wheel, NOW, NULL);
	s->t = bindings_new(capacity, &key, &s->wheel);
	assert_non_null(s->t);
	assert_int_equal(bindings_watch(s->t, note, s), 0);
}

static void scene_fini(struct scene *s)
{
	bindings_free(s->t);
	assert_int_equal(s->wheel.count, 0);
}

/* What was said since the last call. */
static const char *said(struct scene *s)
{
	assert_false(s->said.failed);
	s->log[s->said.n] = '\0';
	s->said.n = 0;
	return s->log;
}

static struct binding_facts facts(const char *contact, const char *from)
{
	struct binding_facts f = {
		.contact = span_str(contact),
		.call_id = SPAN("call"),
		.q = BINDING_Q_MAX,
		.cseq = 1,
		.expires_at = NOW + 60000,
	};

	assert_int_equal(addr_parse(span_str(from), 0, &f.flow.peer), 0);
	return f;
}

static struct binding *put(struct scene *s, const char *user, struct binding *old, const char *contact,
			   const char *from)
{
	struct binding_facts f = facts(contact, from);

	return bindings_put(s->t, span_str(user), old, &f, NOW);
}

/* The contacts of a user, in order. */
static const char *list(const struct scene *s, const char *user)
{
	static char text[512];
	struct writer w = writer_over(text, sizeof(text) - 1);

	for (const struct binding *b = bindings_find(s->t, span_str(user)); b; b = b->next) {
		writer_put(&w, b->facts.contact);
		writer_byte(&w, ' ');
	}
	text[w.n] = '\0';
	return text;
}

static void test_keeps_all_facts(void **state)
{
	struct binding_facts f = facts("sip:a@192.168.1.2", "203.0.113.1:1000"), kept;
	char text[256];
	struct writer w = writer_over(text, sizeof(text));
	struct scene s;
	struct binding *b;

	(void)state;
	scene_init(&s, 4);
	writer_str(&w, "sip:a@192.168.1.2id-1\"<urn:uuid:1>\"<sip:p;lr>Phone/1.0");
	f.contact = span_slice(writer_done(&w), 0, 17);
	f.call_id = span_slice(writer_done(&w), 17, 21);
	f.instance = span_slice(writer_done(&w), 21, 35);
	f.path = span_slice(writer_done(&w), 35, 45);
	f.agent = span_from(writer_done(&w), 45);
	f.reg_id = 3;
	f.nat = true;
	b = bindings_put(s.t, SPAN("alice"), NULL, &f, NOW);
	assert_non_null(b);
	memset(text, 'x', sizeof(text)); /* it lives on its own */
	kept = b->facts;
	assert_true(span_eq(kept.contact, SPAN("sip:a@192.168.1.2")));
	assert_true(span_eq(kept.call_id, SPAN("id-1")));
	assert_true(span_eq(kept.instance, SPAN("\"<urn:uuid:1>\"")));
	assert_true(span_eq(kept.path, SPAN("<sip:p;lr>")));
	assert_true(span_eq(kept.agent, SPAN("Phone/1.0")));
	assert_true(kept.reg_id == 3 && kept.nat && kept.cseq == 1 && kept.q == BINDING_Q_MAX);
	assert_true(flow_eq(&kept.flow, &f.flow));
	assert_true(b->since == NOW && b->refreshed == NOW);
	assert_true(span_eq(binding_user_name(b), SPAN("alice")));
	assert_ptr_equal(bindings_find(s.t, SPAN("alice")), b);
	scene_fini(&s);
}

static void test_refresh_with_its_own_texts(void **state)
{
	struct scene s;
	struct binding *b;
	struct binding_facts f;

	(void)state;
	scene_init(&s, 4);
	b = put(&s, "alice", NULL, "sip:a@1.1.1.1", "203.0.113.1:1000");
	f = b->facts;
	f.contact = span_from(b->facts.call_id, 0); /* they change places */
	f.call_id = b->facts.contact;
	assert_ptr_equal(bindings_put(s.t, SPAN("alice"), b, &f, NOW + 5), b);
	assert_true(span_eq(b->facts.contact, SPAN("call")));
	assert_true(span_eq(b->facts.call_id, SPAN("sip:a@1.1.1.1")));
	assert_ptr_equal(bindings_put(s.t, SPAN("alice"), b, &b->facts, NOW + 9), b);
	assert_true(span_eq(b->facts.contact, SPAN("call")));
	assert_true(b->since == NOW && b->refreshed == NOW + 9);
	assert_int_equal(bindings_count(s.t), 1);
	scene_fini(&s);
}

static void test_order(void **state)
{
	static const struct {
		const char *contact;
		uint16_t q;
	} puts[] = { { "sip:low", 100 }, { "sip:first", 1000 }, { "sip:mid", 500 }, { "sip:newer", 1000 } };
	struct scene s;

	(void)state;
	scene_init(&s, 8);
	for (size_t i = 0; i < sizeof(puts) / sizeof(puts[0]); i++) {
		struct binding_facts f = facts(puts[i].contact, "203.0.113.1:1000");

		f.q = puts[i].q;
		f.flow.peer.port = (uint16_t)(1000 + i);
		assert_non_null(bindings_put(s.t, SPAN("alice"), NULL, &f, NOW + i));
	}
	assert_string_equal(list(&s, "alice"), "sip:newer sip:first sip:mid sip:low ");
	scene_fini(&s);
}

static void test_limits(void **state)
{
	struct binding_facts f = facts("sip:a", "203.0.113.1:1000");
	char name[BINDING_USER_MAX + 1], text[BINDING_TEXT_MAX + 1];
	struct scene s;

	(void)state;
	memset(name, 'n', sizeof(name));
	memset(text, 't', sizeof(text));
	scene_init(&s, BINDINGS_PER_USER + 1);
	for (int i = 0; i < BINDINGS_PER_USER; i++)
		assert_non_null(put(&s, "alice", NULL, "sip:a", "203.0.113.1:1000"));
	assert_null(put(&s, "alice", NULL, "sip:one-too-many", "203.0.113.1:1000"));
	assert_int_equal(bindings_count_of(s.t, SPAN("alice")), BINDINGS_PER_USER);
	assert_null(bindings_put(s.t, span_of(name, sizeof(name)), NULL, &f, NOW));
	assert_null(bindings_put(s.t, (struct span){ 0 }, NULL, &f, NOW));
	f.contact = span_of(text, BINDING_TEXT_MAX + 1 - f.call_id.n);
	assert_false(binding_fits(SPAN("bob"), &f));
	assert_null(bindings_put(s.t, SPAN("bob"), NULL, &f, NOW));
	f.contact.n--;
	f.agent = SPAN("cut to nothing");
	assert_non_null(bindings_put(s.t, span_of(name, BINDING_USER_MAX), NULL, &f, NOW));
	assert_int_equal(bindings_find(s.t, span_of(name, BINDING_USER_MAX))->facts.agent.n, 0);
	assert_int_equal(bindings_count(s.t), bindings_capacity(s.t));
	assert_null(put(&s, "carol", NULL, "sip:a", "203.0.113.1:1000"));
	assert_null(bindings_find(s.t, SPAN("carol")));
	/* What is there can be refreshed in a full table. */
	assert_non_null(put(&s, "alice", bindings_find(s.t, SPAN("alice")), "sip:b", "203.0.113.1:1000"));
	scene_fini(&s);
}

static void test_agent_gets_what_is_left(void **state)
{
	char text[BINDING_TEXT_MAX];
	struct binding_facts f = facts("sip:a", "203.0.113.1:1000");
	struct scene s;

	(void)state;
	memset(text, 't', sizeof(text));
	scene_init(&s, 1);
	f.contact = span_of(text, BINDING_TEXT_MAX - 10 - f.call_id.n);
	f.agent = SPAN("Phone of the future/1.0");
	assert_true(span_eq(bindings_put(s.t, SPAN("a"), NULL, &f, NOW)->facts.agent, SPAN("Phone of t")));
	scene_fini(&s);
}

static void test_token(void **state)
{
	struct binding_facts f = facts("sip:a", "203.0.113.1:1000");
	struct binding *a, *b;
	struct scene s;

	(void)state;
	scene_init(&s, 2);
	f.token = SPAN("first");
	a = bindings_put(s.t, SPAN("alice@example.com"), NULL, &f, NOW);
	f.token = SPAN("second");
	b = bindings_put(s.t, SPAN("alice@example.com"), NULL, &f, NOW);
	assert_ptr_equal(bindings_at_token(s.t, SPAN("first")), a);
	assert_ptr_equal(bindings_at_token(s.t, SPAN("second")), b);
	assert_null(bindings_at_token(s.t, SPAN("third")));
	assert_null(bindings_at_token(s.t, (struct span){ 0 }));
	/* Made anew with longer texts, from its own ones: the token stays. */
	f = a->facts;
	f.service_route = SPAN("<sip:home.example.net;lr>");
	f.associated = SPAN("<sip:alice@example.com>, <tel:+4930123>");
	f.upstream_at = NOW + 3600000;
	assert_ptr_equal(bindings_put(s.t, SPAN("alice@example.com"), a, &f, NOW), a);
	assert_ptr_equal(bindings_at_token(s.t, SPAN("first")), a);
	assert_true(span_eq(a->facts.token, SPAN("first")));
	assert_true(span_eq(a->facts.contact, SPAN("sip:a")));
	assert_true(span_eq(a->facts.service_route, SPAN("<sip:home.example.net;lr>")));
	bindings_drop(s.t, a, BINDING_REMOVED, NOW);
	assert_null(bindings_at_token(s.t, SPAN("first")));
	assert_ptr_equal(bindings_at_token(s.t, SPAN("second")), b);
	scene_fini(&s);
}

static void test_events(void **state)
{
	static const enum binding_event ends[] = { BINDING_REMOVED, BINDING_LOST, BINDING_CLOSED, BINDING_DISPLACED,
						   BINDING_DROPPED };
	struct scene s;
	struct binding *b;

	(void)state;
	scene_init(&s, 4);
	b = put(&s, "alice", NULL, "sip:a", "203.0.113.1:1000");
	assert_string_equal(said(&s), "alice registered;");
	put(&s, "alice", b, "sip:a", "203.0.113.1:1000");
	assert_string_equal(said(&s), "alice refreshed;");
	put(&s, "alice", b, "sip:a", "203.0.113.1:1001");
	assert_string_equal(said(&s), "alice moved;");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char expected[64];

		assert_true(binding_event_is_end(ends[i]));
		b = put(&s, "alice", NULL, "sip:b", "203.0.113.1:1000");
		said(&s);
		bindings_drop(s.t, b, ends[i], NOW);
		snprintf(expected, sizeof(expected), "alice %s;", binding_event_name(ends[i]));
		assert_string_equal(said(&s), expected);
	}
	assert_false(binding_event_is_end(BINDING_MOVED));
	scene_fini(&s);
}

static void test_watchers_are_few(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 1);
	for (int i = 1; i < BINDINGS_WATCHERS; i++)
		assert_int_equal(bindings_watch(s.t, note, &s), 0);
	assert_int_equal(bindings_watch(s.t, note, &s), -1);
	scene_fini(&s);
}

static void test_expiry(void **state)
{
	struct binding_facts f = facts("sip:a", "203.0.113.1:1000");
	struct scene s;
	struct binding *b;

	(void)state;
	scene_init(&s, 4);
	b = bindings_put(s.t, SPAN("alice"), NULL, &f, NOW);
	wheel_advance(&s.wheel, NOW + 30000);
	f.expires_at = NOW + 90000;
	bindings_put(s.t, SPAN("alice"), b, &f, NOW + 30000);
	said(&s);
	wheel_advance(&s.wheel, NOW + 89999);
	assert_string_equal(said(&s), "");
	wheel_advance(&s.wheel, NOW + 90000);
	assert_string_equal(said(&s), "alice expired;");
	assert_null(bindings_find(s.t, SPAN("alice")));
	assert_int_equal(bindings_count(s.t), 0);
	f.expires_at = NOW + 120000;
	b = bindings_put(s.t, SPAN("alice"), NULL, &f, NOW + 90000);
	bindings_drop(s.t, b, BINDING_REMOVED, NOW + 90000);
	said(&s);
	wheel_advance(&s.wheel, NOW + 120000);
	assert_string_equal(said(&s), ""); /* what is gone does not expire */
	scene_fini(&s);
}

static void test_handles(void **state)
{
	struct binding_handle first, second;
	struct scene s;
	struct binding *b;

	(void)state;
	scene_init(&s, 1);
	b = put(&s, "alice", NULL, "sip:a", "203.0.113.1:1000");
	first = binding_handle(b);
	put(&s, "alice", b, "sip:b", "203.0.113.1:1001");
	assert_ptr_equal(bindings_get(s.t, first), b); /* a refresh is no end */
	bindings_drop(s.t, b, BINDING_REMOVED, NOW);
	assert_null(bindings_get(s.t, first));
	b = put(&s, "bob", NULL, "sip:a", "203.0.113.1:1000");
	second = binding_handle(b);
	assert_int_equal(first.number, second.number);
	assert_null(bindings_get(s.t, first)); /* the place has another now */
	assert_ptr_equal(bindings_get(s.t, second), b);
	assert_null(bindings_get(s.t, (struct binding_handle){ 1, 1 }));
	scene_fini(&s);
}

static void test_flows(void **state)
{
	struct binding_facts f = facts("sip:a", "203.0.113.1:1000");
	struct flow gone = f.flow, other;
	struct scene s;
	struct binding *b;
	unsigned n = 0;

	(void)state;
	scene_init(&s, 8);
	put(&s, "alice", NULL, "sip:a", "203.0.113.1:1000");
	b = put(&s, "alice", NULL, "sip:b", "203.0.113.1:1001");
	put(&s, "bob", NULL, "sip:c", "203.0.113.1:1000");
	f.flow.listen = 1; /* the same peer at another socket of ours is another flow */
	bindings_put(s.t, SPAN("carol"), NULL, &f, NOW);
	other = f.flow;
	for (struct binding *at = bindings_at_flow(s.t, &gone); at; at = bindings_at_flow_next(at))
		n++;
	assert_int_equal(n, 2);
	put(&s, "alice", b, "sip:b", "203.0.113.1:1000"); /* moves there */
	said(&s);
	assert_int_equal(bindings_flow_closed(s.t, &bindings_at_flow(s.t, &gone)->facts.flow, NOW), 3);
	assert_null(bindings_at_flow(s.t, &gone));
	assert_int_equal(bindings_flow_closed(s.t, &gone, NOW), 0);
	assert_non_null(bindings_at_flow(s.t, &other));
	assert_int_equal(bindings_count(s.t), 1);
	scene_fini(&s);
}

static void test_walk_and_drop(void **state)
{
	uint32_t pos = 0, seen = 0;
	struct scene s;
	struct binding *b;

	(void)state;
	scene_init(&s, 8);
	for (int i = 0; i < 8; i++) {
		char user[16];

		snprintf(user, sizeof(user), "u%d", i / 2);
		put(&s, user, NULL, "sip:a", "203.0.113.1:1000");
	}
	while ((b = bindings_next(s.t, &pos))) {
		seen++;
		if (seen % 2)
			bindings_drop(s.t, b, BINDING_DROPPED, NOW);
	}
	assert_int_equal(seen, 8);
	assert_int_equal(bindings_count(s.t), 4);
	for (int i = 0; i < 4; i++) {
		char user[16];

		snprintf(user, sizeof(user), "u%d", i);
		assert_int_equal(bindings_count_of(s.t, span_str(user)), 1);
	}
	scene_fini(&s);
}

/* Many puts and drops in a mixed order: each user and flow finds its own, and nothing is left over. */
static void test_churn(void **state)
{
	enum { N = 64, TURNS = 20000 };
	struct binding_handle held[N] = { 0 };
	uint32_t random = 1, live = 0;
	struct scene s;

	(void)state;
	scene_init(&s, N);
	s.said.cap = 0; /* nobody reads what is said */
	for (int i = 0; i < TURNS; i++) {
		uint32_t at = (random = random * 1664525 + 1013904223) >> 26;
		struct binding *b = bindings_get(s.t, held[at]);
		struct binding_facts f = facts("sip:a", "203.0.113.1:1000");
		char user[16];

		snprintf(user, sizeof(user), "u%u", at / 4);
		f.flow.peer.port = (uint16_t)(1000 + (random >> 8) % 16);
		if (b && random & 1 << 20) {
			bindings_drop(s.t, b, BINDING_DROPPED, NOW);
			live--;
			continue;
		}
		live += !b;
		b = bindings_put(s.t, span_str(user), b, &f, NOW);
		assert_non_null(b);
		held[at] = binding_handle(b);
		assert_ptr_equal(bindings_at_flow(s.t, &f.flow), b);
		assert_ptr_equal(bindings_find(s.t, span_str(user)), b);
		assert_int_equal(bindings_count(s.t), live);
	}
	scene_fini(&s);
}

/* What a registration may cost: 1 KB, everything included. The worst capacity is just above a power of two. */
static void test_memory(void **state)
{
	enum { USUAL_TEXT = 300 }; /* Contact, Call-ID, instance, User-Agent, token; what malloc() adds */
	static const uint32_t capacities[] = { 1000, 4097, 20000, 32769 };

	(void)state;
	for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]); i++) {
		struct keepalive_conf conf = { 0 };
		struct keepalive *k;
		struct scene s;
		size_t bytes;

		scene_init(&s, capacities[i]);
		conf.bindings = s.t;
		conf.wheel = &s.wheel;
		k = keepalive_new(&conf);
		assert_non_null(k);
		bytes = (bindings_bytes(s.t) + keepalive_bytes(k)) / capacities[i];
		print_message("%u registrations: %zu bytes each, and %d of texts\n", capacities[i], bytes, USUAL_TEXT);
		assert_true(bytes + USUAL_TEXT <= 1024);
		scene_fini(&s);
		keepalive_free(k);
	}
}

/* With the times that it had; first is who was registered last. */
static void test_restores(void **state)
{
	struct binding_facts f = facts("sip:a@192.168.1.2", "203.0.113.1:1000");
	struct scene s;
	struct binding *b, *older, *newer;

	(void)state;
	scene_init(&s, 4);
	b = bindings_restore(s.t, SPAN("alice"), &f, NOW - 900, NOW - 500, NOW);
	assert_int_equal(b->since, NOW - 900);
	assert_int_equal(b->refreshed, NOW - 500);
	older = bindings_restore(s.t, SPAN("alice"), &f, NOW - 900, NOW - 600, NOW);
	newer = bindings_restore(s.t, SPAN("alice"), &f, NOW - 900, NOW - 400, NOW);
	assert_string_equal(said(&s), "alice restored;alice restored;alice restored;");
	assert_ptr_equal(bindings_find(s.t, SPAN("alice")), newer);
	assert_ptr_equal(newer->next, b);
	assert_ptr_equal(b->next, older);
	assert_ptr_equal(bindings_at_place(s.t, newer->number), newer);
	assert_null(bindings_at_place(s.t, 3));
	assert_null(bindings_at_place(s.t, 4));
	wheel_advance(&s.wheel, NOW + 60000);
	assert_int_equal(bindings_count(s.t), 0);
	scene_fini(&s);
}

static unsigned at_flow(const struct scene *s, const struct flow *f)
{
	unsigned n = 0;

	for (struct binding *b = bindings_at_flow(s->t, f); b; b = bindings_at_flow_next(b))
		n++;
	return n;
}

/* Users of a proxy: whichever goes, the others stay. */
static void test_many_at_one_flow(void **state)
{
	enum { USERS = 6 };
	static const unsigned order[USERS] = { 2, 5, 0, 3, 1, 4 };
	struct binding *b[USERS];
	struct scene s;
	struct flow f;

	(void)state;
	scene_init(&s, USERS);
	for (unsigned i = 0; i < USERS; i++)
		b[i] = put(&s, (char[]){ (char)('a' + i), '\0' }, NULL, "sip:a@192.168.1.2", "203.0.113.1:1000");
	f = b[0]->facts.flow;
	for (unsigned i = 0; i < USERS; i++) { /* made anew, each stays in it once */
		put(&s, (char[]){ (char)('a' + i), '\0' }, b[i], "sip:a@192.168.1.2", "203.0.113.1:1000");
		assert_int_equal(at_flow(&s, &f), USERS);
	}
	for (unsigned i = 0; i < USERS; i++) {
		bindings_drop(s.t, b[order[i]], BINDING_REMOVED, NOW);
		assert_int_equal(at_flow(&s, &f), USERS - 1 - i);
		said(&s);
	}
	scene_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_all_facts),
		cmocka_unit_test(test_refresh_with_its_own_texts),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_agent_gets_what_is_left),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_watchers_are_few),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_walk_and_drop),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_restores),
		cmocka_unit_test(test_many_at_one_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
