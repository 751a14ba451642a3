/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/sbc/store_scene.h"

/* --- what is kept --------------------------------------------------------------------------- */

static void test_all_facts_come_back(void **state)
{
	struct binding_facts f = facts_of("sip:a@192.168.1.2:5062;ob"), got;
	struct scene *s = &scene;
	struct binding *b;

	(void)state;
	start(s);
	f.call_id = SPAN("id-1");
	f.instance = SPAN("\"<urn:uuid:1>\"");
	f.path = SPAN("<sip:p;lr>, <sip:q;lr>");
	f.agent = SPAN("Phone/1.0 'quoted'");
	f.token = SPAN("t0ken");
	f.service_route = SPAN("<sip:home;lr>");
	f.associated = SPAN("<sip:a@home>");
	f.gruu = SPAN(";pub-gruu=\"sip:a@home;gr\"");
	f.upstream_s = 3000;
	f.upstream_at = NOW + 2000 * 1000;
	f.expires_at = NOW + 60 * 1000;
	f.cseq = 4000000000U;
	f.reg_id = 3;
	f.q = 500;
	f.nat = true;
	assert_non_null(bindings_put(s->bindings, SPAN("alice"), NULL, &f, NOW));
	pass(s, 10000);
	wall += 10;
	restart(s);
	b = find(s, "alice");
	assert_non_null(b);
	got = b->facts;
	assert_true(flow_eq(&got.flow, &f.flow));
	assert_int_equal(b->refreshed, NOW - 10000);
	assert_int_equal(b->since, NOW - 10000);
	assert_int_equal(got.expires_at, NOW + 50 * 1000);
	assert_int_equal(got.upstream_at, NOW + 1990 * 1000);
	f.expires_at = got.expires_at;
	f.upstream_at = got.upstream_at;
	assert_true(span_eq(got.contact, f.contact) && span_eq(got.call_id, f.call_id) &&
		    span_eq(got.instance, f.instance) && span_eq(got.path, f.path) && span_eq(got.agent, f.agent) &&
		    span_eq(got.token, f.token) && span_eq(got.service_route, f.service_route) &&
		    span_eq(got.associated, f.associated) && span_eq(got.gruu, f.gruu));
	assert_true(got.upstream_s == f.upstream_s && got.cseq == f.cseq && got.reg_id == f.reg_id && got.q == f.q &&
		    got.nat);
	assert_ptr_equal(bindings_at_token(s->bindings, SPAN("t0ken")), b);
	stop(s);
	wall = WALL;
}

/* The order in which forks try them: by falling q, then registered last. */
static void test_order_comes_back(void **state)
{
	struct scene *s = &scene;
	struct binding *b, *first;

	(void)state;
	start(s);
	first = put(s, "bob", NULL, "sip:one@192.168.1.2");
	pass(s, 2000);
	put(s, "bob", NULL, "sip:two@192.168.1.3");
	pass(s, 2000);
	put(s, "bob", first, "sip:one@192.168.1.2");
	wall += 4;
	restart(s);
	b = find(s, "bob");
	assert_span(b->facts.contact, "sip:one@192.168.1.2");
	assert_span(b->next->facts.contact, "sip:two@192.168.1.3");
	stop(s);
	wall = WALL;
}

static void test_what_ended_does_not_come_back(void **state)
{
	struct scene *s = &scene;

	(void)state;
	start(s);
	put(s, "carol", NULL, "sip:carol@192.168.1.2");
	put(s, "dave", NULL, "sip:dave@192.168.1.3");
	settle(s);
	bindings_drop(s->bindings, find(s, "carol"), BINDING_REMOVED, core_now(&s->core));
	restart(s);
	assert_null(find(s, "carol"));
	assert_non_null(find(s, "dave"));
	wall += HOUR_S; /* it is down for an hour */
	restart(s);
	assert_int_equal(bindings_count(s->bindings), 0);
	assert_non_null(strstr(s->log, "0 restored, 1 expired"));
	restart(s); /* and they are not in the file any more */
	assert_null(strstr(s->log, "expired"));
	stop(s);
	wall = WALL;
}

