/* SPDX-License-Identifier: BSD-3-Clause */
/* room.h: memory for what waits, growing with it. */
#ifndef NATSBC_SBC_ROOM_H
#define NATSBC_SBC_ROOM_H

#include <stdint.h>
#include <stdlib.h>

enum { ROOM_FIRST = 2048 };

/* n bytes in *buf, of which *cap are there: twice as many each time, max at most. 0, or -1 with nothing changed. Caller
 * frees *buf. */
static inline int room_grow(char **buf, uint32_t *cap, uint32_t n, uint32_t max)
{
	uint32_t want = *cap ? *cap : ROOM_FIRST;
	char *p;

	if (n <= *cap)
		return 0;
	if (n > max)
		return -1;
	while (want < n)
		want *= 2;
	if (want > max)
		want = max;
	p = realloc(*buf, want);
	if (!p)
		return -1;
	*buf = p;
	*cap = want;
	return 0;
}

#endif
