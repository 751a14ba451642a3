/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/errand.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/nat/topology.h"
#include "alg/sip/params.h"
#include "sbc/base/kept.h"
#include "sbc/call/nexthop.h"
#include "sbc/engine/respond.h"
#include "sbc/registrar/errand_answer.h"

enum { PARTS_MAX = 8192 };

void errand_free(struct engine *e, struct errand *r)
{
	wheel_del(&e->core.wheel, &r->patience);
	txn_detach(r->in);
	txn_detach(r->out);
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	free(r);
}

static struct errand *errand_new(struct engine *e, struct txn *t)
{
	struct errand *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->e = e;
	r->in = t;
	r->next = e->edge.errands;
	if (r->next)
		r->next->link = &r->next;
	r->link = &e->edge.errands;
	e->edge.errands = r;
	return r;
}

/* ----- the request ----- */

/* What of a Contact's parameters says what the phone is; the others say where it is, or are ours. */
static bool may_cross(struct span name)
{
	static const struct span ours[] = {
		{ "expires", 7 },   { "received", 8 },          { "pub-gruu", 8 },
		{ "temp-gruu", 9 }, { "temp-gruu-cookie", 16 }, { "path", 4 },
	};

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (span_ieq(name, ours[i]))
			return false;
	return true;
}

static void write_params(struct writer *w, struct span params)
{
	struct param p;

	while (param_next(&params, &p) == 1) {
		if (!may_cross(p.name))
			continue;
		writer_byte(w, ';');
		writer_put(w, p.name);
		if (span_is_set(p.value)) {
			writer_byte(w, '=');
			writer_put(w, p.value);
		}
	}
}

struct span errand_token(const struct engine *e, const struct registration *g, const struct registration_wish *wish,
			 char text[EDGE_TOKEN_LEN])
{
	if (wish->match && wish->match->facts.token.n)
		return wish->match->facts.token;
	edge_token_make(e, g->user, &wish->facts, text);
	return span_of(text, EDGE_TOKEN_LEN);
}

/* One of ours for each of the phone's (G4). */
static void write_contacts(struct engine *e, struct writer *w, const struct registration *g, const struct flow *to)
{
	char text[EDGE_TOKEN_LEN];
	uint32_t expires = g->where->phones.expires_upstream_s;

	if (g->star)
		writer_byte(w, '*');
	for (unsigned i = 0; i < g->n; i++) {
		const struct registration_wish *wish = &g->wish[i];

		if (i)
			writer_put(w, SPAN(", "));
		core_write_contact(&e->core, w, to, errand_token(e, g, wish, text));
		writer_format(w, ";expires=%u", wish->expires_s ? expires : 0);
		write_params(w, wish->params);
	}
}

void errand_line_write(struct writer *w, struct span name, struct span value)
{
	uint32_t at;

	writer_put(w, name);
	writer_put(w, SPAN(": "));
	at = w->n;
	writer_put(w, value);
	for (uint32_t i = at; i < w->n; i++)
		if (w->p[i] == '\r' || w->p[i] == '\n')
			w->p[i] = ' ';
	writer_put(w, SPAN("\r\n"));
}

/* A1: byte by byte, only on one line each. */
static void copy_lines(struct writer *w, const struct sip_msg *m, enum sip_hdr hdr)
{
	for (const struct sip_field *f = sip_field_first(m, hdr); f; f = sip_field_next(m, f))
		errand_line_write(w, sip_hdr_info[hdr].name, sip_field_value(m, f));
}

static void write_lines(struct writer *w, const struct registration *g)
{
	static const enum sip_hdr kept[] = { SIP_HDR_AUTHORIZATION, SIP_HDR_PROXY_AUTHORIZATION, SIP_HDR_SUPPORTED,
					     SIP_HDR_REQUIRE };

	if (g->star)
		writer_str(w, "Expires: 0\r\n");
	else if (g->n)
		writer_format(w, "Expires: %u\r\n", g->where->phones.expires_upstream_s);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		copy_lines(w, g->msg, kept[i]);
}

struct parts {
	struct writer w;
	uint32_t at;
};

