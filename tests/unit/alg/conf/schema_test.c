/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/schema.h"

#include "alg/conf/type.h"
#include "tests/unit/alg/conf/config_case.h"

/* Its number is stored beside the list. */
static bool is_list(const struct key_type *t)
{
	static const struct key_type *const lists[] = { &type_domains,  &type_certified, &type_origins, &type_uris,
							&type_statuses, &type_rewrites,  &type_headers, &type_windows,
							&type_lines,    &type_names,     &type_codecs };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (t == lists[i])
			return true;
	return false;
}

static void rows_are_complete(void **state)
{
	(void)state;
	for (const struct key *k = schema; k->path; k++) {
		assert_non_null(k->help);
		assert_true(k->help[0] != '\0');
		assert_int_equal(k->kind == KEY_VALUE, k->type != NULL);
		assert_true(k->min <= k->max);
		assert_int_equal(k->type == &type_choice || k->type == &type_outcomes || k->type == &type_kinds,
				 k->words != NULL);
		assert_true(!k->required || (!k->preset && !k->otherwise));
		assert_false(k->preset && k->otherwise);
		assert_int_equal(k->count != 0, is_list(k->type));
		assert_true(k->count == 0 || k->max);
	}
}

/* Some values may be objects, whose members have rows. */
static bool has_members(const struct key *k)
{
	return k->kind != KEY_VALUE || k->type == &type_more || k->type == &type_peers || k->type == &type_verify;
}

/* A key without a row above it could never be reached. */
static void rows_hang_together(void **state)
{
	(void)state;
	for (const struct key *k = schema; k->path; k++) {
		char up[64];
		char *cut;
		bool found = false;

		assert_true(strlen(k->path) < sizeof(up));
		strcpy(up, k->path);
		cut = strrchr(up, '.');
		if (!cut)
			continue;
		*cut = '\0';
		cut = strstr(up, "[]");
		if (cut && !cut[2])
			*cut = '\0';
		for (const struct key *other = schema; other->path; other++)
			found |= strcmp(other->path, up) == 0 && has_members(other);
		assert_true(found);
	}
}

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

static void later(void **state)
{
	(void)state;
	assert_string_equal(schema_later("", SPAN("cdr")), "");
	assert_string_equal(schema_later("trunks.*", SPAN("stir")), "");
	assert_non_null(strstr(schema_later("trunks.*", SPAN("numbers")), "called"));
	assert_null(schema_later("", SPAN("stir")));
	assert_null(schema_later("", SPAN("trunks.*.stir")));
	assert_null(schema_later("realms.*", SPAN("address")));
}

/* Nothing that is not built may be taken without a word. */
static void later_keys_are_refused(void **state)
{
	static const struct config_case cases[] = {
		{ "\"cdr\":{}", "cdr: not available in this version" },
		{ "\"trace\":{}", "trace: not available in this version" },
		{ "\"node\":{\"site\":\"fra\"}", "node.site: not available in this version" },
		{ "\"log\":{\"format\":\"json\"}", "log.format: not available in this version" },
		{ "\"limit\":{}", "limit: unknown key. Did you mean \"limits\"?" },
		{ "\"wibble\":{}", "wibble: unknown key" },
	};
	static const struct config_case trunk[] = {
		{ "\"numbers\":{}",
		  "trunks.pbx.numbers: not available in this version; \"called\" and \"caller\" rewrite numbers" },
		{ "\"stir\":\"sign\"", "trunks.pbx.stir: not available in this version" },
	};

	(void)state;
	CONFIG_CASES_RUN(cases, "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},", "}");
	CONFIG_CASES_RUN(trunk,
			 "{\"realms\":{\"lan\":{\"address\":\"10.0.0.5\"}},"
			 "\"trunks\":{\"pbx\":{\"realm\":\"lan\",\"peers\":[\"10.0.0.20\"],",
			 "}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test(rows_hang_together),
		cmocka_unit_test(find),
		cmocka_unit_test(later),
		cmocka_unit_test(later_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
