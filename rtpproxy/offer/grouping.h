/* SPDX-License-Identifier: BSD-3-Clause */
/* grouping.h: which names of m-lines (bundle.h) each side is shown. */
#ifndef NATSBC_RTPPROXY_GROUPING_H
#define NATSBC_RTPPROXY_GROUPING_H

#include "rtpproxy/offer/parties.h"

struct offer_media;

/* The description in hand is an offer: what its reader called its m-lines, where the sender does not say it. In
 * m->look. */
void grouping_offer(const struct parties *p, struct offer_media *m, unsigned n);

/* The same of an answer, whose reader is the offerer. */
void grouping_answer(const struct session *s, const struct parties *p, struct offer_media *m, unsigned n);

/* The m-line that is a group of its own for the reader: the first of those that it had grouped; absent: none. */
struct span grouping_first(const struct offer_media *m, unsigned n);

#endif
