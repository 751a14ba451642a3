/* SPDX-License-Identifier: BSD-3-Clause */
/* linger.h: sessions that were deleted and stay a while: for packets still on their way, and for a client that deletes
 * when one branch of several has failed, and goes on with the call. They give way where room is needed. */
#ifndef NATSBC_RTPPROXY_LINGER_H
#define NATSBC_RTPPROXY_LINGER_H

#include "rtpproxy/session/job.h"

/* How long the session that the job deletes is to stay: as the request says, or as configured; our SBC knows when a
 * call is over. 0: not at all. */
uint64_t linger_delay_ms(const struct job *j, const struct session *s);

/* The session will end at until; one that lingers already, then. */
void linger_begin(struct relay *r, struct session *s, uint64_t until);

/* It lives on. Does nothing where it does not linger. */
void linger_cancel(struct relay *r, struct session *s);

#endif
