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
	if (at < l->n)
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

/* An edit behind the end of this original was made for another one. */
static bool fits(const struct edit_list *l, struct span original)
{
	return l->n == 0 || l->edit[l->n - 1].to <= original.n;
}

/* Returns how many there are then; -1 when there is no room, or was none before. */
static inline int slice_add(struct iovec *iov, int n, int max, struct span s)
{
	if (n < 0 || s.n == 0)
		return n;
	if (n == max)
		return -1;
	iov[n] = (struct iovec){ .iov_base = (void *)(uintptr_t)s.p, .iov_len = s.n };
	return n + 1;
}

int edit_gather(const struct edit_list *l, struct span original, struct iovec *iov, int max)
{
	uint32_t done = 0;
	int n = 0;

	if (!fits(l, original))
		return -1;
	for (uint32_t i = 0; i < l->n; i++) {
		const struct edit *e = &l->edit[i];

		n = slice_add(iov, n, max, span_slice(original, done, e->from));
		n = slice_add(iov, n, max, e->text);
		done = e->to;
	}
	return slice_add(iov, n, max, span_from(original, done));
}

void edit_write(const struct edit_list *l, struct span original, struct writer *w)
{
	uint32_t done = 0;

	if (!fits(l, original)) {
		w->failed = true;
		return;
	}
	for (uint32_t i = 0; i < l->n; i++) {
		const struct edit *e = &l->edit[i];

		writer_put(w, span_slice(original, done, e->from));
		writer_put(w, e->text);
		done = e->to;
	}
	writer_put(w, span_from(original, done));
}
