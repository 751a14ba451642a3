/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar.h"

#include "alg/base/cursor.h"
#include "alg/nat/place.h"
#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/option_tags.h"
#include "alg/sip/params.h"
#include "alg/sip/qvalue.h"
#include "alg/sip/uri.h"
#include "sbc/auth.h"

/* What Expires means where it cannot be read (RFC 3261 10.2.1.1). */
enum { EXPIRES_DEFAULT_S = 3600 };

/* One Contact of the request and what is to become of it. */
struct wish {
	struct binding_facts facts;
	struct uri uri;
	uint32_t expires_s;    /* 0: to be removed */
	struct binding *match; /* the binding that it is about; NULL: none yet */
};

/* The request, read; nothing is changed before all of it is found good. */
struct reading {
	const struct registrar *r;
	const struct registrar_request *q;
	const struct conf_realm *where;
	bool via_is_elsewhere; /* the phone does not send from where its Via says */
	struct span call_id;
	uint32_t cseq;
	uint32_t expires_s; /* of the Expires header, or the default */
	bool star;
	char path[BINDING_TEXT_MAX];
	struct writer path_text; /* over path: the Path values joined */
	unsigned n;
	struct wish wish[BINDINGS_PER_USER];
	const char *why;
};

static uint16_t refuse(struct reading *g, uint16_t status, const char *why)
{
	g->why = why;
	return status;
}

/* --- reading the request -------------------------------------------------------------------- */

/* delta-seconds. Too large a number means "as long as may be" (RFC 3261 20.19: up to 2^32-1). */
static uint32_t expires_read(struct span s, uint32_t otherwise)
{
	uint32_t v;

	if (!span_is_set(s))
		return otherwise;
	s = span_trim(s);
	if (!span_all(s, DIGIT))
		return EXPIRES_DEFAULT_S;
	return span_u32(s, &v) == 0 ? v : UINT32_MAX;
}

static uint32_t grant_max(const struct reading *g)
{
	return flow_is_stream(&g->q->from) ? g->where->phones.expires_stream_s : g->where->phones.expires_udp_s;
}

static uint32_t grant_min(const struct reading *g)
{
	return REGISTRAR_MIN_S < grant_max(g) ? REGISTRAR_MIN_S : grant_max(g);
}

static enum place_port port_of(const struct reading *g)
{
	return flow_is_stream(&g->q->from) ? PLACE_PORT_ANY : PLACE_PORT_COUNTS;
}

static bool via_is_elsewhere(const struct reading *g)
{
	struct sip_walk walk = { 0 };
	struct span value;
	struct via via;

	return sip_walk_next(g->q->msg, SIP_HDR_VIA, &walk, &value) && via_parse(value, &via) == 0 &&
	       place_of_via(&via, &g->q->from.peer, port_of(g)) != PLACE_HERE;
}

/* A phone that has learnt its outer address (by STUN, or from our received) gives it as its Contact, and is behind NAT
 * all the same: often its Via still tells. */
static bool contact_is_nat(const struct reading *g, const struct uri *uri)
{
	if (g->where->phones.nat != CONF_NAT_AUTO)
		return g->where->phones.nat == CONF_NAT_ALWAYS;
	return g->via_is_elsewhere || place_of_contact(uri, &g->q->from.peer, port_of(g)) != PLACE_HERE;
}

static uint32_t reg_id_read(struct span s)
{
	uint32_t v;

	return span_u32(s, &v) == 0 ? v : 0;
}

