/* SPDX-License-Identifier: BSD-3-Clause */
/* leak.h: does a message say what belongs to the other side: its addresses, its identifiers (CALLS.md 4.16)? All of
 * them are looked for at once (Wu and Manber 1994): the text is read in strides. */
#ifndef NATSBC_NAT_LEAK_H
#define NATSBC_NAT_LEAK_H

#include "alg/base/span.h"

enum {
	LEAK_MAX = 12,    /* of one set; more are not looked for */
	LEAK_ID_MIN = 8,  /* bytes: a shorter identifier names nothing, and is found by chance */
	LEAK_HOST_MIN = 6 /* "::1" is everybody's */
};

/* Zeroed, or begun: empty. Borrows what is added. */
struct leak_set {
	struct span text[LEAK_MAX];
	bool host[LEAK_MAX];
	unsigned n;
	uint32_t shortest;
};

/* The same as zeroing it, for less. */
static inline void leak_begin(struct leak_set *s)
{
	s->n = 0;
}

void leak_add_id(struct leak_set *s, struct span id);

/* An address as text: found only where no further digit or dot makes it another one. */
void leak_add_host(struct leak_set *s, struct span host);

/* Offset of the first one in text at `from` or behind it, and which; text.n: there is none. */
uint32_t leak_find(const struct leak_set *s, struct span text, uint32_t from, struct span *which);

/* The line around that offset, with its end. */
struct span leak_line(struct span text, uint32_t at);

#endif
