/* SPDX-License-Identifier: BSD-3-Clause */
/* dtmf.h: the digits of a telephone, and the numbers that they have as events (RFC 4733 3.2). */
#ifndef NATSBC_BASE_DTMF_H
#define NATSBC_BASE_DTMF_H

#include <stdint.h>

enum { DTMF_N = 16 }; /* 0 to 9, *, #, A to D; what is more is no digit */

/* "5" of 5; '\0' where it is no digit. */
static inline char dtmf_digit(uint64_t event)
{
	return event < DTMF_N ? "0123456789*#ABCD"[event] : '\0';
}

/* The event of a digit; -1 where it is none. */
static inline int dtmf_event(char digit)
{
	for (int i = 0; i < DTMF_N; i++)
		if (dtmf_digit((uint64_t)i) == (digit >= 'a' && digit <= 'd' ? digit - 'a' + 'A' : digit))
			return i;
	return -1;
}

#endif
