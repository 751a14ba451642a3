/* SPDX-License-Identifier: BSD-3-Clause */
/* offer.h: prepare, commit, roll back: an offer changes nothing of what is in force until its answer (RFC 6141). */
#ifndef NATSBC_RTPPROXY_OFFER_H
#define NATSBC_RTPPROXY_OFFER_H

#include "rtpproxy/offer/protection.h"
#include "rtpproxy/session/job.h"

/* Prepares: takes the ports that are missing on both sides, and answers with the description for the other side. Only
 * before the first answer does it take effect at once, for the offering side: its learning window opens (M2). */
enum outcome offer_run(struct job *j);

/* Forgets what the last offer prepared. A call that never had an answer goes away. */
enum outcome offer_rollback(struct job *j);

/* What is read from a description, for all its m-lines. */
struct offer_media {
	struct target target[SDP_MEDIA_MAX];
	bool open[SDP_MEDIA_MAX];
	struct span profile[SDP_MEDIA_MAX]; /* that the other side is shown; absent: as it came */
	struct target_codecs codecs[SDP_MEDIA_MAX];
	struct protection look[SDP_MEDIA_MAX]; /* of our protection the other side is shown this */
	unsigned n;                            /* targets that were read */
};

/* Reads the m-lines that leg describes to reader, and warns of those that we do not relay. Whatever comes of it, the
 * caller releases out with offer_release(). */
enum outcome offer_read(struct job *j, const struct leg *leg, const struct leg *reader, const struct sdp *sdp,
			struct offer_media *out);

void offer_release(struct offer_media *m);

/* Of the n streams none is open, as those that would be are not protected as their sender must: why the whole is
 * refused; else OK. */
enum outcome offer_mistrust(const struct job *j, const struct offer_media *m, unsigned n);

/* The same of what we could not relay, or may not. */
enum outcome offer_is_usable(const struct offer_media *m, unsigned n);

/* Ports for the streams that are open, on both legs, or on neither. b may be NULL. */
enum outcome offer_take_ports(struct job *j, struct leg *a, struct leg *b, const bool *open, unsigned n);

#endif
