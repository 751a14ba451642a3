/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/api/apilist.h"

#include <event2/event.h>

/* Room for a list of several turns. */
#define APIBENCH_LIMITS "\"limits\": { \"calls\": 4, \"transactions\": 16, \"registrations\": 4000 }"
#include "tests/unit/sbc/apibench.h"

enum { PHONES = 200 }; /* more than one turn's rows, less than answer() takes */

static void register_phones(unsigned n)
{
	char user[16], contact[64];

	for (unsigned i = 0; i < n; i++) {
		snprintf(user, sizeof(user), "user%u", i);
		snprintf(contact, sizeof(contact), "sip:%s@10.0.0.20:5062", user);
		bench_register(&bench, user, contact);
	}
}

static void none(void **state)
{
	static const char *const cases[] = { "calls", "registrations" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		char what[64];
		json_t *j;

		snprintf(what, sizeof(what), "/api/v1/%s", cases[i]);
		j = body_of(answer(ask("GET", what)));
		assert_true(json_is_array(json_object_get(j, cases[i])));
		assert_int_equal(json_array_size(json_object_get(j, cases[i])), 0);
		json_decref(j);
	}
}

static void all_registrations(void **state)
{
	json_t *j, *rows, *row;
	bool seen[PHONES] = { false };
	unsigned number;
	size_t i;

	(void)state;
	register_phones(PHONES);
	j = body_of(answer(ask("GET", "/api/v1/registrations")));
	rows = json_object_get(j, "registrations");
	assert_int_equal(json_array_size(rows), PHONES);
	json_array_foreach(rows, i, row)
	{
		assert_int_equal(sscanf(json_string_value(json_object_get(row, "aor")), "user%u", &number), 1);
		assert_false(seen[number]);
		seen[number] = true;
	}
	json_decref(j);
}

/* Stands for the calls: it has its turn as long as the list is not there. */
struct other {
	struct event *event;
	struct pollfd list;
	unsigned turns;
};

static void on_other(evutil_socket_t fd, short what, void *ctx)
{
	static const struct timeval at_once = { 0 };
	struct other *o = ctx;

	(void)fd, (void)what;
	if (o->turns++ < TURNS && poll(&o->list, 1, 0) == 0)
		event_add(o->event, &at_once);
}

static void others_have_their_turns(void **state)
{
	struct other o = { .list = { .fd = ask("GET", "/api/v1/registrations"), .events = POLLIN } };

	(void)state;
	o.event = event_new(loop.base, -1, 0, on_other, &o);
	on_other(-1, 0, &o);
	for (unsigned i = 0; i < 10; i++)
		turn();
	assert_int_equal(poll(&o.list, 1, 0), 1);
	assert_in_range(o.turns, bindings_capacity(bench.e->bindings) / 200, TURNS);
	event_free(o.event);
	close(o.list.fd);
}

/* Only calls that are up or being set up, not what else crosses. */
static void calls_alone(void **state)
{
	struct call *c = bench_invite(&bench);
	json_t *j, *rows;

	(void)state;
	j = body_of(answer(ask("GET", "/api/v1/calls")));
	rows = json_object_get(j, "calls");
	assert_int_equal(json_array_size(rows), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "id")), c->id);
	json_decref(j);
	c->kind = CALL_SUBSCRIPTION;
	j = body_of(answer(ask("GET", "/api/v1/calls")));
	assert_int_equal(json_array_size(json_object_get(j, "calls")), 0);
	json_decref(j);
	c->kind = CALL_INVITE;
}

/* Who asks and goes away before the end, and a program that stops meanwhile. */
static void gone_before_the_end(void **state)
{
	int gone = ask("GET", "/api/v1/registrations");

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		turn();
	close(gone);
	for (unsigned i = 0; i < 200; i++)
		turn();
	(void)ask("GET", "/api/v1/registrations"); /* the rest is for the leak checker: close_api() comes now */
	turn();
	turn();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none, open_api, close_api),
		cmocka_unit_test_setup_teardown(all_registrations, open_api, close_api),
		cmocka_unit_test_setup_teardown(others_have_their_turns, open_api, close_api),
		cmocka_unit_test_setup_teardown(calls_alone, open_api, close_api),
		cmocka_unit_test_setup_teardown(gone_before_the_end, open_api, close_api),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
