/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/txn/txn.h"

#include <stddef.h>
#include <stdlib.h>

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/reply.h"
#include "alg/sip/via.h"
#include "sbc/base/kept.h"
#include "sbc/base/transport.h"
#include "sbc/txn/derive.h"

/* A TU that has not answered an INVITE by then: 100 Trying stops the retransmissions (RFC 3261 17.2.1). */
enum { TRYING_AFTER_MS = 200 };

int txns_init(struct txns *all, struct core *core, void *env, uint32_t capacity)
{
	memset(all, 0, sizeof(*all));
	all->core = core;
	all->env = env;
	all->capacity = capacity;
	all->pool = calloc(capacity, sizeof(*all->pool));
	if (!all->pool || table_init(&all->by_name, capacity, NULL) || table_init(&all->by_request, capacity, NULL)) {
		txns_fini(all);
		return -1;
	}
	for (uint32_t i = capacity; i-- > 0;) {
		all->pool[i].next = all->free;
		all->free = &all->pool[i];
	}
	return 0;
}

void txns_fini(struct txns *all)
{
	for (uint32_t i = 0; all->pool && i < all->capacity; i++) {
		buf_drop(&all->core->bufs, all->pool[i].sent);
		buf_drop(&all->core->bufs, all->pool[i].request);
		all->pool[i].sent = all->pool[i].request = NULL;
	}
	table_fini(&all->by_name);
	table_fini(&all->by_request);
	free(all->pool);
}

void txn_branch_write(struct core *core, struct writer *w)
{
	writer_put(w, SPAN("z9hG4bK"));
	token_write(&core->tokens, w, TOKEN_BRANCH_LEN - 7);
}

/* ----- names ----- */

static struct name client_name(const struct txns *all, struct span branch, struct span method)
{
	struct span parts[] = { SPAN("client"), branch, method };

	return core_name(all->core, parts, 3);
}

/* RFC 3261 17.2.3; an ACK is looked up as its INVITE. Old requests without the cookie are named by what RFC 2543 had.
 */
static struct name server_name(const struct txns *all, const struct sip_msg *m, struct span method)
{
	const struct via *via = sip_msg_top_via(m);
	struct span top = sip_msg_value(m, SIP_HDR_VIA), one;
	struct sip_walk walk = { 0 };
	const struct cseq *cseq = sip_msg_cseq(m);
	char number[16];
	struct writer w = writer_over(number, sizeof(number));

	if (via && via_has_cookie(via)) {
		struct span parts[] = { SPAN("server"), via->branch, via->sent_by, method };

		return core_name(all->core, parts, 4);
	}
	if (sip_walk_next(m, SIP_HDR_VIA, &walk, &one))
		top = one;
	writer_u64(&w, cseq ? cseq->number : 0);
	struct span parts[] = { SPAN("old"),     top,   sip_msg_value(m, SIP_HDR_CALL_ID), sip_msg_from_tag(m),
				writer_done(&w), method };

	return core_name(all->core, parts, 6);
}

static struct txn *find(const struct txns *all, const struct name *name)
{
	return table_find(&all->by_name, name_span(name));
}

/* ----- carrying out the tables ----- */

static void on_trying(struct timer *timer, void *ctx, uint64_t now);
static void on_retransmit(struct timer *timer, void *ctx, uint64_t now);
static void on_timeout(struct timer *timer, void *ctx, uint64_t now);
static void on_linger(struct timer *timer, void *ctx, uint64_t now);

static void leave_connection(struct txn *t)
{
	if (!t->beside_link)
		return;
	*t->beside_link = t->beside;
	if (t->beside)
		t->beside->beside_link = t->beside_link;
	t->beside_link = NULL;
}

static void join_connection(struct txn *t)
{
	struct txn **head = &t->home->on_connection[t->flow.connection & (TXNS_BUCKETS - 1)];

	leave_connection(t);
	if (!t->flow.connection)
		return;
	t->beside = *head;
	if (t->beside)
		t->beside->beside_link = &t->beside;
	t->beside_link = head;
	*head = t;
}

static void drop(struct txn *t)
{
	struct txns *all = t->home;
	struct core *core = all->core;

	if (t->user && t->ops && t->ops->ended)
		t->ops->ended(all->env, t);
	wheel_del(&core->wheel, &t->retransmit);
	wheel_del(&core->wheel, &t->timeout);
	wheel_del(&core->wheel, &t->linger);
	leave_connection(t);
	table_del(&all->by_name, name_span(&t->name));
	if (t->claimed)
		table_del(&all->by_request, name_span(&t->path_name));
	buf_drop(&core->bufs, t->sent);
	buf_drop(&core->bufs, t->request);
	memset(t, 0, sizeof(*t));
	t->next = all->free;
	all->free = t;
	all->count--;
}

