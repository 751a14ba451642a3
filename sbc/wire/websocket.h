/* SPDX-License-Identifier: BSD-3-Clause */
/* websocket.h: SIP in the messages of a WebSocket (RFC 6455, RFC 7118), the server's side: bytes in, messages and
 * answers out. */
#ifndef NATSBC_SBC_WEBSOCKET_H
#define NATSBC_SBC_WEBSOCKET_H

#include "alg/conf/config.h"

enum { WEBSOCKET_MESSAGE_MAX = 65535 };

/* What one of them remembers: little, while no message is under way. */
struct websocket;

/* For a page that comes to this realm, which is borrowed. NULL without memory. Caller frees with websocket_free(). */
struct websocket *websocket_new(const struct conf_realm *realm);
void websocket_free(struct websocket *w);

/* Who is told; both borrow the bytes for the call. */
struct websocket_sink {
	void *ctx;
	void (*message)(void *ctx, struct span message); /* one SIP message of the client */
	void (*send)(void *ctx, struct span bytes);      /* goes to the client as it is */
};

enum websocket_upgrade_state {
	WEBSOCKET_WAITS, /* the request is not complete */
	WEBSOCKET_UPGRADED,
	WEBSOCKET_REFUSED, /* close the connection behind the answer */
};

struct websocket_upgrade {
	enum websocket_upgrade_state state;
	uint32_t used; /* bytes of the request */
};

/* The HTTP request that opens it. */
struct websocket_upgrade websocket_upgrade(struct websocket *w, struct span received,
					   const struct websocket_sink *sink);

enum websocket_state {
	WEBSOCKET_OPEN,
	WEBSOCKET_CLOSED,    /* the client closed it: both closing frames are exchanged */
	WEBSOCKET_BROKEN,    /* not as the protocol has it; it was told so */
	WEBSOCKET_TOO_LARGE, /* longer than a message may be; it was told so */
	WEBSOCKET_NO_MEMORY,
};

/* All that was received, however it is cut: frames are put together here. Pings are answered: those of the WebSocket,
 * and CRLFCRLF by CRLF (RFC 5626 3.5.1). But for WEBSOCKET_OPEN, close the connection. */
enum websocket_state websocket_receive(struct websocket *w, struct span received, const struct websocket_sink *sink);

/* Some of a message or of a frame came, the rest is missing. */
bool websocket_is_inside(const struct websocket *w);

/* It began in the bytes that were received last. */
bool websocket_began(const struct websocket *w);

/* One message of ours, in a frame. 0, or -1 without memory. */
int websocket_send(struct span message, const struct websocket_sink *sink);

#endif
