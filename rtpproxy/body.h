/* SPDX-License-Identifier: BSD-3-Clause */
/* body.h: the session description as a leg is shown it: our ports for its streams, and an o= line of ours (O4). */
#ifndef NATSBC_RTPPROXY_BODY_H
#define NATSBC_RTPPROXY_BODY_H

#include "rtpproxy/job.h"

/* Rewrites in for the leg it goes to, as the request wants it to look. Streams that are not open get port 0; open and
 * profile have one entry per m-line of in, an absent profile being that which came. The version stays where the leg has
 * been sent the very same bytes before, else it grows by one. out borrows the relay until the next command. */
enum outcome body_write(struct job *j, const struct sdp *in, struct leg *to, const bool *open,
			const struct span *profile, struct span *out);

#endif
