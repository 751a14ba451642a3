/* SPDX-License-Identifier: BSD-3-Clause */
/* report_quality.h: how the streams of a session sound, as answers to `query` and `delete` tell it. */
#ifndef NATSBC_RTPPROXY_REPORT_QUALITY_H
#define NATSBC_RTPPROXY_REPORT_QUALITY_H

#include "rtpproxy/session/look.h"

/* One stream that comes from a side. */
struct report_stream {
	const struct relay *relay;
	const struct session *session;
	const struct leg *leg;
	unsigned at; /* number of the m-line */
	const struct port_stats *rtp;
};

/* Keys of the stream itself, in the dictionary that is open. */
void report_quality_stream(struct ng_writer *n, const struct report_stream *s);

/* The key "SSRC": for each source average, lowest and highest MOS, as clients of rtpengine read them. */
void report_quality_sources(struct ng_writer *n, const struct relay *r, const struct session *s);

#endif
