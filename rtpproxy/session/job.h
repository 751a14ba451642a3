/* SPDX-License-Identifier: BSD-3-Clause */
/* job.h: one control command while it is carried out. */
#ifndef NATSBC_RTPPROXY_JOB_H
#define NATSBC_RTPPROXY_JOB_H

#include "rtpproxy/session/state.h"

enum { JOB_WARNING_MAX = 1024 };

struct job {
	struct relay *relay;
	const struct ng_request *request;
	const struct server_peer *from;
	uint64_t now;
	uint64_t call_hash;      /* of the call-id, for the table of sessions */
	struct ng_writer answer; /* handlers put their keys here once they are sure to succeed */
	struct writer warning;   /* over JOB_WARNING_MAX bytes */
};

/* Adds "text" or "text: detail" to the answer's warning; what does not fit is left out. */
__attribute__((cold)) void job_warn(struct job *j, const char *text, struct span detail);

/* The request's description. A failure of the text or of any of its lines fails the command. */
enum outcome job_sdp(const struct job *j, struct sdp *out);

/* The client asks not to anchor twice (flag loop-protect), and all streams of its description are at ports of ours:
 * then it is answered with as it came, which is true. */
bool job_loops(struct job *j, const struct sdp *sdp);

/* The session that the request names; NULL where there is none. */
struct session *job_session(const struct job *j);

#endif
