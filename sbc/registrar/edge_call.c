/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/edge_call.h"

#include "alg/nat/topology.h"
#include "alg/sip/cseq.h"
#include "alg/sip/escape.h"
#include "alg/sip/nameaddr.h"
#include "sbc/base/kept.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/engine/respond.h"
#include "sbc/offer/reliable.h"
#include "sbc/registrar/errand.h"

enum { LINES_MAX = 4096 };

/* ----- who asks ----- */

bool edge_is_stranger(const struct engine *e, const struct flow *from)
{
	return edge_home(e, from->realm) >= 0 && !bindings_at_flow(e->bindings, from) && identity_trunk(e, from) < 0;
}

/* Of several that registered from there, the one that it says it is. */
static const struct binding *find_caller(const struct engine *e, const struct sip_msg *m, const struct flow *from)
{
	char text[BINDING_USER_MAX];
	struct writer aor = writer_over(text, sizeof(text));

	edge_aor_of_party(e, &aor, from->realm, sip_msg_value(m, SIP_HDR_FROM));
	for (const struct binding *b = aor.failed ? NULL : bindings_find(e->bindings, writer_done(&aor)); b;
	     b = b->next)
		if (flow_eq(&b->facts.flow, from))
			return b;
	return bindings_at_flow(e->bindings, from);
}

/* What a stranger says it is: as a URI, which is the name of no user and no binding. */
static struct span claimed(struct span value)
{
	struct nameaddr n;
	struct uri uri;

	return nameaddr_parse(value, &n) || uri_parse(n.uri, &uri) || !uri.user.n ? (struct span){ 0 } : n.uri;
}

bool edge_identify(struct engine *e, struct txn *t, const struct sip_msg *m, struct identity *out)
{
	const struct conf_phones *phones = &e->core.conf->realms[t->flow.realm].phones;
	const struct binding *b;

	*out = (struct identity){ .kind = IDENTITY_PHONE, .trunk = -1, .realm = t->flow.realm };
	if (t->method == SIP_REGISTER)
		return true;
	b = find_caller(e, m, &t->flow);
	if (b) {
		t->known = true;
		out->user = binding_user_name(b);
		return true;
	}
	out->user = claimed(sip_msg_value(m, SIP_HDR_FROM));
	if (phones->calls_from == CONF_CALLS_ANY && out->user.n)
		return true;
	refuse(e, t, 403, COUNT_REFUSE_CALLER, sip_msg_value(m, SIP_HDR_FROM));
	return false;
}

struct span edge_called(const struct engine *e, const struct sip_msg *m)
{
	const struct uri *uri = sip_msg_target(m);

	return uri && bindings_at_token(e->bindings, uri->user) ? uri->user : (struct span){ 0 };
}

/* ----- to a phone ----- */

static struct writer room(struct route *r)
{
	return writer_over(r->text + r->used, sizeof(r->text) - r->used);
}

struct text {
	struct writer w;
	uint32_t at;
};

static struct span since(struct text *t)
{
	struct span s = span_of(t->w.p + t->at, t->w.n - t->at);

	t->at = t->w.n;
	return s;
}

static bool is_full(const struct engine *e, const struct route *r)
{
	uint32_t most = e->core.conf->limits.branches;

	return r->n == ROUTE_TARGETS || (most && r->n >= most);
}

static bool add(struct route *out, const struct route_target *t, const struct text *text)
{
	if (text->w.failed)
		return false;
	out->target[out->n++] = *t;
	out->used += text->w.n;
	return true;
}

static bool add_binding(struct engine *e, const struct sip_msg *m, const struct binding *b, unsigned group,
			struct route *out)
{
	struct route_target t = { .leg = { .flow = b->facts.flow, .trunk = -1 }, .group = group };
	struct text x = { .w = room(out) };
	char mem[256];
	struct writer host = writer_over(mem, sizeof(mem));
	struct uri contact;

