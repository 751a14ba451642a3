/* SPDX-License-Identifier: BSD-3-Clause */
/* escape.h: the %XX escapes of URIs, for header values inside a URI (RFC 3261 19.1.2, 25.1 hvalue). */
#ifndef NATSBC_SIP_ESCAPE_H
#define NATSBC_SIP_ESCAPE_H

#include "alg/base/writer.h"

/* What may not stand raw in the value of a URI's header is written as %XX. */
void escape_write(struct writer *w, struct span plain);

/* One unescape. w fails on an escaped control character (tab excepted): it could end the line it is written into. A "%"
 * without two digits stays as it is. */
void escape_read(struct writer *w, struct span escaped);

#endif
