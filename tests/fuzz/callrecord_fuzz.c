/* SPDX-License-Identifier: BSD-3-Clause */
/* Any bytes as the record of a call, with a checksum that is right: what is read lies within them, no name in it has a
 * line break, and what is written of it reads the same. */
#include <stdlib.h>

#include "alg/base/pack.h"
#include "sbc/store/callrecord.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool held)
{
	if (!held)
		abort();
}

static void expect_word(struct span s, struct span whole)
{
	expect(!span_is_set(s) || span_within(s, whole));
	expect(span_find(s, '\n') == s.n && span_find(s, '\r') == s.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char sealed[1 << 17], text[1 << 18], again[1 << 18];
	struct writer w = writer_over(sealed, sizeof(sealed)), one = writer_over(text, sizeof(text)),
		      two = writer_over(again, sizeof(again));
	struct callrecord r;

	(void)callrecord_read(span_of(data, size), &r);
	writer_put(&w, span_of(data, size));
	pack_end(&w, 0);
	if (w.failed || callrecord_read(writer_done(&w), &r))
		return 0;
	for (unsigned i = 0; i < 2; i++) {
		expect_word(r.leg[i].call_id, writer_done(&w));
		expect_word(r.leg[i].target, writer_done(&w));
		expect_word(r.leg[i].local, writer_done(&w));
	}
	expect_word(r.id, writer_done(&w));
	callrecord_write(&one, &r);
	expect(!one.failed && callrecord_read(writer_done(&one), &r) == 0);
	callrecord_write(&two, &r);
	expect(span_eq(writer_done(&one), writer_done(&two)));
	return 0;
}
