/* SPDX-License-Identifier: BSD-3-Clause */
#include "sbc/base/kept.h"

#include <stddef.h>

/* All before the fields is kept as it is, then what was read of it, then as many fields as there are. */
enum { HEAD = offsetof(struct sip_msg, field), MEMO = sizeof(struct sip_memo) };

static uint32_t fields_size(const struct sip_msg *m)
{
	return m->nfield * (uint32_t)sizeof(m->field[0]);
}

struct buf *kept_new(struct buf_pool *pool, const struct sip_msg *m)
{
	struct buf *b = buf_keep_with(pool, m->raw, HEAD + MEMO + fields_size(m));
	char *to;

	if (!b)
		return NULL;
	to = buf_behind(b);
	memcpy(to, m, HEAD);
	memcpy(to + HEAD, &m->memo, MEMO);
	memcpy(to + HEAD + MEMO, m->field, fields_size(m));
	return b;
}

bool kept_read(const struct buf *b, struct sip_msg *out)
{
	const char *from;

	if (!b)
		return false;
	if (!b->behind)
		return sip_msg_index(buf_span(b), out) == SIP_OK;
	from = buf_behind_const(b);
	memcpy(out, from, HEAD);
	memcpy(&out->memo, from + HEAD, MEMO);
	memcpy(out->field, from + HEAD + MEMO, fields_size(out));
	sip_msg_move(out, b->p);
	return true;
}
