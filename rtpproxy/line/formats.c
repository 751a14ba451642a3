/* SPDX-License-Identifier: BSD-3-Clause */
#include "rtpproxy/line/formats.h"

#include <stdlib.h>

static void codec_write(struct writer *w, const struct sdp_codec *c)
{
	writer_put(w, SPAN("a=rtpmap:"));
	writer_u64(w, c->number);
	writer_byte(w, ' ');
	writer_put(w, c->encoding);
	writer_byte(w, '/');
	writer_u64(w, c->clock);
	if (c->channels > 1) {
		writer_byte(w, '/');
		writer_u64(w, c->channels);
	}
	writer_put(w, SPAN("\r\n"));
	if (!c->fmtp.n)
		return;
	writer_put(w, SPAN("a=fmtp:"));
	writer_u64(w, c->number);
	writer_byte(w, ' ');
	writer_put(w, c->fmtp);
	writer_put(w, SPAN("\r\n"));
}

/* A number that nobody explains cannot be explained to others. */
static void formats_write(struct writer *w, const struct sdp_codec *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (!span_is_set(list[i].encoding))
			continue;
		if (w->n)
			writer_byte(w, ' ');
		writer_u64(w, list[i].number);
	}
	if (w->n)
		writer_put(w, SPAN("\r\n"));
	for (unsigned i = 0; i < n; i++)
		if (span_is_set(list[i].encoding))
			codec_write(w, &list[i]);
}

/* All that is written of the codecs, in fewer octets and steps: enough to tell one list from another. */
static void formats_sketch(struct writer *w, const struct sdp_codec *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct sdp_codec *c = &list[i];
		const uint64_t numbers = c->number | c->channels << 8 | (uint64_t)c->encoding.n << 16 |
					 (uint64_t)c->fmtp.n << 24 | (uint64_t)c->clock << 40;

		if (!span_is_set(c->encoding))
			continue;
		w->failed |= c->channels > UINT8_MAX || c->encoding.n > UINT8_MAX || c->fmtp.n > UINT16_MAX ||
			     c->clock >> 24;
		writer_put(w, span_of(&numbers, sizeof(numbers)));
		writer_put(w, c->encoding);
		writer_put(w, c->fmtp);
	}
}

static struct formats *formats_find(struct formats *row, const uint64_t name[2])
{
	while (row && memcmp(row->name, name, sizeof(row->name)) != 0)
		row = row->next;
	return row;
}

static struct formats *formats_new(struct formats **row, const uint64_t name[2], const struct sdp_codec *list,
				   unsigned n)
{
	char text[FORMATS_TEXT_MAX];
	struct writer w = writer_over(text, sizeof(text));
	struct formats *f;

	formats_write(&w, list, n);
	f = w.failed ? NULL : malloc(sizeof(*f) + w.n);
	if (!f)
		return NULL;
	*f = (struct formats){ .next = *row, .link = row, .name = { name[0], name[1] }, .n = w.n };
	memcpy(f->text, text, w.n);
	if (f->next)
		f->next->link = &f->next;
	return *row = f;
}

/* As sdp_rewrite() leaves out lines. IP literals it will find by itself: they need no list. */
static void formats_hide(const struct sdp_leak *names, const struct sdp_codec *list, unsigned n, struct sdp_codec *out)
{
	for (unsigned i = 0; i < n; i++) {
		out[i] = list[i];
		if (sdp_leak_has(names, list[i].encoding))
			out[i].encoding = (struct span){ 0 };
		if (sdp_leak_has(names, list[i].fmtp))
			out[i].fmtp = (struct span){ 0 };
	}
}

static struct formats *formats_put(struct formats_shelf *shelf, const struct hash_key *key,
				   const struct sdp_codec *list, unsigned n)
{
	char sketch[FORMATS_TEXT_MAX];
	struct writer w = writer_over(sketch, sizeof(sketch));
	struct formats **row, *f;
	uint64_t name[2];

	formats_sketch(&w, list, n);
	if (w.failed || w.n == 0)
		return NULL;
	siphash_128(key, sketch, w.n, name);
	row = &shelf->row[name[0] % FORMATS_ROWS];
	f = formats_find(*row, name);
	return formats_hold(f ? f : formats_new(row, name, list, n));
}

struct formats *formats_keep(struct formats_shelf *shelf, const struct hash_key *key, const struct sdp_leak *names,
			     const struct sdp_codec *list, unsigned n)
{
	struct sdp_codec shown[CODEC_MAX];

	if (names->n == 0)
		return formats_put(shelf, key, list, n);
	formats_hide(names, list, n, shown);
	return formats_put(shelf, key, shown, n);
}

struct formats *formats_hold(struct formats *f)
{
	if (f)
		f->holders++;
	return f;
}

void formats_drop(struct formats *f)
{
	if (!f || --f->holders)
		return;
	*f->link = f->next;
	if (f->next)
		f->next->link = f->link;
	free(f);
}
