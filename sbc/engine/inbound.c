/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/engine/inbound.h"

#include <stddef.h>

#include "alg/nat/topology.h"
#include "alg/net/stun.h"
#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"
#include "alg/sip/via.h"
#include "sbc/call/indialog.h"
#include "sbc/call/leg.h"
#include "sbc/call/pass.h"
#include "sbc/call/setup.h"
#include "sbc/engine/respond.h"
#include "sbc/guard/guard.h"
#include "sbc/identity/identity.h"
#include "sbc/registrar/edge.h"
#include "sbc/registrar/edge_call.h"
#include "sbc/route/route.h"
#include "sbc/store/callrestore.h"

/* A message on its way through the stages. A stage that dealt with it says DONE; PASS hands it on. */
enum verdict { PASS, DONE };

enum { EMERGENCIES_PER_S = 50 };

struct inbound {
	struct engine *e;
	const struct flow *from;
	bool stranger;         /* nobody lives there that we know */
	bool over;             /* it said more than it may; on a connection, so it is told */
	struct txn *t;         /* from `begin` on */
	struct leg *leg;       /* of the dialog, where there is one */
	const struct txn *own; /* our request that came back as this one; NULL: it is none of ours */
	struct name name;      /* of a request's transaction, from `match` on */
	struct sip_msg m;      /* the last: written by `index`, and cleared by nobody */
};

static enum verdict drop(struct inbound *in, enum count why)
{
	char peer[ADDR_TEXT_MAX];

	core_count(&in->e->core, why);
	log_debug(&in->e->core.log, "dropped from %s: %s", addr_text(&in->from->peer, peer), count_name(why));
	return DONE;
}

/* ----- guard: may this source speak to us at all? ----- */

static bool is_of_networks(const struct conf_realm *realm, const struct addr *peer)
{
	for (unsigned i = 0; i < realm->nnetwork; i++)
		if (prefix_has(&realm->networks[i], peer))
			return true;
	return realm->nnetwork == 0;
}

/* Nothing is written of a flood but its number. */
static enum verdict guard(struct inbound *in)
{
	static const enum count ends[] = {
		[GUARD_BANNED] = COUNT_DROP_BANNED, [GUARD_OVER] = COUNT_DROP_OVER, [GUARD_FLOOD] = COUNT_DROP_FLOOD
	};
	struct engine *e = in->e;
	enum guard_verdict v;

	if (!is_of_networks(&e->core.conf->realms[in->from->realm], &in->from->peer)) {
		guard_unknown(e, in->from, REFUSAL_NETWORK, (struct span){ 0 });
		return drop(in, COUNT_DROP_NETWORK);
	}
	v = guard_look(e, in->from);
	e->guard.taken++;
	in->stranger = v == GUARD_STRANGER;
	if (v == GUARD_PASS || v == GUARD_STRANGER)
		return PASS;
	core_count(&e->core, ends[v]);
	e->guard.kept_off++;
	/* Datagrams come again; what came on a connection does not, unless we say something. */
	in->over = v != GUARD_BANNED && flow_is_stream(in->from);
	return in->over ? PASS : DONE;
}

/* ----- index: bytes become a message, or a 400 ----- */

static uint16_t status_of(enum sip_verdict v)
{
	return v == SIP_BAD_VERSION ? 505 : v == SIP_TOO_LONG || v == SIP_TOO_MANY_FIELDS ? 513 : 400;
}

static struct span first_line(struct span bytes)
{
	return span_slice(bytes, 0, span_find(bytes, '\r'));
}

static enum verdict refuse_malformed(struct inbound *in, uint16_t status, const char *why)
{
	struct answer a = { .status = status };
	char peer[ADDR_TEXT_MAX];

