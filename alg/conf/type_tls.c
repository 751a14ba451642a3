/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of the keys about certificates. */
#include "alg/conf/type.h"

/* The path of a file, or cred:NAME. NULL: load_fail() was told. */
static const char *file_keep(struct load *l, const struct step *at, const json_t *v)
{
	struct span s, name;

	if (!type_want(l, at, v, JSON_STRING, "the path of a file, or \"cred:NAME\""))
		return NULL;
	s = load_text(v);
	if (!span_starts(s, SPAN("cred:"))) {
		if (s.n && type_is_printable(s))
			return load_keep_path(l, s);
		load_fail(l, at, STEP_VALUE, "expected the path of a file, or \"cred:NAME\"");
		return NULL;
	}
	name = span_from(s, 5);
	if (type_is_credential(name))
		return load_keep(l, s);
	load_fail(l, at, STEP_VALUE, "\"%.*s\" is not the name of a credential", SPAN_ARG(name));
	return NULL;
}

static bool read_file(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	const char **out = (const char **)(void *)((char *)record + k->offset);

	*out = file_keep(l, at, v);
	return *out != NULL;
}

static bool read_authorities(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	if (json_is_string(v) && span_eq(load_text(v), SPAN("system"))) {
		*(const char **)(void *)((char *)record + k->offset) = NULL;
		return true;
	}
	return read_file(l, at, v, k, record);
}

static bool sni_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct conf_tls *tls = &((struct conf_realm *)record)->tls;

	load_element(l, at, v, "realms.*.tls.more[]", RECORD_SNI, &tls->more[tls->nmore++]);
	return true;
}

static bool read_more(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_SNI_MAX, sni_add, record);
}

static bool read_verify(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_trunk *t = record;

	t->verify.off = json_is_string(v) && span_eq(load_text(v), SPAN("off"));
	if (t->verify.off)
		return true;
	if (!json_is_object(v))
		return load_fail(l, at, STEP_VALUE, "expected an object in { }, or \"off\"");
	load_object(l, at, v, k->path, record);
	return true;
}

const struct key_type type_file = { "path", read_file };
const struct key_type type_authorities = { "path", read_authorities };
const struct key_type type_more = { "list of objects", read_more };
const struct key_type type_verify = { "object or word", read_verify };
