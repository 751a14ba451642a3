/* SPDX-License-Identifier: BSD-3-Clause */
/* answer.h: commit: the packet path learns what both sides agreed on; the newest answer is the one joined (F2, F3). */
#ifndef NATSBC_RTPPROXY_ANSWER_H
#define NATSBC_RTPPROXY_ANSWER_H

#include "rtpproxy/session/job.h"

enum outcome answer_run(struct job *j);

#endif
