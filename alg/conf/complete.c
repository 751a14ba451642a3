/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/complete.h"

#include "alg/conf/check.h"

enum { MEDIA_FIRST = 10000, MEDIA_LAST = 29999, SIP_PORT = 5060, SIPS_PORT = 5061 };

/* Realms on one address without ports of their own get equal parts, in the order of the file. */
static void share_media(struct config *c, struct conf_realm *r, const bool *given)
{
	unsigned n = 1, mine = 0, part; /* r is one of them */

	for (unsigned i = 0; i < c->nrealm; i++) {
		if (given[i] || &c->realms[i] == r || !check_same_address(&c->realms[i], r))
			continue;
		if (&c->realms[i] < r)
			mine++;
		n++;
	}
	part = (MEDIA_LAST + 1 - MEDIA_FIRST) / n & ~1u; /* even: pairs stay whole */
	r->media_first = (uint16_t)(MEDIA_FIRST + mine * part);
	r->media_last = (uint16_t)(r->media_first + part - 1);
}

static void complete_realm(struct conf_realm *r)
{
	if (!addr_is_set(&r->public))
		r->public = r->address;
	if (r->latch_bits == 0 && addr_is_set(&r->address))
		r->latch_bits = r->address.family == ADDR_V6 ? 128 : 32;
	if (r->listen_default && r->tls.cert)
		r->listen[r->nlisten++] = (struct conf_listen){ CONF_TLS, SIPS_PORT };
	if (r->phones.present && r->phones.home_trunk >= 0)
		r->phones.users = NULL;
}

static void complete_peers(struct conf_trunk *t)
{
	bool domains = false;

	for (unsigned i = 0; i < t->npeer; i++)
		domains |= !addr_is_set(&t->peers[i].addr);
	if (t->transport == CONF_WANT_AUTO && !domains)
		t->transport = CONF_WANT_UDP; /* RFC 3263 4.1: nothing tells of another */
	for (unsigned i = 0; i < t->npeer; i++)
		if (addr_is_set(&t->peers[i].addr) && t->peers[i].addr.port == 0)
			t->peers[i].addr.port = t->transport == CONF_WANT_TLS ? SIPS_PORT : SIP_PORT;
}

static void complete_trunk(struct conf_trunk *t, const struct conf_realm *r)
{
	if (t->refer == CONF_REFER_REALM)
		t->refer = r->refer;
	if (t->dtmf == CONF_DTMF_REALM)
		t->dtmf = r->dtmf;
	if (t->refresh == CONF_REFRESH_REALM)
		t->refresh = r->refresh;
	if (t->timer.expires_s == 0)
		t->timer.expires_s = r->timer.expires_s;
	if (t->timer.min_s == 0)
		t->timer.min_s = r->timer.min_s;
	if (t->timer.mode == CONF_TIMER_REALM)
		t->timer.mode = r->timer.mode;
}

static void complete_auth(struct conf_trunk *t)
{
	if (t->reg.present && !t->auth.user)
		t->auth = (struct conf_credentials){ t->reg.user, t->reg.password, t->reg.realm };
}

void complete_whole(struct config *c)
{
	bool given[CONF_REALM_MAX] = { false };

	for (unsigned i = 0; i < c->nrealm; i++)
		given[i] = c->realms[i].media_last != 0;
	for (unsigned i = 0; i < c->nrealm; i++) {
		if (!given[i])
			share_media(c, &c->realms[i], given);
		complete_realm(&c->realms[i]);
	}
	for (unsigned i = 0; i < c->ntrunk; i++) {
		complete_peers(&c->trunks[i]);
		complete_auth(&c->trunks[i]);
		if (c->trunks[i].realm >= 0)
			complete_trunk(&c->trunks[i], &c->realms[c->trunks[i].realm]);
	}
	if (c->relay.sessions == 0)
		c->relay.sessions = 2 * c->limits.calls;
	if (c->limits.transactions == 0)
		c->limits.transactions =
			4000 + 12 * c->limits.calls; /* each stays for 32 s: about 200 new calls a second */
}
