/* SPDX-License-Identifier: BSD-3-Clause */
/* openports.h: which media ports are open, for which call, and who may send there. */
#ifndef NATSBC_RTPPROXY_OPENPORTS_H
#define NATSBC_RTPPROXY_OPENPORTS_H

#include "rtpproxy/session/job.h"

/* The command `ports`: the `calls` of an owner, page by page as `list` has them; with a call-id, that one alone; with
 * `port`, that port alone, of whoever's calls. */
enum outcome openports_run(struct job *j);

#endif
