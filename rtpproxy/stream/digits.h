/* SPDX-License-Identifier: BSD-3-Clause */
/* digits.h: digits that are dialled in a call, where one side has them as telephone events (RFC 4733) and the other as
 * SIP INFO: what each is shown in descriptions, and what the client is told. */
#ifndef NATSBC_RTPPROXY_DIGITS_H
#define NATSBC_RTPPROXY_DIGITS_H

#include "alg/sdp/payload_plan.h"
#include "rtpproxy/session/job.h"

/* What the request says of the two sides: the sender of its description, and who is shown it. */
void digits_wish(const struct job *j, struct session *s, struct leg *sender, struct leg *receiver);

/* A side that has INFO is not shown telephone events of one that has not. */
void digits_hide(const struct leg *from, const struct leg *to, const struct sdp_codec *list, unsigned n,
		 struct payload_plan *plan);

/* In an offer of a side that has INFO, the other is offered telephone events. */
void digits_offer(const struct leg *from, const struct leg *to, const struct sdp_codec *list, unsigned n,
		  const struct payload_book *writer, const struct payload_book *reader, struct payload_plan *plan);

/* In its answer, those that the other has offered are accepted. */
void digits_answer(const struct leg *from, const struct leg *to, const struct sdp_codec *list, unsigned n,
		   const struct payload_book *offered, struct payload_plan *plan);

/* Where they are to be told of, and where they end. */
void digits_gate(const struct session *s, const struct leg *l, const struct stream *m, struct gate *g);

/* One came: the session's client is told. */
void digits_heard(struct relay *r, const struct datapath_event *e);

#endif
