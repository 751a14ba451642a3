/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/media/lostcalls.h"

#include <stdio.h>

/* A relay may say anything. */
static void why_write(char out[LOSTCALL_WHY_MAX], struct span why)
{
	snprintf(out, LOSTCALL_WHY_MAX, "%.*s", SPAN_ARG(why));
	for (char *c = out; *c; c++)
		if ((unsigned char)*c >= 0x7f || (unsigned char)*c < ' ')
			*c = '?';
}

void lostcalls_add(struct lostcalls *l, const char *id, struct span from, struct span to, struct span why, int64_t at)
{
	struct lostcall *c = &l->call[l->n++ % LOSTCALLS_KEPT];

	snprintf(c->id, sizeof(c->id), "%s", id);
	snprintf(c->from, sizeof(c->from), "%.*s", SPAN_ARG(from));
	snprintf(c->to, sizeof(c->to), "%.*s", SPAN_ARG(to));
	why_write(c->why, why);
	c->at = at;
}

const struct lostcall *lostcalls_at(const struct lostcalls *l, unsigned i)
{
	if (i >= LOSTCALLS_KEPT || i >= l->n)
		return NULL;
	return &l->call[(l->n - 1 - i) % LOSTCALLS_KEPT];
}

const struct lostcall *lostcalls_find(const struct lostcalls *l, struct span id)
{
	const struct lostcall *c;

	for (unsigned i = 0; (c = lostcalls_at(l, i)); i++)
		if (span_eq(span_str(c->id), id))
			return c;
	return NULL;
}
