/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunkreg.h"

#include <stddef.h>

#include "alg/base/cursor.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/params.h"
#include "alg/sip/uri.h"
#include "sbc/base/transport.h"

enum {
	FIRST_SPREAD_MS = 1000,
	LOCATING_MS = 10 * 1000,       /* DNS may take that long at the start */
	AGAIN_MS = 500,                /* after its connection ended */
	EXPIRES_MIN_S = 10,            /* less is not believed */
	EXPIRES_MAX_S = 7 * 24 * 3600, /* what a Min-Expires may raise it to */
	RETRY_AFTER_MAX_S = 3600,
	ROUTE_MAX = 2048,
};

const char *trunkreg_state_name(enum trunkreg_state s)
{
	static const char *const names[] = { "trying", "registered", "failed", "refused", "ended" };

	return names[s];
}

static const struct conf_trunk *conf_of(const struct trunkreg *r)
{
	return &r->e->core.conf->trunks[r->trunk];
}

static const char *domain_of(const struct trunkreg *r)
{
	const struct conf_trunk *trunk = conf_of(r);

	return trunk->reg.domain ? trunk->reg.domain : trunk->peers[0].host;
}

/* ----- time ----- */

static void on_due(struct timer *timer, void *ctx, uint64_t now);

static void in_ms(struct trunkreg *r, uint64_t ms)
{
	struct core *core = &r->e->core;

	wheel_add(&core->wheel, &r->next, core_now(core) + ms, on_due);
}

/* Between the shares first and last (per cent) of it: many trunks, and many of us, do not ask in step. */
static uint64_t jittered(struct trunkreg *r, uint64_t ms, unsigned first, unsigned last)
{
	return ms * first / 100 + token_u64(&r->e->core.tokens) % (ms * (last - first) / 100 + 1);
}

static void enter(struct trunkreg *r, enum trunkreg_state state)
{
	if (r->state == state)
		return;
	r->state = (uint8_t)state;
	r->since = core_now(&r->e->core);
}

static void lose(struct trunkreg *r)
{
	r->expires = 0;
	buf_drop(&r->e->core.bufs, r->route);
	r->route = NULL;
}

/* ----- asking ----- */

static const struct txn_ops ops;

static void write_request(struct trunkreg *r, struct writer *w, struct span branch, uint32_t expires_s)
{
	struct core *core = &r->e->core;
	const struct conf_register *conf = &conf_of(r)->reg;
	const char *domain = domain_of(r);
	bool v6 = strchr(domain, ':') != NULL;
	const char *open = v6 ? "[" : "", *close = v6 ? "]" : "";

	writer_format(w, "REGISTER sip:%s%s%s SIP/2.0\r\nVia: ", open, domain, close);
	core_write_via(core, w, &r->flow, branch);
	writer_format(w, "\r\nMax-Forwards: 70\r\nFrom: <sip:%s@%s%s%s>;tag=%.*s\r\nTo: <sip:%s@%s%s%s>\r\n",
		      conf->user, open, domain, close, TOKEN_TAG_LEN, r->tag, conf->user, open, domain, close);
	writer_format(w, "Call-ID: %.*s\r\nCSeq: %u REGISTER\r\nContact: ", TOKEN_CALL_ID_LEN, r->call_id, ++r->cseq);
	core_write_contact(core, w, &r->flow, span_str(conf->user));
	writer_format(w, "\r\nExpires: %u\r\nAllow: %s\r\nContent-Length: 0\r\n\r\n", expires_s,
		      "INVITE, ACK, BYE, CANCEL, PRACK, OPTIONS, UPDATE, INFO, MESSAGE, REFER, SUBSCRIBE, NOTIFY");
}

