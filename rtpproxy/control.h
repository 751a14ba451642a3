/* SPDX-License-Identifier: BSD-3-Clause */
/* control.h: the relay's main loop: commands, the packet path's notices, the network's news, time, signals. */
#ifndef NATSBC_RTPPROXY_CONTROL_H
#define NATSBC_RTPPROXY_CONTROL_H

#include "alg/os/notify.h"
#include "rtpproxy/path/plane.h"
#include "rtpproxy/server.h"

/* A timer, and whether it runs. */
struct control_stepper {
	int fd;
	bool runs;
};

struct control {
	struct plane *plane;
	struct relay *relay;
	struct server *server;
	int epoll, signals, timer;
	struct control_stepper play;    /* digits that are dialled */
	struct control_stepper shake;   /* handshakes under way */
	struct control_stepper forward; /* calls that are forwarded */
	uint32_t most;                  /* sessions, since memory was given back last */
	struct notify notify;
};

/* The signals must be blocked already: SIGINT, SIGTERM and SIGHUP end the loop. 0 or -1 with errno. Close with
 * control_close(). */
int control_open(struct control *c, struct plane *plane, struct relay *relay, struct server *server);
void control_close(struct control *c);

/* Runs until a signal ends it; that signal, or -1. */
int control_run(struct control *c);

#endif
