/* SPDX-License-Identifier: BSD-3-Clause */
/* body.h: the session description as a leg is shown it: our ports for its streams, and an o= line of ours (O4). */
#ifndef NATSBC_RTPPROXY_BODY_H
#define NATSBC_RTPPROXY_BODY_H

#include "rtpproxy/payload.h"

/* Rewrites in for the leg it goes to. Streams that are not open get port 0; open and plans have one entry per m-line of
 * in. The version stays where the leg has been sent the very same bytes before, else it grows by one. out borrows the
 * relay until the next command. */
enum outcome body_write(struct relay *r, const struct sdp *in, struct leg *to, const bool *open,
			const struct payload_plans *plans, struct span *out);

#endif