	if (in->stranger)
		guard_evidence(in->e, in->from, EVIDENCE_MALFORMED, false, (struct span){ 0 }, first_line(in->m.raw));
	if (!in->m.is_request || in->m.method == SIP_ACK || !sip_msg_has(&in->m, SIP_HDR_VIA))
		return drop(in, COUNT_DROP_MALFORMED);
	core_count(&in->e->core, COUNT_REFUSE_MALFORMED);
	log_info(&in->e->core.log, "malformed request from %s: %s (%u)", addr_text(&in->from->peer, peer), why, status);
	respond_stateless(in->e, &in->m, in->from, &a);
	return DONE;
}

/* A keepalive that wants to be told its address (RFC 5626 4.4.2). */
static enum verdict stun(struct inbound *in, struct span bytes)
{
	char text[STUN_ANSWER_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct stun_request r;

	if (stun_request_parse(bytes, &r))
		return drop(in, COUNT_DROP_MALFORMED);
	core_count(&in->e->core, COUNT_RX_KEEPALIVE);
	stun_answer(&w, &r, &in->from->peer);
	core_send(&in->e->core, in->from, writer_done(&w));
	return DONE;
}

static enum verdict index_message(struct inbound *in, struct span bytes)
{
	enum sip_verdict v;

	if (span_trim(bytes).n == 0) {
		core_count(&in->e->core, COUNT_RX_KEEPALIVE);
		/* A ping, and its pong (RFC 5626 3.5.1): smaller than the question, and answered by nobody. */
		if (span_eq(bytes, SPAN("\r\n\r\n")))
			core_send(&in->e->core, in->from, SPAN("\r\n"));
		return DONE;
	}
	if (!flow_is_stream(in->from) && stun_is(bytes))
		return stun(in, bytes);
	v = sip_msg_index(bytes, &in->m);
	if (v != SIP_OK)
		return refuse_malformed(in, status_of(v), sip_verdict_name(v));
	core_count(&in->e->core, in->m.is_request ? COUNT_RX_REQUEST : COUNT_RX_RESPONSE);
	return PASS;
}

/* ----- scanner, over: who tells what it is hears nothing; who said too much hears when it may go on ----- */

static enum verdict scanner(struct inbound *in)
{
	if (!in->stranger || !evidence_is_scanner(&in->m))
		return PASS;
	guard_evidence(in->e, in->from, EVIDENCE_SCANNER, false, (struct span){ 0 },
		       sip_msg_value(&in->m, SIP_HDR_USER_AGENT));
	guard_refused(in->e, in->from, REFUSAL_SCANNER);
	return drop(in, COUNT_DROP_SCANNER);
}

static enum verdict over(struct inbound *in)
{
	struct answer later = { .status = 503, .lines = SPAN("Retry-After: 5\r\n") };

	if (!in->over)
		return PASS;
	if (in->m.is_request && in->m.method != SIP_ACK && sip_msg_has(&in->m, SIP_HDR_VIA))
		respond_stateless(in->e, &in->m, in->from, &later);
	return DONE;
}

/* ----- overload: what would begin something new is put off, the cheapest way there is: before it is read closely -----
 */

static bool lives_in_dialogs(enum sip_method m)
{
	return m == SIP_BYE || m == SIP_INFO || m == SIP_UPDATE || m == SIP_PRACK;
}

static bool begins_something(const struct inbound *in)
{
	const struct sip_msg *m = &in->m;

	return m->is_request && m->method != SIP_ACK && m->method != SIP_CANCEL && !lives_in_dialogs(m->method) &&
	       !sip_msg_to_tag(m).n;
}

/* Emergency calls are not put off while others are; so many that no flood of what looks like them ends us. */
static bool is_emergency(struct inbound *in)
{
	struct engine *e = in->e;
	struct rate *rate = &e->admission.emergency;
	uint64_t now = core_now(&e->core);

	if (in->m.method != SIP_INVITE || !rate_allows(rate, EMERGENCIES_PER_S, now) ||
	    !route_is_emergency(e, &in->m, in->from))
		return false;
	rate_take(rate, EMERGENCIES_PER_S, now);
	core_count(&e->core, COUNT_EMERGENCY_LET_IN);
	return true;
}

/* What a registered phone asks without credentials, for it waits for the challenge, is no stranger's question. */
static bool is_unknown(const struct inbound *in)
{
	return in->stranger && (identity_is_stranger(in->e, &in->m, in->from) || edge_is_stranger(in->e, in->from));
}

static enum verdict shed(struct inbound *in)
{
	struct engine *e = in->e;
	const struct sip_msg *m = &in->m;
	char text[32];
	struct writer w = writer_over(text, sizeof(text));
	struct answer later = { .status = 503 };

