/* SPDX-License-Identifier: BSD-3-Clause */
/* payload.h: the formats that each side is shown, and the maps between the numbers of both (CALLS.md O6). */
#ifndef NATSBC_RTPPROXY_PAYLOAD_H
#define NATSBC_RTPPROXY_PAYLOAD_H

#include "alg/sdp/payload_plan.h"
#include "rtpproxy/offer/offer.h"

/* What becomes of one description; nothing of it is in force before payload_keep(). */
struct payload_plans {
	unsigned n;
	struct {
		struct payload_plan plan;
		bool own;                                /* the reader is shown its own numbers */
		struct payload_map to_reader, to_writer; /* of an answer: for the packets */
	} media[SDP_MEDIA_MAX];
};

/* The codecs of one m-line that cross, under the numbers that came. Closes the stream in m where none may. */
void payload_choose(struct job *j, unsigned media, const struct leg *from, const struct leg *to, struct offer_media *m,
		    struct payload_plan *plan);

/* An offer, as the side that is to answer is shown it: codecs that it has numbered before keep its numbers. Streams of
 * which no codec may cross are closed in m. */
void payload_offer(struct job *j, const struct sdp *sdp, const struct leg *offerer, const struct leg *answerer,
		   struct offer_media *m, struct payload_plans *out);

/* The same of one m-line alone, but for digits that are dialled otherwise: those of the call are no listener's. */
void payload_offer_stream(struct job *j, unsigned media, const struct leg *offerer, const struct leg *answerer,
			  struct offer_media *m, struct payload_plans *out);

/* An answer, as the side that made the offer is shown it: under the numbers that it offered (RFC 3264 6.1). */
void payload_answer(struct job *j, const struct session *s, const struct sdp *sdp, const struct leg *offerer,
		    const struct leg *answerer, struct offer_media *m, struct payload_plans *out);

/* The offer has been prepared; the answer holds. */
void payload_keep_offer(const struct payload_plans *plans, struct leg *answerer);
void payload_keep_answer(const struct payload_plans *plans, struct leg *offerer, struct leg *answerer);

#endif
