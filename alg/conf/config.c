/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/config.h"

#include <stdlib.h>

#include "alg/conf/check.h"

void conf_free(struct config *c)
{
	free(c);
}

const char *const conf_kinds[CONF_KIND_N] = {
	[CONF_KIND_AUDIO] = "audio",
	[CONF_KIND_VIDEO] = "video",
	[CONF_KIND_IMAGE] = "image",
	[CONF_KIND_TEXT] = "text",
	[CONF_KIND_APPLICATION] = "application",
};

int conf_kind_find(struct span name)
{
	for (int i = 0; i < CONF_KIND_N; i++)
		if (span_eq(name, span_str(conf_kinds[i])))
			return i;
	return -1;
}

int conf_realm_find(const struct config *c, struct span name)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (span_eq(span_str(c->realms[i].name), name))
			return (int)i;
	return -1;
}

int conf_direction_find(const struct config *c, struct span name)
{
	const struct conf_relay *r = &c->relay;
	int realm = conf_realm_find(c, name);

	for (unsigned i = 0; i < r->ndirection && realm < 0; i++)
		if (span_eq(span_str(r->directions[i].name), name))
			realm = conf_realm_find(c, span_str(r->directions[i].realm));
	return realm;
}

int conf_trunk_find(const struct config *c, struct span name)
{
	for (unsigned i = 0; i < c->ntrunk; i++)
		if (span_eq(span_str(c->trunks[i].name), name))
			return (int)i;
	return -1;
}

void conf_problem_write(struct writer *w, const char *file, const struct conf_problem *p)
{
	writer_str(w, file);
	if (p->line)
		writer_format(w, ":%d:%d", p->line, p->column);
	writer_str(w, ": ");
	if (p->path[0]) {
		writer_str(w, p->path);
		writer_str(w, ": ");
	}
	writer_str(w, p->text);
}

static bool is_taken(const struct config *c, const struct addr *a)
{
	for (unsigned i = 0; i < c->nrealm; i++)
		if (!c->realms[i].address_auto && addr_same_host(&c->realms[i].address, a))
			return true;
	return false;
}

int conf_resolve_auto(struct config *c, const struct addr *main)
{
	struct addr a = *main;

	a.port = 0;
	/* Without a network, main is 127.0.0.1: a realm may hold that, and every 127.x.y.z is as good. */
	while (a.family == ADDR_V4 && addr_is_loopback(&a) && a.ip[3] < 254 && is_taken(c, &a))
		a.ip[3]++;
	for (unsigned i = 0; i < c->nrealm; i++) {
		struct conf_realm *r = &c->realms[i];

		if (!r->address_auto)
			continue;
		if (addr_is_set(&r->public) && r->public.family != a.family)
			return -1;
		for (unsigned j = 0; j < c->nrealm; j++)
			if (!c->realms[j].address_auto && addr_same_host(&c->realms[j].address, &a) &&
			    !check_ports_apart(r, &c->realms[j]))
				return -1;
		r->address = a;
		if (!addr_is_set(&r->public))
			r->public = a;
		if (r->latch_bits == 0)
			r->latch_bits = a.family == ADDR_V6 ? 128 : 32;
	}
	return 0;
}
