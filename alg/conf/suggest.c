/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/conf/suggest.h"

enum { WORD_MAX = 32, FAR = 1000 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned suggest_distance(struct span a, struct span b)
{
	uint8_t d[WORD_MAX + 1][WORD_MAX + 1];

	if (a.n > WORD_MAX || b.n > WORD_MAX)
		return FAR;
	for (unsigned i = 0; i <= a.n; i++) {
		for (unsigned j = 0; j <= b.n; j++) {
			unsigned best;

			if (i == 0 || j == 0) {
				d[i][j] = (uint8_t)(i + j);
				continue;
			}
			best = d[i - 1][j - 1] + (a.p[i - 1] != b.p[j - 1]);
			best = least(best, d[i - 1][j] + 1u);
			best = least(best, d[i][j - 1] + 1u);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				best = least(best, d[i - 2][j - 2] + 1u);
			d[i][j] = (uint8_t)best;
		}
	}
	return d[a.n][b.n];
}

void suggest_offer(struct suggest *s, struct span word)
{
	unsigned distance = suggest_distance(s->given, word), near = 1 + s->given.n / 4;

	if (distance > near || (span_is_set(s->best) && distance >= s->distance))
		return;
	s->best = word;
	s->distance = distance;
}
