/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routeindex.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROUTES = 60, QUERIES = 300, TABLES = 30 };

static uint32_t next(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static const char *const expressions[] = {
	NULL, "^1", "^12", "^123$", "^[12]3", "^(1|22)", "2$", "^\\+?1", "^\\+", "^1[0-9]2", "^(11|12)[0-3]", "3",
};
static const char *const numbers[] = { "1", "12", "123", "13", "23", "22", "+1", "112", "1232", "3", "9", "" };
static const char *const domains[] = { "example.com", "*.example.com", "*.com", "example.net", "A.Example.Com" };
static const char *const hosts[] = { "example.com", "a.example.com", "b.a.example.com", "example.NET", "com", "" };

#define PICK(seed, list) list[next(seed, sizeof(list) / sizeof(*(list)))]

static void random_route(uint32_t *seed, struct conf_route *r)
{
	unsigned source = next(seed, 3);

	*r = (struct conf_route){ .from_trunk = -1, .from_realm = -1 };
	if (source == 1)
		r->from_trunk = (int)next(seed, 3);
	else if (source == 2)
		r->from_realm = (int)next(seed, 2);
	if (next(seed, 3) == 0)
		r->to_user = expressions[1 + next(seed, 11)];
	r->to_number = PICK(seed, expressions);
	r->from_number = next(seed, 2) ? NULL : PICK(seed, expressions);
	while (next(seed, 3) == 0 && r->nto_domain < 2)
		r->to_domains[r->nto_domain++] = PICK(seed, domains);
	while (next(seed, 3) == 0 && r->nfrom_domain < 2)
		r->from_domains[r->nfrom_domain++] = PICK(seed, domains);
}

static bool fits_expression(const char *expression, const char *text)
{
	regex_t re;
	bool fits;

	if (!expression)
		return true;
	assert_int_equal(regcomp(&re, expression, REG_EXTENDED | REG_NOSUB), 0);
	fits = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return fits;
}

static bool fits_domain(const char *const *domain, unsigned n, struct span host)
{
	for (unsigned i = 0; i < n; i++) {
		struct span d = span_str(domain[i]);

		if (*domain[i] == '*' ? host.n >= d.n && span_ieq(span_from(host, host.n - d.n + 1), span_from(d, 1))
				      : span_ieq(host, d))
			return true;
	}
	return n == 0;
}

/* What the index may leave out, asked the slow way. */
static bool fits(const struct conf_route *r, const struct routeindex_query *q, const char *to, const char *from)
{
	return (r->to_user != NULL) == q->own && (r->from_trunk < 0 || r->from_trunk == q->trunk) &&
	       (r->from_realm < 0 || r->from_realm == q->realm) && fits_expression(r->to_user, to) &&
	       fits_expression(r->to_number, to) && fits_expression(r->from_number, from) &&
	       fits_domain(r->to_domains, r->nto_domain, q->key[ROUTEINDEX_TO_DOMAIN]) &&
	       fits_domain(r->from_domains, r->nfrom_domain, q->key[ROUTEINDEX_FROM_DOMAIN]);
}

static void ask(const struct routeindex *x, const struct config *conf, uint32_t *seed, unsigned *candidates)
{
	const char *to = PICK(seed, numbers), *from = PICK(seed, numbers);
	bool trunk = next(seed, 2);
	struct routeindex_query q = {
		.trunk = trunk ? (int)next(seed, 3) : -1,
		.realm = trunk ? -1 : (int)next(seed, 2),
		.own = next(seed, 2),
		.key = { span_str(to), span_str(from), span_str(PICK(seed, hosts)), span_str(PICK(seed, hosts)) },
	};
	int after = (int)next(seed, 4) - 1, i, last = after;
	struct routeindex_walk w;

	routeindex_begin(x, &q, after, &w);
	do {
		i = routeindex_next(&w);
		assert_true(i < 0 || i > last);
		for (int k = last + 1; k < (i < 0 ? (int)conf->nroute : i); k++)
			if (fits(&conf->routes[k], &q, to, from))
				fail_msg("route %d is left out", k);
		last = i;
		*candidates += i >= 0;
	} while (i >= 0);
}

/* Random routes and calls: no route that fits is left out, and they come in their order. */
static void nothing_that_fits_is_left_out(void **state)
{
	unsigned candidates = 0;
	uint32_t seed = 7;

	(void)state;
	for (unsigned t = 0; t < TABLES; t++) {
		struct conf_route routes[ROUTES];
		struct config conf = { .routes = routes, .nroute = ROUTES };
		struct routeindex x;

		for (unsigned i = 0; i < ROUTES; i++)
			random_route(&seed, &routes[i]);
		assert_int_equal(routeindex_init(&x, &conf), 0);
		for (unsigned q = 0; q < QUERIES; q++)
			ask(&x, &conf, &seed, &candidates);
		routeindex_free(&x);
	}
	/* And few that do not. */
	assert_in_range(candidates, 1, TABLES * QUERIES * ROUTES / 8);
}

/* A thousand numbers: one route is asked. */
static void few_candidates_of_many(void **state)
{
	static struct conf_route routes[CONF_ROUTE_MAX];
	static char text[CONF_ROUTE_MAX][16];
	struct config conf = { .routes = routes, .nroute = CONF_ROUTE_MAX };
	struct routeindex_query q = { .trunk = -1, .key = { SPAN("49301023") } };
	struct routeindex_walk w;
	struct routeindex x;

	(void)state;
	for (unsigned i = 0; i < CONF_ROUTE_MAX; i++) {
		snprintf(text[i], sizeof(text[i]), "^4930%04u$", i);
		routes[i] = (struct conf_route){ .from_trunk = -1, .from_realm = -1, .to_number = text[i] };
	}
	assert_int_equal(routeindex_init(&x, &conf), 0);
	routeindex_begin(&x, &q, -1, &w);
	assert_int_equal(routeindex_next(&w), 1023);
	assert_int_equal(routeindex_next(&w), -1);
	routeindex_begin(&x, &q, 1023, &w);
	assert_int_equal(routeindex_next(&w), -1);
	routeindex_free(&x);
}

static void no_routes(void **state)
{
	struct config conf = { 0 };
	struct routeindex_query q = { .trunk = 3 };
	struct routeindex_walk w;
	struct routeindex x;

	(void)state;
	assert_int_equal(routeindex_init(&x, &conf), 0);
	routeindex_begin(&x, &q, -1, &w);
	assert_int_equal(routeindex_next(&w), -1);
	routeindex_free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_fits_is_left_out),
		cmocka_unit_test(few_candidates_of_many),
		cmocka_unit_test(no_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
