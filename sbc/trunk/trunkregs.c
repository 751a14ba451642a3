/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunkregs.h"

#include <stdlib.h>

#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"

struct trunkregs {
	unsigned n;
	struct trunkreg of[]; /* by trunk */
};

struct trunkregs *trunkregs_new(struct engine *e)
{
	unsigned n = e->core.conf->ntrunk;
	struct trunkregs *all = calloc(1, sizeof(*all) + n * sizeof(all->of[0]));

	if (!all)
		return NULL;
	all->n = n;
	for (unsigned i = 0; i < n; i++)
		trunkreg_open(&all->of[i], e, i);
	return all;
}

void trunkregs_end(struct trunkregs *all)
{
	for (unsigned i = 0; i < all->n; i++)
		trunkreg_end(&all->of[i], true);
}

void trunkregs_quiet(struct trunkregs *all)
{
	for (unsigned i = 0; i < all->n; i++)
		trunkreg_close(&all->of[i]);
}

void trunkregs_free(struct trunkregs *all)
{
	if (!all)
		return;
	trunkregs_quiet(all);
	free(all);
}

bool trunkregs_busy(const struct trunkregs *all)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->of[i].out)
			return true;
	return false;
}

void trunkregs_flow_closed(struct trunkregs *all, const struct flow *flow)
{
	for (unsigned i = 0; i < all->n; i++)
		trunkreg_flow_closed(&all->of[i], flow);
}

void trunkregs_retry(struct trunkregs *all)
{
	for (unsigned i = 0; i < all->n; i++)
		trunkreg_retry(&all->of[i]);
}

bool trunkregs_report(const struct trunkregs *all, unsigned trunk, struct trunkreg_report *out)
{
	*out = trunkreg_report(&all->of[trunk]);
	return all->of[trunk].present;
}

/* ----- what calls ask ----- */

struct span trunkregs_route(const struct trunkregs *all, int trunk)
{
	return trunk >= 0 ? buf_span(all->of[trunk].route) : (struct span){ 0 };
}

static bool is_contact(const struct engine *e, const struct uri *uri, unsigned trunk)
{
	const struct conf_register *reg = &e->core.conf->trunks[trunk].reg;

	return reg->present && uri_user_eq(uri->user, span_str(reg->user));
}

int trunkregs_trunk(const struct engine *e, const struct sip_msg *m, const struct flow *from, int trunk)
{
	const struct uri *uri = trunk < 0 ? NULL : sip_msg_target(m);

	if (!uri || !uri->user.n || is_contact(e, uri, (unsigned)trunk))
		return trunk;
	for (unsigned t = 0; t < e->core.conf->ntrunk; t++)
		if (is_contact(e, uri, t) && trunks_has(&e->trunks, t, from))
			return (int)t;
	return trunk;
}

struct span trunkregs_dialled(const struct engine *e, const struct sip_msg *m, int trunk)
{
	const struct uri *asked = trunk < 0 ? NULL : sip_msg_target(m);
	const struct nameaddr *to;
	struct uri uri;

	if (!asked || !asked->user.n || !is_contact(e, asked, (unsigned)trunk) || !(to = sip_msg_to(m)) ||
	    uri_parse(to->uri, &uri) || !uri.user.n)
		return m->uri;
	return to->uri;
}