static uint32_t dice(uint32_t sides)
{
	static uint32_t seed = 1; /* the same each time */

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

/* Places change with each restart, rows do not: whatever the order of events, both agree. */
static void test_agrees_with_a_model(void **state)
{
	enum { USERS = 40, STEPS = 1500 };
	struct scene *s = &scene;
	uint32_t model[USERS] = { 0 }; /* the number in the contact; 0: not registered */
	char user[16], contact[64];

	(void)state;
	start(s);
	for (uint32_t i = 1; i <= STEPS; i++) {
		uint32_t u = dice(USERS), what = dice(20);
		struct binding *old;

		snprintf(user, sizeof(user), "m%u", u);
		snprintf(contact, sizeof(contact), "sip:%u@192.168.1.2", i);
		old = find(s, user);
		if (what == 0) {
			restart(s);
		} else if (what < 6 && old) {
			bindings_drop(s->bindings, old, BINDING_LOST, core_now(&s->core));
			model[u] = 0;
		} else {
			assert_non_null(put(s, user, old, contact));
			model[u] = i;
		}
		if (what == 7)
			pass(s, STORE_DELAY_MS);
	}
	restart(s);
	for (uint32_t u = 0; u < USERS; u++) {
		const struct binding *b;

		snprintf(user, sizeof(user), "m%u", u);
		snprintf(contact, sizeof(contact), "sip:%u@192.168.1.2", model[u]);
		b = find(s, user);
		assert_int_equal(b != NULL, model[u] != 0);
		if (b)
			assert_true(span_eq(b->facts.contact, span_str(contact)));
		if (b)
			bindings_drop(s->bindings, find(s, user), BINDING_REMOVED, core_now(&s->core));
	}
	assert_int_equal(bindings_count(s->bindings), 0);
	stop(s);
}

/* A connection does not outlive the program: the phone is known, and called when it is back. */
static void test_a_connection_leads_nowhere(void **state)
{
	struct binding_facts f = facts_of("sip:erin@192.168.1.2;transport=tcp");
	struct scene *s = &scene;
	struct flow again;
	struct binding *b;

	(void)state;
	start(s);
	f.flow.transport = CONF_TCP;
	f.flow.listen = 1;
	f.flow.connection = 7;
	f.expires_at = NOW + HOUR_S * 1000;
	assert_non_null(bindings_put(s->bindings, SPAN("erin"), NULL, &f, NOW));
	restart(s);
	b = find(s, "erin");
	assert_non_null(b);
	assert_int_equal(b->facts.flow.listen, 1);
	assert_int_equal(b->facts.flow.transport, CONF_TCP);
	assert_int_not_equal(b->facts.flow.connection, 0); /* else one would be opened */
	again = f.flow;
	again.connection = 1;
	assert_false(flow_eq(&b->facts.flow, &f.flow) || flow_eq(&b->facts.flow, &again));
	bindings_drop(s->bindings, b, BINDING_REMOVED, NOW);
	stop(s);
}

static void test_of_what_is_no_more(void **state)
{
	static const struct {
		const char *conf, *unknown, *told;
		uint32_t capacity;
		const char *before;
	} cases[] = {
		{ CONF_OTHER_REALM, NULL, "0 restored, 2 of a realm or listener that is no more", CAPACITY, CONF },
		{ CONF_OTHER_PORT, NULL, "0 restored, 2 of a realm or listener that is no more", CAPACITY, CONF },
		{ CONF, "frank", "1 restored, 1 of users that are no more", CAPACITY, CONF },
		{ CONF, NULL, "1 restored", 1, CONF }, /* limits.registrations was lowered */
		{ CONF_HOME("two"), NULL, "0 restored, 2 that are kept elsewhere now", CAPACITY, CONF_HOME("one") },
		{ CONF_HOME("one"), NULL, "0 restored, 2 that are kept elsewhere now", CAPACITY, CONF },
		{ CONF, NULL, "0 restored, 2 that are kept elsewhere now", CAPACITY, CONF_HOME("one") },
		{ CONF_HOME("one"), NULL, "2 restored", CAPACITY, CONF_HOME("one") },
	};
	struct scene *s = &scene;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t left;

		start_with(s, cases[i].before, CAPACITY);
		put(s, "frank", NULL, "sip:frank@192.168.1.2");
		put(s, "grace", NULL, "sip:grace@192.168.1.2");
		stop(s);
		s->unknown = cases[i].unknown;
		start_with(s, cases[i].conf, cases[i].capacity);
		assert_non_null(strstr(s->log, cases[i].told));
		left = bindings_count(s->bindings);
		s->unknown = NULL;
		stop(s); /* the file has lost them, too */
		start_with(s, cases[i].conf, CAPACITY);
		assert_int_equal(bindings_count(s->bindings), left);
		for (uint32_t k = 0; k < left; k++) {
			uint32_t pos = 0;

			bindings_drop(s->bindings, bindings_next(s->bindings, &pos), BINDING_REMOVED, NOW);
		}
		stop(s);
	}
}

