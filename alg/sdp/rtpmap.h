/* SPDX-License-Identifier: BSD-3-Clause */
/* rtpmap.h: a=rtpmap (RFC 8866 6.6). */
#ifndef NATSBC_SDP_RTPMAP_H
#define NATSBC_SDP_RTPMAP_H

#include "alg/base/span.h"

struct sdp_rtpmap {
	uint8_t payload_type;
	struct span encoding;
	uint32_t clock;    /* Hz */
	uint32_t channels; /* 1 where not given */
};

int sdp_rtpmap_parse(struct span value, struct sdp_rtpmap *out);

#endif
