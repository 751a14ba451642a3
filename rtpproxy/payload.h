/* SPDX-License-Identifier: BSD-3-Clause */
/* payload.h: the formats that each side is shown, and the maps between the numbers of both (CALLS.md O6). */
#ifndef NATSBC_RTPPROXY_PAYLOAD_H
#define NATSBC_RTPPROXY_PAYLOAD_H

#include "alg/sdp/payload_plan.h"
#include "rtpproxy/job.h"

/* One per m-line. */
struct payload_plans {
	struct payload_plan media[SDP_MEDIA_MAX];
};

/* An offer, as the side that is to answer is shown it: codecs that it has numbered before keep its numbers. */
void payload_offer(const struct job *j, const struct sdp *sdp, const struct leg *offerer, struct leg *answerer,
		   struct payload_plans *out);

/* An answer, as the side that made the offer is shown it: under the numbers that it offered (RFC 3264 6.1). Notes in
 * the streams of both legs how what arrives from each is to be renumbered. */
void payload_answer(const struct job *j, const struct session *s, const struct sdp *sdp, struct leg *offerer,
		    struct leg *answerer, struct payload_plans *out);

#endif
