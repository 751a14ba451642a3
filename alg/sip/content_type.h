/* SPDX-License-Identifier: BSD-3-Clause */
/* content_type.h: the Content-Type value (RFC 3261 20.15): type/subtype and parameters. */
#ifndef NATSBC_SIP_CONTENT_TYPE_H
#define NATSBC_SIP_CONTENT_TYPE_H

#include "alg/base/span.h"

struct content_type {
	struct span type, subtype;
	struct span params; /* from the first ';' */
};

/* 0 or -1. Borrows s. */
int content_type_parse(struct span s, struct content_type *out);

/* The same where parameters are unsound: type and subtype alone. For who asks what the most forgiving would take it
 * for.
 */
int content_type_read(struct span s, struct content_type *out);

/* Is it this type ("application/sdp"), whatever its parameters? */
bool content_type_matches(const struct content_type *v, struct span type);

/* Is value of this type ("application/sdp"), whatever its parameters? Not where it can't be read. */
bool content_type_is(struct span value, struct span type);

#endif
