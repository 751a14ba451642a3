/* SPDX-License-Identifier: BSD-3-Clause */
/* voice.h: the codecs that an m-line names, as far as it takes to measure a stream: whose clock, which robustness. */
#ifndef NATSBC_RTPPROXY_VOICE_H
#define NATSBC_RTPPROXY_VOICE_H

#include "alg/rtp/impairment.h"
#include "alg/sdp/codec.h"

enum { VOICE_MAX = 6 }; /* the first so many; calls use one of them */

struct voice_codec {
	uint32_t clock_hz;
	uint8_t payload_type;
	uint8_t codec; /* number in the table of impairments */
};

struct voice {
	struct voice_codec codec[VOICE_MAX];
	uint8_t n;
};

/* Of the codecs of a media section, in their order; telephone events and comfort noise are no codecs of their own. */
void voice_read(const struct sdp_codec *list, unsigned n, struct voice *out);

/* What a stream carries that goes from one to the other: the one by that payload number where it is known (128 and
 * more: not yet), else the first that the receiver likes and the sender has, else the receiver's first. NULL: unknown.
 */
const struct voice_codec *voice_of(const struct voice *from, const struct voice *to, uint8_t payload_type);

#endif
