/* SPDX-License-Identifier: BSD-3-Clause */
/* Types of the keys of routes. */
#include "alg/conf/pattern.h"
#include "alg/conf/suggest.h"
#include "alg/conf/type.h"

static bool read_source(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	static const char *const of[2] = { "trunks", "realms" };
	struct conf_route *r = record;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "the name of a trunk or of a realm"))
		return false;
	r->from_trunk = conf_trunk_find(l->conf, load_text(v));
	r->from_realm = r->from_trunk < 0 ? conf_realm_find(l->conf, load_text(v)) : -1;
	return r->from_trunk >= 0 || r->from_realm >= 0 || type_fail_unknown(l, at, load_text(v), "trunk or realm", of);
}

static bool read_pattern(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	char why[128];

	if (!type_want(l, at, v, JSON_STRING, "a regular expression"))
		return false;
	if (pattern_check(json_string_value(v), why, sizeof(why)))
		return load_fail(l, at, STEP_VALUE, "not a usable regular expression: %s", why);
	*(const char **)(void *)((char *)record + k->offset) = load_keep(l, load_text(v));
	return true;
}

static bool same_text(const char *a, struct span b)
{
	return a ? span_eq(span_str(a), b) : !span_is_set(b);
}

/* TRUNK, phones, and either with :USER. */
static bool send_add(struct load *l, const struct step *at, const json_t *v, void *record)
{
	static const char *const of[2] = { "trunks", NULL };
	struct conf_route *r = record;
	struct span s, name, user = { 0 };
	int trunk = -1;

	if (!type_want(l, at, v, JSON_STRING, "the name of a trunk, or \"phones\""))
		return false;
	s = load_text(v);
	name = span_slice(s, 0, span_find(s, ':'));
	if (name.n < s.n)
		user = span_from(s, name.n + 1);
	if (!span_eq(name, SPAN("phones")) && (trunk = conf_trunk_find(l->conf, name)) < 0)
		return type_fail_unknown(l, at, name, "trunk", of);
	if (name.n < s.n && !type_is_user(user))
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is not a number or user to be dialled", SPAN_ARG(user));
	for (unsigned i = 0; i < r->nsend; i++)
		if (r->send[i].trunk == trunk && same_text(r->send[i].user, user))
			return load_fail(l, at, STEP_VALUE, "\"%.*s\" is here twice", SPAN_ARG(s));
	r->send[r->nsend++] = (struct conf_send){ trunk, name.n < s.n ? load_keep(l, user) : NULL };
	return true;
}

static bool read_send(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	(void)k;
	if (json_is_array(v) && json_array_size(v) == 0)
		return load_fail(l, at, STEP_VALUE, "a route sends to one place at least");
	return type_each(l, at, v, CONF_SEND_MAX, send_add, record);
}

static bool read_turn(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct conf_route *r = record;

	(void)k;
	if (!type_want(l, at, v, JSON_STRING, "\"turn\" or \"parallel\""))
		return false;
	r->parallel = span_eq(load_text(v), SPAN("parallel"));
	return r->parallel || span_eq(load_text(v), SPAN("turn")) ||
	       load_fail(l, at, STEP_VALUE, "\"%.*s\" is not one of: turn, parallel", SPAN_ARG(load_text(v)));
}

struct outcomes {
	const struct key *k;
	struct conf_route *route;
};

static bool outcome_add(struct load *l, const struct step *at, const json_t *v, void *ctx)
{
	const struct outcomes *o = ctx;
	struct key one = *o->k;
	int outcome = 0;

	one.offset = 0;
	if (!type_choice.read(l, at, v, &one, &outcome))
		return false;
	if (o->route->next & 1u << outcome)
		return load_fail(l, at, STEP_VALUE, "\"%.*s\" is here twice", SPAN_ARG(load_text(v)));
	o->route->next |= (uint8_t)(1u << outcome);
	return true;
}

static bool read_outcomes(struct load *l, const struct step *at, const json_t *v, const struct key *k, void *record)
{
	struct outcomes o = { k, record };

	return type_each(l, at, v, CONF_REFUSED + 1, outcome_add, &o);
}

const struct key_type type_source = { "trunk or realm", read_source };
const struct key_type type_pattern = { "expression", read_pattern };
const struct key_type type_send = { "list", read_send };
const struct key_type type_turn = { "word", read_turn };
const struct key_type type_outcomes = { "list of words", read_outcomes };
