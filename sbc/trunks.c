/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/trunks.h"

#include <stddef.h>
#include <stdlib.h>

static const struct txn_ops ping_ops;

const char *trunk_state_name(enum trunk_state s)
{
	static const char *const names[] = { "unprobed", "up", "down" };

	return names[s];
}

static void enter(struct trunk_peer *p, enum trunk_state state)
{
	struct core *core = p->home->core;
	const struct conf_trunk *trunk = &core->conf->trunks[p->trunk];

	if (p->state == state)
		return;
	p->state = (uint8_t)state;
	p->since = core_now(core);
	if (state == TRUNK_DOWN)
		log_warn(&core->log, "trunk %s: peer %s is down: no answer to %d OPTIONS", trunk->name,
			 trunk->peers[p->peer].host, TRUNK_MISSES);
	else
		log_info(&core->log, "trunk %s: peer %s is up", trunk->name, trunk->peers[p->peer].host);
}

/* ----- the ping ----- */

static struct flow flow_of(const struct core *core, const struct trunk_peer *p)
{
	const struct conf_trunk *trunk = &core->conf->trunks[p->trunk];
	const struct conf_realm *realm = &core->conf->realms[trunk->realm];
	struct flow f = { .peer = trunk->peers[p->peer].addr, .realm = (uint8_t)trunk->realm };

	while (f.listen + 1u < realm->nlisten && realm->listen[f.listen].transport != CONF_UDP)
		f.listen++;
	return f;
}

static void write_ping(struct core *core, struct writer *w, const struct flow *to, struct span branch)
{
	char us[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX];
	struct writer own = writer_over(us, sizeof(us));

	core_write_sent_by(core, &own, to);
	addr_text(&to->peer, peer);
	writer_format(w, "OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %.*s;branch=%.*s;rport\r\nMax-Forwards: 70\r\n",
		      peer, SPAN_ARG(writer_done(&own)), SPAN_ARG(branch));
	writer_format(w, "From: <sip:%.*s>;tag=", SPAN_ARG(writer_done(&own)));
	token_write(&core->tokens, w, TOKEN_TAG_LEN);
	writer_format(w, "\r\nTo: <sip:%s>\r\nCall-ID: ", peer);
	token_write(&core->tokens, w, TOKEN_CALL_ID_LEN);
	writer_format(
		w, "\r\nCSeq: 1 OPTIONS\r\nContact: <sip:%.*s>\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n",
		SPAN_ARG(writer_done(&own)));
}

static void on_ping_due(struct timer *timer, void *ctx, uint64_t now)
{
	struct trunk_peer *p = (struct trunk_peer *)((char *)timer - offsetof(struct trunk_peer, next));
	struct core *core = p->home->core;
	struct writer w = writer_over(core->out_text, sizeof(core->out_text));
	struct flow to = flow_of(core, p);
	char text[TOKEN_BRANCH_LEN];
	struct writer branch = writer_over(text, sizeof(text));

	(void)ctx;
	if (p->ping) {
		txn_abandon(p->ping);
		p->ping = NULL;
		if (p->misses < UINT8_MAX)
			p->misses++;
		if (p->misses >= TRUNK_MISSES)
			enter(p, TRUNK_DOWN);
	}
	txn_branch_write(core, &branch);
	write_ping(core, &w, &to, writer_done(&branch));
	p->asked = now;
	p->ping = txn_client(p->home->txns, SIP_OPTIONS, &to, writer_done(&branch), writer_done(&w), &ping_ops, p);
	wheel_add(&core->wheel, &p->next, now + core->conf->trunks[p->trunk].probe_ms, on_ping_due);
}

/* Whatever it answers, it is alive (K2). */
static void on_answer(void *env, struct txn *t, const struct sip_msg *m)
{
	struct trunk_peer *p = t->user;

	(void)env;
	if (m->status < 200)
		return;
	p->status = m->status;
	p->rtt_ms = (uint32_t)(core_now(p->home->core) - p->asked);
	p->misses = 0;
	txn_detach(t);
	p->ping = NULL;
	enter(p, TRUNK_UP);
}

static void on_ended(void *env, struct txn *t)
{
	struct trunk_peer *p = t->user;

	(void)env;
	p->ping = NULL;
	if (p->misses < UINT8_MAX)
		p->misses++;
	if (p->misses >= TRUNK_MISSES)
		enter(p, TRUNK_DOWN);
}

static const struct txn_ops ping_ops = {
	.response = on_answer,
	.ended = on_ended,
};

/* ----- all of them ----- */

int trunks_init(struct trunks *t, struct core *core, struct txns *txns)
{
	const struct config *conf = core->conf;

	t->core = core;
	t->txns = txns;
	t->peer = calloc((size_t)(conf->ntrunk ? conf->ntrunk : 1) * CONF_PEER_MAX, sizeof(*t->peer));
	if (!t->peer)
		return -1;
	for (unsigned i = 0; i < conf->ntrunk; i++) {
		for (unsigned k = 0; k < conf->trunks[i].npeer; k++) {
			struct trunk_peer *p = &t->peer[i * CONF_PEER_MAX + k];

			*p = (struct trunk_peer){ .home = t, .trunk = (uint16_t)i, .peer = (uint8_t)k };
			if (conf->trunks[i].probe_ms)
				wheel_add(&core->wheel, &p->next,
					  core_now(core) +
						  token_u64(&core->tokens) % (conf->trunks[i].probe_ms / 4 + 1),
					  on_ping_due);
		}
	}
	return 0;
}

void trunks_fini(struct trunks *t)
{
	for (unsigned i = 0; t->peer && i < t->core->conf->ntrunk * CONF_PEER_MAX; i++)
		wheel_del(&t->core->wheel, &t->peer[i].next);
	free(t->peer);
	t->peer = NULL;
}

int trunks_pick(const struct trunks *t, unsigned trunk)
{
	for (unsigned k = 0; k < t->core->conf->trunks[trunk].npeer; k++)
		if (trunks_peer(t, trunk, k)->state != TRUNK_DOWN)
			return (int)k;
	return -1;
}
