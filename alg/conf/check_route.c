/* SPDX-License-Identifier: BSD-3-Clause */
/* What can only be seen of routes once everything was read. */
#include <stdio.h>

#include "alg/conf/check.h"

enum { INDEX_TEXT_MAX = 16 };

/* The keys of routes[i].key. */
#define ROUTE_KEYS(i, key) CHECK_KEYS("routes", index_text(i, (char[INDEX_TEXT_MAX]){ 0 }), key)

static const char *index_text(unsigned i, char text[INDEX_TEXT_MAX])
{
	snprintf(text, INDEX_TEXT_MAX, "%u", i);
	return text;
}

static bool any_phones(const struct config *c)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (c->realms[i].phones.present)
			return true;
	return false;
}

/* What speaks in a realm without phones are its trunks: a route for them names them. */
static void check_from(struct load *l, unsigned i)
{
	const struct conf_route *r = &l->conf->routes[i];

	if (r->from_realm >= 0 && !l->conf->realms[r->from_realm].phones.present)
		check_fail(
			l, ROUTE_KEYS(i, "from"),
			"never asked: a realm stands for its phones, and \"%s\" has none; for calls of a trunk, name "
			"the trunk",
			l->conf->realms[r->from_realm].name);
}

static void check_send(struct load *l, unsigned i)
{
	const struct conf_route *r = &l->conf->routes[i];

	for (unsigned k = 0; k < r->nsend; k++) {
		if (r->send[k].trunk >= 0)
			continue;
		if (!any_phones(l->conf))
			check_fail(l, ROUTE_KEYS(i, "send"), "\"phones\": no realm has any");
		else if (!r->send[k].user && !r->to_user && !r->ncalled) /* a rewrite may name a user of ours */
			check_fail(l, ROUTE_KEYS(i, "send"),
				   "\"phones\" are those of the user that was dialled: \"to-user\" is needed, or write "
				   "\"phones:USER\"");
	}
}

/* A call that is answered here goes nowhere. */
static void check_answer(struct load *l, unsigned i)
{
	static const char *const of_sending[] = { "fork", "timeout", "next", "called", "caller", "add", "drop" };
	const struct conf_route *r = &l->conf->routes[i];
	json_t *given = json_array_get(json_object_get(l->root, "routes"), i);

	for (size_t k = 0; k < sizeof(of_sending) / sizeof(of_sending[0]); k++)
		if ((r->nredirect || r->reject) && json_object_get(given, of_sending[k]))
			check_fail(l, ROUTE_KEYS(i, of_sending[k]), "of no use without \"send\"");
	if (r->timeout_ms > l->conf->limits.ring_timeout_ms)
		check_fail(l, ROUTE_KEYS(i, "timeout"), "limits.ring-timeout (%us) ends the call before",
			   l->conf->limits.ring_timeout_ms / 1000);
}

static bool covers_text(const char *a, const char *b)
{
	return !a || (b && strcmp(a, b) == 0);
}

/* Every call that fits b fits a: as far as can be told without comparing what expressions mean. */
static bool covers(const struct conf_route *a, const struct conf_route *b)
{
	if (a->nto_domain || a->nfrom_domain || a->nheader || a->ntime)
		return false;
	if ((a->from_trunk >= 0 || a->from_realm >= 0) &&
	    (a->from_trunk != b->from_trunk || a->from_realm != b->from_realm))
		return false;
	if (a->to_user ? !covers_text(a->to_user, b->to_user) : b->to_user != NULL)
		return false;
	return covers_text(a->to_number, b->to_number) && covers_text(a->from_number, b->from_number);
}

static void check_reach(struct load *l, unsigned i)
{
	const struct conf_route *routes = l->conf->routes;

	for (unsigned k = 0; k < i; k++) {
		if (routes[k].next || !covers(&routes[k], &routes[i]))
			continue;
		check_fail(l, ROUTE_KEYS(i, NULL),
			   "never asked: every call that fits it fits routes[%u], which stands "
			   "before it%s",
			   k, routes[k].nsend ? " and has no \"next\"" : "");
		return;
	}
}

void check_routes(struct load *l)
{
	/* A condition that could not be read makes a route fit more than it says. */
	bool sound = l->problems.found == 0;

	for (unsigned i = 0; i < l->conf->nroute; i++) {
		check_from(l, i);
		check_send(l, i);
		check_answer(l, i);
		if (sound)
			check_reach(l, i);
	}
}
