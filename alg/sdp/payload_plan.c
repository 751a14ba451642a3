/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/payload_plan.h"

enum { DYNAMIC_FIRST = 96, DYNAMIC_LAST = 127, EVENT_USUAL = 101 };

void payload_plan_begin(struct payload_plan *p, const struct sdp_codec *list, unsigned n)
{
	p->given = n != 0;
	p->n = (uint8_t)n;
	p->nevent = 0;
	for (unsigned i = 0; i < n; i++)
		p->format[i] = (struct payload_format){ list[i].number, list[i].number };
}

static const struct sdp_codec *codec_of(const struct sdp_codec *list, unsigned n, uint8_t number)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i].number == number)
			return &list[i];
	return NULL;
}

static bool is_shown(const struct payload_plan *p, unsigned n, uint8_t number)
{
	for (unsigned i = 0; i < n; i++)
		if (p->format[i].to == number)
			return true;
	return false;
}

static bool is_spare(const struct payload_plan *p, const struct payload_book *writer, const struct payload_book *reader,
		     uint8_t number)
{
	return !is_shown(p, p->n, number) && !payload_book_uses(writer, number) && !payload_book_uses(reader, number);
}

static int number_spare(const struct payload_plan *p, const struct payload_book *writer,
			const struct payload_book *reader)
{
	for (uint8_t i = DYNAMIC_LAST; i >= DYNAMIC_FIRST; i--)
		if (is_spare(p, writer, reader, i))
			return i;
	return -1;
}

/* A number that neither side uses; the one it has where there is none. */
static uint8_t number_free(const struct payload_plan *p, const struct payload_book *writer,
			   const struct payload_book *reader, uint8_t number)
{
	const int spare = number_spare(p, writer, reader);

	return spare < 0 ? number : (uint8_t)spare;
}

static int number_of_reader(const struct payload_book *reader, const struct sdp_codec *c)
{
	const int own = payload_book_number(reader, c);

	return own >= 0 ? own : sdp_codec_static(c);
}

bool payload_plan_renumber(struct payload_plan *p, const struct sdp_codec *list, unsigned n,
			   const struct payload_book *writer, const struct payload_book *reader, unsigned max)
{
	struct payload_plan next = *p;
	unsigned changes = 0;

	if (!p->given || writer->shut || reader->shut)
		return false;
	for (unsigned i = 0; i < next.n; i++) {
		const struct sdp_codec *c = codec_of(list, n, next.format[i].from);
		const int own = c && span_is_set(c->encoding) ? number_of_reader(reader, c) : -1;

		if (own >= 0)
			next.format[i].to = (uint8_t)own;
		else if (payload_book_uses(reader, next.format[i].from))
			next.format[i].to = number_free(&next, writer, reader, next.format[i].from);
		changes += next.format[i].to != next.format[i].from;
	}
	if (changes > max)
		return false;
	/* Two codecs under one number would be worse than a number that is not the reader's. */
	for (unsigned i = 0; i < next.n; i++)
		if (is_shown(&next, i, next.format[i].to))
			return false;
	*p = next;
	return true;
}

int payload_plan_shows(const struct payload_plan *p, uint8_t from)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->format[i].from == from)
			return p->format[i].to;
	return -1;
}

void payload_plan_drop(struct payload_plan *p, uint8_t from)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->n; i++)
		if (p->format[i].from != from)
			p->format[n++] = p->format[i];
	p->n = (uint8_t)n;
}

void payload_plan_add_event(struct payload_plan *p, uint32_t clock_hz, int number)
{
	if (number < 0 || !p->given || p->n == 0 || is_shown(p, p->n, (uint8_t)number) ||
	    p->nevent == PAYLOAD_EVENT_MAX)
		return;
	p->event[p->nevent++] = (struct payload_event){ clock_hz, (uint8_t)number };
}

int payload_plan_spare(const struct payload_plan *p, const struct payload_book *writer,
		       const struct payload_book *reader)
{
	return is_spare(p, writer, reader, EVENT_USUAL) ? EVENT_USUAL : number_spare(p, writer, reader);
}
