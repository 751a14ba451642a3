/* SPDX-License-Identifier: BSD-3-Clause */
/* hidden.h: m-lines that one side has and the other has not: because a client does not want them to be shown
 * (sdp-media-remove), or because the other side came later, with fewer lines or in another order (CALLS.md O3: a
 * transfer, another phone). We and the one who has them count them: what the other says is completed by them, refused,
 * before anybody reads it (RFC 3264 6: an answer has as many m-lines as its offer; 8: as many as there ever were). */
#ifndef NATSBC_RTPPROXY_HIDDEN_H
#define NATSBC_RTPPROXY_HIDDEN_H

#include "rtpproxy/offer/parties.h"

struct offer_media;

/* The description in hand is an offer: completed by what its reader has had in its dialog, in the places that it has
 * there. p->hidden is what the offerer has not then. Borrows the relay until the next command. */
enum outcome hidden_align(struct job *j, struct parties *p, struct sdp *sdp);

/* What was hidden in an offer is what a side has not, now that n m-lines were answered; or no longer. */
void hidden_settle(struct leg *l, unsigned n);
void hidden_forget(struct leg *l);

/* The description in hand, as its sender would have written it had nothing been hidden (by bit) from it; other is the
 * side that knows those m-lines. Borrows the relay until the next command. */
enum outcome hidden_complete(struct job *j, uint32_t hidden, const struct leg *other, struct sdp *sdp);

/* The m-lines of an offer that its reader is not shown, by bit: they are closed in m, as are those that the client
 * wants to be gone, but that the reader knows already. What it has not it is shown where that is opened, behind all
 * that it has; unless it was withheld. */
uint32_t hidden_choose(const struct job *j, const struct leg *reader, struct offer_media *m);

#endif
