/* SPDX-License-Identifier: BSD-3-Clause */
/* audit.h: are the ports that are taken those of sessions, and does the packet path know the same? */
#ifndef NATSBC_RTPPROXY_AUDIT_H
#define NATSBC_RTPPROXY_AUDIT_H

#include "rtpproxy/session/job.h"

enum { AUDIT_TOLD = 64 }; /* differences that are named; the others are only counted */

/* The command `audit`. `different` is 0 where all three agree; `differences` says which port, and what is wrong. */
enum outcome audit_run(struct job *j);

#endif
