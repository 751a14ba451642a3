/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/registrar/registration.h"

#include "alg/base/cursor.h"
#include "alg/nat/place.h"
#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/qvalue.h"

/* What Expires means where it cannot be read (RFC 3261 10.2.1.1). */
enum { EXPIRES_DEFAULT_S = 3600 };

static uint16_t refuse(struct registration *g, uint16_t status, const char *why)
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

uint32_t registration_grant_max(const struct registration *g)
{
	return flow_is_stream(&g->from) ? g->where->phones.expires_stream_s : g->where->phones.expires_udp_s;
}

static uint32_t grant_min(const struct registration *g)
{
	return REGISTRATION_MIN_S < registration_grant_max(g) ? REGISTRATION_MIN_S : registration_grant_max(g);
}

static enum place_port port_of(const struct registration *g)
{
	return flow_is_stream(&g->from) ? PLACE_PORT_ANY : PLACE_PORT_COUNTS;
}

static bool via_is_elsewhere(const struct registration *g)
{
	struct sip_walk walk = { 0 };
	struct span value;
	struct via via;

	return sip_walk_next(g->msg, SIP_HDR_VIA, &walk, &value) && via_parse(value, &via) == 0 &&
	       place_of_via(&via, &g->from.peer, port_of(g)) != PLACE_HERE;
}

/* A phone that has learnt its outer address (by STUN, or from our received) gives it as its Contact, and is behind NAT
 * all the same: often its Via still tells. */
static bool contact_is_nat(const struct registration *g, const struct uri *uri)
{
	if (g->where->phones.nat != CONF_NAT_AUTO)
		return g->where->phones.nat == CONF_NAT_ALWAYS;
	return g->via_is_elsewhere || place_of_contact(uri, &g->from.peer, port_of(g)) != PLACE_HERE;
}

static uint32_t reg_id_read(struct span s)
{
	uint32_t v;

	return span_u32(s, &v) == 0 ? v : 0;
}

/* One Contact value. 0, or the status to refuse with. */
static uint16_t wish_read(struct registration *g, struct span value)
{
	struct registration_wish *w = &g->wish[g->n];
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
	*w = (struct registration_wish){
		.uri = uri,
		.params = na.params,
		.expires_s = expires_read(params_get(na.params, SPAN("expires")), g->expires_s),
		.facts = {
			.flow = g->from,
			.contact = na.uri,
			.call_id = g->call_id,
			.cseq = g->cseq,
			.instance = params_get(na.params, SPAN("+sip.instance")),
			.reg_id = reg_id_read(params_get(na.params, SPAN("reg-id"))),
			.q = qvalue_read(params_get(na.params, SPAN("q"))),
			.nat = contact_is_nat(g, &uri),
			.agent = sip_msg_value(g->msg, SIP_HDR_USER_AGENT),
			.path = g->path_text.n ? writer_done(&g->path_text) : (struct span){ 0 },
		},
	};
	g->n++;
	return 0;
}

static uint16_t contacts_read(struct registration *g)
{
	struct sip_walk walk = { 0 };
	unsigned values = 0;
	struct span value;

	while (sip_walk_next(g->msg, SIP_HDR_CONTACT, &walk, &value)) {
		uint16_t status = wish_read(g, value);

		if (status)
			return status;
		values++;
	}
	/* RFC 3261 10.3 step 6 */
	if (g->star && (values > 1 || !sip_msg_has(g->msg, SIP_HDR_EXPIRES) || g->expires_s != 0))
		return refuse(g, 400, "Contact: * needs to be alone and with Expires: 0");
	return 0;
}

static uint16_t path_read(struct registration *g)
{
	struct sip_walk walk = { 0 };
	struct span value;

	g->path_text = writer_over(g->path, sizeof(g->path));
	while (sip_walk_next(g->msg, SIP_HDR_PATH, &walk, &value)) {
		if (g->path_text.n)
			writer_str(&g->path_text, ", ");
		writer_put(&g->path_text, value);
	}
	return g->path_text.failed ? refuse(g, 513, "the Path is too long") : 0;
}

uint16_t registration_read(struct registration *g)
{
	struct cseq cseq;
	uint16_t status;

	if (cseq_parse(sip_msg_value(g->msg, SIP_HDR_CSEQ), &cseq))
		return refuse(g, 400, "the CSeq cannot be read");
	g->cseq = cseq.number;
	g->call_id = sip_msg_value(g->msg, SIP_HDR_CALL_ID);
	g->expires_s = expires_read(sip_msg_value(g->msg, SIP_HDR_EXPIRES), EXPIRES_DEFAULT_S);
	g->via_is_elsewhere = via_is_elsewhere(g);
	status = path_read(g);
	return status ? status : contacts_read(g);
}

/* --- matching it with what there is --------------------------------------------------------- */

/* Where a Contact may be about a binding; in the order in which they are tried. */
typedef bool match_fn(const struct registration_wish *w, const struct binding *b);

static bool same_contact(const struct registration_wish *w, const struct binding *b)
{
	struct uri uri;

	return uri_parse(b->facts.contact, &uri) == 0 && uri_eq(&uri, &w->uri);
}

