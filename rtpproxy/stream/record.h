/* SPDX-License-Identifier: BSD-3-Clause */
/* record.h: a call's packets written to a file, for who has to find out what is wrong with it. */
#ifndef NATSBC_RTPPROXY_RECORD_H
#define NATSBC_RTPPROXY_RECORD_H

#include "rtpproxy/session/job.h"

/* `start recording`: what arrives from both sides from now on; with the flag no-payload only headers of RTP. The
 * answer's `file` is its path. `pause recording`: nothing is added until it is started again. `stop recording`: the
 * file is closed. */
enum outcome record_start(struct job *j);
enum outcome record_pause(struct job *j);
enum outcome record_stop(struct job *j);

/* What an offer or answer that was carried out asks for by record-call. That it cannot be had is a warning: the call
 * does not hang on it. */
void record_wish(struct job *j);

/* The session ends, and its file with it. */
void record_end(struct relay *r, struct session *s);

#endif
