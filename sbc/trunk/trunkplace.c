/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunk/trunkplace.h"

#include <stddef.h>
#include <stdio.h>

#include "sbc/base/transport.h"

static void on_due(struct timer *timer, void *ctx, uint64_t now);

const char *trunk_state_name(enum trunk_state s)
{
	static const char *const names[] = { "unprobed", "up", "probing", "down" };

	return names[s];
}

static const struct conf_trunk *trunk_of(const struct trunk_place *p)
{
	return &p->core->conf->trunks[p->trunk];
}

static void enter(struct trunk_place *p, enum trunk_state state, const char *why)
{
	const struct log *log = &p->core->log;
	const char *transport = transport_info((enum conf_transport)p->flow.transport)->via.p;
	char peer[ADDR_TEXT_MAX];

	if (p->state == state)
		return;
	p->state = (uint8_t)state;
	p->since = core_now(p->core);
	addr_text(&p->flow.peer, peer);
	if (state == TRUNK_DOWN)
		log_warn(log, "trunk %s: peer %s (%s %s) is down: %s", trunk_of(p)->name,
			 trunk_of(p)->peers[p->peer].name, transport, peer, why);
	else if (state == TRUNK_UP)
		log_info(log, "trunk %s: peer %s (%s %s) is up", trunk_of(p)->name, trunk_of(p)->peers[p->peer].name,
			 transport, peer);
}

/* ----- when to ask ----- */

/* While in doubt soon; else the configured time, give or take a tenth: peers must not be asked in step (K2). */
static void schedule(struct trunk_place *p)
{
	uint32_t probe = trunk_of(p)->probe_ms;
	uint64_t wait;

	if (!probe && (p->state == TRUNK_UNPROBED || p->state == TRUNK_UP)) {
		wheel_del(&p->core->wheel, &p->next);
		return;
	}
	if (!probe)
		wait = TRUNK_REST_MS;
	else if (p->state == TRUNK_PROBING && probe > TRUNK_AGAIN_MS)
		wait = TRUNK_AGAIN_MS;
	else
		wait = probe - probe / 10 + token_u64(&p->core->tokens) % (probe / 5 + 1);
	wheel_add(&p->core->wheel, &p->next, core_now(p->core) + wait, on_due);
}

/* ----- what became of it ----- */

static void alive(struct trunk_place *p, bool for_sure)
{
	p->misses = 0;
	if (for_sure || p->hits_wanted <= 1) {
		p->hits_wanted = 0;
		enter(p, TRUNK_UP, "");
	} else {
		p->hits_wanted--;
		enter(p, TRUNK_PROBING, "");
	}
}

static void dead(struct trunk_place *p, bool for_sure, const char *why)
{
	if (p->misses < UINT8_MAX)
		p->misses++;
	if (for_sure || p->misses >= trunk_of(p)->probe_fails || p->hits_wanted) {
		p->hits_wanted = trunk_of(p)->probe_passes;
		enter(p, TRUNK_DOWN, why);
	} else {
		enter(p, TRUNK_PROBING, why);
	}
}

void trunkplace_failed(struct trunk_place *p, enum trunk_failure why, uint32_t retry_after_s)
{
	uint64_t now = core_now(p->core);

	if (why == TRUNK_BUSY) {
		if (retry_after_s > TRUNK_RETRY_AFTER_MAX_S)
			retry_after_s = TRUNK_RETRY_AFTER_MAX_S;
		/* Without Retry-After it is about that request alone (RFC 3261 21.5.4). */
		if (retry_after_s)
			p->rests_until = now + 1000ull * retry_after_s;
		return;
	}
	dead(p, why == TRUNK_REFUSED, why == TRUNK_REFUSED ? "it refuses" : "no answer to a request");
	if (p->ping || p->gone)
		return;
	/* The ping says soon whether it was about the request or the peer. A refusal may come at once, and again. */
	if (trunk_of(p)->probe_ms)
		wheel_add(&p->core->wheel, &p->next, now + (why == TRUNK_REFUSED ? TRUNK_AGAIN_MS : 0), on_due);
	else
		schedule(p);
}

void trunkplace_worked(struct trunk_place *p)
{
	bool was_in_doubt = p->state == TRUNK_PROBING || p->state == TRUNK_DOWN;

	alive(p, true);
	if (was_in_doubt && !p->ping && !p->gone)
		schedule(p);
}

bool trunkplace_usable(const struct trunk_place *p)
{
	return !p->gone && p->state != TRUNK_DOWN && core_now(p->core) >= p->rests_until;
}

/* ----- the ping ----- */

