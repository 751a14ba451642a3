/* SPDX-License-Identifier: BSD-3-Clause */
/* reporter.h: RTCP of ours for a side that gets none from the other: a receiver report in that one's place, of what we
 * measured here (relay.rtcp, flag generate-RTCP). */
#ifndef NATSBC_RTPPROXY_REPORTER_H
#define NATSBC_RTPPROXY_REPORTER_H

#include "rtpproxy/session/state.h"

/* Every few seconds, while media flows. Who sends RTCP, or SRTP, speaks for itself. */
void reporter_session(const struct relay *r, struct session *s);

#endif
