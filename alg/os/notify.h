/* SPDX-License-Identifier: BSD-3-Clause */
/* notify.h: tells the service manager how far we are (sd_notify(3)): a datagram, no library. */
#ifndef NATSBC_OS_NOTIFY_H
#define NATSBC_OS_NOTIFY_H

#include <stdint.h>

struct notify {
	int fd;            /* -1: nobody wants to know */
	uint32_t alive_ms; /* "WATCHDOG=1" is due so often; 0: never */
};

/* Whom to tell stands in $NOTIFY_SOCKET: a path, or an abstract name after "@". How often is half of $WATCHDOG_USEC,
 * where $WATCHDOG_PID means us. */
void notify_open(struct notify *n);

/* "READY=1", "STOPPING=1", "WATCHDOG=1". Nothing waits for it, and nothing hangs on it. */
void notify_tell(const struct notify *n, const char *state);
void notify_close(struct notify *n);

#endif
