/* SPDX-License-Identifier: BSD-3-Clause */
/* Which connections lead where, and how many each source holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sbc/base/place.h"

static struct places places;

static int open_places(void **state)
{
	const struct hash_key key = { 1, 2 };

	(void)state;
	return places_init(&places, 4, &key);
}

static int close_places(void **state)
{
	(void)state;
	places_fini(&places);
	return 0;
}

static struct flow flow_to(const char *peer, uint8_t realm, enum conf_transport transport)
{
	struct flow f = { .realm = realm, .transport = transport };

	assert_int_equal(addr_parse(span_str(peer), 5060, &f.peer), 0);
	return f;
}

/* Realm, transport, address and port: another one is another place. The listener and the connection do not matter. */
static void one_place(void **state)
{
	static const struct {
		const char *peer;
		uint8_t realm, listen;
		enum conf_transport transport;
		bool expected;
	} cases[] = {
		{ "192.0.2.1:5060", 0, 0, CONF_TCP, true },     { "192.0.2.1:5060", 0, 3, CONF_TCP, true },
		{ "192.0.2.1:5061", 0, 0, CONF_TCP, false },    { "192.0.2.2:5060", 0, 0, CONF_TCP, false },
		{ "192.0.2.1:5060", 1, 0, CONF_TCP, false },    { "192.0.2.1:5060", 0, 0, CONF_TLS, false },
		{ "[c000:201::]:5060", 0, 0, CONF_TCP, false },
	};
	struct flow f = flow_to("192.0.2.1:5060", 0, CONF_TCP);
	struct place p = { 0 };

	(void)state;
	assert_true(place_add(&places, &p, &f, NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow to = flow_to(cases[i].peer, cases[i].realm, cases[i].transport);

		to.listen = cases[i].listen;
		if ((place_find(&places, &to) != NULL) != cases[i].expected)
			fail_msg("%zu: %s", i, cases[i].peer);
	}
}

static unsigned count(const struct flow *to)
{
	unsigned n = 0;

	for (const struct place *p = place_find(&places, to); p; p = p->next)
		n++;
	return n;
}

/* Whichever goes first, the others are found. */
static void several_lead_there(void **state)
{
	struct flow f = flow_to("192.0.2.1:5060", 0, CONF_TCP);

	(void)state;
	for (unsigned gone = 0; gone < 3; gone++) {
		struct place p[3] = { 0 };

		for (unsigned i = 0; i < 3; i++)
			assert_true(place_add(&places, &p[i], &f, NULL));
		assert_int_equal(count(&f), 3);
		place_del(&places, &p[gone]);
		assert_int_equal(count(&f), 2);
		place_del(&places, &p[gone]); /* it is not there: nothing happens */
		assert_int_equal(count(&f), 2);
		for (unsigned i = 0; i < 3; i++)
			place_del(&places, &p[i]);
		assert_int_equal(count(&f), 0);
	}
	assert_int_equal(places.by_place.count, 0);
}

static void sources(void **state)
{
	struct addr a = flow_to("192.0.2.1:1", 0, CONF_TCP).peer, again = flow_to("192.0.2.1:2", 0, CONF_TCP).peer,
		    site = flow_to("[2001:db8:0:1::1]:1", 0, CONF_TCP).peer,
		    same_site = flow_to("[2001:db8:0:1:ffff::2]:1", 0, CONF_TCP).peer,
		    other_site = flow_to("[2001:db8:0:2::1]:1", 0, CONF_TCP).peer;
	struct source *s;

	(void)state;
	s = source_take(&places, 0, &a, 2);
	assert_non_null(s);
	assert_ptr_equal(source_take(&places, 0, &again, 2), s);
	assert_null(source_take(&places, 0, &a, 2));
	assert_non_null(source_take(&places, 1, &a, 2)); /* each realm for itself */
	source_give(&places, s);
	assert_ptr_equal(source_take(&places, 0, &a, 2), s);
	assert_non_null(source_take(&places, 0, &site, 1));
	assert_null(source_take(&places, 0, &same_site, 1));
	assert_non_null(source_take(&places, 0, &other_site, 1));
	assert_int_equal(places.sources.count, 4);
	assert_null(source_take(&places, 2, &a, 1)); /* no more are remembered */
	source_give(&places, s);
	source_give(&places, s);
	assert_int_equal(places.sources.count, 3);
	source_give(&places, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_places, close_places)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(one_place), TEST(several_lead_there), TEST(sources) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
