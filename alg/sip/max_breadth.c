/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/max_breadth.h"

#include "alg/base/cursor.h"

/* However large a number: it was meant as one. */
int max_breadth_parse(struct span s, uint32_t *out)
{
	struct span digits = span_trim(s);
	uint32_t v;

	if (!span_all(digits, DIGIT))
		return -1;
	if (span_u32(digits, &v) || v > MAX_BREADTH_DEFAULT)
		v = MAX_BREADTH_DEFAULT;
	*out = v;
	return 0;
}

uint32_t max_breadth_share(uint32_t breadth, uint32_t branches, uint32_t i)
{
	if (i >= branches)
		return 0;
	return breadth / branches + (i < breadth % branches);
}
