/* SPDX-License-Identifier: BSD-3-Clause */
/* sources.h: the sides of a call that somebody asks to hear. */
#ifndef NATSBC_RTPPROXY_SOURCES_H
#define NATSBC_RTPPROXY_SOURCES_H

#include "rtpproxy/stream/listener.h"

/* Each once. */
struct sources {
	struct leg *leg[NG_TAGS_MAX];
	unsigned n;
};

/* Whom the request names: by tags, by label, or `all` who are in the call. OUTCOME_UNKNOWN_TAGS, OUTCOME_NO_SOURCE. */
enum outcome sources_read(const struct session *s, const struct ng_request *q, struct sources *out);

/* The m-line is of one of them, and there is something to hear still. */
bool sources_have(const struct sources *all, const struct ear_line *line);

/* Can it be copied to who listens? Not datagrams (fax), nor what has no formats yet. */
bool source_is_audible(const struct stream *m);

#endif
