/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/routeplace.h"

#include "alg/nat/topology.h"
#include "alg/sip/event.h"
#include "alg/sip/nameaddr.h"
#include "sbc/registrar/edge_name.h"

/* ----- numbers ----- */

/* A user part on its way through rewrites. */
struct number {
	struct span plain;
	bool changed;
	char text[2][REWRITE_USER_MAX];
};

static void rewrite(struct number *n, const struct rewrites *by)
{
	char *text = n->text[n->plain.p == n->text[0]];
	struct writer w = writer_over(text, REWRITE_USER_MAX);

	if (!rewrites_apply(by, n->plain, &w) || w.failed)
		return;
	n->plain = writer_done(&w);
	n->changed = true;
}

static const struct routetable_route *route_of(const struct routeplace *p)
{
	return p->route < 0 ? NULL : &p->e->routes->route[p->route];
}

static void read_called(const struct routeplace *p, const char *given, struct number *n)
{
	n->plain = span_str(given ? given : p->call->to);
	n->changed = given != NULL || p->call->uri.scheme == URI_TEL || p->call->at.n > 0;
	if (!given && route_of(p))
		rewrite(n, &route_of(p)->called);
}

static void read_caller(const struct routeplace *p, struct number *n)
{
	n->plain = span_str(p->call->from);
	n->changed = false;
	if (route_of(p))
		rewrite(n, &route_of(p)->caller);
}

/* Nobody's user part (RFC 5031): whoever knows where it is finds it as it is. */
static bool is_service(const struct routeplace *p, const struct number *called)
{
	return condition_is_service(p->call) && !called->changed;
}

/* As it came, unless it was changed. */
static void put_called(struct writer *w, const struct routeplace *p, const struct number *called)
{
	if (called->changed)
		rewrite_user_write(w, called->plain);
	else
		writer_put(w, p->call->uri.user);
}

static void put_address(struct writer *w, const struct routeplace *p, const struct number *called, struct span host)
{
	if (is_service(p, called)) {
		uri_write(w, &p->call->uri);
		return;
	}
	writer_put(w, SPAN("sip:"));
	if (called->changed ? called->plain.n : p->call->uri.user.n) {
		put_called(w, p, called);
		writer_byte(w, '@');
	}
	writer_put(w, host);
}

/* ----- parties ----- */

static int put_caller(struct writer *w, const struct routeplace *p, const struct number *caller, struct span host)
{
	struct span from = sip_msg_value(p->call->m, SIP_HDR_FROM);
	struct nameaddr party;

	if (!caller->changed)
		return topology_party_write(w, from, host);
	if (nameaddr_parse(from, &party))
		return -1;
	if (party.display.n) {
		writer_put(w, party.display);
		writer_byte(w, ' ');
	}
	writer_put(w, SPAN("<sip:"));
	rewrite_user_write(w, caller->plain);
	writer_byte(w, '@');
	writer_put(w, host);
	writer_byte(w, '>');
	return 0;
}

/* From and To as the outgoing leg shows them: our host in its realm, the peer's own in To. */
static int put_parties(const struct routeplace *p, struct writer *w, const struct number *called,
		       const struct number *caller, struct span to_host, struct leg_target *t)
{
	char text[256];
	struct writer host = writer_over(text, sizeof(text));
	uint32_t at = w->n;

	core_write_host(&p->e->core, &host, t->flow.realm);
	if (put_caller(w, p, caller, writer_done(&host)))
		return -1;
	t->from = span_of(w->p + at, w->n - at);
	at = w->n;
	writer_byte(w, '<');
	put_address(w, p, called, to_host.n ? to_host : writer_done(&host));
	writer_byte(w, '>');
	t->to = span_of(w->p + at, w->n - at);
	return w->failed ? -1 : 0;
}

/* ----- places ----- */

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

static struct route_target *begin(const struct routeplace *p, const struct flow *flow, int trunk, unsigned group,
				  struct route *out)
{
	struct route_target *t = &out->target[out->n];

	*t = (struct route_target){ .leg = { .flow = *flow, .trunk = trunk },
				    .group = group,
				    .route = p->route < 0 ? NULL : &p->e->core.conf->routes[p->route] };
	return t;
}

/* The Request-URI is the Contact exactly as registered: phones insist on their own user part (CLIENTS.md). */
static bool add_phone(const struct routeplace *p, const struct number *called, const struct binding *b, unsigned group,
		      struct route *out)
{
	struct route_target *t;
	struct writer w = room(out);
	struct number caller;
	struct uri contact;
	uint32_t at;

