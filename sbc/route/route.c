/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/route/route.h"

#include "alg/sip/uri.h"
#include "sbc/engine/respond.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/route/condition.h"
#include "sbc/route/routeplace.h"
#include "sbc/trunk/trunkregs.h"

static struct span moved(struct span s, const char *from, const char *to)
{
	return s.p ? span_of(to + (s.p - from), s.n) : s;
}

void route_copy(struct route_target *to, char *text, const struct route *from)
{
	memcpy(text, from->text, from->used);
	for (unsigned i = 0; i < from->n; i++) {
		struct leg_target *l = &to[i].leg;

		to[i] = from->target[i];
		l->uri = moved(l->uri, from->text, text);
		l->from = moved(l->from, from->text, text);
		l->to = moved(l->to, from->text, text);
		l->route = moved(l->route, from->text, text);
		l->call_id = moved(l->call_id, from->text, text);
		l->local_tag = moved(l->local_tag, from->text, text);
	}
}

static void clear(struct route *r)
{
	r->n = 0;
	r->used = 0;
	r->by = NULL;
}

/* ----- peers that a URI names ----- */

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
	struct identity nobody = { .trunk = -1 };
	struct condition_facts call;
	struct routeplace place = { e, &call, -1 };

	clear(out);
	if (condition_facts_read(&call, m, text, &nobody, 0) || call.uri.scheme == URI_TEL || !call.uri.user.n)
		return 0;
	for (unsigned t = 0; t < e->core.conf->ntrunk; t++) {
		struct trunk_target peer[ROUTE_TARGETS];
		unsigned n = trunks_targets(&e->trunks, t, peer, ROUTE_TARGETS);

		for (unsigned i = 0; i < n; i++)
			if (is_named(&peer[i], &call.uri) && !routeplace_peer(&place, t, NULL, &peer[i], out->n, out))
				return out->n;
	}
	return out->n;
}

/* ----- what one route says ----- */

/* What is to be tried at once stands together. */
static void sort_groups(struct route *r)
{
	for (unsigned i = 1; i < r->n; i++) {
		struct route_target t = r->target[i];
		unsigned k = i;

		for (; k > 0 && r->target[k - 1].group > t.group; k--)
			r->target[k] = r->target[k - 1];
		r->target[k] = t;
	}
}

static void add_sends(const struct routeplace *p, const struct conf_route *r, bool down, struct route *out,
		      enum count *why)
{
	for (unsigned i = 0; i < r->nsend; i++) {
		const struct conf_send *s = &r->send[i];
		unsigned group = out->n && !r->parallel ? out->target[out->n - 1].group + 1 : 0;
		enum count missing = COUNT_REFUSE_TRUNK_DOWN;

		if (s->trunk >= 0 ? !routeplace_trunk(p, (unsigned)s->trunk, s->user, down, group, out)
				  : !down && !routeplace_phones(p, s->user, group, out, &missing))
			*why = missing;
	}
	if (r->parallel)
		sort_groups(out);
}

static uint16_t status_of(enum count why)
{
	return why == COUNT_REFUSE_TRUNK_DOWN ? 503 : 480;
}

/* 0, or the status: then nobody is there. down: those too who were given up, where a call is the only way to notice
 * that they are back. */
static uint16_t ask(const struct routeplace *p, const struct conf_route *r, bool down, struct route *out,
		    enum count *why)
{
	if (r->reject || r->nredirect) {
		*why = COUNT_REFUSE_ROUTE;
		return r->reject ? r->reject : 302;
	}
	add_sends(p, r, false, out, why);
	if (!out->n && down)
		add_sends(p, r, true, out, why);
	return out->n ? 0 : status_of(*why);
}

/* ----- which one ----- */

static bool is_local_user(const struct engine *e, struct span user)
{
	for (unsigned r = 0; r < e->core.conf->nrealm; r++)
		if (e->users[r] && users_find(e->users[r], user))
			return true;
	return false;
}

static bool is_own(const struct engine *e, struct span user)
{
	return user.n && user.n <= BINDING_USER_MAX && (routeplace_binding(e, user) || is_local_user(e, user));
}