static void send_ack(struct txn *t, const struct sip_msg *response)
{
	struct core *core = t->home->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	struct sip_msg request;

	/* What was sent last is the ACK already when the response came again. */
	if (sip_msg_index(buf_span(t->sent), &request) != SIP_OK || request.method != SIP_INVITE)
		return;
	derive_write(&w, &request, SPAN("ACK"), sip_msg_value(response, SIP_HDR_TO), (struct span){ 0 });
	buf_replace(&core->bufs, &t->sent, writer_done(&w));
}

static bool is_server(const struct txn *t)
{
	return t->kind == TXN_IST || t->kind == TXN_NIST;
}

/* A response whose connection is gone goes to where the top Via says, on a new one (RFC 3261 18.2.2). What can't be
 * sent at all is told by a timer: whoever sends is in the middle of something. */
static void transmit(struct txn *t)
{
	struct core *core = t->home->core;
	uint32_t connection = t->flow.connection;
	int sent = core_send_on(core, &t->flow, buf_span(t->sent));

	if (sent && is_server(t) && connection && t->reply_port) {
		t->flow.connection = 0;
		t->flow.peer.port = t->reply_port;
		sent = core_send_on(core, &t->flow, buf_span(t->sent));
	}
	if (t->flow.connection != connection)
		join_connection(t);
	if (sent && !is_server(t)) {
		t->broken = true;
		wheel_add(&core->wheel, &t->timeout, core_now(core), on_timeout);
	}
}

static void start_timers(struct txn *t, unsigned effects)
{
	struct wheel *wheel = &t->home->core->wheel;
	bool invite_client = t->kind == TXN_ICT, reliable = flow_is_stream(&t->flow);

	/* Streams repeat by themselves (RFC 3261 17.1.1.2); an IST repeats none either (17.2.1). Who proved nothing may
	 * have written anybody's address: a refusal goes there once for each time that it is asked for. */
	if (reliable || (t->kind == TXN_IST && !t->known))
		effects &= ~(unsigned)(TXN_DO_RETRANSMIT_START | TXN_DO_RETRANSMIT_DOUBLE | TXN_DO_RETRANSMIT_T2);

	if (effects & TXN_DO_RETRANSMIT_START)
		t->interval = TXN_T1_MS;
	if (effects & TXN_DO_RETRANSMIT_DOUBLE)
		t->interval = invite_client || t->interval * 2 < TXN_T2_MS ? t->interval * 2 : TXN_T2_MS;
	if (effects & TXN_DO_RETRANSMIT_T2)
		t->interval = TXN_T2_MS;
	if (effects & (TXN_DO_RETRANSMIT_START | TXN_DO_RETRANSMIT_DOUBLE | TXN_DO_RETRANSMIT_T2))
		wheel_add(wheel, &t->retransmit, wheel->now + t->interval, on_retransmit);
	if (effects & TXN_DO_RETRANSMIT_STOP)
		wheel_del(wheel, &t->retransmit);
	if ((effects & TXN_DO_TIMEOUT_START) && !t->broken)
		wheel_add(wheel, &t->timeout, wheel->now + TXN_TIMEOUT_MS, on_timeout);
	if (effects & TXN_DO_TIMEOUT_STOP)
		wheel_del(wheel, &t->timeout);
	if (effects & TXN_DO_LINGER_START)
		wheel_add(wheel, &t->linger, wheel->now + txn_linger_ms(t->kind, t->state, reliable), on_linger);
}

static void tell(struct txn *t, unsigned effects, const struct sip_msg *m)
{
	void *env = t->home->env;

	if (!t->user || !t->ops)
		return;
	if ((effects & TXN_DO_TELL) && m) {
		if (m->is_request && t->ops->ack)
			t->ops->ack(env, t, m);
		else if (!m->is_request && t->ops->response)
			t->ops->response(env, t, m);
	} else if ((effects & TXN_DO_TELL_ERROR) && t->ops->failed) {
		t->ops->failed(env, t);
	} else if ((effects & (TXN_DO_TELL_TIMEOUT | TXN_DO_TELL_ERROR)) && t->ops->timeout) {
		t->ops->timeout(env, t);
	}
}

/* Once accepted, the layer above repeats 2xx and ACK by itself (RFC 6026): what we kept is of no more use. */
static void release_texts(struct txn *t)
{
	struct buf_pool *bufs = &t->home->core->bufs;

	if (t->state != TXN_ACCEPTED && !(is_server(t) && t->state == TXN_COMPLETED))
		return;
	buf_drop(bufs, t->request);
	t->request = NULL;
	if (t->kind == TXN_ICT) {
		buf_drop(bufs, t->sent);
		t->sent = NULL;
	}
}

