/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/unheard.h"

#include "alg/base/cursor.h"
#include "alg/sip/nameaddr.h"
#include "alg/sip/uri.h"

enum {
	TALKED_MS = 3000, /* in a shorter call nobody may have said anything */
	CALLED_MAX = 64,
	NOTE_MAX = 256,
	STREAMS_MAX = 4, /* of a call that are told */
};

/* What is needed of a call that is gone by then: its id, what the relay calls its sides, their names. A word each. */
struct note {
	struct span id, tag[2], name[2];
};

static struct span name_of(const struct buf *party)
{
	struct span value = buf_span(party), name = value;
	struct nameaddr a;
	struct uri u;

	if (nameaddr_parse(value, &a) == 0)
		value = a.uri;
	if (uri_parse(value, &u) == 0 && u.user.n)
		name = u.user;
	return span_slice(name, 0, name.n < CALLED_MAX ? name.n : CALLED_MAX);
}

static struct buf *note_keep(struct engine *e, const struct call *c)
{
	char text[NOTE_MAX];
	struct writer w = writer_over(text, sizeof(text));

	writer_format(&w, "%s\n%s\n%s\n", c->id, c->leg[SIDE_A]->media, c->leg[SIDE_B]->media);
	writer_put(&w, name_of(c->from));
	writer_byte(&w, '\n');
	writer_put(&w, name_of(c->to));
	return w.failed ? NULL : buf_keep(&e->core.bufs, writer_done(&w));
}

static struct span line_of(struct span *text)
{
	uint32_t n = span_find(*text, '\n');
	struct span line = span_slice(*text, 0, n);

	*text = span_from(*text, n + 1);
	return line;
}

static struct note note_read(const struct buf *b)
{
	struct span text = buf_span(b);
	struct note n;

	n.id = line_of(&text);
	n.tag[SIDE_A] = line_of(&text);
	n.tag[SIDE_B] = line_of(&text);
	n.name[SIDE_A] = line_of(&text);
	n.name[SIDE_B] = line_of(&text);
	return n;
}

static struct span text_of(struct span dict, struct span key)
{
	struct ng_value v;

	return ng_find(dict, key, &v) || v.kind != NG_STRING ? SPAN("") : v.text;
}

static void put_refused(struct writer *w, struct span stream)
{
	struct ng_value v;
	struct span from = text_of(stream, SPAN("refused-from"));

	if (ng_find(stream, SPAN("refused"), &v) == 0 && v.kind == NG_INTEGER && v.integer > 0)
		writer_format(w, "%lld came from elsewhere and were turned away, lately from %.*s (media.latch)",
			      (long long)v.integer, SPAN_ARG(from));
	else
		writer_str(w, "it sends none, or a firewall or NAT is between");
}

static void tell_stream(const struct core *core, const struct note *n, struct span stream)
{
	struct span tag = text_of(stream, SPAN("tag")), said = text_of(stream, SPAN("said"));
	enum side silent = span_eq(tag, n->tag[SIDE_A]) ? SIDE_A : SIDE_B;
	char text[384];
	struct writer w = writer_over(text, sizeof(text));

	if (!span_eq(tag, n->tag[silent]))
		return;
	put_refused(&w, stream);
	log_info(&core->log,
		 "call %.*s: %.*s heard nothing of %.*s: no %.*s packet ever came from it (its SDP says %.*s): %.*s",
		 SPAN_ARG(n->id), SPAN_ARG(n->name[side_other(silent)]), SPAN_ARG(n->name[silent]),
		 SPAN_ARG(text_of(stream, SPAN("type"))), SPAN_ARG(said), SPAN_ARG(writer_done(&w)));
}

static void on_ended(void *env, struct relaylink_wait *w, const struct ng_answer *a)
{
	const struct engine *e = env;
	struct ng_value list, one;
	struct span none;
	struct note n;
	uint32_t at = 0;

	if (!a || !w->message || ng_find(a->body, SPAN("unheard"), &list) || list.kind != NG_LIST_KIND)
		return;
	n = note_read(w->message);
	for (unsigned i = 0; i < STREAMS_MAX && ng_next(list.text, &at, &none, &one) == 1; i++)
		if (one.kind == NG_DICT)
			tell_stream(&e->core, &n, one.text);
}

void unheard_look(struct engine *e, const struct call *c, struct relaylink_wait *w)
{
	if (!w || !c->answered_at || core_now(&e->core) - c->answered_at < TALKED_MS || !c->leg[SIDE_B])
		return;
	/* It was asked without: so the question could wait for others on its way. */
	w->message = note_keep(e, c);
	w->done = on_ended;
	w->user = e;
}
