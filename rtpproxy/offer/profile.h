/* SPDX-License-Identifier: BSD-3-Clause */
/* profile.h: RTP/AVP, RTP/SAVP, UDP/TLS/RTP/SAVPF and their kin: which of them each side is shown, and which protection
 * goes with it (CALLS.md O7). */
#ifndef NATSBC_RTPPROXY_PROFILE_H
#define NATSBC_RTPPROXY_PROFILE_H

#include "rtpproxy/offer/offer.h"

/* The n streams of an offer: the profile that the request asks for (transport-protocol), else as they came, but
 * protected as the answerer's are where it has them. Fills in m->profile and the shield of m->look. */
enum outcome profile_of_offer(const struct job *j, const struct leg *answerer, struct offer_media *m, unsigned n);

/* Of an answer to an offer that was ours alone: is it protected as l was shown? */
enum outcome profile_of_listener(const struct leg *l, struct offer_media *m, unsigned n);

/* Of an answer: what the offerer had offered (RFC 3264 6), whatever the other side was shown. Refused where the answer
 * is in the clear though its sender was offered nothing but SRTP, or the other way round. */
enum outcome profile_of_answer(const struct session *s, const struct leg *offerer, const struct leg *answerer,
			       struct offer_media *m, unsigned n);

#endif