static struct span part(struct parts *p)
{
	struct span s = span_of(p->w.p + p->at, p->w.n - p->at);

	p->at = p->w.n;
	return s;
}

/* by: the way it goes; our Contact and what it says of us stay those of the flow to home. */
static struct span compose(struct engine *e, const struct registration *g, const struct flow *to, const struct flow *by,
			   struct span branch)
{
	struct core *core = &e->core;
	struct writer out = writer_over(core->out_text, sizeof(core->out_text));
	const struct sip_msg *m = g->msg;
	unsigned realm = g->from.realm;
	char text[PARTS_MAX];
	struct parts p = { .w = writer_over(text, sizeof(text)) };
	struct topology_request r = { .method = SPAN("REGISTER"), .cseq = g->cseq };
	struct edge_dialog dialog;
	uint32_t hops;

	edge_dialog_name(e, m, realm, &dialog);
	r.call_id = span_of(dialog.call_id, sizeof(dialog.call_id));
	r.max_forwards =
		(uint8_t)(span_u32(sip_msg_value(m, SIP_HDR_MAX_FORWARDS), &hops) || !hops || hops > 255 ? 70
													 : hops - 1);
	edge_uri_write(e, &p.w, realm, m->uri);
	r.uri = part(&p);
	core_write_via(core, &p.w, by, branch);
	r.via = part(&p);
	edge_party_write(e, &p.w, realm, sip_msg_value(m, SIP_HDR_FROM));
	writer_put(&p.w, SPAN(";tag="));
	writer_put(&p.w, span_of(dialog.tag, sizeof(dialog.tag)));
	r.from = part(&p);
	edge_party_write(e, &p.w, realm, sip_msg_value(m, SIP_HDR_TO));
	r.to = part(&p);
	write_contacts(e, &p.w, g, to);
	r.contact = part(&p);
	write_lines(&p.w, g);
	r.lines = part(&p);
	if (p.w.failed)
		return (struct span){ 0 };
	topology_request_write(&out, m, &(struct topology_way){ 0 }, &r);
	return writer_done(&out);
}

/* ----- sending ----- */

static const struct txn_ops in_ops, out_ops;

static void on_patience(struct timer *timer, void *ctx, uint64_t now);

static bool was_tried(const struct errand *r, uint32_t id)
{
	for (unsigned i = 0; i < r->ntried; i++)
		if (r->tried[i] == id)
			return true;
	return false;
}

static bool find_place(struct errand *r, unsigned home, struct trunk_target *out)
{
	struct trunk_target at[EDGE_PLACES];
	struct trunks *t = &r->e->trunks;
	unsigned n = trunks_targets(t, home, at, EDGE_PLACES);

	if (!n)
		n = trunks_last_resort(t, home, at, EDGE_PLACES);
	for (unsigned i = 0; i < n; i++) {
		if (was_tried(r, at[i].id))
			continue;
		*out = at[i];
		return true;
	}
	return false;
}

/* False: there is no room, or it can't be composed. */
static bool send_to(struct errand *r, unsigned home, const struct flow *to, const struct registration *g)
{
	struct engine *e = r->e;
	char id[TOKEN_BRANCH_LEN];
	struct writer branch = writer_over(id, sizeof(id));
	struct flow by = *to;
	struct span text;

	txn_branch_write(&e->core, &branch);
	text = compose(e, g, to, &by, writer_done(&branch));
	r->oversize = text.n && !r->datagram && nexthop_wants_stream(e, to, (int)home, text.n, &by);
	r->datagram = false;
	if (r->oversize)
		text = compose(e, g, to, &by, writer_done(&branch));
	if (text.n)
		r->out = txn_client(&e->txns, SIP_REGISTER, &by, writer_done(&branch), text, &out_ops, r);
	return r->out != NULL;
}

