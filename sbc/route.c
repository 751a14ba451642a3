/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route.h"

#include <stdlib.h>

#include "alg/nat/topology.h"
#include "alg/sip/uri.h"

int route_compile(struct engine *e)
{
	const struct config *conf = e->core.conf;

	e->route_number = calloc(conf->nroute ? conf->nroute : 1, sizeof(*e->route_number));
	if (!e->route_number)
		return -1;
	for (unsigned i = 0; i < conf->nroute; i++)
		if (conf->routes[i].to_number &&
		    regcomp(&e->route_number[i], conf->routes[i].to_number, REG_EXTENDED | REG_NOSUB))
			return -1;
	return 0;
}

void route_forget(struct engine *e)
{
	for (unsigned i = 0; e->route_number && i < e->core.conf->nroute; i++)
		if (e->core.conf->routes[i].to_number)
			regfree(&e->route_number[i]);
	free(e->route_number);
	e->route_number = NULL;
}

/* Our listener for a realm's peers: the first one over UDP. */
static uint8_t udp_listener(const struct conf_realm *realm)
{
	for (uint8_t i = 0; i < realm->nlisten; i++)
		if (realm->listen[i].transport == CONF_UDP)
			return i;
	return 0;
}

/* From and To as the outgoing leg shows them: our host in its realm, the peer's own in To. */
static int write_parties(struct engine *e, const struct sip_msg *m, struct writer *w, struct span to_user,
			 struct span to_host, struct leg_target *t)
{
	char text[256];
	struct writer host = writer_over(text, sizeof(text));
	uint32_t at = w->n;

	core_write_host(&e->core, &host, t->flow.realm);
	if (topology_party_write(w, sip_msg_value(m, SIP_HDR_FROM), writer_done(&host)))
		return -1;
	t->from = span_of(w->p + at, w->n - at);
	at = w->n;
	writer_put(w, SPAN("<sip:"));
	writer_put(w, to_user);
	writer_byte(w, '@');
	writer_put(w, to_host.n ? to_host : writer_done(&host));
	writer_byte(w, '>');
	t->to = span_of(w->p + at, w->n - at);
	return w->failed ? -1 : 0;
}

static uint16_t to_phone(struct engine *e, const struct sip_msg *m, const struct uri *uri, const struct binding *b,
			 struct route *out, enum count *why)
{
	struct writer w = writer_over(out->text, sizeof(out->text));
	struct uri contact;

	/* The Request-URI is the Contact exactly as registered: phones insist on their own user part (CLIENTS.md). */
	if (uri_parse(b->facts.contact, &contact)) {
		*why = COUNT_REFUSE_NOT_REGISTERED;
		return 480;
	}
	out->target = (struct leg_target){ .flow = b->facts.flow, .trunk = -1 };
	uri_write(&w, &contact);
	out->target.uri = writer_done(&w);
	if (write_parties(e, m, &w, uri->user, (struct span){ 0 }, &out->target)) {
		*why = COUNT_REFUSE_INTERNAL;
		return 500;
	}
	return 0;
}

static uint16_t to_trunk(struct engine *e, const struct sip_msg *m, const struct uri *uri, int index, struct route *out,
			 enum count *why)
{
	const struct conf_trunk *trunk = &e->core.conf->trunks[index];
	const struct conf_realm *realm = &e->core.conf->realms[trunk->realm];
	struct writer w = writer_over(out->text, sizeof(out->text));
	char text[ADDR_TEXT_MAX];
	struct writer host = writer_over(text, sizeof(text));
	int peer = trunks_pick(&e->trunks, (unsigned)index);

	if (peer < 0) {
		*why = COUNT_REFUSE_TRUNK_DOWN;
		return 503;
	}
	out->target = (struct leg_target){
		.flow = { .peer = trunk->peers[peer].addr,
			  .realm = (uint8_t)trunk->realm,
			  .listen = udp_listener(realm) },
		.trunk = index,
	};
	addr_write(&host, &trunk->peers[peer].addr);
	writer_put(&w, SPAN("sip:"));
	writer_put(&w, uri->user);
	writer_byte(&w, '@');
	writer_put(&w, writer_done(&host));
	out->target.uri = span_of(w.p, w.n);
	if (write_parties(e, m, &w, uri->user, writer_done(&host), &out->target)) {
		*why = COUNT_REFUSE_INTERNAL;
		return 500;
	}
	return 0;
}

static bool number_matches(struct engine *e, unsigned i, struct span user)
{
	char text[256];

	if (!e->core.conf->routes[i].to_number)
		return true;
	if (user.n >= sizeof(text))
		return false;
	memcpy(text, user.p, user.n);
	text[user.n] = '\0';
	return regexec(&e->route_number[i], text, 0, NULL, 0) == 0;
}

/* The first of the route's trunks that has a peer alive; where none has, the first: its refusal names it. */
static int first_alive(const struct engine *e, const struct conf_route *r)
{
	for (unsigned i = 0; i < r->nsend; i++)
		if (trunks_pick(&e->trunks, (unsigned)r->send[i]) >= 0)
			return r->send[i];
	return r->send[0];
}

/* The first route that fits; without routes, a phone's call goes to the only trunk there is. */
static int trunk_for(struct engine *e, const struct identity *who, struct span user)
{
	const struct config *conf = e->core.conf;

	for (unsigned i = 0; i < conf->nroute; i++) {
		const struct conf_route *r = &conf->routes[i];

		if (r->from_trunk >= 0 && (who->kind != IDENTITY_TRUNK || who->trunk != r->from_trunk))
			continue;
		if (r->from_realm >= 0 && (who->kind != IDENTITY_PHONE || (int)who->realm != r->from_realm))
			continue;
		if (r->nsend && number_matches(e, i, user))
			return first_alive(e, r);
	}
	return conf->nroute == 0 && conf->ntrunk == 1 && who->kind == IDENTITY_PHONE ? 0 : -1;
}

static bool is_local_user(const struct engine *e, struct span user)
{
	for (unsigned r = 0; r < e->core.conf->nrealm; r++)
		if (e->users[r] && users_find(e->users[r], user))
			return true;
	return false;
}

uint16_t route_find(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
		    enum count *why)
{
	char plain[BINDING_USER_MAX];
	struct writer w = writer_over(plain, sizeof(plain));
	const struct binding *b;
	struct uri uri;
	int trunk;

	if (uri_parse(m->uri, &uri) || !uri.user.n) {
		*why = COUNT_REFUSE_NOT_FOUND;
		return 404;
	}
	uri_user_plain(&w, uri.user);
	b = w.failed ? NULL : bindings_find(e->bindings, writer_done(&w));
	if (b)
		return to_phone(e, m, &uri, b, out, why);
	if (!w.failed && is_local_user(e, writer_done(&w))) {
		*why = COUNT_REFUSE_NOT_REGISTERED;
		return 480;
	}
	trunk = trunk_for(e, who, uri.user);
	if (trunk < 0) {
		*why = who->kind == IDENTITY_PHONE && !e->core.conf->ntrunk ? COUNT_REFUSE_NOT_FOUND
									    : COUNT_REFUSE_NO_ROUTE;
		return 404;
	}
	return to_trunk(e, m, &uri, trunk, out, why);
}