/* The wall clock was far ahead when it was written, or is behind now. */
static void test_a_wrong_clock_keeps_nobody_for_ever(void **state)
{
	struct scene *s = &scene;

	(void)state;
	start(s);
	put(s, "heidi", NULL, "sip:heidi@192.168.1.2");
	stop(s);
	wall -= 365 * 24 * HOUR_S;
	start(s);
	assert_true(find(s, "heidi")->facts.expires_at == NOW + HOUR_S * 1000);
	assert_true(find(s, "heidi")->since == NOW);
	bindings_drop(s->bindings, find(s, "heidi"), BINDING_REMOVED, NOW);
	stop(s);
	wall = WALL;
}

/* More at once than one transaction takes: the oldest first, each state once, the last one. */
static void test_more_than_a_batch(void **state)
{
	enum { MANY = 3 * STORE_BATCH + 10 };
	static struct binding *b[MANY];
	struct scene *s = &scene;
	char user[16];

	(void)state;
	start_with(s, CONF, MANY);
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < MANY; i++) {
			snprintf(user, sizeof(user), "q%d", i);
			b[i] = put(s, user, b[i], round < 2 ? "sip:q@192.168.1.2" : "sip:q@192.168.1.3");
		}
	assert_true(store_state(s->store).waiting <= MANY + STORE_BATCH);
	settle(s);
	stop(s);
	start_with(s, CONF, MANY);
	assert_int_equal(bindings_count(s->bindings), MANY);
	for (int i = 0; i < MANY; i++) {
		snprintf(user, sizeof(user), "q%d", i);
		assert_span(find(s, user)->facts.contact, "sip:q@192.168.1.3");
	}
	stop(s);
}

/* What somebody else wrote into the file gets into no message of ours. */
static void test_unsound_records(void **state)
{
	static const char *const cases[] = {
		"contact = 'sip:x@y' || char(13, 10) || 'Via: z'",
		"contact = 'no uri'",
		"contact = NULL",
		"user = ''",
		"user = NULL",
		"path = printf('%.*c', 2000, 'x')",
		"peer = 'nowhere'",
		"peer = '10.0.0.20'",
		"peer = '0.0.0.0:5060'",
		"q = 4000",
		"realm = NULL",
		"transport = 5",
	};
	struct scene *s = &scene;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char sql[256];
		sqlite3 *db;

		start(s);
		put(s, "ruth", NULL, "sip:ruth@192.168.1.2");
		stop(s);
		snprintf(sql, sizeof(sql), "UPDATE binding SET %s", cases[i]);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		start(s);
		if (bindings_count(s->bindings))
			fail_msg("%s", cases[i]);
		stop(s);
		sweep("");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(test_all_facts_come_back),
		STORE_TEST(test_order_comes_back),
		STORE_TEST(test_what_ended_does_not_come_back),
		STORE_TEST(test_agrees_with_a_model),
		STORE_TEST(test_a_connection_leads_nowhere),
		STORE_TEST(test_of_what_is_no_more),
		STORE_TEST(test_a_wrong_clock_keeps_nobody_for_ever),
		STORE_TEST(test_more_than_a_batch),
		STORE_TEST(test_unsound_records),
	};

	return store_tests_run(tests, sizeof(tests) / sizeof(tests[0]));
}
