/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/nat/body_scrub.h"

#include "alg/base/cursor.h"
#include "alg/nat/scrub.h"
#include "alg/sip/content_type.h"
#include "alg/sip/sipfrag.h"

/* ----- URIs in text ----- */

/* As they are written; a sips URI would promise TLS to us. */
static const struct scheme {
	struct span in, out;
	bool name; /* of a part of the body */
} schemes[] = {
	{ { "sip:", 4 }, { "sip:", 4 }, false },   { { "sips:", 5 }, { "sip:", 4 }, false },
	{ { "pres:", 5 }, { "pres:", 5 }, false }, { { "im:", 3 }, { "im:", 3 }, false },
	{ { "cid:", 4 }, { "cid:", 4 }, true },
};

/* The scheme that text begins with, or -1. */
static int scheme_at(struct span text)
{
	for (unsigned i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (span_istarts(text, schemes[i].in))
			return (int)i;
	return -1;
}

/* Of a URI's bytes behind the scheme, the user part is kept, and of that what stands before a password. */
static void uri_write_rest(struct writer *w, const struct scheme *scheme, struct span rest, struct span host)
{
	uint32_t at = span_find(rest, '@');

	if (scheme->name) {
		scrub_part_name(w, rest, host);
		return;
	}
	if (at < rest.n) {
		writer_put(w, span_slice(rest, 0, span_find(span_slice(rest, 0, at), ':')));
		writer_byte(w, '@');
	}
	writer_put(w, host);
}

/* Copies text; in each URI the host is replaced, and what follows the host goes. A URI ends at a byte of stops. */
static void text_write(struct writer *w, struct span text, unsigned stops, struct span host)
{
	bool inside_word = false;

	while (text.n) {
		int scheme = inside_word ? -1 : scheme_at(text);
		struct cursor c = { .left = text };

		if (scheme < 0) {
			inside_word = byte_is(text.p[0], ALPHA | DIGIT);
			writer_byte(w, text.p[0]);
			text = span_from(text, 1);
			continue;
		}
		cursor_take(&c, schemes[scheme].in.n);
		writer_put(w, schemes[scheme].out);
		uri_write_rest(w, &schemes[scheme], cursor_until(&c, stops), host);
		text = c.left;
	}
}

/* ----- XML ----- */

/* What an attribute names; ID_NONE is text. */
enum id_kind { ID_NONE, ID_CALL, ID_LOCAL, ID_REMOTE, ID_N };

static const struct {
	struct span name;
	enum id_kind kind;
} id_names[] = {
	{ { "call-id", 7 }, ID_CALL }, /* RFC 4235 */
	{ { "callid", 6 }, ID_CALL },  /* RFC 3680 */
	{ { "local-tag", 9 }, ID_LOCAL },
	{ { "remote-tag", 10 }, ID_REMOTE },
};

struct attribute {
	struct span name, value; /* value without its quotes, escaped */
	char quote;
};

struct element {
	struct span name; /* with the "/" of an end tag */
	struct attribute attribute[BODY_SCRUB_ATTRIBUTES];
	unsigned n;
	struct span tail; /* "/" or "?" before the ">" */
};

/* The entities that XML itself defines. */
static const struct {
	struct span name;
	char byte;
} entities[] = {
	{ { "&amp;", 5 }, '&' },  { { "&lt;", 4 }, '<' },    { { "&gt;", 4 }, '>' },
	{ { "&quot;", 6 }, '"' }, { { "&apos;", 6 }, '\'' },
};

static void unescape(struct writer *w, struct span s)
{
	while (s.n) {
		uint32_t used = 1;
		char byte = s.p[0];

		for (unsigned i = 0; byte == '&' && used == 1 && i < sizeof(entities) / sizeof(entities[0]); i++) {
			if (!span_starts(s, entities[i].name))
				continue;
			byte = entities[i].byte;
			used = entities[i].name.n;
		}
		writer_byte(w, byte);
		s = span_from(s, used);
	}
}

static void escape(struct writer *w, struct span s)
{
	for (uint32_t i = 0; i < s.n; i++) {
		struct span text = span_slice(s, i, i + 1);

		for (unsigned k = 0; k < sizeof(entities) / sizeof(entities[0]); k++)
			if (s.p[i] == entities[k].byte)
				text = entities[k].name;
		writer_put(w, text);
	}
}

static enum id_kind id_kind(struct span name)
{
	for (unsigned i = 0; i < sizeof(id_names) / sizeof(id_names[0]); i++)
		if (span_eq(name, id_names[i].name))
			return id_names[i].kind;
	return ID_NONE;
}

static void attribute_read(struct cursor *c, struct attribute *a)
{
	a->name = cursor_until(c, BLANK | EQUALS | SLASH | GREATER | LESS | QUOTE | CONTROL);
	c->failed |= a->name.n == 0;
	cursor_sep(c, '=');
	a->quote = c->left.n ? c->left.p[0] : 0;
	if (!cursor_try(c, '"') && !cursor_try(c, '\''))
		c->failed = true;
	a->value = cursor_take(c, c->failed ? 0 : span_find(c->left, a->quote));
	c->failed |= span_find(a->value, '<') < a->value.n;
	if (!cursor_try(c, a->quote))
		c->failed = true;
}

/* From behind the "<" to behind the ">". */
static int element_read(struct span *left, struct element *e)
{
	struct cursor c = { .left = *left };
	const char *begin = c.left.p;

	e->n = 0;
	if (!cursor_try(&c, '/'))
		cursor_try(&c, '?');
	cursor_while(&c, TOKEN | COLON);
	e->name = span_of(begin, (size_t)(c.left.p - begin));
	for (cursor_blank(&c); !c.failed && c.left.n && !memchr("/?>", c.left.p[0], 3); cursor_blank(&c)) {
		if (e->n == BODY_SCRUB_ATTRIBUTES)
			return -1;
		attribute_read(&c, &e->attribute[e->n++]);
	}
	begin = c.left.p;
	if (!cursor_try(&c, '/'))
		cursor_try(&c, '?');
	e->tail = span_of(begin, (size_t)(c.left.p - begin));
	if (!cursor_try(&c, '>'))
		return -1;
	*left = c.left;
	return 0;
}

/* The element's identifiers as they are called on the other leg; all absent where that is not known. */
static struct body_dialog ids_map(const struct element *e, const struct body_scrub *s,
				  char plain[ID_N][BODY_SCRUB_ID_MAX])
{
	struct body_dialog d = { 0 };
	struct span *const at[ID_N] = {
		[ID_CALL] = &d.call_id, [ID_LOCAL] = &d.local_tag, [ID_REMOTE] = &d.remote_tag
	};

	for (unsigned i = 0; i < e->n; i++) {
		enum id_kind kind = id_kind(e->attribute[i].name);
		struct writer w = writer_over(plain[kind], BODY_SCRUB_ID_MAX);

		if (kind == ID_NONE)
			continue;
		unescape(&w, e->attribute[i].value);
		*at[kind] = writer_done(&w);
	}
	if (!d.call_id.n || !s->map || !s->map(s->ctx, &d))
		d = (struct body_dialog){ 0 };
	return d;
}

static void attribute_write(struct writer *w, const struct attribute *a, const struct body_dialog *d, struct span host)
{
	enum id_kind kind = id_kind(a->name);
	const struct span ids[ID_N] = {
		[ID_CALL] = d->call_id, [ID_LOCAL] = d->local_tag, [ID_REMOTE] = d->remote_tag
	};

	if (kind != ID_NONE && !ids[kind].n)
		return;
	writer_byte(w, ' ');
	writer_put(w, a->name);
	writer_byte(w, '=');
	writer_byte(w, a->quote);
	if (kind != ID_NONE)
		escape(w, ids[kind]);
	else if (span_eq(a->name, SPAN("id"))) /* some make it of a Call-ID with its host */
		writer_put(w, span_slice(a->value, 0, span_find(a->value, '@')));
	else if (span_eq(a->name, SPAN("cid"))) /* RFC 4662 5.4: the Content-ID of a part, which is written so, too */
		scrub_part_name(w, a->value, host);
	else
		text_write(w, a->value, BLANK | CONTROL | LESS | GREATER, host);
	writer_byte(w, a->quote);
}

static int element_write(struct writer *w, struct span *left, const struct body_scrub *s)
{
	char plain[ID_N][BODY_SCRUB_ID_MAX];
	struct element e;
	struct body_dialog d;

	if (element_read(left, &e))
		return -1;
	d = ids_map(&e, s, plain);
	writer_byte(w, '<');
	writer_put(w, e.name);
	for (unsigned i = 0; i < e.n; i++)
		attribute_write(w, &e.attribute[i], &d, s->host);
	writer_put(w, e.tail);
	writer_byte(w, '>');
	return 0;
}

/* A comment becomes a blank, so that the texts around it don't join. Whatever else begins with "<!" can hide text from
 * a scan like this one. */
static int comment_write(struct writer *w, struct span *left)
{
	uint32_t end = span_search(*left, SPAN("-->"));

	if (!span_starts(*left, SPAN("!--")) || end >= left->n)
		return -1;
	writer_byte(w, ' ');
	*left = span_from(*left, end + 3);
	return 0;
}

/* Elements whose text is an identifier of a dialog (RFC 4575 5.8.4). body is behind the "<". */
static bool holds_id(struct span body)
{
	static const struct span names[] = { { "call-id", 7 }, { "from-tag", 8 }, { "to-tag", 6 } };
	struct cursor c = { .left = body };
	struct span name = cursor_until(&c, BLANK | CONTROL | SLASH | GREATER | COLON);

	if (cursor_try(&c, ':'))
		name = cursor_until(&c, BLANK | CONTROL | SLASH | GREATER);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(name, names[i]))
			return true;
	return false;
}

