/* SPDX-License-Identifier: BSD-3-Clause */
/* body.h: the session description as a leg is shown it: our ports for its streams, and an o= line of ours (O4). */
#ifndef NATSBC_RTPPROXY_BODY_H
#define NATSBC_RTPPROXY_BODY_H

#include "rtpproxy/offer/payload.h"

/* How a leg is shown the streams: one entry each per m-line. */
struct body_look {
	const struct offer_media *media; /* those that are not open get port 0 */
	const struct payload_plans *plans;
	uint32_t hidden; /* by bit: those that the leg is not shown (hidden.h) */
};

/* Rewrites in for the leg it goes to, as the request wants it to look. The version stays where the leg has been sent
 * the very same bytes before, else it grows by one. out borrows the relay until the next command. */
enum outcome body_write(struct job *j, const struct sdp *in, struct leg *to, const struct body_look *look,
			struct span *out);

#endif
