/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/schema.h"

#define LATER "not built yet"

/* Keys that people look for: an error of its own instead of "unknown key", for what the design has and this version
 * does not, and for what has another place or shape here. */
static const struct {
	const char *path, *text;
} expected[] = {
	{ "node.site", LATER },
	{ "node.drain", LATER ": \"sbcctl disable TRUNK\" keeps new calls from a trunk" },
	{ "drain", LATER ": \"sbcctl disable TRUNK\" keeps new calls from a trunk" },
	{ "ui", LATER ": sbcctl, /api/v1 and /metrics tell what a dashboard would" },
	{ "api.ui", LATER ": sbcctl, /api/v1 and /metrics tell what a dashboard would" },
	{ "api.http.tokens", LATER ": the API is for this host alone" },
	{ "api.http.tls", LATER ": the API is for this host alone" },
	{ "store.shared", LATER ": each node keeps its own state, in \"store.local\"" },
	{ "cdr", LATER ": the log and \"sbc_events_total\" in /metrics tell how calls end" },
	{ "trace", LATER ": \"sbcctl capture ID\" writes the packets of a call's media" },
	{ "log.format", LATER ": the log goes to standard error, with priorities where that is the journal" },
	{ "log.file", LATER ": the log goes to standard error, with priorities where that is the journal" },
	{ "trunks.*.stir", LATER },
	{ "trunks.*.numbers", "unknown key: \"called\" and \"caller\" rewrite numbers" },
	{ "trunks.*.port", "unknown key: it stands in \"peers\", as in \"192.0.2.1:5070\"" },
	{ "trunks.*.address", "unknown key: servers stand in \"peers\", as in [\"192.0.2.1:5070\"]" },
	{ "trunks.*.host", "unknown key: servers stand in \"peers\", as in [\"sip.carrier.example\"]" },
	{ "realms.*.port", "unknown key: it stands in \"listen\", as in [\"udp:5060\", \"tcp:5060\"]" },
	{ "realms.*.ports", "unknown key: \"media.ports\" has those of media, \"listen\" those of SIP" },
	{ "realms.*.media.srtp", "unknown key: \"realms.*.srtp\" has it" },
	{ "realms.*.media.ice", "unknown key: \"realms.*.srtp\" has it" },
	{ "realms.*.phones.limits.per-source", "unknown key: \"realms.*.guard\" has it" },
	{ "realms.*.phones.limits.failed-auth", "unknown key: \"realms.*.guard\" has it" },
	{ "realms.*.phones.limits.ban", "unknown key: \"realms.*.guard\" has it" },
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

const char *schema_expected(const char *path, struct span name)
{
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (path_is(expected[i].path, path, name) && span_find(name, '.') == name.n)
			return expected[i].text;
	return NULL;
}

/* Bytes that both begin with. */
static uint32_t shared(const char *a, const char *b)
{
	uint32_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

const struct key *schema_elsewhere(const char *path, struct span name)
{
	const struct key *best = NULL;

	for (const struct key *k = schema; k->path; k++)
		if (span_eq(schema_name(k), name) && (!best || shared(k->path, path) > shared(best->path, path)))
			best = k;
	return best;
}

struct span schema_name(const struct key *k)
{
	const char *dot = strrchr(k->path, '.');

	return span_str(dot ? dot + 1 : k->path);
}
