/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/slot.h"

#include "alg/sip/escape.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/refer_to.h"
#include "alg/sip/uri_headers.h"
#include "tests/flow/line.h"

static struct party_slot *find(struct party *p, struct span name)
{
	for (unsigned i = 0; i < PARTY_SLOTS; i++)
		if (span_eq(span_str(p->slots[i].name), name))
			return &p->slots[i];
	return NULL;
}

static struct party_slot in_hand(const struct party *p)
{
	struct party_slot s = { .cseq = p->cseq };

	memcpy(s.call_id, p->call_id, sizeof(s.call_id));
	memcpy(s.local_tag, p->local_tag, sizeof(s.local_tag));
	memcpy(s.local, p->local, sizeof(s.local));
	memcpy(s.remote, p->remote, sizeof(s.remote));
	memcpy(s.target, p->target, sizeof(s.target));
	return s;
}

bool slot_keep(struct party *p, struct span name)
{
	struct party_slot *s = find(p, name);

	if (!s)
		s = find(p, SPAN(""));
	if (!s || !name.n)
		return false;
	*s = in_hand(p);
	party_copy(s->name, sizeof(s->name), name);
	return true;
}

bool slot_take(struct party *p, struct span name)
{
	const struct party_slot *s = find(p, name);

	if (!s || !name.n)
		return false;
	memcpy(p->call_id, s->call_id, sizeof(p->call_id));
	memcpy(p->local_tag, s->local_tag, sizeof(p->local_tag));
	memcpy(p->local, s->local, sizeof(p->local));
	memcpy(p->remote, s->remote, sizeof(p->remote));
	memcpy(p->target, s->target, sizeof(p->target));
	if (p->cseq < s->cseq) /* numbers may be left out: it need not remember how far that dialog came */
		p->cseq = s->cseq;
	return true;
}

/* ----- what stands in braces ----- */

static struct replaces name_of(const struct party_slot *d, bool own)
{
	struct span local = span_str(d->local_tag), remote = nameaddr_tag(span_str(d->remote));

	return (struct replaces){
		.call_id = span_str(d->call_id),
		.to_tag = own ? local : remote,
		.from_tag = own ? remote : local,
	};
}

/* Of the Refer-To in the last REFER that it got. */
static bool write_referred(const struct party *p, struct writer *out)
{
	struct span text = { 0 };
	struct uri_header h;
	struct refer_to to;
	struct sip_msg m;

	for (unsigned i = 0; i < p->nrequest; i++)
		if (span_starts(span_of(p->request[i].text, p->request[i].n), SPAN("REFER ")))
			text = span_of(p->request[i].text, p->request[i].n);
	if (sip_msg_index(text, &m) != SIP_OK || refer_to_parse(sip_msg_value(&m, SIP_HDR_REFER_TO), &to) ||
	    !uri_headers_find(to.uri.headers, SIP_HDR_REPLACES, &h))
		return false;
	escape_read(out, h.value);
	return true;
}

static void expand_one(struct world *w, struct span words, struct writer *out)
{
	struct span what = line_word(&words), name = line_word(&words);
	struct party *p = world_party(w, name);
	char text[512];
	struct writer value = writer_over(text, sizeof(text));
	struct party_slot hand;
	struct replaces r;

	if (span_eq(what, SPAN("crlf"))) {
		writer_put(out, SPAN("\r\n"));
		return;
	}
	if (p && span_eq(what, SPAN("referred")) && write_referred(p, out))
		return;
	if (!p || (words.n && !find(p, words))) {
		world_fail(w, "what is {%.*s %.*s %.*s}?", SPAN_ARG(what), SPAN_ARG(name), SPAN_ARG(words));
		return;
	}
	hand = in_hand(p);
	r = name_of(words.n ? find(p, words) : &hand, span_eq(what, SPAN("own")));
	replaces_write(&value, &r);
	if (span_eq(what, SPAN("target")))
		writer_str(out, words.n ? find(p, words)->target : p->target);
	else if (span_eq(what, SPAN("escaped")))
		escape_write(out, writer_done(&value));
	else
		writer_put(out, writer_done(&value));
}

void slot_expand(struct world *w, struct span line, struct writer *out)
{
	while (line.n) {
		uint32_t open = span_find(line, '{'), close;

		writer_put(out, span_slice(line, 0, open));
		line = span_from(line, open + 1);
		close = span_find(line, '}');
		if (!line.n)
			return;
		expand_one(w, span_slice(line, 0, close), out);
		line = span_from(line, close + 1);
	}
}
