/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.h: where one message ends in a stream (RFC 3261 18.3, 7.5; RFC 5626 4.4.1 for CRLF keepalive). */
#ifndef NATSBC_SIP_FRAME_H
#define NATSBC_SIP_FRAME_H

#include "alg/base/span.h"

enum frame_kind {
	FRAME_MORE,    /* not yet complete: read on */
	FRAME_MESSAGE, /* length bytes are one message */
	FRAME_CRLF,    /* before a message (RFC 3261 7.5), half a ping, or a pong (RFC 5626 4.4.1) */
	FRAME_BROKEN,  /* framing is lost: close the connection */
};

struct frame {
	enum frame_kind kind;
	uint32_t length; /* bytes to take off the buffer */
};

enum { FRAME_HEADER_MAX = 32768, FRAME_BODY_MAX = 65535 - FRAME_HEADER_MAX };

/* Looks at the bytes received so far; ask again with more of them on FRAME_MORE. Each CRLF is told by itself: those of
 * a ping may come apart. A message without Content-Length has no body (RFC 2543 senders; RFC 3261 18.3 wants one on
 * streams): what follows it must be a message. Two lengths that differ, or a CR or LF alone among the headers, break
 * the framing. */
struct frame frame_next(struct span received);

#endif
