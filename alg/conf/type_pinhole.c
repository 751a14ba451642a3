/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of the keys of pinholes. */
#include "alg/conf/type.h"

static bool is_port_range(struct span s, struct conf_forward *out)
{
	uint32_t dash = span_find(s, '-'), first, last;

	if (span_u32(span_slice(s, 0, dash), &first))
		return false;
	last = first;
	if (dash < s.n && span_u32(span_from(s, dash + 1), &last))
		return false;
	if (first == 0 || last < first || last > UINT16_MAX)
		return false;
	out->first = (uint16_t)first;
	out->last = (uint16_t)last;
	return true;
}

static bool forward_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	static const char *const of[2] = { "realms", NULL };
	struct conf_pinholes *p = &((struct config *)record)->pinholes;
	struct conf_forward f = { 0 };
	struct span s, realm;

	if (!type_want(l, at, v, JSON_STRING, "a realm and ports such as \"lan:10000-19999\""))
		return false;
	s = load_text(v);
	realm = span_slice(s, 0, span_find(s, ':'));
	if (realm.n == s.n || !is_port_range(span_from(s, realm.n + 1), &f))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a realm and ports such as \"lan:10000-19999\"",
				 SPAN_ARG(s));
	f.realm = conf_realm_find(l->conf, realm);
	if (f.realm < 0)
		return type_fail_unknown(l, at, realm, "realm", of);
	p->forward[p->nforward++] = f;
	return true;
}

static bool read_forward(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	return type_each(l, at, v, CONF_FORWARD_MAX, forward_add, record);
}

const struct key_type type_forward = { "list of texts", read_forward };
