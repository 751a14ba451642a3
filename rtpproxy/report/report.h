/* SPDX-License-Identifier: BSD-3-Clause */
/* report.h: what the relay tells of its sessions and of itself. */
#ifndef NATSBC_RTPPROXY_REPORT_H
#define NATSBC_RTPPROXY_REPORT_H

#include "rtpproxy/session/job.h"

/* The commands `query`, `list` and `statistics`. */
enum outcome report_query(struct job *j);
enum outcome report_list(struct job *j);
enum outcome report_statistics(struct job *j);

/* The keys that `query` and `delete` have in common: created, totals, tags. Nothing where they would not fit. */
void report_session(struct job *j, struct session *s);

#endif
