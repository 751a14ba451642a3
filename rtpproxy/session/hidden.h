/* SPDX-License-Identifier: BSD-3-Clause */
/* hidden.h: m-lines that a side is not shown at all (sdp-media-remove). We and the other side count them: what that
 * side says is completed by them, refused, before anybody reads it (RFC 3264 6: an answer has as many m-lines as its
 * offer). Once there was an answer a line stays as it is, shown or not (RFC 3264 8). */
#ifndef NATSBC_RTPPROXY_HIDDEN_H
#define NATSBC_RTPPROXY_HIDDEN_H

#include "rtpproxy/session/job.h"

struct offer_media;

/* By bit, of the m-lines that both sides have agreed on those that the side is not shown. */
uint32_t hidden_agreed(const struct leg *l);

/* The description in hand, as its sender would have written it had nothing been hidden (by bit) from it; other is the
 * side that knows those m-lines. Borrows the relay until the next command. */
enum outcome hidden_complete(struct job *j, uint32_t hidden, const struct leg *other, struct sdp *sdp);

/* The m-lines of an offer that its reader is not shown, by bit: they are closed in m, as are those that the client
 * wants to be gone, but that the reader knows already. */
uint32_t hidden_choose(const struct job *j, const struct leg *reader, struct offer_media *m);

#endif
