/* SPDX-License-Identifier: BSD-3-Clause */
/* bundle.h: m-lines have names (a=mid, RFC 5888), and are grouped by them to share one transport (RFC 9143). Here each
 * has its own; but who named his hears the names again, also where the other side knows none: browsers insist on it. */
#ifndef NATSBC_RTPPROXY_BUNDLE_H
#define NATSBC_RTPPROXY_BUNDLE_H

#include "alg/sdp/sdp.h"

enum { BUNDLE_NAME_MAX = 32 }; /* longer names are not said again */

struct bundle {
	char name[BUNDLE_NAME_MAX + 1]; /* "": none */
	bool grouped;                   /* a=group:BUNDLE has it */
};

/* What the description says of m-line number media. */
void bundle_read(const struct sdp *sdp, unsigned media, struct bundle *out);

#endif