	/* What was let in once is not refused when it comes again. */
	if (!overload_is_on(&e->overload) || !begins_something(in) || !sip_msg_has(m, SIP_HDR_VIA) ||
	    txns_knows(&e->txns, m) ||
	    overload_admit(&e->overload, is_unknown(in) ? OVERLOAD_STRANGER : OVERLOAD_KNOWN) || is_emergency(in))
		return PASS;
	core_count(&e->core, COUNT_REFUSE_OVERLOAD);
	guard_refused(e, in->from, REFUSAL_BUSY);
	writer_format(&w, "Retry-After: %u\r\n", overload_retry_s(&e->overload));
	later.lines = writer_done(&w);
	respond_stateless(e, m, in->from, &later);
	return DONE;
}

/* ----- check: is all there that we rely on, and readable? ----- */

static enum verdict check(struct inbound *in)
{
	const char *why = NULL;
	int status = sip_msg_check(&in->m, &why);

	return status ? refuse_malformed(in, (uint16_t)status, why) : PASS;
}

/* ----- response: to the transaction that asked ----- */

/* F8: only from where the request went: a trunk may answer from another of its addresses, a phone from another port of
 * its NAT. Whoever guesses a branch still can't speak for them. */
static bool is_from_there(const struct inbound *in, const struct flow *there)
{
	const struct trunks *trunks = &in->e->trunks;
	int trunk;

	if (in->from->realm != there->realm)
		return false;
	if ((in->from->connection && in->from->connection == there->connection) ||
	    addr_same_host(&in->from->peer, &there->peer))
		return true;
	trunk = trunks_of(trunks, there);
	return trunk < 0 || trunk == trunks_of(trunks, in->from);
}

static enum verdict response(struct inbound *in)
{
	struct engine *e = in->e;
	struct via via;
	struct txn *t;

	if (in->m.is_request)
		return PASS;
	t = txns_asker(&e->txns, &in->m);
	if (!t && via_parse(sip_msg_value(&in->m, SIP_HDR_VIA), &via) == 0 &&
	    span_starts(via.branch, SPAN(KEEPALIVE_BRANCH))) {
		if (e->keepalive)
			keepalive_response(e->keepalive, &in->m, core_now(&e->core));
		return DONE;
	}
	if (!t && callrestore_acknowledges(e, in->from, &in->m))
		return DONE;
	if (!t)
		return drop(in, COUNT_DROP_STRAY_RESPONSE);
	if (!is_from_there(in, &t->flow))
		return drop(in, COUNT_DROP_ELSEWHERE);
	txn_response(t, &in->m);
	return DONE;
}

/* ----- what several stages ask ----- */

static bool is_for_us(const struct inbound *in)
{
	const struct conf_realm *realm = &in->e->core.conf->realms[in->from->realm];
	const struct uri *uri = sip_msg_target(&in->m);

	return uri && !uri->user.n && auth_host_is_ours(realm, uri->host);
}

static bool is_out_of_hops(const struct inbound *in)
{
	uint32_t left;

	return span_u32(sip_msg_value(&in->m, SIP_HDR_MAX_FORWARDS), &left) == 0 && left == 0 &&
	       in->m.method != SIP_REGISTER && !(in->m.method == SIP_OPTIONS && is_for_us(in));
}

/* The registrar understands other extensions than calls do, and answers for itself. */
static bool is_unsupported(const struct inbound *in)
{
	return in->m.method != SIP_REGISTER && topology_unsupported(&in->m).n > 0;
}

/* ----- transaction: retransmissions end here, ACK and CANCEL find what they belong to ----- */

static enum verdict ack(struct inbound *in)
{
	struct leg *l = leg_find(in->e, &in->m);

