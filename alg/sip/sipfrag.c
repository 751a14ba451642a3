/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/sipfrag.h"

#include "alg/base/cursor.h"
#include "alg/sip/reply.h"

int sipfrag_status(struct span body, uint16_t *out)
{
	struct cursor c = { .left = body };
	struct span digits;
	uint32_t status;

	cursor_word(&c, SPAN("SIP/2.0"));
	if (!cursor_try(&c, ' '))
		return -1;
	digits = cursor_while(&c, DIGIT);
	if (c.failed || digits.n != 3 || span_u32(digits, &status) || status < 100 || status > 699)
		return -1;
	/* A reason phrase, or nothing, but not more of the number. */
	if (c.left.n && !byte_is(c.left.p[0], BLANK))
		return -1;
	*out = (uint16_t)status;
	return 0;
}

void sipfrag_write(struct writer *w, uint16_t status, struct span reason)
{
	writer_put(w, SPAN("SIP/2.0 "));
	writer_u64(w, status);
	writer_byte(w, ' ');
	writer_put(w, span_is_set(reason) ? reason : reply_reason(status));
	writer_put(w, SPAN("\r\n"));
}
