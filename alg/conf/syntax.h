/* SPDX-License-Identifier: BSD-3-Clause */
/* syntax.h: what to do about a text that is no JSON (RFC 8259), beside what the parser says of it. */
#ifndef NATSBC_CONF_SYNTAX_H
#define NATSBC_CONF_SYNTAX_H

#include <jansson.h>

#include "alg/base/span.h"

/* The text without the byte order mark that some editors put before it (RFC 8259 8.1 lets us pass over it). */
struct span syntax_text(struct span file);

/* What is probably meant and not written so; "" where nothing is known of the mistake. Borrows nothing. */
const char *syntax_hint(struct span text, const json_error_t *error);

#endif