	if (!l)
		return drop(in,
			    respond_is_stateless_ack(in->e, &in->m) ? COUNT_RX_CHALLENGE_ACK : COUNT_DROP_STRAY_ACK);
	indialog_ack(in->e, l, &in->m);
	return DONE;
}

static enum verdict cancel(struct inbound *in)
{
	struct engine *e = in->e;
	struct txn *invite = txns_cancelled(&e->txns, &in->m);
	struct answer ok = { .status = 200 };
	char text[512];
	struct writer reason = writer_over(text, sizeof(text));

	if (!invite) {
		refuse(e, in->t, 481, COUNT_REFUSE_NO_TRANSACTION, (struct span){ 0 });
		return DONE;
	}
	respond(e, in->t, &ok);
	if (sip_msg_has(&in->m, SIP_HDR_REASON)) {
		writer_put(&reason, SPAN("Reason: "));
		writer_put(&reason, sip_msg_value(&in->m, SIP_HDR_REASON));
		writer_put(&reason, SPAN("\r\n"));
	}
	/* After a final response CANCEL has no effect (RFC 3261 9.2). */
	if (invite->user && invite->status < 200)
		pass_cancel(e, invite->user, writer_done(&reason));
	return DONE;
}

static enum verdict match(struct inbound *in)
{
	if (txns_request(&in->e->txns, &in->m, &in->name) == TXN_ABSORBED)
		return DONE;
	return in->m.method == SIP_ACK ? ack(in) : PASS;
}

/* To a stranger who knows none of our dialogs, an INVITE with a To tag is a call like any other: it is challenged. */
static bool is_in_dialog(const struct inbound *in)
{
	return sip_msg_to_tag(&in->m).n && (in->m.method != SIP_INVITE || leg_find(in->e, &in->m));
}

/* Who asks for something and proves nothing is challenged before a transaction is spent on it. What would be refused
 * anyway, or is answered to anybody, goes on. */
static enum verdict stranger(struct inbound *in)
{
	const struct sip_msg *m = &in->m;

	if (m->method == SIP_CANCEL || lives_in_dialogs(m->method) || (m->method == SIP_OPTIONS && is_for_us(in)) ||
	    is_in_dialog(in) || is_out_of_hops(in) || is_unsupported(in) || !identity_is_stranger(in->e, m, in->from))
		return PASS;
	identity_challenge(in->e, m, in->from);
	return DONE;
}

static enum verdict begin(struct inbound *in)
{
	struct engine *e = in->e;

	in->t = txn_server(&e->txns, &in->m, &in->name, in->from);
	if (!in->t) {
		struct answer busy = { .status = 503, .lines = SPAN("Retry-After: 10\r\n") };

		respond_stateless(e, &in->m, in->from, &busy); /* counted there: full */
		return DONE;
	}
	return in->m.method == SIP_CANCEL ? cancel(in) : PASS;
}

/* ----- sanity: what RFC 3261 16.3 and 8.2 ask before anything is done ----- */

static struct span user_asked(const struct sip_msg *m)
{
	const struct uri *uri = sip_msg_target(m);

	return uri ? uri->user : (struct span){ 0 };
}

static struct span user_called(const struct sip_msg *m)
{
	const struct nameaddr *to = sip_msg_to(m);
	struct uri uri;

	return !to || uri_parse(to->uri, &uri) ? (struct span){ 0 } : uri.user;
}

/* A proxy sent our request back to us. For somebody else than we sent it to, that is call forwarding, and right; Max-
 * Forwards ends it where it does not (RFC 5393 4.2). One within a dialog goes to the dialog that it names, or nowhere:
 * where a call of ours went through a proxy to another phone of ours, that is the other half of it. */
static enum verdict loop(struct inbound *in)
{
	struct engine *e = in->e;
	const struct txn *own = txns_own(&e->txns, &in->m);
	struct span user = user_asked(&in->m);
	struct sip_msg sent;

