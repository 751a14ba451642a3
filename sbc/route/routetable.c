/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routetable.h"

#include <stdlib.h>

enum { EXPRESSIONS = 3 + CONF_HEADER_MAX };

/* All expressions of a route, each with its place; the absent ones are NULL. */
static void list_expressions(const struct conf_route *conf, struct routetable_route *r, const char *text[EXPRESSIONS],
			     regex_t *place[EXPRESSIONS])
{
	text[0] = conf->to_number;
	place[0] = &r->to_number;
	text[1] = conf->to_user;
	place[1] = &r->to_user;
	text[2] = conf->from_number;
	place[2] = &r->from_number;
	for (unsigned i = 0; i < CONF_HEADER_MAX; i++) {
		text[3 + i] = i < conf->nheader ? conf->header[i].match : NULL;
		place[3 + i] = &r->header[i];
	}
}

static int compile(const struct conf_route *conf, struct routetable_route *r)
{
	const char *text[EXPRESSIONS];
	regex_t *place[EXPRESSIONS];

	list_expressions(conf, r, text, place);
	for (; r->compiled < EXPRESSIONS; r->compiled++)
		if (text[r->compiled] && regcomp(place[r->compiled], text[r->compiled], REG_EXTENDED | REG_NOSUB))
			return -1;
	if (rewrites_init(&r->called, conf->called, conf->ncalled))
		return -1;
	return rewrites_init(&r->caller, conf->caller, conf->ncaller);
}

static void forget(const struct conf_route *conf, struct routetable_route *r)
{
	const char *text[EXPRESSIONS];
	regex_t *place[EXPRESSIONS];

	list_expressions(conf, r, text, place);
	for (unsigned i = 0; i < r->compiled; i++)
		if (text[i])
			regfree(place[i]);
	rewrites_free(&r->called);
	rewrites_free(&r->caller);
}

static int fill(struct routetable *t)
{
	const struct config *conf = t->conf;

	t->route = calloc(conf->nroute ? conf->nroute : 1, sizeof(*t->route));
	t->trunk = calloc(conf->ntrunk ? conf->ntrunk : 1, sizeof(*t->trunk));
	if (!t->route || !t->trunk || routeindex_init(&t->index, conf))
		return -1;
	for (unsigned i = 0; i < conf->nroute; i++) {
		t->emergency |= conf->routes[i].emergency;
		t->users |= conf->routes[i].to_user != NULL;
		if (compile(&conf->routes[i], &t->route[i]))
			return -1;
	}
	for (unsigned i = 0; i < conf->ntrunk; i++)
		if (rewrites_init(&t->trunk[i].called, conf->trunks[i].called, conf->trunks[i].ncalled) ||
		    rewrites_init(&t->trunk[i].caller, conf->trunks[i].caller, conf->trunks[i].ncaller))
			return -1;
	return 0;
}

struct routetable *routetable_new(const struct config *conf)
{
	struct routetable *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->conf = conf;
	if (fill(t)) {
		routetable_free(t);
		return NULL;
	}
	return t;
}

void routetable_free(struct routetable *t)
{
	if (!t)
		return;
	for (unsigned i = 0; t->route && i < t->conf->nroute; i++)
		forget(&t->conf->routes[i], &t->route[i]);
	for (unsigned i = 0; t->trunk && i < t->conf->ntrunk; i++) {
		rewrites_free(&t->trunk[i].called);
		rewrites_free(&t->trunk[i].caller);
	}
	routeindex_free(&t->index);
	free(t->route);
	free(t->trunk);
	free(t);
}
