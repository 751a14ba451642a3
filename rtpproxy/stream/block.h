/* SPDX-License-Identifier: BSD-3-Clause */
/* block.h: the commands that stop a side's media or telephone events from passing, and let them pass again. */
#ifndef NATSBC_RTPPROXY_BLOCK_H
#define NATSBC_RTPPROXY_BLOCK_H

#include "rtpproxy/session/job.h"

/* block media, unblock media, silence media, unsilence media, block DTMF, unblock DTMF: of the side that the request
 * names by tag, label or address, else of all. */
enum outcome block_run(struct job *j);

/* The request names this side, by tag, label or address. */
bool block_names(const struct leg *l, const struct ng_request *q);

/* It names some side, rather than none and so all. */
bool block_names_a_side(const struct ng_request *q);

/* What holds for the stream of a leg. */
struct gate block_gate(const struct session *s, const struct leg *l, const struct stream *m,
		       const struct stream *across);

#endif
