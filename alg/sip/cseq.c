/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/cseq.h"

#include "alg/base/cursor.h"

enum { NUMBER_MAX = INT32_MAX }; /* RFC 3261 8.1.1.5: below 2^31 */

/* Blanks that must be there. */
static void gap(struct cursor *c)
{
	cursor_while(c, BLANK);
}

static struct cseq cseq_read(struct cursor *c)
{
	struct cseq v;

	v.number = (uint32_t)cursor_number(c, NUMBER_MAX);
	gap(c);
	v.method_name = cursor_token(c);
	v.method = sip_method_find(v.method_name);
	cursor_end(c);
	return v;
}

int cseq_parse(struct span s, struct cseq *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct cseq v = cseq_read(&c);

	if (c.failed)
		return -1;
	*out = v;
	return 0;
}

int rack_parse(struct span s, struct rack *out)
{
	struct cursor c = { .left = span_trim(s) };
	struct rack v;

	v.rseq = (uint32_t)cursor_number(&c, UINT32_MAX);
	gap(&c);
	v.cseq = cseq_read(&c);
	if (c.failed)
		return -1;
	*out = v;
	return 0;
}