/* To the next place of home. False: there is none. */
static bool send_next(struct errand *r)
{
	struct engine *e = r->e;
	unsigned realm = r->in->flow.realm, home = (unsigned)edge_home(e, realm);
	uint32_t patience = e->core.conf->trunks[home].hunt_ms;
	char aor[BINDING_USER_MAX];
	struct trunk_target at;
	struct registration g;
	struct sip_msg m;

	if (r->ntried == EDGE_PLACES || !find_place(r, home, &at) || !kept_read(r->in->request, &m) ||
	    edge_read(e, &m, &r->in->flow, aor, &g))
		return false;
	r->tried[r->ntried++] = at.id;
	if (!send_to(r, home, &at.flow, &g))
		return false;
	wheel_add(&e->core.wheel, &r->patience, core_now(&e->core) + (patience ? patience : EDGE_PATIENCE_MS),
		  on_patience);
	return true;
}

bool errand_begin(struct engine *e, struct txn *t)
{
	struct errand *r = errand_new(e, t);

	if (!r)
		return false;
	if (!send_next(r)) {
		r->in = NULL;
		errand_free(e, r);
		edge_home_lost(e, t->flow.realm);
		return false;
	}
	t->ops = &in_ops;
	t->user = r;
	core_count(&e->core, COUNT_REGISTER_PASSED);
	return true;
}

/* ----- what comes of it ----- */

/* This place says nothing, or can't be reached: the next one; or home is lost. */
static void fail(struct errand *r)
{
	struct engine *e = r->e;
	char aor[BINDING_USER_MAX];
	struct registration g;
	struct sip_msg m;
	struct txn *in = r->in;

	wheel_del(&e->core.wheel, &r->patience);
	if (send_next(r))
		return;
	edge_home_lost(e, in->flow.realm);
	txn_detach(in);
	r->in = NULL;
	if (kept_read(in->request, &m) && edge_read(e, &m, &in->flow, aor, &g) == 0)
		edge_survive(e, in, &g);
	else
		edge_put_off(e, in, COUNT_REFUSE_HOME_LOST);
	errand_free(e, r);
}

static void judge(struct errand *r, enum trunk_failure why)
{
	trunks_failed(&r->e->trunks, (unsigned)edge_home(r->e, r->in->flow.realm), &r->out->flow, why, 0);
}

static void on_patience(struct timer *timer, void *ctx, uint64_t now)
{
	struct errand *r = (struct errand *)((char *)timer - offsetof(struct errand, patience));
	struct txn *out = r->out;

	(void)ctx, (void)now;
	judge(r, TRUNK_TIMEOUT);
	r->out = NULL;
	txn_abandon(out);
	fail(r);
}

static void on_response(void *env, struct txn *t, const struct sip_msg *m)
{
	struct errand *r = t->user;
	struct engine *e = env;
	unsigned realm = r->in->flow.realm;
	struct txn *in = r->in;

	/* It is there, and takes its time. */
	if (m->status < 200) {
		wheel_del(&e->core.wheel, &r->patience);
		return;
	}
	trunks_response(&e->trunks, (unsigned)edge_home(e, realm), &t->flow, m);
	txn_detach(t);
	r->out = NULL;
	if (m->status == 503 || m->status == 408) {
		fail(r);
		return;
	}
	edge_home_found(e, realm);
	txn_detach(in);
	r->in = NULL;
	errand_free(e, r);
	errand_answer(e, in, m);
}

static void on_timeout(void *env, struct txn *t)
{
	struct errand *r = t->user;

	(void)env;
	judge(r, TRUNK_TIMEOUT);
	txn_detach(t);
	r->out = NULL;
	fail(r);
}

static void on_failed(void *env, struct txn *t)
{
	struct errand *r = t->user;

	(void)env;
	if (r->oversize) {
		/* It takes no connections: the same place by UDP after all (RFC 3261 18.1.1). */
		r->datagram = true;
		r->ntried--;
	} else {
		judge(r, TRUNK_REFUSED);
	}
	txn_detach(t);
	r->out = NULL;
	fail(r);
}

/* The phone's connection is gone: nobody waits any more, and home's 200 would be of no use. */
static void on_in_ended(void *env, struct txn *t)
{
	struct errand *r = t->user;

	r->in = NULL;
	errand_free(env, r);
}

static const struct txn_ops out_ops = {
	.response = on_response,
	.timeout = on_timeout,
	.failed = on_failed,
};

static const struct txn_ops in_ops = {
	.ended = on_in_ended,
};
