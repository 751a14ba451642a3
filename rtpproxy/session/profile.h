/* SPDX-License-Identifier: BSD-3-Clause */
/* profile.h: RTP/AVP, RTP/AVPF, RTP/SAVP, RTP/SAVPF: which of them each side is shown. */
#ifndef NATSBC_RTPPROXY_PROFILE_H
#define NATSBC_RTPPROXY_PROFILE_H

#include "rtpproxy/session/offer.h"

/* The n streams of an offer: the profile that the request asks for (transport-protocol), else as they came. What would
 * need SRTP on one side only is refused: nobody could hear it. */
enum outcome profile_of_offer(const struct job *j, struct offer_media *m, unsigned n);

/* Of an answer: what the offerer had offered (RFC 3264 6), whatever the other side was shown. */
enum outcome profile_of_answer(const struct session *s, const struct leg *offerer, struct offer_media *m, unsigned n);

#endif