	if (is_full(e, out) || uri_parse(b->facts.contact, &contact))
		return false;
	core_write_host(&e->core, &host, b->facts.flow.realm);
	uri_write(&x.w, &contact);
	t.leg.uri = since(&x);
	if (topology_party_write(&x.w, sip_msg_value(m, SIP_HDR_FROM), writer_done(&host)))
		return false;
	t.leg.from = since(&x);
	writer_put(&x.w, SPAN("<sip:"));
	escape_write(&x.w, edge_aor_user(binding_user_name(b)));
	writer_byte(&x.w, '@');
	writer_put(&x.w, writer_done(&host));
	writer_byte(&x.w, '>');
	t.leg.to = since(&x);
	writer_put(&x.w, b->facts.path);
	t.leg.route = since(&x);
	return add(out, &t, &x);
}

/* The first that is registered as that user at this home. */
static const struct binding *find_user(const struct engine *e, unsigned realm, const struct uri *uri)
{
	char text[BINDING_USER_MAX];
	struct writer aor = writer_over(text, sizeof(text));

	edge_aor_write(e, &aor, realm, uri->user, uri->host);
	return aor.failed ? NULL : bindings_find(e->bindings, writer_done(&aor));
}

/* Home calls him by name: at a domain, or at an address of ours, which stands for those of his realm. */
static const struct binding *find_named(const struct engine *e, unsigned realm, const struct uri *uri)
{
	const struct conf_phones *phones = &e->core.conf->realms[realm].phones;
	const struct binding *b = find_user(e, realm, uri);
	struct uri at = *uri;
	struct addr a;

	for (unsigned i = 0; !b && addr_parse_host(uri->host, &a) == 0 && i < phones->ndomain; i++) {
		at.host = span_str(phones->domains[i]);
		b = find_user(e, realm, &at);
	}
	return b;
}

/* All of the user's: by falling q, those of one q at once. */
static bool add_user(struct engine *e, const struct sip_msg *m, const struct binding *first, struct route *out)
{
	unsigned group = 0;

	for (const struct binding *b = first, *before = first; b; before = b, b = b->next) {
		group += b->facts.q != before->facts.q;
		if (!add_binding(e, m, b, group, out))
			break;
	}
	return out->n > 0;
}

static int realm_of_home(const struct engine *e, int trunk)
{
	for (unsigned i = 0; i < e->core.conf->nrealm; i++)
		if (trunk >= 0 && edge_home(e, i) == trunk)
			return (int)i;
	return -1;
}

/* By its token. */
static const struct binding *find_phone(const struct engine *e, const struct uri *uri, int trunk)
{
	const struct binding *b = bindings_at_token(e->bindings, uri->user);

	return b && edge_home(e, b->facts.flow.realm) == trunk ? b : NULL;
}

struct span edge_callee(const struct engine *e, const struct uri *uri, int trunk, const struct binding **phone)
{
	int realm = realm_of_home(e, trunk);
	const struct binding *b = realm < 0 ? NULL : find_phone(e, uri, trunk);

	*phone = b;
	if (!b && realm >= 0)
		b = find_named(e, (unsigned)realm, uri);
	return b ? binding_user_name(b) : (struct span){ 0 };
}

static bool from_home(struct engine *e, const struct sip_msg *m, const struct uri *uri, int trunk, struct route *out,
		      enum count *why, uint16_t *status)
{
	int realm = realm_of_home(e, trunk);
	const struct binding *b;

	if (realm < 0)
		return false;
	b = find_phone(e, uri, trunk);
	if (b)
		add_binding(e, m, b, 0, out);
	/* A token alone: a phone that is gone; its home keeps it until its time is over (G5). */
	else if (!add_user(e, m, find_named(e, (unsigned)realm, uri), out) && !token_is(uri->user, EDGE_TOKEN_LEN))
		return false;
	*why = COUNT_REFUSE_NOT_REGISTERED;
	*status = out->n ? 0 : 480;
	return true;
}

/* ----- to home ----- */

