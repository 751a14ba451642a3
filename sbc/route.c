/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route.h"

#include <stdlib.h>

#include "alg/nat/topology.h"
#include "alg/sip/uri.h"
#include "sbc/edge_call.h"
#include "sbc/respond.h"
#include "sbc/trunkregs.h"

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

static struct span moved(struct span s, const char *from, const char *to)
{
	return s.p ? span_of(to + (s.p - from), s.n) : s;
}

void route_copy(struct route *to, const struct route *from)
{
	to->n = from->n;
	to->used = from->used;
	to->by = from->by;
	memcpy(to->text, from->text, from->used);
	for (unsigned i = 0; i < from->n; i++) {
		struct leg_target *l = &to->target[i].leg;

		to->target[i] = from->target[i];
		l->uri = moved(l->uri, from->text, to->text);
		l->from = moved(l->from, from->text, to->text);
		l->to = moved(l->to, from->text, to->text);
		l->route = moved(l->route, from->text, to->text);
		l->call_id = moved(l->call_id, from->text, to->text);
		l->local_tag = moved(l->local_tag, from->text, to->text);
	}
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

/* Texts of one more target: written at the end of the route's. */
static struct writer room(struct route *r)
{
	return writer_over(r->text + r->used, sizeof(r->text) - r->used);
}

static bool is_full(const struct engine *e, const struct route *r)
{
	uint32_t most = e->core.conf->limits.branches;

	return r->n == ROUTE_TARGETS || (most && r->n >= most);
}

/* The Request-URI is the Contact exactly as registered: phones insist on their own user part (CLIENTS.md). */
static bool add_phone(struct engine *e, const struct sip_msg *m, const struct uri *uri, const struct binding *b,
		      unsigned group, struct route *out)
{
	struct route_target *t = &out->target[out->n];
	struct writer w = room(out);
	struct uri contact;

	if (is_full(e, out) || uri_parse(b->facts.contact, &contact))
		return false;
	*t = (struct route_target){ .leg = { .flow = b->facts.flow, .trunk = -1 }, .group = group };
	uri_write(&w, &contact);
	t->leg.uri = writer_done(&w);
	if (write_parties(e, m, &w, uri->user, (struct span){ 0 }, &t->leg))
		return false;
	out->used += w.n;
	out->n++;
	return true;
}

/* All the user's phones: those of the same q at once, by falling q (RFC 3261 16.6); or the first alone. */
static void add_phones(struct engine *e, const struct sip_msg *m, const struct uri *uri, const struct binding *first,
		       struct route *out)
{
	unsigned group = 0;

	for (const struct binding *b = first, *before = first; b; before = b, b = b->next) {
		const struct conf_phones *phones = &e->core.conf->realms[b->facts.flow.realm].phones;

		group += b->facts.q != before->facts.q;
		if (!add_phone(e, m, uri, b, group, out))
			return;
		if (phones->fork == CONF_FORK_ONE || m->method == SIP_SUBSCRIBE)
			return;
	}
}

static bool add_peer(struct engine *e, const struct sip_msg *m, const struct uri *uri, int index,
		     const struct trunk_target *peer, struct route *out)
{
	struct route_target *t = &out->target[out->n];
	struct writer w = room(out);

	if (is_full(e, out))
		return false;
	*t = (struct route_target){ .leg = { .flow = peer->flow, .trunk = index }, .group = out->n };
	writer_put(&w, SPAN("sip:"));
	if (uri->user.n) {
		writer_put(&w, uri->user);
		writer_byte(&w, '@');
	}
	writer_put(&w, peer->host);
	t->leg.uri = span_of(w.p, w.n);
	if (write_parties(e, m, &w, uri->user, peer->host, &t->leg))
		return false;
	out->used += w.n;
	out->n++;
	return true;
}

/* One after the other (F7): each peer of each trunk that the route names. */
static void add_trunk(struct engine *e, const struct sip_msg *m, const struct uri *uri, int index, bool down,
		      struct route *out)
{
	struct trunk_target peer[ROUTE_TARGETS];
	unsigned n = down ? trunks_last_resort(&e->trunks, (unsigned)index, peer, ROUTE_TARGETS)
			  : trunks_targets(&e->trunks, (unsigned)index, peer, ROUTE_TARGETS);

	for (unsigned i = 0; i < n; i++)
		if (!add_peer(e, m, uri, index, &peer[i], out))
			return;
}

/* host as a URI has it, port 0: any. */
static bool is_named(const struct trunk_target *peer, const struct uri *uri)
{
	struct addr addr;

	if (addr_parse_host(uri->host, &addr) == 0)
		return addr_same_host(&addr, &peer->flow.peer) && (!uri->port || uri->port == peer->flow.peer.port);
	return span_ieq(uri->host, span_slice(peer->host, 0, span_find(peer->host, ':'))) &&
	       (!uri->port || uri->port == peer->flow.peer.port);
}

unsigned route_find_peers(struct engine *e, const struct sip_msg *m, struct span text, struct route *out)
{
	struct uri uri;

	out->n = 0;
	out->used = 0;
	out->by = NULL;
	if (uri_parse(text, &uri) || uri.scheme == URI_TEL || !uri.user.n)
		return 0;
	for (unsigned t = 0; t < e->core.conf->ntrunk; t++) {
		struct trunk_target peer[ROUTE_TARGETS];
		unsigned n = trunks_targets(&e->trunks, t, peer, ROUTE_TARGETS);

		for (unsigned i = 0; i < n; i++)
			if (is_named(&peer[i], &uri) && !add_peer(e, m, &uri, (int)t, &peer[i], out))
				return out->n;
	}
	return out->n;
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

/* The first route that fits; NULL: none. */
static const struct conf_route *route_for(struct engine *e, const struct identity *who, struct span user)
{
	const struct config *conf = e->core.conf;

	for (unsigned i = 0; i < conf->nroute; i++) {
		const struct conf_route *r = &conf->routes[i];

		if (r->from_trunk >= 0 && (who->kind != IDENTITY_TRUNK || who->trunk != r->from_trunk))
			continue;
		if (r->from_realm >= 0 && (who->kind != IDENTITY_PHONE || (int)who->realm != r->from_realm))
			continue;
		if (number_matches(e, i, user))
			return r;
	}
	return NULL;
}

/* Without routes, a phone's call goes to the only trunk there is. */
static bool goes_to_only_trunk(const struct engine *e, const struct identity *who)
{
	return e->core.conf->nroute == 0 && e->core.conf->ntrunk == 1 && who->kind == IDENTITY_PHONE;
}

static bool is_local_user(const struct engine *e, struct span user)
{
	for (unsigned r = 0; r < e->core.conf->nrealm; r++)
		if (e->users[r] && users_find(e->users[r], user))
			return true;
	return false;
}

static uint16_t to_trunks(struct engine *e, const struct sip_msg *m, const struct identity *who, const struct uri *uri,
			  struct route *out, enum count *why)
{
	const struct conf_route *r = route_for(e, who, uri->user);

	if (!r && !goes_to_only_trunk(e, who)) {
		*why = who->kind == IDENTITY_PHONE && !e->core.conf->ntrunk ? COUNT_REFUSE_NOT_FOUND
									    : COUNT_REFUSE_NO_ROUTE;
		return 404;
	}
	if (r && (r->reject || r->nredirect)) {
		*why = COUNT_REFUSE_ROUTE;
		out->by = r;
		return r->reject ? r->reject : 302;
	}
	/* Nobody in use: then who was given up, where a call is the only way to notice that he is back. */
	for (int down = 0; down <= 1 && !out->n; down++) {
		for (unsigned i = 0; r && i < r->nsend; i++)
			if (r->send[i].trunk >= 0)
				add_trunk(e, m, uri, r->send[i].trunk, down, out);
		if (!r)
			add_trunk(e, m, uri, 0, down, out);
	}
	*why = COUNT_REFUSE_TRUNK_DOWN;
	return out->n ? 0 : 503;
}

static uint16_t find_uri(struct engine *e, const struct sip_msg *m, struct span text, const struct identity *who,
			 struct route *out, enum count *why)
{
	char plain[BINDING_USER_MAX];
	struct writer w = writer_over(plain, sizeof(plain));
	const struct binding *b;
	struct uri uri;

	out->n = 0;
	out->used = 0;
	out->by = NULL;
	if (uri_parse(text, &uri) || !uri.user.n) {
		*why = COUNT_REFUSE_NOT_FOUND;
		return 404;
	}
	uri_user_plain(&w, uri.user);
	b = w.failed ? NULL : bindings_find(e->bindings, writer_done(&w));
	if (!b && !w.failed && is_local_user(e, writer_done(&w))) {
		*why = COUNT_REFUSE_NOT_REGISTERED;
		return 480;
	}
	if (!b)
		return to_trunks(e, m, who, &uri, out, why);
	add_phones(e, m, &uri, b, out);
	*why = COUNT_REFUSE_NOT_REGISTERED;
	return out->n ? 0 : 480;
}

uint16_t route_find_uri(struct engine *e, const struct sip_msg *m, struct span text, const struct identity *who,
			struct route *out, enum count *why)
{
	uint16_t status;

	if (edge_route(e, m, text, who, out, why, &status))
		return status;
	status = find_uri(e, m, text, who, out, why);
	if (status == 404 && *why == COUNT_REFUSE_NO_ROUTE)
		edge_route_home(e, m, text, who, out, why, &status);
	return status;
}

uint16_t route_find(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
		    enum count *why)
{
	return route_find_uri(e, m, trunkregs_dialled(e, m, who->trunk), who, out, why);
}

void route_refuse(struct engine *e, struct txn *t, const struct sip_msg *m, const struct route *route, uint16_t status,
		  enum count why)
{
	char text[2048];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = status };

	if (!route->by || status != 302) {
		refuse(e, t, status, why, m->uri);
		return;
	}
	for (unsigned i = 0; i < route->by->nredirect; i++) {
		writer_put(&w, SPAN("Contact: <"));
		writer_str(&w, route->by->redirect[i]);
		writer_put(&w, SPAN(">\r\n"));
	}
	a.lines = writer_done(&w);
	core_count(&e->core, why);
	respond(e, t, &a);
}
