/* SPDX-License-Identifier: BSD-3-Clause */
/* connection.h: one connection: its bytes, in both directions, and its deadlines. Of stream.c and listener.c only. */
#ifndef NATSBC_SBC_CONNECTION_H
#define NATSBC_SBC_CONNECTION_H

#include <openssl/ssl.h>

#include "alg/base/wheel.h"
#include "sbc/base/place.h"
#include "sbc/wire/stream.h"
#include "sbc/wire/websocket.h"

struct tls;

enum {
	CONNECTION_CONNECT_MS = 5000,
	CONNECTION_HANDSHAKE_MS = 8000, /* TLS, and the HTTP upgrade: each */
	CONNECTION_MESSAGE_MS = 30000,  /* from its first byte to its last */
	CONNECTION_WRITE_MS = 30000,    /* the peer reads nothing of what waits */
	CONNECTION_SILENT_MS = 32000,   /* without a message, whatever else was sent */
	CONNECTION_IDLE_MS = 3600000,   /* nothing, on one that carried a message: above what registrations last */
	CONNECTION_IN_MAX = 65536,      /* above the longest message */
	CONNECTION_OUT_MAX = 512 * 1024,
};

/* What an epoll event points to begins so. */
enum pollable { POLLABLE_LISTENER, POLLABLE_CONNECTION };

enum connection_state {
	CONNECTION_CONNECTING,
	CONNECTION_SECURING,  /* TLS handshake */
	CONNECTION_UPGRADING, /* HTTP request of a WebSocket */
	CONNECTION_OPEN,
	CONNECTION_ENDED, /* closed; freed at the end of the turn */
};

struct connection {
	uint8_t pollable; /* enum pollable */
	uint8_t state;    /* enum connection_state */
	uint8_t why;      /* enum stream_end, once ended */
	bool accepted;    /* by us; else opened by us */
	bool proven;      /* carried a message */
	bool dirty;       /* on the list of those to write */
	bool blocked;     /* the socket took not all of it: waiting for EPOLLOUT */
	bool half_ping;   /* CRLF came last: with another it is a ping */
	int fd;
	struct flow flow;
	SSL *ssl;
	struct websocket *ws;
	char *in, *out; /* what waits, NULL while nothing does */
	uint32_t in_n, in_cap, out_from, out_n, out_cap;
	struct timer timer;
	uint64_t entered; /* ms: its state */
	uint64_t heard;   /* the last bytes */
	uint64_t begun;   /* the first bytes of the message in `in`, or in ws */
	uint64_t stalled; /* since when the peer takes nothing */
	struct place place, alias;
	struct source *source;
	struct connection *next, **link; /* all of them */
	struct connection *dirty_next, *ended_next;
};

/* What connections share: the inside of stream.h. */
struct streams {
	struct stream_setup setup;
	struct stream_stats stats;
	struct tls *tls;
	struct places places;
	struct table by_number;
	struct wheel wheel;
	struct timer daily;
	struct connection *all, *dirty, *ended;
	struct listener *listeners;
	unsigned nlistener;
	uint32_t last_number, securing; /* handshakes at once */
	int epoll, spare;
	char scratch[CONNECTION_IN_MAX]; /* what is being read */
};

/* Takes over fd. accepted: the peer opened it. NULL without memory (fd is the caller's then). */
struct connection *connection_new(struct streams *s, int fd, const struct flow *flow, bool accepted,
				  struct source *source);

/* Into the state; its deadline counts from now. */
void connection_enter(struct streams *s, struct connection *c, enum connection_state state);

/* The TCP connection stands: TLS, upgrade or SIP comes next. */
void connection_begin(struct streams *s, struct connection *c);

/* Closes it at once, frees it at the end of the turn. */
void connection_end(struct streams *s, struct connection *c, enum stream_end why);

/* epoll says it is ready. */
void connection_ready(struct streams *s, struct connection *c, uint32_t events);

/* Reads what is there, and hands over what is complete. */
void connection_receive(struct streams *s, struct connection *c);

/* A copy of one message, framed as the transport has it. 0 or -1. */
int connection_send(struct streams *s, struct connection *c, struct span message);

/* A copy of bytes as they are. -1: the peer takes too little; the connection is ended. */
int connection_queue(struct streams *s, struct connection *c, struct span bytes);

/* The same as a websocket_sink, whose ctx is one of these, has it. */
struct connection_ref {
	struct streams *s;
	struct connection *c;
};
void connection_queue_frame(void *ref, struct span bytes);

/* Writes what is queued. */
void connection_write(struct streams *s, struct connection *c);

/* A deadline came nearer; one that moved away is found out when the timer fires. */
void connection_arm(struct streams *s, struct connection *c);

/* Which events (of epoll) it waits for. */
void connection_poll(struct streams *s, struct connection *c, uint32_t events);

/* Without a word: memory, descriptor, places. */
void connection_free(struct streams *s, struct connection *c);

#endif