static void write_ping(struct core *core, struct writer *w, const struct trunk_place *p, struct span branch)
{
	char us[ADDR_TEXT_MAX];
	struct writer own = writer_over(us, sizeof(us));
	struct span param = transport_info((enum conf_transport)p->flow.transport)->param;

	core_write_sent_by(core, &own, &p->flow);
	writer_format(w, "OPTIONS sip:%s%.*s SIP/2.0\r\nVia: ", p->host, SPAN_ARG(param));
	core_write_via(core, w, &p->flow, branch);
	writer_format(w, "\r\nMax-Forwards: 70\r\nFrom: <sip:%.*s>;tag=", SPAN_ARG(writer_done(&own)));
	token_write(&core->tokens, w, TOKEN_TAG_LEN);
	writer_format(w, "\r\nTo: <sip:%s>\r\nCall-ID: ", p->host);
	token_write(&core->tokens, w, TOKEN_CALL_ID_LEN);
	writer_str(w, "\r\nCSeq: 1 OPTIONS\r\nContact: ");
	core_write_contact(core, w, &p->flow, (struct span){ 0 });
	writer_str(w, "\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n");
}

static void forget_ping(struct trunk_place *p)
{
	p->ping = NULL;
	wheel_del(&p->core->wheel, &p->patience);
}

static void missed(struct trunk_place *p, bool for_sure, const char *why)
{
	bool was_down = p->state == TRUNK_DOWN;

	forget_ping(p);
	dead(p, for_sure, why);
	schedule(p);
	/* A connection that broke may only have been of an old life of the peer. */
	if (for_sure && !was_down)
		wheel_add(&p->core->wheel, &p->next, core_now(p->core) + TRUNK_AGAIN_MS, on_due);
}

/* Answers that say "not now" or "nobody there", and those that the operator says do: for calls as good as none. All
 * others are signs of life (K2). */
static bool is_alive(const struct trunk_place *p, uint16_t status)
{
	const struct conf_trunk *conf = trunk_of(p);

	for (unsigned i = 0; i < conf->nprobe_bad; i++)
		if (conf->probe_bad[i] == status)
			return false;
	return status != 408 && status != 503;
}

static void on_answer(void *env, struct txn *t, const struct sip_msg *m)
{
	struct trunk_place *p = t->user;

	(void)env;
	if (m->status < 200)
		return;
	p->status = m->status;
	p->rtt_ms = (uint32_t)(core_now(p->core) - p->asked);
	txn_detach(t);
	if (!is_alive(p, m->status)) {
		char why[64];

		snprintf(why, sizeof(why), "it answers OPTIONS with %u", m->status);
		missed(p, false, why);
		return;
	}
	forget_ping(p);
	alive(p, false);
	schedule(p);
}

static void on_failed(void *env, struct txn *t)
{
	struct trunk_place *p = t->user;

	(void)env;
	txn_detach(t);
	missed(p, true, "it can't be reached");
}

static void on_ended(void *env, struct txn *t)
{
	(void)env;
	missed(t->user, false, "no answer to OPTIONS");
}

static const struct txn_ops ping_ops = {
	.response = on_answer,
	.failed = on_failed,
	.ended = on_ended,
};

static void on_patience(struct timer *timer, void *ctx, uint64_t now)
{
	struct trunk_place *p = (struct trunk_place *)((char *)timer - offsetof(struct trunk_place, patience));

	(void)ctx, (void)now;
	txn_abandon(p->ping);
	missed(p, false, "no answer to OPTIONS");
}

static void ping(struct trunk_place *p)
{
	struct core *core = p->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	char text[TOKEN_BRANCH_LEN];
	struct writer branch = writer_over(text, sizeof(text));

	txn_branch_write(core, &branch);
	write_ping(core, &w, p, writer_done(&branch));
	p->asked = core_now(core);
	p->ping = txn_client(p->txns, SIP_OPTIONS, &p->flow, writer_done(&branch), writer_done(&w), &ping_ops, p);
	if (p->ping)
		wheel_add(&core->wheel, &p->patience, p->asked + TRUNK_PATIENCE_MS, on_patience);
	else
		schedule(p);
}

static void on_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct trunk_place *p = (struct trunk_place *)((char *)timer - offsetof(struct trunk_place, next));

	(void)ctx, (void)now;
	if (trunk_of(p)->probe_ms) {
		if (!p->ping)
			ping(p);
		return;
	}
	/* Nobody asks it: the next request will. */
	p->misses = 0;
	p->hits_wanted = 0;
	enter(p, TRUNK_UNPROBED, "");
}

void trunkplace_start(struct trunk_place *p, uint64_t spread)
{
	if (trunk_of(p)->probe_ms)
		wheel_add(&p->core->wheel, &p->next, core_now(p->core) + token_u64(&p->core->tokens) % (spread + 1),
			  on_due);
}

void trunkplace_stop(struct trunk_place *p)
{
	wheel_del(&p->core->wheel, &p->next);
	wheel_del(&p->core->wheel, &p->patience);
	txn_abandon(p->ping);
	p->ping = NULL;
}
