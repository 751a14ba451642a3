/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/memo.h"

#include "alg/sip/msg.h"

static int via_read(const struct sip_msg *m, struct via *out)
{
	struct sip_walk walk = { 0 };
	struct span top;

	return sip_walk_next(m, SIP_HDR_VIA, &walk, &top) ? via_parse(top, out) : -1;
}

static int value_read(const struct sip_msg *m, enum sip_memo_of what, struct sip_memo *memo)
{
	switch (what) {
	case SIP_MEMO_VIA:
		return via_read(m, &memo->via);
	case SIP_MEMO_FROM:
		return nameaddr_parse(sip_msg_value(m, SIP_HDR_FROM), &memo->party[0]);
	case SIP_MEMO_TO:
		return nameaddr_parse(sip_msg_value(m, SIP_HDR_TO), &memo->party[1]);
	case SIP_MEMO_TARGET:
		return uri_parse(m->uri, &memo->target);
	case SIP_MEMO_CSEQ:
		return cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &memo->cseq);
	case SIP_MEMO_N:
		break;
	}
	return -1;
}

/* Whether it can be read. That it was is no change of the message: so it is const to who asks. */
static bool is_read(const struct sip_msg *m, enum sip_memo_of what)
{
	struct sip_msg *own = (struct sip_msg *)m;
	const uint8_t bit = (uint8_t)(1U << what);

	if (!(m->tried & bit)) {
		own->tried |= bit;
		if (value_read(m, what, &own->memo) == 0)
			own->readable |= bit;
	}
	return m->readable & bit;
}

const struct via *sip_msg_top_via(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_VIA) ? &m->memo.via : NULL;
}

const struct nameaddr *sip_msg_from(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_FROM) ? &m->memo.party[0] : NULL;
}

const struct nameaddr *sip_msg_to(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_TO) ? &m->memo.party[1] : NULL;
}

const struct uri *sip_msg_target(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_TARGET) ? &m->memo.target : NULL;
}

const struct cseq *sip_msg_cseq(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_CSEQ) ? &m->memo.cseq : NULL;
}

struct span sip_msg_from_tag(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_FROM) ? m->memo.party[0].tag : (struct span){ 0 };
}

struct span sip_msg_to_tag(const struct sip_msg *m)
{
	return is_read(m, SIP_MEMO_TO) ? m->memo.party[1].tag : (struct span){ 0 };
}

static void party_move(struct nameaddr *a, const char *from, const char *to)
{
	span_move(&a->display, from, to);
	span_move(&a->uri, from, to);
	span_move(&a->params, from, to);
	span_move(&a->tag, from, to);
}

static void via_move(struct via *v, const char *from, const char *to)
{
	span_move(&v->transport, from, to);
	span_move(&v->sent_by, from, to);
	span_move(&v->host, from, to);
	span_move(&v->params, from, to);
	span_move(&v->branch, from, to);
	span_move(&v->received, from, to);
	span_move(&v->rport, from, to);
}

static void target_move(struct uri *u, const char *from, const char *to)
{
	span_move(&u->scheme_name, from, to);
	span_move(&u->user, from, to);
	span_move(&u->password, from, to);
	span_move(&u->host, from, to);
	span_move(&u->params, from, to);
	span_move(&u->headers, from, to);
}

/* What was not read holds nothing yet, not even zeroes. */
static void memo_move(struct sip_msg *m, const char *from, const char *to)
{
	struct sip_memo *memo = &m->memo;

	if (m->readable & 1U << SIP_MEMO_VIA)
		via_move(&memo->via, from, to);
	if (m->readable & 1U << SIP_MEMO_FROM)
		party_move(&memo->party[0], from, to);
	if (m->readable & 1U << SIP_MEMO_TO)
		party_move(&memo->party[1], from, to);
	if (m->readable & 1U << SIP_MEMO_TARGET)
		target_move(&memo->target, from, to);
	if (m->readable & 1U << SIP_MEMO_CSEQ)
		span_move(&memo->cseq.method_name, from, to);
}

void sip_msg_move(struct sip_msg *m, const char *to)
{
	const char *from = m->raw.p;

	span_move(&m->raw, from, to);
	span_move(&m->method_name, from, to);
	span_move(&m->uri, from, to);
	span_move(&m->reason, from, to);
	memo_move(m, from, to);
}