	in->own = own;
	if (!own || sip_msg_to_tag(&in->m).n)
		return PASS;
	if (own->sent && sip_msg_index(buf_span(own->sent), &sent) == SIP_OK && !uri_user_eq(user, user_asked(&sent)) &&
	    !uri_user_eq(user, user_called(&sent)))
		return PASS;
	refuse(e, in->t, 482, COUNT_REFUSE_LOOP, in->m.uri);
	return DONE;
}

/* The same request over two paths (RFC 3261 8.2.2.2): forked in front of us, it must ring once. What came back after we
 * sent it on under the same names is another one. */
static enum verdict merged(struct inbound *in)
{
	struct engine *e = in->e;
	struct span parts[] = { SPAN("merged"),           sip_msg_value(&in->m, SIP_HDR_CALL_ID),
				sip_msg_from_tag(&in->m), sip_msg_value(&in->m, SIP_HDR_CSEQ),
				edge_called(e, &in->m),   in->own ? name_span(&in->own->name) : (struct span){ 0 } };
	struct name name;

	if (sip_msg_to_tag(&in->m).n)
		return PASS;
	name = core_name(&e->core, parts, sizeof(parts) / sizeof(*parts));
	if (txns_claim(&e->txns, in->t, &name))
		return PASS;
	refuse(e, in->t, 482, COUNT_REFUSE_MERGED, (struct span){ 0 });
	return DONE;
}

static enum verdict hops(struct inbound *in)
{
	if (!is_out_of_hops(in))
		return PASS;
	refuse(in->e, in->t, 483, COUNT_REFUSE_HOPS, (struct span){ 0 });
	return DONE;
}

static enum verdict extension(struct inbound *in)
{
	struct engine *e = in->e;
	struct span tag = topology_unsupported(&in->m);
	char text[256];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = 420 };

	if (!is_unsupported(in))
		return PASS;
	writer_put(&w, SPAN("Unsupported: "));
	writer_put(&w, tag);
	writer_put(&w, SPAN("\r\n"));
	a.lines = writer_done(&w);
	core_count(&e->core, COUNT_REFUSE_EXTENSION);
	respond_bounded(e, in->t, &a);
	return DONE;
}

/* Who does not know branches does not know Contact, either (RFC 4475 3.4.1): it is where it asks from. */
static bool is_rfc2543(const struct inbound *in)
{
	const struct via *top = sip_msg_top_via(&in->m);

	return top && !via_has_cookie(top);
}

/* What makes a dialog says where its sender is to be reached (RFC 3261 8.1.1.8, RFC 6665 4.1.2.1). */
static enum verdict contact(struct inbound *in)
{
	enum sip_method m = in->m.method;

	if ((m != SIP_INVITE && m != SIP_SUBSCRIBE) || sip_msg_has(&in->m, SIP_HDR_CONTACT) || is_rfc2543(in))
		return PASS;
	refuse(in->e, in->t, 400, COUNT_REFUSE_MALFORMED, SPAN("no Contact"));
	return DONE;
}

static enum verdict sanity(struct inbound *in)
{
	static enum verdict (*const questions[])(struct inbound *) = { loop, merged, hops, extension, contact };

	for (unsigned i = 0; i < sizeof(questions) / sizeof(*questions); i++)
		if (questions[i](in) == DONE)
			return DONE;
	return PASS;
}

/* ----- dialog: a request that belongs to a call ----- */

static enum verdict dialog(struct inbound *in)
{
	struct engine *e = in->e;

