/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routeindex.h"

#include <stdlib.h>

/* ----- what a route wants ----- */

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* From the end: "*.example.net" becomes "ten.elpmaxe.". */
static void read_domain(const char *domain, struct literal *out)
{
	size_t n = strlen(domain), last = *domain == '*';

	*out = (struct literal){ 0 };
	while (n > last && out->n < LITERAL_LEN)
		out->text[out->n++] = lower(domain[--n]);
}

static void read_domains(const char *const *domains, unsigned n, struct literals *out)
{
	*out = (struct literals){ .n = n ? n : 1 };
	for (unsigned i = 0; i < n; i++)
		read_domain(domains[i], &out->one[i]);
}

static void read_expression(const char *expression, struct literals *out)
{
	*out = (struct literals){ .n = 1 };
	if (expression)
		literal_read(expression, out);
}

/* The condition that says most. */
static enum routeindex_key choose(const struct conf_route *r, struct literals *out)
{
	struct literals all[ROUTEINDEX_KEYS], number;
	enum routeindex_key best = ROUTEINDEX_TO;

	read_expression(r->to_user, &all[ROUTEINDEX_TO]);
	read_expression(r->to_number, &number);
	if (literal_shortest(&number) > literal_shortest(&all[ROUTEINDEX_TO]))
		all[ROUTEINDEX_TO] = number;
	read_expression(r->from_number, &all[ROUTEINDEX_FROM]);
	read_domains(r->to_domains, r->nto_domain, &all[ROUTEINDEX_TO_DOMAIN]);
	read_domains(r->from_domains, r->nfrom_domain, &all[ROUTEINDEX_FROM_DOMAIN]);
	for (unsigned k = 0; k < ROUTEINDEX_KEYS; k++)
		if (literal_shortest(&all[k]) > literal_shortest(&all[best]))
			best = (enum routeindex_key)k;
	*out = all[best];
	return best;
}

static unsigned source_of(int trunk, int realm)
{
	return trunk >= 0 ? 1U + (unsigned)trunk : realm >= 0 ? 1U + CONF_TRUNK_MAX + (unsigned)realm : 0;
}

/* ----- building ----- */

static uint32_t new_node(struct routeindex *x, char byte)
{
	if (x->nnode == x->room) {
		uint32_t room = x->room ? 2 * x->room : 256;
		struct routeindex_node *more = realloc(x->node, room * sizeof(*more));

		if (!more)
			return 0;
		x->node = more;
		x->room = room;
	}
	x->node[x->nnode] = (struct routeindex_node){ .byte = byte };
	return x->nnode++;
}

static uint32_t find_child(const struct routeindex *x, uint32_t node, char byte)
{
	uint32_t c = x->node[node].child;

	while (c && x->node[c].byte != byte)
		c = x->node[c].sibling;
	return c;
}

/* 0: no memory. */
static uint32_t make_child(struct routeindex *x, uint32_t node, char byte)
{
	uint32_t c = find_child(x, node, byte);

	if (c)
		return c;
	c = new_node(x, byte);
	if (c) {
		x->node[c].sibling = x->node[node].child;
		x->node[node].child = c;
	}
	return c;
}

static uint32_t make_path(struct routeindex *x, uint32_t *root, const struct literal *l)
{
	uint32_t node;

	if (!*root)
		*root = new_node(x, 0);
	node = *root;
	for (unsigned i = 0; i < l->n && node; i++)
		node = make_child(x, node, l->text[i]);
	return node;
}

/* A route and a node that it is to be found at. */
struct entry {
	uint32_t node;
	uint16_t route;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (int)x->route - (int)y->route;
}

static int fill_lists(struct routeindex *x, struct entry *entry, uint32_t n)
{
	x->routes = calloc(n ? n : 1, sizeof(*x->routes));
	if (!x->routes)
		return -1;
	qsort(entry, n, sizeof(*entry), compare_entries);
	for (uint32_t i = 0; i < n; i++) {
		struct routeindex_node *node = &x->node[entry[i].node];

		if (!node->nroute++)
			node->routes = i;
		x->routes[i] = entry[i].route;
	}
	x->nroutes = n;
	return 0;
}

static int add_all(struct routeindex *x, const struct config *conf, struct entry *entry)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < conf->nroute; i++) {
		const struct conf_route *r = &conf->routes[i];
		unsigned source = source_of(r->from_trunk, r->from_realm);
		struct literals l;
		enum routeindex_key key = choose(r, &l);

		for (unsigned k = 0; k < l.n; k++) {
			uint32_t node = make_path(x, &x->root[source][r->to_user != NULL][key], &l.one[k]);

			if (!node)
				return -1;
			entry[n++] = (struct entry){ node, (uint16_t)i };
		}
	}
	return fill_lists(x, entry, n);
}

int routeindex_init(struct routeindex *x, const struct config *conf)
{
	struct entry *entry = calloc(conf->nroute ? (size_t)conf->nroute * LITERAL_MAX : 1, sizeof(*entry));
	int rc = -1;

	*x = (struct routeindex){ 0 };
	x->root = calloc(ROUTEINDEX_SOURCES, sizeof(*x->root));
	if (entry && x->root) {
		new_node(x, 0);
		if (x->nnode)
			rc = add_all(x, conf, entry);
	}
	free(entry);
	return rc;
}

void routeindex_free(struct routeindex *x)
{
	free(x->node);
	free(x->root);
	free(x->routes);
	*x = (struct routeindex){ 0 };
}

/* ----- asking ----- */

static void add_list(const struct routeindex *x, const struct routeindex_node *node, struct routeindex_walk *w)
{
	if (!node->nroute || w->n == ROUTEINDEX_LISTS)
		return;
	w->list[w->n].at = x->routes + node->routes;
	w->list[w->n].end = x->routes + node->routes + node->nroute;
	w->n++;
}

/* What the text leads to, the node that wants nothing included. */
static void follow(const struct routeindex *x, uint32_t node, enum routeindex_key key, struct span text,
		   struct routeindex_walk *w)
{
	bool domain = key == ROUTEINDEX_TO_DOMAIN || key == ROUTEINDEX_FROM_DOMAIN;

	if (!node)
		return;
	add_list(x, &x->node[node], w);
	for (uint32_t i = 0; i < text.n; i++) {
		node = find_child(x, node, domain ? lower(text.p[text.n - 1 - i]) : text.p[i]);
		if (!node)
			return;
		add_list(x, &x->node[node], w);
	}
}

void routeindex_begin(const struct routeindex *x, const struct routeindex_query *q, int after,
		      struct routeindex_walk *w)
{
	unsigned sources[] = { 0, source_of(q->trunk, q->realm) };

	w->n = 0;
	w->last = after;
	for (unsigned s = 0; s < 2; s++)
		for (unsigned k = 0; k < ROUTEINDEX_KEYS; k++)
			follow(x, x->root[sources[s]][q->own][k], (enum routeindex_key)k, q->key[k], w);
}

int routeindex_next(struct routeindex_walk *w)
{
	int best = -1;

	for (unsigned i = 0; i < w->n; i++) {
		while (w->list[i].at < w->list[i].end && (int)*w->list[i].at <= w->last)
			w->list[i].at++;
		if (w->list[i].at < w->list[i].end && (best < 0 || (int)*w->list[i].at < best))
			best = *w->list[i].at;
	}
	if (best >= 0)
		w->last = best;
	return best;
}