/* One Contact value. 0, or the status to refuse with. */
static uint16_t wish_read(struct reading *g, struct span value)
{
	struct wish *w = &g->wish[g->n];
	struct nameaddr na;
	struct uri uri;

	if (nameaddr_parse(value, &na))
		return refuse(g, 400, "a Contact cannot be read");
	if (na.star) {
		g->star = true;
		return 0;
	}
	if (g->n == BINDINGS_PER_USER)
		return refuse(g, 403, "more Contacts than one user may have");
	if (uri_parse(na.uri, &uri) || (uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
		return refuse(g, 400, "a Contact is not a SIP URI");
	*w = (struct wish){
		.uri = uri,
		.expires_s = expires_read(params_get(na.params, SPAN("expires")), g->expires_s),
		.facts = {
			.flow = g->q->from,
			.contact = na.uri,
			.call_id = g->call_id,
			.cseq = g->cseq,
			.instance = params_get(na.params, SPAN("+sip.instance")),
			.reg_id = reg_id_read(params_get(na.params, SPAN("reg-id"))),
			.q = qvalue_read(params_get(na.params, SPAN("q"))),
			.nat = contact_is_nat(g, &uri),
			.agent = sip_msg_value(g->q->msg, SIP_HDR_USER_AGENT),
			.path = g->path_text.n ? writer_done(&g->path_text) : (struct span){ 0 },
		},
	};
	g->n++;
	return 0;
}

static uint16_t contacts_read(struct reading *g)
{
	struct sip_walk walk = { 0 };
	unsigned values = 0;
	struct span value;

	while (sip_walk_next(g->q->msg, SIP_HDR_CONTACT, &walk, &value)) {
		uint16_t status = wish_read(g, value);

		if (status)
			return status;
		values++;
	}
	/* RFC 3261 10.3 step 6 */
	if (g->star && (values > 1 || !sip_msg_has(g->q->msg, SIP_HDR_EXPIRES) || g->expires_s != 0))
		return refuse(g, 400, "Contact: * needs to be alone and with Expires: 0");
	return 0;
}

/* The To is the address-of-record. */
static uint16_t aor_check(struct reading *g)
{
	char plain[BINDING_USER_MAX * 3];
	struct writer w = writer_over(plain, sizeof(plain));
	struct nameaddr to;
	struct uri uri;

	if (nameaddr_parse(sip_msg_value(g->q->msg, SIP_HDR_TO), &to) || uri_parse(to.uri, &uri))
		return refuse(g, 400, "the To cannot be read");
	if (uri.scheme != URI_SIP && uri.scheme != URI_SIPS)
		return refuse(g, 404, "the To is not a SIP URI");
	uri_user_plain(&w, uri.user);
	if (!span_eq(writer_done(&w), g->q->user))
		return refuse(g, 403, "the To is not the user who was authenticated");
	if (g->where->phones.ndomain && !auth_host_is_ours(g->where, uri.host))
		return refuse(g, 404, "the To is not of a domain of ours");
	return 0;
}

/* RFC 3261 10.3 step 2. We do nothing that must be required but Path. */
static uint16_t require_check(struct reading *g, struct writer *headers)
{
	struct sip_walk walk = { 0 };
	uint32_t before = headers->n;
	struct span tag;

	while (sip_walk_next(g->q->msg, SIP_HDR_REQUIRE, &walk, &tag)) {
		if (span_ieq(tag, SPAN("path")) || span_ieq(tag, SPAN("outbound")))
			continue;
		writer_str(headers, headers->n == before ? "Unsupported: " : ", ");
		writer_put(headers, tag);
	}
	if (headers->n == before)
		return 0;
	writer_str(headers, "\r\n");
	return refuse(g, 420, "an extension is required that we do not have");
}

static uint16_t path_read(struct reading *g)
{
	struct sip_walk walk = { 0 };
	struct span value;

	g->path_text = writer_over(g->path, sizeof(g->path));
	while (sip_walk_next(g->q->msg, SIP_HDR_PATH, &walk, &value)) {
		if (g->path_text.n)
			writer_str(&g->path_text, ", ");
		writer_put(&g->path_text, value);
	}
	return g->path_text.failed ? refuse(g, 513, "the Path is too long") : 0;
}

static uint16_t request_read(struct reading *g, struct writer *headers)
{
	const struct sip_msg *m = g->q->msg;
	struct cseq cseq;
	uint16_t status;

	if (cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq))
		return refuse(g, 400, "the CSeq cannot be read");
	g->cseq = cseq.number;
	g->call_id = sip_msg_value(m, SIP_HDR_CALL_ID);
	g->expires_s = expires_read(sip_msg_value(m, SIP_HDR_EXPIRES), EXPIRES_DEFAULT_S);
	g->via_is_elsewhere = via_is_elsewhere(g);
	status = require_check(g, headers);
	if (!status)
		status = aor_check(g);
	if (!status)
		status = path_read(g);
	return status ? status : contacts_read(g);
}

/* --- matching it with what there is --------------------------------------------------------- */

/* Where a Contact may be about a binding; in the order in which they are tried. */
typedef bool match_fn(const struct wish *w, const struct binding *b);

static bool same_contact(const struct wish *w, const struct binding *b)
{
	struct uri uri;

	return uri_parse(b->facts.contact, &uri) == 0 && uri_eq(&uri, &w->uri);
}

/* The same phone with a new address; with another reg-id it is another way to the phone (RFC 5626 6). */
static bool same_instance(const struct wish *w, const struct binding *b)
{
	return span_is_set(w->facts.instance) && span_eq(w->facts.instance, b->facts.instance) &&
	       w->facts.reg_id == b->facts.reg_id;
}

/* Started anew behind the same mapping. Two that give different instances are two phones behind one proxy. */
static bool same_flow(const struct wish *w, const struct binding *b)
{
	return w->expires_s && flow_eq(&w->facts.flow, &b->facts.flow) &&
	       !(span_is_set(w->facts.instance) && span_is_set(b->facts.instance));
}

static bool is_matched(const struct reading *g, const struct binding *b)
{
	for (unsigned i = 0; i < g->n; i++) {
		if (g->wish[i].match == b)
			return true;
	}
	return false;
}

/* Each binding is matched once: in one request, two Contacts are two places. */
static void wishes_match(struct reading *g, match_fn *is_match)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct binding *b = g->wish[i].match ? NULL : bindings_find(g->r->bindings, g->q->user);

		while (b && (is_matched(g, b) || !is_match(&g->wish[i], b)))
			b = b->next;
		if (b)
			g->wish[i].match = b;
	}
}

