/* SPDX-License-Identifier: BSD-3-Clause */
/* delete.h: the command `delete`: what is meant by it, of a call that may have forked. */
#ifndef NATSBC_RTPPROXY_DELETE_H
#define NATSBC_RTPPROXY_DELETE_H

#include "rtpproxy/session/job.h"

/* The call-id suffices; tags and branch, where given, narrow it down to a branch or a fork. */
enum outcome delete_run(struct job *j);

#endif
