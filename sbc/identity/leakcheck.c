/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/identity/leakcheck.h"

#include "alg/nat/leak.h"
#include "alg/sip/hdr.h"
#include "sbc/identity/transparent.h"

enum { HOSTS = 5, HOST_TEXT = 64, TOLD_PER_S = 5 };

/* What belongs to the other side, as text. */
struct secrets_of {
	struct leak_set set;
	char host[HOSTS][HOST_TEXT];
	unsigned n;
};

static void add_addr(const struct engine *e, struct secrets_of *s, const struct addr *a, const struct leg *to)
{
	const struct conf_realm *here = &e->core.conf->realms[to->flow.realm];
	struct writer w = writer_over(s->host[s->n], HOST_TEXT);

	/* Two phones behind one NAT have it in common; two realms may have one address. */
	if (s->n == HOSTS || addr_same_host(a, &to->flow.peer) || addr_same_host(a, &here->public) ||
	    addr_same_host(a, &here->address))
		return;
	addr_write_host(&w, a, false);
	leak_add_host(&s->set, writer_done(&w));
	s->n++;
}

/* Where the peer says it is: inside of its network, perhaps; a name is no secret. And where `to` is as well: many
 * networks begin at 192.168.1.1. */
static void add_inside(const struct engine *e, struct secrets_of *s, const struct addr *a, const struct leg *to)
{
	char text[HOST_TEXT];
	struct writer w = writer_over(text, sizeof(text));

	addr_write_host(&w, a, false);
	if (span_search(buf_span(to->target), writer_done(&w)) == buf_span(to->target).n)
		add_addr(e, s, a, to);
}

static struct span contact_host(const struct leg *l)
{
	struct span host = buf_span(l->target);

	host = span_from(host, span_find(host, '@') + 1);
	return span_slice(host, 0, span_find(host, ';'));
}

static void add_contact(const struct engine *e, struct secrets_of *s, struct span contact, const struct leg *from,
			const struct leg *to)
{
	struct addr a;

	if (addr_parse(contact, 0, &a) == 0 && !addr_same_host(&a, &from->flow.peer))
		add_inside(e, s, &a, to);
}

/* Of the request or response that came there: what stands in a response is ours. */
static void add_via(const struct engine *e, struct secrets_of *s, const struct sip_msg *m, struct span contact,
		    const struct leg *to)
{
	const struct conf_realm *there = &e->core.conf->realms[to->peer->flow.realm];
	const struct via *via = m ? sip_msg_top_via(m) : NULL;
	struct addr a;

	if (!via)
		return;
	leak_add_id(&s->set, via->branch);
	if (span_eq(via->sent_by, contact) || addr_parse(via->sent_by, 0, &a) || addr_same_host(&a, &there->public) ||
	    addr_same_host(&a, &there->address))
		return; /* a name, or there already */
	add_inside(e, s, &a, to);
}

static void collect(const struct engine *e, const struct leg *to, const struct sip_msg *m, struct secrets_of *s)
{
	const struct leg *from = to->peer;
	const struct conf_realm *there = &e->core.conf->realms[from->flow.realm];
	const struct span contact = contact_host(from);

	s->n = 0;
	leak_begin(&s->set);
	add_addr(e, s, &there->public, to);
	if (!addr_same_host(&there->address, &there->public))
		add_addr(e, s, &there->address, to);
	add_addr(e, s, &from->flow.peer, to);
	add_contact(e, s, contact, from, to);
	add_via(e, s, m, contact, to);
	if (transparent_between(e, from, to))
		return;
	leak_add_id(&s->set, buf_span(from->call_id));
	leak_add_id(&s->set, buf_span(from->local_tag));
	leak_add_id(&s->set, buf_span(from->remote_tag));
}

/* ----- where it stands ----- */

enum place {
	PLACE_FINE,  /* it may stand there */
	PLACE_LINE,  /* a line that can be left out */
	PLACE_WHOLE, /* without that the message is none */
};

static enum sip_hdr header_of(struct span line)
{
	return sip_hdr_find(span_slice(line, 0, span_find(line, ':')));
}

/* Between transparent sides: what we had to write anew. */
static bool is_treated(enum sip_hdr hdr)
{
	return hdr == SIP_HDR_VIA || hdr == SIP_HDR_CONTACT || hdr == SIP_HDR_ROUTE || hdr == SIP_HDR_RECORD_ROUTE;
}