	if (is_full(p->e, out) || uri_parse(b->facts.contact, &contact))
		return false;
	t = begin(p, &b->facts.flow, -1, group, out);
	read_caller(p, &caller);
	uri_write(&w, &contact);
	t->leg.uri = writer_done(&w);
	if (put_parties(p, &w, called, &caller, (struct span){ 0 }, &t->leg))
		return false;
	at = w.n;
	writer_put(&w, b->facts.path); /* RFC 3327 5.5 */
	if (w.failed)
		return false;
	t->leg.route = span_of(w.p + at, w.n - at);
	out->used += w.n;
	out->n++;
	return true;
}

const struct binding *routeplace_binding(const struct engine *e, struct span user)
{
	const struct binding *b = bindings_find(e->bindings, user);

	return b && edge_home(e, b->facts.flow.realm) < 0 ? b : NULL;
}

/* The first of the user's at the home that calls. */
static const struct binding *find_at_home(const struct routeplace *p, struct span user)
{
	char text[BINDING_USER_MAX];
	struct writer key = writer_over(text, sizeof(text));

	writer_put(&key, user);
	writer_put(&key, p->call->at);
	return p->call->at.n && !key.failed ? bindings_find(p->e->bindings, writer_done(&key)) : NULL;
}

static const struct binding *find_first(const struct routeplace *p, struct span user)
{
	const struct binding *b = user.n ? find_at_home(p, user) : NULL;

	return b || !user.n ? b : routeplace_binding(p->e, user);
}

/* Home called one phone of the user's, and nobody else was put in his place. */
static bool is_for_phone(const struct routeplace *p, const char *given, const struct number *called)
{
	return p->call->phone && !given && span_eq(called->plain, span_str(p->call->to));
}

/* Then a second phone would only be told that nobody wants to hear of it (RFC 6665 5.4.9). */
static bool has_one_notifier(const struct sip_msg *m)
{
	struct event event;

	return m->method == SIP_SUBSCRIBE &&
	       (event_parse(sip_msg_value(m, SIP_HDR_EVENT), &event) || !event_may_fork(&event));
}

bool routeplace_phones(const struct routeplace *p, const char *user, unsigned group, struct route *out, enum count *why)
{
	unsigned before = out->n;
	const struct binding *first, *last;
	struct number called;
	bool alone;

	*why = COUNT_REFUSE_NOT_REGISTERED;
	read_called(p, user, &called);
	alone = is_for_phone(p, user, &called);
	first = alone ? p->call->phone : find_first(p, called.plain);
	last = first;
	for (const struct binding *b = first; b; last = b, b = b->next) {
		const struct conf_phones *phones = &p->e->core.conf->realms[b->facts.flow.realm].phones;

		group += b->facts.q != last->facts.q;
		if (!add_phone(p, &called, b, group, out) || alone || phones->fork == CONF_FORK_ONE ||
		    has_one_notifier(p->call->m))
			break;
	}
	return out->n > before;
}

bool routeplace_peer(const struct routeplace *p, unsigned trunk, const char *number, const struct trunk_target *peer,
		     unsigned group, struct route *out)
{
	const struct routetable_trunk *as = &p->e->routes->trunk[trunk];
	struct route_target *t;
	struct writer w = room(out);
	struct number called, caller;

	if (is_full(p->e, out))
		return false;
	t = begin(p, &peer->flow, (int)trunk, group, out);
	read_called(p, number, &called);
	rewrite(&called, &as->called);
	read_caller(p, &caller);
	rewrite(&caller, &as->caller);
	put_address(&w, p, &called, peer->host);
	t->leg.uri = span_of(w.p, w.n);
	if (put_parties(p, &w, &called, &caller, peer->host, &t->leg))
		return false;
	out->used += w.n;
	out->n++;
	return true;
}

bool routeplace_trunk(const struct routeplace *p, unsigned trunk, const char *number, bool down, unsigned group,
		      struct route *out)
{
	struct trunk_target peer[ROUTE_TARGETS];
	struct trunks *trunks = &p->e->trunks;
	unsigned n = down ? trunks_last_resort(trunks, trunk, peer, ROUTE_TARGETS)
			  : trunks_targets(trunks, trunk, peer, ROUTE_TARGETS),
		 before = out->n;

	for (unsigned i = 0; i < n; i++)
		if (!routeplace_peer(p, trunk, number, &peer[i], group + i, out))
			break;
	return out->n > before;
}
