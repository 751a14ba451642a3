/* SPDX-License-Identifier: BSD-3-Clause */
/* The type of secrets: never they themselves, only where they are. */
#include "alg/base/cursor.h"
#include "alg/conf/type.h"

enum { CREDENTIAL_MAX = 255 };

bool type_is_credential(struct span name)
{
	/* systemd.exec(5) takes no other names; a slash would lead out of the folder. */
	return name.n && name.n <= CREDENTIAL_MAX && type_is_printable(name) && span_find(name, '/') == name.n &&
	       !span_eq(name, SPAN(".")) && !span_eq(name, SPAN(".."));
}

/* The name of an environment variable. */
static bool is_variable(struct span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (!byte_is(s.p[i], ALPHA | DIGIT) && s.p[i] != '_')
			return false;
	return s.n && !byte_is(s.p[0], DIGIT);
}

static bool is_file(struct span s)
{
	return s.n && type_is_printable(s);
}

static bool read_secret(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	static const struct {
		struct span scheme;
		bool (*is_sound)(struct span s);
		const char *what;
	} places[] = {
		{ { "file:", 5 }, is_file, "the path of a file" },
		{ { "env:", 4 }, is_variable, "the name of an environment variable" },
		{ { "cred:", 5 }, type_is_credential, "the name of a credential" },
	};
	const char **out = (const char **)(void *)((char *)record + k->offset);

	if (!type_want(l, at, v, JSON_STRING, "\"file:PATH\", \"env:NAME\" or \"cred:NAME\""))
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct span s = load_text(v), rest = span_from(s, places[i].scheme.n);

		if (!span_starts(s, places[i].scheme))
			continue;
		if (!places[i].is_sound(rest))
			return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not %s", SPAN_ARG(rest), places[i].what);
		*out = places[i].is_sound == is_file ? load_keep_file(l, rest) : load_keep(l, s);
		return true;
	}
	/* What stands there may be the secret itself: it is not repeated. */
	return load_fail(l, at, STEP_VALUE,
			 "a secret does not stand in this file; write where it is: \"file:PATH\", \"env:NAME\" or "
			 "\"cred:NAME\"");
}

const struct key_type type_secret = { "text", read_secret };
