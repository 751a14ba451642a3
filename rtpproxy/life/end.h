/* SPDX-License-Identifier: BSD-3-Clause */
/* end.h: a session, or one branch of it, goes away: ports out of the packet path and back to their realm. */
#ifndef NATSBC_RTPPROXY_END_H
#define NATSBC_RTPPROXY_END_H

#include "rtpproxy/session/job.h"

/* The command `delete`: the call-id suffices; tags and branch, where given, narrow it down to a branch or a fork. */
enum outcome end_run(struct job *j);

/* Frees s. */
void end_session(struct relay *r, struct session *s, uint64_t now);

/* Frees l, a far leg of s. */
void end_branch(struct relay *r, struct session *s, struct leg *l, uint64_t now);

#endif
