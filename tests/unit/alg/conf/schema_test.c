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

/* Nothing that is not built may be taken without a word, and what stands elsewhere is said to. */
static void unknown_keys_are_refused(void **state)
{
	static const struct config_case cases[] = {
		{ "\"cdr\":{}", "cdr: not built yet: the log and \"sbc_events_total\" in /metrics tell how calls end" },
		{ "\"trace\":{}", "trace: not built yet: \"sbcctl capture ID\" writes the packets of a call's media" },
		{ "\"ui\":true", "ui: not built yet: sbcctl, /api/v1 and /metrics tell what a dashboard would" },
		{ "\"drain\":true", "drain: not built yet: \"sbcctl disable TRUNK\" keeps new calls from a trunk" },
		{ "\"store\":{\"shared\":{}}",
		  "store.shared: not built yet: each node keeps its own state, in \"store.local\"" },
		{ "\"node\":{\"site\":\"fra\"}", "node.site: not built yet" },
		{ "\"log\":{\"format\":\"json\"}",
		  "log.format: not built yet: the log goes to standard error, with priorities where that is the "
		  "journal" },
		{ "\"limit\":{}", "limit: unknown key. Did you mean \"limits\"?" },
		{ "\"users\":[]", "users: unknown key here. Did you mean \"realms.*.phones.users\"?" },
		{ "\"wibble\":{}", "wibble: unknown key (\"sbcctl config keys\" lists all)" },
	};
	static const struct config_case trunk[] = {
		{ "\"numbers\":{}", "trunks.pbx.numbers: unknown key: \"called\" and \"caller\" rewrite numbers" },
		{ "\"stir\":\"sign\"", "trunks.pbx.stir: not built yet" },
		{ "\"user\":\"a\"", "trunks.pbx.user: unknown key here. Did you mean \"trunks.*.auth.user\"?" },
		{ "\"port\":5070", "trunks.pbx.port: unknown key: it stands in \"peers\", as in \"192.0.2.1:5070\"" },
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
		cmocka_unit_test(unknown_keys_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
