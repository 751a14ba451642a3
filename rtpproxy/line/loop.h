/* SPDX-License-Identifier: BSD-3-Clause */
/* loop.h: descriptions of ours that come back to us. */
#ifndef NATSBC_RTPPROXY_LOOP_H
#define NATSBC_RTPPROXY_LOOP_H

#include "alg/sdp/sdp.h"
#include "rtpproxy/session/job.h"

/* A media port of ours that a call has, by any name of the realm. ports: of each realm. */
bool loop_is_ours(const struct config *conf, const struct ports *ports, const struct addr *a);

/* The first media port of ours that the description names, of one that a call has; 0: none. */
uint16_t loop_port(const struct config *conf, const struct ports *ports, const struct sdp *sdp);

/* The client asks not to anchor twice (flag loop-protect), and all streams of its description are at ports of ours:
 * then it is answered with as it came, which is true. */
bool loop_pass(struct job *j, const struct sdp *sdp);

#endif
