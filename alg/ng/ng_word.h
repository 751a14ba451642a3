/* SPDX-License-Identifier: BSD-3-Clause */
/* ng_word.h: keys and flags of ng, which clients spell in many ways. */
#ifndef NATSBC_NG_NG_WORD_H
#define NATSBC_NG_NG_WORD_H

#include "alg/base/span.h"

/* A letter as it is compared. */
static inline char ng_word_letter(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c | 0x20);
	return c == ' ' || c == '_' ? '-' : c;
}

/* True where given is a spelling of word (lower case, hyphens): case aside, blanks and underscores count as hyphens,
 * dots do not count: "Received_From" is "received-from", "T.38" is "t38". */
bool ng_word_eq(struct span given, struct span word);

/* How far it is to the first hyphen, in whatever spelling; all of the word where there is none. */
uint32_t ng_word_hyphen(struct span given);

/* The same as ng_word_eq() for the beginning of given; what is left is in *rest, which is untouched otherwise. */
bool ng_word_starts(struct span given, struct span prefix, struct span *rest);

#endif