/* What the peer itself calls things says nothing new to it. */
static bool is_its_own(const struct leg *to, enum sip_hdr hdr)
{
	if (hdr == SIP_HDR_FROM || hdr == SIP_HDR_TO)
		return to->side == SIDE_A;
	/* Credentials for the other side are signed with the URI that their sender was given by us. */
	return hdr == SIP_HDR_CALL_ID || hdr == SIP_HDR_ROUTE || hdr == SIP_HDR_RECORD_ROUTE ||
	       hdr == SIP_HDR_AUTHORIZATION || hdr == SIP_HDR_PROXY_AUTHORIZATION;
}

/* Challenges and credentials cross as they are, or not at all (A1): who made them signed the URI and the realm. */
static bool is_signed(enum sip_hdr hdr)
{
	return hdr == SIP_HDR_WWW_AUTHENTICATE || hdr == SIP_HDR_PROXY_AUTHENTICATE || hdr == SIP_HDR_AUTHORIZATION ||
	       hdr == SIP_HDR_PROXY_AUTHORIZATION;
}

static enum place place_of(const struct engine *e, const struct leg *to, struct span text, uint32_t at)
{
	static const uint8_t needed[] = { SIP_HDR_VIA,  SIP_HDR_FROM,    SIP_HDR_TO,           SIP_HDR_CALL_ID,
					  SIP_HDR_CSEQ, SIP_HDR_CONTACT, SIP_HDR_CONTENT_TYPE, SIP_HDR_CONTENT_LENGTH };
	bool whole = span_find(text, ' ') < span_find(text, ':'); /* it begins with a start line */
	enum sip_hdr hdr;

	if (at > span_search(text, SPAN("\r\n\r\n")))
		return PLACE_WHOLE;
	/* The Request-URI is the peer's own Contact, unless we made it for a trunk. */
	if (whole && at < span_find(text, '\n'))
		return to->state != LEG_NEW || to->trunk < 0 ? PLACE_FINE : PLACE_WHOLE;
	hdr = header_of(leak_line(text, at));
	if (is_signed(hdr) || is_its_own(to, hdr) || (transparent_between(e, to->peer, to) && !is_treated(hdr)))
		return PLACE_FINE;
	return memchr(needed, hdr, sizeof(needed)) ? PLACE_WHOLE : PLACE_LINE;
}

/* ----- what is done ----- */

static void tell(struct engine *e, const struct leg *to, struct span line, struct span which)
{
	char peer[ADDR_TEXT_MAX];

	core_count(&e->core, COUNT_LEAK);
	if (!rate_allows(&e->leaks_told, TOLD_PER_S, core_now(&e->core)))
		return;
	rate_take(&e->leaks_told, TOLD_PER_S, core_now(&e->core));
	log_warn(&e->core.log, "call %s: a message to %s tells %.*s, which belongs to the other side: %.*s",
		 to->call->id, addr_text(&to->flow.peer, peer), SPAN_ARG(which), SPAN_ARG(span_trim(line)));
}

static void cut(struct writer *w, struct span line)
{
	char *begin = w->p + (line.p - w->p);
	uint32_t behind = w->n - (uint32_t)(begin - w->p) - line.n;

	memmove(begin, begin + line.n, behind);
	w->n -= line.n;
}

bool leakcheck_passes(struct engine *e, const struct leg *to, const struct sip_msg *m, struct writer *w)
{
	enum conf_leak_check how = e->core.conf->leak_check;
	struct secrets_of s;
	struct span which, line;
	uint32_t at = 0;

	if (how == CONF_LEAK_OFF || !to->peer || w->failed)
		return true;
	collect(e, to, m, &s);
	while ((at = leak_find(&s.set, span_of(w->p, w->n), at, &which)) < w->n) {
		struct span text = span_of(w->p, w->n);
		enum place place = place_of(e, to, text, at);

		line = leak_line(text, at);
		if (place != PLACE_FINE)
			tell(e, to, line, which);
		if (place == PLACE_WHOLE && how == CONF_LEAK_BLOCK) {
			core_count(&e->core, COUNT_LEAK_BLOCKED);
			return false;
		}
		at = (uint32_t)(line.p - w->p);
		if (place == PLACE_LINE && how == CONF_LEAK_BLOCK)
			cut(w, line);
		else
			at += line.n;
	}
	return true;
}

bool leakcheck_body_passes(struct engine *e, const struct leg *to, const struct sip_msg *m, struct span body)
{
	enum conf_leak_check how = e->core.conf->leak_check;
	struct secrets_of s;
	struct span which;
	uint32_t at;

	if (how == CONF_LEAK_OFF || !to->peer || !body.n)
		return true;
	collect(e, to, m, &s);
	at = leak_find(&s.set, body, 0, &which);
	if (at == body.n)
		return true;
	tell(e, to, leak_line(body, at), which);
	if (how != CONF_LEAK_BLOCK)
		return true;
	core_count(&e->core, COUNT_LEAK_BLOCKED);
	return false;
}
