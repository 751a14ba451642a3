/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sdp/numbers.h"

struct sdp_numbers numbers_of(struct span formats)
{
	struct sdp_numbers n = { 0 };

	while (formats.n) {
		uint32_t blank = span_find(formats, ' ');
		uint64_t number;

		if (span_u64(span_slice(formats, 0, blank), &number) == 0 && number < 128)
			n.bit[number / 64] |= UINT64_C(1) << number % 64;
		formats = span_from(formats, blank + (blank < formats.n));
	}
	return n;
}
