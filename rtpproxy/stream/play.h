/* SPDX-License-Identifier: BSD-3-Clause */
/* play.h: the command "play DTMF": digits dialled in the place of one side, one after the other (dial.h). */
#ifndef NATSBC_RTPPROXY_PLAY_H
#define NATSBC_RTPPROXY_PLAY_H

#include "rtpproxy/session/job.h"

/* The side that the request names is to seem to dial its digits. */
enum outcome play_run(struct job *j);

/* Every 20 ms while somebody dials. */
void play_tick(struct relay *r, uint64_t now);
bool play_is_on(const struct relay *r);

/* The packet path is through with a digit. */
void play_over(struct relay *r, const struct datapath_event *e);

#endif
