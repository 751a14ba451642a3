/* SPDX-License-Identifier: BSD-3-Clause */
/* publish.h: a call of one side, who speaks to listeners (subscribe.h): he offers, we answer. */
#ifndef NATSBC_RTPPROXY_PUBLISH_H
#define NATSBC_RTPPROXY_PUBLISH_H

#include "rtpproxy/session/job.h"

/* The command `publish`. From the same tag again it is a new offer of his, and his listeners stay. */
enum outcome publish_run(struct job *j);

#endif
