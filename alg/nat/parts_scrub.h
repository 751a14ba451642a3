/* SPDX-License-Identifier: BSD-3-Clause */
/* parts_scrub.h: bodies of several parts as they may be seen on the other side: each part by itself (body_scrub.h). */
#ifndef NATSBC_NAT_PARTS_SCRUB_H
#define NATSBC_NAT_PARTS_SCRUB_H

#include "alg/nat/body_scrub.h"

enum { PARTS_SCRUB_DEPTH = 3 }; /* parts of parts of parts */

/* As body_scrub(), which it does for a body of one part. A part that can't be read is left out, and so is one that is
 * nested too deep; what is signed stays as it is: changed it would be a forgery. */
enum body_verdict parts_scrub(struct writer *w, struct span content_type, struct span body, const struct body_scrub *s);

#endif
