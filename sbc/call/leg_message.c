/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/call/leg.h"

#include "alg/base/utf8.h"
#include "alg/nat/topology.h"
#include "alg/sip/routeset.h"
#include "sbc/call/nexthop.h"
#include "sbc/identity/leakcheck.h"
#include "sbc/identity/trust.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/route/routelines.h"
#include "sbc/store/callkeep.h"

/* The requests that say where their sender is to be reached (RFC 3261 table 2, RFC 3311, RFC 3515, RFC 6665). */
static bool has_contact(struct span method)
{
	switch (sip_method_find(method)) {
	case SIP_INVITE:
	case SIP_UPDATE:
	case SIP_SUBSCRIBE:
	case SIP_NOTIFY:
	case SIP_REFER:
	case SIP_OPTIONS:
		return true;
	default:
		return false;
	}
}

static void write_contact(struct engine *e, struct writer *w, const struct leg *l)
{
	/* The user part is the leg's own, not the call's: the two sides could recognise each other by it. */
	if (l->secure)
		core_write_sips_contact(&e->core, w, &l->flow, buf_span(l->local_tag));
	else
		core_write_contact(&e->core, w, &l->flow, buf_span(l->local_tag));
	/* That a conference is there, not a person (RFC 4579 3.3). */
	if (l->peer && l->peer->focus)
		writer_put(w, SPAN(";isfocus"));
}

static struct span tagged(struct writer *w, const struct buf *party, const struct buf *tag)
{
	uint32_t from = w->n;

	writer_put(w, buf_span(party));
	if (tag && tag->n) {
		writer_put(w, SPAN(";tag="));
		writer_put(w, buf_span(tag));
	}
	return w->failed ? (struct span){ 0 } : span_of(w->p + from, w->n - from);
}

bool leg_answers_challenge(struct engine *e, const struct leg *l, const struct flow *by, const struct sip_msg *m,
			   struct credentials_asked *asked)
{
	return !edge_proves_itself(e, l) && credentials_answer(e, l->trunk, by, m, asked);
}

/* Toward a trunk that asks for them: credentials. */
static void prove(struct engine *e, struct leg *l, const struct leg_request *r, struct writer *out)
{
	struct span added;

	if (l->trunk < 0 || edge_proves_itself(e, l))
		return;
	if (span_eq(r->method, SPAN("ACK"))) {
		credentials_repeat(out, buf_span(l->credentials));
		return;
	}
	added = credentials_add(e, l->trunk, r->flow ? r->flow : &l->flow, r->asked, out);
	if (!span_eq(r->method, SPAN("INVITE")))
		return;
	buf_drop(&e->core.bufs, l->credentials);
	l->credentials = added.n ? buf_keep(&e->core.bufs, added) : NULL;
}

/* What crosses in headers is UTF-8 (RFC 3261 7), whatever it was; a body is what its type says. */
static void mend(struct writer *w, uint32_t body)
{
	if (!w->failed)
		utf8_mend(w->p, w->n - body);
}

struct span leg_request_write(struct engine *e, struct leg *l, const struct leg_request *r)
{
	struct core *core = &e->core;
	struct writer out = writer_over(core->out_text, sizeof(core->out_text));
	char parts[16384];
	struct writer w = writer_over(parts, sizeof(parts));
	struct topology_request t = {
		.method = r->method,
		.call_id = buf_span(l->call_id),
		.cseq = r->cseq,
		/* Down to 0: the next one refuses it then, which ends every loop (RFC 3261 16.3). */
		.max_forwards = (uint8_t)(r->hops ? r->hops - 1 : 70),
		.content_type = r->content_type,
		.body = r->body,
	};
	struct topology_way way;
	struct routeset where = routeset_apply(&w, buf_span(l->routes), buf_span(l->target));
	struct span host;
	uint32_t at, own;

	t.uri = where.uri;
	t.route = where.route;
	nexthop_reach(e, l);
	if (r->cseq % CALLKEEP_CSEQ_STEP == 0)
		callkeep_changed(e, l->call);
	t.from = tagged(&w, l->local, l->local_tag);
	t.to = tagged(&w, l->remote, l->remote_tag);
	at = w.n;
	core_write_via(core, &w, r->flow ? r->flow : &l->flow, r->branch);
	t.via = span_of(parts + at, w.n - at);
	at = w.n;
	if (has_contact(r->method))
		write_contact(e, &w, l);
	t.contact = span_of(parts + at, w.n - at);
	at = w.n;
	core_write_host(core, &w, l->flow.realm);
	host = span_of(parts + at, w.n - at);
	at = w.n;
	writer_put(&w, r->lines);
	way = trust_way(e, l, r->original, host);
	way.drop = r->drop;
	way.ndrop = r->ndrop;
	own = w.n;
	trust_lines(e, &w, l, r->original, host);
	routelines_cut(&w, own, r->drop, r->ndrop);
	if (r->supported)
		topology_tags_write(&w, way.transparent ? NULL : r->original, SIP_HDR_SUPPORTED, r->supported);
	t.lines = span_of(parts + at, w.n - at);
	if (w.failed)
		return (struct span){ 0 };
	topology_request_write(&out, r->original, &way, &t);
	mend(&out, span_is_set(r->body) || !r->original ? r->body.n : sip_msg_body(r->original).n);
	prove(e, l, r, &out);
	return leakcheck_passes(e, l, r->original, &out) ? writer_done(&out) : (struct span){ 0 };
}

/* Where the dialog's peer finds us again; only on what makes or keeps a dialog (RFC 3261 12.1.1). */
static void write_dialog_lines(struct engine *e, struct writer *w, const struct leg *l, const struct sip_msg *request)
{
	const struct sip_field *f = sip_field_first(request, SIP_HDR_RECORD_ROUTE);

	writer_put(w, SPAN("Contact: "));
	write_contact(e, w, l);
	writer_put(w, SPAN("\r\n"));
	for (; f; f = sip_field_next(request, f)) {
		writer_put(w, SPAN("Record-Route: "));
		writer_put(w, sip_field_value(request, f));
		writer_put(w, SPAN("\r\n"));
	}
}

struct span leg_response_lines(struct engine *e, const struct leg *l, const struct sip_msg *request,
			       const struct sip_msg *original, uint16_t status, bool with_body, struct span own)
{
	struct core *core = &e->core;
	struct writer w = writer_over(core->part_text, sizeof(core->part_text));
	char text[256];
	struct writer host = writer_over(text, sizeof(text));
	struct topology_way way;

	core_write_host(core, &host, l->flow.realm);
	way = trust_way(e, l, original, writer_done(&host));
	if (status > 100 && status < 300)
		write_dialog_lines(e, &w, l, request);
	writer_put(&w, own);
	trust_lines(e, &w, l, original, way.host);
	topology_lines_write(&w, original, &way, (struct span){ 0 }, with_body);
	mend(&w, 0);
	return !original || leakcheck_passes(e, l, original, &w) ? writer_done(&w) : (struct span){ 0 };
}
