/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/flow/slot.h"

#include "alg/sip/escape.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/refer_to.h"
#include "alg/sip/uri.h"
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

struct braces {
	struct party *party;
	const struct party_slot *slot;
};

static struct replaces name_of(const struct party_slot *d, bool own)
{
	struct span local = span_str(d->local_tag), remote = nameaddr_tag(span_str(d->remote));

	return (struct replaces){
		.call_id = span_str(d->call_id),
		.to_tag = own ? local : remote,
		.from_tag = own ? remote : local,
	};
}

static bool starts_with_method(const struct party_message *m, struct span method)
{
	return span_starts(span_of(m->text, m->n), method) && m->text[method.n] == ' ';
}

/* The last request of that method that it got. */
static bool last_request(const struct party *p, struct span method, struct sip_msg *out)
{
	for (unsigned i = p->nrequest; i-- > 0;)
		if (starts_with_method(&p->request[i], method))
			return sip_msg_index(span_of(p->request[i].text, p->request[i].n), out) == SIP_OK;
	return false;
}

/* Of the Refer-To in the last REFER that it got. */
static bool expand_referred(const struct braces *b, struct writer *out)
{
	struct uri_header h;
	struct refer_to to;
	struct sip_msg m;

	if (!last_request(b->party, SPAN("REFER"), &m) || refer_to_parse(sip_msg_value(&m, SIP_HDR_REFER_TO), &to) ||
	    !uri_headers_find(to.uri.headers, SIP_HDR_REPLACES, &h))
		return false;
	escape_read(out, h.value);
	return true;
}

static struct span attribute(struct span xml, struct span name)
{
	struct span rest = span_from(xml, span_search(xml, name) + name.n);

	return span_slice(rest, 0, span_find(rest, '\''));
}

/* The dialog in the last NOTIFY that it got. */
static bool expand_watched(const struct braces *b, struct writer *out)
{
	struct replaces r;
	struct sip_msg m;

	if (!last_request(b->party, SPAN("NOTIFY"), &m))
		return false;
	r = (struct replaces){
		.call_id = attribute(sip_msg_body(&m), SPAN("call-id='")),
		.to_tag = attribute(sip_msg_body(&m), SPAN("local-tag='")),
		.from_tag = attribute(sip_msg_body(&m), SPAN("remote-tag='")),
	};
	replaces_write(out, &r);
	return r.call_id.n > 0;
}

/* The user part of the Contact in the last REGISTER that it got. */
static bool expand_passed(const struct braces *b, struct writer *out)
{
	struct sip_walk walk = { 0 };
	struct nameaddr one;
	struct span value;
	struct sip_msg m;
	struct uri uri;

	if (!last_request(b->party, SPAN("REGISTER"), &m) || !sip_walk_next(&m, SIP_HDR_CONTACT, &walk, &value) ||
	    nameaddr_parse(value, &one) || uri_parse(one.uri, &uri))
		return false;
	writer_put(out, uri.user);
	return uri.user.n > 0;
}

static bool expand_replaces(const struct braces *b, struct writer *out)
{
	struct replaces r = name_of(b->slot, false);

	replaces_write(out, &r);
	return true;
}

static bool expand_escaped(const struct braces *b, struct writer *out)
{
	char text[512];
	struct writer value = writer_over(text, sizeof(text));

	expand_replaces(b, &value);
	escape_write(out, writer_done(&value));
	return true;
}

static bool expand_own(const struct braces *b, struct writer *out)
{
	struct replaces r = name_of(b->slot, true);

	replaces_write(out, &r);
	return true;
}

static bool expand_named(const struct braces *b, struct writer *out)
{
	struct replaces r = name_of(b->slot, false);

	target_dialog_write(out, &r);
	return true;
}

static bool expand_hears(const struct braces *b, struct writer *out)
{
	struct replaces r = name_of(b->slot, true);

	target_dialog_write(out, &r);
	return true;
}

static bool expand_target(const struct braces *b, struct writer *out)
{
	writer_str(out, b->slot->target);
	return true;
}

static bool expand_attributes(const struct braces *b, struct writer *out)
{
	struct replaces r = name_of(b->slot, true);

	writer_format(out, "call-id='%.*s' local-tag='%.*s' remote-tag='%.*s'", SPAN_ARG(r.call_id), SPAN_ARG(r.to_tag),
		      SPAN_ARG(r.from_tag));
	return true;
}

/* False: there is no such thing. */
static bool expand_one(struct world *w, struct span words, struct writer *out)
{
	static const struct {
		struct span word;
		bool (*expand)(const struct braces *b, struct writer *out);
	} kinds[] = {
		{ { "replaces", 8 }, expand_replaces },
		{ { "escaped", 7 }, expand_escaped },
		{ { "own", 3 }, expand_own },
		{ { "named", 5 }, expand_named },
		{ { "hears", 5 }, expand_hears },
		{ { "target", 6 }, expand_target },
		{ { "attributes", 10 }, expand_attributes },
		{ { "referred", 8 }, expand_referred },
		{ { "watched", 7 }, expand_watched },
		{ { "passed", 6 }, expand_passed },
	};
	static const struct {
		struct span word, bytes;
	} bytes[] = {
		{ { "crlf", 4 }, { "\r\n", 2 } },
		{ { "cr", 2 }, { "\r", 1 } },
		{ { "lf", 2 }, { "\n", 1 } },
		{ { "tab", 3 }, { "\t", 1 } },
	};
	struct span what = line_word(&words);
	struct party *p = world_party(w, line_word(&words));
	struct party_slot hand;
	struct braces b = { .party = p, .slot = &hand };

	for (unsigned i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
		if (!span_eq(what, bytes[i].word))
			continue;
		writer_put(out, bytes[i].bytes);
		return true;
	}
	if (!p)
		return false;
	hand = in_hand(p);
	if (words.n)
		b.slot = find(p, words);
	for (unsigned i = 0; b.slot && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (span_eq(what, kinds[i].word))
			return kinds[i].expand(&b, out);
	return false;
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
		if (!expand_one(w, span_slice(line, 0, close), out))
			world_fail(w, "what is {%.*s}?", SPAN_ARG(span_slice(line, 0, close)));
		line = span_from(line, close + 1);
	}
}
