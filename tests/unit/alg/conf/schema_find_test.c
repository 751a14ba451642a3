/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "alg/conf/schema.h"

static void find(void **state)
{
	static const struct {
		const char *path, *name, *row;
	} cases[] = {
		{ "", "realms", "realms" },
		{ "", "realm", NULL },
		{ "", "realms.*", NULL },
		{ "", "", NULL },
		{ "realms", "*", NULL },
		{ "realms.*", "address", "realms.*.address" },
		{ "realms.*", "media.ports", NULL },
		{ "realms.*.media", "ports", "realms.*.media.ports" },
		{ "routes[]", "send", "routes[].send" },
		{ "realms.*.tls", "more", "realms.*.tls.more" },
		{ "realms.*.tls.more[]", "names", "realms.*.tls.more[].names" },
		{ "realms.*.tls", "more[].names", NULL },
		{ "trunks.*.verify", "ca", "trunks.*.verify.ca" },
		{ "route", "s[].send", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct key *k = schema_find(cases[i].path, span_str(cases[i].name));

		assert_int_equal(k != NULL, cases[i].row != NULL);
		if (k)
			assert_string_equal(k->path, cases[i].row);
	}
}

static void expected(void **state)
{
	(void)state;
	assert_string_equal(schema_expected("trunks.*", SPAN("stir")), "not built yet");
	assert_non_null(strstr(schema_expected("store", SPAN("shared")), "not built yet"));
	assert_non_null(strstr(schema_expected("trunks.*", SPAN("numbers")), "called"));
	assert_null(schema_expected("", SPAN("stir")));
	assert_null(schema_expected("", SPAN("trunks.*.stir")));
	assert_null(schema_expected("realms.*", SPAN("address")));
}

/* Nearest: below the place first, then beside it. */
static void elsewhere(void **state)
{
	static const struct {
		const char *path, *name, *row;
	} cases[] = {
		{ "trunks.*", "password", "trunks.*.auth.password" },
		{ "trunks.*", "latch", "realms.*.media.latch" },
		{ "realms.*", "codecs", "realms.*.media.codecs" },
		{ "realms.*", "users", "realms.*.phones.users" },
		{ "realms.*.media", "keepalive", "realms.*.media.keepalive" },
		{ "", "users", "realms.*.phones.users" },
		{ "", "wibble", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct key *k = schema_elsewhere(cases[i].path, span_str(cases[i].name));

		assert_int_equal(k != NULL, cases[i].row != NULL);
		if (k)
			assert_string_equal(k->path, cases[i].row);
	}
}

/* "a.b" is no member of the root, and what only begins alike is not below. */
static void below(void **state)
{
	static const struct {
		const char *row, *path;
		bool is_below;
	} cases[] = {
		{ "realms", "", true },
		{ "realms.*.media", "realms.*", true },
		{ "realms.*.media.ports", "realms.*", false },
		{ "realms.*.media", "realms", false },
		{ "realms.*.media", "", false },
		{ "realms.*.media", "realms.*.media", false },
		{ "realms.*.media", "realms.*.med", false },
		{ "realms.*.media", "trunks.*", false },
		{ "routes[].send", "routes[]", true },
		{ "routes[].send", "routes", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (schema_is_below(&(struct key){ .path = cases[i].row }, cases[i].path) != cases[i].is_below)
			fail_msg("%s below %s", cases[i].row, cases[i].path);
}

static void names(void **state)
{
	(void)state;
	assert_true(span_eq(schema_name(&(struct key){ .path = "realms.*.media.ports" }), SPAN("ports")));
	assert_true(span_eq(schema_name(&(struct key){ .path = "realms" }), SPAN("realms")));
	assert_true(span_eq(schema_name(&(struct key){ .path = "realms.*" }), SPAN("*")));
}

/* Every key can be found by those who write it; elements are not keys. */
static void every_row(void **state)
{
	(void)state;
	for (const struct key *k = schema; k->path; k++) {
		const struct span last = schema_name(k);
		char up[64] = "";

		if (last.p > k->path)
			memcpy(up, k->path, (size_t)(last.p - k->path) - 1);
		if (!strpbrk(last.p, "*["))
			assert_ptr_equal(schema_find(up, last), k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find),  cmocka_unit_test(expected), cmocka_unit_test(elsewhere),
		cmocka_unit_test(below), cmocka_unit_test(names),    cmocka_unit_test(every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
