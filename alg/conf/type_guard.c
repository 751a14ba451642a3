/* SPDX-License-Identifier: BSD-3-Clause */
/* The type of `guard.allow`. */
#include "alg/conf/type.h"

static bool allow_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	struct config *c = record;

	if (!type_want(l, at, v, JSON_STRING, "a network such as \"10.0.0.0/8\""))
		return false;
	if (prefix_parse(load_text(v), &c->allow[c->nallow]))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a network such as \"10.0.0.0/8\"",
				 SPAN_ARG(load_text(v)));
	c->nallow++;
	return true;
}

static bool read_allow(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_ALLOW_MAX, allow_add, record);
}

const struct key_type type_allow = { "list of networks", read_allow };
