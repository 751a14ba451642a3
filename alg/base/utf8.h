/* SPDX-License-Identifier: BSD-3-Clause */
/* utf8.h: text that others are to read as UTF-8 (RFC 3629). */
#ifndef NATSBC_BASE_UTF8_H
#define NATSBC_BASE_UTF8_H

#include "alg/base/span.h"

/* Bytes of a character at the begin of s, which is not empty; 0 where there is none: a byte that begins nothing, one
 * that is not finished, a longer form than needed, half of a surrogate pair, or beyond U+10FFFF. */
uint32_t utf8_length(struct span s);

/* Each byte that belongs to no character becomes '?'. The length stays. */
void utf8_mend(char *text, uint32_t n);

#endif
