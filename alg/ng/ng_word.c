/* SPDX-License-Identifier: BSD-3-Clause */
#include "alg/ng/ng_word.h"

/* Reads word off the front of given; false where it is not there. What is left stands in *rest, dots skipped. */
static bool match(struct span given, struct span word, struct span *rest)
{
	uint32_t i = 0, k = 0;

	for (;; i++) {
		while (i < given.n && given.p[i] == '.')
			i++;
		if (k == word.n)
			break;
		if (i == given.n || ng_word_letter(given.p[i]) != word.p[k++])
			return false;
	}
	*rest = span_from(given, i);
	return true;
}

bool ng_word_eq(struct span given, struct span word)
{
	struct span rest;

	/* Dots make it longer, nothing shorter. */
	return given.n >= word.n && match(given, word, &rest) && rest.n == 0;
}

bool ng_word_starts(struct span given, struct span prefix, struct span *rest)
{
	return match(given, prefix, rest);
}

uint32_t ng_word_hyphen(struct span given)
{
	uint32_t i = 0;

	while (i < given.n && ng_word_letter(given.p[i]) != '-')
		i++;
	return i;
}
