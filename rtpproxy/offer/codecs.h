/* SPDX-License-Identifier: BSD-3-Clause */
/* codecs.h: which codecs may cross between two sides: what their realms and the client say, as rules. */
#ifndef NATSBC_RTPPROXY_CODECS_H
#define NATSBC_RTPPROXY_CODECS_H

#include "alg/sdp/codec_policy.h"
#include "rtpproxy/session/job.h"

struct offer_media;

/* Takes out of the plan what may not cross. The order is changed in offers only: that of an answer is the wish of who
 * gave it (RFC 3264 6.1). */
void codecs_apply(const struct job *j, const struct leg *from, const struct leg *to, bool audio,
		  const struct sdp_codec *list, unsigned n, struct payload_plan *plan);

/* Tells of what an offer should be transcoded to, where its sender does not have it. */
void codecs_warn(struct job *j, const struct offer_media *m);

#endif