static bool add_place(struct engine *e, const struct sip_msg *m, struct span dialled, unsigned realm, int home,
		      const struct trunk_target *at, struct span service_route, struct route *out)
{
	struct route_target t = { .leg = { .flow = at->flow, .trunk = home }, .group = out->n };
	struct text x = { .w = room(out) };
	struct edge_dialog dialog;
	struct cseq cseq;

	if (is_full(e, out))
		return false;
	edge_uri_write(e, &x.w, realm, dialled);
	t.leg.uri = since(&x);
	edge_party_write(e, &x.w, realm, sip_msg_value(m, SIP_HDR_FROM));
	t.leg.from = since(&x);
	edge_party_write(e, &x.w, realm, sip_msg_value(m, SIP_HDR_TO));
	t.leg.to = since(&x);
	writer_put(&x.w, service_route);
	t.leg.route = since(&x);
	edge_dialog_name(e, m, realm, &dialog);
	writer_put(&x.w, span_of(dialog.call_id, sizeof(dialog.call_id)));
	t.leg.call_id = since(&x);
	writer_put(&x.w, span_of(dialog.tag, sizeof(dialog.tag)));
	t.leg.local_tag = since(&x);
	if (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) == 0)
		t.leg.cseq = cseq.number;
	return add(out, &t, &x);
}

/* As home told the phone (RFC 3608). */
static struct span service_route_of(const struct engine *e, const struct identity *who)
{
	const struct binding *b = who->user.n ? bindings_find(e->bindings, who->user) : NULL;

	return b ? b->facts.service_route : (struct span){ 0 };
}

static bool may_be_lost(struct engine *e, unsigned realm, int home)
{
	struct trunk_target one;

	return e->edge.realm[realm].survives || !trunks_targets(&e->trunks, (unsigned)home, &one, 1);
}

/* Nobody else could ask a stranger for a password then. */
static bool is_registered(const struct engine *e, const struct identity *who)
{
	return !who->user.n || bindings_find(e->bindings, who->user);
}

/* G7: while home can't be reached, phones that are registered call each other. */
static bool while_lost(struct engine *e, const struct sip_msg *m, struct span text, const struct identity *who,
		       struct route *out)
{
	struct uri uri;

	return may_be_lost(e, who->realm, edge_home(e, who->realm)) && is_registered(e, who) &&
	       uri_parse(text, &uri) == 0 && add_user(e, m, find_user(e, who->realm, &uri), out);
}

static bool is_phone_of_home(const struct engine *e, const struct identity *who)
{
	return who->kind == IDENTITY_PHONE && edge_home(e, who->realm) >= 0;
}

/* RFC 3323 4.1.1.3 */
static bool is_anonymous(struct span value)
{
	struct nameaddr n;
	struct uri uri;

	return nameaddr_parse(value, &n) == 0 && uri_parse(n.uri, &uri) == 0 &&
	       span_ieq(uri.host, SPAN("anonymous.invalid")) && span_ieq(uri.user, SPAN("anonymous"));
}

bool edge_is_unproven(const struct engine *e, const struct sip_msg *m, const struct identity *who)
{
	struct span from = sip_msg_value(m, SIP_HDR_FROM);
	char text[BINDING_USER_MAX];
	struct writer aor = writer_over(text, sizeof(text));

	/* What a phone forwards or transfers is no request of its own. */
	if (!is_phone_of_home(e, who) || !who->user.n)
		return false;
	if (!bindings_find(e->bindings, who->user))
		return true;
	edge_aor_of_party(e, &aor, who->realm, from);
	return !is_anonymous(from) && !span_eq(writer_done(&aor), who->user);
}

bool edge_route_home(struct engine *e, const struct sip_msg *m, struct span uri, const struct identity *who,
		     struct route *out, enum count *why, uint16_t *status)
{
	struct trunk_target at[ROUTE_TARGETS];
	int home;
	unsigned n;

