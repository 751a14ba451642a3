/* SPDX-License-Identifier: BSD-3-Clause */
/* word.h: what a line of a script may begin with. Tables of them end with a NULL. */
#ifndef NATSBC_TESTS_FLOW_WORD_H
#define NATSBC_TESTS_FLOW_WORD_H

#include "tests/flow/world.h"

struct word {
	const char *name;
	void (*play)(struct world *w, struct span left); /* left: the rest of the line */
};

/* Of parties, and of what the relay and the firewall do; the script itself has the rest. */
extern const struct word word_of_parties[], word_of_media[];

/* The party that the next word of *left names. NULL, and the script has failed, where there is none. */
struct party *word_party(struct world *w, struct span *left);

#endif