static bool transmit(struct trunkreg *r, uint32_t expires_s)
{
	struct core *core = &r->e->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	char text[TOKEN_BRANCH_LEN];
	struct writer branch = writer_over(text, sizeof(text));

	txn_branch_write(core, &branch);
	write_request(r, &w, writer_done(&branch), expires_s);
	credentials_add(r->e, (int)r->trunk, &r->flow, &r->asked, &w);
	if (!w.failed)
		r->out =
			txn_client(&r->e->txns, SIP_REGISTER, &r->flow, writer_done(&branch), writer_done(&w), &ops, r);
	return r->out != NULL;
}

static void pause_for(struct trunkreg *r, enum trunkreg_state state, uint64_t ms)
{
	lose(r);
	enter(r, state);
	in_ms(r, jittered(r, ms, 80, 120));
}

static void failed(struct trunkreg *r, uint32_t retry_after_s)
{
	uint64_t ms = (uint64_t)TRUNKREG_PAUSE_MS << (r->failures < 10 ? r->failures : 10);

	if (r->failures < UINT8_MAX)
		r->failures++;
	if (ms > TRUNKREG_PAUSE_MAX_MS)
		ms = TRUNKREG_PAUSE_MAX_MS;
	if (ms < 1000ull * retry_after_s)
		ms = 1000ull * retry_after_s;
	log_warn(&r->e->core.log, "trunk %s: not registered: %s; tried again in about %llu s", conf_of(r)->name,
		 r->status ? "no peer takes it now" : "no answer", (unsigned long long)ms / 1000);
	pause_for(r, TRUNKREG_FAILED, ms);
}

/* The next peer of this round; after the last one, a pause. */
static void ask_next(struct trunkreg *r, uint32_t retry_after_s)
{
	while (r->at < r->ntarget) {
		r->flow = r->targets[r->at++];
		r->asked = (struct credentials_asked){ 0 };
		r->raised = false;
		if (transmit(r, r->expires_s))
			return;
	}
	failed(r, retry_after_s);
}

/* Where it is registered goes first, as long as it can be used. */
static void find_targets(struct trunkreg *r)
{
	struct trunk_target found[TRUNKREG_TARGETS];
	unsigned n = trunks_targets(&r->e->trunks, r->trunk, found, TRUNKREG_TARGETS);

	if (!n)
		n = trunks_last_resort(&r->e->trunks, r->trunk, found, TRUNKREG_TARGETS);
	r->ntarget = n;
	r->at = 0;
	for (unsigned i = 0; i < n; i++) {
		r->targets[i] = found[i].flow;
		if (r->state == TRUNKREG_UP && found[i].flow.transport == r->flow.transport &&
		    addr_eq(&found[i].flow.peer, &r->flow.peer)) {
			r->targets[i] = r->targets[0];
			r->targets[0] = found[i].flow;
		}
	}
}

/* Nobody was asked, so nobody is spared by a longer pause. */
static void wait_for_peers(struct trunkreg *r)
{
	const struct core *core = &r->e->core;

	if (r->state == TRUNKREG_TRYING && core_now(core) - r->since < LOCATING_MS) {
		in_ms(r, FIRST_SPREAD_MS);
		return;
	}
	if (r->state != TRUNKREG_FAILED)
		log_warn(&core->log, "trunk %s: not registered: none of its peers can be used now", conf_of(r)->name);
	pause_for(r, TRUNKREG_FAILED, TRUNKREG_PAUSE_MS);
}

static void ask(struct trunkreg *r)
{
	find_targets(r);
	if (!r->ntarget) {
		wait_for_peers(r);
		return;
	}
	r->status = 0;
	ask_next(r, 0);
}

static void on_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct trunkreg *r = (struct trunkreg *)((char *)timer - offsetof(struct trunkreg, next));

	(void)ctx;
	if (r->out)
		return;
	if (r->expires && now >= r->expires)
		lose(r);
	ask(r);
}

/* ----- being answered ----- */

static uint32_t seconds(struct span s, uint32_t otherwise)
{
	uint32_t n;

	return span_u32(span_slice(s, 0, span_run(s, DIGIT)), &n) ? otherwise : n;
}

