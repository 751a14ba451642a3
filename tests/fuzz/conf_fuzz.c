/* SPDX-License-Identifier: BSD-3-Clause */
/* conf_fuzz.c: any text as a configuration: refused with a place in it, or loaded with its promises kept. */
#include <stdlib.h>

#include "alg/conf/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

struct told {
	unsigned n;
	int line, column, last_line;
};

static void see(void *ctx, const struct conf_problem *p)
{
	struct told *t = ctx;

	t->n++;
	must(p->text[0] != '\0');
	if (p->line == 0)
		return; /* the note that there are more */
	must(p->line <= t->last_line + 1 && p->column >= 0);
	must(p->line > t->line || (p->line == t->line && p->column >= t->column));
	t->line = p->line;
	t->column = p->column;
}

static void check_realm(const struct config *c, unsigned i)
{
	const struct conf_realm *r = &c->realms[i];

	must(conf_realm_find(c, span_str(r->name)) == (int)i);
	must(r->media_first < r->media_last && r->nlisten > 0 && r->dscp < 64);
	must(r->address_auto != addr_is_set(&r->address));
	must(!r->phones.present || r->phones.users[0]);
}

static void check_config(struct config *c)
{
	const struct addr main = { .ip = { 127, 0, 0, 1 }, .family = ADDR_V4 };

	must(c->nrealm > 0 && c->nrealm <= CONF_REALM_MAX && c->relay.nng > 0 && c->relay.sessions > 0);
	for (unsigned i = 0; i < c->nrealm; i++)
		check_realm(c, i);
	for (unsigned i = 0; i < c->ntrunk; i++)
		must(c->trunks[i].realm < (int)c->nrealm && c->trunks[i].realm >= 0 && c->trunks[i].npeer > 0);
	for (unsigned i = 0; i < c->nroute; i++)
		must(c->routes[i].nsend > 0 && c->routes[i].from_trunk < (int)c->ntrunk);
	if (conf_resolve_auto(c, &main) == 0)
		for (unsigned i = 0; i < c->nrealm; i++)
			must(addr_is_set(&c->realms[i].address) && addr_is_set(&c->realms[i].public));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct told told = { .last_line = 1 };
	struct config *c;

	for (size_t i = 0; i < size; i++)
		told.last_line += data[i] == '\n';
	c = conf_load(span_of(data, size), "/etc/natsbc/sbc.json", see, &told);
	must((c == NULL) == (told.n > 0));
	if (c)
		check_config(c);
	conf_free(c);
	return 0;
}
