/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/anchor.h"

#include "alg/base/cursor.h"
#include "sbc/store/callkeep.h"

enum { TOLD_MAX = 256 /* bytes: o= and the ports of all m-lines of a description of usual size */ };

/* ----- what the relay told a side, from its own description ----- */

/* The words from one to another, of a line "x=word word …". */
static void put_words(struct writer *w, struct span line, unsigned from, unsigned to)
{
	struct cursor c = { .left = line };

	for (unsigned i = 0; i < to; i++) {
		struct span word = cursor_until(&c, BLANK);

		cursor_blank(&c);
		if (i < from)
			continue;
		if (w->n)
			writer_byte(w, ' ');
		writer_put(w, word);
	}
}

/* "ID VERSION PORT …"; empty where it has not room. */
static struct span told_of(struct span shown, char text[TOLD_MAX])
{
	struct writer w = writer_over(text, TOLD_MAX);

	while (shown.n) {
		const uint32_t end = span_find(shown, '\n');
		const struct span line = span_slice(shown, 0, end);

		if (span_starts(line, SPAN("o=")))
			put_words(&w, line, 1, 3);
		else if (span_starts(line, SPAN("m=")))
			put_words(&w, line, 1, 2);
		shown = span_from(shown, end + 1);
	}
	return w.failed ? SPAN("") : writer_done(&w);
}

/* All but the version: it counts on where the relay is shown several descriptions again. */
static struct span without_version(struct span told, struct span *id)
{
	const uint32_t space = span_find(told, ' ');

	*id = span_slice(told, 0, space);
	told = span_from(told, space + 1);
	return span_from(told, span_find(told, ' '));
}

bool anchor_is_told(const struct leg *to, struct span shown)
{
	char text[TOLD_MAX];
	struct span id, known_id;
	const struct span ports = without_version(told_of(shown, text), &id);

	return span_eq(ports, without_version(buf_span(to->anchor.told), &known_id)) && span_eq(id, known_id);
}

/* ----- keeping it ----- */

static void keep_told(struct engine *e, struct leg *to, struct span shown)
{
	char text[TOLD_MAX];

	buf_replace(&e->core.bufs, &to->anchor.told, told_of(shown, text));
}

void anchor_offered(struct engine *e, struct leg *from, struct leg *to, struct span sdp, struct span shown)
{
	buf_replace(&e->core.bufs, &from->anchor.offered, sdp);
	keep_told(e, to, shown);
	buf_drop(&e->core.bufs, from->anchor.real);
	buf_drop(&e->core.bufs, to->anchor.real);
	from->anchor.real = to->anchor.real = NULL;
}

void anchor_answered(struct engine *e, struct leg *from, struct leg *to, struct span sdp, struct span shown)
{
	struct anchor *offerer = &to->anchor;

	if (offerer->offered) {
		buf_drop(&e->core.bufs, offerer->said);
		offerer->said = offerer->offered;
		offerer->offered = NULL;
	}
	offerer->offers = true;
	from->anchor.offers = false;
	buf_replace(&e->core.bufs, &from->anchor.said, sdp);
	keep_told(e, to, shown);
	callkeep_changed(e, to->call);
}

void anchor_forget_offer(struct engine *e, struct leg *l)
{
	buf_drop(&e->core.bufs, l->anchor.offered);
	l->anchor.offered = NULL;
}

void anchor_expect(struct engine *e, struct leg *l, const struct leg *real)
{
	char text[sizeof(real->call->id) + sizeof(real->media) + 1];
	struct writer w = writer_over(text, sizeof(text));

	if (real->anchor.said)
		buf_replace(&e->core.bufs, &l->anchor.said, buf_span(real->anchor.said));
	writer_format(&w, "%s %s", real->call->id, real->media);
	if (!w.failed)
		buf_replace(&e->core.bufs, &l->anchor.real, writer_done(&w));
}

void anchor_take(struct leg *l, struct leg *stands_for)
{
	const struct anchor kept = l->anchor;

	l->anchor = stands_for->anchor;
	stands_for->anchor = kept;
}

void anchor_fini(struct engine *e, struct leg *l)
{
	buf_drop(&e->core.bufs, l->anchor.said);
	buf_drop(&e->core.bufs, l->anchor.offered);
	buf_drop(&e->core.bufs, l->anchor.told);
	buf_drop(&e->core.bufs, l->anchor.real);
	l->anchor = (struct anchor){ 0 };
}

static bool is_known(const struct anchor *a)
{
	return a->said && a->told && a->told->n;
}

struct leg *anchor_offerer(const struct call *c, struct leg **answerer)
{
	struct leg *a = c->leg[SIDE_A], *b = c->joined ? c->joined : c->leg[SIDE_B];

	if (!a || !b || !is_known(&a->anchor) || !is_known(&b->anchor) || a->anchor.offers == b->anchor.offers)
		return NULL;
	*answerer = a->anchor.offers ? b : a;
	return a->anchor.offers ? a : b;
}

struct leg *anchor_pending(const struct call *c, unsigned which, struct leg **to)
{
	for (struct leg *from = c->legs; from; from = from->next) {
		for (*to = c->legs; from->anchor.offered && *to; *to = (*to)->next) {
			if ((*to)->side == from->side || (*to)->state == LEG_ENDED || !(*to)->anchor.told)
				continue;
			if (c->state == CALL_UP && from->peer != *to)
				continue;
			if (which-- == 0)
				return from;
		}
	}
	return NULL;
}
