/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.h: where one message ends in a stream (RFC 3261 18.3, 7.5; RFC 5626 4.4.1 for CRLF keepalive). */
#ifndef NATSBC_SIP_FRAME_H
#define NATSBC_SIP_FRAME_H

#include "alg/base/span.h"

enum frame_kind {
	FRAME_MORE,    /* not yet complete: read on */
	FRAME_MESSAGE, /* length bytes are one message */
	FRAME_PING,    /* CRLFCRLF: answer CRLF */
	FRAME_PONG,    /* CRLF */
	FRAME_BROKEN,  /* framing is lost: close the connection */
};

struct frame {
	enum frame_kind kind;
	uint32_t length; /* bytes to take off the buffer */
};

enum { FRAME_HEADER_MAX = 32768, FRAME_BODY_MAX = 65535 - FRAME_HEADER_MAX };

/* Looks at the bytes received so far; ask again with more of them on FRAME_MORE. CRLF alone at the end of the bytes is
 * a pong at once; with CRLF behind it, it is a ping. A message without Content-Length, with two that differ, or with a
 * CR or LF alone among its headers breaks the framing. */
struct frame frame_next(struct span received);

#endif