/* The same phone with a new address; with another reg-id it is another way to the phone (RFC 5626 6). */
static bool same_instance(const struct registration_wish *w, const struct binding *b)
{
	return span_is_set(w->facts.instance) && span_eq(w->facts.instance, b->facts.instance) &&
	       w->facts.reg_id == b->facts.reg_id;
}

/* Started anew behind the same mapping. Two that give different instances are two phones behind one proxy. */
static bool same_flow(const struct registration_wish *w, const struct binding *b)
{
	return w->expires_s && flow_eq(&w->facts.flow, &b->facts.flow) &&
	       !(span_is_set(w->facts.instance) && span_is_set(b->facts.instance));
}

static bool is_matched(const struct registration *g, const struct binding *b)
{
	for (unsigned i = 0; i < g->n; i++) {
		if (g->wish[i].match == b)
			return true;
	}
	return false;
}

/* Each binding is matched once: in one request, two Contacts are two places. */
static void wishes_match(struct registration *g, match_fn *is_match)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct binding *b = g->wish[i].match ? NULL : bindings_find(g->bindings, g->user);

		while (b && (is_matched(g, b) || !is_match(&g->wish[i], b)))
			b = b->next;
		if (b)
			g->wish[i].match = b;
	}
}

/* RFC 3261 10.3 step 7: within one Call-ID, only a later CSeq changes a binding. */
bool registration_in_order(const struct registration *g, const struct binding *b)
{
	return !span_eq(b->facts.call_id, g->call_id) || g->cseq > b->facts.cseq;
}

void registration_match(struct registration *g)
{
	static match_fn *const order[] = { same_contact, same_instance, same_flow };

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		wishes_match(g, order[i]);
}

static uint16_t star_check(struct registration *g)
{
	for (struct binding *b = bindings_find(g->bindings, g->user); b; b = b->next) {
		if (!registration_in_order(g, b))
			return refuse(g, 500, "the CSeq is not above the last one");
	}
	return 0;
}

uint16_t registration_check(struct registration *g, struct writer *headers)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct registration_wish *w = &g->wish[i];

		if (w->match && !registration_in_order(g, w->match))
			return refuse(g, 500, "the CSeq is not above the last one");
		if (!binding_fits(g->user, &w->facts))
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
static int wishes_growth(const struct registration *g)
{
	int growth = 0;

	for (unsigned i = 0; i < g->n; i++)
		growth += g->wish[i].expires_s ? !g->wish[i].match : -(g->wish[i].match != NULL);
	return growth;
}

static struct binding *oldest_unmatched(const struct registration *g)
{
	struct binding *oldest = NULL;

	for (struct binding *b = bindings_find(g->bindings, g->user); b; b = b->next) {
		if (!is_matched(g, b) && (!oldest || b->refreshed < oldest->refreshed))
			oldest = b;
	}
	return oldest;
}

static void wishes_remove(struct registration *g)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct registration_wish *w = &g->wish[i];

		if (w->match && !w->expires_s) {
			bindings_drop(g->bindings, w->match, BINDING_REMOVED, g->now);
			w->match = NULL;
		}
	}
}

static void wishes_put(struct registration *g)
{
	for (unsigned i = 0; i < g->n; i++) {
		struct registration_wish *w = &g->wish[i];
		uint32_t granted_s =
			w->expires_s < registration_grant_max(g) ? w->expires_s : registration_grant_max(g);

		if (!w->expires_s)
			continue;
		w->facts.expires_at = g->now + granted_s * UINT64_C(1000);
		bindings_put(g->bindings, g->user, w->match, &w->facts, g->now);
	}
}

static uint16_t wishes_apply(struct registration *g, struct writer *headers)
{
	struct bindings *t = g->bindings;
	int growth = wishes_growth(g);
	int displaced = (int)bindings_count_of(t, g->user) + growth - BINDINGS_PER_USER;

	if (displaced < 0)
		displaced = 0;
	if (growth - displaced > (int)(bindings_capacity(t) - bindings_count(t))) {
		writer_str(headers, "Retry-After: ");
		writer_u64(headers, REGISTRATION_RETRY_AFTER_S);
		writer_str(headers, "\r\n");
		return refuse(g, 503, "the location table is full");
	}
	wishes_remove(g);
	/* A phone that forgets its old Contacts at each start must not lock its user out. */
	for (; displaced > 0; displaced--)
		bindings_drop(t, oldest_unmatched(g), BINDING_DISPLACED, g->now);
	wishes_put(g);
	return 0;
}

static uint16_t star_apply(struct registration *g)
{
	struct bindings *t = g->bindings;
	uint16_t status = star_check(g);
	struct binding *b;

	while (!status && (b = bindings_find(t, g->user)))
		bindings_drop(t, b, BINDING_REMOVED, g->now);
	return status;
}

uint16_t registration_apply(struct registration *g, struct writer *headers)
{
	uint16_t status;

	if (g->star)
		return star_apply(g);
	status = registration_check(g, headers);
	return status ? status : wishes_apply(g, headers);
}