	if (!sip_msg_to_tag(&in->m).n && !lives_in_dialogs(in->m.method))
		return PASS;
	in->leg = leg_find(e, &in->m);
	if (in->leg) {
		in->t->known = true;
		indialog_request(e, in->leg, in->t, &in->m);
	} else {
		refuse(e, in->t, 481, COUNT_REFUSE_NO_DIALOG, (struct span){ 0 });
	}
	return DONE;
}

/* ----- answer: what we are asked ourselves ----- */

static bool takes_calls(const struct engine *e)
{
	return !e->draining && e->ncall < e->core.conf->limits.calls;
}

/* K1. A trunk hears all of it; what else we can do is nobody's business. */
static enum verdict options(struct inbound *in)
{
	char text[512];
	struct writer w = writer_over(text, sizeof(text));
	struct answer a = { .status = takes_calls(in->e) ? 200 : 503 };

	if (in->m.method != SIP_OPTIONS || !is_for_us(in))
		return PASS;
	in->t->known = identity_trunk(in->e, in->from) >= 0;
	if (a.status == 503)
		writer_str(&w, "Retry-After: 10\r\n");
	if (in->t->known) {
		writer_str(&w, "Allow: " RESPOND_METHODS "\r\n");
		topology_tags_write(&w, NULL, SIP_HDR_SUPPORTED, TOPOLOGY_TAGS_OURS);
	}
	if (a.status == 200)
		writer_str(&w, "Accept: application/sdp\r\n");
	a.lines = writer_done(&w);
	respond_bounded(in->e, in->t, &a);
	return DONE;
}

static void register_phone(struct inbound *in, const struct identity *who)
{
	struct engine *e = in->e;
	struct writer w = writer_over(e->core.part_text, REGISTRAR_HEADERS_MAX);
	struct registrar_request q = {
		.msg = &in->m,
		.user = who->user,
		.from = *in->from,
		.now = core_now(&e->core),
		.wall = e->wall(),
	};
	const char *why = "";
	struct answer a = { .status = registrar_handle(&e->registrar, &q, &w, &why) };
	char peer[ADDR_TEXT_MAX];

	a.lines = writer_done(&w);
	core_count(&e->core, a.status == 200 ? COUNT_REGISTER_OK : COUNT_REFUSE_REGISTRATION);
	if (a.status != 200)
		log_info(&e->core.log, "refused REGISTER of %.*s from %s: %u %s", SPAN_ARG(who->user),
			 addr_text(&in->from->peer, peer), a.status, why);
	respond(e, in->t, &a);
}

/* ----- policy: who is it, and where to ----- */

static enum verdict admit(struct inbound *in)
{
	struct engine *e = in->e;
	struct identity who;

	if (!identity_establish(e, in->t, &in->m, &who))
		return DONE;
	/* X7: a stranger to the call may not move it. */
	if (in->m.method == SIP_REFER)
		refuse(e, in->t, 403, COUNT_REFUSE_NOT_ALLOWED, SPAN("REFER outside of a call"));
	else if (in->m.method != SIP_REGISTER)
		setup_begin(e, in->t, &in->m, &who);
	else if (who.kind == IDENTITY_PHONE && edge_home(e, who.realm) >= 0)
		edge_register(e, in->t, &in->m);
	else if (who.kind == IDENTITY_PHONE)
		register_phone(in, &who);
	else
		refuse(e, in->t, 405, COUNT_REFUSE_NOT_ALLOWED, SPAN("REGISTER from a trunk"));
	return DONE;
}

void inbound(struct engine *e, const struct flow *from, struct span bytes)
{
	static enum verdict (*const stages[])(struct inbound *) = {
		over, scanner, shed, check, response, match, stranger, begin, sanity, dialog, options, admit,
	};
	struct inbound in;

	memset(&in, 0, offsetof(struct inbound, name));
	in.e = e;
	in.from = from;
	if (guard(&in) == DONE || index_message(&in, bytes) == DONE)
		return;
	for (unsigned i = 0; i < sizeof(stages) / sizeof(*stages); i++)
		if (stages[i](&in) == DONE)
			return;
}
