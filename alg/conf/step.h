/* SPDX-License-Identifier: BSD-3-Clause */
/* step.h: where a value stands in the configuration: a chain from the value up to the root; and its line and column. */
#ifndef NATSBC_CONF_STEP_H
#define NATSBC_CONF_STEP_H

#include <stddef.h>

#include "alg/base/writer.h"

/* Lives on the stack of whoever walks the tree. The root is NULL. */
struct step {
	const struct step *up;
	const char *key; /* NULL: an element of an array */
	size_t at;       /* number among its siblings, in the order of the file */
};

/* realms.internet.listen[1]; bytes that would disturb a terminal become '?'. */
void step_write(struct writer *w, const struct step *s);

enum step_part { STEP_KEY, STEP_VALUE };

struct place {
	int line, column; /* from 1; columns count characters, not bytes */
};

/* text must be well-formed JSON: the parsed tree forgets where its values stood, so the way there is walked again.
 * An element of an array has no key: both parts are the value. */
struct place step_place(struct span text, const struct step *s, enum step_part part);

#endif