/* By the user part; or it is one whom his home calls. */
static void read_own(const struct engine *e, struct condition_facts *call)
{
	const struct identity *who = call->who;
	struct writer to = writer_over(call->to, sizeof(call->to) - 1);
	struct span key = { 0 }, user;

	if (who->kind == IDENTITY_TRUNK && call->uri.user.n)
		key = edge_callee(e, &call->uri, who->trunk, &call->phone);
	if (!key.n) {
		call->own = is_own(e, span_str(call->to));
		return;
	}
	user = edge_aor_user(key);
	call->own = true;
	call->at = span_from(key, user.n);
	writer_put(&to, user);
	call->to[to.n] = '\0';
}

/* Then routes for users of our own are asked before anything else. */
static bool is_called_by_home(const struct engine *e, struct span text, const struct identity *who)
{
	const struct binding *phone;
	struct uri uri;

	return e->routes->users && who->kind == IDENTITY_TRUNK && uri_parse(text, &uri) == 0 && uri.user.n &&
	       edge_callee(e, &uri, who->trunk, &phone).n;
}

/* Without routes, a phone's call goes to the only trunk there is. */
static bool goes_to_only_trunk(const struct engine *e, const struct identity *who)
{
	return e->core.conf->nroute == 0 && e->core.conf->ntrunk == 1 && who->kind == IDENTITY_PHONE;
}

/* No route fits, or all that did had nobody there. */
static uint16_t by_default(struct engine *e, const struct condition_facts *call, struct route *out, enum count *why)
{
	struct routeplace p = { e, call, -1 };

	out->by = NULL;
	if (call->own)
		return routeplace_phones(&p, NULL, 0, out, why) ? 0 : 480;
	if (!goes_to_only_trunk(e, call->who)) {
		*why = call->who->kind == IDENTITY_PHONE && !e->core.conf->ntrunk ? COUNT_REFUSE_NOT_FOUND
										  : COUNT_REFUSE_NO_ROUTE;
		return 404;
	}
	*why = COUNT_REFUSE_TRUNK_DOWN;
	for (int down = 0; down <= 1 && !out->n; down++)
		routeplace_trunk(&p, 0, NULL, down, 0, out);
	return out->n ? 0 : 503;
}

static bool goes_on(const struct conf_route *r)
{
	return r->next & 1U << CONF_UNREACHABLE;
}

static void begin_walk(const struct engine *e, const struct condition_facts *call, int after,
		       struct routeindex_walk *walk)
{
	const struct identity *who = call->who;
	struct routeindex_query q = {
		.trunk = who->kind == IDENTITY_TRUNK ? who->trunk : -1,
		.realm = who->kind == IDENTITY_PHONE ? (int)who->realm : -1,
		.own = call->own,
		.key = { span_str(call->to), span_str(call->from),
			 call->uri.scheme == URI_TEL ? (struct span){ 0 } : call->uri.host, call->from_host },
	};

	routeindex_begin(&e->routes->index, &q, after, walk);
}

/* The first route that fits and where somebody is. Who was given up is tried at once where no other route is to be
 * asked then, else after all others. 0; the status otherwise, or where no route fits, 0 and nobody. */
static uint16_t ask_all(struct engine *e, struct condition_facts *call, int after, bool down, struct route *out,
			enum count *why)
{
	struct routeindex_walk walk;
	uint16_t status = 0;
	int i;

	begin_walk(e, call, after, &walk);
	while ((i = routeindex_next(&walk)) >= 0) {
		const struct conf_route *r = &e->core.conf->routes[i];
		struct routeplace p = { e, call, i };

		if (!condition_fits(e->routes, (unsigned)i, call))
			continue;
		out->by = r;
		status = ask(&p, r, down || !goes_on(r), out, why);
		if (!status || *why == COUNT_REFUSE_ROUTE || !goes_on(r))
			return status;
	}
	return status;
}

static uint16_t find(struct engine *e, struct condition_facts *call, int after, struct route *out, enum count *why)
{
	enum count otherwise;
	uint16_t status;

	read_own(e, call);
	status = ask_all(e, call, after, false, out, why);
	if (out->n || (status && (*why == COUNT_REFUSE_ROUTE || !goes_on(out->by))))
		return status;
	/* Users of our own still have their phones. */
	if (!status)
		return by_default(e, call, out, why);
	if (by_default(e, call, out, &otherwise) == 0)
		return 0;
	return ask_all(e, call, after, true, out, why);
}

static uint16_t find_uri(struct engine *e, const struct sip_msg *m, struct span text, const struct identity *who,
			 struct route *out, enum count *why)
{
	struct condition_facts call;

