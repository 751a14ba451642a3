/* SPDX-License-Identifier: BSD-3-Clause */
/* plane.h: the packet path as a whole, seen from control: interfaces, workers, the kernel's routes. */
#ifndef NATSBC_RTPPROXY_PLANE_H
#define NATSBC_RTPPROXY_PLANE_H

#include <stddef.h>

#include "alg/conf/config.h"
#include "rtpproxy/path/datapath.h"

struct plane;

/* Levels as in conf_log. */
typedef void plane_log_fn(void *ctx, int level, const char *line);

/* How many threads will move packets. */
unsigned plane_workers(const struct config *c);

/* Starts DPDK, opens the interfaces of all realms and lo, and starts the workers. Borrows c. NULL with the reason in
 * error: nothing is left behind then. Once per process. Caller ends it with plane_close(). */
struct plane *plane_open(const struct config *c, plane_log_fn *log, void *log_ctx, char *error, size_t error_size);

/* Stops the workers and leaves the interfaces as they were. */
void plane_close(struct plane *p);

/* What the session layer talks to. */
struct datapath plane_datapath(struct plane *p);

/* Descriptors for the caller's loop: readable when plane_run has work. */
int plane_notice_fd(const struct plane *p);
int plane_net_fd(const struct plane *p);

/* Answers the workers, takes news of the network. Never waits. */
void plane_run(struct plane *p, uint64_t now);

/* Hands what waits to who gets forwarded calls: every so often while there are any. Never waits. */
enum { PLANE_FORWARD_MS = 20 };
void plane_forward(struct plane *p, uint64_t now);

/* Since it was asked last, every thread that moves packets has looked for some. */
bool plane_is_alive(struct plane *p);

/* Once a second. */
void plane_tick(struct plane *p, uint64_t now);

#endif
