/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/sip/qvalue.h"

#include "alg/base/cursor.h"

uint16_t qvalue_read(struct span s)
{
	static const uint16_t place[] = { 1000, 0 /* the point */, 100, 10, 1 };
	uint32_t q = 0;

	if (s.n == 0 || s.n > 5 || (s.n > 1 && s.p[1] != '.'))
		return QVALUE_MAX;
	for (uint32_t i = 0; i < s.n; i++) {
		if (i == 1)
			continue;
		if (!byte_is(s.p[i], DIGIT))
			return QVALUE_MAX;
		q += place[i] * (uint32_t)(s.p[i] - '0');
	}
	return q > QVALUE_MAX ? QVALUE_MAX : (uint16_t)q;
}