/* What our Contact was granted: its own expiry goes before the message's (RFC 3261 10.2.4). */
static uint32_t granted(const struct trunkreg *r, const struct sip_msg *m)
{
	uint32_t whole = seconds(sip_msg_value(m, SIP_HDR_EXPIRES), r->expires_s);
	struct sip_walk walk = { 0 };
	struct nameaddr contact;
	struct span one;
	struct uri uri;

	while (sip_walk_next(m, SIP_HDR_CONTACT, &walk, &one))
		if (nameaddr_parse(one, &contact) == 0 && uri_parse(contact.uri, &uri) == 0 &&
		    uri_user_eq(uri.user, span_str(conf_of(r)->reg.user)))
			return seconds(params_get(contact.params, SPAN("expires")), whole);
	return whole;
}

static void keep_route(struct trunkreg *r, const struct sip_msg *m)
{
	char text[ROUTE_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct sip_walk walk = { 0 };
	struct span one;

	while (sip_walk_next(m, SIP_HDR_SERVICE_ROUTE, &walk, &one)) {
		if (w.n)
			writer_put(&w, SPAN(", "));
		writer_put(&w, one);
	}
	buf_drop(&r->e->core.bufs, r->route);
	r->route = w.n && !w.failed ? buf_keep(&r->e->core.bufs, writer_done(&w)) : NULL;
}

static void accepted(struct trunkreg *r, const struct sip_msg *m)
{
	uint32_t expires_s = granted(r, m);
	char peer[ADDR_TEXT_MAX];

	if (expires_s < EXPIRES_MIN_S)
		expires_s = EXPIRES_MIN_S;
	if (expires_s > EXPIRES_MAX_S)
		expires_s = EXPIRES_MAX_S;
	r->failures = 0;
	r->expires = core_now(&r->e->core) + 1000ull * expires_s;
	keep_route(r, m);
	if (r->state != TRUNKREG_UP)
		log_info(&r->e->core.log, "trunk %s: registered at %s for %u s", conf_of(r)->name,
			 addr_text(&r->flow.peer, peer), expires_s);
	enter(r, TRUNKREG_UP);
	in_ms(r, jittered(r, 1000ull * expires_s, 80, 90));
}

/* 423 (RFC 3261 21.4.17). */
static bool is_raised(struct trunkreg *r, const struct sip_msg *m)
{
	uint32_t least = seconds(sip_msg_value(m, SIP_HDR_MIN_EXPIRES), 0);

	if (m->status != 423 || r->raised || least <= r->expires_s || least > EXPIRES_MAX_S)
		return false;
	r->raised = true;
	r->expires_s = least;
	return true;
}

/* Another peer, or another time, may say otherwise. */
static bool is_for_now(uint16_t status)
{
	return status / 100 == 5 || status == 408 || status == 429 || status == 480;
}

static void refused(struct trunkreg *r, const struct sip_msg *m)
{
	core_count(&r->e->core, COUNT_TRUNK_REGISTRATION_REFUSED);
	log_error(&r->e->core.log,
		  "trunk %s: its registration is refused: %u %.*s; check user, password and domain of its register; "
		  "tried again in about %d min",
		  conf_of(r)->name, m->status, SPAN_ARG(m->reason), TRUNKREG_PAUSE_MAX_MS / 60000);
	pause_for(r, TRUNKREG_REFUSED, TRUNKREG_PAUSE_MAX_MS);
}

static void on_response(void *env, struct txn *t, const struct sip_msg *m)
{
	struct trunkreg *r = t->user;
	struct flow flow = t->flow;
	uint32_t later;

	(void)env;
	if (m->status < 200)
		return;
	txn_detach(t);
	r->out = NULL;
	r->flow = flow; /* a connection may have been opened */
	r->status = m->status;
	trunks_response(&r->e->trunks, r->trunk, &flow, m);
	if (r->state == TRUNKREG_ENDED) {
		if (credentials_answer(r->e, (int)r->trunk, &flow, m, &r->asked))
			transmit(r, 0);
		return;
	}
	if (m->status < 300) {
		credentials_accepted(r->e, (int)r->trunk, &flow, m);
		accepted(r, m);
		return;
	}
	if ((is_raised(r, m) || credentials_answer(r->e, (int)r->trunk, &flow, m, &r->asked)) &&
	    transmit(r, r->expires_s))
		return;
	later = seconds(sip_msg_value(m, SIP_HDR_RETRY_AFTER), 0);
	if (is_for_now(m->status))
		ask_next(r, later < RETRY_AFTER_MAX_S ? later : RETRY_AFTER_MAX_S);
	else
		refused(r, m);
}

static void unanswered(struct trunkreg *r, struct txn *t, enum trunk_failure why)
{
	struct flow flow = t->flow;

	txn_detach(t);
	r->out = NULL;
	if (r->state == TRUNKREG_ENDED)
		return;
	trunks_failed(&r->e->trunks, r->trunk, &flow, why, 0);
	ask_next(r, 0);
}

static void on_timeout(void *env, struct txn *t)
{
	(void)env;
	unanswered(t->user, t, TRUNK_TIMEOUT);
}

static void on_failed(void *env, struct txn *t)
{
	(void)env;
	unanswered(t->user, t, TRUNK_REFUSED);
}

static const struct txn_ops ops = { .response = on_response, .timeout = on_timeout, .failed = on_failed };

/* ----- beginning and end ----- */

void trunkreg_open(struct trunkreg *r, struct engine *e, unsigned trunk)
{
	struct core *core = &e->core;
	struct writer call_id = writer_over(r->call_id, sizeof(r->call_id)), tag = writer_over(r->tag, sizeof(r->tag));

	r->e = e;
	r->trunk = trunk;
	r->present = conf_of(r)->reg.present;
	if (!r->present)
		return;
	token_write(&core->tokens, &call_id, sizeof(r->call_id));
	token_write(&core->tokens, &tag, sizeof(r->tag));
	r->expires_s = conf_of(r)->reg.expires_s;
	r->since = core_now(core);
	in_ms(r, jittered(r, FIRST_SPREAD_MS, 0, 100));
}

void trunkreg_end(struct trunkreg *r, bool tell)
{
	bool registered;

	if (!r->present || r->state == TRUNKREG_ENDED)
		return;
	registered = r->expires > core_now(&r->e->core);
	wheel_del(&r->e->core.wheel, &r->next);
	txn_detach(r->out);
	r->out = NULL;
	lose(r);
	enter(r, TRUNKREG_ENDED);
	r->asked = (struct credentials_asked){ 0 };
	if (tell && registered)
		transmit(r, 0);
}

void trunkreg_close(struct trunkreg *r)
{
	trunkreg_end(r, false);
	txn_detach(r->out);
	r->out = NULL;
}

void trunkreg_flow_closed(struct trunkreg *r, const struct flow *flow)
{
	if (!r->present || r->out || r->state != TRUNKREG_UP || !r->flow.connection ||
	    r->flow.connection != flow->connection)
		return;
	log_info(&r->e->core.log, "trunk %s: the connection of its registration ended: registered anew",
		 conf_of(r)->name);
	lose(r);
	enter(r, TRUNKREG_TRYING);
	in_ms(r, jittered(r, AGAIN_MS, 50, 100));
}

void trunkreg_retry(struct trunkreg *r)
{
	if (!r->present || r->out || (r->state != TRUNKREG_FAILED && r->state != TRUNKREG_REFUSED))
		return;
	r->failures = 0;
	in_ms(r, jittered(r, FIRST_SPREAD_MS, 0, 100));
}

struct trunkreg_report trunkreg_report(const struct trunkreg *r)
{
	return (struct trunkreg_report){
		.state = (enum trunkreg_state)r->state,
		.since = r->since,
		.expires = r->expires,
		.next = timer_runs(&r->next) ? r->next.due : 0,
		.status = r->status,
		.where = r->flow.peer,
	};
}
