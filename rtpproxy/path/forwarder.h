/* SPDX-License-Identifier: BSD-3-Clause */
/* forwarder.h: packets of one call on their way to the receiver: a pcapng stream over a connection of its own. What the
 * receiver does not take waits in memory, and what finds no room there is dropped: nobody waits for it. */
#ifndef NATSBC_RTPPROXY_FORWARDER_H
#define NATSBC_RTPPROXY_FORWARDER_H

#include <rte_mbuf.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	FORWARDER_CONNECT_MS = 3000, /* for one that is on its way */
	FORWARDER_END_MS = 2000,     /* for the receiver to take the rest of a call that is over */
	FORWARDER_SILENT_MS = 10000, /* a receiver that confirms nothing is gone */
	FORWARDER_ROOM = 256 * 1024, /* bytes that may wait for it */
};

enum forwarder_state { FORWARDER_FREE, FORWARDER_CONNECTING, FORWARDER_FLOWS, FORWARDER_GONE };

struct forwarder {
	enum forwarder_state state;
	bool ends;            /* nothing more comes: it is closed once the receiver has the rest */
	int fd;               /* the connection */
	int room;             /* the writer's file, which is in memory */
	void *writer;         /* the library's */
	uint32_t held, taken; /* bytes in it, and of those that the receiver has */
	int why;              /* errno, of one that is gone */
	char *name;           /* owned: in the head of the stream */
	uint64_t until;       /* ms: the end of waiting for a connection, or for the rest to be taken */
	uint64_t packets, bytes, dropped;
};

/* Connects to "tcp:IP:PORT" or "unix:/PATH"; the head of the stream has name in its comment. A connection that takes
 * longer than wait_ms goes on by itself. 0, or -1 with errno and f as it was. */
int forwarder_open(struct forwarder *f, const char *to, const char *name, int wait_ms, uint64_t now);

/* Once more, without waiting, with a new head: of one that is gone. The counts go on. */
int forwarder_again(struct forwarder *f, const char *to, uint64_t now);

/* A copy that rte_pcapng_copy() has made; stays the caller's. */
void forwarder_put(struct forwarder *f, struct rte_mbuf *m);

/* Nothing more comes. */
void forwarder_end(struct forwarder *f, uint64_t now);

/* What the receiver takes goes to it. Never waits. The state afterwards. */
enum forwarder_state forwarder_turn(struct forwarder *f, uint64_t now);

/* What is left is lost. It is free then. */
void forwarder_close(struct forwarder *f);

#endif
