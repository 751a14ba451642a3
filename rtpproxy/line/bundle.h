/* SPDX-License-Identifier: BSD-3-Clause */
/* bundle.h: m-lines have names (a=mid, RFC 5888), and are grouped by them to share one transport (RFC 9143). Here each
 * has its own; but who named his hears the names again, also where the other side knows none: browsers insist on it. */
#ifndef NATSBC_RTPPROXY_BUNDLE_H
#define NATSBC_RTPPROXY_BUNDLE_H

#include "alg/sdp/sdp.h"

struct offer_media;
struct parties;
struct session;

enum { BUNDLE_NAME_MAX = 32 }; /* longer names are not said again */

struct bundle {
	char name[BUNDLE_NAME_MAX + 1]; /* "": none */
	bool grouped;                   /* a=group:BUNDLE has it */
};

/* What the description says of m-line number media. */
void bundle_read(const struct sdp *sdp, unsigned media, struct bundle *out);

/* The description in hand is an offer: what its reader called its m-lines, where the sender does not say it. In
 * m->look. */
void bundle_offer(const struct parties *p, struct offer_media *m, unsigned n);

/* The same of an answer, whose reader is the offerer. */
void bundle_answer(const struct session *s, const struct parties *p, struct offer_media *m, unsigned n);

/* The m-line that is a group of its own for the reader: the first of those that it had grouped; absent: none. */
struct span bundle_group(const struct offer_media *m, unsigned n);

#endif
