/* SPDX-License-Identifier: BSD-3-Clause */
/* direction.h: sendrecv, sendonly, recvonly, inactive (RFC 3264 5.1, RFC 8866 6.7). */
#ifndef NATSBC_SDP_DIRECTION_H
#define NATSBC_SDP_DIRECTION_H

#include "alg/base/writer.h"
#include "alg/sdp/sdp.h"

enum sdp_direction { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };

/* Of a media section: its own, else the session's, else sendrecv. */
enum sdp_direction sdp_direction(const struct sdp *s, unsigned media);

/* Seen from the other side. */
enum sdp_direction sdp_direction_mirrored(enum sdp_direction d);

/* s as an answer to offer: each stream in the direction that both have left. All else as it is. */
void sdp_answer_directions(const struct sdp *s, const struct sdp *offer, struct writer *w);

/* Hold in any dialect: sendonly, inactive, or the old c=0.0.0.0 (RFC 3264 8.4). */
bool sdp_is_hold(const struct sdp *s, unsigned media);

static inline bool sdp_direction_is_hold(enum sdp_direction d)
{
	return d == SDP_SENDONLY || d == SDP_INACTIVE;
}

const char *sdp_direction_name(enum sdp_direction d);

#endif
