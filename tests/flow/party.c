/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/party.h"

#include <stdio.h>

#include "alg/sip/cseq.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/rack.h"
#include "tests/flow/describe.h"

void party_copy(char *to, size_t size, struct span s)
{
	size_t n = s.n < size - 1 ? s.n : size - 1;

	if (n)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

static void keep(struct party_message *m, struct span s)
{
	m->n = s.n < sizeof(m->text) ? s.n : 0;
	if (m->n)
		memcpy(m->text, s.p, m->n);
}

/* Short texts would be found by chance. */
void party_know(struct party *p, struct span secret)
{
	if (secret.n < 6 || p->nknown == PARTY_KNOWN)
		return;
	for (unsigned i = 0; i < p->nknown; i++)
		if (span_eq(secret, span_str(p->known[i])))
			return;
	party_copy(p->known[p->nknown++], sizeof(p->known[0]), secret);
}

struct span party_host(const struct addr *a, char *buf, uint32_t size, bool brackets)
{
	struct writer w = writer_over(buf, size);

	addr_write_host(&w, a, brackets);
	return writer_done(&w);
}

void party_new_id(struct party *p, char *to, size_t size, const char *what)
{
	snprintf(to, size, "%s-%s-%u", what, p->name, ++p->serial);
	party_know(p, span_str(to));
}

void party_init(struct party *p, const char *name, const struct flow *flow, const struct addr *own)
{
	char text[64];

	memset(p, 0, sizeof(*p));
	party_copy(p->name, sizeof(p->name), span_str(name));
	party_copy(p->user, sizeof(p->user), span_str(name));
	p->flow = *flow;
	p->own = *own;
	p->media_port = (uint16_t)(40000 + 10 * (name[0] - 'a'));
	party_know(p, party_host(own, text, sizeof(text), false));
	party_know(p, party_host(&flow->peer, text, sizeof(text), false));
	party_new_id(p, p->reg_call_id, sizeof(p->reg_call_id), "regid");
	party_new_id(p, p->reg_tag, sizeof(p->reg_tag), "regtag");
}

void party_keep_sent(struct party *p, struct span text)
{
	keep(&p->sent, text);
}

/* ----- what arrives ----- */

void party_receive(struct party *p, struct span text)
{
	if (p->count == PARTY_INBOX)
		return;
	keep(&p->inbox[(p->first + p->count++) % PARTY_INBOX], text);
}

bool party_take(struct party *p, struct party_message *out)
{
	if (!p->count)
		return false;
	keep(out, span_of(p->inbox[p->first].text, p->inbox[p->first].n));
	p->first = (p->first + 1) % PARTY_INBOX;
	p->count--;
	return true;
}

static void keep_request(struct party *p, struct span text)
{
	if (p->nrequest == PARTY_REQUESTS) {
		memmove(&p->request[0], &p->request[1], sizeof(p->request[0]) * (PARTY_REQUESTS - 1));
		p->nrequest--;
	}
	keep(&p->request[p->nrequest++], text);
}

static void learn_contact(struct party *p, const struct sip_msg *m)
{
	struct nameaddr contact;

	if (sip_msg_has(m, SIP_HDR_CONTACT) && nameaddr_parse(sip_msg_value(m, SIP_HDR_CONTACT), &contact) == 0)
		party_copy(p->target, sizeof(p->target), contact.uri);
}

/* Of another notifier than before: the dialog in hand is with that one (RFC 6665 4.4.1). */
static void learn_notifier(struct party *p, const struct sip_msg *m)
{
	struct span from = sip_msg_value(m, SIP_HDR_FROM);

	if (m->method == SIP_NOTIFY && span_eq(sip_msg_value(m, SIP_HDR_CALL_ID), span_str(p->call_id)) &&
	    span_eq(nameaddr_tag(sip_msg_value(m, SIP_HDR_TO)), span_str(p->local_tag)) &&
	    !span_eq(nameaddr_tag(from), nameaddr_tag(span_str(p->remote))))
		party_copy(p->remote, sizeof(p->remote), from);
}

static void learn_request(struct party *p, const struct sip_msg *m)
{
	static const struct {
		bool answered, dialog, target;
	} of[SIP_METHOD_N] = {
		[SIP_INVITE] = { true, true, true },        [SIP_SUBSCRIBE] = { true, true, true },
		[SIP_UPDATE] = { true, false, true },       [SIP_NOTIFY] = { true, true, true },
		[SIP_MESSAGE] = { true, true, false },      [SIP_REFER] = { true, true, true },
		[SIP_ACK] = { false, false, false },        [SIP_CANCEL] = { true, false, false },
		[SIP_BYE] = { true, false, false },         [SIP_INFO] = { true, true, false },
		[SIP_OPTIONS] = { true, false, false },     [SIP_PUBLISH] = { true, true, false },
		[SIP_REGISTER] = { true, false, false },    [SIP_PRACK] = { true, false, false },
		[SIP_METHOD_OTHER] = { true, true, false },
	};

	if (of[m->method].answered)
		keep_request(p, m->raw);
	if (of[m->method].dialog && !nameaddr_tag(sip_msg_value(m, SIP_HDR_TO)).n) {
		party_new_id(p, p->local_tag, sizeof(p->local_tag), "tagof");
		party_copy(p->call_id, sizeof(p->call_id), sip_msg_value(m, SIP_HDR_CALL_ID));
		party_copy(p->local, sizeof(p->local), sip_msg_value(m, SIP_HDR_TO));
		party_copy(p->remote, sizeof(p->remote), sip_msg_value(m, SIP_HDR_FROM));
		p->cseq = 1000;
	}
	learn_notifier(p, m);
	if (of[m->method].target)
		learn_contact(p, m);
}

void party_learn(struct party *p, const struct sip_msg *m)
{
	struct cseq cseq;

	if (span_istarts(sip_msg_value(m, SIP_HDR_CONTENT_TYPE), SPAN("application/sdp"))) {
		keep(&p->sdp, sip_msg_body(m));
		describe_heard(p, sip_msg_body(m));
	}
	if (m->is_request) {
		learn_request(p, m);
		return;
	}
	if (m->status == 401 || m->status == 407) {
		keep(&p->challenge, m->raw);
		p->nonce_count = 0;
	}
	if (m->status == 100 || cseq_parse(sip_msg_value(m, SIP_HDR_CSEQ), &cseq) || cseq.method == SIP_REGISTER ||
	    cseq.method == SIP_CANCEL)
		return;
	if (m->status >= 300) {
		party_copy(p->failed_to, sizeof(p->failed_to), sip_msg_value(m, SIP_HDR_TO));
		return;
	}
	rseq_parse(sip_msg_value(m, SIP_HDR_RSEQ), &p->rseq);
	if (nameaddr_tag(sip_msg_value(m, SIP_HDR_TO)).n)
		party_copy(p->remote, sizeof(p->remote), sip_msg_value(m, SIP_HDR_TO));
	learn_contact(p, m);
}