/* RFC 3261 10.3 step 7: within one Call-ID, only a later CSeq changes a binding. */
static bool in_order(const struct reading *g, const struct binding *b)
{
	return !span_eq(b->facts.call_id, g->call_id) || g->cseq > b->facts.cseq;
}

static uint16_t star_check(struct reading *g)
{
	for (struct binding *b = bindings_find(g->r->bindings, g->q->user); b; b = b->next) {
		if (!in_order(g, b))
			return refuse(g, 500, "the CSeq is not above the last one");
	}
	return 0;
}

static uint16_t wishes_check(struct reading *g, struct writer *headers)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct wish *w = &g->wish[i];

		if (w->match && !in_order(g, w->match))
			return refuse(g, 500, "the CSeq is not above the last one");
		if (!binding_fits(g->q->user, &w->facts))
			return refuse(g, 513, "Contact, Call-ID and Path are too long");
		if (w->expires_s && w->expires_s < grant_min(g)) {
			writer_str(headers, "Min-Expires: ");
			writer_u64(headers, grant_min(g));
			writer_str(headers, "\r\n");
			return refuse(g, 423, "the expiry is too short");
		}
	}
	return 0;
}

/* --- changing the table --------------------------------------------------------------------- */

/* How many bindings the table has more afterwards. */
static int wishes_growth(const struct reading *g)
{
	int growth = 0;

	for (unsigned i = 0; i < g->n; i++)
		growth += g->wish[i].expires_s ? !g->wish[i].match : -(g->wish[i].match != NULL);
	return growth;
}

static struct binding *oldest_unmatched(const struct reading *g)
{
	struct binding *oldest = NULL;

	for (struct binding *b = bindings_find(g->r->bindings, g->q->user); b; b = b->next) {
		if (!is_matched(g, b) && (!oldest || b->refreshed < oldest->refreshed))
			oldest = b;
	}
	return oldest;
}

static void wishes_remove(struct reading *g)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct wish *w = &g->wish[i];

		if (w->match && !w->expires_s) {
			bindings_drop(g->r->bindings, w->match, BINDING_REMOVED, g->q->now);
			w->match = NULL;
		}
	}
}

static void wishes_put(struct reading *g)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct wish *w = &g->wish[i];
		uint32_t granted_s = w->expires_s < grant_max(g) ? w->expires_s : grant_max(g);

		if (!w->expires_s)
			continue;
		w->facts.expires_at = g->q->now + granted_s * UINT64_C(1000);
		bindings_put(g->r->bindings, g->q->user, w->match, &w->facts, g->q->now);
	}
}

