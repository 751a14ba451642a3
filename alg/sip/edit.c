/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/edit.h"

/* Where the edit goes: behind all that begin earlier, and behind earlier inserts at the same byte. An insert stands
 * before the replacement of the byte that it is put in front of. */
static uint32_t place_of(const struct edit_list *l, uint32_t from, uint32_t to)
{
	uint32_t at = l->n;

	while (at && (l->edit[at - 1].from > from || (l->edit[at - 1].from == from && l->edit[at - 1].to > to)))
		at--;
	return at;
}

int edit_replace(struct edit_list *l, uint32_t from, uint32_t to, struct span text)
{
	uint32_t at = place_of(l, from, to);

	if (from > to)
		return -1;
	if (at && l->edit[at - 1].to > from)
		return -1;
	if (at < l->n && l->edit[at].from < to)
		return -1;
	if (from == to && text.n == 0)
		return 0;
	if (l->n == EDIT_MAX)
		return -1;
	memmove(&l->edit[at + 1], &l->edit[at], (l->n - at) * sizeof(l->edit[0]));
	l->edit[at] = (struct edit){ .from = from, .to = to, .text = text };
	l->n++;
	return 0;
}

int32_t edit_growth(const struct edit_list *l, uint32_t from, uint32_t to)
{
	int64_t growth = 0;

	for (uint32_t i = 0; i < l->n; i++) {
		const struct edit *e = &l->edit[i];

		if (e->from >= from && e->to <= to)
			growth += (int64_t)e->text.n - (e->to - e->from);
	}
	return (int32_t)growth;
}

/* The pieces of the result in order: of edit i first the original before it, then its text; then the rest. */
static struct span piece(const struct edit_list *l, struct span original, uint32_t i)
{
	uint32_t edit = i / 2, done = edit ? l->edit[edit - 1].to : 0;

	if (i % 2)
		return l->edit[edit].text;
	return span_slice(original, done, edit < l->n ? l->edit[edit].from : original.n);
}

/* An edit behind the end of this original was made for another one. */
static bool fits(const struct edit_list *l, struct span original)
{
	return l->n == 0 || l->edit[l->n - 1].to <= original.n;
}

int edit_gather(const struct edit_list *l, struct span original, struct iovec *iov, int max)
{
	int n = 0;

	if (!fits(l, original))
		return -1;
	for (uint32_t i = 0; i <= 2 * l->n; i++) {
		struct span s = piece(l, original, i);

		if (s.n == 0)
			continue;
		if (n == max)
			return -1;
		iov[n++] = (struct iovec){ .iov_base = (void *)(uintptr_t)s.p, .iov_len = s.n };
	}
	return n;
}

void edit_write(const struct edit_list *l, struct span original, struct writer *w)
{
	if (!fits(l, original))
		w->failed = true;
	for (uint32_t i = 0; i <= 2 * l->n; i++)
		writer_put(w, piece(l, original, i));
}
