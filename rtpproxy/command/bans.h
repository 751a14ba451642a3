/* SPDX-License-Identifier: BSD-3-Clause */
/* bans.h: the commands ban and unban: whose packets to media ports are dropped, and for how long. */
#ifndef NATSBC_RTPPROXY_BANS_H
#define NATSBC_RTPPROXY_BANS_H

#include "rtpproxy/session/job.h"

/* `prefix` for `seconds`, from now on and whatever was said before. Again is no mistake, nor is it to lift what is not
 * there. */
enum outcome bans_run(struct job *j);

/* Lifts those whose time is over. */
void bans_tick(struct relay *r, uint64_t now);

#endif