static int xml_write(struct writer *w, struct span body, const struct body_scrub *s)
{
	bool id = false;

	while (body.n) {
		uint32_t n = span_find(body, '<');

		if (!id)
			text_write(w, span_slice(body, 0, n), BLANK | CONTROL | GREATER, s->host);
		body = span_from(body, n);
		if (body.n == 0)
			break;
		body = span_from(body, 1);
		id = holds_id(body);
		if (span_starts(body, SPAN("!")) ? comment_write(w, &body) : element_write(w, &body, s))
			return -1;
	}
	return 0;
}

/* ----- the types ----- */

static int sipfrag_only_status(struct writer *w, struct span body, const struct body_scrub *s)
{
	uint16_t status;

	(void)s;
	if (sipfrag_status(body, &status))
		return -1;
	sipfrag_write(w, status, (struct span){ 0 });
	return 0;
}

static int plain_write(struct writer *w, struct span body, const struct body_scrub *s)
{
	text_write(w, body, BLANK | CONTROL | QUOTE | LESS | GREATER, s->host);
	return 0;
}

static const struct {
	struct span type;
	int (*write)(struct writer *w, struct span body, const struct body_scrub *s);
} types[] = {
	{ { "message/sipfrag", 15 }, sipfrag_only_status },
	{ { "message/sip", 11 }, sipfrag_only_status }, /* of a request nothing */
	{ { "application/simple-message-summary", 34 }, plain_write },
};

/* All of them, also of kinds that nobody has heard of: hosts in their URIs would show where they come from. */
static bool is_xml(const struct content_type *t)
{
	static const struct span suffix = { "+xml", 4 };

	return span_ieq(t->subtype, SPAN("xml")) ||
	       (t->subtype.n > suffix.n && span_ieq(span_from(t->subtype, t->subtype.n - suffix.n), suffix));
}

enum body_verdict body_scrub(struct writer *w, struct span content_type, struct span body, const struct body_scrub *s)
{
	struct content_type t;

	if (content_type_read(content_type, &t))
		return BODY_AS_IS;
	if (is_xml(&t))
		return xml_write(w, body, s) || w->failed ? BODY_UNREADABLE : BODY_SCRUBBED;
	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!content_type_matches(&t, types[i].type))
			continue;
		if (types[i].write(w, body, s) || w->failed)
			return BODY_UNREADABLE;
		return BODY_SCRUBBED;
	}
	return BODY_AS_IS;
}