	clear(out);
	if (condition_facts_read(&call, m, text, who, e->wall()) ||
	    (!call.uri.user.n && !condition_is_service(&call))) {
		*why = COUNT_REFUSE_NOT_FOUND;
		return 404;
	}
	return find(e, &call, -1, out, why);
}

uint16_t route_find_uri(struct engine *e, const struct sip_msg *m, struct span text, const struct identity *who,
			struct route *out, enum count *why)
{
	uint16_t status;

	if (!is_called_by_home(e, text, who) && edge_route(e, m, text, who, out, why, &status))
		return status;
	status = find_uri(e, m, text, who, out, why);
	if (status ? status == 404 && *why == COUNT_REFUSE_NO_ROUTE
		   : edge_is_unproven(e, m, who) && !(out->by && out->by->emergency))
		edge_route_home(e, m, text, who, out, why, &status);
	return status;
}

uint16_t route_find(struct engine *e, const struct sip_msg *m, const struct identity *who, struct route *out,
		    enum count *why)
{
	return route_find_uri(e, m, trunkregs_dialled(e, m, who->trunk), who, out, why);
}

uint16_t route_find_after(struct engine *e, const struct sip_msg *m, const struct identity *who,
			  const struct conf_route *after, struct route *out, enum count *why)
{
	struct condition_facts call;

	clear(out);
	*why = COUNT_REFUSE_NO_ROUTE;
	if (condition_facts_read(&call, m, trunkregs_dialled(e, m, who->trunk), who, e->wall()))
		return 404;
	return find(e, &call, (int)(after - e->core.conf->routes), out, why);
}

bool route_is_emergency(struct engine *e, const struct sip_msg *m, const struct flow *from)
{
	int trunk = identity_trunk(e, from), i;
	struct identity who = { trunk >= 0 ? IDENTITY_TRUNK : IDENTITY_PHONE, trunk, from->realm, { 0 } };
	struct condition_facts call;
	struct routeindex_walk walk;

	if (!e->routes->emergency || condition_facts_read(&call, m, trunkregs_dialled(e, m, trunk), &who, e->wall()))
		return false;
	read_own(e, &call);
	begin_walk(e, &call, -1, &walk);
	while ((i = routeindex_next(&walk)) >= 0) {
		const struct conf_route *r = &e->core.conf->routes[i];

		if (!condition_fits(e->routes, (unsigned)i, &call))
			continue;
		if (r->emergency || !r->next)
			return r->emergency;
	}
	return false;
}

/* ----- answering ----- */

struct span route_redirect_lines(const struct conf_route *by, struct writer *w)
{
	for (unsigned i = 0; i < by->nredirect; i++) {
		writer_put(w, SPAN("Contact: <"));
		writer_str(w, by->redirect[i]);
		writer_put(w, SPAN(">\r\n"));
	}
	return writer_done(w);
}

/* What the operator may want to add to the configuration. */
static struct span missing(const struct engine *e, const struct txn *t, enum count why, struct writer *w)
{
	int trunk = identity_trunk(e, &t->flow);
	const struct config *conf = e->core.conf;

	if (why == COUNT_REFUSE_NO_ROUTE)
		writer_format(w, "no entry of \"routes\" for calls from \"%s\" to this number",
			      trunk >= 0 ? conf->trunks[trunk].name : conf->realms[t->flow.realm].name);
	else if (why == COUNT_REFUSE_TRUNK_DOWN)
		writer_str(w, "no peer of the trunk that its route sends to can be used");
	else if (why == COUNT_REFUSE_ROUTE)
		writer_str(w, "its route says so");
	else if (why == COUNT_REFUSE_NOT_REGISTERED)
		writer_str(w, "none of the user's phones is registered");
	else
		return (struct span){ 0 };
	return writer_done(w);
}

void route_refuse(struct engine *e, struct txn *t, const struct sip_msg *m, const struct route *route, uint16_t status,
		  enum count why)
{
	char text[2048];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = status };

	if (!route->by || status != 302 || why != COUNT_REFUSE_ROUTE) {
		struct span detail = missing(e, t, why, &w);

		refuse(e, t, status, why, detail.n ? detail : m->uri);
		return;
	}
	a.lines = route_redirect_lines(route->by, &w);
	core_count(&e->core, why);
	respond(e, t, &a);
}
