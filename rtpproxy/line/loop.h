/* SPDX-License-Identifier: BSD-3-Clause */
/* loop.h: descriptions of ours that come back to us. */
#ifndef NATSBC_RTPPROXY_LOOP_H
#define NATSBC_RTPPROXY_LOOP_H

#include "alg/conf/config.h"
#include "alg/sdp/sdp.h"
#include "rtpproxy/base/ports.h"

/* A media port of ours that a call has, by any name of the realm. ports: of each realm. */
bool loop_is_ours(const struct config *conf, const struct ports *ports, const struct addr *a);

/* The first media port of ours that the description names, of one that a call has; 0: none. */
uint16_t loop_port(const struct config *conf, const struct ports *ports, const struct sdp *sdp);

/* All streams of the description, and there are some, are at ports of ours that calls have. */
bool loop_is_all(const struct config *conf, const struct ports *ports, const struct sdp *sdp);

#endif
