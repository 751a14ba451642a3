/* SPDX-License-Identifier: BSD-3-Clause */
/* origin.h: the o= line (RFC 8866 5.2). */
#ifndef NATSBC_SDP_ORIGIN_H
#define NATSBC_SDP_ORIGIN_H

#include "alg/base/span.h"

struct sdp_origin {
	struct span user, session_id, version, nettype, addrtype, address;
};

int sdp_origin_parse(struct span value, struct sdp_origin *out);

#endif
