/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/origin.h"

#include "alg/base/cursor.h"

/* Takes the last word off s, and the blanks behind it. */
static struct span last_word(struct span *s)
{
	uint32_t end = s->n, from;
	struct span word;

	while (end && byte_is(s->p[end - 1], BLANK))
		end--;
	from = end;
	while (from && !byte_is(s->p[from - 1], BLANK))
		from--;
	word = span_slice(*s, from, end);
	s->n = from;
	return word;
}

/* From the right: some phones write a user name with blanks. */
int sdp_origin_parse(struct span value, struct sdp_origin *out)
{
	struct sdp_origin o;

	o.address = last_word(&value);
	o.addrtype = last_word(&value);
	o.nettype = last_word(&value);
	o.version = last_word(&value);
	o.session_id = last_word(&value);
	o.user = span_trim(value);
	if (o.user.n == 0)
		return -1;
	*out = o;
	return 0;
}