static void run(struct txn *t, enum txn_event event, const struct sip_msg *m)
{
	struct txn_step step = txn_step(t->kind, t->state, event);
	struct core *core = t->home->core;

	if (!step.allowed) {
		core_count(core, COUNT_TXN_NOT_ALLOWED);
		return;
	}
	t->state = step.next;
	if ((step.effects & TXN_DO_ACK) && m)
		send_ack(t, m);
	if ((step.effects & (TXN_DO_SEND | TXN_DO_RESEND | TXN_DO_ACK)) && t->sent)
		transmit(t);
	start_timers(t, step.effects);
	release_texts(t);
	tell(t, step.effects, m);
	/* Zero linger, or an end: nothing may be waiting on a timer that was never started. */
	if (t->home && t->state == TXN_TERMINATED)
		drop(t);
}

static void on_retransmit(struct timer *timer, void *ctx, uint64_t now)
{
	(void)ctx, (void)now;
	run((struct txn *)((char *)timer - offsetof(struct txn, retransmit)), TXN_EV_TIMER_RETRANSMIT, NULL);
}

static void on_timeout(struct timer *timer, void *ctx, uint64_t now)
{
	struct txn *t = (struct txn *)((char *)timer - offsetof(struct txn, timeout));
	bool broken = t->broken;

	(void)ctx, (void)now;
	t->broken = false;
	run(t, broken ? TXN_EV_TRANSPORT_ERROR : TXN_EV_TIMER_TIMEOUT, NULL);
}

static void on_linger(struct timer *timer, void *ctx, uint64_t now)
{
	(void)ctx, (void)now;
	run((struct txn *)((char *)timer - offsetof(struct txn, linger)), TXN_EV_TIMER_LINGER, NULL);
}

/* ----- beginning ----- */

static struct txn *take(struct txns *all, const struct name *name, const struct flow *flow, enum txn_kind kind,
			enum sip_method method)
{
	struct txn *t = all->free;

	if (t)
		t->name = *name;
	if (!t || table_add(&all->by_name, name_span(&t->name), t)) {
		core_count(all->core, COUNT_DROP_FULL);
		return NULL;
	}
	all->free = t->next;
	if (t->next)
		__builtin_prefetch(&t->next->next);
	t->next = NULL;
	t->home = all;
	t->flow = *flow;
	t->kind = (uint8_t)kind;
	t->method = (uint8_t)method;
	t->state = TXN_INIT;
	all->count++;
	join_connection(t);
	return t;
}

struct txn *txn_client(struct txns *all, enum sip_method method, const struct flow *to, struct span branch,
		       struct span request, const struct txn_ops *ops, void *user)
{
	struct span name_of = span_slice(request, 0, span_find(request, ' '));
	struct name name = client_name(all, branch, name_of);
	struct txn *t = take(all, &name, to, method == SIP_INVITE ? TXN_ICT : TXN_NICT, method);

	if (!t)
		return NULL;
	t->sent = buf_keep(&all->core->bufs, request);
	if (!t->sent) {
		drop(t);
		return NULL;
	}
	t->ops = ops;
	t->user = user;
	run(t, TXN_EV_START, NULL);
	return t;
}

static uint16_t sent_by_port(const struct sip_msg *m, const struct flow *from)
{
	const struct via *via = sip_msg_top_via(m);

	if (!via)
		return 0;
	return via->port ? via->port : transport_info(from->transport)->port;
}

struct txn *txn_server(struct txns *all, const struct sip_msg *m, const struct name *name, const struct flow *from)
{
	struct name found = name ? *name : server_name(all, m, m->method_name);
	bool invite = m->method == SIP_INVITE;
	struct txn *t = take(all, &found, from, invite ? TXN_IST : TXN_NIST, m->method);

	if (!t)
		return NULL;
	t->request = kept_new(&all->core->bufs, m);
	if (!t->request) {
		drop(t);
		return NULL;
	}
	t->known = flow_is_stream(from); /* a handshake proved its address */
	t->reply_port = flow_is_stream(from) ? sent_by_port(m, from) : 0;
	run(t, TXN_EV_START, NULL);
	if (invite)
		wheel_add(&all->core->wheel, &t->retransmit, core_now(all->core) + TRYING_AFTER_MS, on_trying);
	return t;
}

/* ----- what the layer above does ----- */

