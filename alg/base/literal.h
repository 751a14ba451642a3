/* SPDX-License-Identifier: BSD-3-Clause */
/* literal.h: the texts that whatever fits a POSIX extended expression begins with: what an index over many expressions
 * is made of. */
#ifndef NATSBC_BASE_LITERAL_H
#define NATSBC_BASE_LITERAL_H

#include <stdbool.h>
#include <stdint.h>

enum { LITERAL_MAX = 16, LITERAL_LEN = 24, LITERAL_DEPTH = 8 };

struct literal {
	uint8_t n;
	bool open; /* what the expression demands next may be added */
	char text[LITERAL_LEN];
};

/* Each text that fits begins with one of these. One empty text: nothing is known. */
struct literals {
	unsigned n;
	struct literal one[LITERAL_MAX];
};

/* The expression must be one that regcomp(3) takes. What is not understood ends the texts early, never makes them
 * wrong. */
void literal_read(const char *expression, struct literals *out);

/* Bytes of the shortest. */
unsigned literal_shortest(const struct literals *l);

#endif
