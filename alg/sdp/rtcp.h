/* SPDX-License-Identifier: BSD-3-Clause */
/* rtcp.h: a=rtcp (RFC 3605). */
#ifndef NATSBC_SDP_RTCP_H
#define NATSBC_SDP_RTCP_H

#include "alg/base/addr.h"

struct sdp_rtcp {
	uint16_t port;
	struct addr addr; /* ADDR_NONE where only a port was given */
};

int sdp_rtcp_parse(struct span value, struct sdp_rtcp *out);

#endif
