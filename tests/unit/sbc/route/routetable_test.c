/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routetable.h"

#include "tests/unit/sbc/bench.h"

#define TRUNKS                                                                                                         \
	"\"trunks\": { \"t\": { \"realm\": \"internet\", \"peers\": [\"203.0.113.1\"], \"called\": [\"^0 => 1\"],"     \
	" \"caller\": [\"^2 => 3\", \"4 => 5\"] } }"

static struct config *load(const char *text)
{
	struct config *conf = conf_load(span_str(text), "bench.json", bench_on_problem, NULL);

	assert_non_null(conf);
	return conf;
}

static bool matches(const regex_t *re, const char *text)
{
	return regexec(re, text, 0, NULL, 0) == 0;
}

/* Each expression in its place; what is freed is what was made (sanitizers tell). */
static void all_that_is_written(void **state)
{
	struct config *conf =
		load("{ " BENCH_REALMS ", " TRUNKS ", \"routes\": ["
		     " { \"to-number\": \"^a\", \"from-number\": \"^b\", \"header\": [\"X-A: ^c\", \"X-B: ^d\"],"
		     "   \"called\": [\"e => f\"], \"caller\": [\"g => h\"], \"send\": [\"t\"] },"
		     " { \"to-user\": \"^i\", \"send\": [\"phones\"] } ] }");
	struct routetable *t = routetable_new(conf);

	(void)state;
	assert_non_null(t);
	assert_true(matches(&t->route[0].to_number, "a"));
	assert_true(matches(&t->route[0].from_number, "b"));
	assert_true(matches(&t->route[0].header[0], "c"));
	assert_true(matches(&t->route[0].header[1], "d"));
	assert_true(matches(&t->route[1].to_user, "i"));
	assert_false(matches(&t->route[1].to_user, "a"));
	assert_int_equal(t->route[0].called.n, 1);
	assert_int_equal(t->route[0].caller.n, 1);
	assert_int_equal(t->route[1].caller.n, 0);
	assert_int_equal(t->trunk[0].called.n, 1);
	assert_int_equal(t->trunk[0].caller.n, 2);
	routetable_free(t);
	conf_free(conf);
}

static void nothing_written(void **state)
{
	struct config *conf = load("{ " BENCH_REALMS " }");
	struct routetable *t = routetable_new(conf);

	(void)state;
	assert_non_null(t);
	routetable_free(t);
	routetable_free(NULL);
	conf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_written),
		cmocka_unit_test(nothing_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
