/* SPDX-License-Identifier: BSD-3-Clause */
/* clients.h: the socket where holes and bans are asked for. */
#ifndef NATSBC_FIREWALL_CLIENTS_H
#define NATSBC_FIREWALL_CLIENTS_H

#include <sys/types.h>

#include "alg/firewall/wire.h"
#include "sbc/firewall/turn.h"

enum { CLIENTS_MAX = 8 };

struct client {
	int fd; /* -1: none */
	bool greeted, lost;
	uint32_t instance;
	struct writer out;
	char answers[WIRE_ANSWERS_MAX];
};

struct clients {
	int listener;
	const char *path;
	uid_t user; /* who may ask, beside root */
	struct firewall *firewall;
	struct turn *turn;
	struct client client[CLIENTS_MAX];
	char packet[WIRE_REQUESTS_MAX + 1];
};

/* Listens; what a killed run left at the path is replaced. The socket is the user's. 0, or -1 with errno: EADDRINUSE
 * where somebody answers there. firewall and turn are the caller's, and stay. */
int clients_open(struct clients *c, const char *path, uid_t user, struct firewall *f, struct turn *t);
void clients_close(struct clients *c);

/* Waits at most that long for requests, or for end (a descriptor) to be readable, and does what they ask. true: end. */
bool clients_serve(struct clients *c, int end, int wait_ms);

#endif