static uint16_t wishes_apply(struct reading *g, struct writer *headers)
{
	struct bindings *t = g->r->bindings;
	int growth = wishes_growth(g);
	int displaced = (int)bindings_count_of(t, g->q->user) + growth - BINDINGS_PER_USER;

	if (displaced < 0)
		displaced = 0;
	if (growth - displaced > (int)(bindings_capacity(t) - bindings_count(t))) {
		writer_str(headers, "Retry-After: ");
		writer_u64(headers, REGISTRAR_RETRY_AFTER_S);
		writer_str(headers, "\r\n");
		return refuse(g, 503, "the location table is full");
	}
	wishes_remove(g);
	/* A phone that forgets its old Contacts at each start must not lock its user out. */
	for (; displaced > 0; displaced--)
		bindings_drop(t, oldest_unmatched(g), BINDING_DISPLACED, g->q->now);
	wishes_put(g);
	return 0;
}

static uint16_t star_apply(struct reading *g)
{
	struct bindings *t = g->r->bindings;
	uint16_t status = star_check(g);
	struct binding *b;

	while (!status && (b = bindings_find(t, g->q->user)))
		bindings_drop(t, b, BINDING_REMOVED, g->q->now);
	return status;
}

static uint16_t request_apply(struct reading *g, struct writer *headers)
{
	static match_fn *const order[] = { same_contact, same_instance, same_flow };
	uint16_t status;

	if (g->star)
		return star_apply(g);
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		wishes_match(g, order[i]);
	status = wishes_check(g, headers);
	return status ? status : wishes_apply(g, headers);
}

/* --- answering ------------------------------------------------------------------------------ */

static void contact_write(struct writer *w, const struct binding *b, uint64_t now)
{
	const struct binding_facts *f = &b->facts;

	writer_str(w, "Contact: <");
	writer_put(w, f->contact);
	writer_str(w, ">;expires=");
	writer_u64(w, f->expires_at > now ? (f->expires_at - now) / 1000 : 0);
	if (f->q != BINDING_Q_MAX)
		writer_format(w, ";q=0.%03u", f->q);
	if (span_is_set(f->instance)) {
		writer_str(w, ";+sip.instance=");
		writer_put(w, f->instance);
	}
	if (f->reg_id) {
		writer_str(w, ";reg-id=");
		writer_u64(w, f->reg_id);
	}
	writer_str(w, "\r\n");
}

/* RFC 3261 20.17. Not strftime: its names follow the locale. */
static void date_write(struct writer *w, time_t wall)
{
	static const char day[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char month[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm t;

	if (!wall || !gmtime_r(&wall, &t))
		return;
	writer_format(w, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n", day[t.tm_wday], t.tm_mday, month[t.tm_mon],
		      t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* A user's phones may be on both sides of us: each is told of those behind its own address only (CALLS.md G3, 4.16). */
static bool is_told_of(const struct registrar_request *q, const struct binding *b)
{
	return b->facts.flow.realm == q->from.realm && addr_same_host(&b->facts.flow.peer, &q->from.peer);
}

static bool is_outbound(const struct reading *g)
{
	bool flows = false;

	for (unsigned i = 0; i < g->n; i++)
		flows |= g->wish[i].facts.reg_id && span_is_set(g->wish[i].facts.instance) && g->wish[i].expires_s;
	return flows && (option_tags_read(g->q->msg, SIP_HDR_SUPPORTED) & OPTION_BIT(OPTION_OUTBOUND));
}

static void answer_write(const struct reading *g, struct writer *w)
{
	for (const struct binding *b = bindings_find(g->r->bindings, g->q->user); b; b = b->next)
		if (is_told_of(g->q, b))
			contact_write(w, b, g->q->now);
	if (g->path_text.n) { /* RFC 3327 5.3 */
		writer_str(w, "Path: ");
		writer_put(w, writer_done(&g->path_text));
		writer_str(w, "\r\n");
	}
	/* RFC 5626 6: the flow is what the phone is reached by; a keepalive is due within that time. */
	if (is_outbound(g))
		writer_format(w, "Require: outbound\r\nFlow-Timer: %u\r\n", REGISTRAR_FLOW_TIMER_S);
	date_write(w, g->q->wall);
}

uint16_t registrar_handle(const struct registrar *r, const struct registrar_request *q, struct writer *headers,
			  const char **why)
{
	const struct conf_realm *where = &r->conf->realms[q->from.realm];
	struct reading g = {
		.r = r,
		.q = q,
		.where = where,
	};
	uint16_t status = request_read(&g, headers);

	if (!status)
		status = request_apply(&g, headers);
	if (status) {
		*why = g.why;
		return status;
	}
	answer_write(&g, headers);
	return 200;
}
