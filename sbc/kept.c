/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/kept.h"

#include <stddef.h>

/* All before the fields is kept as it is, then as many of them as there are. */
enum { HEAD = offsetof(struct sip_msg, field) };

static uint32_t index_size(const struct sip_msg *m)
{
	return HEAD + m->nfield * (uint32_t)sizeof(m->field[0]);
}

struct buf *kept_new(struct buf_pool *pool, const struct sip_msg *m)
{
	struct buf *b = buf_keep_with(pool, m->raw, index_size(m));

	if (!b)
		return NULL;
	memcpy(buf_behind(b), m, index_size(m));
	return b;
}

/* What was a part of the text then is one now. */
static void move(struct span *part, const char *from, const char *to)
{
	if (part->p)
		part->p = to + (part->p - from);
}

bool kept_read(const struct buf *b, struct sip_msg *out)
{
	const char *from;

	if (!b)
		return false;
	if (!b->behind)
		return sip_msg_index(buf_span(b), out) == SIP_OK;
	memcpy(out, buf_behind_const(b), HEAD);
	memcpy(out->field, buf_behind_const(b) + HEAD, index_size(out) - HEAD);
	from = out->raw.p;
	out->tried = out->readable = 0;
	move(&out->raw, from, b->p);
	move(&out->method_name, from, b->p);
	move(&out->uri, from, b->p);
	move(&out->reason, from, b->p);
	return true;
}
