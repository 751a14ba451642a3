/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/schema.h"

/* Known to the design, not to this version: an error of its own instead of "unknown key". */
static const struct {
	const char *path, *hint;
} later[] = {
	{ "node.site", "" },
	{ "realms.*.media.srtp", "; \"realms.*.srtp\" has it" },
	{ "realms.*.media.ice", "; \"realms.*.srtp\" has it" },
	{ "realms.*.phones.limits.per-source", "; \"realms.*.guard\" has it" },
	{ "realms.*.phones.limits.failed-auth", "; \"realms.*.guard\" has it" },
	{ "realms.*.phones.limits.ban", "; \"realms.*.guard\" has it" },
	{ "trunks.*.numbers", "; \"called\" and \"caller\" rewrite numbers" },
	{ "trunks.*.stir", "" },
	{ "api.http.tokens", "" },
	{ "api.http.tls", "" },
	{ "cdr", "" },
	{ "trace", "" },
	{ "log.format", "" },
};

bool schema_is_below(const struct key *k, const char *path)
{
	size_t n = strlen(path);
	const char *rest;

	if (strncmp(k->path, path, n) != 0)
		return false;
	rest = k->path + n;
	if (n && *rest++ != '.')
		return false;
	return *rest && !strpbrk(rest, ".[*");
}

/* The row's path is path.name? */
static bool path_is(const char *row, const char *path, struct span name)
{
	struct span have = span_str(row), up = span_str(path);

	if (up.n) {
		if (!span_starts(have, up) || have.n == up.n || have.p[up.n] != '.')
			return false;
		have = span_from(have, up.n + 1);
	}
	return span_eq(have, name);
}

const struct key *schema_find(const char *path, struct span name)
{
	for (const struct key *k = schema; k->path; k++)
		if (schema_is_below(k, path) && path_is(k->path, path, name))
			return k;
	return NULL;
}

const char *schema_later(const char *path, struct span name)
{
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (path_is(later[i].path, path, name) && span_find(name, '.') == name.n)
			return later[i].hint;
	return NULL;
}

struct span schema_name(const struct key *k)
{
	const char *dot = strrchr(k->path, '.');

	return span_str(dot ? dot + 1 : k->path);
}
