/* SPDX-License-Identifier: BSD-3-Clause */
/* listener.h: the ports where connections are accepted. Of stream.c only. */
#ifndef NATSBC_SBC_LISTENER_H
#define NATSBC_SBC_LISTENER_H

#include "sbc/wire/connection.h"

struct listener {
	uint8_t pollable; /* enum pollable */
	uint8_t realm, listen, transport;
	bool paused;
	int fd;
	struct timer resume;
};

/* Binds it. 0, or -1 with the reason in error. */
int listener_open(struct streams *s, struct listener *l, unsigned realm, unsigned listen, char *error,
		  uint32_t error_size);
void listener_close(struct streams *s, struct listener *l);

/* epoll says that somebody waits. */
void listener_ready(struct streams *s, struct listener *l);

/* Options that all connections have. */
void listener_tune(int fd);

#endif