void txn_respond(struct txn *t, uint16_t status, struct span response)
{
	struct core *core = t->home->core;
	enum txn_event event = status < 200 ? TXN_EV_TX_1XX : status < 300 ? TXN_EV_TX_2XX : TXN_EV_TX_FINAL;
	struct txn_step step = txn_step(t->kind, t->state, event);

	/* A second final response is neither sent nor kept (RFC 3261 17.2.2). */
	if (!step.allowed || !(step.effects & (TXN_DO_SEND | TXN_DO_STORE))) {
		core_count(core, COUNT_TXN_NOT_ALLOWED);
		return;
	}
	if (!t->answered)
		wheel_del(&core->wheel, &t->retransmit); /* no 100 needed any more */
	t->answered = true;
	t->status = status;
	if (buf_replace(&core->bufs, &t->sent, response))
		core_count(core, COUNT_DROP_FULL);
	run(t, event, NULL);
}

static void on_trying(struct timer *timer, void *ctx, uint64_t now)
{
	struct txn *t = (struct txn *)((char *)timer - offsetof(struct txn, retransmit));
	struct core *core = t->home->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	struct sip_msg request;
	struct reply trying = { .status = 100, .source = t->flow.peer };

	(void)ctx, (void)now;
	if (!kept_read(t->request, &request))
		return;
	reply_write(&w, &request, &trying);
	txn_respond(t, 100, writer_done(&w));
}

void txn_detach(struct txn *t)
{
	if (!t)
		return;
	t->user = NULL;
	t->ops = NULL;
}

void txn_abandon(struct txn *t)
{
	if (!t)
		return;
	txn_detach(t);
	drop(t);
}

/* ----- what arrives ----- */

bool txns_knows(const struct txns *all, const struct sip_msg *m)
{
	struct name name = server_name(all, m, m->method_name);

	return find(all, &name) != NULL;
}

enum txn_match txns_request(struct txns *all, const struct sip_msg *m, struct name *name)
{
	bool ack = m->method == SIP_ACK;
	struct txn *t;

	*name = server_name(all, m, ack ? SPAN("INVITE") : m->method_name);
	t = find(all, name);
	if (!t)
		return TXN_NEW;
	/* The ACK of a 2xx has a branch of its own: it is the dialog's affair. One that matches is of a 3xx-6xx. */
	if (ack) {
		run(t, TXN_EV_RX_ACK, m);
		return TXN_ABSORBED;
	}
	core_count(all->core, COUNT_RX_RETRANSMISSION);
	run(t, TXN_EV_RX_REQUEST, m);
	return TXN_ABSORBED;
}

struct txn *txns_asker(const struct txns *all, const struct sip_msg *m)
{
	const struct via *via = sip_msg_top_via(m);
	const struct cseq *cseq = sip_msg_cseq(m);

	if (!via || !cseq)
		return NULL;
	struct name name = client_name(all, via->branch, cseq->method_name);

	return find(all, &name);
}

void txn_response(struct txn *t, const struct sip_msg *m)
{
	t->status = m->status;
	run(t, m->status < 200 ? TXN_EV_RX_1XX : m->status < 300 ? TXN_EV_RX_2XX : TXN_EV_RX_FINAL, m);
}

struct txn *txns_cancelled(struct txns *all, const struct sip_msg *cancel)
{
	struct name name = server_name(all, cancel, SPAN("INVITE"));

	return find(all, &name);
}

bool txns_claim(struct txns *all, struct txn *t, const struct name *request)
{
	t->path_name = *request;
	t->claimed = table_add(&all->by_request, name_span(&t->path_name), t) == 0;
	return t->claimed;
}

void txns_flow_closed(struct txns *all, const struct flow *flow)
{
	struct txn *t = all->on_connection[flow->connection & (TXNS_BUCKETS - 1)];

	/* One that hears it may end others: the walk begins anew after each. */
	while (t) {
		if (t->flow.connection != flow->connection) {
			t = t->beside;
			continue;
		}
		leave_connection(t);
		t->flow.connection = 0;
		if (!is_server(t) || t->state == TXN_PROCEEDING)
			run(t, TXN_EV_TRANSPORT_ERROR, NULL);
		t = all->on_connection[flow->connection & (TXNS_BUCKETS - 1)];
	}
}

/* Ours all have one length: see txn_branch_write(). */
static const struct txn *own(const struct txns *all, const struct sip_msg *m, const struct via *via)
{
	struct name name;

	if (via->branch.n != TOKEN_BRANCH_LEN || !via_has_cookie(via))
		return NULL;
	name = client_name(all, via->branch, m->method_name);
	return find(all, &name);
}

const struct txn *txns_own(const struct txns *all, const struct sip_msg *m)
{
	const struct via *top = sip_msg_top_via(m);
	const struct txn *t = top ? own(all, m, top) : NULL;
	struct sip_walk walk = { 0 };
	struct span one;
	struct via via;

	(void)sip_walk_next(m, SIP_HDR_VIA, &walk, &one); /* that was the top one */
	while (!t && sip_walk_next(m, SIP_HDR_VIA, &walk, &one))
		if (via_parse(one, &via) == 0)
			t = own(all, m, &via);
	return t;
}
