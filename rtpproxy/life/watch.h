/* SPDX-License-Identifier: BSD-3-Clause */
/* watch.h: sessions whose media fell silent, sessions that nobody ended. */
#ifndef NATSBC_RTPPROXY_WATCH_H
#define NATSBC_RTPPROXY_WATCH_H

#include "rtpproxy/session/state.h"

enum {
	WATCH_REPEAT_MS = 10000,  /* the owner is told again and again, until it deletes the session */
	WATCH_ORPHAN_MS = 300000, /* so long after the first time we believe it gone, and end the session */
	WATCH_STEP_MS = 5000,     /* how often the packets of one session are looked at, at most */
};

/* The session was answered: what came before does not count. */
void watch_begin(struct session *s, uint64_t now);

/* Once a second. */
void watch_tick(struct relay *r, uint64_t now);

#endif
