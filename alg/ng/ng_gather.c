/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_gather.h"

void ng_gather_head(char head[NG_GATHER_HEAD], uint32_t n)
{
	head[0] = '#';
	for (uint32_t i = NG_GATHER_HEAD - 2; i > 0; i--, n /= 10)
		head[i] = (char)('0' + n % 10);
	head[NG_GATHER_HEAD - 1] = ':';
}

bool ng_gather_next(struct span *left, struct span *one)
{
	uint32_t n;

	if (left->n < NG_GATHER_HEAD || left->p[0] != '#' || left->p[NG_GATHER_HEAD - 1] != ':' ||
	    span_u32(span_slice(*left, 1, NG_GATHER_HEAD - 1), &n) || n > left->n - NG_GATHER_HEAD)
		return false;
	*one = span_slice(*left, NG_GATHER_HEAD, NG_GATHER_HEAD + n);
	*left = span_from(*left, NG_GATHER_HEAD + n);
	return true;
}
