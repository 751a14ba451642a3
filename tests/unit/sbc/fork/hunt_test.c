/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/fork/hunt.h"

#include "tests/unit/sbc/bench.h"

/* Each letter is a place; a space begins another group. */
static void route_of(struct route *r, const char *text)
{
	unsigned group = 0;
	struct span one;

	*r = (struct route){ 0 };
	for (; *text; text++) {
		group += *text == ' ';
		if (*text == ' ')
			continue;
		r->text[r->used] = *text;
		one = span_of(r->text + r->used, 1);
		r->target[r->n++] =
			(struct route_target){ .leg = { .uri = one, .from = one, .to = one }, .group = group };
		r->used++;
	}
}

static void write_all(struct hunt *h, char *out)
{
	const struct route_target *t;
	bool first = true;

	while (hunt_left(h)) {
		bool begins = hunt_next_begins_group(h);

		if (begins && !first)
			*out++ = ' ';
		first = false;
		t = hunt_take(h);
		*out++ = t->leg.uri.p[0];
	}
	*out = '\0';
}

/* What is pushed later comes first, and never joins a group of what was there. */
static void in_which_order(void **state)
{
	static const struct {
		const char *name, *first, *second;
		unsigned taken;
		const char *expected;
	} cases[] = {
		{ "one group", "abc", "", 0, "abc" },
		{ "groups", "ab c", "", 0, "ab c" },
		{ "others before them", "ab c", "xy z", 0, "xy z ab c" },
		{ "others in the middle of a group", "abc d", "x", 1, "x bc d" },
		{ "others after a group", "a b", "x", 1, "x b" },
		{ "others when all is done", "ab", "xy", 2, "xy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct hunt *h = NULL;
		struct route r;
		char got[32];

		route_of(&r, cases[i].first);
		assert_int_equal(hunt_push(&h, &r), 0);
		for (unsigned k = 0; k < cases[i].taken; k++)
			assert_non_null(hunt_take(h));
		route_of(&r, cases[i].second);
		assert_int_equal(hunt_push(&h, &r), cases[i].second[0] ? 0 : -1);
		/* The hunt has texts of its own. */
		memset(&r, '!', sizeof(r));
		write_all(h, got);
		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].name, got);
		assert_null(hunt_take(h));
		hunt_free(h);
	}
}

static void nothing_to_hunt(void **state)
{
	struct hunt *h = NULL;
	struct route r;

	(void)state;
	route_of(&r, "");
	assert_int_equal(hunt_push(&h, &r), -1);
	assert_null(h);
	assert_int_equal(hunt_left(NULL), 0);
	assert_false(hunt_next_begins_group(NULL));
	assert_null(hunt_take(NULL));
	hunt_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_which_order),
		cmocka_unit_test(nothing_to_hunt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
