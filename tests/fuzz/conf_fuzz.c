/* SPDX-License-Identifier: BSD-3-Clause */
/* conf_fuzz.c: any text as a configuration: refused with a place in it, or loaded with its promises kept. */
#include <stdlib.h>
#include <string.h>

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
	must(r->media_first < r->media_last && r->nlisten > 0 && r->dscp[CONF_KIND_AUDIO] < 64);
	must(r->address_auto != addr_is_set(&r->address));
	must(!r->phones.present || (r->phones.home_trunk < 0) == (r->phones.users != NULL));
	must(r->phones.home_trunk < (int)c->ntrunk && r->refresh != CONF_REFRESH_REALM);
	must(!r->tls.cert == !r->tls.key && (r->tls.client == CONF_CLIENT_NONE || r->tls.ca));
	for (unsigned l = 0; l < r->nlisten; l++)
		must(r->listen[l].port &&
		     (r->tls.cert || (r->listen[l].transport != CONF_TLS && r->listen[l].transport != CONF_WSS)));
}

static void check_trunk(const struct config *c, const struct conf_trunk *t)
{
	must(t->realm < (int)c->nrealm && t->realm >= 0 && t->npeer > 0);
	must(t->refer != CONF_REFER_REALM && t->timer.mode != CONF_TIMER_REALM);
	must(t->refresh != CONF_REFRESH_REALM && t->probe_fails && t->probe_passes);
	must(!t->auth.user == !t->auth.password && (!t->reg.present || (t->reg.user && t->auth.user)));
	must(t->ncalled <= CONF_REWRITE_MAX && t->ncaller <= CONF_REWRITE_MAX);
	must(t->timer.min_s >= 90 && t->timer.expires_s >= t->timer.min_s);
	for (unsigned i = 0; i < t->npeer; i++)
		must(t->peers[i].host[0] && t->peers[i].name[0] &&
		     addr_is_set(&t->peers[i].addr) == (t->peers[i].addr.port != 0));
}

static void check_route(const struct config *c, const struct conf_route *r)
{
	must((r->nsend > 0) + (r->nredirect > 0) + (r->reject > 0) == 1 && r->from_trunk < (int)c->ntrunk);
	for (unsigned i = 0; i < r->nsend; i++)
		must(r->send[i].trunk < (int)c->ntrunk && (r->send[i].trunk >= 0 || r->send[i].user || r->to_user));
	for (unsigned i = 0; i < r->ntime; i++)
		must(r->time[i].days && r->time[i].days < 1u << 7 && r->time[i].to_min <= CONF_DAY_MIN &&
		     r->time[i].from_min < CONF_DAY_MIN && r->time[i].from_min != r->time[i].to_min);
	for (unsigned i = 0; i < r->nadd; i++)
		must(span_find(span_str(r->add[i]), ':') < strlen(r->add[i]) && !strpbrk(r->add[i], "\r\n"));
	for (unsigned i = 0; i < r->nheader; i++)
		must(r->header[i].name[0] && r->header[i].match);
}

static void check_config(struct config *c)
{
	const struct addr main = { .ip = { 127, 0, 0, 1 }, .family = ADDR_V4 };

	must(c->nrealm > 0 && c->nrealm <= CONF_REALM_MAX && c->relay.nng > 0 && c->relay.sessions > 0);
	for (unsigned i = 0; i < c->nrealm; i++)
		check_realm(c, i);
	for (unsigned i = 0; i < c->ntrunk; i++)
		check_trunk(c, &c->trunks[i]);
	for (unsigned i = 0; i < c->nroute; i++)
		check_route(c, &c->routes[i]);
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