	if (!is_phone_of_home(e, who))
		return false;
	out->n = out->used = 0;
	*status = 0;
	if (while_lost(e, m, uri, who, out))
		return true;
	home = edge_home(e, who->realm);
	n = trunks_targets(&e->trunks, (unsigned)home, at, ROUTE_TARGETS);
	if (!n)
		n = trunks_last_resort(&e->trunks, (unsigned)home, at, ROUTE_TARGETS);
	for (unsigned i = 0; i < n; i++)
		if (!add_place(e, m, uri, who->realm, home, &at[i], service_route_of(e, who), out))
			break;
	*why = COUNT_REFUSE_TRUNK_DOWN;
	*status = out->n ? 0 : 503;
	return true;
}

bool edge_route(struct engine *e, const struct sip_msg *m, struct span text, const struct identity *who,
		struct route *out, enum count *why, uint16_t *status)
{
	struct uri uri;

	out->n = out->used = 0;
	out->by = NULL;
	if (uri_parse(text, &uri) || !uri.user.n)
		return false;
	if (who->kind == IDENTITY_TRUNK)
		return from_home(e, m, &uri, who->trunk, out, why, status);
	return e->core.conf->nroute == 0 && edge_route_home(e, m, text, who, out, why, status);
}

/* ----- credentials and challenges (A1) ----- */

static bool is_between(const struct engine *e, const struct leg *phone, const struct leg *home)
{
	return phone->trunk < 0 && home->trunk >= 0 && edge_home(e, phone->flow.realm) == home->trunk;
}

bool edge_proves_itself(const struct engine *e, const struct leg *home)
{
	return home->peer && is_between(e, home->peer, home);
}

static void copy_lines(struct writer *w, const struct sip_msg *m, enum sip_hdr hdr)
{
	for (const struct sip_field *f = sip_field_first(m, hdr); f; f = sip_field_next(m, f))
		errand_line_write(w, sip_hdr_info[hdr].name, sip_field_value(m, f));
}

void edge_credentials_write(const struct engine *e, struct writer *w, const struct leg *from, const struct leg *to,
			    const struct sip_msg *m)
{
	if (!is_between(e, from, to))
		return;
	copy_lines(w, m, SIP_HDR_AUTHORIZATION);
	copy_lines(w, m, SIP_HDR_PROXY_AUTHORIZATION);
}

void edge_proof_keep(struct engine *e, struct leg *phone, const struct txn *t)
{
	char text[LINES_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_msg m;

	if (!phone->peer || !is_between(e, phone, phone->peer) || !kept_read(t->request, &m))
		return;
	edge_credentials_write(e, &w, phone, phone->peer, &m);
	if (w.n)
		buf_replace(&e->core.bufs, &phone->peer->proof, writer_done(&w));
}

bool edge_is_challenge(const struct engine *e, const struct pass *p, const struct leg *by, const struct sip_msg *m)
{
	return m && (m->status == 401 || m->status == 407) && is_between(e, p->from, by);
}

bool edge_pass_challenge(struct engine *e, struct pass *p, const struct leg *by, const struct sip_msg *m)
{
	char text[LINES_MAX];
	struct writer lines = writer_over(text, sizeof(text));
	struct answer a = { .status = m->status, .to_tag = buf_span(p->from->local_tag) };
	struct sip_msg request;

	if (!edge_is_challenge(e, p, by, m) || pass_is_answered(p) ||
	    sip_msg_index(pass_request(p), &request) != SIP_OK)
		return false;
	copy_lines(&lines, m, SIP_HDR_WWW_AUTHENTICATE);
	copy_lines(&lines, m, SIP_HDR_PROXY_AUTHENTICATE);
	a.lines = leg_response_lines(e, p->from, &request, m, m->status, false, writer_done(&lines));
	if (p->method == SIP_INVITE)
		reliable_end(e, p);
	core_count(&e->core, COUNT_REFUSE_CHALLENGED);
	respond_bounded(e, p->in, &a);
	return true;
}
