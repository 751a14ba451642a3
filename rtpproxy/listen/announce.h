/* SPDX-License-Identifier: BSD-3-Clause */
/* announce.h: a session description that nobody has sent: of formats that are known, as if their owner had described
 * them now. body.h makes of it what a leg is shown. */
#ifndef NATSBC_RTPPROXY_ANNOUNCE_H
#define NATSBC_RTPPROXY_ANNOUNCE_H

#include "alg/base/addr.h"
#include "alg/base/writer.h"
#include "alg/sdp/direction.h"

enum { ANNOUNCE_TEXT_MAX = 32768 };

/* One m-line. */
struct announce_line {
	const char *type, *protocol;
	struct span formats; /* as formats.h has them; absent: the m-line is refused */
	enum sdp_direction direction;
	struct span mid; /* a=mid; absent: none */
	unsigned label;  /* a=label (RFC 4574); 0: none */
};

/* host: whichever, of the family that is wanted. */
void announce_write(struct writer *w, const struct addr *host, const struct announce_line *line, unsigned n);

#endif
