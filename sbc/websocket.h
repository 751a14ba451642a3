/* SPDX-License-Identifier: BSD-3-Clause */
/* websocket.h: SIP in the messages of a WebSocket (RFC 6455, RFC 7118), the server's side: bytes in, messages and
 * answers out. */
#ifndef NATSBC_SBC_WEBSOCKET_H
#define NATSBC_SBC_WEBSOCKET_H

#include "alg/conf/config.h"

enum { WEBSOCKET_HEAD_MAX = 10, WEBSOCKET_MESSAGE_MAX = 65535 };

/* What one of them remembers. */
struct websocket;

/* For a page that comes to this realm, which is borrowed. NULL without memory. Caller frees with websocket_free(). */
struct websocket *websocket_new(const struct conf_realm *realm);
void websocket_free(struct websocket *w);

enum websocket_upgrade_state {
	WEBSOCKET_WAITS, /* the request is not complete */
	WEBSOCKET_UPGRADED,
	WEBSOCKET_REFUSED, /* close the connection behind the answer */
};

struct websocket_upgrade {
	enum websocket_upgrade_state state;
	uint32_t used;      /* bytes of the request */
	struct span answer; /* to be sent; borrowed from w until the next call */
};

/* The HTTP request that opens it. */
struct websocket_upgrade websocket_upgrade(struct websocket *w, struct span received);

enum websocket_kind {
	WEBSOCKET_MORE,      /* not yet complete: read on */
	WEBSOCKET_NOTHING,   /* nothing to be told of */
	WEBSOCKET_MESSAGE,   /* one SIP message */
	WEBSOCKET_PING,      /* the client's CRLFCRLF (RFC 5626 3.5.1): CRLF is the answer */
	WEBSOCKET_CLOSED,    /* the client closes; close the connection behind the answer, here and below */
	WEBSOCKET_BROKEN,    /* not as the protocol has it */
	WEBSOCKET_TOO_LARGE, /* longer than a message may be */
};

struct websocket_event {
	enum websocket_kind kind;
	uint32_t used;       /* bytes to take off the buffer; 0 only where kind is MORE */
	struct span message; /* borrowed from the buffer or from w until websocket_forget() */
	struct span answer;  /* a frame to be sent: borrowed from w until the next call */
};

/* Looks at n bytes of frames, and unmasks them where they lie. */
struct websocket_event websocket_next(struct websocket *w, char *received, uint32_t n);

/* The message was taken: what it needed is free. */
void websocket_forget(struct websocket *w);

/* Some frames of a message came, others are missing. */
bool websocket_is_inside(const struct websocket *w);

/* What goes before a message of ours: at most WEBSOCKET_HEAD_MAX bytes in buf. */
struct span websocket_head(char *buf, struct span message);

#endif
